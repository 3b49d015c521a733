"""Parliamentary debates in ParlaMint's TEI.

Names, offices and parties come from lists of people and organisations, in the file itself or in
files like `ParlaMint-GB-listPerson.xml` in the same folder, as of the day of the sitting. A
speaker who is in no list is named by the id.

Utterances are speech. Notes, gaps and incidents are the record's own words; they are put in
square brackets, and one within a paragraph stays there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from bot.errors import CorpusError, SkippedError
from bot.formats import xml
from bot.formats.base import AddedAs, Parsed, clean_line, parse_date, parse_web_address
from bot.formats.canonical import Heading, Note, Part, Quoted, SpeakerLabel, Speech, build_text
from bot.formats.xml import bracket, find_first, is_wholly, join_element_text, read_clean_text
from bot.model import Document, Voice
from bot.text import normalise_line

SUFFIXES = (".xml",)
ROOTS = ("TEI", "teiCorpus", "listOrg", "listPerson")
ADDED_AS = AddedAs.RECORD
sniff = partial(xml.sniff, roots=ROOTS)

_ID = "xml:id"
_LANGUAGE = "xml:lang"
_LIST_SUFFIXES = ("-listPerson.xml", "-listOrg.xml")
_NOTE_TAGS = frozenset({"gap", "incident", "kinesic", "note", "vocal"})
_QUOTE_TAGS = frozenset({"cit", "quote"})
_PARTY_ROLES = frozenset({"parliamentaryGroup", "party", "politicalGroup", "politicalParty"})
_MEMBER_ROLES = frozenset({"member", "representative"})
_UTTERANCE_ROLES = {"#chair": "chair", "#guest": "guest"}


@dataclass(frozen=True, slots=True)
class _ReferenceLists:
    """The people and parties behind the ids, as of one day, in one language."""

    people: Mapping[str, Element]
    parties: Mapping[str, str]
    corpus: str
    day: str
    language: str


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the sitting in the file at `path`, or the sittings in it; all their text is kept.

    Raises:
        SkippedError: the file is a list that sittings refer to, and holds none.
        CorpusError: the file is malformed, a tokenised edition, or nobody speaks in it.
    """
    root = xml.parse_file(path)
    sittings = [root] if root.tag == "TEI" else list(root.iter("TEI"))
    bodies = [body for sitting in sittings if (body := find_first(sitting, "text", "body")) is not None]
    if root.tag != "TEI" and not any(find_first(body, "u") is not None for body in bodies):
        raise SkippedError(str(path), "a list that sittings refer to", "keep it in their folder")
    if not any(find_first(body, "u") is not None for body in bodies):
        raise CorpusError(str(path), "nobody speaks", "remove it from the corpus")
    if any(find_first(body, "w") is not None for body in bodies):
        fact = "it is a tokenised edition, not the text as printed"
        raise CorpusError(str(path), fact, "use the file without .ana in its name")
    dates = {_find_date(sitting) for sitting in sittings}
    date, dated_by = dates.pop() if len(dates) == 1 else (None, None)
    roots = [root, *_read_list_files(path)]
    lists = _build_lists(roots, _find_corpus_name(path), date or "", root.get(_LANGUAGE, ""))
    text, turns = build_text(part for body in bodies for part in _iter_parts(body, lists))
    document = Document(document_id, text, date=date, turns=turns, **_read_metadata(root, lists.language))
    return Parsed(document, dated_by=dated_by)


def _find_corpus_name(path: Path) -> str:
    """Return the name of the corpus that a file is of: `ParlaMint-GB` of `ParlaMint-GB_2020-01-24.xml`.

    Identifiers of people are unique in one corpus alone.
    """
    return path.stem.partition("_")[0]


def _read_list_files(path: Path) -> Iterator[Element]:
    """Yield the root of each list, of people or of organisations, that lies beside the document at `path`."""
    for list_path in (path.with_name(f"{_find_corpus_name(path)}{suffix}") for suffix in _LIST_SUFFIXES):
        if list_path.exists():
            yield xml.parse_file(list_path)


def _build_lists(roots: Iterable[Element], corpus: str, day: str, language: str) -> _ReferenceLists:
    """Return the people and the parties that the lists hold, by their ids."""
    people: dict[str, Element] = {}
    parties: dict[str, str] = {}
    for root in roots:
        people |= {person.get(_ID, ""): person for person in root.iter("person")}
        for organisation in root.iter("org"):
            if organisation.get("role") in _PARTY_ROLES:
                parties[organisation.get(_ID, "")] = _find_party_name(organisation, language)
    return _ReferenceLists(people, parties, corpus, day, language)


def _find_party_name(organisation: Element, language: str) -> str:
    """Return the short name of an organisation, else any name, else its id."""
    names = list(organisation.iter("orgName"))
    short = [name for name in names if name.get("full") in {"abb", "init", "no"}]
    return _find_text_in_language(short or names, language) or organisation.get(_ID) or ""


def _find_date(root: Element) -> tuple[str | None, str | None]:
    """Return the date of the sitting, and which part of the file states it; None twice without a date."""
    for part in ("settingDesc", "sourceDesc"):
        element = find_first(root, part, "date")
        if element is not None and (date := parse_date(element.get("when"))):
            return date, f"date of its {part}"
    return None, None


