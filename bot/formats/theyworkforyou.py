"""Debates of the Parliaments in the United Kingdom, as TheyWorkForYou publishes their records.

The file is a flat list of headings and speeches. The speaker is the one its
markup names; an office is the one it gives, and holds for that speaker until
the file gives another; a party stands only in a committee's list of members.

Not everything within a speech was spoken. Bracketed paragraphs and the wording
of amendments are the record's, and where a debate turns to italic or bold, as in
"Question put and agreed to.", the record goes on alone to the speech's end. In
written statements and answers italics are the author's own headings.

Divisions, lists of members and redirections of old addresses are left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import CorpusError, SkippedError
from bot.formats import xml
from bot.formats.canonical import Heading, Label, Note, Part, Said, built, day, line, stated, web
from bot.formats.report import Reading
from bot.formats.xml import words
from bot.model import Document, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from xml.etree.ElementTree import Element

SUFFIXES = (".xml",)
ROOTS = ("publicwhip",)

_HEADINGS = {"oral-heading": 1, "major-heading": 1, "minor-heading": 2}
_SPEECHES = frozenset({"speech", "ques", "reply"})
_KEPT = _SPEECHES | _HEADINGS.keys()
_RECORDS = {
    "debate": "House of Commons debates",
    "lords": "House of Lords debates",
    "pbc": "Public Bill Committee debates",
    "standing": "Public Bill Committee debates",
    "westminhall": "Westminster Hall debates",
    "wms": "Written ministerial statements",
    "wrans": "Written answers",
}
_WRITTEN = frozenset({"wms", "wrans"})
_BRACKETED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ABOUT = re.compile(r"\(([^()]+)\)")
_SET_APART = frozenset({"b", "i", "span"})


class _Origin(NamedTuple):
    """What the first address in a file tells: which record, of which day."""

    record: str
    date: str | None


def read(path: Path, document_id: str) -> Document:
    """Return the day's record in the file at `path`.

    Raises:
        SkippedError: a later version has taken its place.
        CorpusError: the file cannot be read, or nobody speaks in it.
    """
    return reading(path, document_id).document


def reading(path: Path, document_id: str) -> Reading:
    """Return the day's record in the file at `path`, and what it leaves out; see `read`."""
    root = xml.tree(path)
    if root.get("latest") == "no":
        fact = 'superseded: the file says latest="no"'
        raise SkippedError(str(path), fact, "serve the version that took its place")
    origin = _origin(root)
    text, turns = built(_parts(root, origin.record in _WRITTEN))
    if not turns:
        raise CorpusError(str(path), "nobody speaks", "leave it out of the corpus")
    known = origin.record in _RECORDS
    document = Document(
        document_id,
        text,
        title=_title(root, origin),
        publisher="Hansard" if known else None,
        date=origin.date,
        url=_url(root),
        turns=turns,
    )
    left_out = tuple(filter(None, map(line, _left_out(root))))
    return Reading(document, left_out, "the address of its first heading or speech")


def _origin(root: Element) -> _Origin:
    address = next((one.get("id", "") for one in root if one.tag in _KEPT), "")
    _, _, place = address.partition("/")
    days = list(filter(None, map(day, _DAY.findall(place))))
    return _Origin(place.partition("/")[0], days[-1] if days else None)


def _title(root: Element, origin: _Origin) -> str | None:
    bill = root.find("bill")
    of = (
        stated(bill.get("title")) if bill is not None else None,
        _RECORDS.get(origin.record),
        origin.date,
    )
    return ", ".join(filter(None, of)) or None


def _url(root: Element) -> str | None:
    addresses = (web(one.get("url")) for one in root if one.tag in _KEPT)
    return next((address.partition("#")[0] for address in addresses if address), None)


def _left_out(root: Element) -> Iterator[str]:
    return (words(one) for one in root if one.tag not in _KEPT)


def _parts(root: Element, written: bool) -> Iterator[Part]:  # noqa: FBT001  a fact of the file
    offices, parties = {}, _parties(root)
    for one in root:
        if one.tag in _HEADINGS:
            yield Heading(words(one), _HEADINGS[one.tag])
        elif one.tag in _SPEECHES:
            named = _named(one)
            office = stated(one.get("speakeroffice"))
            if office:
                offices[named] = office
            if named:
                yield _label(one, office, offices.get(named), parties.get(named))
            yield from _speech(one, written=written)


def _named(speech: Element) -> str | None:
    """Return what identifies the speaker, if there is one."""
    if not stated(speech.get("speakername")):
        return None
    return speech.get("person_id") or speech.get("speakerid") or speech.get("speakername")


def _label(speech: Element, given: str | None, office: str | None, party: str | None) -> Label:
    name = stated(speech.get("speakername")) or ""
    written = f"{name} ({given})" if given else name
    return Label(written, Voice(name, office, party), web(speech.get("url")))


def _parties(root: Element) -> Mapping[str | None, str]:
    """Return the party of each committee member with seat and party behind the name."""
    members = [
        member for committee in root.iter("committee") for member in committee.iter("mpname")
    ]
    known = {member.get("memberid"): _ABOUT.findall(words(member)) for member in members}
    return {member: line(about[-1]) for member, about in known.items() if len(about) > 1}


def _speech(speech: Element, *, written: bool) -> Iterator[Part]:
    spoken = _named(speech) is not None
    for paragraph, said in _paragraphs(speech):
        spoken = spoken and (written or not _set_apart(paragraph))
        if spoken and not paragraph.get("amendmenttext") and not _BRACKETED.fullmatch(line(said)):
            yield Said(said, paragraph.get("pid", ""))
        else:
            yield Note(said)


def _paragraphs(speech: Element) -> Iterator[tuple[Element, str]]:
    """Yield each paragraph and each row of a table, with its words, and whatever stands loose."""
    yield speech, speech.text or ""
    for child in speech:
        if child.tag == "table":
            for row in child.iter("tr"):
                yield row, " ".join(map(words, row))
        else:
            yield child, words(child)
        yield speech, child.tail or ""


def _set_apart(paragraph: Element) -> bool:
    """Return whether a paragraph is in italics or bold from end to end."""
    if "italic" in paragraph.get("class", ""):
        return True
    outside = [paragraph.text or "", *(child.tail or "" for child in paragraph)]
    return (
        len(paragraph) > 0
        and not line("".join(outside))
        and all(child.tag.lower() in _SET_APART for child in paragraph)
    )
