"""Files and pages become documents of a corpus, or nothing is touched; all is invented."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import formats
from bot.corpus import load_corpus
from bot.errors import BotError, CorpusError
from bot.ingest import addition
from bot.ingest.addition import prepare_addition, write_addition
from bot.model import Publication
from bot.storage import filesystem as seam
from tests.corpus_folders import CY, LIST, PAGE, Failing, article, corpus, file, listing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus(tmp_path)


def test_a_document_with_its_header_is_added_as_it_is(folder: Path) -> None:
    source = article(CY, title="Bakers")

    added = prepare_addition(folder, file(folder, "x.txt", source))
    write_addition(added)

    assert added.path == folder / "the-test-gazette-bakers-invented-example.txt"
    assert added.path.read_text("utf-8") == source
    assert added.files == ((added.path, added.content),)
    assert len(load_corpus(folder).documents) == 3


def test_what_is_stated_wins_over_what_the_file_says_and_what_nobody_says_is_left_out(folder: Path) -> None:
    facts = Publication(title='Bakers\' ruin "soon"', date="2024-05", authors=("Tess Orr",))

    added = prepare_addition(folder, file(folder, "x.txt", article(CY)), facts, "bakers")
    write_addition(added)

    document = formats.read(folder / "bakers.txt")
    assert document.title == 'Bakers\' ruin "soon"'
    assert (document.publisher, document.date) == ("The Test Gazette", "2024-05")
    assert (document.authors, document.url, document.licence) == (("Tess Orr",), None, None)
    assert added.report.document.missing == ("url", "licence")
    assert added.report.dated_by == "what was stated when it was added"
    assert document.text == CY


@pytest.mark.parametrize("said", ["A\r\nB\r\n", "+++\nno header\n", "\n\n“Tab\t—”", "\u2028é\n"])
def test_text_under_a_new_header_is_the_text_that_was_read(folder: Path, said: str) -> None:
    source = f"+++\ntitle = 'x'\n+++\n{said}"

    write_addition(prepare_addition(folder, file(folder, "x.md", source), Publication(date="2024"), "x"))

    assert formats.read(folder / "x.md").text == said


def test_a_page_becomes_text_under_a_header_and_the_raw_file_is_kept(folder: Path) -> None:
    source = file(folder, "page.html", PAGE)

    added = prepare_addition(folder, source, Publication(url="https://example.org/bridge"))
    write_addition(added)

    document = formats.read(added.path)
    assert document.text == formats.read(source).text
    assert (document.title, document.date) == ("Bridge shut (invented)", "2024-05-01")
    header = added.path.read_text("utf-8").partition("+++\nBridge")[0]
    assert "# the date rests on: article:published_time of its meta\n" in header
    assert "# not given: authors, licence\n" in header
    assert f"SHA-256 {hashlib.sha256(PAGE.encode()).hexdigest()}\n" in header
    [raw] = (folder / ".raw").iterdir()
    assert raw.read_bytes() == PAGE.encode()
    assert raw.name.startswith(f"{added.document.id}.")
    assert "Home News" in added.report.left_out
    assert load_corpus(folder).documents


def test_a_parliament_s_file_is_added_as_it_is(folder: Path) -> None:
    speech = 'id="uk.org.publicwhip/debate/2024-05-01a.1.1" speakername="Ann Bell"'
    source = f"<publicwhip><speech {speech}><p>It is safe.</p></speech></publicwhip>"
    path = file(folder, "debates2024-05-01a.xml", source)

    write_addition(prepare_addition(folder, path, document_id="day"))

    assert (folder / "day.xml").read_text() == source
    with pytest.raises(CorpusError, match="its format has no header to write facts in"):
        prepare_addition(folder, path, Publication(title="x"), "night")


@pytest.mark.parametrize(
    ("name", "content", "facts", "document_id", "told"),
    [
        ("x.doc", "x", Publication(), None, "no format reads '.doc'"),
        ("x.txt", b"\xff", Publication(), None, "not UTF-8"),
        ("x.txt", "words", Publication(), None, "neither its title nor its publisher is given"),
        ("x.txt", "words", Publication(title="x", date="May"), None, "'May' is not a date"),
        ("x.txt", "words", Publication(title="x", url="ftp://x"), None, "url: not a web address"),
        ("x.txt", "words", Publication(title="a\nb"), None, "not one line of text"),
        ("x.txt", "words", Publication(title="new \udcff"), None, "half a character in its facts or words"),
        ("x.txt", "words", Publication(title="x"), "a", "a document of this name already exists"),
        ("x.txt", "words", Publication(title="x"), "../b", "this cannot be the name of a document"),
        ("x.txt", "words", Publication(title="x"), ".b", "this cannot be the name of a document"),
        ("x.txt", "words", Publication(title="x"), "b\0", "this cannot be the name of a document"),
        ("missing.txt", None, Publication(), None, "no such file or directory"),
    ],
)
def test_what_cannot_be_added_touches_nothing(
    folder: Path, name: str, content: str | bytes | None, facts: Publication, document_id: str | None, told: str
) -> None:
    before = listing(folder)
    path = folder.parent / name if content is None else file(folder, name, content)

    with pytest.raises(BotError, match=told):
        prepare_addition(folder, path, facts, document_id)

    assert listing(folder) == before


def _endless(path: Path) -> None:
    with path.open("wb") as made:
        made.truncate(1 << 30)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "pipe": (os.mkfifo, "a pipe, not a file; put a file in its place"),
    "link out": (lambda p: p.symlink_to("/etc/passwd"), "a symbolic link, not a file; put a file"),
    "folder": (Path.mkdir, "a folder, not a file; put a file in its place"),
    "NUL": (lambda p: p.write_bytes(b"a\0b"), "a NUL, which no text has, at offset 1, line 1; save"),
    "UTF-16": (lambda p: p.write_bytes("It’s".encode("utf-16")), "not UTF-8: byte 0xff at offset 0"),
    "cp1252": (lambda p: p.write_bytes(b"a\nIt\x92s"), "byte 0x92 at offset 4, line 2; save the file"),
    "1 GB line": (_endless, "more than 5,242,880 bytes"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_costs_one_line_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    from bot.cli import main  # noqa: PLC0415  starts slowly

    monkeypatch.setenv("BOT_CORPORA_FOLDER", str(folder.parent))
    make, told = BAD[kind]
    path, before = folder.parent / "x.txt", listing(folder)
    make(path)

    status = main(["add", str(path), "--corpus", "bridge", "--title", "x"])

    said = capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith(f"bot: {path}: ")
    assert told in said.err
    assert listing(folder) == before


def test_a_device_costs_one_line_and_a_byte_order_mark_nothing(folder: Path) -> None:
    with pytest.raises(CorpusError, match="/dev/zero: a device, not a file; put a file"):
        prepare_addition(folder, Path("/dev/zero"))

    path = file(folder, "x.txt", b"\xef\xbb\xbf" + article(CY, title="Bakers").encode())
    write_addition(added := prepare_addition(folder, path))

    assert formats.read(added.path).text == CY


def test_whichever_call_of_the_disk_fails_all_is_added_or_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = listing(folder)
    added = prepare_addition(folder, file(folder, "page.html", PAGE), document_id="page")
    for n in range(1, 60):
        failing = Failing(n)
        with monkeypatch.context() as patch:
            patch.setattr(seam, "disk", failing)
            try:
                write_addition(added)
            except CorpusError as error:
                assert "input/output error" in str(error)  # noqa: PT017
                found = {name for name in listing(folder) if not name.endswith(".new")}
                assert found == set(before)
        if failing.calls < n:
            break
    assert set(listing(folder)) == {*before, "page.txt", *(f".raw/{p.name}" for p in (folder / ".raw").iterdir())}
    assert n > 14


def test_a_name_is_made_of_date_publisher_and_title_and_is_never_too_long() -> None:
    publication = Publication(date="2024", publisher="L’Écho", title="word " * 40)

    made = addition.build_id(publication, "x")

    assert made.startswith("2024-lecho-word-word")
    assert len(made) <= 60
    assert addition.build_id(Publication(title="？"), "stem") == "stem"
    assert addition.build_id(Publication(), "stem") == "stem"


# By command.


def test_commands_add_list_and_refuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.cli import main  # noqa: PLC0415  starts slowly

    folder = corpus(tmp_path)
    (folder / "sources.toml").write_text(LIST, "utf-8")
    monkeypatch.setenv("BOT_CORPORA_FOLDER", str(tmp_path))
    monkeypatch.setenv("BOT_CORPUS", "bridge")
    source = file(folder, "x.txt", CY)

    assert main(["add", str(source), "--title", "Bakers", "--id", "bakers"]) == 0
    told = capsys.readouterr().out
    assert f"wrote {folder}/bakers.txt" in told
    assert "not given by the source: publisher, authors, date, url, licence" in told
    assert "  Cy Orr, baker" in told
    assert main(["reading-list"]) == 0
    listed = capsys.readouterr().out
    assert "  1. Bridge shut\n     The Test Gazette · 2024-05-01 · for, evidence\n" in listed
    assert listed.endswith("3 sources: for 1, evidence 1\n")
    for refused in (["add", "https://example.org"], ["reading-list", "--fetch"]):
        assert main(refused) == 2
        assert "fetch: nothing is fetched from the web; set fetch = true" in capsys.readouterr().err


def test_an_extract_with_turns_is_kept_as_a_transcript_with_the_same_turns(tmp_path: Path) -> None:
    spoken = "<div class='speech'><b class='speaker'>{}</b><p>{}</p><p>Remember: It pays.</p></div>"
    page = tmp_path / "page.html"
    page.write_text(spoken.format("Ann Low (Lab)", "It is late.") + spoken.format("Bob Dell", "It is not [sic]."))

    addition = prepare_addition(tmp_path, page, Publication(title="A debate", url="https://example.org/d"), "debate")
    write_addition(addition)

    kept = formats.read(tmp_path / "debate.transcript")
    assert kept.turns == addition.document.turns != ()
    assert kept.text == addition.document.text
