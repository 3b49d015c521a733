"""Debates of the parliaments of the United Kingdom, as TheyWorkForYou publishes them.

The file is a flat list of headings and speeches. The speaker is the one in the markup. An office
given there is valid for that speaker until the file gives another. Parties and seats are given in a
committee's list of members and, in some records, in brackets behind the name.

Indented paragraphs and the text of motions are what the speaker quotes, and not everything within a speech was
spoken. Bracketed paragraphs and the wording of amendments are the record's own, and so is the rest of a speech from its
first paragraph in italics or bold, such as "Question put and agreed to." In written statements and answers, italics are
the author's own headings.

Divisions, lists of members and redirects of old addresses are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from bot.errors import CorpusError, SkippedError
from bot.formats import xml
from bot.formats.base import DATE, AddedAs, Parsed, clean_line, parse_date, parse_web_address
from bot.formats.canonical import Heading, Note, Part, Quoted, SpeakerLabel, Speech, build_text
from bot.formats.divisions import TWFY_RECORDS, read_public_whip
from bot.formats.hansard import is_office, split_label
from bot.formats.xml import holds_only, is_wholly, join_element_text
from bot.model import Document, Voice
from bot.text import normalise_line

SUFFIXES = (".xml",)
# OpenAustralia publishes the same shape under a root of its own.
_AUSTRALIAN_ROOT = "debates"
ROOTS = ("publicwhip", _AUSTRALIAN_ROOT)
ADDED_AS = AddedAs.RECORD
sniff = partial(xml.sniff, roots=ROOTS)

# Of what the Parliament in Westminster publishes; other parliaments have licences of their own.
LICENCE = "Open Parliament Licence v3.0"

_HEADING_LEVELS = {"oral-heading": 1, "major-heading": 1, "minor-heading": 2}
_SPEECH_TAGS = frozenset({"speech", "ques", "reply"})
_CONTENT_TAGS = _SPEECH_TAGS | _HEADING_LEVELS.keys()
_BRACKETED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
_QUOTE_TAGS = frozenset({"blockquote", "q"})
_EMPHASIS_TAGS = frozenset({"b", "i", "span", "B", "I", "SPAN"})


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the day's record in the file at `path`.

    Raises:
        SkippedError: a later version replaces it.
        CorpusError: the file is malformed, or nobody speaks in it.
    """
    root = xml.parse_file(path)
    if root.get("latest") == "no":
        raise SkippedError(str(path), 'superseded: the file says latest="no"', "use the version that replaced it")
    record_name, day = _find_origin(root)
    record = TWFY_RECORDS.get(record_name, {})
    text, turns = build_text(_iter_parts(root, bool(record.get("written"))))
    if not turns:
        raise CorpusError(str(path), "nobody speaks", "remove it from the corpus")
    # Australia's addresses look like those of the House of Commons.
    record_title = record.get("title") if root.tag != _AUSTRALIAN_ROOT else None
    document = Document(
        document_id,
        text,
        title=_build_title(root, record_title, day),
        publisher=record.get("publisher", "Hansard") if record_title else None,
        date=day,
        url=_find_url(root),
        licence=LICENCE if record_title else None,
        turns=turns,
        divisions=tuple(read_public_whip(root)),
    )
    left_out = (normalise_line(join_element_text(element)) for element in root if element.tag not in _CONTENT_TAGS)
    return Parsed(document, tuple(filter(None, left_out)), "the address of its first heading or speech")


def _find_origin(root: Element) -> tuple[str, str | None]:
    """Return the name of the record that a file is of and its day, by the first address in it; "" and None without."""
    address = next((element.get("id", "") for element in root if element.tag in _CONTENT_TAGS), "")
    _, _, record_path = address.partition("/")
    dates = list(filter(None, map(parse_date, DATE.findall(record_path))))
    return record_path.partition("/")[0], dates[-1] if dates else None


def _build_title(root: Element, record_title: str | None, day: str | None) -> str | None:
    """Return the bill's title, the record's name and the date, joined by commas; None without any of them."""
    bill = root.find("bill")
    bill_title = clean_line(bill.get("title")) if bill is not None else None
    return ", ".join(filter(None, (bill_title, record_title, day))) or None


def _find_url(root: Element) -> str | None:
    """Return the first web address in the file, None without one."""
    addresses = (parse_web_address(element.get("url")) for element in root if element.tag in _CONTENT_TAGS)
    return next((address.partition("#")[0] for address in addresses if address), None)


def _iter_parts(root: Element, is_written: bool) -> Iterator[Part]:  # noqa: FBT001  a property of the file
    """Yield the headings and speeches of a file; in a written record italics are the author's own."""
    members = _find_members(root)
    for element in root:
        if element.tag in _HEADING_LEVELS:
            yield Heading(join_element_text(element), _HEADING_LEVELS[element.tag])
        elif element.tag in _SPEECH_TAGS:
            label = _build_label(element, members)
            if label:
                yield label
            yield from _iter_speech_parts(element, is_spoken=isinstance(label, SpeakerLabel), is_written=is_written)


