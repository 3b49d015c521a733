"""gov.uk, by its search and its Content API: speeches, reports, consultations, news.

What is only announced is followed to its text: the page under it, else the PDF.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from bot.errors import CorpusError
from bot.formats.govuk import ANNOUNCEMENTS, LICENCE, WEB_ADDRESS
from bot.formats.record_fields import get_objects, get_text
from bot.ingest.fetching import Fetcher
from bot.ingest.sources.base import (
    FetchedFile,
    FoundDocument,
    JsonObject,
    ListedReference,
    SourceQuery,
    build_answer_error,
    fetch_json,
    list_rows,
    name_file,
    parse_json,
)
from bot.model import Publication

SUMMARY = "gov.uk: speeches, reports, consultations and news of the government"

CONTENT_API = f"{WEB_ADDRESS}/api/content"
SEARCH_API = f"{WEB_ADDRESS}/api/search.json"
SUFFIX = ".govuk.json"

_PAGE = 100
_MOST_ROWS = 1000
_FIELDS = ("title", "link", "public_timestamp", "organisations")


def search(query: SourceQuery, fetch: Fetcher) -> Iterator[FoundDocument]:
    """Yield what matches, best first; the day is that of the last major change."""
    seen: set[str] = set()
    for start in range(0, _MOST_ROWS, _PAGE):
        asked = [("q", query.term), ("count", _PAGE), ("start", start), *(("fields", name) for name in _FIELDS)]
        url = f"{SEARCH_API}?{urlencode(asked)}"
        page = list_rows(fetch_json(url, fetch), "results", url)
        for document in query.select(map(_read_row, page)):
            if document.url not in seen:
                seen.add(document.url)
                yield document
        if len(page) < _PAGE:
            return


def fetch(document: FoundDocument, fetch: Fetcher) -> FetchedFile:
    """Fetch the document, or what it announces."""
    page = fetch(document.url)
    content = parse_json(page, document.url)
    if not isinstance(content, dict) or not isinstance(content.get("details"), dict):
        raise build_answer_error(document.url, "no document of the Content API: its shape has changed")
    if get_text(content, "schema_name") not in ANNOUNCEMENTS:
        return FetchedFile(name_file(document, SUFFIX), page.content)
    child = _find_child(content)
    if child and child.endswith(".pdf"):
        return FetchedFile(name_file(document, ".pdf"), fetch(child).content, stated=document.stated)
    if child:
        return FetchedFile(name_file(document, SUFFIX), fetch(f"{CONTENT_API}{child}").content)
    raise CorpusError(document.url, "it announces a file that is neither a page nor a PDF", "add the file by hand")


def locate(reference: ListedReference, fetch: Fetcher) -> FoundDocument:
    """Find a document by its address."""
    parts = urlsplit(reference.url or "")
    if parts.netloc != "www.gov.uk":
        raise CorpusError(reference.title, "no address at www.gov.uk", "give its url")
    url = f"{CONTENT_API}{parts.path}"
    title = get_text(fetch_json(url, fetch), "title") or reference.title
    stated = Publication(title=title, date=reference.date, url=reference.url, licence=LICENCE)
    return FoundDocument(url, stated)


def _read_row(row: JsonObject) -> FoundDocument | None:
    """Return the document of a search result; None where it leads to another site."""
    link = get_text(row, "link")
    if not link.startswith("/"):
        return None
    publishers = [get_text(body, "title") for body in get_objects(row, "organisations")]
    stated = Publication(
        title=get_text(row, "title") or None,
        publisher=", ".join(filter(None, publishers)) or "GOV.UK",
        date=get_text(row, "public_timestamp")[:10] or None,
        url=f"{WEB_ADDRESS}{link}",
        licence=LICENCE,
    )
    return FoundDocument(f"{CONTENT_API}{link}", stated)


def _find_child(content: JsonObject) -> str | None:
    """Return the path of the page under an announcement, else the address of its first PDF; None without either."""
    urls = [get_text(entry, "url") for entry in get_objects(content["details"], "attachments")]
    pages = [url for url in urls if url.startswith(f"{content.get('base_path')}/")]
    files = [url for url in urls if url.endswith(".pdf")]
    return next(iter([*pages, *files]), None)
