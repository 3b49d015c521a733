"""What a manifest has and no document of its corpus bears out: voices, parties, divisions, responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.corpus.manifest import locate_key
from bot.corpus.responses import find_lost_responses
from bot.corpus.sides import collect_divisions
from bot.corpus.withheld_names import WithheldNames, list_unnamed
from bot.errors import CorpusError
from bot.text import normalise_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.errors import BotError
    from bot.model import Corpus, Passage, VoiceEntry

# As many as a reader takes in; `voices --draft` lists them all.
_MOST_IDS_NAMED = 10


def check_manifest_used(corpus: Corpus, toml: str, place: str) -> Iterator[BotError]:
    """Yield what the manifest has and no document bears out."""
    yield from _check_voices_quoted(corpus, toml, place)
    yield from _check_sides_used(corpus, toml, place)
    yield from _check_names_occur(corpus, toml, place)
    yield from find_lost_responses(corpus, toml, place)


def check_has_passages(corpus: Corpus, place: str) -> Iterator[CorpusError]:
    """Yield an error where nothing is said at all."""
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
    """Yield an error for each voice that is not to be named and that no document names: a slip would name it."""
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
    """Yield an error for each party that nobody has, and for each division that no document has."""
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
