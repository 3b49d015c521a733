"""Who speaks each quotation of a document, and the words that prove it.

A cue in the quotation's own sentence comes first; then what introduces it, the
speaker beside it in the paragraph, and, never above the display threshold, the
speaker of the paragraph before. A quotation that goes on over paragraphs keeps
its voice, and tells the way back to the name.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.model import Kind, Span
from bot.voices.cues import COLON, SHORT, Cue, Words, cue
from bot.voices.lexicon import LEMMA, SPOKEN_BASES, Form
from bot.voices.naming import Named, named
from bot.voices.scares import WORD, scare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Voice
    from bot.voices.phrases import Subject
    from bot.voices.reading import Paragraph, Reading
    from bot.voices.subjects import Sentence

SAME, INTRODUCED, FLOATING, CHAIN = 0.9, 0.72, 0.5, 0.99
NOBODY = "nobody is named for these words"
UNCLOSED = "no mark closes these words, and nobody is named for them"
INHERITED = "no cue of its own; taken from the quotation before"
_LEAST_DIRECT = 3
_BESIDE_QUOTES = (Form.QUOTE, Form.STOP, Form.COMMA, Form.DASH, Form.JOIN, Form.CLOSE)
_INTRODUCES = (Form.COMMA, Form.COLON, Form.DASH, Form.CUE, Form.CUE_ING)


@dataclass(frozen=True, slots=True)
class Credit:
    """What was found out about the words between two marks.

    `joins` says that they go on with the quotation before; `dropped` that they
    are no quotation at all. `root` is the chain as far as the first paragraph.
    """

    kind: Kind
    voice: Voice | None = None
    cue: tuple[Span, ...] = ()
    confidence: float = 0.0
    reason: str | None = None
    chain: str | None = None
    root: str | None = None
    since: int = 0
    joins: bool = False
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a quotation stands: its sentence, its token there, its number among the marks."""

    sentence: Sentence
    token: int
    mark: int


def attributed(reading: Reading) -> list[Credit]:
    """Return one credit for each of the reading's marks, in order."""
    return _Attribution(reading).run()