def _read_metadata(root: Element, language: str) -> dict[str, Any]:
    """Return the facts of publication in a header, in `language` where they are in several, by name."""
    statement = find_first(root, "titleStmt")
    titles = list(statement.iter("title")) if statement is not None else []
    source = find_first(root, "sourceDesc")
    return {
        "title": _find_text_in_language([title for title in titles if title.get("type") == "sub"] or titles, language),
        "publisher": read_clean_text(find_first(source, "publisher"))
        or read_clean_text(find_first(root, "publicationStmt", "orgName")),
        "url": parse_web_address(read_clean_text(find_first(source, "idno"))),
        "licence": read_clean_text(find_first(root, "availability", "licence")),
    }


def _find_text_in_language(elements: Iterable[Element], language: str) -> str | None:
    """Return the text of the first element in `language`, else of the first; None without any."""
    candidates = sorted(elements, key=lambda element: element.get(_LANGUAGE, language) != language)
    return read_clean_text(candidates[0]) if candidates else None


def _iter_parts(parent: Element, lists: _ReferenceLists, level: int = 1) -> Iterator[Part]:
    """Yield headings, utterances and notes of `parent` and all that is in it."""
    for element in parent:
        if element.tag == "div":
            yield from _iter_parts(element, lists, level + 1)
        elif element.tag == "head":
            yield Heading(join_element_text(element), level)
        elif element.tag == "u":
            yield from _iter_utterance_parts(element, lists)
        else:
            yield _build_note(element)
        yield Note(element.tail or "")


def _iter_utterance_parts(utterance: Element, lists: _ReferenceLists) -> Iterator[Part]:
    """Yield the label of an utterance and its words, which are notes where nobody is named."""
    voice = _find_voice(utterance, lists)
    part_type = Speech if voice else Note
    if voice:
        yield SpeakerLabel(voice.name, voice, parse_web_address(utterance.get("source")))
    yield part_type(utterance.text or "")
    for child in utterance:
        is_spoken = voice and (child.tag == "seg" or child.tag in _QUOTE_TAGS)
        spoken_type = Quoted if is_wholly(child, _QUOTE_TAGS) else Speech
        yield spoken_type(_read_segment(child), child.get(_ID, "")) if is_spoken else _build_note(child)
        yield part_type(child.tail or "")


def _read_segment(segment: Element) -> str:
    """Return the text of a paragraph, with interruptions in square brackets."""
    pieces = [segment.text or ""]
    for child in segment:
        pieces.append(f" {_build_note(child).words} " if child.tag in _NOTE_TAGS else join_element_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _build_note(note: Element) -> Note:
    """Build a note, in brackets, from its first description of perhaps several languages, else from all its text."""
    description = note.find("desc")
    return Note(bracket(normalise_line(join_element_text(note if description is None else description))))


def _find_voice(utterance: Element, lists: _ReferenceLists) -> Voice | None:
    """Return the speaker of an utterance; None where the record does not say, or several speak at once."""
    speaker_id = clean_line(utterance.get("who", "").removeprefix("#"))
    if not speaker_id or " " in speaker_id:
        # Two who speak at once are nobody.
        return None
    utterance_role = next(filter(None, map(_UTTERANCE_ROLES.get, utterance.get("ana", "").split())), None)
    person = lists.people.get(speaker_id)
    recorded_id = f"{lists.corpus}/{speaker_id}"
    if person is None:
        # Without a list of people the identifier is all the name there is; beside one it names nobody.
        return None if lists.people else Voice(speaker_id, utterance_role, id=recorded_id)
    affiliations = [affiliation for affiliation in person.iter("affiliation") if _is_in_force(affiliation, lists.day)]
    return Voice(
        _find_person_name(person, lists.day) or speaker_id,
        _find_role(affiliations, lists) or utterance_role,
        party=_find_party(affiliations, lists),
        id=recorded_id,
    )


def _is_in_force(element: Element, day: str) -> bool:
    """Return whether `element` is valid on `day`; its dates may be partial, such as `2020-01`."""
    start, end = element.get("from", ""), element.get("to", "")
    return start <= day[: len(start)] and (not end or day[: len(end)] <= end)


def _find_person_name(person: Element, day: str) -> str | None:
    """Return the name that a person had on `day`; None without one."""
    names = list(person.iter("persName"))
    name = next((candidate for candidate in names if _is_in_force(candidate, day)), None)
    if name is None:
        return None
    parts = [*name.iter("forename"), *name.iter("nameLink"), *name.iter("surname")]
    return clean_line(" ".join(map(join_element_text, parts)) or join_element_text(name))


def _find_role(affiliations: Iterable[Element], lists: _ReferenceLists) -> str | None:
    """Return what somebody was other than a member; None for nothing."""
    roles = [affiliation for affiliation in affiliations if affiliation.get("role") not in _MEMBER_ROLES]
    names = (_find_text_in_language(affiliation.iter("roleName"), lists.language) for affiliation in roles)
    return next(filter(None, names), None)


def _find_party(affiliations: Iterable[Element], lists: _ReferenceLists) -> str | None:
    """Return the first party: one in a list, or one whose id says that it is a party; None without one."""
    for organisation in (affiliation.get("ref", "").removeprefix("#") for affiliation in affiliations):
        kind, _, name = organisation.partition(".")
        if organisation in lists.parties:
            return lists.parties[organisation]
        if kind in _PARTY_ROLES and name:
            return name
    return None
