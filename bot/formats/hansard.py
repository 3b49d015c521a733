"""A debate of the Parliament in Westminster, as the Hansard API answers it.

The document is the answer as it came. The tags of its items say what they are: quoted matter that is set apart, and
the record's own lines, are nobody's words. The mark of a column is left out with its number, which would otherwise
interrupt a sentence.

A member's party that the record itself does not state is taken from the answers that were fetched with the debate, and
lie beside it in `.record`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from bot.errors import CorpusError
from bot.formats.base import AddedAs, Parsed, clean_line, load_table, parse_date
from bot.formats.canonical import Heading, Note, Part, Quoted, SpeakerLabel, Speech, build_text
from bot.formats.divisions import read_answer
from bot.formats.label_voices import names_several
from bot.formats.record_fields import (
    MarkedParagraph,
    get_object,
    get_objects,
    get_text,
    load_object,
    load_related,
    opens_object,
    split_paragraphs,
)
from bot.model import Document, Voice
from bot.text import normalise_line

SUFFIXES = (".json",)
ADDED_AS = AddedAs.RECORD

LICENCE = "Open Parliament Licence v3.0"
WEB_ADDRESS = "https://hansard.parliament.uk"

_MAX_DEPTH = 20
_DATED_BY = "the debate's overview"
_TABLE = load_table("hansard")
_SET_APART_TAGS, _RECORD_TAGS = tuple(_TABLE["set_apart_tags"].split()), tuple(_TABLE["record_tags"].split())
_COLLECTIVE = re.compile("|".join(_TABLE["collective"]), re.IGNORECASE)
_GROUPS = re.compile(r"\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*$")
_OFFICE = re.compile(rf"\b(?:{'|'.join(_TABLE['offices'])})\b")
_TITLED_PEER = re.compile(rf"(?:The )?(?:{_TABLE['peers'].replace(' ', '|')})\b")
_IN_THE_CHAIR = "in the Chair"
# Words in a label's last bracket that are none of these are a seat.
_PARTIES = frozenset(_TABLE["parties"])


def sniff(content: bytes) -> bool:
    """Return whether `content` looks like the Hansard API's answer of a debate."""
    return opens_object(content, b'"Overview"', b'"Items"', b'"ExtId"')


def parse(path: Path, document_id: str) -> Parsed:
    """Return the debate in the file at `path`.

    Raises:
        CorpusError: the file is no debate, or nobody speaks in it.
    """
    debate = load_object(path)
    overview = debate.get("Overview")
    if not isinstance(overview, dict) or not isinstance(debate.get("Items"), list):
        raise CorpusError(str(path), "not a debate of the Hansard API", "fetch the file again")
    day = parse_date(get_text(overview, "Date"))
    url = build_url(overview)
    related = load_related(path)
    reader = _DebateReader(url, day, _find_parties(related, day))
    text, turns = build_text(reader.read(debate))
    if not turns:
        raise CorpusError(str(path), "nobody speaks", "leave it out of the corpus")
    document = Document(
        document_id,
        text,
        title=clean_line(get_text(overview, "Title")),
        publisher="Hansard",
        date=day,
        url=url,
        licence=LICENCE,
        turns=turns,
        divisions=tuple(filter(None, map(read_answer, related))),
    )
    return Parsed(document, tuple(reader.left_out), _DATED_BY)


def build_url(overview: Mapping[str, Any]) -> str | None:
    """Return where the debate stands on the web, None where its overview lacks a part of that."""
    house, day = get_text(overview, "House"), parse_date(get_text(overview, "Date"))
    ext_id, title = get_text(overview, "ExtId"), get_text(overview, "Title")
    if not (house and day and ext_id):
        return None
    slug = re.sub(r"[^A-Za-z0-9]", "", title) or "link"
    return f"{WEB_ADDRESS}/{house}/{day}/debates/{ext_id.upper()}/{slug}"


def split_label(label: str) -> Voice | None:
    """Split what the record prints of a speaker; None for a crowd, or two people.

    >>> split_label("Orla Venn (Wexcombe) (Lab)")
    Voice(name='Orla Venn', role=None, organisation=None, party='Lab', seat='Wexcombe', id=None)
    >>> split_label("The Minister for Trams (Rhona Beck)").role
    'The Minister for Trams'
    >>> split_label("Several hon. Members") is None
    True
    """
    base = normalise_line(label).rstrip(":")
    groups: list[str] = []
    while match := _GROUPS.search(base):
        base, groups = base[: match.start()], [normalise_line(match[1]), *groups]
    if not base or _COLLECTIVE.fullmatch(base) or names_several(base):
        return None
    party = None
    if groups and groups[-1] in _PARTIES:
        party = groups.pop()
    elif groups and groups[-1].rpartition(", ")[2] in _PARTIES:
        seat, _, party = groups.pop().rpartition(", ")
        groups += [seat] if seat else []
    if groups and groups[0].casefold() == _IN_THE_CHAIR.casefold():
        return Voice(base, _IN_THE_CHAIR, party=party)
    if groups and is_office(base):
        return Voice(groups[0], base, party=party)
    return Voice(base, party=party, seat=groups[0] if groups else None)


