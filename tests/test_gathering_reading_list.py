"""Pages of the web and reading lists become documents, and feeds do not; all is invented."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import formats
from bot.cli import main
from bot.corpus import load_corpus
from bot.errors import CorpusError
from bot.ingest.addition import prepare_addition, prepare_from_url, write_addition
from bot.ingest.fetching import FetchedPage, FetchError
from bot.ingest.gathering import Position, SourceKind, add_sources, load_reading_list
from bot.ingest.sources import load_source
from bot.ingest.sources.base import ListedKind
from bot.model import Publication
from tests.corpus_folders import LIST, PAGE, corpus, file, listing
from tests.fake_record.hansard import HOST, MEMBERS_HOST, make_hansard
from tests.fake_record.server import NOT_FOUND, Record, as_page, serve
from tests.fake_record.sites import SITES

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus(tmp_path)


def fetching(pages: dict[str, bytes]) -> Callable[[str], FetchedPage]:
    def fetch(url: str) -> FetchedPage:
        if url not in pages:
            raise FetchError(url, "the site answered 404", "check the address", 404)
        return FetchedPage(url, pages[url])

    return fetch


def test_a_page_of_the_web_is_added_with_its_address(folder: Path) -> None:
    fetch = fetching({"https://example.org/bridge#top": PAGE.encode()})

    added = prepare_from_url(folder, "https://example.org/bridge#top", fetch=fetch)
    write_addition(added)

    assert formats.read(added.path).url == "https://example.org/bridge"
    with pytest.raises(CorpusError, match="no format reads its content"):
        prepare_from_url(folder, "https://x.org", fetch=fetching({"https://x.org": b"\0\1"}))


def _entries(root: str, count: int = 1_000_000) -> bytes:
    return f"<{root}>{'<item/>' * count}</{root.partition(' ')[0]}>".encode()


@pytest.mark.parametrize("root", ["rss version='2.0'", "feed", "rdf:RDF xmlns:rdf='x'"])
def test_a_feed_of_a_million_entries_is_refused_at_once(folder: Path, root: str) -> None:
    before, content = listing(folder), _entries(root)
    path, began = file(folder, "feed.xml", content), time.monotonic()

    tracemalloc.start()
    with pytest.raises(CorpusError, match="is a feed, not a document; add the pages that it lists"):
        prepare_addition(folder, path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert time.monotonic() - began < 5
    # Its bytes are read and copied once, and no tree is made of them.
    assert peak < 4 * len(content)
    assert listing(folder) == before


def test_a_feed_on_the_web_is_no_text_even_where_its_title_is_known(folder: Path) -> None:
    fetch = fetching({"https://x.org": _entries("rss", 10)})

    with pytest.raises(CorpusError, match="<rss> is a feed, not a document"):
        prepare_from_url(folder, "https://x.org", Publication(title="x"), fetch=fetch)


def test_a_parliament_s_file_of_the_web_is_added_as_it_is(folder: Path) -> None:
    source = (
        b'<publicwhip><speech id="uk.org.publicwhip/debate/2024-05-01.1.1" speakername="Ann Bell" '
        b'url="https://example.org/1"><p>Yes.</p></speech></publicwhip>'
    )

    added = prepare_from_url(folder, "https://x.org", document_id="day", fetch=fetching({"https://x.org": source}))

    assert added.content == source


def test_a_reading_list_is_fetched_as_far_as_it_can_be(folder: Path) -> None:
    (folder / "sources.toml").write_text(LIST, "utf-8")
    found = load_reading_list(folder).sources
    fetch = fetching({"https://example.org/bridge": PAGE.encode()})

    first, second, third = add_sources(folder, found, (), fetch)

    assert first.path
    assert formats.read(first.path).title == "Bridge shut"
    assert formats.read(first.path).publisher == "The Test Gazette"
    assert "the site answered 404" in str(second.error)
    assert str(third.error) == "No address: no address is known; look for it at Nobody, and add the file"
    there = {document.url for document in load_corpus(folder).documents if document.url}
    assert [each.source.title for each in add_sources(folder, found, there, fetch)] == ["Bridge lost", "No address"]


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
        load_reading_list(folder)

    assert told in str(caught.value)


def test_the_bundled_reading_list_is_sound_and_has_every_position() -> None:
    found = load_reading_list(ROOT / "corpus/facial-recognition")

    assert len(found.sources) == 94
    assert sum(each.kind is SourceKind.HANSARD for each in found.sources) == 24
    assert {position for each in found.sources for position in each.positions} == set(Position)
    assert all(each.checked for each in found.sources)
    assert not [
        each.url for each in found.sources if each.url and "hansard.parliament.uk" in each.url and not each.external_id
    ]


LISTED = """\
[[sources]]
title = "{title}"
who = "Hansard"
date = "2023-01-10"
kind = "hansard"
house = "Commons"
checked = "invented"
[[sources]]
title = "By its id"
who = "Hansard"
kind = "hansard"
external_id = "{external_id}"
checked = "invented"
[[sources]]
title = "Nowhere to be found"
who = "Hansard"
date = "2023-01-10"
kind = "hansard"
house = "Commons"
checked = "invented"
[[sources]]
title = "On trams"
who = "Department for Trams"
kind = "govuk"
url = "https://www.gov.uk/government/speeches/on-trams"
checked = "invented"
[[sources]]
title = "Forbidden"
who = "The Herald"
url = "https://herald.example/page"
checked = "invented"
[[sources]]
title = "Linked to"
who = "Hansard"
url = "https://hansard.parliament.uk/Commons/2023-01-10"
checked = "invented"
[[sources]]
title = "A page"
who = "The Gazette"
url = "https://gazette.example/page"
checked = "invented"
"""


def test_each_kind_of_a_reading_list_comes_by_its_own_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_hansard(debates=2, contributions=10)
    folder = corpus(tmp_path)
    toml = LISTED.format(title=made.debates[0].title, external_id=made.debates[1].ext_id.lower())
    (folder / "sources.toml").write_text(toml, "utf-8")
    variables = {"BOT_CORPORA_FOLDER": str(tmp_path), "BOT_FETCH": "true", "BOT_FETCH_RATE": "9999"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    pages = {
        "herald.example": lambda _: as_page("User-agent: *\nDisallow: /"),
        "gazette.example": lambda asked: NOT_FOUND if asked.path == "/robots.txt" else as_page(PAGE),
    }

    with serve(Record({HOST: made, MEMBERS_HOST: made, **SITES, **pages})):
        status = main(["reading-list", "bridge", "--fetch"])
        told = capsys.readouterr().out.splitlines()
        again = main(["reading-list", "bridge", "--fetch"])
        told_again = capsys.readouterr().out.splitlines()

    assert (status, again) == (1, 1)
    assert [line.partition(" ")[0] for line in told] == ["added", "added", "not", "added", "not", "not", "added", "of"]
    assert "robots.txt forbids it; open it yourself and add the file" in told[4]
    assert "its pages are only linked to, never fetched; open it yourself and add the file" in told[5]
    assert told[-1] == "of 7 sources 4 came, 3 did not, 0 were there"
    assert told_again[-1] == "of 7 sources 0 came, 3 did not, 4 were there"
    assert len(load_corpus(folder).documents) == 6


def test_every_kind_is_a_source_that_can_find_what_a_list_names() -> None:
    for kind in (SourceKind.HANSARD, SourceKind.GOVUK):
        assert isinstance(load_source(kind), ListedKind)
