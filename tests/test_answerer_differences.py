"""What is told of an answer: a number or negation in which it differs, a slip that was put right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answers.answer import Answer, Card, Mismatch, Status
from bot.answers.answerer import Answerer
from bot.model import Corpus, Division, HeldPassages, ReadDivision, Side, Voice, VoteAnswer
from bot.replies.answer import render_answer
from tests.corpus_folders import text
from tests.invented_debate import PAYERS, RIDERS, answerer, corpus

BOATS = corpus(
    ("The new boats do not frighten the seals, and the wardens have counted 140 seals since.", RIDERS, Side.FOR),
    ("A warden earns less than a deckhand, and nobody repairs the slipway in winter.", PAYERS, Side.AGAINST),
    ("Lobsters thrive below the pontoon, as every diver of this island can tell.", RIDERS, Side.FOR),
    synonyms={},
    topics=(),
)


@pytest.fixture(scope="module")
def boats() -> Answerer:
    return answerer(BOATS)


@pytest.mark.parametrize(
    ("question", "difference"),
    [
        ("do the boats frighten the seals?", "quoted_negation"),
        ("boats frighten seals", "quoted_negation"),
        ("lobsters don't thrive below the pontoon", "asked_negation"),
        ("is it true that lobsters never thrive at the pontoon", "asked_negation"),
        ("wardens counted 150 seals", "number"),
        ("have wardens counted ninety seals", "number"),
        ("does somebody repair the slipway?", "quoted_negation"),
        ("do the boats not frighten seals", None),
        ("do lobsters thrive below the pontoon", None),
        ("wardens counted 140 seals", None),
        ("why do the boats frighten the seals", None),
        ("what frightens seals", None),
        ("seals", None),
        ("does a warden earn less", None),
    ],
)
def test_a_number_or_negation_in_which_the_best_quote_differs_is_found(
    boats: Answerer, question: str, difference: Mismatch | None
) -> None:
    answer = boats.answer(question)

    assert answer.quotes
    assert answer.difference == difference


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("do the boats frighten the seals?", "The first quote has a negation; your question has none."),
        ("lobsters don't thrive below the pontoon", "Your question has a negation; the first quote has none."),
        ("wardens counted 150 seals", "You asked about a number; the first quote has another."),
    ],
)
def test_the_difference_stands_in_a_line_above_the_quotes(boats: Answerer, question: str, line: str) -> None:
    assert line in text(render_answer(boats.answer(question), BOATS)).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "difference"), [("wardens counted 141 seals", "number"), ("wardens counted 140 seals", None)]
)
def test_a_number_that_only_a_synonym_leads_to_is_another(question: str, difference: Mismatch | None) -> None:
    answer = ask(replace(BOATS, synonyms={"141": ("140",)}), question)

    assert "140" in answer.quotes[0].quote.text
    assert answer.difference == difference


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("lobtsers", "lobsters"),
        ("pontton", "pontoon"),
        ("slipwya", "slipway"),
        ("wadrens", "wardens"),
        ("frigten", "frighten"),
    ],
)
def test_a_misspelt_word_is_told_as_the_word_that_was_searched(boats: Answerer, typed: str, searched: str) -> None:
    answer = boats.answer(f"what about {typed}")

    assert answer.searched == (searched,)
    assert answer.corrected == {typed: (searched,)}
    assert f"Searched: {searched} (for {typed})" in text(render_answer(answer, BOATS))


def test_a_misspelt_name_is_told_once_and_its_card_repeats_it_nowhere(boats: Answerer) -> None:
    answer = boats.answer("lobsters, what does Ann Loww say")
    card = replace(boats.answer("who is Bob Hihg"), quotes=())

    assert "Ann Low (for Loww)" in text(render_answer(answer, BOATS)) or answer.voices == ("Ann Low",)
    assert card.card is Card.VOICE
    assert "also" not in text(render_answer(card, BOATS))


def record(*days: str) -> Corpus:
    """Return a debate of three days, with a division on each of `days`."""
    dates = ("2031-03-01", "2031-03-05", "2031-03-09")
    document = BOATS.documents[0]
    divisions = {day: Division("house", day, "1", None, None) for day in days}
    parts = [
        replace(document, id=day, date=day, divisions=(divisions[day],) if day in divisions else ()) for day in dates
    ]
    passages = tuple(replace(p, document=part) for p, part in zip(BOATS.passages, parts, strict=True))
    return replace(BOATS, documents=tuple(parts), passages=HeldPassages(passages))


def ask(debate: Corpus, question: str) -> Answer:
    return answerer(debate).answer(question)


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("what was said before the vote", {"2031-03-01", "2031-03-05"}),
        ("quotes from after the division", {"2031-03-05", "2031-03-09"}),
        ("what did Ann Low say until the vote", {"2031-03-01", "2031-03-05"}),
        ("lobsters since the vote", {"2031-03-09"}),
        ("slipway by the vote", {"2031-03-05"}),
    ],
)
def test_before_and_after_the_vote_are_dates_of_a_record_with_one(question: str, shown: set[str]) -> None:
    answer = ask(record("2031-03-05"), question)

    assert {chosen.quote.passage.document.id for chosen in answer.quotes} == shown


def test_the_vote_that_the_curator_has_read_is_meant_and_of_several_none() -> None:
    several = record("2031-03-01", "2031-03-05")
    read = replace(several, divisions=(ReadDivision("house-2031-03-01-1", VoteAnswer.AYE),))

    assert [c.quote.passage.document.id for c in ask(read, "seals before the vote").quotes] == ["2031-03-01"]
    assert ask(read, "slipway before the vote").status is Status.CLOSEST
    assert "before the vote" not in ask(several, "seals before the vote").searched


@pytest.mark.parametrize(
    "question",
    [
        "when did Ann Low say that about lobsters",
        "when did Low first mention lobsters",
        "when has Ann Low spoken of seals",
    ],
)
def test_when_somebody_said_it_is_told_by_the_date_of_the_source(question: str) -> None:
    answer = ask(record(), question)

    assert answer.status is Status.ANSWERED
    assert isinstance(answer.quotes[0].quote.passage.voice, Voice)


@pytest.mark.parametrize("question", ["when did the lobsters thrive", "when will the slipway be repaired"])
def test_when_something_happened_must_stand_in_the_words(question: str) -> None:
    assert ask(record(), question).status is Status.CLOSEST
