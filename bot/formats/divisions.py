"""Divisions as the records print them: who voted, and the question that they voted on.

Four shapes: TheyWorkForYou's XML, the Akoma Ntoso of the Oireachtas, the Hansard API's answer, and the answers of the
two votes APIs. A teller votes with the side told for, and is counted among neither.

An answer of a votes API by itself is a document without words, since nobody speaks in it: it holds the division alone,
which `[[divisions]]` of the manifest may read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from bot.errors import CorpusError
from bot.formats.base import DATE, AddedAs, Parsed, clean_line, load_table, parse_date, parse_web_address
from bot.formats.record_fields import Json, get_objects, get_text, load_object, opens_object, split_paragraphs
from bot.formats.xml import join_element_text, read_clean_text
from bot.model import Division, Document, Voter
from bot.text import normalise_line

SUFFIXES = (".json",)
ADDED_AS = AddedAs.RECORD

LICENCE = "Open Parliament Licence v3.0"
PUBLISHER = "UK Parliament, votes"

_SIDES = {"aye": "aye", "content": "aye", "for": "aye", "no": "no", "not-content": "no", "against": "no"}
# How a paragraph names or puts a question.
_QUESTION = re.compile(
    r"\bquestion put\b|\bquestion is,|\bdivision on\b|\bthat the\b|\b(?:amendment|motion)\b", re.IGNORECASE
)
_QUESTION_PUT = re.compile(r"\bquestion (?:accordingly )?put\b|\bdivision on\b", re.IGNORECASE)
# In how many paragraphs before the division its question is looked for.
_REACH = 8
_COMMITTEE = re.compile(r"standing\d{4}-\d\d-\d\d_([A-Z0-9]+)_")
TWFY_RECORDS = load_table("theyworkforyou")


def sniff(content: bytes) -> bool:
    """Return whether `content` looks like a division of either House asked for by its id."""
    is_of_lords = opens_object(content, b'"divisionId"', b'"contentTellers"')
    return is_of_lords or opens_object(content, b'"DivisionId"', b'"AyeTellers"')


def parse(path: Path, document_id: str) -> Parsed:
    """Return a document without words that holds the division in the file at `path`.

    Raises:
        CorpusError: the file holds no division with its voters and its day.
    """
    division = read_answer(load_object(path))
    if division is None or not division.date:
        raise CorpusError(str(path), "not a division with its voters and its day", "ask for it by its id")
    document = Document(
        document_id,
        "",
        title=f"Division {division.number}: {division.question or 'no question printed'}",
        publisher=PUBLISHER,
        authors=(f"House of {division.house.title()}",),
        date=division.date,
        url=division.url,
        licence=LICENCE,
        divisions=(division,),
    )
    return Parsed(document, (), "the day of the division")


def read_public_whip(root: Element) -> Iterator[Division]:
    """Yield the divisions of a day in TheyWorkForYou's format.

    In a committee's record the lists stand beside the count, not within an element of their own.
    """
    elements = list(root.iter())
    texts: list[str] = []
    for index, element in enumerate(elements):
        if element.tag == "p":
            texts.append(normalise_line(join_element_text(element)))
        elif element.tag == "division":
            yield _build_public_whip(element, list(element), texts)
        elif element.tag == "divisioncount" and element.get("divnumber"):
            lists = [each for each in elements[index + 1 : index + 600] if each.tag in ("mplist", "divisioncount")]
            following = next((n for n, each in enumerate(lists) if each.tag == "divisioncount"), len(lists))
            yield _build_public_whip(element, [element, *lists[:following]], texts)


def _build_public_whip(division: Element, parts: Iterable[Element], texts: list[str]) -> Division:
    """Build a division from its element and the `parts` that list who voted; `texts` are the paragraphs before it."""
    address = division.get("id", "")
    _, _, tail = address.partition("/")
    record = tail.partition("/")[0]
    committee = _COMMITTEE.search(address)
    days = DATE.findall(tail)
    house = committee[1].lower() if committee else TWFY_RECORDS.get(record, {}).get("house", record)
    voters: dict[str, list[Voter]] = {"aye": [], "no": []}
    counts: dict[str, int | None] = {}
    for part in parts:
        if part.tag == "divisioncount":
            counts["aye"] = _parse_count(part.get("ayes") or part.get("content") or part.get("for"))
            counts["no"] = _parse_count(part.get("noes") or part.get("not-content") or part.get("against"))
        for voter in part if part.tag != "divisioncount" else ():
            side = _SIDES.get((voter.get("vote") or part.get("vote") or "").casefold())
            if side:
                voters[side].append(_read_public_whip_voter(voter))
    section = TWFY_RECORDS.get(record, {}).get("section")
    page = f"https://www.theyworkforyou.com/{section}/?id={tail.partition('/')[2]}" if section else None
    return Division(
        house, parse_date(division.get("divdate") or (days[-1] if days else None)),
        normalise_line(division.get("divnumber", "")), find_question(texts),
        parse_web_address(division.get("url")) or page,
        tuple(voters["aye"]), tuple(voters["no"]), counts.get("aye"), counts.get("no"),
    )  # fmt: skip


def _read_public_whip_voter(voter: Element) -> Voter:
    """Return who voted, "" for no name, and whether as a teller or by proxy; the side is not in the element."""
    name = clean_line(voter.get("membername")) or clean_line(join_element_text(voter)) or ""
    identity = voter.get("person_id") or voter.get("id") or voter.get("memberid")
    return Voter(name, identity, None, voter.get("teller") == "yes", voter.get("proxy"))


def find_question(texts: list[str]) -> str | None:
    """Return the paragraph before a division that last puts a question, else names one, whole; None without any.

    >>> find_question(["I beg to move.", "Question put, That the bell be rung.", "The House divided."])
    'Question put, That the bell be rung.'
    """
    nearest = texts[-_REACH:][::-1]
    question_put = next((text for text in nearest if _QUESTION_PUT.search(text)), None)
    return question_put or next((text for text in nearest if _QUESTION.search(text)), None)


def read_oireachtas(root: Element, house: str, day: str | None, url: str | None) -> Iterator[Division]:
    """Yield the divisions of a sitting in the Akoma Ntoso of the Oireachtas."""
    people = {person.get("eId"): person for person in root.iter("TLCPerson")}
    summaries = {summary.get("eId"): summary for summary in root.iter("summary")}
    sections = {
        summary.get("eId"): section
        for section in root.iter("debateSection")
        if section.get("name") == "division"
        for summary in section.findall("summary")
    }
    for voting in root.iter("voting"):
        counts = {count.get("refersTo"): _parse_count(count.get("value")) for count in voting.iter("count")}
        section = sections.get(voting.get("href", "").lstrip("#"), Element("debateSection"))
        question = summaries.get(voting.get("refersTo", "").lstrip("#"), section.find("summary"))
        voters = {name: _read_oireachtas_voters(section, name, people) for name in ("ta", "nil")}
        yield Division(
            house, day, re.sub(r"\D", "", voting.get("eId", "")), read_clean_text(question), url,
            voters["ta"], voters["nil"], counts.get("#ta"), counts.get("#nil"),
        )  # fmt: skip


def _read_oireachtas_voters(section: Element, name: str, people: Mapping[str | None, Element]) -> tuple[Voter, ...]:
    """Return the voters that the lists called `name` print, with their ids where `people` has them."""
    lists = (each for each in section.iter("debateSection") if each.get("name") == name)
    voters = []
    for person in (person for each in lists for person in each.iter("person")):
        entry = people.get(person.get("refersTo", "").lstrip("#"))
        printed = (clean_line(join_element_text(person)) or "").rstrip(".")
        shown = entry.get("showAs", printed) if entry is not None else printed
        path = entry.get("href", "") if entry is not None else ""
        voters.append(Voter(shown, (path.strip("/") or None) if not path.startswith("#") else None))
    return tuple(voters)


def read_answer(answer: Json) -> Division | None:
    """Return the division that an answer of one of three interfaces holds; None where it holds none."""
    if not isinstance(answer, dict):
        return None
    if isinstance(answer.get("AyeMembers"), list):
        return _read_hansard(answer)
    if isinstance(answer.get("Ayes"), list) and "DivisionId" in answer:
        return _read_commons_votes(answer)
    if isinstance(answer.get("contents"), list) and "divisionId" in answer:
        return _read_lords_votes(answer)
    return None


def _read_hansard(answer: dict[str, Any]) -> Division:
    """Read a division as the Hansard API answers it."""
    house, day = get_text(answer, "House") or "Commons", parse_date(get_text(answer, "Date"))
    external_id = get_text(answer, "ExternalId").upper()
    url = f"https://hansard.parliament.uk/{house}/{day}/division/{external_id}" if day and external_id else None
    texts = [paragraph.words for paragraph in split_paragraphs(get_text(answer, "TextBeforeVote"))]
    question = find_question(texts) or clean_line(" ".join(texts))
    return Division(
        house.lower(), day, str(answer.get("Number")), question, url,
        _read_members(answer, "AyeMembers"), _read_members(answer, "NoeMembers"),
        _parse_count(answer.get("AyesCount")), _parse_count(answer.get("NoesCount")),
    )  # fmt: skip


def _read_commons_votes(answer: dict[str, Any]) -> Division:
    """Read a division as the Commons' votes API answers it."""
    return Division(
        "commons", parse_date(get_text(answer, "Date")), str(answer.get("Number")),
        clean_line(get_text(answer, "Title")),
        f"https://votes.parliament.uk/votes/commons/division/{answer['DivisionId']}",
        _read_members(answer, "Ayes") + _read_members(answer, "AyeTellers", is_teller=True),
        _read_members(answer, "Noes") + _read_members(answer, "NoTellers", is_teller=True),
        _parse_count(answer.get("AyeCount")), _parse_count(answer.get("NoCount")),
    )  # fmt: skip


