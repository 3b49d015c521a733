"""Word documents: .docx, read by the standard library.

Paragraphs and the cells of tables come in the document's order, and each is a
line. Words that wait for somebody to accept or reject them may say the opposite
of what is meant, so tracked changes are refused. Headers, footers, notes, text
boxes and hidden words are left out, and so are the numbers that Word would
reckon for a list.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from bot.errors import CorpusError
from bot.formats import source, xml
from bot.formats.canonical import BREAK, line
from bot.formats.report import Reading
from bot.formats.xml import first, told, words
from bot.model import Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

SUFFIXES = (".docx",)
MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024

_BROKEN = (
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
_COMPOUND = b"\xd0\xcf\x11\xe0"
_BESIDE = re.compile(r"word/(?:header|footer|footnotes|endnotes)\d*\.xml")
_HOLDERS = frozenset({"customXml", "sdt", "sdtContent", "smartTag", "tbl", "tc", "tr"})
_APART = frozenset({"AlternateContent", "drawing", "object", "pict", "txbxContent"})
_STANDS_FOR = {"br": " ", "cr": " ", "noBreakHyphen": "-", "ptab": " ", "tab": " "}
_CHANGES = frozenset({"del", "ins", "moveFrom", "moveTo"})
_CHANGED = frozenset({"delText", "t"})


def read(path: Path, document_id: str) -> Document:
    """Return the document in the file at `path`.

    Raises:
        CorpusError: the file cannot be read or unpacked, holds tracked changes,
            or no text.
    """
    return reading(path, document_id).document


def reading(path: Path, document_id: str) -> Reading:
    """Return the document in the file at `path`, and what it leaves out; see `read`."""
    octets = source.octets(path, MOST_BYTES)
    place = str(path)
    if octets.startswith(_COMPOUND):
        fact = "it asks for a password, or is an older kind of Word file"
        raise CorpusError(place, fact, "save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            return _reading(archive, place, document_id)
    except _BROKEN as error:
        raise CorpusError(place, "not a .docx file that can be read", "save it anew") from error


def _reading(archive: zipfile.ZipFile, place: str, document_id: str) -> Reading:
    main = _target(_part(archive, "_rels/.rels", place), "officeDocument") or "word/document.xml"
    body = _part(archive, main, place)
    if any(one.tag in _CHANGES and _says(one) for one in body.iter()):
        remedy = "accept or reject them in Word first"
        raise CorpusError(place, "it holds tracked changes", remedy)
    text = BREAK.join(filter(None, (line(_spoken(one)) for one in _paragraphs(body))))
    if not text:
        raise CorpusError(place, "it holds no text", "put text in it, or leave it out")
    document = Document(document_id, text, **_about(archive, place))
    return Reading(document, tuple(filter(None, map(line, _left_out(archive, body, place)))))


def _part(archive: zipfile.ZipFile, name: str, place: str) -> Element:
    """Return the root of one part, unpacked only as far as it may go."""
    with archive.open(name) as packed:
        octets = packed.read(MOST_UNPACKED + 1)
    if len(octets) > MOST_UNPACKED:
        fact = f"more than {MOST_UNPACKED:,} bytes once unpacked"
        raise CorpusError(place, fact, "divide it into smaller documents")
    return xml.parsed(octets, f"{place}/{name}" if name.isprintable() else place)


def _target(relations: Element, kind: str) -> str | None:
    """Return the name of the part that the file calls its `kind`."""
    found = (
        one.get("Target", "")
        for one in relations.iter("Relationship")
        if one.get("Type", "").endswith(f"/{kind}")
    )
    return next((normpath(target.removeprefix("/")) for target in found if target), None)


def _about(archive: zipfile.ZipFile, place: str) -> dict[str, Any]:
    name = _target(_part(archive, "_rels/.rels", place), "core-properties")
    if name not in archive.namelist():
        return {}
    core = _part(archive, name, place)
    author = told(first(core, "creator"))
    return {"title": told(first(core, "title")), "authors": (author,) if author else ()}


def _says(change: Element) -> bool:
    return any(one.tag in _CHANGED and one.text for one in change.iter())


def _paragraphs(within: Element) -> Iterator[Element]:
    """Yield the paragraphs in order, those in tables and content controls with them."""
    for one in within:
        if one.tag == "p":
            yield one
        elif one.tag in _HOLDERS or one.tag == "body":
            yield from _paragraphs(one)


def _spoken(one: Element) -> str:
    """Return the words of a paragraph or a part of it, as Word shows them in the line."""
    if one.tag == "t":
        return one.text or ""
    if one.tag in _APART or _is_hidden(one):
        return ""
    return _STANDS_FOR.get(one.tag, "") + "".join(map(_spoken, one))


def _is_hidden(one: Element) -> bool:
    hidden = one.find("rPr/vanish")
    return hidden is not None and hidden.get("w:val", "1") not in {"0", "false", "off"}


def _left_out(archive: zipfile.ZipFile, body: Element, place: str) -> Iterator[str]:
    for one in body.iter():
        if one.tag == "txbxContent" or _is_hidden(one):
            yield words(one)
    for name in sorted(filter(_BESIDE.fullmatch, archive.namelist())):
        yield from map(_spoken, _part(archive, name, place).iter("p"))
