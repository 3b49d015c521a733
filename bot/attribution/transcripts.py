"""Transcripts, where the source records who speaks.

A turn's words are its speaker's, paragraph by paragraph, whatever is quoted in them: words between marks are a passage
of nobody's besides. A paragraph that is somebody else's from its first word to its last is nobody's alone: one that the
record sets apart, or that lies within quotation marks. The record's own lines are left out: what was done, not said.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import NamedTuple

from bot.attribution.curated_voices import CuratedVoices
from bot.attribution.lexicon import Lexicon
from bot.attribution.quotation_marks import MAX_SHORT_WORDS, count_words, find_quotations
from bot.model import AttributionSource, Document, Kind, Passage, Side, Span, Turn, Voice
from bot.text import split_paragraphs, split_sentences, trim

_MARK = re.compile(r"[“”\"]")
_CLOSING_SHAPE = re.compile(r"[^\s(\[—–-][”\"](?!\w)")
_LETTER = re.compile(r"[^\W_]")
# A colon, comma or dash leads on to the next paragraph.
_STOP = re.compile(r"[.!?…][\"”’»'\)\]]*$")


class _Stretch(NamedTuple):
    """Words that a speaker quotes within one paragraph, without and with their marks."""

    inner: Span
    outer: Span
    is_closed: bool


@dataclass(frozen=True, slots=True)
class _TurnParagraph:
    """A paragraph of a turn: its number in the document, what it quotes, and whether it is somebody else's whole.

    `cut` are its first and last sentences where they go on in the paragraph before or behind.
    """

    span: Span
    number: int
    quoted: tuple[_Stretch, ...] = ()
    cut: tuple[Span, ...] = ()
    is_set_apart: bool = False


@dataclass(frozen=True, slots=True)
class _TurnReader:
    """Who holds the floor, in which document, and whether the same label's words go on in the next turn."""

    document: Document
    turn: Turn
    voice: Voice
    side: Side
    lexicon: Lexicon
    goes_on: bool

    def extract(self, paragraphs: Sequence[tuple[Span, int]]) -> Iterator[Passage]:
        """Yield the passages of the turn's numbered paragraphs, those that are set apart in groups."""
        spoken = list(_skip_record_lines(self.document.text, paragraphs, self.lexicon))
        quoted = _find_quoted(self.document.text, spoken, self.turn.set_apart, self.lexicon)
        read = list(self._mark_cut_sentences(quoted))
        for is_set_apart, group in groupby(read, lambda paragraph: paragraph.is_set_apart):
            if is_set_apart:
                yield from self._extract_set_apart(list(group))
            else:
                for paragraph in group:
                    yield from self._extract_spoken(paragraph)

    def _mark_cut_sentences(self, paragraphs: Sequence[_TurnParagraph]) -> Iterator[_TurnParagraph]:
        """Yield `paragraphs` with their first and last sentences, where another paragraph holds the rest of them.

        A letter set apart stands within the sentence that introduces it: "says the infirmary" goes on behind it.
        """
        text, label_end = self.document.text, self.turn.label.end
        for index, paragraph in enumerate(paragraphs):
            if paragraph.is_set_apart:
                yield paragraph
                continue
            sentences = split_sentences(text, paragraph.span)
            is_first_said = index == 0 and not _LETTER.search(text, label_end, paragraph.span.start)
            is_last_said = index + 1 == len(paragraphs) and not self.goes_on
            cut = []
            if not is_first_said and text[paragraph.span.start].islower():
                cut.append(Span(sentences[0].start - 1, sentences[0].end))
            if not is_last_said and not _STOP.search(text, *sentences[-1]):
                cut.append(Span(sentences[-1].start, sentences[-1].end + 1))
            yield replace(paragraph, cut=tuple(cut))

    def _extract_spoken(self, paragraph: _TurnParagraph) -> Iterator[Passage]:
        """Yield a paragraph as its speaker's words, then each closed quotation in it as nobody's."""
        yield Passage(
            document=self.document,
            span=paragraph.span,
            frame=paragraph.span,
            kind=Kind.DIRECT,
            paragraph=paragraph.number,
            voice=self.voice,
            cue=(self.turn.label,),
            by=AttributionSource.RECORD,
            side=self.side,
            quotation=(paragraph.span,),
            unbroken=tuple(stretch.outer for stretch in paragraph.quoted) + paragraph.cut,
        )
        sentence_spans = split_sentences(self.document.text, paragraph.span)
        for stretch in paragraph.quoted:
            if stretch.is_closed:
                frame = _enclosing_sentences(sentence_spans, stretch.inner)
                yield self._build_quoted(stretch.inner, frame, paragraph.number, (stretch.inner,))

    def _extract_set_apart(self, paragraphs: Sequence[_TurnParagraph]) -> Iterator[Passage]:
        """Yield the paragraphs that are set apart, as words which the speaker quotes and nobody here says."""
        words = tuple(_find_own_words(paragraph) for paragraph in paragraphs)
        for paragraph, span in zip(paragraphs, words, strict=True):
            yield self._build_quoted(span, paragraph.span, paragraph.number, words)

    def _build_quoted(self, quoted_span: Span, frame: Span, number: int, quotation: tuple[Span, ...]) -> Passage:
        """Build the passage of words that the speaker quotes, which are nobody's here."""
        return Passage(
            document=self.document,
            span=quoted_span,
            frame=frame,
            kind=Kind.FRAGMENT,
            paragraph=number,
            cue=(self.turn.label,),
            confidence=0.0,
            by=AttributionSource.RECORD,
            quotation=quotation,
            reason=f"quoted by {self.voice.name}, who speaks here",
        )


