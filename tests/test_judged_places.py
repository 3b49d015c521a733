"""The questions of which tests/benchmarks/hansard.py counts how many show the place that answers."""

from __future__ import annotations

from dataclasses import replace

from bot.answers.answer import Answer, ChosenQuote, Status
from bot.model import Quote
from tests.benchmarks import hansard
from tests.invented_debate import FERRY

QUESTIONS = [
    hansard.PlacedQuestion.model_validate_json(line) for line in hansard.QUESTIONS.read_text("utf-8").split("\n")[:-1]
]


def outcome(start: int, end: int, *shown: int) -> hansard.Outcome:
    """Return a question whose place is [start, end) of FERRY, answered with these of its passages."""
    document = FERRY.documents[0]
    place = hansard.Place(document=document.id, start=start, end=end, sha256=document.sha256)
    asked = hansard.PlacedQuestion(id="x", question="taxes?", kind="answerable", places=(place,))
    quotes = [Quote(FERRY.passages[n], FERRY.passages[n].span) for n in shown]
    return hansard.Outcome(
        asked, Answer("taxes?", "ferry", Status.CLOSEST, quotes=tuple(ChosenQuote(q, 1.0) for q in quotes))
    )


def test_there_are_120_questions_and_only_the_answerable_have_places() -> None:
    assert len({asked.id for asked in QUESTIONS}) == len(QUESTIONS) == 120
    assert all(bool(asked.places) == (asked.kind == "answerable") for asked in QUESTIONS)


def test_a_place_is_shown_by_a_quote_that_shares_a_character_with_it() -> None:
    start, end = FERRY.passages[1].span

    assert outcome(start, end, 0, 1).rank == 2
    assert outcome(end - 1, end, 1).rank == 1
    assert outcome(end, end + 1, 1).rank is None
    assert outcome(start - 1, start, 1).rank is None


def test_the_same_characters_of_another_text_are_another_place() -> None:
    [place] = outcome(*FERRY.passages[1].span).asked.places
    other = place.model_copy(update={"sha256": "0" * 64})

    assert place.is_shown_by(Quote(FERRY.passages[1], FERRY.passages[1].span))
    assert not other.is_shown_by(Quote(FERRY.passages[1], FERRY.passages[1].span))


def test_figures_are_shares_of_the_questions_of_each_kind() -> None:
    start, end = FERRY.passages[1].span
    plain = outcome(start, end, 1)
    answered = hansard.Outcome(plain.asked, replace(plain.answer, status=Status.ANSWERED))

    figures = hansard.figures([answered, outcome(start, end, 0, 1), outcome(start, end, 0), outcome(start, end)])

    assert (figures["shown"], figures["first"], figures["plainly"]) == (0.5, 0.25, 0.25)
