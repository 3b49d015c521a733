"""The other side's best quote on the same topic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.analysis import Analyser
from bot.answers.answerer import Answerer
from bot.model import Corpus, Quote, Side, Topic
from bot.search.bm25 import engine
from tests.invented_debate import FERRY, PAYERS, RIDERS, corpus

ENGLISH = Analyser("english")


def answerer(debate: Corpus) -> Answerer:
    index = engine.build(debate.passages, ENGLISH, engine.Bm25Options())
    return Answerer(debate, index, ENGLISH)


TOPICS = (Topic("money", ("taxes",)), Topic("sleep", ("engines", "wake")), Topic("nurses"))


SIDED = answerer(replace(FERRY, topics=TOPICS))


def quote(number: int) -> Quote:
    passage = FERRY.passages[number]
    return Quote(passage, passage.frame)


@pytest.mark.parametrize(("number", "other"), [(1, 3), (3, 1)])
def test_the_opposite_is_of_the_other_side_on_the_same_topic(number: int, other: int) -> None:
    opposite = SIDED.find_opposite(quote(number))

    assert opposite.candidate
    assert opposite.candidate.quote.text == FERRY.passages[other].text
    assert opposite.topic == "money"
    assert opposite.shared_words == ("taxes" if number == 3 else "Taxes",)


@pytest.mark.parametrize("number", [0, 2])
def test_where_the_other_side_is_silent_on_its_topics_there_is_none(number: int) -> None:
    opposite = SIDED.find_opposite(quote(number))

    assert opposite.candidate is None
    assert opposite.topics
    assert opposite.side is (Side.AGAINST if number == 0 else Side.FOR)


def test_who_stands_on_neither_side_has_no_opposite() -> None:
    assert SIDED.find_opposite(quote(4)).side is None


def test_shared_words_alone_link_nothing() -> None:
    debate = corpus(
        ("We live our lives by the sea and want to go on so.", RIDERS, Side.FOR),
        ("Who would live beside a harbour that never sleeps?", PAYERS, Side.AGAINST),
    )
    opposite = answerer(debate).find_opposite(Quote(p := debate.passages[0], p.frame))

    assert opposite.candidate is None
    assert opposite.topics == ()


def test_a_topic_in_the_name_of_a_voice_alone_links_nothing() -> None:
    debate = corpus(
        ("The payers of this island want nurses to come home safely at night.", RIDERS, Side.FOR),
        (
            "It would raise the dues of every household by forty pounds a year.",
            PAYERS,
            Side.AGAINST,
        ),
        topics=(Topic("payers"),),
    )
    opposite = answerer(debate).find_opposite(Quote(p := debate.passages[0], p.frame))

    assert opposite.topics == ("payers",)
    assert opposite.candidate is None
