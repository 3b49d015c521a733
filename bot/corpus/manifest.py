"""`corpus.toml`: what a curator says of a debate, and who is on which side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from bot.analysis import Analyser
from bot.attribution.curated_voices import normalise_name
from bot.errors import CorpusError
from bot.model import Side, Topic, VoiceEntry
from bot.storage.toml_schema import OneLine, PartialDate, find_line, parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.storage.toml_schema import KeyPath

_STRICT = ConfigDict(extra="forbid", frozen=True)


class ManifestVoice(BaseModel):
    """`[[voices]]`: someone who speaks here, what they go by, and their side on the motion."""

    model_config = _STRICT

    name: OneLine
    aliases: tuple[OneLine, ...] = ()
    role: OneLine | None = None
    organisation: OneLine | None = None
    side: Side | None = None
    since: PartialDate | None = None


class ManifestTopic(BaseModel):
    """`[[topics]]`: a subject, and the words that lead to it."""

    model_config = _STRICT

    name: OneLine
    words: tuple[OneLine, ...] = ()


class Manifest(BaseModel):
    """The whole of `corpus.toml`."""

    model_config = _STRICT

    title: OneLine
    motion: OneLine
    language: OneLine
    curator: OneLine
    basis: OneLine
    notice: OneLine | None = None
    voices: tuple[ManifestVoice, ...] = ()
    topics: tuple[ManifestTopic, ...] = ()
    synonyms: dict[OneLine, tuple[OneLine, ...]] = Field(default_factory=dict)

    @property
    def listed_voices(self) -> tuple[VoiceEntry, ...]:
        """The voices, in our words."""
        return tuple(VoiceEntry(**voice.model_dump()) for voice in self.voices)

    @property
    def listed_topics(self) -> tuple[Topic, ...]:
        """The topics, in our words."""
        return tuple(Topic(**topic.model_dump()) for topic in self.topics)


def parse_manifest(toml: str, place: str) -> Manifest | list[CorpusError]:
    """Return what `toml`, from the file named `place`, says, or all that is wrong with it."""
    result = parse_toml(Manifest, toml, place)
    if isinstance(result, list):
        return result
    duplicates = [
        CorpusError(locate_key(toml, place, key_path), fact, "keep one of them")
        for key_path, fact in (
            *_find_duplicate_voices(result.voices),
            *_find_duplicate_topics(result.topics),
        )
    ]
    return [*_check_language(result, toml, place), *duplicates] or result


def locate_key(toml: str, place: str, key_path: KeyPath) -> str:
    """Return `place` with the line of the key at `key_path` in `toml`, where it is found."""
    line = find_line(toml, key_path)
    return f"{place}:{line}" if line else place


def _check_language(manifest: Manifest, toml: str, place: str) -> Iterator[CorpusError]:
    try:
        Analyser(manifest.language)
    except CorpusError as error:
        yield CorpusError(locate_key(toml, place, ("language",)), error.fact, error.remedy)


def _find_duplicate_voices(voices: Iterable[ManifestVoice]) -> Iterator[tuple[KeyPath, str]]:
    """Yield where a voice is listed again as of one day, or two voices go by one name."""
    seen: set[tuple[str, str | None]] = set()
    owners: dict[str, str] = {}
    for index, voice in enumerate(voices):
        name_key = normalise_name(voice.name)
        if (name_key, voice.since) in seen:
            yield ("voices", index, "name"), f"'{voice.name}' is listed twice as of one day"
        seen.add((name_key, voice.since))
        for field_name, alias in (
            ("name", voice.name),
            *(("aliases", name) for name in voice.aliases),
        ):
            if owners.setdefault(normalise_name(alias), name_key) != name_key:
                yield ("voices", index, field_name), f"two voices go by '{alias}'"


def _find_duplicate_topics(topics: Iterable[ManifestTopic]) -> Iterator[tuple[KeyPath, str]]:
    seen: set[str] = set()
    for index, topic in enumerate(topics):
        if topic.name.casefold() in seen:
            yield ("topics", index, "name"), f"topic '{topic.name}' is listed twice"
        seen.add(topic.name.casefold())
