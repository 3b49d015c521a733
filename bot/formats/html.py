"""Articles on the web: saved pages, by trafilatura.

The library finds the article among menus, advertisements and comments, and what
the page says of its publication. It also mends, and takes text from where no
reader sees any; so a paragraph is kept only where the page shows these very
words. No address is ever fetched.
"""

from __future__ import annotations

import codecs
import logging
import re
from typing import TYPE_CHECKING, Any

from bot.errors import CorpusError
from bot.formats import source
from bot.formats.canonical import BREAK, day, line, stated, web
from bot.formats.library import library
from bot.formats.report import Reading
from bot.model import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SUFFIXES = (".htm", ".html")

Node = Any
"""An element or a document of libraries that need not be there, nor their types."""

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED_WITHIN = 4096
_ENCODINGS = re.compile(
    r"ascii|big5\S*|euc-\w+|gb\w+|iso-\S+|koi8-\w|latin\d|macintosh|shift.jis|us-ascii|utf-?8"
    r"|windows-\d+",
    re.IGNORECASE,
)
# Browsers read the first two as the third, and so do the people who write them.
_WINDOWS = {"ascii": "cp1252", "iso8859-1": "cp1252"}
_TAG = re.compile(r"<meta\b[^>]{0,500}>", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:property|name|itemprop)\s*=\s*([\"'])([\w:. -]{1,60})\1", re.IGNORECASE)
_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_TIME = re.compile(r"<time\b[^>]{0,300}>", re.IGNORECASE)
_APART = "\x1d"
_LEAVES = frozenset({"ab", "cell", "code", "fw", "head", "item", "p", "quote"})
_UNSEEN = frozenset({"head", "iframe", "noscript", "object", "script", "style", "svg", "template"})
_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|rp|rt|ruby"
    "|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)


def read(path: Path, document_id: str) -> Document:
    """Return the article in the page at `path`.

    Raises:
        CorpusError: trafilatura is missing, the file cannot be read, or no
            article is found in it.
    """
    return reading(path, document_id).document


def reading(path: Path, document_id: str) -> Reading:
    """Return the article in the page at `path`, and what it leaves out; see `read`."""
    page = _decoded(source.octets(path), path)
    shown, found = _extracted(page, path)
    told = filter(None, map(line, _told(found.body)))
    kept = [paragraph for one in told for paragraph in _as_shown(one, shown)]
    if not kept:
        raise _no_article(path)
    document = Document(document_id, BREAK.join(kept), **_about(found))
    left_out = tuple(one for one in shown if one not in document.text)
    return Reading(document, left_out, _dated_by(page, document) if document.date else None)


def _decoded(octets: bytes, path: Path) -> str:
    """Return the page as text, by its byte order mark, or what it declares, or as UTF-8."""
    declared = _DECLARED.search(octets[:_DECLARED_WITHIN])
    name = declared[1].decode() if declared else "utf-8"
    if octets.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    elif octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif not _ENCODINGS.fullmatch(name):
        raise CorpusError(str(path), f"no encoding is called '{name}'", "save the page as UTF-8")
    try:
        known = codecs.lookup(name).name
        return octets.decode(_WINDOWS.get(known, known))
    except (LookupError, ValueError) as error:
        raise CorpusError(str(path), f"it is not in {name}", "save the page as UTF-8") from error


def _extracted(page: str, path: Path) -> tuple[list[str], Node]:
    """Return the lines that the page shows, and what the library makes of it."""
    trafilatura, lxml = library("trafilatura", "html", path), library("lxml.html", "html", path)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        parser = lxml.HTMLParser(encoding="utf-8", no_network=True)
        root = lxml.document_fromstring(page.encode(), parser=parser)
        shown = "".join(_shown(root)).split(_APART)
        found = trafilatura.bare_extraction(
            page,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    # A broken page makes the libraries raise almost anything.
    except Exception as error:
        raise _no_article(path) from error
    if found is None or found.body is None:
        raise _no_article(path)
    return list(filter(None, map(line, shown))), found


def _no_article(path: Path) -> CorpusError:
    return CorpusError(str(path), "no article is found in it", "save its text as .txt")


def _shown(element: Node) -> Iterator[str]:
    """Yield the text that a reader of the page sees; paragraphs are kept apart."""
    if isinstance(element.tag, str) and not _is_unseen(element):
        apart = {"br": " "}.get(element.tag, "" if _INLINE.fullmatch(element.tag) else _APART)
        yield apart
        yield element.text or ""
        for child in element:
            yield from _shown(child)
        yield apart
    yield element.tail or ""


def _is_unseen(element: Node) -> bool:
    style = "".join(element.get("style", "").lower().split())
    return element.tag in _UNSEEN or "hidden" in element.attrib or "display:none" in style


def _told(body: Node) -> Iterator[str]:
    """Yield the article's paragraphs; a line break within one is a blank."""
    for block in body.iter(*_LEAVES):
        if not any(within is not block for within in block.iter(*_LEAVES)):
            yield "".join(
                text
                for one in block.iter()
                for text in (
                    " " if one.tag == "lb" else "",
                    one.text or "",
                    (one.tail or "") if one is not block else "",
                )
            )


def _as_shown(told: str, shown: Sequence[str]) -> Iterator[str]:
    """Yield a paragraph as the page shows it: as it is, or parted where the page parts it.

    >>> list(_as_shown("One. Two. Three.", ["One.", "Two.", "Four."]))
    ['One.', 'Two.']
    """
    if told in _APART.join(shown):
        yield told
        return
    while parted := max(filter(told.startswith, shown), key=len, default=""):
        yield parted
        told = told.removeprefix(parted).lstrip()


def _dated_by(page: str, document: Document) -> str:
    """Return where the page gives its date, the surest place first."""
    date = document.date or ""
    for tag in _TAG.findall(page):
        named = _NAMED.search(tag)
        if date in tag and named:
            return f"{line(named[2])} of its meta"
    if any(date in found for found in _PUBLISHED.findall(page)):
        return "datePublished of its JSON-LD"
    if any(date in tag for tag in _TIME.findall(page)):
        return "a time element"
    return "its address" if date.replace("-", "/") in (document.url or "") else "its text"


def _about(found: Node) -> dict[str, Any]:
    authors = (stated(author) for author in (found.author or "").split(";"))
    return {
        "title": stated(found.title),
        "publisher": stated(found.sitename),
        "authors": tuple(filter(None, authors)),
        "date": day(found.date),
        "url": web(found.url),
        "licence": stated(found.license),
    }
