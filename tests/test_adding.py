"""Files and pages become documents of a corpus, or nothing is touched; all is invented."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import corpora, formats
from bot.corpora import adding, collecting, sniffing
from bot.corpora.adding import Facts, addition, write
from bot.corpora.fetching import Fetched, FetchError
from bot.corpora.reading_list import Position, reading_list
from bot.errors import BotError, CorpusError
from bot.formats import disk as seam
from tests.bridge import ANN, CY, Failing, article, corpus

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
PAGE = f"""\
<!doctype html><html><head><title>Bridge shut (invented)</title>
<meta property="og:site_name" content="The Test Gazette">
<meta property="article:published_time" content="2024-05-01"></head><body><nav>Home News</nav>
<article><h1>Bridge shut (invented)</h1><p>{ANN}</p><p>{CY}</p>
<p>Nobody at the council would say when the bridge will be open to lorries again.</p>
</article></body></html>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus(tmp_path)


def file(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file to be added, outside the corpus."""
    path = folder.parent / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def listing(folder: Path) -> dict[str, bytes]:
    """Return every file of the corpus, hidden ones too, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_document_with_its_header_is_added_as_it_is(folder: Path) -> None:
    source = article(CY, title="Bakers")

    added = addition(folder, file(folder, "x.txt", source))
    write(added)

    assert added.path == folder / "the-test-gazette-bakers-invented-example.txt"
    assert added.path.read_text("utf-8") == source
    assert added.paths == (added.path,)
    assert len(corpora.load(folder).documents) == 3


def test_what_is_stated_wins_over_what_the_file_says_and_what_nobody_says_is_left_out(
    folder: Path,
) -> None:
    facts = Facts(title='Bakers\' ruin "soon"', date="2024-05", authors=("Tess Orr",))

    added = addition(folder, file(folder, "x.txt", article(CY)), facts, "bakers")
    write(added)

    document = formats.read(folder / "bakers.txt")
    assert document.title == 'Bakers\' ruin "soon"'
    assert (document.publisher, document.date) == ("The Test Gazette", "2024-05")
    assert (document.authors, document.url, document.licence) == (("Tess Orr",), None, None)
    assert added.report.missing == ("url", "licence")
    assert document.text == CY


@pytest.mark.parametrize("said", ["A\r\nB\r\n", "+++\nno header\n", "\n\n“Tab\t—”", "\u2028é\n"])
def test_text_under_a_new_header_is_the_text_that_was_read(folder: Path, said: str) -> None:
    source = f"+++\ntitle = 'x'\n+++\n{said}"

    write(addition(folder, file(folder, "x.md", source), Facts(date="2024"), "x"))

    assert formats.read(folder / "x.md").text == said


def test_a_page_becomes_text_under_a_header_and_the_raw_file_is_kept(folder: Path) -> None:
    source = file(folder, "page.html", PAGE)

    added = addition(folder, source, Facts(url="https://example.org/bridge"))
    write(added)

    document = formats.read(added.path)
    assert document.text == formats.read(source).text
    assert (document.title, document.date) == ("Bridge shut (invented)", "2024-05-01")
    [raw] = (folder / ".raw").iterdir()
    assert raw.read_bytes() == PAGE.encode()
    assert raw.name.startswith(f"{added.document.id}.")
    assert "Home News" in added.report.left_out
    assert corpora.load(folder).documents


def test_a_parliament_s_file_is_added_as_it_is(folder: Path) -> None:
    speech = 'id="uk.org.publicwhip/debate/2024-05-01a.1.1" speakername="Ann Bell"'
    source = f"<publicwhip><speech {speech}><p>It is safe.</p></speech></publicwhip>"
    path = file(folder, "debates2024-05-01a.xml", source)

    write(addition(folder, path, document_id="day"))

    assert (folder / "day.xml").read_text() == source
    with pytest.raises(CorpusError, match="its format has no header to write facts in"):
        addition(folder, path, Facts(title="x"), "night")


@pytest.mark.parametrize(
    ("name", "content", "facts", "document_id", "told"),
    [
        ("x.doc", "x", Facts(), None, "no format reads '.doc'"),
        ("x.txt", b"\xff", Facts(), None, "not UTF-8"),
        ("x.txt", "words", Facts(), None, "nothing says where it was published"),
        ("x.txt", "words", Facts(title="x", date="May"), None, "'May' is no date"),
        ("x.txt", "words", Facts(title="x", url="ftp://x"), None, "url: not a web address"),
        ("x.txt", "words", Facts(title="a\nb"), None, "not one line of text"),
        ("x.txt", "words", Facts(title="x"), "a", "there is such a document already"),
        ("x.txt", "words", Facts(title="x"), "../b", "no name for a document"),
        ("x.txt", "words", Facts(title="x"), ".b", "no name for a document"),
        ("x.txt", "words", Facts(title="x"), "b\0", "no name for a document"),
        ("missing.txt", None, Facts(), None, "no such file or directory"),
    ],
)
def test_what_cannot_be_added_touches_nothing(  # noqa: PLR0917
    folder: Path,
    name: str,
    content: str | bytes | None,
    facts: Facts,
    document_id: str | None,
    told: str,
) -> None:
    before = listing(folder)
    path = folder.parent / name if content is None else file(folder, name, content)

    with pytest.raises(BotError, match=told):
        addition(folder, path, facts, document_id)

    assert listing(folder) == before


def test_whichever_call_of_the_disk_fails_all_is_added_or_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = listing(folder)
    added = addition(folder, file(folder, "page.html", PAGE), document_id="page")
    for n in range(1, 60):
        failing = Failing(n)
        with monkeypatch.context() as patch:
            patch.setattr(seam, "disk", failing)
            try:
                write(added)
            except CorpusError as error:
                assert "input/output error" in str(error)  # noqa: PT017
                found = {name for name in listing(folder) if not name.endswith(".new")}
                assert found == set(before)
        if failing.calls < n:
            break
    assert set(listing(folder)) == {
        *before,
        "page.txt",
        *(f".raw/{p.name}" for p in (folder / ".raw").iterdir()),
    }
    assert n > 14


def test_a_name_is_made_of_date_publisher_and_title_and_is_never_too_long() -> None:
    facts: dict[str, str | tuple[str, ...] | None] = {
        "date": "2024",
        "publisher": "L’Écho",
        "title": "word " * 40,
    }

    made = adding.id_of(facts, "x")

    assert made.startswith("2024-lecho-word-word")
    assert len(made) <= 60
    assert adding.id_of({"title": "？"}, "stem") == "stem"
    assert adding.id_of({"title": None}, "stem") == "stem"


# Pages from the web.


def fetching(pages: dict[str, bytes]) -> Callable[[str], Fetched]:
    def fetch(url: str) -> Fetched:
        if url not in pages:
            raise FetchError(url, "the site answers 404", "check the address")
        return Fetched(url, pages[url])

    return fetch


def test_a_page_of_the_web_is_added_with_its_address(folder: Path) -> None:
    fetch = fetching({"https://example.org/bridge#top": PAGE.encode()})

    added = collecting.from_web(folder, "https://example.org/bridge#top", fetch=fetch)
    write(added)

    assert formats.read(added.path).url == "https://example.org/bridge"
    with pytest.raises(CorpusError, match="no format reads what stands there"):
        collecting.from_web(folder, "https://x.org", fetch=fetching({"https://x.org": b"\0\1"}))


def test_a_parliament_s_file_of_the_web_is_added_as_it_is(folder: Path) -> None:
    source = (
        b'<publicwhip><speech id="uk.org.publicwhip/debate/2024-05-01.1.1" speakername="Ann Bell" '
        b'url="https://example.org/1"><p>Yes.</p></speech></publicwhip>'
    )

    added = collecting.from_web(
        folder, "https://x.org", document_id="day", fetch=fetching({"https://x.org": source})
    )

    assert added.content == source


LIST = """\
note = "Invented."
[[sources]]
title = "Bridge shut"
who = "The Test Gazette"
date = "2024-05-01"
url = "https://example.org/bridge"
positions = ["for", "evidence"]
facts = "It is shut."
checked = "read on 2 May 2024"
[[sources]]
title = "Bridge lost"
who = "The Test Herald"
url = "https://example.org/lost"
checked = "not read"
[[sources]]
title = "No address"
who = "Nobody"
checked = "not read"
"""


def test_a_reading_list_is_fetched_as_far_as_it_can_be(folder: Path) -> None:
    (folder / "sources.toml").write_text(LIST, "utf-8")
    found = reading_list(folder).sources
    fetch = fetching({"https://example.org/bridge": PAGE.encode()})

    first, second = collecting.collected(folder, found, (), fetch)

    assert first.added
    assert formats.read(first.added.path).title == "Bridge shut"
    assert formats.read(first.added.path).publisher == "The Test Gazette"
    assert "the site answers 404" in str(second.why)
    there = {document.url for document in corpora.load(folder).documents if document.url}
    assert [each.source.title for each in collecting.collected(folder, found, there, fetch)] == [
        "Bridge lost"
    ]


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("sources = 3", "sources: not a list"),
        ('[[sources]]\ntitle = "x"\nwho = "y"', "sources.checked: missing"),
        (LIST.replace('"for"', '"pro"'), "input should be 'for', 'against', 'oversight'"),
        (LIST.replace("/lost", "/bridge"), "is listed twice"),
        (LIST.replace("https://example.org/lost", "example.org"), "url: not a web address"),
        ("x", "not TOML"),
    ],
)
def test_a_reading_list_that_is_none_is_told_by_line(folder: Path, toml: str, told: str) -> None:
    (folder / "sources.toml").write_text(toml, "utf-8")

    with pytest.raises(CorpusError, match=r"sources\.toml") as caught:
        reading_list(folder)

    assert told in str(caught.value)


