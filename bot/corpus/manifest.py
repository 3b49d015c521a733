"""The manifest, `corpus.toml`: the debate, its voices with their sides, topics and synonyms.

A response goes with the passage that has its quote, so that no surface has to look it up. An entry that no document
bears out is an error.

Its notice is shown under every reply, with the attributions that the documents' licences prescribe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from bot.analysis import Analyser
from bot.corpus.sides import collect_divisions
from bot.corpus.withheld_names import WithheldNames, list_unnamed
from bot.errors import BotError, CorpusError
from bot.model import (
    Corpus,
    Document,
    OneLine,
    PartyEntry,
    Passage,
    ReadDivision,
    Response,
    ResponseEntry,
    Topic,
    VoiceEntry,
    quote_id,
)
from bot.storage.records import list_quotable_spans
from bot.storage.toml_schema import KeyPath, find_line, parse_toml
from bot.text import normalise_name

# The attribution that each licence prescribes, in its own words.
ATTRIBUTIONS = {
    "Open Parliament Licence v3.0": (
        "Contains Parliamentary information licensed under the Open Parliament Licence v3.0"
    ),
    "Open Government Licence v3.0": (
        "Contains public sector information licensed under the Open Government Licence v3.0"
    ),
    "Oireachtas (Open Data) PSI Licence": (
        "Contains Irish Public Sector Information licensed under the Oireachtas (Open Data) PSI "
        "Licence, Creative Commons Attribution 4.0"
    ),
}


# Licences under which anybody may pass a text on as a whole, and words of those that forbid selling or changing it.
_OPEN = re.compile(
    r"\b(OGL|OPL|CC[ -]?BY([ -]SA)?|CC[ -]?0|open (government|parliament) licen[cs]e|public domain"
    r"|creative commons (attribution|zero))\b",
    re.IGNORECASE,
)
_RESTRICTED = re.compile(r"\b(NC|ND|non ?commercial|no ?deriv\w*|not|except|unless|no)\b", re.IGNORECASE)

UNQUOTED_REMEDY = "add an alias that the documents use, or remove the voice"
# As many IDs of divisions as a reader takes in; `voices --draft` lists them all.
_MOST_IDS_NAMED = 10


class Fault(NamedTuple):
    """The path of a key of the manifest, a fact about it, and the remedy."""

    key_path: KeyPath
    fact: str
    remedy: str = "keep one of them"


class Manifest(BaseModel):
    """The schema of `corpus.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    title: OneLine
    motion: OneLine
    language: OneLine
    curator: OneLine
    basis: OneLine
    notice: OneLine | None = None
    voices: tuple[VoiceEntry, ...] = ()
    parties: tuple[PartyEntry, ...] = ()
    divisions: tuple[ReadDivision, ...] = ()
    responses: tuple[ResponseEntry, ...] = ()
    topics: tuple[Topic, ...] = ()
    synonyms: dict[OneLine, tuple[OneLine, ...]] = Field(default_factory=dict)


def parse_manifest(toml: str, place: str) -> Manifest | list[CorpusError]:
    """Parse `toml`, from the file named `place`, or return all its errors."""
    result = parse_toml(Manifest, toml, place)
    if isinstance(result, list):
        return result
    faults = (
        *_check_language(result.language),
        *_find_duplicate_voices(result.voices),
        *_find_duplicate_keys("topics", "name", [topic.name for topic in result.topics]),
        *_find_duplicate_keys("parties", "name", [normalise_name(party.name) for party in result.parties]),
        *_find_duplicate_keys("divisions", "id", [division.id.casefold() for division in result.divisions]),
    )
    return [_build_error(toml, place, fault) for fault in faults] or result


def _build_error(toml: str, place: str, fault: Fault) -> CorpusError:
    """Build the error for a fault of `toml`, the text of the file named `place`; it names the line of the key."""
    line = find_line(toml, fault.key_path)
    return CorpusError(f"{place}:{line}" if line else place, fault.fact, fault.remedy)


def _check_language(language: str) -> Iterator[Fault]:
    """Yield a fault where nothing can be indexed in `language`."""
    try:
        Analyser(language)
    except CorpusError as error:
        yield Fault(("language",), error.fact, error.remedy)


def _find_duplicate_voices(voices: Iterable[VoiceEntry]) -> Iterator[Fault]:
    """Find voices listed twice for the same day, and names that two voices share."""
    seen: set[tuple[str, str | None]] = set()
    owners: dict[str, str] = {}
    for index, voice in enumerate(voices):
        name_key = normalise_name(voice.name)
        if (name_key, voice.since) in seen:
            yield Fault(("voices", index, "name"), f"'{voice.name}' is listed twice for the same day")
        seen.add((name_key, voice.since))
        for field_name, alias in (("name", voice.name), *(("aliases", name) for name in voice.aliases)):
            if owners.setdefault(normalise_name(alias), name_key) != name_key:
                yield Fault(("voices", index, field_name), f"two voices share the name '{alias}'")


def _find_duplicate_keys(table: str, key: str, values: Sequence[str]) -> Iterator[Fault]:
    """Find values that are listed twice, in any case."""
    folded = [value.casefold() for value in values]
    for index, value in enumerate(values):
        if folded[index] in folded[:index]:
            fact = f"topic '{value}' is listed twice" if table == "topics" else f"'{value}' is listed twice"
            yield Fault((table, index, key), fact)


def is_open_licence(licence: str | None) -> bool:
    """Return whether a licence lets anybody pass a text on as a whole; no licence does not.

    >>> [is_open_licence(name) for name in ("Open Government Licence v3.0", "CC BY-SA 4.0", "CC BY-NC 4.0", None)]
    [True, True, False, False]
    """
    return licence is not None and bool(_OPEN.search(licence)) and not _RESTRICTED.search(licence.replace("-", " "))


def build_notice(notice: str | None, documents: Iterable[Document]) -> str | None:
    """Return the manifest's `notice`, followed by the attributions that the documents' licences prescribe."""
    licences = dict.fromkeys(document.licence or "" for document in documents)
    asked = [ATTRIBUTIONS[licence] for licence in licences if licence in ATTRIBUTIONS]
    sentences = [*([notice] if notice else []), *(each for each in asked if each not in (notice or ""))]
    return " · ".join(sentences) or None


def check_manifest_used(corpus: Corpus, toml: str, place: str) -> Iterator[BotError]:
    """Yield an error for each entry of the manifest that no document bears out."""
    for check in (_check_voices_quoted, _check_sides_used, _check_names_occur, _find_lost_responses):
        for fault in check(corpus):
            yield _build_error(toml, place, fault)


def check_has_passages(corpus: Corpus, place: str) -> Iterator[CorpusError]:
    """Yield an error where no document has any words."""
    if not corpus.passages:
        yield CorpusError(place, "no document contains any words", "add a document with text")


def is_quoted_in(listed_voice: VoiceEntry, passages: Iterable[Passage]) -> bool:
    """Return whether a voice, or a member of an organisation or party, is quoted under any of its names."""
    keys = name_keys(listed_voice)
    return any(
        any(normalise_name(name) in keys for name in (passage.voice.name, *passage.voice.bodies))
        for passage in passages
        if passage.voice
    )


def name_keys(listed_voice: VoiceEntry) -> frozenset[str]:
    """Return the normalised name and aliases of a listed voice."""
    return frozenset(normalise_name(name) for name in (listed_voice.name, *listed_voice.aliases))


def _check_voices_quoted(corpus: Corpus) -> Iterator[Fault]:
    """Find voices that have a side but are never quoted."""
    for index, listed_voice in enumerate(corpus.voices):
        if listed_voice.side and not is_quoted_in(listed_voice, corpus.passages):
            fact = f"'{listed_voice.name}' has a side but is never quoted"
            yield Fault(("voices", index, "side"), fact, UNQUOTED_REMEDY)


def _check_names_occur(corpus: Corpus) -> Iterator[Fault]:
    """Find withheld names that no document has: a misspelt one is not withheld."""
    for index, listed_voice in enumerate(corpus.voices):
        names = WithheldNames(list_unnamed([listed_voice]))
        is_known = is_quoted_in(listed_voice, corpus.passages) if names else True
        if not is_known and not any(names.is_printed_in(document.text) for document in corpus.documents):
            fact = f"no document names '{listed_voice.name}', whose name is withheld"
            yield Fault(("voices", index, "name"), fact, "write it as the documents do")


def _check_sides_used(corpus: Corpus) -> Iterator[Fault]:
    """Find parties to which nobody quoted belongs, and divisions that no document has."""
    voices = {passage.voice for passage in corpus.passages if passage.voice}
    bodies = {normalise_name(body) for voice in voices for body in voice.bodies}
    for index, party in enumerate(corpus.parties):
        if normalise_name(party.name) not in bodies:
            fact = f"nobody quoted is of '{party.name}'"
            yield Fault(("parties", index, "name"), fact, "write it as the documents do, or remove it")
    known_ids = collect_divisions(corpus.documents).keys() if corpus.divisions else ()
    for index, division in enumerate(corpus.divisions):
        if division.id not in known_ids:
            choices = ", ".join(sorted(known_ids)[:_MOST_IDS_NAMED])
            remedy = f"choose from {choices}" if choices else "gather its debate"
            yield Fault(("divisions", index, "id"), f"no document has a division '{division.id}'", remedy)


def attach_responses(
    passages: Sequence[Passage], entries: Sequence[ResponseEntry], documents: Mapping[str, Document]
) -> tuple[Passage, ...]:
    """Return `passages`, with the responses of `entries` to the quotes that they hold; others are ignored."""
    if not entries:
        return tuple(passages)
    by_quote: dict[str, list[ResponseEntry]] = {}
    for entry in entries:
        by_quote.setdefault(entry.quote, []).append(entry)
    return tuple(_attach_responses(passage, by_quote, documents) for passage in passages)


def _find_lost_responses(corpus: Corpus) -> Iterator[Fault]:
    """Find responses whose quote or whose document the corpus does not have."""
    document_ids = {document.id for document in corpus.documents}
    answered = ((passage, response) for passage in corpus.passages for response in passage.responses)
    attached = {quote_id(passage.document.sha256, response.span) for passage, response in answered}
    for index, entry in enumerate(corpus.responses):
        if entry.document not in document_ids:
            fact = f"there is no document '{entry.document}'"
            yield Fault(("responses", index, "document"), fact, "add it, or name another")
        elif entry.quote not in attached:
            remedy = "copy the ID of the quote from its context; it changes with the document's text"
            yield Fault(("responses", index, "quote"), f"no document has the quote {entry.quote}", remedy)


def _attach_responses(
    passage: Passage, by_quote: Mapping[str, Sequence[ResponseEntry]], documents: Mapping[str, Document]
) -> Passage:
    """Return `passage` with the responses to quotes that it holds; the same object where there are none."""
    spans = {quote_id(passage.document.sha256, span): span for span in list_quotable_spans(passage)}
    responses = tuple(
        Response(span, entry.by, entry.date, documents[entry.document])
        for quote, span in spans.items()
        for entry in by_quote.get(quote, ())
        if entry.document in documents
    )
    return replace(passage, responses=responses) if responses else passage
