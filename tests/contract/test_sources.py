"""A source is one module, found by its name, and offers the whole protocol."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import NotFoundError
from bot.ingest import sources
from bot.ingest.fetching import FetchedPage
from bot.ingest.sources.base import FetchedFile, Source, SourceQuery

NEWCOMER = '''
"""An archive of one page."""

from bot.ingest.sources.base import FetchedFile, FoundDocument
from bot.model import Publication


SUMMARY = "The archive of one page"


def search(query, fetch):
    for line in fetch(f"https://archive.example/?q={query.term}").content.decode().splitlines():
        yield FoundDocument(line, Publication(url=line))


def fetch(document, fetch):
    return FetchedFile("page.html", fetch(document.url).content)
'''


def test_every_source_offers_the_whole_protocol() -> None:
    assert all(isinstance(sources.load_source(name), Source) for name in sources.list_sources())


def test_a_new_source_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "archive.py").write_text(NEWCOMER, "utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path)])
    pages = {"https://archive.example/?q=ferry": b"https://archive.example/1", "https://archive.example/1": b"<html>"}

    def fetch(url: str) -> FetchedPage:
        return FetchedPage(url, pages[url])

    source = sources.load_source("archive")
    [document] = source.search(SourceQuery("ferry"), fetch)

    assert isinstance(source, Source)
    assert document.stated.url == document.url == "https://archive.example/1"
    assert source.fetch(document, fetch) == FetchedFile("page.html", b"<html>")


def test_an_unknown_source_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="nowhere: there is no such source; choose from: "):
        sources.load_source("nowhere")


def test_the_seam_itself_is_no_source() -> None:
    assert "base" not in sources.list_sources()