def is_office(words: str) -> bool:
    """Return whether `words` are an office, and no name.

    >>> [is_office(words) for words in ("The First Minister", "Lord Speaker of Ash", "Ann Low")]
    [True, False, False]
    """
    return bool(_OFFICE.search(words)) and not _TITLED_PEER.match(words)


class _DebateReader:
    """The items of a debate and of those within it, turned into parts of canonical text."""

    def __init__(self, url: str | None, day: str | None, parties: Mapping[str, str]) -> None:
        self._url = url
        self._day = day
        self._parties = parties
        self._speakers: dict[str, Voice] = {}
        self.left_out: list[str] = []

    def read(self, debate: Mapping[str, Any], depth: int = 1) -> Iterator[Part]:
        """Yield the parts of `debate`, its own items first; items other than contributions go to `left_out`."""
        yield Heading(get_text(get_object(debate, "Overview"), "Title"), depth)
        is_attributed = False
        for item in sorted(get_objects(debate, "Items"), key=_find_order):
            if get_text(item, "ItemType").casefold() != "contribution":
                self.left_out.extend(filter(None, [normalise_line(get_text(item, "Value"))]))
                # What follows a division without a name is the record's own.
                is_attributed = is_attributed and get_text(item, "ItemType") != "Division"
                continue
            label = normalise_line(get_text(item, "AttributedTo"))
            tag = get_text(item, "HRSTag").casefold()
            if label:
                speaker = self._identify(item, label)
                is_attributed = speaker is not None and not tag.startswith(_RECORD_TAGS)
                if speaker and is_attributed:
                    yield SpeakerLabel(label, speaker)
                else:
                    yield Note(label)
            elif tag.startswith(_RECORD_TAGS):
                # "Question put." ends a speech; whoever goes on is named again.
                is_attributed = False
            external_id = get_text(item, "ExternalId")
            url = f"{self._url}#contribution-{external_id}" if self._url and external_id else None
            for paragraph in split_paragraphs(get_text(item, "Value")):
                part_type = _choose_part_type(tag, paragraph) if is_attributed else Note
                yield part_type(paragraph.words, external_id, url)
        if depth < _MAX_DEPTH:
            for child in get_objects(debate, "ChildDebates"):
                yield from self.read(child, depth + 1)

    def _identify(self, item: Mapping[str, Any], label: str) -> Voice | None:
        """Return who `label` names, with what their earlier labels say, and remember it; None where it names nobody."""
        speaker = split_label(label)
        if speaker is None:
            return None
        member_id = item.get("MemberId")
        key = str(member_id) if member_id else speaker.name.casefold()
        earlier = self._speakers.get(key) or self._speakers.get(speaker.name.casefold()) or Voice("")
        recorded_party = self._parties.get(key) or self._parties.get(speaker.name.casefold())
        voice = Voice(
            speaker.name,
            speaker.role or (earlier.role if earlier.role != _IN_THE_CHAIR else None),
            party=speaker.party or earlier.party or recorded_party,
            seat=speaker.seat or earlier.seat,
            id=f"uk.parliament/{member_id}" if member_id else earlier.id,
        )
        self._speakers[key] = self._speakers[speaker.name.casefold()] = voice
        return voice


def _choose_part_type(tag: str, paragraph: MarkedParagraph) -> type[Speech | Quoted | Note]:
    """Return what a paragraph of a named speaker's item is: spoken, quoted by the speaker, or the record's own."""
    tags = (tag, *(name.casefold() for name in paragraph.classes))
    if "blockquote" in paragraph.tags or any(name.startswith(_SET_APART_TAGS) for name in tags):
        return Quoted
    is_record = paragraph.is_emphasised or any(name.startswith(_RECORD_TAGS) for name in tags)
    return Note if is_record else Speech


def _find_parties(related: list[Any], day: str | None) -> Mapping[str, str]:
    """Return the party on `day` of each member in the `related` answers of the Members API, `/api/Members/History`.

    The keys are the members' numbers, and their names too, in lower case, where the answer has them.
    """
    parties: dict[str, str] = {}
    for item in chain.from_iterable(answer for answer in related if isinstance(answer, list)):
        history = get_object(item, "value")
        party = _find_party_on(get_objects(history, "partyHistory"), day)
        if party and history.get("id"):
            parties[str(history["id"])] = party
            for name in get_objects(history, "nameHistory"):
                parties[get_text(name, "nameDisplayAs").casefold()] = party
    return parties


def _find_party_on(entries: list[dict[str, Any]], day: str | None) -> str | None:
    """Return the party whose dates hold `day`; None without one, or where no day is known."""
    for entry in entries:
        start, end = parse_date(get_text(entry, "startDate")), parse_date(get_text(entry, "endDate"))
        if day and (start or "") <= day and (end is None or day < end):
            party = get_object(entry, "party")
            return clean_line(get_text(party, "abbreviation") or get_text(party, "name"))
    return None


def _find_order(item: Mapping[str, Any]) -> int:
    """Return the place of an item in its section, 0 where it gives none."""
    order = item.get("OrderInSection")
    return order if isinstance(order, int) else 0
