"""Answers in JSON of the sources: fetched, checked for their shape, and a search's walked page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlencode

from bot.errors import CorpusError
from bot.formats.record_fields import Json
from bot.ingest.guarded_fetch import FetchedPage, Fetcher

JsonObject: TypeAlias = dict[str, Any]

_JSON_TYPES = frozenset({"application/json", "text/json", "text/plain", ""})


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
    """Yield every row that a search finds, page after page, each asked for once the one before is used up."""
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
