"""Balance as a number: over questions made of the corpus's own words, whether both sides get the same.

Where both sides match and nobody was asked after, they are to have equally many quotes, and either is to come first as
often as the other. An answer in which one side's best is clearly stronger is counted apart: there it may come first.
"""

from __future__ import annotations

import random
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from bot.answers.answer import Status
from bot.model import Side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.analysis import Analyser
    from bot.answers.answer import Answer
    from bot.model import Corpus

# What people ask has one to four words of substance; of fewer the smallest corpus here has no 500 questions.
_MAX_WORDS = 4
# Of three questions drawn from words that both sides use about one matches both; more than this
# many tries for an answer would mean that hardly any does.
_TRIES_PER_ANSWER = 40


class BalanceFigures(NamedTuple):
    """Counts of answers.

    `asked` are all that are no abstention, `silent` those of them in which one side has nothing, `stronger` those in
    which both have something and one is clearly stronger, `balanced` those in which neither is. `equal`, `first` and
    `quotes` count within `balanced`: answers with as many quotes of each side, the side that comes first, and quotes.
    """

    asked: int
    silent: int
    stronger: int
    balanced: int
    equal: int
    first: dict[Side, int]
    quotes: dict[Side, int]

    @property
    def for_first(self) -> float:
        """The share of FOR among the answers in which either side comes first."""
        sided = self.first[Side.FOR] + self.first[Side.AGAINST]
        return self.first[Side.FOR] / sided if sided else 0.0


def draw_questions(corpus: Corpus, analyser: Analyser, seed: int) -> Iterator[str]:
    """Yield questions without end: one to four words that quotes of both sides have, in any order."""
    words = sorted(_find_shared_words(corpus, analyser))
    generator = random.Random(seed)  # noqa: S311 - drawn to be drawn again
    while words:
        yield " ".join(generator.sample(words, generator.randint(1, min(_MAX_WORDS, len(words)))))


def ask_until_balanced(questions: Iterable[str], answer: Callable[[str], Answer], wanted: int) -> Iterator[Answer]:
    """Yield the answers to `questions`, until both sides match in so many of them, or hardly any does."""
    matched = 0
    for question in dict.fromkeys(islice(questions, wanted * _TRIES_PER_ANSWER)):
        reply = answer(question)
        matched += _has_both_sides(reply) and reply.stronger_side is None
        yield reply
        if matched >= wanted:
            return


def count_balance(answers: Iterable[Answer]) -> BalanceFigures:
    """Return the figures of `answers`, those that ask after a voice and abstentions left out."""
    asked = [each for each in answers if each.status is not Status.ABSTAINED and not each.voices and each.quotes]
    both = [each for each in asked if _has_both_sides(each)]
    balanced = [each for each in both if each.stronger_side is None]
    counts = [Counter(chosen.quote.passage.side for chosen in each.quotes) for each in balanced]
    first = Counter(each.quotes[0].quote.passage.side for each in balanced)
    total = sum(counts, Counter[Side]())
    return BalanceFigures(
        len(asked),
        sum(bool(each.silent_sides) for each in asked),
        len(both) - len(balanced),
        len(balanced),
        sum(count[Side.FOR] == count[Side.AGAINST] for count in counts),
        {side: first[side] for side in Side},
        {side: total[side] for side in Side},
    )


def describe_balance(figures: BalanceFigures) -> Iterator[tuple[int, str]]:
    """Yield each figure with what it counts."""
    yield figures.asked, "answers that are no abstention, and ask after nobody"
    yield figures.silent, f"with a silent side, {_share(figures.silent, figures.asked)}"
    yield figures.stronger, "with one side clearly stronger"
    yield figures.balanced, "in which both sides match alike; of these:"
    yield figures.equal, "with equally many quotes of each side"
    yield figures.quotes[Side.FOR], "quotes FOR"
    yield figures.quotes[Side.AGAINST], "quotes AGAINST"
    yield figures.first[Side.FOR], f"with FOR first, {figures.for_first:.1%} of those that a side leads"
    yield figures.first[Side.AGAINST], "with AGAINST first"
    yield figures.first[Side.NEITHER], "with neither first"


def _has_both_sides(answer: Answer) -> bool:
    """Whether an answer that is about no voice has quotes of both sides."""
    return answer.status is not Status.ABSTAINED and not answer.silent_sides and not answer.voices


def _find_shared_words(corpus: Corpus, analyser: Analyser) -> set[str]:
    """Return the content words that passages of both sides have, as one of them prints it."""
    words: dict[Side, dict[str, str]] = {side: {} for side in Side}
    for passage in corpus.passages:
        if passage.voice:
            for word in analyser.content_words(passage.document.text, passage.span):
                words[passage.side].setdefault(word.stem, word.normalised)
    shared = words[Side.FOR].keys() & words[Side.AGAINST].keys()
    return {words[Side.FOR][stem] for stem in shared}


def _share(part: int, whole: int) -> str:
    """Return a share in per cent; "none" of nothing."""
    return f"{part / whole:.1%}" if whole else "none"
