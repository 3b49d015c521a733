"""Word files: paragraphs and tables in order, and words nobody has agreed to; all invented."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot import formats
from bot.formats import xml
from tests.builders import docx, paragraph, zipped
from tests.format_files import refusal

NOT_STRUCK = "<w:strike w:val='0'/>"


def file(folder: Path, content: bytes) -> Path:
    path = folder / "a.docx"
    path.write_bytes(content)
    return path


def blocks(folder: Path, body: str) -> list[str]:
    return formats.read(file(folder, docx(body))).text.split("\n\n")


def run(words: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>"


def test_paragraphs_and_tables_come_in_order(tmp_path: Path) -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('Deep')}</w:tc></w:tr></w:tbl>"
    row = f"<w:tr><w:tc>{paragraph('A')}{paragraph('B')}</w:tc><w:tc>{inner}</w:tc></w:tr>"
    body = f"{paragraph('One')}<w:tbl><w:tblPr/>{row}</w:tbl>{paragraph(' ')}{paragraph('Two')}"

    assert blocks(tmp_path, body) == ["One", "A", "B", "Deep", "Two"]


def test_runs_are_joined_and_what_stands_for_a_character_is_one(tmp_path: Path) -> None:
    body = (
        f"<w:p>{run('It')}{run('’s ', '<w:b/>')}<w:r><w:t>a</w:t><w:tab/><w:t>long</w:t>"
        "<w:noBreakHyphen/><w:t>term</w:t><w:br/><w:t>plan</w:t><w:softHyphen/><w:t>s.</w:t>"
        "</w:r></w:p>"
    )

    assert blocks(tmp_path, body) == ["It’s a long-term plans."]


def test_words_in_links_fields_and_content_controls_are_kept(tmp_path: Path) -> None:
    held = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('Held.')}</w:sdtContent></w:sdt>"
    within = f"<w:sdt><w:sdtContent>{run('not ')}</w:sdtContent></w:sdt>"
    field = f"<w:fldSimple>{run('wait')}</w:fldSimple><w:r><w:instrText>PAGE</w:instrText></w:r>"
    body = f"{held}<w:p>{run('We will ')}{within}<w:hyperlink>{field}</w:hyperlink>.</w:p>"

    assert blocks(tmp_path, body) == ["Held.", "We will not wait"]


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    box = f"<w:r><w:pict><w:txbxContent>{paragraph('Box')}</w:txbxContent></w:pict></w:r>"
    hidden = run("hidden ", "<w:vanish/>") + run("shown", "<w:vanish w:val='false'/>")
    parts = {"header1.xml": paragraph("Head"), "footnotes.xml": f"<a>{paragraph('Note')}</a>"}
    content = docx(f"<w:p>{box}{hidden}</w:p>", {**parts, "styles.xml": paragraph("Style")})

    report = formats.parse(file(tmp_path, content))
    document = report.document

    assert document.text == "shown\n\nBox"
    assert report.left_out == ("hidden", "Note", "Head")


@pytest.mark.parametrize(
    "change",
    [
        f"<w:ins>{run('not ')}</w:ins>",
        "<w:del><w:r><w:delText>not </w:delText></w:r></w:del>",
        f"<w:moveFrom>{run('not ')}</w:moveFrom>",
        f"<w:moveTo>{run('not ')}</w:moveTo>",
    ],
)
def test_tracked_changes_are_refused(tmp_path: Path, change: str) -> None:
    told = refusal(file(tmp_path, docx(f"<w:p>{run('We will ')}{change}{run('wait.')}</w:p>")))

    assert told == ": it contains tracked changes; accept or reject them in Word first"


def test_a_tracked_change_of_form_alone_is_no_matter(tmp_path: Path) -> None:
    body = f"<w:p><w:pPr><w:rPr><w:ins/></w:rPr></w:pPr>{run('We wait.')}</w:p>"

    assert blocks(tmp_path, body) == ["We wait."]


def test_a_file_tells_its_title_and_author(tmp_path: Path) -> None:
    about = "<dc:title> Trams </dc:title><dc:creator>Ann Bell</dc:creator>"

    document = formats.read(file(tmp_path, docx(paragraph("Yes."), about=about)))

    assert (document.title, document.authors, document.date) == ("Trams", ("Ann Bell",), None)


@pytest.mark.parametrize("about", [None, "", "<dc:creator/>"])
def test_a_file_that_says_nothing_of_itself_is_given_nothing(tmp_path: Path, about: str | None) -> None:
    report = formats.parse(file(tmp_path, docx(paragraph("Yes."), about=about)))
    document = report.document

    assert (document.title, document.authors) == (None, ())
    assert {"title", "authors"} <= set(report.document.missing)


def test_a_file_without_text_is_refused(tmp_path: Path) -> None:
    assert refusal(file(tmp_path, docx("<w:p/>"))) == (": it contains no text; add text, or remove the file")


@pytest.mark.parametrize(
    "packed", [{"a.txt": "Yes."}, {"_rels/.rels": "<Relationships/>"}, {"_rels/.rels": "<Relationships>"}]
)
def test_an_archive_of_other_things_is_refused(tmp_path: Path, packed: Mapping[str, str]) -> None:
    assert refusal(file(tmp_path, zipped(packed)))


@pytest.mark.parametrize("content", [b"", b"PK", b"Ann: Yes.", b"PK\x03\x04" + b"\0" * 99])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(file(tmp_path, content)) == ": not a valid .docx file; save it again"


def test_a_locked_or_older_file_is_refused(tmp_path: Path) -> None:
    told = refusal(file(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99))

    assert told.startswith(": it is password-protected or in the old .doc format;")


def test_an_archive_that_swells_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, docx(f"<w:p>{' ' * 4 * xml.MAX_UNPACKED_BYTES}</w:p>"))

    tracemalloc.start()
    told = refusal(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert path.stat().st_size < 100_000
    assert most < 3 * xml.MAX_UNPACKED_BYTES
    assert told == ": more than 20,971,520 bytes once unpacked; split it into smaller documents"


def test_a_part_that_says_it_is_small_is_not_unpacked_further(tmp_path: Path) -> None:
    honest = docx(f"<w:p>{' ' * 1_000_000}</w:p>")
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lying = honest.replace(size.to_bytes(4, "little"), (9).to_bytes(4, "little"))

    assert lying != honest
    assert refusal(file(tmp_path, lying))


def test_no_entity_leads_out_of_a_part(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret", encoding="utf-8")
    leading = f"<!DOCTYPE x [<!ENTITY a SYSTEM '{secret}'>]><x><p><t>&a;</t></p></x>"

    told = refusal(file(tmp_path, zipped({"_rels/.rels": "<Relationships/>", "word/document.xml": leading})))

    assert told.startswith("/word/document.xml:1: the entity 'a' refers to another file;")


def test_words_that_a_style_hides_are_left_out_and_reported(tmp_path: Path) -> None:
    styles = (
        "<w:style w:styleId='Base'><w:rPr><w:vanish/></w:rPr></w:style>"
        "<w:style w:styleId='Draft'><w:basedOn w:val='Base'/></w:style><w:style w:styleId='Plain'/>"
    )
    drafted, plain = run("never ", "<w:rStyle w:val='Draft'/>"), run("wait.", "<w:rStyle w:val='Plain'/>")
    shown = run("This.", "<w:vanish w:val='0'/>")
    body = (
        f"<w:p>{run('We will ')}{drafted}{plain}</w:p><w:p><w:pPr><w:pStyle w:val='Base'/></w:pPr>"
        f"<w:r><w:t>Not this. </w:t></w:r>{shown}</w:p>"
    )
    path = file(tmp_path, docx(body, {"styles.xml": f"<w:styles xmlns:w='w'>{styles}</w:styles>"}))

    report = formats.parse(path)
    document = report.document

    assert document.text == "We will wait.\n\nThis."
    assert report.left_out == ("never", "Not this.")


@pytest.mark.parametrize(
    "mark", ["<w:strike/>", "<w:dstrike/>", "<w:strike w:val='true'/>", "<w:b/><w:strike w:val='1'/>"]
)
def test_words_struck_through_are_left_out_and_reported(tmp_path: Path, mark: str) -> None:
    body = f"<w:p>{run('We will ')}{run('never ', mark)}{run('wait.', NOT_STRUCK)}</w:p>"

    report = formats.parse(file(tmp_path, docx(body)))
    document = report.document

    assert document.text == "We will wait."
    assert report.left_out == ("never",)


def test_a_text_box_follows_the_paragraph_that_it_is_anchored_in_and_is_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('Box')}{paragraph('More')}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    body = (
        f"<w:p>{run('One')}<w:r>{both}</w:r></w:p>{paragraph('Two')}<w:p><w:r><w:drawing>{box}</w:drawing></w:r></w:p>"
    )

    assert blocks(tmp_path, body) == ["One", "Box", "More", "Two", "Box", "More"]


def test_committee_evidence_is_read_as_turns(tmp_path: Path) -> None:
    spoken = ["Witness: Ann Low.", "Q1 Chair: Who begins?", "Ann Low: I do.", "It is late.", "Q2 Chair: Why?"]
    body = "".join(map(paragraph, [*spoken, "Ann Low: I cannot say."]))

    document = formats.read(file(tmp_path, docx(body)))

    assert [(turn.voice.name, document.text[slice(*turn.span)]) for turn in document.turns] == [
        ("Chair", "Who begins?"),
        ("Ann Low", "I do.\n\nIt is late."),
        ("Chair", "Why?"),
        ("Ann Low", "I cannot say."),
    ]


MEETING = (
    ("Ann Low   0:03", "It is late."),
    ("Bob Dell   0:09", "I am against it."),
    ("Ann Low   0:15", "Why: it is 10:30."),
    ("Cy Orme   0:19", "It is."),
    ("Bob Dell   1:00:21", "No."),
)


@pytest.mark.parametrize("is_broken", [True, False])
def test_a_meeting_s_transcript_is_turns_with_their_times(tmp_path: Path, *, is_broken: bool) -> None:
    line = '<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r><w:r><w:br/></w:r><w:r><w:t>{}</w:t></w:r></w:p>'
    spoken = (line.format(*turn) if is_broken else "".join(map(paragraph, turn)) for turn in MEETING)
    words = paragraph("Harwick meeting") + "".join(spoken) + paragraph("Bob Dell stopped transcription")

    document = formats.read(file(tmp_path, docx(words)))

    assert document.transcript == "automatic"
    assert [(turn.voice.name, document.text[slice(*turn.span)], turn.addresses) for turn in document.turns] == [
        ("Ann Low", "It is late.", ("0:03",)),
        ("Bob Dell", "I am against it.", ("0:09",)),
        ("Ann Low", "Why: it is 10:30.", ("0:15",)),
        ("Cy Orme", "It is.", ("0:19",)),
        ("Bob Dell", "No.", ("1:00:21",)),
    ]


def test_who_asks_but_once_behind_a_question_s_number_is_a_speaker(tmp_path: Path) -> None:
    lines = ["Q12 Chair: Who begins?", "Ann Low: I do.", "Q13 Mr Dell: Why?", "Ann Low: It is late."]

    document = formats.read(file(tmp_path, docx("".join(map(paragraph, lines)))))

    assert [turn.voice.name for turn in document.turns] == ["Chair", "Ann Low", "Mr Dell", "Ann Low"]