def _find_own_words(paragraph: _TurnParagraph) -> Span:
    """Return the words of a paragraph that is set apart: between its marks, if they close."""
    marked = [each.inner for each in paragraph.quoted if each.is_closed and each.outer == paragraph.span]
    return marked[0] if marked else paragraph.span


def extract_turn_passages(document: Document, curated: CuratedVoices, lexicon: Lexicon) -> Iterator[Passage]:
    """Yield the passages of every turn, in order; what stands outside turns is left out.

    So is the turn of a collective, "Several hon. Members": nobody can be quoted with it.
    """
    paragraph_spans = split_paragraphs(document.text)
    collective = re.compile(lexicon.get_alternatives("record", "collective"), re.IGNORECASE)
    for turn, next_turn in zip_longest(document.turns, document.turns[1:]):
        if collective.fullmatch(turn.voice.name):
            continue
        goes_on = next_turn is not None and next_turn.label == turn.label
        reader = _TurnReader(document, turn, *curated.complete_voice(turn.voice), lexicon, goes_on)
        yield from reader.extract(list(_number_paragraphs(document.text, turn, paragraph_spans)))


def _number_paragraphs(text: str, turn: Turn, paragraph_spans: Sequence[Span]) -> Iterator[tuple[Span, int]]:
    """Yield the paragraphs of a turn, each with its number in the document."""
    first = bisect_right(paragraph_spans, turn.span.start, key=attrgetter("end"))
    for index in range(first, len(paragraph_spans)):
        start, end = paragraph_spans[index]
        if start >= turn.span.end:
            return
        paragraph = trim(text, Span(max(start, turn.span.start), min(end, turn.span.end)))
        if paragraph.start < paragraph.end:
            yield paragraph, index + 1


def _skip_record_lines(
    text: str, paragraphs: Iterable[tuple[Span, int]], lexicon: Lexicon
) -> Iterator[tuple[Span, int]]:
    """Yield the paragraphs of one turn that were spoken, up to the first line of the House's proceedings."""
    keys = ("procedure", "stage_direction", "amendment")
    procedure, *own_lines = (_compile_record_line(lexicon, key) for key in keys)
    for paragraph, number in paragraphs:
        line = text[paragraph.start : paragraph.end]
        if procedure.fullmatch(line):
            return
        if not any(pattern.fullmatch(line) for pattern in own_lines):
            yield paragraph, number


