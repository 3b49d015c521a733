"""Transcripts, where the source records who speaks, and articles that are laid out like one.

A turn's words are its speaker's, paragraph by paragraph. Sentences that quote
four words or more are set apart: what stands between the marks there is
somebody else's, so it is a fragment without a voice, shown in the speaker's
whole sentences and credited to nobody alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from bot.attribution.lexicon import NO_MATCH
from bot.attribution.quotation_marks import MAX_SHORT_WORDS, count_words, find_quotations
from bot.model import AttributionSource, Kind, Passage, Span, Voice
from bot.text import split_paragraphs, split_sentences, trim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.attribution.curation import CuratedVoices
    from bot.attribution.lexicon import Lexicon
    from bot.model import Document, Side, Turn

# An interview's labels and a signature are the names that the source itself prints: an error of
# theirs is the source's. Less than the 1.0 of a recorded turn, since the layout is inferred.
INTERVIEW_CONFIDENCE = 0.9
# A signature or a heading names one person for all of it.
SIGNED_CONFIDENCE = 0.92
# Two who each speak twice: what opens fewer lines is a list ("Price: 5 pounds").
_MIN_SPEAKERS = 2
# A headline and a byline may stand above "Dear editor".
_MAX_GREETING_PARAGRAPHS = 3
_TWO_WORDS = re.compile(r"[^\W\d]*\W+[^\W\d]")


@dataclass(frozen=True, slots=True)
class _TurnReader:
    """Who holds the floor, in which document."""

    document: Document
    turn: Turn
    voice: Voice
    side: Side
    lexicon: Lexicon

    def extract_paragraph(self, paragraph: Span, paragraph_number: int) -> Iterator[Passage]:
        """Yield one paragraph's passages: the speaker's sentences, and those that quote."""
        sentence_spans = split_sentences(self.document.text, paragraph)
        cursor = paragraph.start
        for quoted_span in _find_long_quotations(self.document.text, paragraph, self.lexicon):
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


def extract_turn_passages(document: Document, curated: CuratedVoices, lexicon: Lexicon) -> Iterator[Passage]:
    """Yield the passages of every turn, in order; what stands outside turns is left out."""
    paragraph_spans = split_paragraphs(document.text)
    for turn in document.turns:
        reader = _TurnReader(document, turn, *curated.complete_voice(turn.voice), lexicon)
        first = bisect_right(paragraph_spans, turn.span.start, key=_span_end)
        for index in range(first, len(paragraph_spans)):
            if paragraph_spans[index].start >= turn.span.end:
                break
            start, end = (max(paragraph_spans[index].start, turn.span.start), paragraph_spans[index].end)
            paragraph = trim(document.text, Span(start, min(end, turn.span.end)))
            yield from reader.extract_paragraph(paragraph, index + 1)


def _find_long_quotations(text: str, paragraph: Span, lexicon: Lexicon) -> list[Span]:
    """Return the closed quotations of four words or more within one paragraph of a turn."""
    return [
        quotation.inner
        for quotation in find_quotations(text, [paragraph], lexicon)
        if quotation.closed and count_words(text, quotation.inner) > MAX_SHORT_WORDS
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


class MonologueParagraph(NamedTuple):
    """A paragraph in one voice, and the label, heading or signature that names it."""

    paragraph_index: int
    span: Span
    label: Span
    voice: Voice
    confidence: float


class _Layout(NamedTuple):
    """The regular expressions of labels, letters and statements in one language."""

    label: re.Pattern[str]
    greeting: re.Pattern[str]
    closing: re.Pattern[str]
    heading: re.Pattern[str]
    signature: re.Pattern[str]


@cache
def _compile_layout(lexicon: Lexicon) -> _Layout:
    joints = "|".join(sorted(lexicon.language.words("letters", "name_joints"))) or NO_MATCH
    name = rf"[A-Z][\w.'’-]*(?: (?:(?:{joints}) )?[A-Z][\w.'’-]*){{0,5}}"
    greeting, closing, heading = (lexicon.get_pattern("letters", key) for key in ("greeting", "closing", "heading"))
    return _Layout(
        re.compile(rf"({name}):\s+(?=\S)"),
        re.compile(rf"(?:{greeting})\b[^.?!]{{0,80}}[,:—–-]?$", re.IGNORECASE),
        re.compile(rf"(?:{closing})[,:]?\s*", re.IGNORECASE),
        re.compile(rf"{heading}({name})(?:, ([^.:\n]{{3,60}}))?[.:]?$"),
        re.compile(rf"[—–-]?\s*({name})(?:,\s*([^\n]{{3,80}}))?\.?$"),
    )


def find_monologues(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> list[MonologueParagraph]:
    """Return the paragraphs of an article that are in one voice, in order; most have none.

    An interview pasted into an article opens its paragraphs with `NAME:`; a letter begins
    with a greeting and ends with a signature; a statement names its author in its first line.
    None is looked for in a language that has no words for a speaker.
    """
    if not lexicon.has_reporting_verbs:
        return []
    return (
        _find_letter(text, paragraphs, lexicon)
        or _find_statement(text, paragraphs, lexicon)
        or _find_interview(text, paragraphs, lexicon)
    )


def _find_interview(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> list[MonologueParagraph]:
    """Two speakers at least who each open two paragraphs or more: a list has no such labels."""
    labels = [
        (index, label)
        for index, span in enumerate(paragraphs)
        if (label := _compile_layout(lexicon).label.match(text, span.start, span.end))
        and _TWO_WORDS.match(text, label.end(), span.end)
    ]
    turn_counts = Counter(_surname_key(label[1]) for _, label in labels)
    speakers = {name for name, count in turn_counts.items() if count > 1}
    speaker_labels = [(index, label) for index, label in labels if _surname_key(label[1]) in speakers]
    if len(speakers) < _MIN_SPEAKERS:
        return []
    full_names = _full_names(label[1] for _, label in labels)
    return [
        MonologueParagraph(
            index,
            Span(label.end(), paragraphs[index].end),
            Span(*label.span(1)),
            _parse_voice(lexicon, full_names[_surname_key(label[1])]),
            INTERVIEW_CONFIDENCE,
        )
        for index, label in speaker_labels
    ]


def _full_names(labels: Iterable[str]) -> dict[str, str]:
    """Return the longest label that each speaker goes by."""
    longest: dict[str, str] = {}
    for label in labels:
        surname = _surname_key(label)
        longest[surname] = max(longest.get(surname, ""), label, key=len)
    return longest


def _surname_key(label: str) -> str:
    return label.rsplit(maxsplit=1)[-1].casefold()


def _find_letter(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> list[MonologueParagraph]:
    layout = _compile_layout(lexicon)
    greeting = next(
        (
            index
            for index, span in enumerate(paragraphs[:_MAX_GREETING_PARAGRAPHS])
            if layout.greeting.match(text[span.start : span.end])
        ),
        None,
    )
    if greeting is None:
        return []
    for index in range(len(paragraphs) - 1, greeting, -1):
        closing = layout.closing.match(text, *paragraphs[index])
        if closing is None:
            continue
        signature_span = trim(text, Span(closing.end(), paragraphs[index].end))
        if signature_span.start == signature_span.end and index + 1 < len(paragraphs):
            signature_span = paragraphs[index + 1]
        signature = layout.signature.match(text, *signature_span)
        return _build_monologue(paragraphs, greeting + 1, index, signature, lexicon) if signature else []
    return []


def _find_statement(text: str, paragraphs: Sequence[Span], lexicon: Lexicon) -> list[MonologueParagraph]:
    if len(paragraphs) < 2:
        return []
    heading = _compile_layout(lexicon).heading.match(text, *paragraphs[0])
    return _build_monologue(paragraphs, 1, len(paragraphs), heading, lexicon) if heading else []


def _build_monologue(
    paragraphs: Sequence[Span], first: int, end: int, match: re.Match[str], lexicon: Lexicon
) -> list[MonologueParagraph]:
    voice = _parse_voice(lexicon, match[1], match[2])
    label = Span(*match.span(1))
    return [
        MonologueParagraph(index, paragraphs[index], label, voice, SIGNED_CONFIDENCE) for index in range(first, end)
    ]


def _parse_voice(lexicon: Lexicon, label: str, role: str | None = None) -> Voice:
    """Return the voice of a label: titles before the name are its role."""
    words = label.split()
    title_count = 0
    while title_count < len(words) - 1 and words[title_count].lower() in lexicon.titles.leading:
        title_count += 1
    return Voice(" ".join(words[title_count:]), role or " ".join(words[:title_count]) or None)
