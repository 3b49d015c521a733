"""Debates of the parliaments of the United Kingdom, as TheyWorkForYou publishes them.

The file is a flat list of headings and speeches. The speaker is the one in the markup. An office
given there is valid for that speaker until the file gives another. Parties are given only in a
committee's list of members.

Indented paragraphs and the text of motions are what the speaker quotes, and not everything within a speech was
spoken. Bracketed paragraphs and the wording of amendments are the record's own, and so is the rest of a speech from its
first paragraph in italics or bold, such as "Question put and agreed to." In written statements and answers, italics are
the author's own headings.

Divisions, lists of members and redirects of old addresses are left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import CorpusError, SkippedError
from bot.formats import xml
from bot.formats.base import AddedAs, Parsed
from bot.formats.canonical import (
    Heading,
    Note,
    Part,
    Quoted,
    SpeakerLabel,
    Speech,
    build_text,
    normalise_line,
    parse_date,
    parse_web_address,
    printable_line,
)
from bot.formats.divisions import read_public_whip
from bot.formats.xml import element_text
from bot.model import Document, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

SUFFIXES = (".xml",)
ROOTS = ("publicwhip",)
ADDED_AS = AddedAs.RECORD

# Of what the Parliament in Westminster publishes; other parliaments have licences of their own.
LICENCE = "Open Parliament Licence v3.0"

_HEADING_LEVELS = {"oral-heading": 1, "major-heading": 1, "minor-heading": 2}
_SPEECH_TAGS = frozenset({"speech", "ques", "reply"})
_CONTENT_TAGS = _SPEECH_TAGS | _HEADING_LEVELS.keys()
_RECORD_TITLES = {
    "debate": "House of Commons debates",
    "lords": "House of Lords debates",
    "pbc": "Public Bill Committee debates",
    "standing": "Public Bill Committee debates",
    "westminhall": "Westminster Hall debates",
    "wms": "Written ministerial statements",
    "wrans": "Written answers",
}
_WRITTEN_RECORDS = frozenset({"wms", "wrans"})
_BRACKETED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
_EMPHASIS_TAGS = frozenset({"b", "i", "span"})


class _Origin(NamedTuple):
    """The record and date in the first address of a file."""

    record: str
    date: str | None


class _Membership(NamedTuple):
    """What a member represents, and for which party."""

    seat: str | None = None
    party: str | None = None


_NO_MEMBERSHIP = _Membership()


def sniff(content: bytes) -> bool:
    """Return whether `content` looks like XML."""
    return xml.sniff(content, ROOTS)


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the day's record in the file at `path`.

    Raises:
        SkippedError: a later version replaces it.
        CorpusError: the file is malformed, or nobody speaks in it.
    """
    root = xml.parse_file(path)
    if root.get("latest") == "no":
        fact = 'superseded: the file says latest="no"'
        raise SkippedError(str(path), fact, "use the version that replaced it")
    origin = _find_origin(root)
    text, turns = build_text(_iter_parts(root, origin.record in _WRITTEN_RECORDS))
    if not turns:
        raise CorpusError(str(path), "nobody speaks", "remove it from the corpus")
    is_known_record = origin.record in _RECORD_TITLES
    document = Document(
        document_id,
        text,
        title=_build_title(root, origin),
        publisher="Hansard" if is_known_record else None,
        date=origin.date,
        url=_find_url(root),
        licence=LICENCE if is_known_record else None,
        turns=turns,
        divisions=tuple(read_public_whip(root)),
    )
    left_out = tuple(filter(None, map(normalise_line, _iter_left_out(root))))
    return Parsed(document, left_out, "the address of its first heading or speech")


def _find_origin(root: Element) -> _Origin:
    address = next((element.get("id", "") for element in root if element.tag in _CONTENT_TAGS), "")
    _, _, record_path = address.partition("/")
    dates = list(filter(None, map(parse_date, _DATE.findall(record_path))))
    return _Origin(record_path.partition("/")[0], dates[-1] if dates else None)


def _build_title(root: Element, origin: _Origin) -> str | None:
    bill = root.find("bill")
    parts = (
        printable_line(bill.get("title")) if bill is not None else None,
        _RECORD_TITLES.get(origin.record),
        origin.date,
    )
    return ", ".join(filter(None, parts)) or None


