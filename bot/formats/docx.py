"""Word documents (.docx), parsed with the standard library.

Paragraphs and table cells come in document order, one line each; those of a text box follow the paragraph that it is
anchored in. Tracked changes are refused: words that nobody has accepted yet may say the opposite of what is meant.
Headers, footers, notes, hidden words and words struck through are left out, and so are the numbers that Word computes
for a list. A hearing is read as turns (`hearing.py`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath
from xml.etree.ElementTree import Element, SubElement

from bot.errors import CorpusError
from bot.formats import hearing
from bot.formats.base import AddedAs, Parsed
from bot.formats.xml import join_element_text, open_archive, read_facts, read_part
from bot.model import Document

SUFFIXES = (".docx",)
ADDED_AS = AddedAs.EXTRACT

_PART_NAMES = (b"[Content_Types].xml", b"word/")
_NOTE_PARTS = re.compile(r"word/(?:header|footer|footnotes|endnotes)\d*\.xml")
_CONTAINER_TAGS = frozenset({"customXml", "sdt", "sdtContent", "smartTag", "tbl", "tc", "tr"})
_EMBEDDED_TAGS = frozenset({"AlternateContent", "drawing", "object", "pict", "txbxContent"})
_TEXT_BY_TAG = {"br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " ", "tab": " "}
_HIDING_TAGS = frozenset({"dstrike", "strike", "vanish"})
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
    with open_archive(path, SUFFIXES[0]) as archive:
        return _parse_archive(archive, str(path), document_id)


def _parse_archive(archive: zipfile.ZipFile, place: str, document_id: str) -> Parsed:
    """Parse the main part of a Word file, with what its styles hide and its properties state."""
    relations = read_part(archive, "_rels/.rels", place)
    main_part = _find_target(relations, "officeDocument") or "word/document.xml"
    body = read_part(archive, main_part, place)
    changes = (element for change in body.iter() if change.tag in _CHANGE_TAGS for element in change.iter())
    if any(element.tag in _CHANGED_TEXT_TAGS and element.text for element in changes):
        raise CorpusError(place, "it contains tracked changes", "accept or reject them in Word first")
    _apply_hiding_styles(body, _list_hiding_styles(archive, main_part, place))
    shown = (line for element in _iter_paragraphs(body) for line in hearing.split_caption(_read_visible_text(element)))
    facts = Document(document_id, "", **read_facts(archive, _find_target(relations, "core-properties"), place))
    return hearing.parse_lines(facts, shown, _iter_left_out(archive, body, place), place)


def _list_hiding_styles(archive: zipfile.ZipFile, main_part: str, place: str) -> frozenset[str]:
    """List the styles whose words are hidden or struck through, and those that are based on them."""
    part = join(dirname(main_part), "styles.xml")
    if part not in archive.namelist():
        return frozenset()
    styles = [*read_part(archive, part, place).iter("style")]
    hiding = {style.get("w:styleId", "") for style in styles if _is_hidden(style)}
    bases = {style.get("w:styleId", ""): _read_style(style, "basedOn") for style in styles}
    while more := {name for name, base in bases.items() if base in hiding} - hiding:
        hiding |= more
    return frozenset(hiding - {""})


def _read_style(element: Element, path: str) -> str:
    """Return the id of the style that the element at `path` names; "" where it names none."""
    named = element.find(path)
    return "" if named is None else named.get("w:val", "")


def _apply_hiding_styles(body: Element, hiding: frozenset[str]) -> None:
    """Mark as hidden, in place, every run that a style hides, unless the run says otherwise."""
    for paragraph in body.iter("p"):
        is_hidden = _read_style(paragraph, "pPr/pStyle") in hiding
        for run in paragraph.iter("r"):
            says_otherwise = any(run.find(f"rPr/{tag}") is not None for tag in _HIDING_TAGS)
            if not says_otherwise and (is_hidden or _read_style(run, "rPr/rStyle") in hiding):
                properties = run.find("rPr")
                SubElement(SubElement(run, "rPr") if properties is None else properties, "vanish")


def _find_target(relations: Element, kind: str) -> str | None:
    """Return the name of the part that `relations` declare as the `kind`; None without one."""
    related = (item for item in relations.iter("Relationship") if item.get("Type", "").endswith(f"/{kind}"))
    return next((normpath(target.removeprefix("/")) for item in related if (target := item.get("Target"))), None)


def _iter_paragraphs(parent: Element) -> Iterator[Element]:
    """Yield the paragraphs in order, including those in tables, content controls and text boxes."""
    for element in parent:
        if element.tag == "p":
            yield element
            yield from _iter_boxed_paragraphs(element)
        elif element.tag in _CONTAINER_TAGS or element.tag == "body":
            yield from _iter_paragraphs(element)


def _iter_boxed_paragraphs(parent: Element) -> Iterator[Element]:
    """Yield the paragraphs of text boxes in `parent`, once where Word writes a box a second time for older programs."""
    for element in parent:
        if element.tag == "txbxContent":
            yield from _iter_paragraphs(element)
        else:
            is_twofold = element.tag == "AlternateContent" and len(element)
            yield from _iter_boxed_paragraphs(element[0] if is_twofold else element)


def _read_visible_text(element: Element) -> str:
    """Return the text of a paragraph or a part of it, as Word shows it."""
    if element.tag == "t":
        return element.text or ""
    if element.tag in _EMBEDDED_TAGS or _is_hidden(element):
        return ""
    return _TEXT_BY_TAG.get(element.tag, "") + "".join(map(_read_visible_text, element))


def _is_hidden(element: Element) -> bool:
    """Return whether a run or a style is hidden or struck through."""
    properties = element.find("rPr")
    return properties is not None and any(
        item.tag in _HIDING_TAGS and item.get("w:val", "1") not in {"0", "false", "off"} for item in properties
    )


def _iter_left_out(archive: zipfile.ZipFile, body: Element, place: str) -> Iterator[str]:
    """Yield the words that are hidden, and those of headers, footers and notes."""
    for element in body.iter():
        if _is_hidden(element):
            yield join_element_text(element)
    for name in sorted(filter(_NOTE_PARTS.fullmatch, archive.namelist())):
        yield from map(_read_visible_text, read_part(archive, name, place).iter("p"))
