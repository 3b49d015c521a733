"""Parliamentary debates in Akoma Ntoso, of whatever version.

A speaker goes by the name that the file's references give, where it holds the
name that is printed; else by the name as printed, since the print is the
evidence. The office is the one that the markup gives. Scenes, summaries and
whatever else stands outside speeches is the record's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.errors import CorpusError
from bot.formats import xml
from bot.formats.canonical import Heading, Label, Note, Part, Said, built, day, line, stated
from bot.formats.report import Reading
from bot.formats.xml import first, told, words
from bot.model import Document, Voice
from bot.text import words as spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from xml.etree.ElementTree import Element

SUFFIXES = (".xml",)
ROOTS = ("akomaNtoso",)

_HEADINGS = frozenset({"heading", "subheading"})
_SPEECHES = frozenset({"answer", "question", "speech"})
_NOT_SPOKEN = _HEADINGS | _SPEECHES | {"from", "narrative", "scene", "summary"}
_LINES = frozenset({"num", "p", "tr"})
_BLOCKS = _LINES | _NOT_SPOKEN
_ASIDE = frozenset({"authorialNote", "meta", "noteRef"})


def read(path: Path, document_id: str) -> Document:
    """Return the debate in the file at `path`.

    Raises:
        CorpusError: the file cannot be read, or nobody speaks in it.
    """
    return reading(path, document_id).document


def reading(path: Path, document_id: str) -> Reading:
    """Return the debate in the file at `path`, and what it leaves out; see `read`."""
    root = xml.tree(path)
    references = {
        one.get("eId") or one.get("id") or "": one.get("showAs", "")
        for kind in ("TLCOrganization", "TLCPerson", "TLCRole")
        for one in root.iter(kind)
    }
    text, turns = built(_parts(root, references))
    if not turns:
        raise CorpusError(str(path), "nobody speaks", "save it as text if it is no debate")
    document = Document(document_id, text, turns=turns, **_header(root, references))
    left_out = [words(one) for kind in ("note", "authorialNote") for one in root.iter(kind)]
    return Reading(document, tuple(filter(None, map(line, left_out))), "FRBRdate of its FRBRWork")


def _header(root: Element, references: Mapping[str, str]) -> dict[str, Any]:
    date, author = first(root, "FRBRWork", "FRBRdate"), first(root, "FRBRWork", "FRBRauthor")
    return {
        "title": told(first(root, "docTitle")),
        "date": day(date.get("date")) if date is not None else None,
        "publisher": _referred(author, "href", references) if author is not None else None,
    }


def _referred(one: Element, attribute: str, references: Mapping[str, str]) -> str | None:
    """Return what the file says of the id in `attribute`."""
    return stated(references.get(one.get(attribute, "").removeprefix("#")))


def _parts(one: Element, references: Mapping[str, str], level: int = 0) -> Iterator[Part]:
    if one.tag in _SPEECHES:
        yield from _speech(one, references)
    elif one.tag in _HEADINGS:
        yield Heading(words(one), level)
    elif _is_line(one):
        yield Note(_line(one))
    elif one.tag not in _ASIDE:
        yield Note(one.text or "")
        for child in one:
            yield from _parts(child, references, level + 1)
            yield Note(child.tail or "")


def _is_line(one: Element) -> bool:
    """Return whether an element is a paragraph, a row or the like, or holds none."""
    return one.tag in _LINES or not any(
        within.tag in _BLOCKS for within in one.iter() if within is not one
    )


def _speech(speech: Element, references: Mapping[str, str]) -> Iterator[Part]:
    label = _label(speech, references)
    if label:
        yield label
    own = Said if label else Note
    yield own(speech.text or "")
    for one in speech:
        if one.tag != "from":
            yield from _lines(one, own)
        yield own(one.tail or "")


def _lines(block: Element, own: type[Said | Note]) -> Iterator[Part]:
    """Yield each line within `block`, and whatever stands loose there, as the speaker's `own`.

    A speech within a speech is nobody's words, since it is not the outer speaker's.
    """
    if block.tag in _NOT_SPOKEN:
        own = Note
    if _is_line(block):
        address = block.get("eId") or block.get("id") or ""
        yield Said(_line(block), address) if own is Said else Note(_line(block))
    elif block.tag not in _ASIDE:
        yield own(block.text or "")
        for within in block:
            yield from _lines(within, own)
            yield own(within.tail or "")


def _label(speech: Element, references: Mapping[str, str]) -> Label | None:
    """Return the label as printed, with the speaker's name where it is printed otherwise."""
    place = speech.find("from")
    printed = line(words(place)) if place is not None else ""
    name = _name(printed, _referred(speech, "by", references))
    if not name:
        return None
    written = printed if name in printed else f"{printed} [{name}]"
    office = _referred(speech, "as", references)
    return Label(written, Voice(name, office if office != name else None))


def _name(printed: str, referred: str | None) -> str | None:
    """Return the name referred to, unless another one is printed.

    >>> _name("MS. LOW:", "Ann Low"), _name("The Chair:", "Ann Low"), _name("", "Ann Low")
    ('Ann Low', 'The Chair', 'Ann Low')
    """
    if not printed:
        return referred
    known = {word.folded for word in spelled(printed)}
    surname = [word.folded for word in spelled(referred or "")][-1:]
    return referred if known.issuperset(surname) and referred else stated(printed.rstrip(" :"))


def _line(one: Element) -> str:
    """Return the words of one line, an editor's notes left out of them."""
    if one.tag in _ASIDE:
        return ""
    said = [one.text or ""]
    for child in one:
        said += [_line(child), " " if one.tag == "tr" else "", child.tail or ""]
    return "".join(said)
