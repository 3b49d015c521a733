"""Hansard, the record of the Parliament in Westminster, by its API.

Search finds which debates to take; nothing is quoted from it, since it marks its hits within
words. A debate is fetched whole, with its divisions, and with the parties of those members whose
party the record itself leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from bot.errors import CorpusError
from bot.formats.base import parse_date
from bot.formats.hansard import LICENCE, build_url, split_label
from bot.formats.record_fields import get_object, get_objects, get_text
from bot.ingest.fetching import Fetcher, FetchError
from bot.ingest.sources.base import (
    FetchedFile,
    FoundDocument,
    JsonObject,
    ListedReference,
    PageKeys,
    SourceQuery,
    build_answer_error,
    fetch_json,
    iter_rows,
    list_rows,
    name_file,
    parse_json,
)
from bot.model import Publication

SUMMARY = "Hansard: debates in both Houses, by what was said"

API = "https://hansard-api.parliament.uk"
MEMBERS_API = "https://members-api.parliament.uk/api/Members"
SUFFIX = ".hansard.json"

# More than 100 rows a page answers 500.
_PAGE = 100
_PAGE_KEYS = PageKeys("queryParameters.skip", "Results", "TotalResultCount")
# The first day of the digitised record.
_FIRST_DAY = date(1803, 11, 29)
_SERVER_ERROR = 500
# Of two centuries this leaves five months; a server that fails on these too is down.
_MOST_HALVINGS = 9
# Fresh debates come without their items for a moment, while the record is built anew.
_TRIES_OF_EMPTY = 3
# As many as fit in an address that no server refuses.
_MEMBERS_AT_ONCE = 40
_HOUSES = {"commons": "Commons", "lords": "Lords"}


def search(query: SourceQuery, fetch: Fetcher) -> Iterator[FoundDocument]:
    """Yield each debate in which a contribution or the title matches, by day.

    Days that the server fails on are halved until it answers.
    """
    debates: dict[str, FoundDocument] = {}
    for path, is_debate in (("debates", True), ("contributions/Spoken", False)):
        rows = _search_days(path, query, fetch)
        for document in query.select(_read_row(row, is_debate=is_debate) for row in rows):
            earlier = debates.get(document.url, document._replace(matches=0))
            debates[document.url] = earlier._replace(matches=earlier.matches + document.matches)
    yield from sorted(debates.values(), key=lambda found: (found.stated.date or "", found.url))


def fetch(document: FoundDocument, fetch: Fetcher) -> FetchedFile:
    """Fetch a debate, its divisions, and the parties that it does not state."""
    page, debate = _fetch_debate(document.url, fetch)
    related: list[tuple[str, Any]] = []
    for division_id in dict.fromkeys(_iter_division_ids(debate)):
        url = f"{API}/debates/division/{quote(division_id)}.json"
        try:
            related.append((url, fetch_json(url, fetch)))
        except FetchError as error:
            if error.status != 404:
                raise
    related.extend(_fetch_histories(debate, document.stated.date, fetch))
    return FetchedFile(name_file(document, SUFFIX), page, tuple(related))


def locate(reference: ListedReference, fetch: Fetcher) -> FoundDocument:
    """Find a debate by its id, or by its day, house and title."""
    external_id = reference.external_id or _find_by_title(reference, fetch)
    url = _build_debate_url(external_id)
    overview = _fetch_debate(url, fetch)[1]["Overview"]
    return FoundDocument(url, _build_publication(overview), get_text(overview, "House") or None)


def _find_by_title(reference: ListedReference, fetch: Fetcher) -> str:
    """Return the id of the debate of that title on that day in that house."""
    house = _HOUSES.get((reference.house or "").casefold())
    if not (house and reference.date and len(reference.date) == len("2020-01-24")):
        remedy = "give its external_id, or its whole date and its house"
        raise CorpusError(reference.title, "not enough to find a debate by", remedy)
    asked = {"house": house, "date": reference.date, "sectionTitle": reference.title}
    answer = fetch_json(f"{API}/debates/topleveldebatebytitle.json?{urlencode(asked)}", fetch)
    external_id = answer if isinstance(answer, str) else get_text(get_object(answer, "Overview"), "ExtId")
    if not external_id:
        raise CorpusError(reference.title, f"no debate of this title on {reference.date}", "give its external_id")
    return external_id


def _search_days(path: str, query: SourceQuery, fetch: Fetcher, halvings: int = _MOST_HALVINGS) -> Iterator[JsonObject]:
    """Yield the rows of a search by the date of sitting; where the server fails, search each half of the days."""
    first, last = query.days(_FIRST_DAY)
    parameters = {
        "searchTerm": query.term,
        "startDate": first.isoformat(),
        "endDate": last.isoformat(),
        "orderBy": "SittingDateAsc",
        "skip": 0,
        "take": _PAGE,
    }
    if query.house:
        parameters["house"] = _HOUSES.get(query.house, query.house)
    # Without this prefix a parameter is ignored; without an order rows repeat and go missing.
    asked = {f"queryParameters.{name}": value for name, value in parameters.items()}
    try:
        yield from list(iter_rows(f"{API}/search/{path}.json", asked, _PAGE_KEYS, fetch))
    except FetchError as error:
        if error.status != _SERVER_ERROR or first >= last or not halvings:
            raise
        middle = first + (last - first) // 2
        for start, end in ((first, middle), (middle + timedelta(days=1), last)):
            half = query._replace(since=start.isoformat(), until=end.isoformat())
            yield from _search_days(path, half, fetch, halvings - 1)


def _read_row(row: JsonObject, *, is_debate: bool) -> FoundDocument | None:
    """Return the debate that a row is or is of; None without an id. A debate's own row has its title under `Title`."""
    external_id, house = get_text(row, "DebateSectionExtId"), get_text(row, "House")
    if not external_id:
        return None
    overview = {
        "ExtId": external_id,
        "Title": row.get("Title") if is_debate else row.get("DebateSection"),
        "Date": row.get("SittingDate"),
        "House": house,
    }
    stated = _build_publication(overview)
    return FoundDocument(_build_debate_url(external_id), stated, house or None, 0 if is_debate else 1)


