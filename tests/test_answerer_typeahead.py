"""Answers while somebody types: each beginning of a word gives something of what the word gives."""

from __future__ import annotations

import pytest

from bot.answers.answer import Answer, Status
from bot.answers.answer_builder import PageSize
from bot.answers.answerer import MAX_COMPLETIONS, Answerer, answer_beginning
from bot.model import Side
from tests.invented_debate import FERRY, PAYERS, RIDERS, answerer, corpus

LIMIT = 10
WORDS = (
    "taxes",
    "household",
    "engines",
    "harbour",
    "nurses",
    "stranded",
    "safely",
    "council",
    "fairer",
    "loud",
    "quay",
)


@pytest.fixture(scope="module")
def ferry() -> Answerer:
    return answerer(FERRY)


def list_ids(answer: Answer) -> list[str]:
    return [chosen.quote.id for chosen in answer.quotes]


@pytest.mark.parametrize("word", WORDS)
def test_every_beginning_of_three_letters_gives_some_of_what_the_word_gives(ferry: Answerer, word: str) -> None:
    whole = {*list_ids(ferry.answer(word))}
    beginnings = [word[:size] for size in range(3, len(word) + 1)]

    assert whole
    assert all(whole & {*list_ids(answer_beginning(ferry, beginning, 1, LIMIT))} for beginning in beginnings)


def test_it_is_so_for_every_word_of_the_sources(ferry: Answerer) -> None:
    words = {word.strip(".,").casefold() for word in FERRY.documents[0].text.split()}
    answers = {word: {*list_ids(ferry.answer(word))} for word in sorted(words) if len(word) > 3}

    missed = [
        w for w, ids in answers.items() if ids and ids.isdisjoint(list_ids(answer_beginning(ferry, w[:3], 1, LIMIT)))
    ]

    assert sum(map(bool, answers.values())) > 20
    assert missed == []


def test_results_do_not_vanish_while_a_word_is_typed(ferry: Answerer) -> None:
    typed = [answer_beginning(ferry, f"what about {'household'[:size]}", 1, LIMIT) for size in range(3, 10)]

    assert all(answer.quotes for answer in typed)
    assert len({tuple(list_ids(answer)) for answer in typed}) == 1


def test_words_before_the_last_are_kept(ferry: Answerer) -> None:
    assert list_ids(answer_beginning(ferry, "nurses strand", 1, LIMIT)) == list_ids(ferry.answer("nurses stranded"))


@pytest.mark.parametrize("text", ["ta", "ta ", "tax ", "xyz", "", "40", "the", "?"])
def test_what_begins_nothing_is_answered_as_it_stands(ferry: Answerer, text: str) -> None:
    assert answer_beginning(ferry, text, 1, LIMIT) == ferry.answer(text)


def test_the_words_own_quotes_come_first_and_once() -> None:
    both = corpus(
        ("A car park is dear to build on an island as steep as this one is.", RIDERS, Side.FOR),
        ("Carbon is what the old engines give off at the quay every night.", PAYERS, Side.AGAINST),
        ("Carpets on a ferry are wet by noon, as every cleaner aboard knows.", PAYERS, Side.AGAINST),
        synonyms={},
        topics=(),
    )
    answer = answer_beginning(answerer(both), "car", 1, LIMIT)

    assert [text.split()[0] for text in (chosen.quote.text for chosen in answer.quotes)] == ["A", "Carbon", "Carpets"]
    assert answer.status is Status.ANSWERED


@pytest.mark.parametrize("count", [MAX_COMPLETIONS, MAX_COMPLETIONS + 1])
def test_so_many_words_are_tried_and_no_more(count: int) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    lines = [
        (f"The zeb{letter}ok{letter}a was seen on the quay by nobody at all that year.", RIDERS, Side.FOR)
        for letter in letters
    ]
    many = answerer(corpus(*lines[:count], synonyms={}, topics=(), voices=()))

    assert len(answer_beginning(many, "zeb", 1, 1).quotes) == MAX_COMPLETIONS


def test_a_later_page_is_that_of_the_words_themselves(ferry: Answerer) -> None:
    assert answer_beginning(ferry, "tax", 2, 1) == ferry.answer("tax", (), 2, PageSize(1))
