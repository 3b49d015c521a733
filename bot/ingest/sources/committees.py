"""Select committees in Westminster: oral evidence, and written evidence by those who sent it.

A document comes as HTML, else as Word, else as PDF, whichever there is. A witness who is anonymous stays so.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

from bot.errors import CorpusError
from bot.formats.record_fields import get_object, get_objects, get_text
from bot.ingest.fetching import Fetcher, FetchError
from bot.ingest.sources.base import (
    FetchedFile,
    FoundDocument,
    JsonObject,
    PageKeys,
    SourceQuery,
    build_answer_error,
    fetch_json,
    iter_rows,
    name_file,
)
from bot.model import Publication

SUMMARY = "select committees in Westminster: oral and written evidence"

API = "https://committees-api.parliament.uk/api"
WEB_ADDRESS = "https://committees.parliament.uk"
LICENCE = "Open Parliament Licence v3.0"

_PAGE = 30
_PAGE_KEYS = PageKeys("Skip", "items", "totalResults")
_KINDS = ("OralEvidence", "WrittenEvidence")
_FORMATS = ("Html", "OriginalFormat", "Pdf")
_SUFFIXES = frozenset({".html", ".htm", ".docx", ".pdf"})
_NOT_FOUND = 404


def search(query: SourceQuery, fetch: Fetcher) -> Iterator[FoundDocument]:
    """Yield the evidence that matches, oral first, in the source's order."""
    asked = {"SearchTerm": query.term, "Skip": 0, "Take": _PAGE}
    asked |= {"StartDate": query.since} if query.since else {}
    asked |= {"EndDate": query.until} if query.until else {}
    for kind in _KINDS:
        items = iter_rows(f"{API}/{kind}", asked, _PAGE_KEYS, fetch)
        yield from query.select(map(partial(_read_item, kind), items))


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
        suffix = PurePosixPath(get_text(answer, "fileName")).suffix.lower()
        if suffix in _SUFFIXES:
            return FetchedFile(name_file(document, suffix), _decode(answer, url), stated=document.stated)
    raise CorpusError(document.url, "it has no HTML, Word file or PDF", "open it yourself and add the file")


def _decode(answer: JsonObject, url: str) -> bytes:
    """Return the document in an answer, which holds it in base64."""
    try:
        return base64.b64decode(get_text(answer, "data"), validate=True)
    except (ValueError, binascii.Error):
        raise build_answer_error(url, "a document that is not base64") from None


def _read_item(kind: str, item: JsonObject) -> FoundDocument | None:
    """Return the document of a search result, oral or written by `kind`; None where it has no number."""
    number = item.get("id")
    if not isinstance(number, int):
        return None
    committees = get_objects(item, "committees")
    businesses = [*get_objects(item, "committeeBusinesses"), get_object(item, "committeeBusiness")]
    subject = _find_first_text(businesses, "title")
    committee = _find_first_text(committees, "name") or "a select committee"
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
    return FoundDocument(f"{API}/{kind}/{number}", stated, _find_first_text(committees, "house"))


def _find_first_text(items: list[JsonObject], key: str) -> str | None:
    """Return the first text that one of `items` has under `key`; None without any."""
    return next(filter(None, (get_text(item, key) for item in items)), None)


def _list_witnesses(item: JsonObject) -> tuple[str, ...]:
    """Return who sent written evidence: bodies before people, an anonymous witness by what may be said of them."""
    if item.get("anonymous") is True:
        return (str(item.get("anonymousWitnessText") or "an anonymous witness"),)
    names: list[str] = []
    for witness in get_objects(item, "witnesses"):
        bodies = get_objects(witness, "organisations")
        names.extend(filter(None, (get_text(each, "name") for each in bodies or [witness])))
    return tuple(dict.fromkeys(names)) or ("a witness who is not named",)
