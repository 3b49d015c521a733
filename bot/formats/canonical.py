"""Canonical text of sources that are not text, one line for each paragraph.

A format yields the headings, labels, speech and notes of its source as parts, in reading order;
`build_text` joins them and finds the turns. The rules are in the room's docstring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from bot.formats.labels import names_other_speaker
from bot.model import Span, Turn, Voice
from bot.text import normalise_line

PARAGRAPH_BREAK = "\n\n"


class Heading(NamedTuple):
    """A heading, of which level 1 is the highest; it ends those of its own and lower levels."""

    words: str
    level: int = 1


class Note(NamedTuple):
    """The record's own words: they interrupt a turn, which goes on after them. `address` and `url` are not kept."""

    words: str
    address: str = ""
    url: str | None = None


class SpeakerLabel(NamedTuple):
    """The record's label for the speaker of what follows."""

    words: str
    voice: Voice
    url: str | None = None


class Speech(NamedTuple):
    """A paragraph spoken by the last label's voice; without a label, by no known voice.

    `address` is its id in the record; `url` is for a record with a web address for each part of a speech.
    """

    words: str
    address: str = ""
    url: str | None = None


class Quoted(NamedTuple):
    """A paragraph that the record sets apart within a speech: a letter, a statute; not the speaker's words."""

    words: str
    address: str = ""
    url: str | None = None


Part = Heading | Note | SpeakerLabel | Speech | Quoted
_SPOKEN = (Speech, Quoted)


class _PlacedPart(NamedTuple):
    """A part with its span in the text, the headings above it, and the last label with the label's span."""

    span: Span
    part: Part
    heading: str | None
    label: tuple[SpeakerLabel, Span] | None


def build_text(parts: Iterable[Part]) -> tuple[str, tuple[Turn, ...]]:
    """Join `parts` into canonical text, and find its turns."""
    nonempty = [part._replace(words=words) for part in parts if (words := normalise_line(part.words))]
    return PARAGRAPH_BREAK.join(part.words for part in nonempty), tuple(_build_turns(_place_parts(nonempty)))


def _place_parts(parts: Iterable[Part]) -> Iterator[_PlacedPart]:
    """Yield each part with its place in the text, the headings above it and the label of its speaker.

    Speech that opens with somebody else's label becomes `Quoted`.
    """
    headings: list[Heading] = []
    label: tuple[SpeakerLabel, Span] | None = None
    offset = 0
    for part in parts:
        span = Span(offset, offset + len(part.words))
        offset = span.end + len(PARAGRAPH_BREAK)
        if isinstance(part, Heading):
            headings = [heading for heading in headings if heading.level < part.level] + [part]
            label = None
        elif isinstance(part, SpeakerLabel):
            label = (part, span)
        is_anothers = isinstance(part, Speech) and label is not None and names_other_speaker(part.words, label[0].voice)
        placed = Quoted(*part) if isinstance(part, Speech) and is_anothers else part
        yield _PlacedPart(span, placed, " / ".join(heading.words for heading in headings) or None, label)


def _build_turns(parts: Iterable[_PlacedPart]) -> Iterator[Turn]:
    """Yield a turn for each run of spoken parts with one label and one `url`."""

    def find_key(placed: _PlacedPart) -> tuple[tuple[SpeakerLabel, Span], str | None] | None:
        """Return the label and the `url` that the parts of one turn share; None for a part that is not spoken."""
        return (placed.label, placed.part.url) if placed.label and isinstance(placed.part, _SPOKEN) else None

    for key, group in groupby(parts, find_key):
        if key:
            yield _build_turn(key[0], list(group))


def _build_turn(label: tuple[SpeakerLabel, Span], parts: list[_PlacedPart]) -> Turn:
    """Build the turn of neighbouring parts under one label."""
    speaker_label, label_span = label
    speeches = [part.part for part in parts if isinstance(part.part, _SPOKEN)]
    return Turn(
        Span(parts[0].span.start, parts[-1].span.end),
        label_span,
        speaker_label.voice,
        parts[0].heading,
        speeches[0].url or speaker_label.url,
        tuple(speech.address for speech in speeches),
        tuple(part.span for part in parts if isinstance(part.part, Quoted)),
    )
