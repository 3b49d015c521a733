"""Voices that could be taken for one another are told, never merged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.corpus.lint.speakers import find_namesakes
from bot.model import Voice
from tests.invented_debate import FERRY

ANN = Voice("Ann Low", "chair", "Riders")


def facts(*voices: Voice | None) -> list[str]:
    passages = [replace(FERRY.passages[0], voice=voice) for voice in voices]
    return [fact for _, fact, _ in find_namesakes(passages)]


@pytest.mark.parametrize(
    ("other", "fact"),
    [
        (Voice("Cy Low"), "'Ann Low' and 'Cy Low' share a surname"),
        (Voice("Ann Low", "mayor", "Riders"), "'Ann Low' has the role 'chair' and 'mayor'"),
        (
            Voice("Ann Low", "chair", "Payers"),
            "'Ann Low' has the organisation 'Riders' and 'Payers'",
        ),
        (Voice("Low", None, "Low"), "'Low' is a body and part of the name 'Ann Low'"),
    ],
)
def test_voices_that_could_be_confused_are_told(other: Voice, fact: str) -> None:
    assert facts(ANN, other) == [fact]
    assert len(facts(other, ANN)) == 1


@pytest.mark.parametrize(
    "other",
    [
        None,
        ANN,
        Voice("Ann Low"),
        Voice("Ann High"),
        Voice("Low"),
        Voice("Riders", None, "Riders"),
        Voice("Lower Low Street Riders"),
    ],
)
def test_voices_that_differ_plainly_are_not(other: Voice | None) -> None:
    assert facts(ANN, other) == []


def test_the_passage_told_is_the_later_ones_first() -> None:
    early, late = (replace(FERRY.passages[n], voice=v) for n, v in ((0, ANN), (3, Voice("Cy Low"))))

    [(passage, _, _)] = find_namesakes([early, late])

    assert passage is late
