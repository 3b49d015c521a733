"""Passages from what was found: quotations, reports, and the narration between them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.model import Kind, Passage, Side, Span
from bot.text import trim
from bot.voices.attribution import Credit, attributed
from bot.voices.corrections import corrected
from bot.voices.held import held
from bot.voices.inner import inner
from bot.voices.lexicon import Form
from bot.voices.naming import named
from bot.voices.reading import read
from bot.voices.record import spoken
from bot.voices.reported import reports
from bot.voices.roster import roster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Document, Listed, Voice
    from bot.voices.corrections import Correction
    from bot.voices.reading import Paragraph
    from bot.voices.reported import Report
    from bot.voices.roster import Roster
    from bot.voices.subjects import Sentence

_CUES = (Form.CUE, Form.CUE_ING, Form.QUOTE)


def passages(
    document: Document, listed: Sequence[Listed] = (), corrections: Sequence[Correction] = ()
) -> tuple[Passage, ...]:
    """Return every passage of `document` in reading order, narration included.

    `listed` are the manifest's voices. Where the source records who holds the
    floor that is the voice; elsewhere the rules find it. Quoted words are
    neither lost nor repeated, but for one case: what a quotation quotes in
    turn is a passage of its own besides, in the inner voice.

    Raises:
        CorpusError: a correction finds no passage, or more than one.
    """
    known = roster(listed, document.date)
    made = spoken(document, known) if document.turns else _Article(document, known).passages()
    found = sorted(made, key=lambda passage: (passage.span.start, -passage.span.end))
    return tuple(corrected(found, corrections, known))


class _Article:
    """A document without a record: read, attributed, and laid out as passages."""

    def __init__(self, document: Document, known: Roster) -> None:
        self._document = document
        self._known = known
        self._reading = read(document.text, known.entries.keys())
        self._credits = attributed(self._reading)
        self._groups = _quotations([mark.inner for mark in self._reading.marks], self._credits)
        spans = [paragraph.span for paragraph in self._reading.paragraphs]
        self._held = {one.paragraph: one for one in held(document.text, spans)}

    def passages(self) -> Iterator[Passage]:
        """Yield the passages of each paragraph; the narration comes last in each."""
        for number, paragraph in enumerate(self._reading.paragraphs):
            if number in self._held:
                yield from self._whole(number, paragraph)
            else:
                yield from self._mixed(number, paragraph)

    def _whole(self, number: int, paragraph: Paragraph) -> Iterator[Passage]:
        """A paragraph of an interview, letter or statement, its label left as narration."""
        one = self._held[number]
        voice, side = self._known.voice(one.voice)
        yield Passage(
            self._document,
            one.words,
            one.words,
            Kind.DIRECT,
            number + 1,
            voice,
            (one.label,),
            one.trust,
            side=side,
            quotation=(one.words,),
        )
        yield from self._narration(number, paragraph, [Span(one.words.start, paragraph.span.end)])

    def _mixed(self, number: int, paragraph: Paragraph) -> Iterator[Passage]:
        covered: list[Span] = []
        quoted: list[int] = []
        for at in paragraph.marks:
            if not self._credits[at].dropped:
                passage = self._quoted(at, paragraph)
                mark = self._reading.marks[at]
                covered.append(_around(mark.outer, passage.frame))
                quoted.append(mark.inner.start)
                yield passage
                yield from self._inner(at)
        for place, sentence in enumerate(paragraph.sentences):
            for report in reports(sentence):
                if not _between(quoted, report.span):
                    frame = Span(sentence.row[0].start, _continued(paragraph, place))
                    for passage in self._reported(number, sentence, report, frame):
                        covered.append(passage.frame)
                        yield passage
        yield from self._narration(number, paragraph, covered)

    def _quoted(self, at: int, paragraph: Paragraph) -> Passage:
        mark, credit = self._reading.marks[at], self._credits[at]
        voice, side = self._listed(credit.voice)
        fragment = credit.kind is Kind.FRAGMENT
        return Passage(
            self._document,
            mark.inner,
            _sentence(paragraph, mark.outer) if fragment else mark.inner,
            credit.kind,
            mark.paragraph + 1,
            voice,
            credit.cue,
            credit.confidence,
            chain=credit.chain,
            side=side,
            quotation=self._groups[at],
            reason=credit.reason,
        )

    def _inner(self, at: int) -> Iterator[Passage]:
        mark = self._reading.marks[at]
        for one in inner(self._reading, mark):
            voice, side = self._listed(one.voice)
            yield Passage(
                self._document,
                one.words,
                one.sentence,
                Kind.FRAGMENT,
                mark.paragraph + 1,
                voice,
                (one.cue,),
                one.confidence,
                side=side,
                quotation=(one.words,),
                reason="quoted within a quotation",
            )

    def _reported(
        self, number: int, sentence: Sentence, report: Report, frame: Span
    ) -> Iterator[Passage]:
        found = named(self._reading, sentence, report.subject)
        if found is None or found.voice is None:
            return
        voice, side = self._known.voice(found.voice)
        cue = (report.cue,) if found.antecedent is None else (found.antecedent, report.cue)
        yield Passage(
            self._document,
            report.span,
            frame,
            Kind.REPORTED,
            number + 1,
            voice,
            cue,
            round(report.trust * found.trust, 3),
            side=side,
            quotation=(report.span,),
            reason=found.reason,
        )

    def _narration(
        self, number: int, paragraph: Paragraph, covered: Sequence[Span]
    ) -> Iterator[Passage]:
        text = self._document.text
        at, end = paragraph.span
        for span in (*sorted(covered), Span(end, end)):
            piece = trim(text, Span(at, max(at, span.start)))
            if any(character.isalnum() for character in text[piece.start : piece.end]):
                yield Passage(self._document, piece, piece, Kind.NARRATION, number + 1)
            at = max(at, span.end)

    def _listed(self, voice: Voice | None) -> tuple[Voice | None, Side]:
        return self._known.voice(voice) if voice else (None, Side.NEITHER)


def _quotations(spans: Sequence[Span], found: Sequence[Credit]) -> list[tuple[Span, ...]]:
    """Return, for each mark, every span of the quotation that it is a part of."""
    firsts = [at for at, credit in enumerate(found) if not credit.joins or at == 0]
    groups: list[tuple[Span, ...]] = []
    for first, end in pairwise([*firsts, len(spans)]):
        groups.extend([tuple(spans[first:end])] * (end - first))
    return groups


def _around(outer: Span, frame: Span) -> Span:
    return Span(min(outer.start, frame.start), max(outer.end, frame.end))


def _between(starts: Sequence[int], span: Span) -> bool:
    """Whether a quotation begins within `span`."""
    return bisect_left(starts, span.start) < bisect_left(starts, span.end)


def _sentence(paragraph: Paragraph, span: Span) -> Span:
    """Return the publication's whole sentence around `span`."""
    at = bisect_right(paragraph.sentences, span.start, key=lambda each: each.row[0].start)
    row = paragraph.sentences[at - 1].row
    return Span(row[0].start, max(span.end, row[-1].end))


def _continued(paragraph: Paragraph, place: int) -> int:
    """Return where a report ends: before the next sentence that has a cue or a quotation."""
    end = paragraph.sentences[place].row[-1].end
    for sentence in paragraph.sentences[place + 1 :]:
        if any(token.form in _CUES or token.low == "according" for token in sentence.row):
            break
        end = sentence.row[-1].end
    return end
