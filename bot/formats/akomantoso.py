"""Parliamentary debates in Akoma Ntoso, of whatever version.

A speaker has the name that the file's references give if it contains the printed surname, else
the name as printed, because the print is the evidence. The office is the one in the markup.
Scenes, summaries and all else outside speeches are the record's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from xml.etree.ElementTree import Element

from bot.errors import CorpusError
from bot.formats import xml
from bot.formats.base import DATE, AddedAs, Parsed, clean_line, parse_date
from bot.formats.canonical import Heading, Note, Part, Quoted, SpeakerLabel, Speech, build_text
from bot.formats.divisions import read_oireachtas
from bot.formats.label_voices import names_nobody
from bot.formats.xml import bracket, find_first, is_wholly, join_element_text, read_clean_text
from bot.model import Document, Voice
from bot.text import normalise_line, split_words

SUFFIXES = (".xml",)
ROOTS = ("akomaNtoso",)
ADDED_AS = AddedAs.RECORD
sniff = partial(xml.sniff, roots=ROOTS)

OIREACHTAS = "Houses of the Oireachtas"
OIREACHTAS_LICENCE = "Oireachtas (Open Data) PSI Licence"

_OIREACHTAS_PATH = re.compile(r"/ie/(?:oireachtas/)?debateRecord/([a-z_]+/\d{4}-\d\d-\d\d)")
# No parliament's debates are older than the first, of 930; files that have no date say 3000-01-01 or 9999-12-31.
_FIRST_YEAR, _PLACEHOLDER_YEAR = "0930", "2100"
# Stops, dashes and colons that a record prints behind every name: "El señor ASCONA.-", "The MINISTER —", "Ms Bell:".
_LABEL_END = re.compile(r"[\s:]*(?:\.?\s*[-–—]+)?[\s:]*$")
_IN_BRACKETS = re.compile(r"(?P<name>[^()]+?)\s*\((?P<role>[^()]+)\)")
_HEADING_TAGS = frozenset({"heading", "subheading"})
_SPEECH_TAGS = frozenset({"answer", "question", "speech"})
_NOT_SPOKEN_TAGS = _HEADING_TAGS | _SPEECH_TAGS | {"from", "narrative", "scene", "summary"}
_LINE_TAGS = frozenset({"num", "p", "tr"})
_BLOCK_TAGS = _LINE_TAGS | _NOT_SPOKEN_TAGS
_SET_APART_TAGS = frozenset({"embeddedStructure", "embeddedText", "quotedStructure", "quotedText"})
_IGNORED_TAGS = frozenset({"authorialNote", "meta", "noteRef"})


class _Reference(NamedTuple):
    """A person, body or office that the file refers to: its name, and a person's identifier."""

    name: str
    person_id: str | None = None


_References: TypeAlias = Mapping[str, _Reference]
_SpokenPart: TypeAlias = type[Speech | Quoted | Note]


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the debate in the file at `path`.

    Raises:
        CorpusError: the file is malformed, or nobody speaks in it.
    """
    root = xml.parse_file(path)
    listed = (element for kind in ("TLCOrganization", "TLCPerson", "TLCRole") for element in root.iter(kind))
    references = {element.get("eId") or element.get("id") or "": _read_reference(element) for element in listed}
    text, turns = build_text(_iter_parts(root, references))
    if not turns:
        raise CorpusError(str(path), "nobody speaks", "save it as text if it is no debate")
    path_at_oireachtas = _find_oireachtas_path(root)
    metadata = _read_metadata(root, references, path_at_oireachtas)
    house = path_at_oireachtas.partition("/")[0] if path_at_oireachtas else "oireachtas"
    divisions = tuple(read_oireachtas(root, house, metadata["date"], metadata["url"]))
    document = Document(document_id, text, turns=turns, divisions=divisions, **metadata)
    left_out = [join_element_text(element) for kind in ("note", "authorialNote") for element in root.iter(kind)]
    return Parsed(document, tuple(filter(None, map(normalise_line, left_out))), _find_date(root)[1])


def _read_reference(element: Element) -> _Reference:
    """Return a reference; the identifier of a person is the path in its `href`, `ie/oireachtas/member/id/...`."""
    path = clean_line(element.get("href")) or ""
    is_identified = element.tag == "TLCPerson" and not path.startswith("#")
    return _Reference(element.get("showAs", ""), path.strip("/") or None if is_identified else None)


def _find_date(root: Element) -> tuple[str | None, str | None]:
    """Return the debate's date, and which part of the file states it; None twice without one, as for 3000-01-01."""
    work = find_first(root, "FRBRWork")
    for parent, tag, attribute, place in (
        (work, "FRBRdate", "date", "FRBRdate of its FRBRWork"),
        (root, "docDate", "date", "its docDate"),
        (work, "FRBRthis", "value", "FRBRthis of its FRBRWork"),
        (work, "FRBRuri", "value", "FRBRuri of its FRBRWork"),
    ):
        element = find_first(parent, tag)
        stated = DATE.search(element.get(attribute, "")) if element is not None else None
        date = parse_date(stated[0]) if stated else None
        if date and _FIRST_YEAR <= date[:4] < _PLACEHOLDER_YEAR:
            return date, place
    return None, None