def _read_lords_votes(answer: dict[str, Any]) -> Division:
    """Read a division as the Lords' votes API answers it; content is aye."""
    notes = [paragraph.words for paragraph in split_paragraphs(get_text(answer, "amendmentMotionNotes"))]
    return Division(
        "lords", parse_date(get_text(answer, "date")), str(answer.get("number")),
        clean_line(" ".join(notes)) or clean_line(get_text(answer, "title")),
        f"https://votes.parliament.uk/votes/lords/division/{answer['divisionId']}",
        _read_members(answer, "contents") + _read_members(answer, "contentTellers", is_teller=True),
        _read_members(answer, "notContents") + _read_members(answer, "notContentTellers", is_teller=True),
        _parse_count(answer.get("authoritativeContentCount")), _parse_count(answer.get("authoritativeNotContentCount")),
    )  # fmt: skip


def _read_members(answer: dict[str, Any], key: str, *, is_teller: bool = False) -> tuple[Voter, ...]:
    """Return the voters listed under `key`; each interface spells the keys of a voter in a case of its own."""
    voters = []
    for member in get_objects(answer, key):
        small = {name.lower(): value for name, value in member.items()}
        name = clean_line(get_text(small, "displayas") or get_text(small, "name"))
        number = small.get("memberid")
        if name:
            identity = f"uk.parliament/{number}" if isinstance(number, int) else None
            party, proxy = get_text(small, "party") or None, get_text(small, "proxyname") or None
            voters.append(Voter(name, identity, party, is_teller or small.get("isteller") is True, proxy))
    return tuple(voters)


def _parse_count(value: object) -> int | None:
    """Return `value` as a count; None if it is not a number."""
    text = str(value).strip()
    return int(text) if text.isdecimal() else None
