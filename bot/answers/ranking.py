"""Hits to candidates: what each passage would show, and which is the better one.

BM25 finds; what decides here is how much of the question a quote covers, then
whether the voice asked after speaks in it, then what kind of words they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answers.answer import Chosen
from bot.answers.covering import closeness, coverage, covered, share
from bot.answers.judged import Judged
from bot.answers.language import Phrase, holds
from bot.answers.quoting import Lengths, best, continues
from bot.answers.wanted import satisfied
from bot.engines import Query
from bot.model import Kind, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.answers.question import Concept, Question
    from bot.engines import Hit, Index
    from bot.model import Corpus, Document, Passage, Quote, Span
    from bot.terms import Analyser

IDENTITY = "identity"
# A synonym is worth less than the word asked, and what everybody talks about least of all.
_SYNONYM, _COMMON, _VOICE = 0.7, 0.3, 0.5
# Sorts after every date.
_UNDATED = "9"
# Among quotes that cover as much, somebody's own words go before words about somebody.
_KINDS = {Kind.DIRECT: 0.06, Kind.FRAGMENT: 0.04, Kind.REPORTED: 0.04, Kind.NARRATION: 0.0}
_SPEAKS, _SPOKEN_OF, _HOLDS_WHAT_IS_WANTED, _LITERAL = 0.3, 0.1, 0.15, 0.05


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote that could be shown: what it covers, and its rank (more is better).

    `concerns` tells whether it is by, or speaks of, the voice or side asked after;
    `also_in` holds the other documents that print the same words, earliest first.
    """

    quote: Quote
    score: float
    found: tuple[Concept, ...]
    coverage: float
    rank: float
    concerns: bool
    holds_wanted: bool
    also_in: tuple[Document, ...] = ()

    @property
    def side(self) -> Side:
        """The side of its voice."""
        return self.quote.passage.side

    def answers(self, question: Question) -> bool:
        """Tell whether nothing decisive is missing: no number asked, nothing of a kind wanted.

        A question for a person, a place or a number about nothing in particular
        cannot be answered by words.
        """
        numbers = [c for c in question.telling if c.asked[0].isdigit() and c not in self.found]
        idle = question.asks and IDENTITY not in question.asks and not question.telling
        uncounted = question.counted is not None and question.counted not in self.found
        return self.holds_wanted and not (numbers or idle or uncounted)

    @property
    def chosen(self) -> Chosen:
        """It as an answer shows it."""
        found = tuple(concept.asked for concept in self.found)
        return Chosen(self.quote, self.score, found, continues(self.quote), self.also_in)

    @property
    def document(self) -> Document:
        """Where it was published."""
        return self.quote.passage.document


