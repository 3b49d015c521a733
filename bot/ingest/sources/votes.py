"""Divisions of both Houses in Westminster, by their votes APIs: who voted, and on which side.

A search lists divisions without their voters, so each is fetched whole by its id. The Commons' begin on 9 March 2016;
earlier ones come with their debates from Hansard.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from bot.formats.divisions import LICENCE, PUBLISHER, read_answer
from bot.ingest.fetching import Fetcher
from bot.ingest.sources.base import (
    FetchedFile,
    FoundDocument,
    JsonObject,
    SourceQuery,
    build_answer_error,
    fetch_json,
    list_rows,
    name_file,
    parse_json,
)
from bot.model import Publication

SUMMARY = "divisions of both Houses in Westminster: who voted, and on which side"

SUFFIX = ".vote.json"


class _House(NamedTuple):
    """Where a House publishes its divisions, in the keys and the page size of its own interface."""

    name: str
    search_url: str
    division_url: str
    parameters: str
    # The largest page that the API returns, in rows.
    page: int
    keys: tuple[str, str, str, str]
    first_day: date


_COMMONS = _House(
    "Commons",
    "https://commonsvotes-api.parliament.uk/data/divisions.json/search",
    "https://commonsvotes-api.parliament.uk/data/division/{id}.json",
    "queryParameters.searchTerm queryParameters.startDate queryParameters.endDate queryParameters.skip "
    "queryParameters.take",
    25,
    ("DivisionId", "Date", "Number", "Title"),
    date(2016, 3, 9),
)
_LORDS = _House(
    "Lords",
    "https://lordsvotes-api.parliament.uk/data/Divisions/search",
    "https://lordsvotes-api.parliament.uk/data/Divisions/{id}",
    "SearchTerm StartDate EndDate skip take",
    100,
    ("divisionId", "date", "number", "title"),
    date(2000, 1, 1),
)


def search(query: SourceQuery, fetch: Fetcher) -> Iterator[FoundDocument]:
    """Yield the divisions of both Houses, or of the one asked for, that match: the Commons' first."""
    for house in (_COMMONS, _LORDS):
        if not query.house or query.house.casefold() == house.name.casefold():
            yield from query.select(map(partial(_read_row, house), _search_house(house, query, fetch)))


def fetch(document: FoundDocument, fetch: Fetcher) -> FetchedFile:
    """Fetch a division with its voters."""
    page = fetch(document.url)
    if read_answer(parse_json(page, document.url)) is None:
        raise build_answer_error(document.url, "no division: its shape has changed")
    return FetchedFile(name_file(document, SUFFIX), page.content)


def _search_house(house: _House, query: SourceQuery, fetch: Fetcher) -> Iterator[JsonObject]:
    """Yield the rows of a search, each once, until a page has no new one."""
    first, last = query.days(house.first_day)
    seen: set[int] = set()
    while True:
        # Another row may have come in front since the last page, so what was seen is skipped by its id.
        values = (query.term, first.isoformat(), last.isoformat(), len(seen), house.page)
        url = f"{house.search_url}?{urlencode(dict(zip(house.parameters.split(), values, strict=True)))}"
        rows = list_rows({"divisions": fetch_json(url, fetch)}, "divisions", url)
        ids = [(row.get(house.keys[0]), row) for row in rows]
        page = {number: row for number, row in ids if isinstance(number, int) and number not in seen}
        seen.update(page)
        yield from page.values()
        if not page:
            return


def _read_row(house: _House, row: JsonObject) -> FoundDocument | None:
    """Return the division of a row, None for what is no division."""
    division_id, day, number, title = (row.get(key) for key in house.keys)
    if not isinstance(division_id, int) or not isinstance(day, str):
        return None
    url = house.division_url.format(id=division_id)
    stated = Publication(
        title=f"Division {number}: {title}", publisher=PUBLISHER, date=day[:10], url=url, licence=LICENCE
    )
    return FoundDocument(url, stated, house.name)
