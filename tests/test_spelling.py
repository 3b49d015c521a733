"""A word that no source has is corrected to the nearest that one has."""

from __future__ import annotations

import pytest

from bot.answers.spelling import SpellingCorrector


@pytest.mark.parametrize(
    ("slipped", "mended"),
    [
        ("privcy", ("privacy",)),
        ("privaccy", ("privacy",)),
        ("privaxy", ("privacy",)),
        ("pirvacy", ("privacy",)),
        ("recogintoin", ("recognition",)),
        ("pirvcay", ()),
        ("fery", ()),
        ("80000", ()),
        ("ferries", ("ferries",)),
        ("ferrixs", ("ferries", "ferrits")),
        ("", ()),
    ],
)
def test_a_slip_is_mended_to_the_nearest_words_most_frequent_first(slipped: str, mended: tuple[str, ...]) -> None:
    words = {"privacy": 1, "recognition": 2, "ferrits": 1, "ferries": 2, "ferry": 1, "80001": 9}

    assert SpellingCorrector(words).suggest(slipped) == mended


def test_an_empty_vocabulary_mends_nothing() -> None:
    assert SpellingCorrector({}).suggest("privacy") == ()
