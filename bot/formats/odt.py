"""OpenDocument texts (.odt), parsed with the standard library.

Paragraphs, headings and table cells come in document order, one line each. Tracked changes are refused, as in Word
files. Notes, annotations, headers, hidden words and words struck through are left out. A hearing is read as turns.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from bot.errors import CorpusError
from bot.formats import hearing
from bot.formats.base import AddedAs, Parsed
from bot.formats.xml import find_first, join_element_text, open_archive, read_facts, read_part
from bot.model import Document

SUFFIXES = (".odt",)
ADDED_AS = AddedAs.EXTRACT

_MIME_TYPE = b"application/vnd.oasis.opendocument.text"
_CONTENT, _METADATA = "content.xml", "meta.xml"
_SNIFFED_BYTES = 256
_LINE_TAGS = frozenset({"h", "p"})
_SPACE_TAGS = frozenset({"line-break", "s", "tab"})
_LEFT_OUT_TAGS = frozenset({"annotation", "hidden-paragraph", "hidden-text", "note"})
_SKIPPED_TAGS = _LEFT_OUT_TAGS | {"ruby-text", "tracked-changes", "forms"}
_NO_LINE = "none"


def sniff(content: bytes) -> bool:
    """Return whether `content` is a zip archive that says it is an OpenDocument text."""
    return content.startswith(b"PK\x03\x04") and _MIME_TYPE in content[:_SNIFFED_BYTES]


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the OpenDocument text at `path`.

    Raises:
        CorpusError: the file is damaged or password-protected, or contains tracked changes or no text.
    """
    with open_archive(path, SUFFIXES[0]) as archive:
        return _parse_archive(archive, str(path), document_id)


def _parse_archive(archive: zipfile.ZipFile, place: str, document_id: str) -> Parsed:
    """Parse the content of an OpenDocument text under the facts that its metadata state."""
    content = read_part(archive, _CONTENT, place)
    if find_first(content, "changed-region") is not None:
        raise CorpusError(place, "it contains tracked changes", "accept or reject them first")
    body = find_first(content, "body", "text")
    hidden_styles = frozenset(_iter_hidden_styles(content))
    left_out: list[str] = []
    lines = _iter_lines(body, hidden_styles, left_out) if body is not None else iter(())
    facts = Document(document_id, "", **read_facts(archive, _METADATA, place))
    return hearing.parse_lines(facts, lines, left_out, place)


def _iter_hidden_styles(content: Element) -> Iterator[str]:
    """Yield the names of styles whose words are hidden or struck through."""
    for style in content.iter("style"):
        for properties in style.iter("text-properties"):
            is_struck = properties.get("style:text-line-through-style", _NO_LINE) != _NO_LINE
            is_struck = is_struck or properties.get("style:text-line-through-type", _NO_LINE) != _NO_LINE
            if is_struck or properties.get("text:display") == _NO_LINE:
                yield style.get("style:name", "")


def _iter_lines(element: Element, hidden_styles: frozenset[str], left_out: list[str]) -> Iterator[str]:
    """Yield each paragraph's text, then those of the frames anchored in it; add to `left_out` what is hidden."""
    for child in element:
        if child.tag in _LINE_TAGS:
            frames: list[Element] = []
            yield _read_line(child, hidden_styles, left_out, frames)
            for frame in frames:
                yield from _iter_lines(frame, hidden_styles, left_out)
        elif child.get("text:display") == _NO_LINE:
            left_out.append(join_element_text(child))
        elif child.tag not in _SKIPPED_TAGS:
            yield from _iter_lines(child, hidden_styles, left_out)


def _read_line(element: Element, hidden_styles: frozenset[str], left_out: list[str], frames: list[Element]) -> str:
    """Return the text of a paragraph or a part of it, add to `left_out` what is hidden, to `frames` those in it."""
    if element.tag in _LEFT_OUT_TAGS or element.get("text:style-name") in hidden_styles:
        left_out.append(join_element_text(element))
        return ""
    if element.tag in _SPACE_TAGS:
        return " "
    if element.tag == "frame":
        frames.append(element)
        return ""
    pieces = [element.text or ""]
    for child in element:
        pieces += [_read_line(child, hidden_styles, left_out, frames), child.tail or ""]
    return "".join(pieces)
