"""Questions to answers: search, weigh what is matched, choose, or be silent.

How much of a question its best quote covers decides between an answer, the
closest quotes and silence. A raw BM25 score never decides, for it says nothing
across questions.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from bot.answers.answer import Answer, Status
from bot.answers.balance import silent
from bot.answers.by_voice import ByVoice
from bot.answers.dictionary import is_word
from bot.answers.opposite import Opposites
from bot.answers.paging import pages
from bot.answers.places import Places, Within
from bot.answers.printings import Printings
from bot.answers.quoting import Lengths, found_by_id
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
        self._corpus, self._index, self._analyser = corpus, index, analyser
        self._options = options or Options()
        self._reader = Reader(corpus, analyser, index.rarity)
        self._ranker = Ranker(corpus, index, analyser, self._options.depth, self._options.lengths)
        self.voices = ByVoice(corpus, self._reader, self._ranker, self._options.lengths)
        self.opposites = Opposites(corpus.topics, self._reader, self._ranker)
        self.printings = Printings(index, analyser, corpus.language)
        self._offered = tuple(topic.name for topic in corpus.topics if self._speaks(topic.name))

    def within(self, corpus: Corpus) -> Answerer:
        """Return one that knows of `corpus` alone, which has some of these passages left out."""
        withheld = len(self._corpus.passages) - len(corpus.passages)
        index = Within(self._index, corpus, withheld)
        return Answerer(corpus, index, self._analyser, self._options)

    def answer(
        self, text: str, after: Sequence[str] = (), page: int = 1, most: int | None = None
    ) -> Answer:
        """Return one page of the answer to `text`, asked after the questions `after`, oldest first.

        A follow-up keeps the voice its pronoun stands for; it keeps the words
        asked before only when it leans on them and its own do not stand alone.
        `most` is in place of the quotes set for a page; a page beyond the last
        is the last.
        """
        most = most or self._options.most
        question = self._reader.read(text)
        if not after:
            return self._answer(question, page, most)
        earlier = self._reader.read(after[0])
        for before in after[1:]:
            following = self._reader.read(before).after(earlier)
            # "Why?" asked nothing of its own, so what it followed is asked on.
            earlier = following if following.telling else following.with_words_of(earlier)
        own, question = question, question.after(earlier)
        alone = self._answer(question, page, most)
        alone = replace(alone, inherited=_inherited(own, alone))
        leans = question.leans or question.refers_back or not question.telling
        # "And the police?" names a voice and nothing to ask it about.
        whole = bool(question.telling or question.asks) or not question.leans
        if (alone.status is Status.ANSWERED and whole) or question.task or not leans:
            return alone
        together = self._answer(question.with_words_of(earlier), page, most)
        if together.status is Status.ABSTAINED:
            return alone
        return replace(together, inherited=_inherited(own, together))

    def strays(self, text: str, after: Sequence[str] = ()) -> bool:
        """Tell whether a pronoun of `text` stands for nobody that the questions before name."""
        question = self._reader.read(text)
        named = any(self._reader.read(before).voices for before in after)
        return question.refers_back and not question.voices and not named

    def warm(self) -> None:
        """Read the list in which the first unknown word of a question is looked up."""
        is_word("", self._corpus.language)

    @property
    def offered(self) -> tuple[str, ...]:
        """The curator's topics that return quotes, in the curator's order."""
        return self._offered

    @cached_property
    def places(self) -> Places:
        """Where the quotes of this corpus may stand."""
        return Places(self._corpus.passages, self._options.lengths)

    def quote(self, quote_id: str) -> Quote | None:
        """Return the quote that `quote_id` names; None where this corpus holds it no more."""
        return found_by_id(self._corpus.passages, quote_id, self._options.lengths)

    def _answer(self, question: Question, page: int, most: int) -> Answer:
        silenced = question.task or question.decisive or not _asks_anything(question)
        ranked = () if silenced else self._ranker.ranked(question)
        status = self._status(question, ranked)
        if status is Status.ABSTAINED:
            ranked = ()
        every = tuple(pages(ranked, most, question.text)) or ((),)
        page = min(max(page, 1), len(every))
        shown = every[page - 1]
        found = {concept.asked for candidate in every[0] for concept in candidate.found}
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
            silent_sides=silent(ranked),
            quotes=tuple(candidate.chosen for candidate in shown),
            page=page,
            more=page < len(every),
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


def _inherited(own: Question, answer: Answer) -> tuple[str, ...]:
    """Return what `answer` searched that the question by its `own` words did not ask."""
    asked = {concept.asked for concept in own.concepts} | {voice.name for voice in own.voices}
    return tuple(word for word in (*answer.searched, *answer.voices) if word not in asked)
