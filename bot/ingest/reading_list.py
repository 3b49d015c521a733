"""The reading list, `sources.toml`: the publications that a corpus should have.

It contains facts alone: what was published, by whom, when and where, which side it serves, and
how all this was checked. `add_sources` fetches and adds what the corpus does not have yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from bot.errors import BotError, CorpusError
from bot.ingest.addition import prepare_from_url, write_addition
from bot.ingest.gathering import Change, gather_documents
from bot.ingest.guarded_fetch import Fetcher, fetch_page
from bot.ingest.polite_fetch import PageFetcher
from bot.ingest.sources import load_source
from bot.ingest.sources.base import ListedKind, ListedReference
from bot.model import OneLine, PartialDate, Publication, WebAddress
from bot.storage import safe_read
from bot.storage.toml_schema import parse_toml

FILE_NAME = "sources.toml"


class Position(StrEnum):
    """The position of a source on the motion, as declared by the curator; never inferred."""

    FOR = "for"
    AGAINST = "against"
    OVERSIGHT = "oversight"
    EVIDENCE = "evidence"


class SourceKind(StrEnum):
    """How a source is fetched: from its page, or by the source of that name in `sources`."""

    HTML = "html"
    PDF = "pdf"
    JUDGMENT = "judgment"
    UNKNOWN = "unknown"
    HANSARD = "hansard"
    GOVUK = "govuk"


class ListedSource(BaseModel):
    """The schema of `[[sources]]`: one publication; unknown facts are left out.

    A debate of Parliament is found by its `external_id`, else by date, `house` and title.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    title: OneLine
    who: OneLine
    date: PartialDate | None = None
    url: WebAddress | None = None
    kind: SourceKind = SourceKind.HTML
    external_id: OneLine | None = None
    house: OneLine | None = None
    positions: tuple[Position, ...] = ()
    facts: OneLine | None = None
    checked: OneLine


_RECORD_KINDS = frozenset({SourceKind.HANSARD, SourceKind.GOVUK})


class ReadingList(BaseModel):
    """The schema of `sources.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    note: OneLine | None = None
    sources: tuple[ListedSource, ...] = ()


class SourceOutcome(NamedTuple):
    """The result for one source: the file that came, or an error."""

    source: ListedSource
    path: Path | None = None
    error: BotError | None = None


def load_reading_list(folder: Path) -> ReadingList:
    """Load the reading list of the corpus in `folder`.

    Raises:
        CorpusError: the file is missing, breaks its schema, or lists an address twice.
    """
    path = folder / FILE_NAME
    result = parse_toml(ReadingList, safe_read.read_text(path), str(path))
    if isinstance(result, list):
        raise result[0]
    seen_urls: set[str] = set()
    for entry in result.sources:
        if entry.url and entry.url in seen_urls:
            raise CorpusError(str(path), f"'{entry.url}' is listed twice", "keep one of them")
        seen_urls.add(entry.url or "")
    return result


def add_sources(
    folder: Path, sources: Sequence[ListedSource], present_urls: Collection[str], fetch: Fetcher = fetch_page
) -> Iterator[SourceOutcome]:
    """Fetch and add each of `sources` that the corpus does not have; yield each result.

    A source that fails is reported, and the next one is tried. Pages are fetched only where their site lets them be.
    """
    page_fetch = PageFetcher(fetch)
    for source in sources:
        if source.url in present_urls and source.url is not None:
            continue
        try:
            path = (
                _add_from_record(folder, source, fetch)
                if source.kind in _RECORD_KINDS
                else _add_page(folder, source, page_fetch)
            )
        except BotError as error:
            yield SourceOutcome(source, error=error)
        else:
            if path:
                yield SourceOutcome(source, path)


def _add_page(folder: Path, source: ListedSource, fetch: Fetcher) -> Path:
    """Fetch the page of a source, and add it under the facts listed."""
    if source.url is None:
        raise CorpusError(source.title, "no address is known", f"look for it at {source.who}, and add the file")
    stated = Publication(title=source.title, publisher=source.who, date=source.date, url=source.url)
    addition = prepare_from_url(folder, source.url, stated, fetch=fetch)
    write_addition(addition)
    return addition.path


def _add_from_record(folder: Path, source: ListedSource, fetch: Fetcher) -> Path | None:
    """Add a document by the source of its kind; None where the corpus has it as it is."""
    module = load_source(source.kind)
    assert isinstance(module, ListedKind)  # noqa: S101  a test asks each kind
    reference = ListedReference(source.title, source.url, source.date, source.external_id, source.house)
    document = module.locate(reference, fetch)
    [result] = gather_documents(folder, module, [document], fetch)
    if result.error:
        raise result.error
    return None if result.change is Change.UNCHANGED else result.path
