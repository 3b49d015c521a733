"""The seam of the sources: what a module of this room offers and hands over, and what several of them share.

A source is one module, found by its name: `gather "TERM" --source hansard` imports
`bot.ingest.sources.hansard`. Nothing else has to be touched. An archive with a search page
would be no more than this::

    SUMMARY = "The archive: letters to the editor"

    def search(query: SourceQuery, fetch: Fetcher) -> Iterator[FoundDocument]:
        page = json.loads(fetch(f"https://archive.example/search?q={quote(query.term)}").content)
        for entry in page["results"]:
            stated = Publication(title=entry["title"], date=entry["day"], url=entry["url"])
            yield FoundDocument(entry["url"], stated)

    def fetch(document: FoundDocument, fetch: Fetcher) -> FetchedFile:
        return FetchedFile(name_file(document, ".html"), fetch(document.url).content)
"""

from __future__ import annotations

import hashlib
import json
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeAlias, runtime_checkable
from urllib.parse import urlencode

from bot.errors import CorpusError
from bot.formats.record_fields import Json
from bot.ingest.fetching import FetchedPage, Fetcher
from bot.model import Publication
from bot.text import list_ascii_words

JsonObject: TypeAlias = dict[str, Any]

_MAX_SLUG = 48
_TAG_LENGTH = 8
_JSON_TYPES = frozenset({"application/json", "text/json", "text/plain", ""})


class SourceQuery(NamedTuple):
    """What to look for: a term, and the days and the house to keep to; None is no limit."""

    term: str
    since: str | None = None
    until: str | None = None
    house: str | None = None

    def admits(self, day: str | None, house: str | None = None) -> bool:
        """Return whether a document of `day` and `house` is asked for; where they are unknown it is.

        >>> query = SourceQuery("trams", since="2020", until="2021-05", house="commons")
        >>> [query.admits(day) for day in ("2019-12-31", "2020-01-01", "2021-05-31", "2021-06-01")]
        [False, True, True, False]
        """
        is_early = bool(day and self.since and day < self.since)
        is_late = bool(day and self.until and day[: len(self.until)] > self.until)
        is_elsewhere = bool(house and self.house and house.casefold() != self.house.casefold())
        return not (is_early or is_late or is_elsewhere)

    def select(self, documents: Iterable[FoundDocument | None]) -> Iterator[FoundDocument]:
        """Yield those of `documents` that `admits` lets in by day and house; None stands for a row that names none."""
        return (each for each in documents if each and self.admits(each.stated.date, each.house))

    def days(self, first: date) -> tuple[date, date]:
        """Return the first and the last day asked for; `first` where no first day is given."""
        since = date.fromisoformat(f"{self.since}-01-01"[:10]) if self.since else first
        until = _find_last_day(self.until) if self.until else date.today()  # noqa: DTZ011  the curator's
        return since, until


class FoundDocument(NamedTuple):
    """A search result: where the document is, and what the source states of its publication.

    `matches` counts the contributions that match, where the source says so. `content` is the
    document itself where finding it meant fetching it.
    """

    url: str
    stated: Publication
    house: str | None = None
    matches: int = 1
    content: bytes | None = None


class FetchedFile(NamedTuple):
    """A document as published: its bytes, and a name whose suffix is that of its format.

    `related` are answers that belong to it, such as its divisions, each with the address it came
    from. `stated` is for a format that has no publication facts of its own.
    """

    name: str
    content: bytes
    related: tuple[tuple[str, dict[str, Any] | list[Any]], ...] = ()
    stated: Publication | None = None


class ListedReference(NamedTuple):
    """How a reading list names a document: by the source's own id, or by day, house and title."""

    title: str
    url: str | None = None
    date: str | None = None
    external_id: str | None = None
    house: str | None = None


@runtime_checkable
class Source(Protocol):
    """A module that finds documents by a term and fetches them.

    `SUMMARY` says in a line what it holds, and what it needs to be told.

    Politeness: every request goes through the `fetch` that is passed in, which alone decides
    about addresses, sizes, time and the pause between requests. A source opens no connection,
    sends requests one after the other, and asks for nothing that was not asked of it.
    """

    SUMMARY: str

    def search(self, query: SourceQuery, fetch: Fetcher) -> Iterator[FoundDocument]:
        """Yield the documents that match `query`, in the source's own order, each address once.

        Only documents that the query admits. No match yields nothing. What the source does not
        state of a document stays None.

        Raises:
            FetchError: a page of results could not be fetched.
            CorpusError: a page of results is not what this source publishes.
        """

    def fetch(self, document: FoundDocument, fetch: Fetcher) -> FetchedFile:
        """Fetch one document that `search` yielded, byte for byte as published.

        The name depends on the document alone, and ends in a tag of its address, so that what
        was fetched before is known again though its title has changed.

        Raises:
            FetchError: it could not be fetched.
            CorpusError: it is not what this source publishes.
        """


