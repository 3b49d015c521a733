"""Stretches that one voice holds: transcripts, interviews, letters, statements."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.model import AttributionSource, Document, Kind, Passage, Span, Turn, Voice
from tests.english import ENGLISH


def direct(text: str) -> list[Passage]:
    return [p for p in extract_passages(Document("invented", text), language=ENGLISH) if p.kind is Kind.DIRECT]


INTERVIEW = (
    "ANN BELL: Why is the line late?\n\nBOB LOW: It rains on the rails.\n\n"
    "BELL: And when it does not?\n\nBob laughs.\n\nLOW: It snows on them."
)


def test_an_interview_s_lines_are_their_speakers_under_the_longest_label() -> None:
    found = direct(INTERVIEW)

    assert [(p.voice.name if p.voice else None, p.text) for p in found] == [
        ("ANN BELL", "Why is the line late?"),
        ("BOB LOW", "It rains on the rails."),
        ("ANN BELL", "And when it does not?"),
        ("BOB LOW", "It snows on them."),
    ]
    assert [INTERVIEW[a:b] for p in found for a, b in p.cue] == ["ANN BELL", "BOB LOW", "BELL", "LOW"]


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


def transcript(text: str, *names: str) -> tuple[Passage, ...]:
    """Return the passages of lines `NAME: words`, a turn for each."""
    turns, at = [], 0
    for name, line in zip(names, text.split("\n"), strict=True):
        label = Span(at, at + len(name))
        turns.append(Turn(Span(label.end + 2, at + len(line)), label, Voice(name)))
        at += len(line) + 1
    return extract_passages(Document("invented", text, turns=tuple(turns)), language=ENGLISH)


def test_a_turn_is_its_speaker_s_by_the_record() -> None:
    [first, second] = transcript("Bell: It is late.\nLow: It rains.", "Bell", "Low")

    assert (first.text, first.voice, first.by) == ("It is late.", Voice("Bell"), AttributionSource.RECORD)
    assert (first.cue, first.confidence) == ((Span(0, 4),), 1.0)
    assert (second.text, second.paragraph) == ("It rains.", 2)


def test_a_turn_of_several_paragraphs_is_several_passages() -> None:
    text = "Bell: It is late.\nIt rains.\n\nAfter."
    turn = Turn(Span(6, 27), Span(0, 4), Voice("Bell"))

    found = extract_passages(Document("invented", text, turns=(turn,)), language=ENGLISH)
    assert [p.text for p in found] == ["It is late.", "It rains."]


def test_words_quoted_within_a_turn_are_nobody_s_alone() -> None:
    [before, quoted, after] = transcript(
        "Bell: It rains. He said, “The line is late again. It was,” to me. It snows.", "Bell"
    )

    assert (before.text, after.text) == ("It rains.", "It snows.")
    assert (quoted.kind, quoted.voice, quoted.by) == (Kind.FRAGMENT, None, AttributionSource.RECORD)
    assert quoted.text == "The line is late again. It was,"
    shown = quoted.document.text[quoted.frame.start : quoted.frame.end]
    assert shown.startswith("He said, “The")
    assert shown.endswith("It was,” to me.")
    assert quoted.reason == "quoted by Bell, who speaks here"


def test_two_quotations_in_one_sentence_of_a_turn_are_both_shown_in_it() -> None:
    first, second = transcript("Bell: I say “it is very late” and “it was very late” too.", "Bell")

    assert first.frame == second.frame


@pytest.mark.parametrize("words", ["“late”", "“it is very late"])
def test_a_word_or_an_unclosed_mark_within_a_turn_quotes_nobody(words: str) -> None:
    [found] = transcript(f"Bell: I say {words} again.", "Bell")

    assert found.kind is Kind.DIRECT
