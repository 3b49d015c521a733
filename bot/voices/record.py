"""Passages of a transcript, where the source itself records who holds the floor.

A turn's words are its speaker's, paragraph by paragraph. Sentences that quote
four words or more are set apart: what stands between the marks there is
somebody else's, so it is a fragment without a voice, shown in the speaker's
whole sentences and credited to nobody alone.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import By, Kind, Passage, Span
from bot.text import paragraphs, sentences, trim
from bot.voices.cues import SHORT
from bot.voices.marks import marks
from bot.voices.scares import WORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Document, Side, Turn, Voice
    from bot.voices.roster import Roster


@dataclass(frozen=True, slots=True)
class _Floor:
    """Who holds the floor, in which document."""

    document: Document
    turn: Turn
    voice: Voice
    side: Side

    def line(self, line: Span, number: int) -> Iterator[Passage]:
        """Yield one paragraph's passages: the speaker's sentences, and those that quote."""
        whole = sentences(self.document.text, line)
        at = line.start
        for words in _quoted(self.document.text, line):
            frame = _touched(whole, words)
            yield from self._own(Span(at, frame.start), number)
            yield self._quoting(words, frame, number)
            at = max(at, frame.end)
        yield from self._own(Span(at, line.end), number)

    def _own(self, span: Span, number: int) -> Iterator[Passage]:
        piece = trim(self.document.text, Span(span.start, max(span)))
        if piece.start < piece.end:
            yield Passage(
                document=self.document,
                span=piece,
                frame=piece,
                kind=Kind.DIRECT,
                paragraph=number,
                voice=self.voice,
                cue=(self.turn.label,),
                by=By.RECORD,
                side=self.side,
                quotation=(piece,),
            )

    def _quoting(self, words: Span, frame: Span, number: int) -> Passage:
        return Passage(
            document=self.document,
            span=words,
            frame=frame,
            kind=Kind.FRAGMENT,
            paragraph=number,
            cue=(self.turn.label,),
            confidence=0.0,
            by=By.RECORD,
            quotation=(words,),
            reason=f"quoted by {self.voice.name}, who speaks here",
        )


def spoken(document: Document, known: Roster) -> Iterator[Passage]:
    """Yield the passages of every turn, in order; what stands outside turns is left out."""
    lines = paragraphs(document.text)
    for turn in document.turns:
        floor = _Floor(document, turn, *known.voice(turn.voice))
        first = bisect_right(lines, turn.span.start, key=_end)
        for number in range(first, len(lines)):
            if lines[number].start >= turn.span.end:
                break
            start, end = max(lines[number].start, turn.span.start), lines[number].end
            line = trim(document.text, Span(start, min(end, turn.span.end)))
            yield from floor.line(line, number + 1)


def _quoted(text: str, line: Span) -> list[Span]:
    """Return the closed quotations of four words or more within one paragraph of a turn."""
    return [
        mark.inner
        for mark in marks(text, [line])
        if mark.closed and len(WORD.findall(text, *mark.inner)) > SHORT
    ]


def _touched(whole: Sequence[Span], words: Span) -> Span:
    """Return the sentences that `words` stand in."""
    first = whole[bisect_right(whole, words.start, key=_start) - 1]
    last = whole[bisect_right(whole, words.end - 1, key=_start) - 1]
    return Span(first.start, max(last.end, words.end))


def _end(span: Span) -> int:
    return span.end


def _start(span: Span) -> int:
    return span.start
