"""Gathering from the open record: by a term that a source is searched for, or by a corpus's reading list.

Each document is written whole before the next is asked for, so whatever interrupts a gathering,
asking again goes on from there. A file's name ends in a tag of the address it came from: what was
fetched before is known by it and replaced in its place, so that a document keeps its id.

The reading list, `sources.toml`, names the publications that a corpus should have. It holds facts alone:
what was published, by whom, when and where, which side it serves, and how all this was checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from bot import formats
from bot.corpus.folder import scan_folder
from bot.errors import BotError, CorpusError
from bot.formats.base import AddedAs
from bot.formats.record_fields import find_related
from bot.ingest import sandbox
from bot.ingest.addition import Addition, ParsedFile, build_addition, parse_content, prepare_from_url, write_addition
from bot.ingest.fetching import Fetcher, PageFetcher, fetch_page
from bot.ingest.sources import load_source
from bot.ingest.sources.base import (
    FetchedFile,
    FoundDocument,
    ListedKind,
    ListedReference,
    Source,
    SourceQuery,
    tag_address,
)
from bot.model import OneLine, PartialDate, Publication, WebAddress
from bot.storage import filesystem
from bot.storage.toml_schema import parse_toml

# As many as a curator can look through; more are taken where more are asked for.
MOST_DOCUMENTS = 100
READING_LIST = "sources.toml"


class Change(StrEnum):
    """What fetching a document changed in the corpus."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "as before"


class GatheredDocument(NamedTuple):
    """What became of one document: its file and whether that changed, or the error."""

    document: FoundDocument
    path: Path | None = None
    change: Change | None = None
    error: BotError | None = None


class Plan(NamedTuple):
    """What a gathering would take, by day, and how many more documents match."""

    documents: tuple[FoundDocument, ...]
    left_out: int


def plan_gathering(source: Source, query: SourceQuery, fetch: Fetcher, most: int = MOST_DOCUMENTS) -> Plan:
    """Search `source`, and choose the `most` documents that match best.

    Raises:
        FetchError: the search could not be fetched.
        CorpusError: the source answered with something else.
    """
    documents = list(source.search(query, fetch))
    best = sorted(documents, key=lambda document: -document.matches)[:most]
    by_day = sorted(best, key=lambda document: (document.stated.date or "", document.url))
    return Plan(tuple(by_day), len(documents) - len(best))


def gather_documents(
    folder: Path, source: Source, documents: Sequence[FoundDocument], fetch: Fetcher
) -> Iterator[GatheredDocument]:
    """Fetch each of `documents` into the corpus in `folder`, and yield what became of it.

    One that fails is reported, and the next is tried; a full disk ends the gathering.

    Raises:
        CorpusError: the disk failed; what was written before stays, whole.
    """
    for document in documents:
        try:
            addition = _prepare(folder, source.fetch(document, fetch), document)
        except BotError as error:
            yield GatheredDocument(document, error=error)
        else:
            change = _find_change(addition)
            if change is not Change.UNCHANGED:
                write_addition(addition)
            yield GatheredDocument(document, addition.path, change)


def find_gathered(folder: Path, document: FoundDocument) -> str | None:
    """Return the id under which `document` was gathered from its address before, None if it was not."""
    tag = re.compile(rf"(?:^|-){tag_address(document.url)}(?:\.[a-z]+)?$")
    return next((name for name in scan_folder(folder).documents if tag.search(name)), None)


def _prepare(folder: Path, fetched: FetchedFile, document: FoundDocument) -> Addition:
    """Parse what was fetched, and prepare writing it: under the id it has in the corpus, or its own."""
    name, content = fetched.name, fetched.content
    suffix = Path(name).suffix
    known_id = find_gathered(folder, document)
    build = partial(build_addition, folder, document_id=known_id or Path(name).stem, replaces=known_id is not None)
    if formats.find_added_as(suffix) is not AddedAs.RECORD:
        # Web pages and office files take much code to read: that code may do little.
        parsed = sandbox.parse_untrusted(name, content).report
        return build(ParsedFile(suffix, content, parsed), fetched.stated or document.stated)
    answers = [{"url": url, "content": answer} for url, answer in fetched.related]
    # What UTF-8 cannot hold, half a surrogate pair, becomes an escape of JSON again.
    related = json.dumps({"answers": answers}, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")
    addition = build(ParsedFile(suffix, content, parse_content(name, content, name, related)))
    return replace(addition, companion=(find_related(addition.path), related))


def _find_change(addition: Addition) -> Change:
    """Return whether a document is new, or differs from what was gathered before."""
    if not addition.replaces:
        return Change.NEW
    is_same = all(path.is_file() and filesystem.read_bytes(path) == content for path, content in addition.files)
    return Change.UNCHANGED if is_same else Change.CHANGED


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
    path = folder / READING_LIST
    result = parse_toml(ReadingList, filesystem.read_text(path), str(path))
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
    """Fetch and add each of `sources` that the corpus does not have; yield each result, none where nothing changed.

    A source that fails is reported, and the next one is tried. Pages are fetched only where their site lets them be.
    """
    page_fetch = PageFetcher(fetch)
    for source in sources:
        if source.url in present_urls and source.url is not None:
            continue
        try:
            path = (
                _add_from_record(folder, source, fetch)
                if source.kind in (SourceKind.HANSARD, SourceKind.GOVUK)
                else _add_page(folder, source, page_fetch)
            )
        except BotError as error:
            yield SourceOutcome(source, error=error)
        else:
            if path:
                yield SourceOutcome(source, path)


def _add_page(folder: Path, source: ListedSource, fetch: Fetcher) -> Path:
    """Fetch the page of a source, add it under the facts listed, and return its file."""
    if source.url is None:
        raise CorpusError(source.title, "no address is known", f"look for it at {source.who}, and add the file")
    stated = Publication(title=source.title, publisher=source.who, date=source.date, url=source.url)
    addition = prepare_from_url(folder, source.url, stated, fetch=fetch)
    write_addition(addition)
    return addition.path


def _add_from_record(folder: Path, source: ListedSource, fetch: Fetcher) -> Path | None:
    """Gather a document by the source of its kind; return its file, None where the corpus has it as it is."""
    module = load_source(source.kind)
    assert isinstance(module, ListedKind)  # noqa: S101  a test asks each kind
    reference = ListedReference(source.title, source.url, source.date, source.external_id, source.house)
    document = module.locate(reference, fetch)
    [result] = gather_documents(folder, module, [document], fetch)
    if result.error:
        raise result.error
    return None if result.change is Change.UNCHANGED else result.path
