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

from bot.attribution.cues import MAX_SHORT_WORDS
from bot.attribution.quotation_marks import find_quotations
from bot.attribution.scare_quotes import WORD
from bot.model import AttributionSource, Kind, Passage, Span
from bot.text import split_paragraphs, split_sentences, trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.attribution.curated_voices import CuratedVoices
    from bot.model import Document, Side, Turn, Voice


@dataclass(frozen=True, slots=True)
class _TurnReader:
    """Who holds the floor, in which document."""

    document: Document
    turn: Turn
    voice: Voice
    side: Side

    def extract_paragraph(self, paragraph: Span, paragraph_number: int) -> Iterator[Passage]:
        """Yield one paragraph's passages: the speaker's sentences, and those that quote."""
        sentence_spans = split_sentences(self.document.text, paragraph)
        cursor = paragraph.start
        for quoted_span in _find_long_quotations(self.document.text, paragraph):
            frame = _enclosing_sentences(sentence_spans, quoted_span)
            yield from self._extract_spoken(Span(cursor, frame.start), paragraph_number)
            yield self._build_quoted(quoted_span, frame, paragraph_number)
            cursor = max(cursor, frame.end)
        yield from self._extract_spoken(Span(cursor, paragraph.end), paragraph_number)

    def _extract_spoken(self, span: Span, paragraph_number: int) -> Iterator[Passage]:
        trimmed_span = trim(self.document.text, Span(span.start, max(span)))
        if trimmed_span.start < trimmed_span.end:
            yield Passage(
                document=self.document,
                span=trimmed_span,
                frame=trimmed_span,
                kind=Kind.DIRECT,
                paragraph=paragraph_number,
                voice=self.voice,
                cue=(self.turn.label,),
                by=AttributionSource.RECORD,
                side=self.side,
                quotation=(trimmed_span,),
            )

    def _build_quoted(self, quoted_span: Span, frame: Span, paragraph_number: int) -> Passage:
        return Passage(
            document=self.document,
            span=quoted_span,
            frame=frame,
            kind=Kind.FRAGMENT,
            paragraph=paragraph_number,
            cue=(self.turn.label,),
            confidence=0.0,
            by=AttributionSource.RECORD,
            quotation=(quoted_span,),
            reason=f"quoted by {self.voice.name}, who speaks here",
        )


def extract_turn_passages(document: Document, curated: CuratedVoices) -> Iterator[Passage]:
    """Yield the passages of every turn, in order; what stands outside turns is left out."""
    paragraph_spans = split_paragraphs(document.text)
    for turn in document.turns:
        reader = _TurnReader(document, turn, *curated.complete_voice(turn.voice))
        first = bisect_right(paragraph_spans, turn.span.start, key=_span_end)
        for index in range(first, len(paragraph_spans)):
            if paragraph_spans[index].start >= turn.span.end:
                break
            start, end = (
                max(paragraph_spans[index].start, turn.span.start),
                paragraph_spans[index].end,
            )
            paragraph = trim(document.text, Span(start, min(end, turn.span.end)))
            yield from reader.extract_paragraph(paragraph, index + 1)


def _find_long_quotations(text: str, paragraph: Span) -> list[Span]:
    """Return the closed quotations of four words or more within one paragraph of a turn."""
    return [
        quotation.inner
        for quotation in find_quotations(text, [paragraph])
        if quotation.closed and len(WORD.findall(text, *quotation.inner)) > MAX_SHORT_WORDS
    ]


def _enclosing_sentences(sentence_spans: Sequence[Span], quoted_span: Span) -> Span:
    """Return the sentences that `quoted_span` stand in."""
    first = sentence_spans[bisect_right(sentence_spans, quoted_span.start, key=_span_start) - 1]
    last = sentence_spans[bisect_right(sentence_spans, quoted_span.end - 1, key=_span_start) - 1]
    return Span(first.start, max(last.end, quoted_span.end))


def _span_end(span: Span) -> int:
    return span.end


def _span_start(span: Span) -> int:
    return span.start