class Ranker:
    """Ranks what an index finds for a question."""

    def __init__(
        self, corpus: Corpus, index: Index, analyser: Analyser, depth: int, lengths: Lengths
    ) -> None:
        """Search `depth` passages of `corpus` deep.

        A question about nothing in particular searches the motion's and topics' words.
        """
        subjects = [corpus.motion, *(word for topic in corpus.topics for word in topic.words)]
        self._central = [term.stem for text in subjects for term in analyser.terms(text)]
        self._judged = Judged(corpus, analyser, lengths)
        self._index = index
        self._analyser = analyser
        self._depth = depth

    def ranked(self, question: Question) -> tuple[Candidate, ...]:
        """Return the candidates worth showing, best first, none overlapping another."""
        hits = self._index.search(self._query(question), self._depth)
        highest = max((hit.score for hit in hits), default=1.0)
        found = [c for hit in hits if (c := self._candidate(question, hit, highest)) is not None]
        ranked = sorted(found, key=lambda candidate: -candidate.rank)
        return tuple(_worth_showing(_once(ranked, self._judged), question))

    def _query(self, question: Question) -> Query:
        weights: dict[str, float] = {}

        def add(stems: Sequence[str] | frozenset[str], weight: float) -> None:
            for stem in stems:
                weights[stem] = max(weights.get(stem, 0.0), weight)

        for concept in question.concepts:
            own, *others = concept.forms
            add(own, _COMMON if concept.common else 1.0)
            for form in others:
                add(form, _COMMON if concept.common else _SYNONYM)
        for voice in question.voices:
            named = " ".join(filter(None, [voice.name, voice.role, voice.organisation]))
            add([term.stem for term in self._analyser.terms(named)], _VOICE)
        if not question.telling:
            add(self._central, _COMMON)
        return Query(weights, question.pairs)

    def _candidate(self, question: Question, hit: Hit, highest: float) -> Candidate | None:
        passage = hit.passage
        shown = best(passage, self._judged.runs(passage), self._worth(question, passage))
        if shown is None:
            return None
        stems = self._judged.stems(passage, shown.span)
        found = covered(question.telling, stems)
        concerns, bonus = self._concern(question, passage)
        holds_wanted = satisfied(question.asks, passage.document.text[slice(*shown.span)])
        rank = closeness(question.telling, stems) + bonus + _KINDS[passage.kind]
        rank += _LITERAL * any(c.common and c.forms[0] <= stems for c in question.concepts)
        rank += _HOLDS_WHAT_IS_WANTED * bool(question.asks and holds_wanted)
        return Candidate(
            shown,
            hit.score,
            found,
            coverage(found, question.telling),
            rank + 0.1 * hit.score / highest,
            concerns,
            holds_wanted,
        )

    def _worth(self, question: Question, passage: Passage) -> Callable[[Span], float]:
        return lambda run: share(
            covered(question.telling, self._judged.stems(passage, run)), question.telling
        )

    def _concern(self, question: Question, passage: Passage) -> tuple[bool, float]:
        """Tell whether `passage` is by or about those asked after, and what that is worth."""
        if not question.voices and not question.sides:
            return True, 0.0
        words = self._judged.words(passage.document, passage.frame)
        spoken_of = any(holds(words, name) for name in self._judged.called(question.voices))
        if IDENTITY in question.asks and question.voices:
            return spoken_of, _SPEAKS * spoken_of
        if passage.side in question.sides or _speaks(passage, question):
            return True, _SPEAKS
        return spoken_of, _SPOKEN_OF * spoken_of


def _speaks(passage: Passage, question: Question) -> bool:
    """Tell whether a voice asked after speaks in `passage`, itself or by somebody of its body."""
    names = {listed.name for listed in question.voices}
    voice = passage.voice
    return voice is not None and bool(names & {voice.name, voice.organisation})


def _worth_showing(ranked: Sequence[Candidate], question: Question) -> Iterator[Candidate]:
    """Yield what covers at least half of what the best covers; of the side asked, its own voices.

    Whoever else stands on the side of the voice asked after would only be
    taken for that voice.
    """
    best = max((share(c.found, question.telling) for c in ranked), default=0.0)
    identity = IDENTITY in question.asks and bool(question.voices)
    asked = {c.side for c in ranked if c.concerns and c.side is not Side.NEITHER and c.found}
    for candidate in ranked:
        part = share(candidate.found, question.telling)
        crowds = not candidate.concerns and (candidate.side in asked or identity)
        if part and part >= best / 2 and not crowds:
            yield candidate


def _once(ranked: Sequence[Candidate], judged: Judged) -> list[Candidate]:
    """Return `ranked` with each place once, and of the same words the earliest printing."""
    printings: dict[Phrase, list[Candidate]] = {}
    taken: list[Quote] = []
    for candidate in ranked:
        if not any(_overlap(candidate.quote, quote) for quote in taken):
            taken.append(candidate.quote)
            words = judged.words(candidate.document, candidate.quote.span)
            printings.setdefault(words, []).append(candidate)
    return [_earliest(group) for group in printings.values()]


def _earliest(printings: Sequence[Candidate]) -> Candidate:
    """Return the first printed of candidates of the same words, with where else they stand."""
    first, *others = sorted(printings, key=lambda c: c.document.date or _UNDATED)
    elsewhere = dict.fromkeys(c.document for c in others if c.document is not first.document)
    return replace(first, also_in=tuple(elsewhere))


def _overlap(one: Quote, other: Quote) -> bool:
    return (
        one.passage.document is other.passage.document
        and one.span.start < other.span.end
        and other.span.start < one.span.end
    )