def _read_metadata(root: Element, references: _References, path: str | None) -> dict[str, Any]:
    """Return the facts of a debate; `path` is where it stands at the Oireachtas, None for any other."""
    author = find_first(root, "FRBRWork", "FRBRauthor")
    publisher = _resolve_reference(author, "href", references) if author is not None else None
    return {
        "title": read_clean_text(find_first(root, "docTitle")),
        "date": _find_date(root)[0],
        "publisher": publisher or (OIREACHTAS if path else None),
        "url": f"https://www.oireachtas.ie/en/debates/debate/{path}/" if path else None,
        "licence": OIREACHTAS_LICENCE if path else None,
    }


def _find_oireachtas_path(root: Element) -> str | None:
    """Return the path of a debate of the Oireachtas, `dail/2026-02-25`; None for any other."""
    work = find_first(root, "FRBRWork", "FRBRthis")
    match = _OIREACHTAS_PATH.search(work.get("value", "") if work is not None else "")
    return match[1] if match else None


def _resolve_reference(element: Element, attribute: str, references: _References) -> str | None:
    """Return the name that the file's references give for the id in `attribute`; None where they give none."""
    return clean_line(_find_reference(element, attribute, references).name)


def _find_reference(element: Element, attribute: str, references: _References) -> _Reference:
    """Return the reference whose id stands in `attribute`; one with an empty name where the file has none."""
    return references.get(element.get(attribute, "").removeprefix("#"), _Reference(""))


def _iter_parts(element: Element, references: _References, level: int = 0) -> Iterator[Part]:
    """Yield what `element` prints: headings by their depth, speeches, and the rest as notes."""
    if element.tag in _SPEECH_TAGS:
        yield from _iter_speech_parts(element, references)
    elif element.tag in _HEADING_TAGS:
        yield Heading(join_element_text(element), level)
    elif _is_line(element):
        yield Note(_read_line(element))
    elif element.tag not in _IGNORED_TAGS:
        yield Note(element.text or "")
        for child in element:
            yield from _iter_parts(child, references, level + 1)
            yield Note(child.tail or "")


def _is_line(element: Element) -> bool:
    """Return whether an element is one line of text: a paragraph or row, or one that holds no block."""
    return element.tag in _LINE_TAGS or not any(
        descendant.tag in _BLOCK_TAGS for descendant in element.iter() if descendant is not element
    )


def _iter_speech_parts(speech: Element, references: _References) -> Iterator[Part]:
    """Yield the label of a speech and its words, which are notes where nobody is named."""
    label = _build_label(speech, references)
    if label:
        yield label
    part_type: _SpokenPart = Speech if label else Note
    yield part_type(speech.text or "")
    for child in speech:
        if child.tag != "from":
            yield from _iter_block_parts(child, part_type)
        yield part_type(child.tail or "")


def _iter_block_parts(block: Element, part_type: _SpokenPart) -> Iterator[Part]:
    """Yield each line within `block`, loose text included, as the speaker's `part_type`.

    A speech within a speech is a note, because it is not the outer speaker's; what is set apart is quoted.
    """
    if block.tag in _NOT_SPOKEN_TAGS:
        part_type = Note
    elif part_type is Speech and _is_set_apart(block):
        part_type = Quoted
    if _is_line(block):
        yield part_type(_read_line(block), block.get("eId") or block.get("id") or "")
    elif block.tag not in _IGNORED_TAGS:
        yield part_type(block.text or "")
        for child in block:
            yield from _iter_block_parts(child, part_type)
            yield part_type(child.tail or "")


def _is_set_apart(block: Element) -> bool:
    """Return whether a block is quoted or embedded text, or a paragraph that holds nothing else, or is indented."""
    return block.get("class", "").startswith("indent") or is_wholly(block, _SET_APART_TAGS)


def _build_label(speech: Element, references: _References) -> SpeakerLabel | None:
    """Return a speech's label as printed, the name in brackets behind it if not in it; None where nobody is named."""
    label_element = speech.find("from")
    printed = normalise_line(join_element_text(label_element)) if label_element is not None else ""
    listed_name = _resolve_reference(speech, "by", references)
    name = _choose_name(printed, listed_name)
    if not name or names_nobody(name):
        return None
    label_text = printed if name in printed else f"{printed} [{name}]"
    role = _resolve_reference(speech, "as", references)
    bracketed = _IN_BRACKETS.fullmatch(name) if name != listed_name else None
    if bracketed:
        name, role = bracketed["name"], role or bracketed["role"]
    # Where another name is printed the file refers to another person than its words do.
    person_id = _find_reference(speech, "by", references).person_id if name == listed_name else None
    return SpeakerLabel(label_text, Voice(name, role if role != name else None, id=person_id))


def _choose_name(printed: str, listed_name: str | None) -> str | None:
    """Return `listed_name`, the one referred to, unless another is printed; None where there is neither.

    >>> [_choose_name(label, "Ann Low") for label in ("MS. LOW:", "The Chair:", "Mr DELL.-", "")]
    ['Ann Low', 'The Chair', 'Mr DELL', 'Ann Low']
    """
    if not printed:
        return listed_name
    printed_words = {word.normalised for word in split_words(printed)}
    surname = [word.normalised for word in split_words(listed_name or "")][-1:]
    return listed_name if printed_words.issuperset(surname) and listed_name else clean_line(_LABEL_END.sub("", printed))


def _read_line(element: Element) -> str:
    """Return the text of one line, remarks in brackets, without the editor's notes."""
    if element.tag in _IGNORED_TAGS:
        return ""
    pieces = [element.text or ""]
    for child in element:
        words = _read_line(child)
        pieces.append(f" {bracket(words.strip())} " if child.tag == "remark" else words)
        pieces += [" " if element.tag == "tr" else "", child.tail or ""]
    return "".join(pieces)
