"""OpenDocument texts: paragraphs in order, and words nobody has agreed to; all invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.formats import xml
from tests.builders import odt, zipped
from tests.format_files import refusal

STYLES = (
    "<style:style style:name='T1'><style:text-properties style:text-line-through-style='solid'/></style:style>"
    "<style:style style:name='T2'><style:text-properties text:display='none'/></style:style>"
    "<style:style style:name='T3'><style:text-properties style:text-line-through-style='none'/></style:style>"
)


def file(folder: Path, content: bytes) -> Path:
    path = folder / "a.odt"
    path.write_bytes(content)
    return path


def test_headings_paragraphs_lists_tables_and_frames_come_in_order(tmp_path: Path) -> None:
    body = (
        "<text:h>Trams</text:h><text:p>It<text:s text:c='2'/>is<text:line-break/>late.<draw:frame><draw:text-box>"
        "<text:p>Box</text:p></draw:text-box></draw:frame></text:p><text:list><text:list-item><text:p>One</text:p>"
        "</text:list-item></text:list><table:table><table:table-row><table:table-cell><text:p>Cell</text:p>"
        "</table:table-cell></table:table-row></table:table><text:p> </text:p>"
    )

    assert formats.read(file(tmp_path, odt(body))).text.split("\n\n") == ["Trams", "It is late.", "Box", "One", "Cell"]


NOTE = "<text:note><text:note-body><text:p>never </text:p></text:note-body></text:note>"


@pytest.mark.parametrize(
    "hidden",
    [
        "<text:span text:style-name='T1'>never </text:span>",
        "<text:span text:style-name='T2'>never </text:span>",
        NOTE,
        "<text:hidden-text>never</text:hidden-text>",
        "<office:annotation><text:p>never </text:p></office:annotation>",
    ],
)
def test_words_struck_through_hidden_or_in_notes_are_left_out_and_reported(tmp_path: Path, hidden: str) -> None:
    body = f"<text:p>We will {hidden}<text:span text:style-name='T3'>wait.</text:span></text:p>"

    report = formats.parse(file(tmp_path, odt(body, STYLES)))
    document = report.document

    assert document.text == "We will wait."
    assert report.left_out == ("never",)


def test_a_hidden_section_is_left_out_and_reported(tmp_path: Path) -> None:
    body = "<text:p>Yes.</text:p><text:section text:display='none'><text:p>No.</text:p></text:section>"

    report = formats.parse(file(tmp_path, odt(body)))
    document = report.document

    assert (document.text, report.left_out) == ("Yes.", ("No.",))


def test_a_file_states_its_title_and_author(tmp_path: Path) -> None:
    about = "<office:meta><title>Trams</title><creator>Ann Bell</creator></office:meta>"

    document = formats.read(file(tmp_path, odt("<text:p>Yes.</text:p>", about=about)))

    assert (document.title, document.authors) == ("Trams", ("Ann Bell",))


def test_a_hearing_is_read_as_turns(tmp_path: Path) -> None:
    lines = ["Q1 Chair: Who?", "Ann Low: I.", "Q2 Chair: Why?", "Ann Low: I know."]
    body = "".join(f"<text:p>{line}</text:p>" for line in lines)

    assert [turn.voice.name for turn in formats.read(file(tmp_path, odt(body))).turns] == ["Chair", "Ann Low"] * 2


def test_tracked_changes_are_refused(tmp_path: Path) -> None:
    body = "<text:tracked-changes><text:changed-region/></text:tracked-changes><text:p>Yes.</text:p>"

    assert refusal(file(tmp_path, odt(body))) == ": it contains tracked changes; accept or reject them first"


def test_a_file_without_text_is_refused(tmp_path: Path) -> None:
    assert refusal(file(tmp_path, odt("<text:p/>"))) == ": it contains no text; add text, or remove the file"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (odt(f"<text:p>{'x' * (xml.MAX_UNPACKED_BYTES + 1)}</text:p>"), "bytes once unpacked"),
        (odt("<text:section>" * 5000), "nested more than"),
        (zipped({"content.xml": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"}), "another file"),
        (zipped({"content.xml": "<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;&b;'>]><a>&c;</a>"}), "stands for"),
        (zipped({"mimetype": "x"}), "not a valid .odt file"),
        (odt("<text:p>Yes.</text:p>")[:-30], "not a valid .odt file"),
        (b"\xd0\xcf\x11\xe0", "save it as .odt without a password"),
    ],
    ids=range(7),
)
def test_a_file_made_to_harm_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    assert told in refusal(file(tmp_path, content))