def _build_publication(overview: JsonObject) -> Publication:
    """Return the facts of publication in the overview of a debate."""
    return Publication(
        title=get_text(overview, "Title") or None,
        publisher="Hansard",
        date=parse_date(get_text(overview, "Date")),
        url=build_url(overview),
        licence=LICENCE,
    )


def _build_debate_url(external_id: str) -> str:
    """Return the address of a debate in the API, in small letters: ids come in either case, by endpoint."""
    return f"{API}/debates/debate/{quote(external_id.lower())}.json"


def _fetch_debate(url: str, fetch: Fetcher) -> tuple[bytes, JsonObject]:
    """Fetch the answer at `url` and what it says; an empty debate is asked for again."""
    for _ in range(_TRIES_OF_EMPTY):
        page = fetch(url)
        debate = parse_json(page, url)
        if not isinstance(debate, dict) or not isinstance(debate.get("Overview"), dict):
            raise build_answer_error(url, "no debate: its shape has changed")
        if list_rows(debate, "Items", url) or list_rows(debate, "ChildDebates", url):
            external_id = str(debate["Overview"].get("ExtId") or "")
            if _build_debate_url(external_id) != url:
                raise build_answer_error(url, f"another debate, {ascii(external_id)[1:-1]}")
            return page.content, debate
    raise build_answer_error(url, "a debate without a word")


def _walk_items(debate: JsonObject) -> Iterator[JsonObject]:
    """Yield the items of a debate and of all debates within it."""
    pending = [debate]
    while pending:
        section = pending.pop()
        yield from get_objects(section, "Items")
        pending.extend(get_objects(section, "ChildDebates"))


def _iter_division_ids(debate: JsonObject) -> Iterator[str]:
    """Yield the ids of the divisions of a debate, in small letters."""
    for item in _walk_items(debate):
        external_id = get_text(item, "ExternalId")
        if external_id and get_text(item, "ItemType").casefold() == "division":
            yield external_id.lower()


def _fetch_histories(debate: JsonObject, day: str | None, fetch: Fetcher) -> Iterator[tuple[str, Any]]:
    """Yield, each with its address, the histories of the members whose party the debate nowhere states."""
    ids, names = _find_members_without_party(debate)
    for name in sorted(names):
        ids.update(_find_member(name, day, fetch))
    ordered = sorted(ids)
    for start in range(0, len(ordered), _MEMBERS_AT_ONCE):
        asked = urlencode([("ids", number) for number in ordered[start : start + _MEMBERS_AT_ONCE]])
        url = f"{MEMBERS_API}/History?{asked}"
        yield url, fetch_json(url, fetch)


def _find_members_without_party(debate: JsonObject) -> tuple[set[int], set[str]]:
    """Return the numbers of members whose party the debate nowhere states, and names of office-holders without one."""
    ids: set[int] = set()
    names: set[str] = set()
    with_party: set[int | str] = set()
    for item in _walk_items(debate):
        speaker = split_label(get_text(item, "AttributedTo"))
        if speaker is None:
            continue
        number = item.get("MemberId")
        if speaker.party:
            with_party.update({speaker.name, number if isinstance(number, int) else speaker.name})
        elif isinstance(number, int):
            ids.add(number)
        elif speaker.role:
            names.add(speaker.name)
    return {number for number in ids if number not in with_party}, names - with_party


def _find_member(name: str, day: str | None, fetch: Fetcher) -> Iterable[int]:
    """Return the number of the one member of that very name on `day`; none where there are two."""
    asked = urlencode({"name": name, "dateToSearchFor": day or ""})
    url = f"{MEMBERS_API}/SearchHistorical?{asked}"
    members = [get_object(item, "value") for item in list_rows(fetch_json(url, fetch), "items", url)]
    namesakes = [member for member in members if get_text(member, "nameDisplayAs").casefold() == name.casefold()]
    numbers = [member["id"] for member in namesakes if isinstance(member.get("id"), int)]
    return numbers if len(numbers) == 1 else ()
