"""Alternatives in a question: what stands on both sides, and what need not be found."""

from __future__ import annotations

import pytest

from bot.answers import question
from bot.answers.question import Alternatives, Concept, _find_met_instead
from bot.answers.question_tables import load_question_language


def find_alternatives(text: str, concepts: tuple[Concept, ...], language: str) -> tuple[Alternatives, ...]:
    return question.find_alternatives(text, concepts, load_question_language(language).alternatives)


def build_concepts(*words: str, common: str = "") -> tuple[Concept, ...]:
    return tuple(Concept(word, (frozenset([word]),), is_of_motion=word == common) for word in words)


@pytest.mark.parametrize(
    ("text", "words", "pairs"),
    [
        ("was it in Leeds or York", ["Leeds", "York"], [("Leeds", "York")]),
        ("ducks / geese?", ["ducks", "geese"], [("ducks", "geese")]),
        ("who swept it, staff or some volunteers?", ["swept", "staff", "volunteers"], [("staff", "volunteers")]),
        ("tried in rain, or only indoors", ["tried", "rain", "indoors"], [("tried rain", "indoors")]),
        ("soup or bread or cake", ["soup", "bread", "cake"], [("soup", "bread"), ("bread", "cake")]),
        ("is it good or not", ["good"], []),
        ("the motor lorry", ["motor", "lorry"], []),
        ("1/2 of the towns", ["towns"], []),
    ],
)
def test_what_stands_on_both_sides_within_the_clause_is_found(
    text: str, words: list[str], pairs: list[tuple[str, str]]
) -> None:
    found = find_alternatives(text, build_concepts(*words), "english")

    assert [tuple(" ".join(c.text for c in side) for side in pair) for pair in found] == pairs


def test_words_of_the_motion_are_no_alternative() -> None:
    assert find_alternatives("ducks or ponds", build_concepts("ducks", "ponds", common="ponds"), "english") == ()


def test_a_language_without_such_words_has_the_slash_alone() -> None:
    ducks, geese = build_concepts("ducks", "geese")

    assert find_alternatives("ducks or geese", (ducks, geese), "tamil") == ()
    assert find_alternatives("ducks/geese", (ducks, geese), "tamil") == (((ducks,), (geese,)),)


def test_a_side_is_met_by_half_of_it_and_then_the_other_is_not_missing() -> None:
    rain, wind, indoors = build_concepts("rain", "wind", "indoors")
    light, heavy = (
        Concept("light", (frozenset(["light"]),), weight=0.49),
        Concept("heavy", (frozenset(["heavy"]),), weight=0.51),
    )

    assert _find_met_instead([((rain, wind), (indoors,))], [rain]) == {indoors}
    assert _find_met_instead([((rain,), (wind,)), ((wind,), (indoors,))], [rain]) == {wind, indoors}
    assert _find_met_instead([((rain,), (wind,)), ((wind,), (indoors,))], [indoors]) == {wind, rain}
    assert _find_met_instead([((light, heavy), (indoors,))], [light]) == frozenset()
    assert _find_met_instead([((light, heavy), (indoors,))], [heavy]) == {indoors}
    assert _find_met_instead([((rain,), (indoors,))], []) == frozenset()
    assert _find_met_instead([((rain,), (indoors,))], [rain, indoors]) == frozenset()
