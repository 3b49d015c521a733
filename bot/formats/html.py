"""Saved web pages, extracted with trafilatura.

The library finds the article among menus, advertisements and comments, and the page's metadata.
It also repairs text and takes some that no reader sees, so a paragraph is kept only where the
page visibly shows exactly these words. No address is ever fetched.
"""

from __future__ import annotations

import codecs
import logging
import re
from typing import TYPE_CHECKING, Any

from bot.errors import CorpusError
from bot.formats.base import AddedAs, Parsed, import_optional
from bot.formats.canonical import PARAGRAPH_BREAK, normalise_line, parse_date, parse_web_address, printable_line
from bot.model import Document
from bot.storage import safe_read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SUFFIXES = (".html", ".htm")
ADDED_AS = AddedAs.EXTRACT

Node = Any
"""An element or document of a library that may not be installed."""

_DECLARED_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_CHARSET_SEARCH_BYTES = 4096
_SNIFFED_BYTES = 2048
_ENCODINGS = re.compile(
    r"ascii|big5\S*|euc-\w+|gb\w+|iso-\S+|koi8-\w|latin\d|macintosh|shift.jis|us-ascii|utf-?8"
    r"|windows-\d+",
    re.IGNORECASE,
)
# Browsers decode ASCII and Latin-1 as Windows-1252, and authors rely on it.
_BROWSER_ENCODINGS = {"ascii": "cp1252", "iso8859-1": "cp1252"}
_META_TAG = re.compile(r"<meta\b[^>]{0,500}>", re.IGNORECASE)
_META_NAME = re.compile(r"\b(?:property|name|itemprop)\s*=\s*([\"'])([\w:. -]{1,60})\1", re.IGNORECASE)
_JSON_LD_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_TIME_TAG = re.compile(r"<time\b[^>]{0,300}>", re.IGNORECASE)
_SEPARATOR = "\x1d"
_LEAF_TAGS = frozenset({"ab", "cell", "code", "fw", "head", "item", "p", "quote"})
_HIDDEN_TAGS = frozenset({"head", "iframe", "noscript", "object", "script", "style", "svg", "template"})
_INLINE_TAGS = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|rp|rt|ruby"
    "|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)


def sniff(content: bytes) -> bool:
    """Return whether `content` opens as a page: with a document type, <html>, or as XHTML."""
    head = content[:_SNIFFED_BYTES].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    is_xhtml = head.startswith(b"<?xml") and b"<html" in head
    return is_xhtml or head.startswith((b"<!doctype html", b"<html"))


def parse(path: Path, document_id: str) -> Parsed:
    """Extract the article from the page at `path`.

    Raises:
        CorpusError: trafilatura is not installed, the file cannot be decoded, or no article is
            found in it.
    """
    page = _decode_page(safe_read.read_bytes(path), path)
    visible, article = _extract_article(page, path)
    extracted = filter(None, map(normalise_line, _iter_paragraphs(article.body)))
    paragraphs = [paragraph for text in extracted for paragraph in _match_visible(text, visible)]
    if not paragraphs:
        raise _no_article_error(path)
    document = Document(document_id, PARAGRAPH_BREAK.join(paragraphs), **_read_metadata(article))
    left_out = tuple(text for text in visible if text not in document.text)
    return Parsed(document, left_out, _find_date_source(page, document) if document.date else None)


def _decode_page(data: bytes, path: Path) -> str:
    """Decode the page by its byte order mark, else its declared charset, else as UTF-8."""
    declared = _DECLARED_CHARSET.search(data[:_CHARSET_SEARCH_BYTES])
    name = declared[1].decode() if declared else "utf-8"
    if data.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif not _ENCODINGS.fullmatch(name):
        raise CorpusError(str(path), f"unknown encoding '{name}'", "save the page as UTF-8")
    try:
        codec = codecs.lookup(name).name
        return data.decode(_BROWSER_ENCODINGS.get(codec, codec))
    except (LookupError, ValueError) as error:
        raise CorpusError(str(path), f"it is not in {name}", "save the page as UTF-8") from error


def _extract_article(page: str, path: Path) -> tuple[list[str], Node]:
    """Return the lines that the page shows, and the article that the library extracts."""
    trafilatura, lxml = (import_optional("trafilatura", "html", path), import_optional("lxml.html", "html", path))
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        parser = lxml.HTMLParser(encoding="utf-8", no_network=True)
        root = lxml.document_fromstring(page.encode(), parser=parser)
        visible = "".join(_iter_visible_text(root)).split(_SEPARATOR)
        article = trafilatura.bare_extraction(
            page,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    # A broken page makes the libraries raise almost anything.
    except Exception as error:
        raise _no_article_error(path) from error
    if article is None or article.body is None:
        raise _no_article_error(path)
    return list(filter(None, map(normalise_line, visible))), article


def _no_article_error(path: Path) -> CorpusError:
    return CorpusError(str(path), "no article was found in the page", "save its text as .txt")


def _iter_visible_text(element: Node) -> Iterator[str]:
    """Yield the text that a reader of the page sees, with a separator between paragraphs."""
    if isinstance(element.tag, str) and not _is_hidden(element):
        separator = {"br": " "}.get(element.tag, "" if _INLINE_TAGS.fullmatch(element.tag) else _SEPARATOR)
        yield separator
        yield element.text or ""
        for child in element:
            yield from _iter_visible_text(child)
        yield separator
    yield element.tail or ""


def _is_hidden(element: Node) -> bool:
    style = "".join(element.get("style", "").lower().split())
    return element.tag in _HIDDEN_TAGS or "hidden" in element.attrib or "display:none" in style


def _iter_paragraphs(body: Node) -> Iterator[str]:
    """Yield the article's paragraphs; a line break within one becomes a space."""
    for block in body.iter(*_LEAF_TAGS):
        if not any(inner is not block for inner in block.iter(*_LEAF_TAGS)):
            yield "".join(
                text
                for element in block.iter()
                for text in (
                    " " if element.tag == "lb" else "",
                    element.text or "",
                    (element.tail or "") if element is not block else "",
                )
            )


def _match_visible(paragraph: str, visible: Sequence[str]) -> Iterator[str]:
    """Yield a paragraph as the page shows it, split where the page splits it.

    >>> list(_match_visible("One. Two. Three.", ["One.", "Two.", "Four."]))
    ['One.', 'Two.']
    """
    if paragraph in _SEPARATOR.join(visible):
        yield paragraph
        return
    while prefix := max(filter(paragraph.startswith, visible), key=len, default=""):
        yield prefix
        paragraph = paragraph.removeprefix(prefix).lstrip()


def _find_date_source(page: str, document: Document) -> str:
    """Return which part of the page states its date, trying the most reliable first."""
    date = document.date or ""
    for tag in _META_TAG.findall(page):
        name_match = _META_NAME.search(tag)
        if date in tag and name_match:
            return f"{normalise_line(name_match[2])} of its meta"
    if any(date in value for value in _JSON_LD_DATE.findall(page)):
        return "datePublished of its JSON-LD"
    if any(date in tag for tag in _TIME_TAG.findall(page)):
        return "a time element"
    return "its address" if date.replace("-", "/") in (document.url or "") else "its text"


def _read_metadata(article: Node) -> dict[str, Any]:
    authors = (printable_line(author) for author in (article.author or "").split(";"))
    return {
        "title": printable_line(article.title),
        "publisher": printable_line(article.sitename),
        "authors": tuple(filter(None, authors)),
        "date": parse_date(article.date),
        "url": parse_web_address(article.url),
        "licence": printable_line(article.license),
    }
