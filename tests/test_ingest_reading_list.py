"""Pages of the web and reading lists become documents, and feeds do not; all is invented."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import formats
from bot.corpus import load_corpus
from bot.errors import CorpusError
from bot.ingest.addition import prepare_addition, prepare_from_url, write_addition
from bot.ingest.guarded_fetch import FetchedPage, FetchError
from bot.ingest.reading_list import Position, add_sources, load_reading_list
from bot.model import Publication
from tests.corpus_folders import LIST, PAGE, corpus, file, listing

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus(tmp_path)


def fetching(pages: dict[str, bytes]) -> Callable[[str], FetchedPage]:
    def fetch(url: str) -> FetchedPage:
        if url not in pages:
            raise FetchError(url, "the site answered 404", "check the address")
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

    first, second = add_sources(folder, found, (), fetch)

    assert first.addition
    assert formats.read(first.addition.path).title == "Bridge shut"
    assert formats.read(first.addition.path).publisher == "The Test Gazette"
    assert "the site answered 404" in str(second.error)
    there = {document.url for document in load_corpus(folder).documents if document.url}
    assert [each.source.title for each in add_sources(folder, found, there, fetch)] == ["Bridge lost"]


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

    assert len(found.sources) > 50
    assert {position for each in found.sources for position in each.positions} == set(Position)
    assert all(each.checked for each in found.sources)
