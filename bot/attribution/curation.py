"""The curator's last word on who said what.

A correction in `NAME.voices.toml` is keyed by the first and last words of a passage rather
than by offsets, so it survives a re-ingestion of the source:

    [[corrections]]
    first = "We all want to live"
    last = "to stop criminals."
    voice = "Nick Ephgrave"
    role = "Assistant Commissioner"

It sets `voice`, `role`, `organisation` or `kind`, says that `nobody` is named, or drops the passage; a `date` says
when it was made. One that finds no passage, or two, would silently correct the wrong words one day, so both are errors.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import fuzz

from bot.attribution.curated_voices import CuratedVoices
from bot.errors import CorpusError
from bot.model import AttributionSource, Kind, OneLine, PartialDate, Passage, Side, Voice
from bot.storage import filesystem
from bot.storage.toml_schema import find_line, parse_toml

# Words at either end of a draft, to take in at a glance; where two passages share the words, the error asks for more.
_KEY_WORD_COUNT = 5
# Of 1: one end as it stands and a fifth of the other one, which two phrases share by chance; what is less like an
# entry than that is another passage.
_MIN_SIMILARITY = 0.6


class CorrectionEntry(BaseModel):
    """One `[[corrections]]` table as written; a key that is left out leaves things as they were found."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    first: OneLine
    last: OneLine
    voice: OneLine | None = None
    role: OneLine | None = None
    organisation: OneLine | None = None
    kind: Kind | None = None
    nobody: bool = False
    date: PartialDate | None = None
    drop: bool = False


class Correction(CorrectionEntry):
    """An entry, and the file and line where it stands."""

    place: str = Field("", repr=False)


class _CorrectionsFile(BaseModel):
    """A whole `NAME.voices.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    corrections: tuple[CorrectionEntry, ...] = ()


def load_corrections(path: Path) -> tuple[Correction, ...]:
    """Return the corrections in the file at `path`, in its order.

    Raises:
        CorpusError: the file cannot be read, is not TOML, or has a key that is
            unknown or missing.
    """
    toml = filesystem.read_text(path)
    contents = parse_toml(_CorrectionsFile, toml, str(path))
    if isinstance(contents, list):
        raise contents[0]
    return tuple(
        Correction(**dict(entry), place=f"{path}:{find_line(toml, ('corrections', index))}")
        for index, entry in enumerate(contents.corrections)
    )


def apply_corrections(
    passages: Sequence[Passage], corrections: Sequence[Correction], curated: CuratedVoices
) -> list[Passage]:
    """Return `passages` with every correction made; a dropped passage is gone.

    Raises:
        CorpusError: a correction finds no passage, or more than one.
    """
    result = list(passages)
    for correction in corrections:
        index = _find_passage(result, correction)
        if correction.drop:
            del result[index]
        else:
            result[index] = _apply(result[index], correction, curated)
    return result


def draft_correction(passage: Passage) -> str:
    """Return a correction of `passage`, ready to paste and to fill in.

    Where nobody is named the name is left for the curator to write.
    """
    words = _passage_text(passage).split()
    voice = passage.voice or Voice("NAME")
    values = {
        "first": " ".join(words[:_KEY_WORD_COUNT]),
        "last": " ".join(words[-_KEY_WORD_COUNT:]),
        "voice": voice.name,
        "role": voice.role,
        "organisation": voice.organisation,
    }
    assignments = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value)
    return "\n".join(("[[corrections]]", *assignments))


def _find_passage(passages: Sequence[Passage], correction: Correction) -> int:
    """Return the index of the one passage that a correction means; none, or several, raise a CorpusError."""
    first, last = _collapse_whitespace(correction.first), _collapse_whitespace(correction.last)
    matches = [
        index
        for index, passage in enumerate(passages)
        if (text := _passage_text(passage)).startswith(first) and text.endswith(last)
    ]
    if len(matches) == 1:
        return matches[0]
    fact = f"{len(matches) or 'no'} passages begin with {first!r} and end with {last!r}"
    remedy = "give more of its words" if matches else _describe_nearest(passages, first, last)
    raise CorpusError(correction.place, fact, remedy)


def _describe_nearest(passages: Iterable[Passage], first: str, last: str) -> str:
    """Return a remedy that names the words by which the passage nearest to `first` and `last` is found now.

    A better reading may have taken marks out of the words, or ended its sentences elsewhere.
    """
    scored = (
        (_similarity(text, first, last), text) for text in map(_passage_text, passages) if any(map(str.isalnum, text))
    )
    score, text = max(scored, default=(0.0, ""))
    if score < _MIN_SIMILARITY:
        return "copy them from the list of voices"
    words = text.split()
    nearest_first, nearest_last = " ".join(words[: len(first.split())]), " ".join(words[-len(last.split()) :])
    return f"the nearest begins with {nearest_first!r} and ends with {nearest_last!r}"


def _similarity(text: str, first: str, last: str) -> float:
    """Return how like `first` and `last` the ends of `text` are, from 0 to 1."""
    head, tail = text[: len(first)], text[-len(last) :]
    return (fuzz.ratio(head.casefold(), first.casefold()) + fuzz.ratio(tail.casefold(), last.casefold())) / 200


def _apply(passage: Passage, correction: Correction, curated: CuratedVoices) -> Passage:
    """Return `passage` with what a correction says of it, as sure as a curator is."""
    voice, side = passage.voice, passage.side
    if correction.voice or correction.role or correction.organisation:
        voice, side = curated.complete_voice(_merge_voice(passage, correction))
    if correction.nobody:
        voice, side = None, Side.NEITHER
    return replace(
        passage,
        voice=voice,
        side=side,
        kind=correction.kind or passage.kind,
        confidence=1.0,
        by=AttributionSource.CURATOR,
        reason=None,
        is_doubtful=False,
        corrected=correction.date,
    )


def _merge_voice(passage: Passage, correction: Correction) -> Voice:
    """Return a passage's voice as corrected; another name does not inherit the role of the one replaced."""
    original = passage.voice
    if correction.voice and (original is None or correction.voice != original.name):
        original = Voice(correction.voice)
    if original is None:
        remedy = "add the voice"
        raise CorpusError(correction.place, "a role or organisation for nobody", remedy)
    return replace(
        original, role=correction.role or original.role, organisation=correction.organisation or original.organisation
    )


def _passage_text(passage: Passage) -> str:
    """Return the words of a passage, trimmed, each run of whitespace as one blank."""
    span = passage.span
    return _collapse_whitespace(passage.document.text[span.start : span.end])


def _collapse_whitespace(text: str) -> str:
    """Return `text` trimmed, each run of whitespace as one blank."""
    return " ".join(text.split())