@cache
def _compile_record_line(lexicon: Lexicon, key: str) -> re.Pattern[str]:
    """Compile the patterns that the language lists under `key` for lines of the record, once."""
    return re.compile(lexicon.get_alternatives("record", key))


def _find_quoted(
    text: str, paragraphs: Sequence[tuple[Span, int]], set_apart: Sequence[Span], lexicon: Lexicon
) -> list[_TurnParagraph]:
    """Find what each paragraph quotes; a quotation that is left open goes on in the next."""
    spans = [paragraph for paragraph, _ in paragraphs]
    by_paragraph: dict[int, list[_Stretch]] = defaultdict(list)
    for quotation in find_quotations(text, spans, lexicon):
        by_paragraph[quotation.paragraph_index].append(_Stretch(quotation.inner, quotation.outer, quotation.closed))
    read: list[_TurnParagraph] = []
    is_open = False
    for index, (span, number) in enumerate(paragraphs):
        stretches = by_paragraph[index]
        if is_open:
            stretches = _continue_quotation(text, spans[index:], stretches)
        is_open = bool(stretches) and not stretches[-1].is_closed and stretches[-1].outer.end >= span.end
        # A few words of one paragraph may be marked for any reason.
        quoted = tuple(
            each
            for each in stretches
            if each.outer.start < span.start or not each.is_closed or count_words(text, each.inner) > MAX_SHORT_WORDS
        )
        is_apart = span in set_apart or _is_quoted_whole(text, span, quoted)
        read.append(_TurnParagraph(span, number, quoted, is_set_apart=is_apart))
    if not set_apart and all(paragraph.is_set_apart for paragraph in read):
        # A label that introduces nothing but a quotation says whose it is: NAME: “...”
        return [replace(paragraph, quoted=(), is_set_apart=False) for paragraph in read]
    return read


def _continue_quotation(text: str, spans: Sequence[Span], stretches: list[_Stretch]) -> list[_Stretch]:
    """Return the stretches of the first of `spans`, at whose start a quotation is open.

    It goes on where the paragraph opens with a mark, as print repeats it, or where the next mark closes it.
    """
    paragraph = spans[0]
    if stretches and stretches[0].outer.start == paragraph.start:
        return [stretches[0]._replace(outer=Span(paragraph.start - 1, stretches[0].outer.end)), *stretches[1:]]
    mark = next((match for span in spans if (match := _MARK.search(text, *span))), None)
    if mark is None or not _CLOSING_SHAPE.match(text, max(mark.start() - 1, spans[0].start)):
        return stretches
    if mark.start() >= paragraph.end:
        return [_Stretch(paragraph, Span(paragraph.start - 1, paragraph.end + 1), is_closed=False)]
    closing = _Stretch(Span(paragraph.start, mark.start()), Span(paragraph.start - 1, mark.end()), is_closed=True)
    return [closing, *(stretch for stretch in stretches if stretch.outer.start >= mark.end())]


def _is_quoted_whole(text: str, paragraph: Span, stretches: Iterable[_Stretch]) -> bool:
    """Return whether no word of `paragraph` stands outside what it quotes."""
    cursor, outside = paragraph.start, []
    for stretch in stretches:
        outside.append(text[cursor : max(cursor, stretch.outer.start)])
        cursor = max(cursor, stretch.outer.end)
    return cursor > paragraph.start and not _LETTER.search("".join((*outside, text[cursor : paragraph.end])))


def _enclosing_sentences(sentence_spans: Sequence[Span], quoted_span: Span) -> Span:
    """Return the span of the sentences that `quoted_span` stands in."""
    places = (quoted_span.start, quoted_span.end - 1)
    first, last = (sentence_spans[bisect_right(sentence_spans, at, key=attrgetter("start")) - 1] for at in places)
    return Span(first.start, max(last.end, quoted_span.end))
