"""Parliamentary debates in ParlaMint's TEI.

Names, offices and parties stand in lists of people and organisations, within the
file or in files beside it called like `ParlaMint-GB-listPerson.xml`; what holds
is what they say of the sitting's day. A speaker in no list goes by the id.

Utterances are speech. Notes, gaps and incidents are the record's, and stand in
square brackets, which are added; one within a paragraph stays there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import CorpusError, SkippedError
from bot.formats import xml
from bot.formats.canonical import Heading, Label, Note, Part, Said, built, day, line, stated, web
from bot.formats.report import Reading
from bot.formats.xml import first, told, words
from bot.model import Document, Voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from xml.etree.ElementTree import Element

SUFFIXES = (".xml",)
ROOTS = ("TEI", "teiCorpus", "listOrg", "listPerson")

_ID = "xml:id"
_LANGUAGE = "xml:lang"
_BESIDE = ("-listPerson.xml", "-listOrg.xml")
_NOTES = frozenset({"gap", "incident", "kinesic", "note", "vocal"})
_PARTIES = frozenset({"parliamentaryGroup", "party", "politicalGroup", "politicalParty"})
_MEMBERS = frozenset({"member", "representative"})
_CHAIRS = {"#chair": "chair", "#guest": "guest"}


@dataclass(frozen=True, slots=True)
class _Lists:
    """Who the ids stand for, as of one day, in one language."""

    people: Mapping[str, Element]
    parties: Mapping[str, str]
    day: str
    language: str


def read(path: Path, document_id: str) -> Document:
    """Return the sitting in the file at `path`.

    Raises:
        SkippedError: the file is a list that sittings refer to.
        CorpusError: the file cannot be read, holds words one by one, or nobody
            speaks in it.
    """
    return reading(path, document_id).document


def reading(path: Path, document_id: str) -> Reading:
    """Return the sitting in the file at `path`; all its text is kept. See `read`."""
    root = xml.tree(path)
    if root.tag != "TEI":
        raise SkippedError(str(path), "a list, which sittings refer to", "keep it beside them")
    body = first(root, "text", "body")
    if body is None or first(body, "u") is None:
        raise CorpusError(str(path), "nobody speaks", "leave it out of the corpus")
    if first(body, "w") is not None:
        fact = "it holds words one by one, and not as they were printed"
        raise CorpusError(str(path), fact, "use the edition without .ana in its name")
    date, dated_by = _date(root)
    lists = _lists([root, *_beside(path)], date or "", root.get(_LANGUAGE, ""))
    text, turns = built(_parts(body, lists))
    document = Document(document_id, text, date=date, turns=turns, **_header(root, lists.language))
    return Reading(document, dated_by=dated_by)


def _beside(path: Path) -> Iterator[Element]:
    corpus = path.name.partition("_")[0]
    for beside in (path.with_name(f"{corpus}{ending}") for ending in _BESIDE):
        if beside.exists():
            yield xml.tree(beside)


def _lists(roots: Iterable[Element], day: str, language: str) -> _Lists:
    people: dict[str, Element] = {}
    parties: dict[str, str] = {}
    for root in roots:
        people |= {person.get(_ID, ""): person for person in root.iter("person")}
        for organisation in root.iter("org"):
            if organisation.get("role") in _PARTIES:
                parties[organisation.get(_ID, "")] = _party(organisation, language)
    return _Lists(people, parties, day, language)


def _party(organisation: Element, language: str) -> str:
    """Return the short name, or whatever name there is, or the id."""
    names = list(organisation.iter("orgName"))
    short = [name for name in names if name.get("full") in {"abb", "init", "no"}]
    return _in(short or names, language) or organisation.get(_ID) or ""


def _date(root: Element) -> tuple[str | None, str | None]:
    """Return the sitting's day, and which part of the file gives it."""
    for part in ("settingDesc", "sourceDesc"):
        place = first(root, part, "date")
        if place is not None and (found := day(place.get("when"))):
            return found, f"date of its {part}"
    return None, None


