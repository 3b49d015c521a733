"""Judged questions: read, asked in their conversation, and counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.answers import evaluation
from bot.answers.answer import Answer, ChosenQuote, Status
from bot.answers.evaluation import JudgedQuestion
from bot.errors import CorpusError
from bot.model import Kind, Passage, Quote
from tests.invented_debate import FERRY, PAYERS, said

TAXES = FERRY.passages[1]


def answered(*passages: Passage, status: Status = Status.ANSWERED) -> Answer:
    quotes = tuple(ChosenQuote(Quote(passage, passage.frame), 1.0) for passage in passages)
    return Answer("?", "ferry", status, quotes=quotes)


def judged(speaker: str | None = "Bob High (Payers)", gold: str = "raise taxes") -> JudgedQuestion:
    return JudgedQuestion(id="q1", question="?", kind="answerable", gold=(gold,), speaker=speaker)


def outcome(judged_question: JudgedQuestion, given: Answer) -> evaluation.QuestionOutcome:
    [only] = evaluation.evaluate([judged_question], lambda _question, _after: given)
    return only


def test_gold_words_in_the_right_voice_count_as_shown() -> None:
    assert outcome(judged(), answered(TAXES)).is_good


@pytest.mark.parametrize("question", [judged("Ann Low (Riders)"), judged(None), judged(gold="raise fares")])
def test_gold_words_in_another_voice_or_other_words_do_not(question: JudgedQuestion) -> None:
    assert not outcome(question, answered(TAXES)).shows_gold


def test_the_body_a_voice_speaks_for_is_right_too() -> None:
    assert outcome(judged("Payers"), answered(TAXES)).shows_gold


@pytest.mark.parametrize(("kind", "right"), [(Kind.DIRECT, False), (Kind.FRAGMENT, True), (Kind.NARRATION, True)])
def test_the_article_speaks_only_in_its_own_sentences(kind: Kind, *, right: bool) -> None:
    voice = None if kind is Kind.NARRATION else PAYERS
    passage = said(FERRY.documents[0], TAXES.text, voice, kind=kind)

    assert outcome(judged("the article"), answered(passage)).shows_gold is right


def test_a_question_without_an_answer_is_good_when_it_is_not_answered() -> None:
    question = JudgedQuestion(id="q1", question="?", kind="offtopic")

    assert outcome(question, answered(status=Status.ABSTAINED)).is_good
    assert not outcome(question, answered(TAXES)).is_good


def test_a_follow_up_is_asked_after_all_the_questions_before_it() -> None:
    chain = [
        JudgedQuestion(id="a", question="first", kind="offtopic"),
        JudgedQuestion(id="b", question="second", kind="offtopic", prev="a"),
        JudgedQuestion(id="c", question="third", kind="offtopic", prev="b"),
    ]
    asked: list[tuple[str, tuple[str, ...]]] = []

    def answer(question: str, after: Sequence[str]) -> Answer:
        asked.append((question, tuple(after)))
        return answered(status=Status.ABSTAINED)

    evaluation.evaluate(chain, answer)

    assert asked[-1] == ("third", ("first", "second"))


def test_figures_count_by_kind() -> None:
    outcomes = [outcome(judged(), answered(TAXES)), outcome(judged(gold="x"), answered())]

    counts = evaluation.count_outcomes(outcomes)

    assert counts["answerable"] == 2
    assert counts["answerable shown, answered"] == 1
    assert counts["quotes"] == counts["quotes verbatim"] == 1


def test_an_outcome_is_a_line_of_json() -> None:
    row = json.loads(evaluation.to_json(outcome(judged(), answered(TAXES))))

    assert (row["id"], row["status"], row["good"]) == ("q1", "answered", True)


def test_questions_are_read_a_line_each(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": "a", "question": "?", "kind": "offtopic", "notes": "x"}\n', "utf-8")

    assert [question.id for question in evaluation.load_questions(file)] == ["a"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{}\n", r"q.jsonl:1: id: Field required; fix or remove the line"),
        (b"nonsense", r"q.jsonl:1: line: Invalid JSON"),
        (b"\xff", r"q.jsonl: cannot be read"),
        (None, r"q.jsonl: cannot be read"),
    ],
)
def test_questions_that_cannot_be_read_are_one_clear_line(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "q.jsonl"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CorpusError, match=message):
        evaluation.load_questions(file)
