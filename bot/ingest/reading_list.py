"""The reading list, `sources.toml`: the publications that a corpus should have.

It contains facts alone: what was published, by whom, when and where, which side it serves, and
how all this was checked. `add_sources` fetches and adds what the corpus does not have yet.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from bot.errors import BotError, CorpusError
from bot.ingest.addition import Addition, prepare_from_url, write_addition
from bot.ingest.guarded_fetch import fetch_page
from bot.model import OneLine, PartialDate, Publication, WebAddress
from bot.storage import safe_read
from bot.storage.toml_schema import parse_toml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from bot.ingest.guarded_fetch import Fetcher

FILE_NAME = "sources.toml"


class Position(StrEnum):
    """The position of a source on the motion, as declared by the curator; never inferred."""

    FOR = "for"
    AGAINST = "against"
    OVERSIGHT = "oversight"
    EVIDENCE = "evidence"


class ListedSource(BaseModel):
    """The schema of `[[sources]]`: one publication; unknown facts are left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: OneLine
    who: OneLine
    date: PartialDate | None = None
    url: WebAddress | None = None
    positions: tuple[Position, ...] = ()
    facts: OneLine | None = None
    checked: OneLine


class ReadingList(BaseModel):
    """The schema of `sources.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: OneLine | None = None
    sources: tuple[ListedSource, ...] = ()


class SourceOutcome(NamedTuple):
    """The result for one source: an addition or an error."""

    source: ListedSource
    addition: Addition | None = None
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
    """Fetch and add each of `sources` whose address is not in `present_urls`; yield each result.

    A source that fails is reported, and the next one is tried.
    """
    for source in sources:
        if source.url is None or source.url in present_urls:
            continue
        stated = Publication(title=source.title, publisher=source.who, date=source.date, url=source.url)
        try:
            addition = prepare_from_url(folder, source.url, stated, fetch=fetch)
            write_addition(addition)
        except BotError as error:
            yield SourceOutcome(source, error=error)
        else:
            yield SourceOutcome(source, addition)
