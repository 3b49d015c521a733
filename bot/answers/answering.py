"""Questions to answers: search, weigh what is matched, choose, or be silent.

How much of a question its best quote covers decides between an answer, the
closest quotes and silence. A raw BM25 score never decides, for it says nothing
across questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.answers.answer import Answer, Chosen, Status
from bot.answers.balance import balanced, silent
from bot.answers.quoting import Lengths, continues, found_by_id
from bot.answers.ranking import Candidate, Ranker
from bot.answers.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answers.question import Question
    from bot.engines import Index
    from bot.model import Corpus, Quote
    from bot.terms import Analyser


class Options(NamedTuple):
    """How answers are chosen; `answered` and `closest` are coverages (see `coverage`)."""

    most: int = 4
    depth: int = 50
    answered: float = 1.1
    closest: float = 0.6
    offered: int = 3
    lengths: Lengths = Lengths()


class Answerer:
    """Answers questions put to one corpus through one index; immutable once made."""

    def __init__(
        self, corpus: Corpus, index: Index, analyser: Analyser, options: Options | None = None
    ) -> None:
        self._corpus = corpus
        self._options = options or Options()
        self._reader = Reader(corpus, analyser, index.rarity)
        self._ranker = Ranker(corpus, index, analyser, self._options.depth, self._options.lengths)
        self._offered = tuple(topic.name for topic in corpus.topics if self._speaks(topic.name))

    def answer(self, text: str, after: Sequence[str] = ()) -> Answer:
        """Return the answer to `text`, asked after the questions `after` (oldest first).

        A follow-up keeps the voice its pronoun stands for; it keeps the words
        asked before only when it leans on them and its own do not stand alone.
        """
        question = self._reader.read(text)
        if not after:
            return self._answer(question)
        earlier = self._reader.read(after[0])
        for before in after[1:]:
            earlier = self._reader.read(before).after(earlier)
        question = question.after(earlier)
        alone = self._answer(question)
        leans = question.leans or question.refers_back or not question.telling
        if alone.status is Status.ANSWERED or question.task or not leans:
            return alone
        together = self._answer(question.with_words_of(earlier))
        return alone if together.status is Status.ABSTAINED else together

    @property
    def offered(self) -> tuple[str, ...]:
        """The curator's topics that return quotes, in the curator's order."""
        return self._offered

    def quote(self, quote_id: str) -> Quote | None:
        """Return the quote that `quote_id` names; None where this corpus holds it no more."""
        return found_by_id(self._corpus.passages, quote_id, self._options.lengths)

    def _answer(self, question: Question) -> Answer:
        silenced = question.task or question.decisive or not _asks_anything(question)
        ranked = () if silenced else self._ranker.ranked(question)
        status = self._status(question, ranked)
        shown = balanced(ranked, self._options.most, question.text)
        if status is Status.ABSTAINED:
            shown = ()
        found = {concept.asked for candidate in shown for concept in candidate.found}
        missing = (c.asked for c in question.telling if c.asked not in found)
        return Answer(
            question.text,
            self._corpus.name,
            status,
            searched=tuple(c.asked for c in question.concepts if c.common or c.asked in found),
            expanded={c.asked: c.also for c in question.concepts if c.also},
            unmatched=tuple(dict.fromkeys([*question.names, *missing])),
            voices=tuple(voice.name for voice in question.voices),
            topics=self._topics(question, status),
            silent_sides=silent(shown),
            quotes=tuple(_chosen(candidate) for candidate in shown),
        )

    def _status(self, question: Question, ranked: Sequence[Candidate]) -> Status:
        """Return the outcome, by the best quote of those asked after."""
        asked_after = [candidate for candidate in ranked if candidate.concerns]
        reached = max((candidate.coverage for candidate in ranked), default=0.0)
        # What is near a name that nobody here bears is not near at all.
        if reached < (self._options.answered if question.names else self._options.closest):
            return Status.ABSTAINED
        plainly = any(
            candidate.coverage >= self._options.answered and candidate.answers(question)
            for candidate in asked_after
        )
        return Status.ANSWERED if plainly and not question.names else Status.CLOSEST

    def _topics(self, question: Question, status: Status) -> tuple[str, ...]:
        """Return the topics the question touches; for an abstention, those to offer first."""
        asked = {stem for concept in question.concepts for form in concept.forms for stem in form}
        touched = [t for t in self._offered if any(s in asked for s in self._reader.stems_of(t))]
        if status is not Status.ABSTAINED:
            return tuple(touched)
        others = [topic for topic in self._offered if topic not in touched]
        return tuple(touched + others)[: self._options.offered]

    def _speaks(self, topic: str) -> bool:
        return self._status(read := self._reader.read(topic), self._ranker.ranked(read)) is (
            Status.ANSWERED
        )


def _asks_anything(question: Question) -> bool:
    return bool(question.concepts or question.voices or question.sides)


def _chosen(candidate: Candidate) -> Chosen:
    return Chosen(
        candidate.quote,
        candidate.score,
        tuple(concept.asked for concept in candidate.found),
        continues(candidate.quote),
        candidate.also_in,
    )
