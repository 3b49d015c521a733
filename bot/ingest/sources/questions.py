"""Written questions to ministers in Westminster, each fetched whole by its id: lists cut what they show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.errors import CorpusError
from bot.formats.record_fields import get_object, get_text
from bot.formats.written_question import LICENCE, WEB_ADDRESS
from bot.ingest.fetching import Fetcher
from bot.ingest.sources.base import (
    FetchedFile,
    FoundDocument,
    JsonObject,
    PageKeys,
    SourceQuery,
    build_answer_error,
    iter_rows,
    name_file,
    parse_json,
)
from bot.model import Publication

SUMMARY = "written questions to ministers in Westminster, and their answers"

API = "https://questions-statements-api.parliament.uk/api/writtenquestions/questions"
SUFFIX = ".question.json"

_PAGE = 100
_PAGE_KEYS = PageKeys("skip", "results", "totalResults")
_FIRST_DAY = date(2014, 5, 1)


def search(query: SourceQuery, fetch: Fetcher) -> Iterator[FoundDocument]:
    """Yield the questions that match and have more than a holding answer, in the source's order."""
    since, until = query.days(_FIRST_DAY)
    asked = {
        # Without quotation marks any of the words would do: 77,980 rows for "age assurance", 258 for the pair.
        "searchTerm": f'"{query.term}"',
        "answeredWhenFrom": since.isoformat(),
        "answeredWhenTo": until.isoformat(),
        "house": (query.house or "Bicameral").capitalize(),
        "sessionStatus": "Any",
        "skip": 0,
        "take": _PAGE,
    }
    rows = iter_rows(API, asked, _PAGE_KEYS, fetch)
    yield from query.select(_read_row(get_object(row, "value")) for row in rows)


def fetch(document: FoundDocument, fetch: Fetcher) -> FetchedFile:
    """Fetch a question whole, with its members."""
    page = fetch(f"{document.url}?expandMember=true")
    value = get_object(parse_json(page, document.url), "value")
    if not value:
        raise build_answer_error(document.url, "no question: its shape has changed")
    if value.get("answerIsHolding") is True:
        raise CorpusError(document.url, "a holding answer, which answers nothing yet", "gather it again once it does")
    return FetchedFile(name_file(document, SUFFIX), page.content)


def _read_row(value: JsonObject) -> FoundDocument | None:
    """Return the document of a search result; None for a question without a number, withdrawn or not answered yet."""
    is_open = value.get("answerIsHolding") is True or value.get("isWithdrawn") is True or not value.get("answerText")
    if is_open or not isinstance(value.get("id"), int):
        return None
    tabled, uin = get_text(value, "dateTabled")[:10], value.get("uin")
    stated = Publication(
        title=f"{value.get('heading') or 'Written question'}, written question {uin}",
        publisher="Hansard",
        date=(get_text(value, "dateAnswered") or tabled)[:10] or None,
        url=f"{WEB_ADDRESS}/{tabled}/{uin}",
        licence=LICENCE,
    )
    return FoundDocument(f"{API}/{value['id']}", stated, get_text(value, "house") or None)
