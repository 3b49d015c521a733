"""`corpus.toml`: what a curator says of a debate, and who is on which side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from bot.errors import CorpusError
from bot.formats.tables import Day, Line, line_of, parsed
from bot.model import Listed, Side, Topic
from bot.terms import Analyser
from bot.voices.roster import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.formats.tables import Place

_STRICT = ConfigDict(extra="forbid", frozen=True)


class ListedVoice(BaseModel):
    """`[[voices]]`: someone who speaks here, what they go by, and their side on the motion."""

    model_config = _STRICT

    name: Line
    aliases: tuple[Line, ...] = ()
    role: Line | None = None
    organisation: Line | None = None
    side: Side | None = None
    since: Day | None = None


class NamedTopic(BaseModel):
    """`[[topics]]`: a subject, and the words that lead to it."""

    model_config = _STRICT

    name: Line
    words: tuple[Line, ...] = ()


class Manifest(BaseModel):
    """The whole of `corpus.toml`."""

    model_config = _STRICT

    title: Line
    motion: Line
    language: Line
    curator: Line
    basis: Line
    notice: Line | None = None
    voices: tuple[ListedVoice, ...] = ()
    topics: tuple[NamedTopic, ...] = ()
    synonyms: dict[Line, tuple[Line, ...]] = Field(default_factory=dict)

    @property
    def listed(self) -> tuple[Listed, ...]:
        """The voices, in our words."""
        return tuple(Listed(**voice.model_dump()) for voice in self.voices)

    @property
    def named(self) -> tuple[Topic, ...]:
        """The topics, in our words."""
        return tuple(Topic(**topic.model_dump()) for topic in self.topics)


def manifest(toml: str, place: str) -> Manifest | list[CorpusError]:
    """Return what `toml`, from the file named `place`, says, or all that is wrong with it."""
    found = parsed(Manifest, toml, place)
    if isinstance(found, list):
        return found
    clashes = [
        CorpusError(spot(toml, place, at), fact, "keep one of them")
        for at, fact in (*_voices_twice(found.voices), *_topics_twice(found.topics))
    ]
    return [*_unknown_language(found, toml, place), *clashes] or found


def spot(toml: str, place: str, at: Place) -> str:
    """Return `place` with the line of the key at `at` in `toml`, where it is found."""
    line = line_of(toml, at)
    return f"{place}:{line}" if line else place


def _unknown_language(found: Manifest, toml: str, place: str) -> Iterator[CorpusError]:
    try:
        Analyser(found.language)
    except CorpusError as error:
        yield CorpusError(spot(toml, place, ("language",)), error.fact, error.remedy)


def _voices_twice(voices: Iterable[ListedVoice]) -> Iterator[tuple[Place, str]]:
    """Yield where a voice is listed again as of one day, or two voices go by one name."""
    seen: set[tuple[str, str | None]] = set()
    owners: dict[str, str] = {}
    for n, voice in enumerate(voices):
        own = key(voice.name)
        if (own, voice.since) in seen:
            yield ("voices", n, "name"), f"'{voice.name}' is listed twice as of one day"
        seen.add((own, voice.since))
        for at, known in (("name", voice.name), *(("aliases", name) for name in voice.aliases)):
            if owners.setdefault(key(known), own) != own:
                yield ("voices", n, at), f"two voices go by '{known}'"


def _topics_twice(topics: Iterable[NamedTopic]) -> Iterator[tuple[Place, str]]:
    seen: set[str] = set()
    for n, topic in enumerate(topics):
        if topic.name.casefold() in seen:
            yield ("topics", n, "name"), f"topic '{topic.name}' is listed twice"
        seen.add(topic.name.casefold())