def _find_members(root: Element) -> dict[str, Voice]:
    """Return what the file says of each member: the name in any label, and a committee's seats and parties.

    Where a label says only an office, "The First Minister", the name stands in another label of the same person.
    """
    members: dict[str, Voice] = {}
    for committee in root.iter("committee"):
        for listed in committee.iter("mpname"):
            brackets = [normalise_line(words) for words in _IN_BRACKETS.findall(join_element_text(listed))]
            if len(brackets) > 1:
                members[listed.get("memberid", "")] = Voice("", seat=brackets[-2], party=brackets[-1])
    for speech in root:
        speaker = _split_name(speech)
        if speaker and not is_office(speaker.name):
            key = _find_speaker_key(speech, speaker)
            member = members.get(key, Voice(""))
            members[key] = replace(member, name=max(member.name, speaker.name, key=len))
    return members


def _split_name(speech: Element) -> Voice | None:
    """Return the name, office, party and seat in a label; None where nobody, or a crowd, is named."""
    name = clean_line(speech.get("speakername"))
    is_nobody = speech.tag not in _SPEECH_TAGS or name is None or speech.get("nospeaker") == "true"
    return None if is_nobody else split_label(name or "")


def _find_speaker_key(speech: Element, speaker: Voice) -> str:
    """Return what tells one speaker of a file from another: the record's identifier, else the name."""
    ids = map(speech.get, ("person_id", "speakerid"))
    return next((key for key in ids if key and key != "unknown"), speaker.name)


def _build_label(speech: Element, members: dict[str, Voice]) -> SpeakerLabel | Note | None:
    """Return the speaker's label with all that the file says of them; a note where it names nobody in particular.

    None without a label. What it says is remembered in `members`.
    """
    speaker, name = _split_name(speech), clean_line(speech.get("speakername"))
    if speaker is None or name is None:
        return Note(name) if name else None
    key, office = _find_speaker_key(speech, speaker), clean_line(speech.get("speakeroffice"))
    member = members.get(key, Voice(""))
    is_named_by_office = bool(member.name) and is_office(speaker.name)
    members[key] = replace(
        member,
        role=office or speaker.role or (speaker.name if is_named_by_office else member.role),
        party=speaker.party or member.party,
        seat=speaker.seat or member.seat,
    )
    shown_name = member.name if is_named_by_office else speaker.name
    voice = replace(members[key], name=shown_name, id=_find_recorded_id(speech))
    return SpeakerLabel(f"{name} ({office})" if office else name, voice, parse_web_address(speech.get("url")))


def _find_recorded_id(speech: Element) -> str | None:
    """Return the record's own identifier of the person, else of the membership; None where it matched nobody.

    A person keeps one identifier for life; a membership, which older files give, is of one seat and parliament.
    """
    recorded_id = clean_line(speech.get("person_id") or speech.get("speakerid"))
    return recorded_id if recorded_id and "/" in recorded_id else None


def _iter_speech_parts(speech: Element, *, is_spoken: bool, is_written: bool) -> Iterator[Part]:
    """Yield the paragraphs of a speech; after an emphasised one of a spoken record the rest are notes."""
    for paragraph, text in _iter_paragraphs(speech):
        is_emphasised = "italic" in paragraph.get("class", "") or holds_only(paragraph, _EMPHASIS_TAGS)
        is_spoken = is_spoken and (is_written or not is_emphasised)
        if is_spoken and not paragraph.get("amendmenttext") and not _BRACKETED.fullmatch(normalise_line(text)):
            part_type = Quoted if _is_set_apart(paragraph) else Speech
            yield part_type(text, paragraph.get("pid", ""))
        else:
            yield Note(text)


def _iter_paragraphs(speech: Element) -> Iterator[tuple[Element, str]]:
    """Yield paragraphs and table rows, each with its element, and with `speech` the loose text between, maybe ""."""
    yield speech, speech.text or ""
    for child in speech:
        if child.tag == "table":
            for row in child.iter("tr"):
                yield row, " ".join(map(join_element_text, row))
        else:
            yield child, join_element_text(child)
        yield speech, child.tail or ""


def _is_set_apart(paragraph: Element) -> bool:
    """Return whether a paragraph is indented, a quotation or a motion's text, as words that are read out are marked."""
    is_marked = paragraph.get("class", "").startswith(("indent", "quot")) or bool(paragraph.get("pwmotiontext"))
    return is_marked or is_wholly(paragraph, _QUOTE_TAGS)
