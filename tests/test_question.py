"""How much of a question some words cover."""

from __future__ import annotations

import pytest

from bot.answers.question import Concept, compute_coverage, match_concepts, weight_share

RARE = Concept("rare", (frozenset({"rare"}),), weight=3.0)


USUAL = Concept("usual", (frozenset({"usual"}), frozenset({"well", "known"})), weight=1.0)


OTHER = Concept("other", (frozenset({"other"}),), weight=1.0)


def test_a_concept_is_covered_only_by_a_form_found_whole() -> None:
    assert match_concepts([RARE, USUAL], frozenset({"known", "rare"})) == (RARE,)
    assert match_concepts([RARE, USUAL], frozenset({"known", "well"})) == (USUAL,)


def test_of_two_things_asked_both_must_be_found() -> None:
    assert compute_coverage([RARE, USUAL], [RARE, USUAL]) == float("inf")
    assert compute_coverage([RARE], [RARE, USUAL]) < 1.1


def test_a_longer_question_may_leave_more_unmatched() -> None:
    three = compute_coverage([RARE], [RARE, USUAL, OTHER])

    assert weight_share([RARE], [RARE, USUAL, OTHER]) == 0.6
    assert three == pytest.approx(0.6 * 3**0.5)


def test_where_nothing_telling_was_asked_all_of_it_is_covered() -> None:
    assert compute_coverage([], []) == float("inf")
    assert weight_share([], []) == 1.0


def test_of_one_or_two_things_asked_all_is_everything_and_of_three_it_is_counted() -> None:
    assert compute_coverage([RARE], [RARE]) == float("inf")
    assert compute_coverage([RARE, USUAL], [RARE, USUAL]) == float("inf")
    assert compute_coverage([RARE, USUAL, OTHER], [RARE, USUAL, OTHER]) == 3**0.5
