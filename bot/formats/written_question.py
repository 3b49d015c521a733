"""A written question of the Parliament in Westminster and its answer, as its API answers one by id.

Both speak: the member who asks, and the minister who answers. A holding answer is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.errors import CorpusError, SkippedError
from bot.formats.base import AddedAs, Parsed, clean_line, parse_date
from bot.formats.canonical import Heading, Note, Part, SpeakerLabel, Speech, build_text
from bot.formats.record_fields import get_object, get_text, load_object, opens_object, split_paragraphs
from bot.model import Document, Voice

SUFFIXES = (".json",)
ADDED_AS = AddedAs.RECORD

LICENCE = "Open Parliament Licence v3.0"
WEB_ADDRESS = "https://questions-statements.parliament.uk/written-questions/detail"

_PARTIES = {"Labour": "Lab", "Conservative": "Con", "Liberal Democrat": "LD", "Scottish National Party": "SNP"}


def sniff(content: bytes) -> bool:
    """Return whether `content` looks like a written question asked for by id."""
    return opens_object(content, b'"questionText"', b'"answerIsHolding"')


def parse(path: Path, document_id: str) -> Parsed:
    """Return the question and its answer in the file at `path`.

    Raises:
        SkippedError: it has no answer yet, or one that only holds the place.
        CorpusError: the file is not one written question, or names nobody.
    """
    value = get_object(load_object(path), "value")
    if not isinstance(value.get("questionText"), str):
        raise CorpusError(str(path), "not a written question by itself", "ask for it by its id")
    if value.get("answerIsHolding") is True or not get_text(value, "answerText"):
        raise SkippedError(str(path), "not answered yet", "gather it again once it is")
    text, turns = build_text(_iter_parts(value))
    if not turns:
        raise CorpusError(str(path), "it names nobody", "ask for it with its members")
    uin, day = get_text(value, "uin"), parse_date(get_text(value, "dateTabled"))
    document = Document(
        document_id,
        text,
        title=clean_line(f"{get_text(value, 'heading') or 'Written question'}, written question {uin}"),
        publisher="Hansard",
        date=parse_date(get_text(value, "dateAnswered")) or day,
        url=f"{WEB_ADDRESS}/{day}/{uin}" if day and uin else None,
        licence=LICENCE,
        turns=turns,
    )
    return Parsed(document, (), "the day of the answer")


def _iter_parts(value: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the heading, what the member asks, and what the minister answers."""
    yield Heading(get_text(value, "heading"))
    answering_body = get_text(value, "answeringBodyName")
    yield from _iter_turn(get_object(value, "askingMember"), get_text(value, "questionText"), None)
    yield from _iter_turn(get_object(value, "answeringMember"), get_text(value, "answerText"), answering_body)


def _iter_turn(member: Mapping[str, Any], html: str, body: str | None) -> Iterator[Part]:
    """Yield what a member says; without a member it is nobody's."""
    name = clean_line(get_text(member, "name"))
    if name:
        yield _build_label(member, name, body)
    for paragraph in split_paragraphs(html):
        yield Speech(paragraph.words) if name and "blockquote" not in paragraph.tags else Note(paragraph.words)


def _build_label(member: Mapping[str, Any], name: str, body: str | None) -> SpeakerLabel:
    """Return the label of a member, with seat and party as print has them, and the body answered for."""
    seat, number = clean_line(get_text(member, "memberFrom")), member.get("id")
    party = clean_line(get_text(member, "partyAbbreviation") or get_text(member, "party"))
    party = _PARTIES.get(party or "", party)
    printed = " ".join([name, *(f"({part})" for part in (seat, party) if part)])
    identity = f"uk.parliament/{number}" if isinstance(number, int) else None
    voice = Voice(name, organisation=clean_line(body), party=party, seat=seat, id=identity)
    return SpeakerLabel(f"{printed}, {body}" if body else printed, voice)
