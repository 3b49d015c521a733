"""Select committees in Westminster: oral evidence, and written evidence by those who sent it.

A document comes as HTML, else as Word, else as PDF, whichever there is. A witness who is anonymous stays so.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bot.errors import CorpusError
from bot.ingest.guarded_fetch import FetchError
from bot.ingest.sources.base import FetchedFile, FoundDocument, build_answer_error, fetch_json, list_rows, name_file
from bot.model import Publication

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ingest.guarded_fetch import Fetcher
    from bot.ingest.sources.base import JsonObject, SourceQuery

SUMMARY = "select committees in Westminster: oral and written evidence"

API = "https://committees-api.parliament.uk/api"
WEB_ADDRESS = "https://committees.parliament.uk"
LICENCE = "Open Parliament Licence v3.0"

_PAGE = 30
_KINDS = ("OralEvidence", "WrittenEvidence")
_FORMATS = ("Html", "OriginalFormat", "Pdf")
_SUFFIXES = frozenset({".html", ".htm", ".docx", ".pdf"})
_NOT_FOUND = 404


def search(query: SourceQuery, fetch: Fetcher) -> Iterator[FoundDocument]:
    """Yield the evidence that matches, oral first, in the source's order."""
    for kind in _KINDS:
        skip = 0
        while True:
            asked = {"SearchTerm": query.term, "Skip": skip, "Take": _PAGE}
            asked |= {"StartDate": query.since} if query.since else {}
            asked |= {"EndDate": query.until} if query.until else {}
            url = f"{API}/{kind}?{urlencode(asked)}"
            answer = fetch_json(url, fetch)
            page = list_rows(answer, "items", url)
            items = filter(None, (_read_item(kind, item) for item in page))
            yield from (each for each in items if query.admits(each.stated.date, each.house))
            skip += len(page)
            if not page or skip >= int(answer.get("totalResults") or 0):
                break


def fetch(document: FoundDocument, fetch: Fetcher) -> FetchedFile:
    """Fetch the evidence in the first format there is."""
    for name in _FORMATS:
        url = f"{document.url}/Document/{name}"
        try:
            answer = fetch_json(url, fetch)
        except FetchError as error:
            if error.status != _NOT_FOUND:
                raise
            continue
        suffix = PurePosixPath(str(answer.get("fileName") if isinstance(answer, dict) else "")).suffix.lower()
        if suffix in _SUFFIXES:
            return FetchedFile(name_file(document, suffix), _decode(answer, url), stated=document.stated)
    raise CorpusError(document.url, "it has no HTML, Word file or PDF", "open it yourself and add the file")


def _decode(answer: JsonObject, url: str) -> bytes:
    try:
        return base64.b64decode(str(answer.get("data") or ""), validate=True)
    except (ValueError, binascii.Error):
        raise build_answer_error(url, "a document that is not base64") from None


def _read_item(kind: str, item: JsonObject) -> FoundDocument | None:
    """Return the document of a search result, oral or written by `kind`; None where it has no number."""
    number = item.get("id")
    if not isinstance(number, int):
        return None
    committees = [each for each in item.get("committees") or () if isinstance(each, dict)]
    businesses = [*(item.get("committeeBusinesses") or ()), item.get("committeeBusiness")]
    subject = next((each.get("title") for each in businesses if isinstance(each, dict) and each.get("title")), None)
    committee = next((str(each["name"]) for each in committees if each.get("name")), "a select committee")
    is_oral = kind == "OralEvidence"
    witnesses = () if is_oral else _list_witnesses(item)
    reference = item.get("internalReference")
    day = item.get("meetingDate") if is_oral else item.get("publicationDate")
    stated = Publication(
        title=f"{'Oral' if is_oral else 'Written'} evidence: {subject or committee}"
        + (f" ({reference})" if reference else ""),
        # Written evidence is its sender's own, and never the committee's.
        publisher=committee if is_oral else ", ".join(witnesses),
        authors=witnesses,
        date=str(day or item.get("publicationDate") or "")[:10] or None,
        url=f"{WEB_ADDRESS}/{kind.lower()}/{number}/html/",
        licence=LICENCE,
    )
    house = next((str(each["house"]) for each in committees if each.get("house")), None)
    return FoundDocument(f"{API}/{kind}/{number}", stated, house)


def _list_witnesses(item: JsonObject) -> tuple[str, ...]:
    """Return who sent written evidence: bodies before people, an anonymous witness by what may be said of them."""
    if item.get("anonymous") is True:
        return (str(item.get("anonymousWitnessText") or "an anonymous witness"),)
    names: list[str] = []
    for witness in item.get("witnesses") or ():
        if isinstance(witness, dict):
            bodies = [body.get("name") for body in witness.get("organisations") or () if isinstance(body, dict)]
            names.extend(filter(None, bodies or [witness.get("name")]))
    return tuple(dict.fromkeys(names)) or ("a witness who is not named",)