class _Attribution:
    """Goes through a document in reading order, remembering who spoke last."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._text = reading.text
        self._ends = [paragraph.span.end for paragraph in reading.paragraphs]
        self._credits: list[Credit | None] = [None] * len(reading.marks)
        self._double = any(not mark.single for mark in reading.marks)
        self._last: Named | None = None
        self._last_paragraph = 0

    def run(self) -> list[Credit]:
        for number, paragraph in enumerate(self._reading.paragraphs):
            places = list(_places(paragraph))
            for place in places:
                self._quote(place)
            self._fill(number, paragraph, places)
        self._carry_back()
        return [credit or Credit(Kind.DIRECT, reason=NOBODY) for credit in self._credits]

    def _quote(self, place: _Place) -> None:
        if self._continues(place):
            return
        mark = self._reading.marks[place.mark]
        minor = mark.single and self._double
        if scare(self._text, mark, place.sentence, place.token, minor=minor):
            self._credits[place.mark] = Credit(Kind.FRAGMENT, reason=NOBODY, dropped=True)
            return
        found = cue(place.sentence, place.token, self._words(place.mark))
        if found is None:
            return
        who = named(self._reading, place.sentence, found.subject, self._last)
        if who is not None:
            self._credit(place, found, who)

    def _continues(self, place: _Place) -> bool:
        """Carry the voice on into a paragraph that reopens its quotation, unless it has a cue."""
        behind = place.sentence.row[place.token + 1 :]
        if not self._reading.goes_on[place.mark] or any(t.form is Form.CUE for t in behind):
            return False
        before = self._credits[place.mark - 1]
        if before is None or before.voice is None:
            return False
        self._credits[place.mark] = self._carried(before, place.mark)
        start = place.sentence.row[place.token].start
        self._reading.people.spoke(start, before.voice.name, place.sentence.number)
        return True

    def _carried(self, before: Credit, at: int) -> Credit:
        number = self._reading.marks[at].paragraph + 1
        root = before.root or before.chain or self._steps(before.cue)
        since = before.since or number
        through = f"¶{since}" if since == number else f"¶{since} to ¶{number}"
        return replace(
            before,
            kind=Kind.DIRECT,
            confidence=round(before.confidence * CHAIN, 3),
            chain=f"{root} → {through} continues",
            root=root,
            since=since,
            joins=True,
        )

    def _credit(self, place: _Place, found: Cue, who: Named) -> None:
        if who.voice is None:
            self._credits[place.mark] = Credit(self._kind(place), reason=who.reason)
            return
        row = place.sentence.row
        spans: tuple[Span, ...] = (Span(row[found.first].start, row[found.last].end),)
        if who.antecedent is not None:
            spans = (who.antecedent, *spans)
        self._credits[place.mark] = Credit(
            self._kind(place),
            who.voice,
            spans,
            round(found.trust * found.subject.trust * who.trust, 3),
            who.reason,
            self._steps(spans) if who.antecedent is not None else None,
            joins=self._splits(place),
        )
        self._last = who
        self._last_paragraph = self._reading.marks[place.mark].paragraph
        proof = spans[0] if who.antecedent is None else None
        self._reading.people.spoke(
            row[place.token].start, who.voice.name, place.sentence.number, proof
        )

    def _steps(self, spans: Sequence[Span]) -> str:
        """Return the way from the name to the pronoun, each step with its paragraph."""
        return " → ".join(
            f"¶{bisect_left(self._ends, span.end) + 1} “{self._text[span.start : span.end]}”"
            for span in spans
        )

    def _words(self, at: int) -> Words:
        inner = self._reading.marks[at].inner
        count = len(WORD.findall(self._text, *inner))
        return Words(count, self._text[inner.end - 1 : inner.end] in tuple(",.!?—-…"))

    def _slight(self, place: _Place) -> bool:
        """A word or two inside a sentence, and no sentence themselves, quote nobody."""
        inner = self._reading.marks[place.mark].inner
        if self._words(place.mark).number > SHORT:
            return False
        whole = self._text[inner.start].isupper() and self._text[inner.end - 1] in ".!?"
        return not (whole and self._opens(place))

    def _opens(self, place: _Place) -> bool:
        return place.token == 0 or place.sentence.row[place.token - 1].form in _INTRODUCES

    def _splits(self, place: _Place) -> bool:
        """“We will,” X said, “go on”: one quotation around its cue."""
        if not place.token or place.sentence.row[0].form is not Form.QUOTE:
            return False
        lower = self._text[self._reading.marks[place.mark].inner.start].islower()
        return lower and self._credits[place.mark - 1] is not None

    def _kind(self, place: _Place) -> Kind:
        """Direct words stand on their own; a fragment needs the sentence it stands in."""
        before = place.sentence.row[place.token - 1].form if place.token else Form.STOP
        if before is Form.STOP or self._splits(place):
            return Kind.DIRECT
        if self._text[self._reading.marks[place.mark].inner.start].islower():
            return Kind.FRAGMENT
        opens = before is Form.JOIN and place.token == 1
        long = self._words(place.mark).number >= _LEAST_DIRECT
        return Kind.DIRECT if opens or (before in _INTRODUCES and long) else Kind.FRAGMENT

    def _fill(self, number: int, paragraph: Paragraph, places: Sequence[_Place]) -> None:
        """Give what has no cue of its own to the speaker next to it, at less trust."""
        alone = {
            id(sentence): all(token.form in _BESIDE_QUOTES for token in sentence.row)
            for sentence in paragraph.sentences
        }
        for position, place in enumerate(places):
            if self._credits[place.mark] is not None:
                continue
            if alone[id(place.sentence)]:
                beside = [
                    places[n].mark for n in (position - 1, position + 1) if 0 <= n < len(places)
                ]
                found = self._neighbour(number, paragraph, place, beside)
            else:
                found = Credit(self._kind(place), reason=NOBODY, dropped=self._slight(place))
            self._credits[place.mark] = found

    def _neighbour(
        self, number: int, paragraph: Paragraph, place: _Place, beside: Sequence[int]
    ) -> Credit:
        words = self._words(place.mark).number
        kind = Kind.DIRECT if words >= _LEAST_DIRECT else Kind.FRAGMENT
        found = self._introduced(number, paragraph, place.sentence)
        if found is not None:
            return replace(found, kind=kind)
        for other in beside:
            credit = self._credits[other]
            if credit is not None and credit.voice is not None:
                confidence = round(credit.confidence * SAME, 3)
                return replace(credit, kind=kind, confidence=confidence, joins=False)
        if not self._reading.marks[place.mark].closed:
            return Credit(kind, reason=UNCLOSED)
        return self._floating(number, kind)

    def _carry_back(self) -> None:
        """A cue in a later paragraph of a quotation holds for its first ones too."""
        for at in range(len(self._credits) - 1, 0, -1):
            credit, before = self._credits[at], self._credits[at - 1]
            if not self._reading.goes_on[at] or credit is None or credit.voice is None:
                continue
            if before is None or before.voice is None:
                number = self._reading.marks[at].paragraph + 1
                self._credits[at - 1] = replace(
                    credit,
                    kind=Kind.DIRECT,
                    confidence=round(credit.confidence * CHAIN, 3),
                    chain=credit.root or f"{self._steps(credit.cue)} ← goes on in ¶{number}",
                    root=credit.root or f"{self._steps(credit.cue)} ← goes on in ¶{number}",
                    joins=False,
                )
                self._credits[at] = replace(credit, joins=True)

    def _introduced(self, number: int, paragraph: Paragraph, sentence: Sentence) -> Credit | None:
        """The sentence before says whose words follow, as “Low was unmoved.” does."""
        place = sentence.number - paragraph.sentences[0].number
        if place:
            before = paragraph.sentences[place - 1]
            quotes = any(token.form is Form.QUOTE for token in before.row)
            return None if quotes else self._from(before, INTRODUCED)
        if number and (sentences := self._reading.paragraphs[number - 1].sentences):
            before = sentences[-1]
            if before.row[-1].form is Form.COLON:
                return self._from(before, COLON)
        return None

    def _from(self, sentence: Sentence, trust: float) -> Credit | None:
        subject = _speaking(sentence) or sentence.main(len(sentence.row))
        who = named(self._reading, sentence, subject, self._last) if subject else None
        if subject is None or who is None or who.voice is None:
            return None
        spans: tuple[Span, ...] = (subject.span,)
        if who.antecedent is not None:
            spans = (who.antecedent, *spans)
        confidence = round(trust * subject.trust * who.trust, 3)
        chain = self._steps(spans) if who.antecedent is not None else None
        return Credit(Kind.DIRECT, who.voice, spans, confidence, who.reason, chain)

    def _floating(self, number: int, kind: Kind) -> Credit:
        last = self._last
        if last is None or last.voice is None or number - self._last_paragraph > 2:
            return Credit(kind, reason=NOBODY)
        return Credit(kind, last.voice, (last.span,), round(FLOATING * last.trust, 3), INHERITED)


def _places(paragraph: Paragraph) -> list[_Place]:
    """Return where the paragraph's quotations stand, in order."""
    marks = iter(paragraph.marks)
    return [
        _Place(sentence, at, next(marks))
        for sentence in paragraph.sentences
        for at, token in enumerate(sentence.row)
        if token.form is Form.QUOTE
    ]


def _speaking(sentence: Sentence) -> Subject | None:
    """The subject of the sentence's last verb of saying."""
    row = sentence.row
    for at in range(len(row) - 1, -1, -1):
        spoken = row[at].form is Form.CUE and LEMMA[row[at].low] in SPOKEN_BASES
        if spoken and not sentence.passive(at):
            return sentence.subject(at)
    return None
