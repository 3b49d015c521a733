"""Days of the Oireachtas, Ireland's parliament, in Akoma Ntoso.

There is no search: each day asked for is fetched, and those in which the term stands are taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from bot.errors import CorpusError
from bot.formats.akomantoso import OIREACHTAS_LICENCE
from bot.formats.record_fields import get_object, get_text
from bot.ingest.fetching import Fetcher
from bot.ingest.sources.base import FoundDocument, JsonObject, SourceQuery, fetch_json, hand_over_day, list_rows
from bot.model import Publication

SUMMARY = "days of the Dáil and the Seanad; needs --since, and fetches each day"

API = "https://api.oireachtas.ie/v1/debates"

_PAGE = 50
_FIRST_DAY = date(1919, 1, 21)


def search(query: SourceQuery, fetch: Fetcher) -> Iterator[FoundDocument]:
    """Yield each day in which the term stands, in the source's order."""
    if query.since is None:
        raise CorpusError("--since", "this source has no search, only days", "say from which day on")
    for record in _list_records(query, fetch):
        url = _find_xml(record)
        day, house = get_text(record, "date")[:10], get_text(get_object(record, "house"), "houseCode") or None
        if url and query.admits(day, house):
            content = fetch(url).content
            matches = content.decode("utf-8", "replace").casefold().count(query.term.casefold())
            if matches:
                title = f"{(house or 'Oireachtas').title()} debates, {day}"
                stated = Publication(title=title, date=day or None, licence=OIREACHTAS_LICENCE)
                yield FoundDocument(url, stated, house, matches, content)


fetch = hand_over_day


def _list_records(query: SourceQuery, fetch: Fetcher) -> Iterator[JsonObject]:
    """Yield the record of each day asked for, page after page."""
    since, until = query.days(_FIRST_DAY)
    skip = 0
    while True:
        asked = {"date_start": since.isoformat(), "date_end": until.isoformat(), "limit": _PAGE, "skip": skip}
        asked |= {"chamber": query.house} if query.house else {}
        url = f"{API}?{urlencode(asked)}"
        page = list_rows(fetch_json(url, fetch), "results", url)
        yield from (get_object(row, "debateRecord") for row in page)
        skip += len(page)
        if len(page) < _PAGE:
            return


def _find_xml(record: JsonObject) -> str | None:
    """Return the address of a day's XML, None where it has none."""
    url = get_text(get_object(get_object(record, "formats"), "xml"), "uri")
    return url if url.startswith("https://") else None