def _header(root: Element, language: str) -> dict[str, Any]:
    statement = first(root, "titleStmt")
    titles = list(statement.iter("title")) if statement is not None else []
    source = first(root, "sourceDesc")
    address = first(source, "idno") if source is not None else None
    publisher = first(source, "publisher") if source is not None else None
    licence = first(root, "availability", "licence")
    return {
        "title": _in([one for one in titles if one.get("type") == "sub"] or titles, language),
        "publisher": told(publisher) or told(first(root, "publicationStmt", "orgName")),
        "url": web(words(address)) if address is not None else None,
        "licence": told(licence),
    }


def _in(among: Iterable[Element], language: str) -> str | None:
    """Return the words of the first in `language`, or of the first."""
    known = sorted(among, key=lambda one: one.get(_LANGUAGE, language) != language)
    return told(known[0]) if known else None


def _parts(within: Element, lists: _Lists, level: int = 1) -> Iterator[Part]:
    for one in within:
        if one.tag == "div":
            yield from _parts(one, lists, level + 1)
        elif one.tag == "head":
            yield Heading(words(one), level)
        elif one.tag == "u":
            yield from _utterance(one, lists)
        else:
            yield _note(one)
        yield Note(one.tail or "")


def _utterance(utterance: Element, lists: _Lists) -> Iterator[Part]:
    voice = _voice(utterance, lists)
    own = Said if voice else Note
    if voice:
        yield Label(voice.name, voice, web(utterance.get("source")))
    yield own(utterance.text or "")
    for one in utterance:
        spoken = voice and one.tag == "seg"
        yield Said(_spoken(one), one.get(_ID, "")) if spoken else _note(one)
        yield own(one.tail or "")


def _spoken(segment: Element) -> str:
    """Return a paragraph with the record's interruptions in square brackets."""
    said = [segment.text or ""]
    for one in segment:
        said += [f" {_note(one).words} " if one.tag in _NOTES else words(one), one.tail or ""]
    return "".join(said)


def _note(note: Element) -> Note:
    """Return the record's words, the first description where there are several languages."""
    described = note.find("desc")
    said = line(words(note if described is None else described))
    return Note(said if not said or said[0] in "([" else f"[{said}]")


def _voice(utterance: Element, lists: _Lists) -> Voice | None:
    """Return who speaks, None where the record does not say."""
    identity = stated(utterance.get("who", "").removeprefix("#"))
    if not identity:
        return None
    chair = next(filter(None, map(_CHAIRS.get, utterance.get("ana", "").split())), None)
    person = lists.people.get(identity)
    if person is None:
        return Voice(identity, chair)
    held = [one for one in person.iter("affiliation") if _holds(one, lists.day)]
    return Voice(
        _name(person, lists.day) or identity, _office(held, lists) or chair, _of(held, lists)
    )


def _holds(one: Element, day: str) -> bool:
    """Return whether `one` holds on `day`; it may say less than a day, such as `2020-01`."""
    begun, ended = one.get("from", ""), one.get("to", "")
    return begun <= day[: len(begun)] and (not ended or day[: len(ended)] <= ended)


def _name(person: Element, day: str) -> str | None:
    names = list(person.iter("persName"))
    name = next((one for one in names if _holds(one, day)), None)
    if name is None:
        return None
    parts = [*name.iter("forename"), *name.iter("nameLink"), *name.iter("surname")]
    return stated(" ".join(map(words, parts)) or words(name))


def _office(held: Iterable[Element], lists: _Lists) -> str | None:
    offices = [one for one in held if one.get("role") not in _MEMBERS]
    return next(filter(None, (_in(one.iter("roleName"), lists.language) for one in offices)), None)


def _of(held: Iterable[Element], lists: _Lists) -> str | None:
    """Return the party: one that a list tells of, or one whose id says that it is one."""
    for organisation in (one.get("ref", "").removeprefix("#") for one in held):
        kind, _, name = organisation.partition(".")
        if organisation in lists.parties:
            return lists.parties[organisation]
        if kind in _PARTIES and name:
            return name
    return None
