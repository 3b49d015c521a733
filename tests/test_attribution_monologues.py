"""Stretches that one voice holds in an article: interviews, letters, statements."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.model import Document, Kind, Passage, Voice
from tests.english import ENGLISH


def direct(text: str) -> list[Passage]:
    return [p for p in extract_passages(Document("invented", text), language=ENGLISH) if p.kind is Kind.DIRECT]


INTERVIEW = (
    "ANN BELL: Why is the line late?\n\nBOB LOW: It rains on the rails.\n\n"
    "BELL: And when it does not?\n\nBob laughs.\n\nLOW: It snows on them."
)


def test_an_interview_s_lines_are_their_speakers_under_the_longest_label() -> None:
    passages = [passage for passage in direct(INTERVIEW) if not passage.is_doubtful]

    assert [(p.voice.name if p.voice else None, p.text) for p in passages] == [
        ("ANN BELL", "Why is the line late?"),
        ("BOB LOW", "It rains on the rails."),
        ("ANN BELL", "And when it does not?"),
        ("BOB LOW", "It snows on them."),
    ]
    assert [INTERVIEW[a:b] for p in passages for a, b in p.cue] == ["ANN BELL", "BOB LOW", "BELL", "LOW"]


@pytest.mark.parametrize(
    ("before", "behind"), [("[0:15] ", ""), ("10:15 ", ""), ("", " (Labour)"), ("(1:02:03) ", " (Con)")]
)
def test_an_interview_s_labels_may_have_a_time_or_brackets(before: str, behind: str) -> None:
    text = "\n\n".join(f"{before}{name}{behind}: It is late." for name in ("ANN BELL", "BOB LOW") * 2)

    passages = [passage for passage in direct(text) if not passage.is_doubtful]

    assert [p.voice.name for p in passages if p.voice] == ["ANN BELL", "BOB LOW"] * 2
    assert {p.text for p in passages} == {"It is late."}


@pytest.mark.parametrize(
    "text",
    [
        "Bell: Why now?\n\nLow: It rains here.\n\nBell: And when it does not?",
        "Bell: Why is it?\n\nBell: Why was it?\n\nBell: Why so?\n\nBell: Why then?",
        "Bell: 12.\n\nLow: 13.\n\nBell: 14.\n\nLow: 15.",
    ],
)
def test_too_few_lines_one_label_or_a_list_of_figures_are_no_interview(text: str) -> None:
    assert direct(text) == []


def test_a_title_in_a_label_is_a_role() -> None:
    text = INTERVIEW.replace("ANN BELL", "Mayor Ann Bell").replace("BELL:", "Bell:")

    assert direct(text)[0].voice == Voice("Ann Bell", "Mayor")


LETTERS = {
    "name below": "Dear Sir,\n\nThe line is late.\n\nYours sincerely,\n\nAnn Bell, driver",
    "name beside": "To the Editor:\n\nThe line is late.\n\nYours, Ann Bell, driver",
    "statement": "Statement from Ann Bell, driver:\n\nThe line is late.",
    "speech by a title": "Speech by Driver Ann Bell, driver\n\nThe line is late.",
}


@pytest.mark.parametrize("shape", [name for name in LETTERS if "title" not in name])
def test_a_letter_or_statement_is_its_signer_s_words(shape: str) -> None:
    [found] = direct(LETTERS[shape])

    assert found.text == "The line is late."
    assert found.voice == Voice("Ann Bell", "driver")
    assert [found.document.text[a:b] for a, b in found.cue] == ["Ann Bell"]
    assert found.confidence >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "Dear Sir,\n\nThe line is late.",
        "Dear Sir,\n\nThe line is late.\n\nYours sincerely,",
        "Dear Sir,\n\nThe line is late.\n\nYours sincerely,\n\nall of us here",
        "The line is late.\n\nYours sincerely,\n\nAnn Bell",
        "Statement from Ann Bell",
    ],
)
def test_what_nobody_greets_or_signs_is_no_letter(text: str) -> None:
    assert direct(text) == []


def test_a_paragraph_between_two_labels_is_nobodys_for_certain() -> None:
    text = (
        "ORME: Is it late?\n\nMARSH: It is not.\n\nIt can stay.\n\nORME: Why so?\n\nMARSH: Why not, then?\n\nAll left."
    )
    passages = extract_passages(Document("invented", text), language=ENGLISH)

    [between] = [passage for passage in passages if "can stay" in passage.text]
    [trailing] = [passage for passage in passages if "All left" in passage.text]
    assert between.kind is Kind.DIRECT
    assert not between.is_certain(0.0)
    assert trailing.kind is Kind.NARRATION


def test_marked_words_between_two_labels_are_read_as_elsewhere() -> None:
    text = "ORME: Is it late?\n\nMARSH: It is not.\n\n“It is,” said Ann Low.\n\nORME: Why so?\n\nMARSH: It just is."
    passages = extract_passages(Document("invented", text), language=ENGLISH)

    assert [passage.voice.name for passage in passages if passage.text == "It is," and passage.voice] == ["Ann Low"]