@runtime_checkable
class ListedKind(Protocol):
    """A source that a reading list may name as the `kind` of an entry."""

    def locate(self, reference: ListedReference, fetch: Fetcher) -> FoundDocument:
        """Find the one document that `reference` names.

        Raises:
            FetchError: it could not be looked up.
            CorpusError: it names none, or more than one.
        """


def name_file(document: FoundDocument, suffix: str) -> str:
    """Name the file of a document by its day, its title and a hash of its URL.

    >>> from bot.model import Publication
    >>> stated = Publication(title="Night Trams: Bells", date="2023-05-02")
    >>> name_file(FoundDocument("https://a.example/1", stated), ".hansard.json")
    '2023-05-02-night-trams-bells-d817b80f.hansard.json'
    """
    slug = "-".join(list_ascii_words(document.stated.title or "untitled"))[:_MAX_SLUG].strip("-") or "untitled"
    parts = (document.stated.date, slug, tag_address(document.url))
    return "-".join(part for part in parts if part) + suffix


def hand_over_day(document: FoundDocument, _fetch: Fetcher) -> FetchedFile:
    """Return the XML of a day, which `search` fetched to look into: the `fetch` of a source without a search page."""
    if document.content is None:
        raise CorpusError(document.url, "the day was not fetched", "gather it again")
    return FetchedFile(name_file(document, ".xml"), document.content)


def tag_address(url: str) -> str:
    """Return the tag in the names of a document's files: a hash of its address, in whichever case that is written."""
    return hashlib.sha256(url.lower().encode()).hexdigest()[:_TAG_LENGTH]


def _find_last_day(text: str) -> date:
    """Return the last day of the year, month or day that `text` names."""
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    month = month or 12
    return date(year, month, day or monthrange(year, month)[1])


class PageKeys(NamedTuple):
    """How a search is divided into pages: the keys of how many rows to skip, of the rows, and of how many there are."""

    skip: str
    rows: str
    total: str


def fetch_json(url: str, fetch: Fetcher) -> Json:
    """Fetch an answer in JSON.

    Raises:
        FetchError: it could not be fetched.
        CorpusError: what came is no JSON; an unknown route may answer with a web page.
    """
    return parse_json(fetch(url), url)


def parse_json(page: FetchedPage, url: str) -> Json:
    """Parse a fetched page as JSON; see `fetch_json`."""
    place = url.partition("?")[0]
    if page.media_type not in _JSON_TYPES and not page.media_type.endswith("+json"):
        raise build_answer_error(place, f"a page of type {ascii(page.media_type)[1:-1]}, not JSON")
    try:
        return json.loads(page.content)
    except (ValueError, RecursionError):
        raise build_answer_error(place, "not JSON") from None


def build_answer_error(place: str, fact: str) -> CorpusError:
    """Return the error of an answer that is not what its source publishes."""
    return CorpusError(place, f"the source answered with {fact}", "try again later")


def list_rows(answer: Json, key: str, place: str) -> list[JsonObject]:
    """Return the objects listed under `key` of `answer`; an item that is none is passed over.

    Raises:
        CorpusError: there is no such list.
    """
    rows = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise build_answer_error(place.partition("?")[0], f"no list of {key}: its shape has changed")
    return [row for row in rows if isinstance(row, dict)]


def iter_rows(search_url: str, asked: dict[str, Any], keys: PageKeys, fetch: Fetcher) -> Iterator[JsonObject]:
    """Yield every row that a search finds, page after page; a page is asked for only when the one before is used up."""
    skip, total = 0, 1
    while skip < total:
        url = f"{search_url}?{urlencode(asked | {keys.skip: skip})}"
        answer = fetch_json(url, fetch)
        page = list_rows(answer, keys.rows, url)
        yield from page
        skip += len(page)
        # A count comes as a number or in quotation marks.
        count = str(answer.get(keys.total))
        total = int(count) if page and count.isdecimal() else 0