def test_the_bundled_reading_list_is_sound_and_has_every_position() -> None:
    found = reading_list(ROOT / "corpus/facial-recognition")

    assert len(found.sources) > 50
    assert {position for each in found.sources for position in each.positions} == set(Position)
    assert all(each.checked for each in found.sources)


# What a file is.


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.txt", b"Words.", None),
        ("a.md", b"# Words", None),
        ("a.HTML", b"\xef\xbb\xbf <!DOCTYPE html><p>x", None),
        ("a.htm", b"<?xml version='1.0'?><html/>", None),
        ("a.xml", b"<publicwhip/>", None),
        ("a.txt", b"<html> is a tag", None),
        ("a.pdf", b"Words.", "its content is that of a .txt file, not of .pdf"),
        ("a.docx", b"%PDF-1.7", "its content is that of a .pdf file, not of .docx"),
        ("a.txt", b"%PDF-1.7", "its content is that of a .pdf file, not of .txt"),
        ("a.txt", b"PK\x03\x04word/", "its content is that of a .docx file, not of .txt"),
        ("a.docx", b"PK\x03\x04stuff", "its content is of no kind, not of .docx"),
        ("a.txt", b"a\0b", "its content is of no kind"),
        ("a.txt", b"\x1f\x8b\x08", "its content is of no kind"),
        ("a.exe", b"MZ", "no format reads such a file"),
        ("a", b"Words.", "no format reads such a file"),
    ],
)
def test_a_file_must_be_what_it_is_called(name: str, content: bytes, told: str | None) -> None:
    if told is None:
        sniffing.be_what_it_is_called(name, content)
        return
    with pytest.raises(CorpusError, match=told):
        sniffing.be_what_it_is_called(name, content)


# By command.


def test_commands_add_list_and_refuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.__main__ import main  # noqa: PLC0415  starts slowly

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
