"""The manifest, `corpus.toml`: the debate, its voices with their sides, topics and synonyms.

Its notice stands under every reply, with what the licences of the documents ask to be said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field

from bot.analysis import Analyser
from bot.errors import CorpusError
from bot.model import Document, OneLine, PartyEntry, ReadDivision, ResponseEntry, Topic, VoiceEntry
from bot.storage.toml_schema import KeyPath, find_line, parse_toml
from bot.text import normalise_name

# The words that each licence itself prescribes.
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


# Licences by which anybody may pass a text on as a whole; whatever forbids selling or changing it is none.
_OPEN = re.compile(
    r"\b(OGL|OPL|CC[ -]?BY([ -]SA)?|CC[ -]?0|open (government|parliament) licen[cs]e|public domain"
    r"|creative commons (attribution|zero))\b",
    re.IGNORECASE,
)
_RESTRICTED = re.compile(r"\b(NC|ND|non ?commercial|no ?deriv\w*|not|except|unless|no)\b", re.IGNORECASE)


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
            *_find_duplicate_topics(result.topics),
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


def _find_duplicate_topics(topics: Iterable[Topic]) -> Iterator[tuple[KeyPath, str]]:
    """Find topics listed twice."""
    seen: set[str] = set()
    for index, topic in enumerate(topics):
        if topic.name.casefold() in seen:
            yield ("topics", index, "name"), f"topic '{topic.name}' is listed twice"
        seen.add(topic.name.casefold())


def _find_duplicate_keys(table: str, key: str, values: Sequence[str]) -> Iterator[tuple[KeyPath, str]]:
    """Yield the place of each value that stands in the list before."""
    for index, value in enumerate(values):
        if value in values[:index]:
            yield (table, index, key), f"'{value}' is listed twice"


def is_open_licence(licence: str | None) -> bool:
    """Return whether a licence lets anybody pass a text on as a whole; one that is not named does not.

    >>> [is_open_licence(name) for name in ("Open Government Licence v3.0", "CC BY-SA 4.0", "CC BY-NC 4.0", None)]
    [True, True, False, False]
    """
    return licence is not None and bool(_OPEN.search(licence)) and not _RESTRICTED.search(licence.replace("-", " "))


def build_notice(notice: str | None, documents: Iterable[Document]) -> str | None:
    """Return the manifest's `notice`, and after it what the documents' licences ask to be said."""
    licences = dict.fromkeys(document.licence or "" for document in documents)
    asked = [ATTRIBUTIONS[licence] for licence in licences if licence in ATTRIBUTIONS]
    sentences = [*([notice] if notice else []), *(each for each in asked if each not in (notice or ""))]
    return " · ".join(sentences) or None
