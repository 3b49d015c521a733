"""Word documents (.docx), parsed with the standard library.

Paragraphs and table cells come in document order, one line each. Tracked changes are refused:
words that nobody has accepted yet may say the opposite of what is meant. Headers, footers,
notes, text boxes and hidden words are left out, and so are the numbers that Word computes for
a list.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from bot.errors import CorpusError
from bot.formats import xml
from bot.formats.base import AddedAs, Parsed
from bot.formats.canonical import PARAGRAPH_BREAK, normalise_line
from bot.formats.xml import element_text, find_first, printable_text
from bot.model import Document
from bot.storage import safe_read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

SUFFIXES = (".docx",)
ADDED_AS = AddedAs.EXTRACT
MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 20 * 1024 * 1024

_ARCHIVE_ERRORS = (
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
_PART_NAMES = (b"[Content_Types].xml", b"word/")
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_NOTE_PARTS = re.compile(r"word/(?:header|footer|footnotes|endnotes)\d*\.xml")
_CONTAINER_TAGS = frozenset({"customXml", "sdt", "sdtContent", "smartTag", "tbl", "tc", "tr"})
_EMBEDDED_TAGS = frozenset({"AlternateContent", "drawing", "object", "pict", "txbxContent"})
_TEXT_BY_TAG = {"br": " ", "cr": " ", "noBreakHyphen": "-", "ptab": " ", "tab": " "}
_CHANGE_TAGS = frozenset({"del", "ins", "moveFrom", "moveTo"})
_CHANGED_TEXT_TAGS = frozenset({"delText", "t"})


def sniff(content: bytes) -> bool:
    """Return whether `content` is a zip archive with the parts of a Word file."""
    return content.startswith(b"PK\x03\x04") and any(name in content for name in _PART_NAMES)


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the Word file at `path`.

    Raises:
        CorpusError: the file is damaged or password-protected, or contains tracked changes or no
            text.
    """
    data = safe_read.read_bytes(path, MAX_BYTES)
    place = str(path)
    if data.startswith(_OLE_MAGIC):
        fact = "it is password-protected or in the old .doc format"
        raise CorpusError(place, fact, "save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parse_archive(archive, place, document_id)
    except _ARCHIVE_ERRORS as error:
        raise CorpusError(place, "not a valid .docx file", "save it again") from error


def _parse_archive(archive: zipfile.ZipFile, place: str, document_id: str) -> Parsed:
    main_part = _find_target(_read_part(archive, "_rels/.rels", place), "officeDocument") or "word/document.xml"
    body = _read_part(archive, main_part, place)
    if any(element.tag in _CHANGE_TAGS and _has_text(element) for element in body.iter()):
        remedy = "accept or reject them in Word first"
        raise CorpusError(place, "it contains tracked changes", remedy)
    text = PARAGRAPH_BREAK.join(
        filter(None, (normalise_line(_visible_text(element)) for element in _iter_paragraphs(body)))
    )
    if not text:
        raise CorpusError(place, "it contains no text", "add text, or remove the file")
    document = Document(document_id, text, **_read_metadata(archive, place))
    return Parsed(document, tuple(filter(None, map(normalise_line, _iter_left_out(archive, body, place)))))


def _read_part(archive: zipfile.ZipFile, name: str, place: str) -> Element:
    """Parse one part of the archive, decompressing no more than `MAX_UNPACKED_BYTES`."""
    with archive.open(name) as stream:
        data = stream.read(MAX_UNPACKED_BYTES + 1)
    if len(data) > MAX_UNPACKED_BYTES:
        fact = f"more than {MAX_UNPACKED_BYTES:,} bytes once unpacked"
        raise CorpusError(place, fact, "split it into smaller documents")
    return xml.parse_bytes(data, f"{place}/{name}" if name.isprintable() else place)


def _find_target(relations: Element, kind: str) -> str | None:
    """Return the name of the part that `relations` declare as the `kind`."""
    targets = (
        relation.get("Target", "")
        for relation in relations.iter("Relationship")
        if relation.get("Type", "").endswith(f"/{kind}")
    )
    return next((normpath(target.removeprefix("/")) for target in targets if target), None)


def _read_metadata(archive: zipfile.ZipFile, place: str) -> dict[str, Any]:
    name = _find_target(_read_part(archive, "_rels/.rels", place), "core-properties")
    if name not in archive.namelist():
        return {}
    core = _read_part(archive, name, place)
    author = printable_text(find_first(core, "creator"))
    return {"title": printable_text(find_first(core, "title")), "authors": (author,) if author else ()}


def _has_text(change: Element) -> bool:
    return any(element.tag in _CHANGED_TEXT_TAGS and element.text for element in change.iter())


def _iter_paragraphs(parent: Element) -> Iterator[Element]:
    """Yield the paragraphs in order, including those in tables and content controls."""
    for element in parent:
        if element.tag == "p":
            yield element
        elif element.tag in _CONTAINER_TAGS or element.tag == "body":
            yield from _iter_paragraphs(element)


def _visible_text(element: Element) -> str:
    """Return the text of a paragraph or a part of it, as Word shows it."""
    if element.tag == "t":
        return element.text or ""
    if element.tag in _EMBEDDED_TAGS or _is_hidden(element):
        return ""
    return _TEXT_BY_TAG.get(element.tag, "") + "".join(map(_visible_text, element))


def _is_hidden(element: Element) -> bool:
    hidden = element.find("rPr/vanish")
    return hidden is not None and hidden.get("w:val", "1") not in {"0", "false", "off"}


def _iter_left_out(archive: zipfile.ZipFile, body: Element, place: str) -> Iterator[str]:
    for element in body.iter():
        if element.tag == "txbxContent" or _is_hidden(element):
            yield element_text(element)
    for name in sorted(filter(_NOTE_PARTS.fullmatch, archive.namelist())):
        yield from map(_visible_text, _read_part(archive, name, place).iter("p"))
