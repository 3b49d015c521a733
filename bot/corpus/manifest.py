"""The manifest, `corpus.toml`: the debate, its voices with their sides, topics and synonyms.

A response goes with the passage that has its quote, so that no surface has to look it up. An entry that no document
bears out is an error.

Its notice stands under every reply, with the attributions that the documents' licences prescribe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

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

# As many IDs of divisions as a reader takes in; `voices --draft` lists them all.
_MOST_IDS_NAMED = 10


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
    duplicates = [
        CorpusError(locate_key(toml, place, key_path), fact, "keep one of them")
        for key_path, fact in (
            *_find_duplicate_voices(result.voices),
            *_find_duplicate_keys("topics", "name", [topic.name for topic in result.topics], "topic "),
            *_find_duplicate_keys("parties", "name", [normalise_name(party.name) for party in result.parties]),
            *_find_duplicate_keys("divisions", "id", [division.id.casefold() for division in result.divisions]),
        )
    ]
    return [*_check_language(result, toml, place), *duplicates] or result


def locate_key(toml: str, place: str, key_path: KeyPath) -> str:
    """Add to `place` the line of the key at `key_path` in `toml`, if it has one."""
    line = find_line(toml, key_path)
    return f"{place}:{line}" if line else place


def _check_language(manifest: Manifest, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error where nothing can be indexed in the language."""
    try:
        Analyser(manifest.language)
    except CorpusError as error:
        yield CorpusError(locate_key(toml, place, ("language",)), error.fact, error.remedy)


def _find_duplicate_voices(voices: Iterable[VoiceEntry]) -> Iterator[tuple[KeyPath, str]]:
    """Find voices listed twice for the same day, and names that two voices share."""
    seen: set[tuple[str, str | None]] = set()
    owners: dict[str, str] = {}
    for index, voice in enumerate(voices):
        name_key = normalise_name(voice.name)
        if (name_key, voice.since) in seen:
            yield ("voices", index, "name"), f"'{voice.name}' is listed twice for the same day"
        seen.add((name_key, voice.since))
        for field_name, alias in (("name", voice.name), *(("aliases", name) for name in voice.aliases)):
            if owners.setdefault(normalise_name(alias), name_key) != name_key:
                yield ("voices", index, field_name), f"two voices share the name '{alias}'"


def _find_duplicate_keys(table: str, key: str, values: Sequence[str], what: str = "") -> Iterator[tuple[KeyPath, str]]:
    """Find values that are listed twice, in whatever case; `what` goes before the value in the fact."""
    folded = [value.casefold() for value in values]
    for index, value in enumerate(values):
        if folded[index] in folded[:index]:
            yield (table, index, key), f"{what}'{value}' is listed twice"


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
    yield from _check_voices_quoted(corpus, toml, place)
    yield from _check_sides_used(corpus, toml, place)
    yield from _check_names_occur(corpus, toml, place)
    yield from _find_lost_responses(corpus, toml, place)


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


def _check_voices_quoted(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error for each voice that has a side but is never quoted."""
    for index, listed_voice in enumerate(corpus.voices):
        if listed_voice.side and not is_quoted_in(listed_voice, corpus.passages):
            yield CorpusError(
                locate_key(toml, place, ("voices", index, "side")),
                f"'{listed_voice.name}' has a side but is never quoted",
                "add an alias that the documents use, or remove the voice",
            )


def _check_names_occur(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error for each withheld name that no document has: misspelt, it would not be withheld."""
    for index, listed_voice in enumerate(corpus.voices):
        names = WithheldNames(list_unnamed([listed_voice]))
        is_known = is_quoted_in(listed_voice, corpus.passages) if names else True
        if not is_known and not any(names.is_printed_in(document.text) for document in corpus.documents):
            yield CorpusError(
                locate_key(toml, place, ("voices", index, "name")),
                f"no document names '{listed_voice.name}', whose name is withheld",
                "write it as the documents do",
            )


def _check_sides_used(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error for each party to which nobody quoted belongs, and for each division that no document has."""
    voices = {passage.voice for passage in corpus.passages if passage.voice}
    bodies = {normalise_name(body) for voice in voices for body in voice.bodies}
    for index, party in enumerate(corpus.parties):
        if normalise_name(party.name) not in bodies:
            line = locate_key(toml, place, ("parties", index, "name"))
            yield CorpusError(line, f"nobody quoted is of '{party.name}'", "write it as the documents do, or remove it")
    known_ids = collect_divisions(corpus.documents).keys() if corpus.divisions else ()
    for index, division in enumerate(corpus.divisions):
        if division.id not in known_ids:
            line = locate_key(toml, place, ("divisions", index, "id"))
            remedy = (
                f"choose from {', '.join(sorted(known_ids)[:_MOST_IDS_NAMED])}" if known_ids else "gather its debate"
            )
            yield CorpusError(line, f"no document has a division '{division.id}'", remedy)


def attach_responses(
    passages: Sequence[Passage], entries: Sequence[ResponseEntry], documents: Mapping[str, Document]
) -> tuple[Passage, ...]:
    """Return `passages`, with the responses of `entries` to the quotes that they hold; see `check_manifest_used`."""
    if not entries:
        return tuple(passages)
    by_quote: dict[str, list[ResponseEntry]] = {}
    for entry in entries:
        by_quote.setdefault(entry.quote, []).append(entry)
    return tuple(_attach_responses(passage, by_quote, documents) for passage in passages)


def _find_lost_responses(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error for each response whose quote or whose document the corpus does not have."""
    document_ids = {document.id for document in corpus.documents}
    answered = ((passage, response) for passage in corpus.passages for response in passage.responses)
    attached = {quote_id(passage.document.sha256, response.span) for passage, response in answered}
    for index, entry in enumerate(corpus.responses):
        if entry.document not in document_ids:
            line = locate_key(toml, place, ("responses", index, "document"))
            yield CorpusError(line, f"there is no document '{entry.document}'", "add it, or name another")
        elif entry.quote not in attached:
            line = locate_key(toml, place, ("responses", index, "quote"))
            remedy = "copy the ID of the quote from its context; it changes with the document's text"
            yield CorpusError(line, f"no document has the quote {entry.quote}", remedy)


def _attach_responses(
    passage: Passage, by_quote: Mapping[str, Sequence[ResponseEntry]], documents: Mapping[str, Document]
) -> Passage:
    """Return `passage` with the responses to quotes that it holds."""
    spans = {quote_id(passage.document.sha256, span): span for span in list_quotable_spans(passage)}
    responses = tuple(
        Response(span, entry.by, entry.date, documents[entry.document])
        for quote, span in spans.items()
        for entry in by_quote.get(quote, ())
        if entry.document in documents
    )
    return replace(passage, responses=responses) if responses else passage