def _find_url(root: Element) -> str | None:
    addresses = (parse_web_address(element.get("url")) for element in root if element.tag in _CONTENT_TAGS)
    return next((address.partition("#")[0] for address in addresses if address), None)


def _iter_left_out(root: Element) -> Iterator[str]:
    return (element_text(element) for element in root if element.tag not in _CONTENT_TAGS)


def _iter_parts(root: Element, is_written: bool) -> Iterator[Part]:  # noqa: FBT001  a property of the file
    roles, memberships = {}, _find_memberships(root)
    for element in root:
        if element.tag in _HEADING_LEVELS:
            yield Heading(element_text(element), _HEADING_LEVELS[element.tag])
        elif element.tag in _SPEECH_TAGS:
            speaker_id = _find_speaker_id(element)
            role = printable_line(element.get("speakeroffice"))
            if role:
                roles[speaker_id] = role
            if speaker_id:
                yield _build_label(element, role, roles.get(speaker_id), memberships.get(speaker_id, _NO_MEMBERSHIP))
            yield from _speech_parts(element, is_written=is_written)


def _find_speaker_id(speech: Element) -> str | None:
    """Return the speaker's id, None if no speaker is named."""
    if not printable_line(speech.get("speakername")):
        return None
    return speech.get("person_id") or speech.get("speakerid") or speech.get("speakername")


def _build_label(speech: Element, printed_role: str | None, role: str | None, membership: _Membership) -> SpeakerLabel:
    name = printable_line(speech.get("speakername")) or ""
    label_text = f"{name} ({printed_role})" if printed_role else name
    return SpeakerLabel(
        label_text,
        Voice(name, role, party=membership.party, seat=membership.seat, id=_find_recorded_id(speech)),
        parse_web_address(speech.get("url")),
    )


def _find_recorded_id(speech: Element) -> str | None:
    """Return the record's own identifier of the person, else of the membership; None where it matched nobody.

    A person keeps one identifier for life; a membership, which older files give, is of one seat and parliament.
    """
    recorded_id = printable_line(speech.get("person_id") or speech.get("speakerid"))
    return recorded_id if recorded_id and "/" in recorded_id else None


def _find_memberships(root: Element) -> dict[str | None, _Membership]:
    """Map committee members to seat and party, where both follow the name in brackets."""
    members = [member for committee in root.iter("committee") for member in committee.iter("mpname")]
    brackets = {member.get("memberid"): _IN_BRACKETS.findall(element_text(member)) for member in members}
    return {
        member: _Membership(normalise_line(contents[-2]), normalise_line(contents[-1]))
        for member, contents in brackets.items()
        if len(contents) > 1
    }


def _speech_parts(speech: Element, *, is_written: bool) -> Iterator[Part]:
    is_spoken = _find_speaker_id(speech) is not None
    for paragraph, text in _iter_paragraphs(speech):
        is_spoken = is_spoken and (is_written or not _is_emphasised(paragraph))
        if is_spoken and not paragraph.get("amendmenttext") and not _BRACKETED.fullmatch(normalise_line(text)):
            part_type = Quoted if _is_set_apart(paragraph) else Speech
            yield part_type(text, paragraph.get("pid", ""))
        else:
            yield Note(text)


def _iter_paragraphs(speech: Element) -> Iterator[tuple[Element, str]]:
    """Yield paragraphs, table rows and the loose text between them, each with its element."""
    yield speech, speech.text or ""
    for child in speech:
        if child.tag == "table":
            for row in child.iter("tr"):
                yield row, " ".join(map(element_text, row))
        else:
            yield child, element_text(child)
        yield speech, child.tail or ""


def _is_set_apart(paragraph: Element) -> bool:
    """Return whether a paragraph is indented or the text of a motion: what a speaker reads out is marked so."""
    return paragraph.get("class", "").startswith("indent") or bool(paragraph.get("pwmotiontext"))


def _is_emphasised(paragraph: Element) -> bool:
    """Return whether a whole paragraph is in italics or bold."""
    if "italic" in paragraph.get("class", ""):
        return True
    plain_text = [paragraph.text or "", *(child.tail or "" for child in paragraph)]
    return (
        len(paragraph) > 0
        and not normalise_line("".join(plain_text))
        and all(child.tag.lower() in _EMPHASIS_TAGS for child in paragraph)
    )
