"""Balance as a number: of each bundled corpus, over answers to questions made of its own words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import islice

import pytest

from bot import bootstrap, settings
from bot.analysis import Analyser
from bot.answers.answer import Answer, ChosenQuote, Status
from bot.answers.balance import NEARLY_AS_STRONG, find_stronger_side
from bot.answers.evaluation import ask_until_balanced, count_balance, describe_balance, draw_questions
from bot.model import HeldPassages, Passage, Quote, Side
from tests.invented_debate import FERRY, corpus

ENGLISH = Analyser("english")
RIDER, PAYER, _, _, CLERK = FERRY.passages
# A coin shows heads in 45 to 55 % of 500 throws 97 times of 100: enough, since questions are drawn by a seed.
LEAST, MOST = 0.45, 0.55
WANTED = 500


@pytest.mark.parametrize("name", ["facial-recognition", "tram"])
def test_sides_get_equally_many_quotes_and_come_first_equally_often(name: str) -> None:
    service = asyncio.run(bootstrap.build_service(settings.load(corpus=name)))
    questions = draw_questions(service.corpus, Analyser(service.corpus.language), seed=1)

    figures = count_balance(ask_until_balanced(questions, service.answer, WANTED))

    assert figures.balanced >= WANTED
    assert figures.stronger > 0
    assert figures.equal == figures.balanced
    assert figures.quotes[Side.FOR] == figures.quotes[Side.AGAINST]
    assert LEAST <= figures.for_first <= MOST


def answer(*passages: Passage, status: Status = Status.ANSWERED, **facts: object) -> Answer:
    quotes = tuple(ChosenQuote(Quote(passage, passage.frame), 1.0) for passage in passages)
    return Answer("?", "ferry", status, quotes=quotes, **facts)  # type: ignore[arg-type]


def test_what_is_counted_of_answers() -> None:
    answers = [
        answer(RIDER, PAYER),
        answer(PAYER, RIDER, PAYER),
        answer(CLERK, RIDER, PAYER),
        answer(RIDER, PAYER, stronger_side=Side.FOR),
        answer(RIDER, silent_sides=(Side.AGAINST,)),
        answer(RIDER, PAYER, voices=("Ann Low",)),
        answer(RIDER, PAYER, status=Status.ABSTAINED),
    ]

    figures = count_balance(answers)

    assert (figures.asked, figures.silent, figures.stronger, figures.balanced, figures.equal) == (5, 1, 1, 3, 2)
    assert figures.first == {Side.FOR: 1, Side.AGAINST: 1, Side.NEITHER: 1}
    assert figures.quotes == {Side.FOR: 3, Side.AGAINST: 4, Side.NEITHER: 1}
    assert figures.for_first == 0.5
    assert (1, "with a silent side, 20.0%") in list(describe_balance(figures))


def test_of_nothing_asked_nothing_is_counted() -> None:
    figures = count_balance([])

    assert figures.for_first == 0
    assert (0, "with a silent side, none") in list(describe_balance(figures))


def test_questions_are_drawn_by_their_seed_of_words_that_both_sides_have() -> None:
    debate = corpus(
        ("Taxes bring nurses home from their shifts by ferry.", RIDER.voice, Side.FOR),
        ("The ferry costs nurses taxes and brings nobody the harbour.", PAYER.voice, Side.AGAINST),
        ("A clerk counts the votes of nurses.", CLERK.voice, Side.NEITHER),
    )
    first, again, other = (list(islice(draw_questions(debate, ENGLISH, seed), 30)) for seed in (1, 1, 2))

    assert first == again != other
    assert {word for question in first for word in question.split()} == {"taxes", "bring", "nurses", "ferry"}
    assert list(draw_questions(replace(FERRY, passages=HeldPassages()), ENGLISH, 1)) == []


def test_asking_ends_with_enough_answers_or_where_hardly_any_has_both_sides() -> None:
    questions = [f"question {number}" for number in range(1000)]

    enough = list(ask_until_balanced(questions, lambda _: answer(RIDER, PAYER), 3))
    hardly = list(ask_until_balanced(questions, lambda _: answer(RIDER, silent_sides=(Side.AGAINST,)), 3))

    assert len(enough) == 3
    assert len(hardly) == 120


@pytest.mark.parametrize(
    ("strengths", "expected"),
    [
        ((1.0, 1.0 - NEARLY_AS_STRONG), None),
        ((1.0, 0.99 - NEARLY_AS_STRONG), Side.FOR),
        ((0.5, 1.0), Side.AGAINST),
        ((1.0, None), None),
    ],
)
def test_a_side_is_stronger_by_more_than_a_quarter_of_the_question(
    strengths: tuple[float, float | None], expected: Side | None
) -> None:
    by_passage = dict(zip((RIDER.span, PAYER.span), strengths, strict=True))
    passages = [passage for passage in (RIDER, PAYER) if by_passage[passage.span] is not None]

    assert find_stronger_side(passages, lambda passage: by_passage[passage.span] or 0.0) is expected
