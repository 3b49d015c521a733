"""Both sides get the same number of quotes, or one is named as silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.balance import (
    find_silent_sides,
    fit_into_room,
    is_for_first,
    paginate,
    select_balanced,
    spread,
)
from bot.model import Side
from bot.service import Service


@dataclass(frozen=True)
class Voted:
    side: Side
    number: int


votes = st.lists(st.builds(Voted, st.sampled_from(Side), st.integers()), max_size=12)


@given(votes, st.integers(1, 6), st.text(max_size=20))
def test_when_both_sides_match_they_are_shown_equally_often(ranked: list[Voted], most: int, question: str) -> None:
    shown = select_balanced(ranked, most, question)

    sides = [candidate.side for candidate in shown]
    if {Side.FOR, Side.AGAINST} <= {candidate.side for candidate in ranked}:
        assert sides.count(Side.FOR) == sides.count(Side.AGAINST) > 0
    assert len(shown) <= max(most, 2)
    assert all(candidate in ranked for candidate in shown)


@given(votes, st.integers(3, 6), st.text(max_size=20))
def test_the_best_of_all_is_always_shown(ranked: list[Voted], most: int, question: str) -> None:
    assert set(ranked[:1]) <= set(select_balanced(ranked, most, question))


@pytest.mark.parametrize("most", [3, 4])
def test_the_best_of_all_on_neither_side_leads_a_page_that_both_sides_fill(most: int) -> None:
    best, *sided = [Voted(side, rank) for rank, side in enumerate([Side.NEITHER, *[Side.FOR, Side.AGAINST] * 3])]

    shown = select_balanced([best, *sided], most, "question")

    assert shown[0] == best
    assert {candidate.number for candidate in shown[1:]} == {1, 2}
    assert best not in select_balanced([*sided, best], most + most % 2, "question")


def test_what_is_on_neither_side_and_not_the_best_goes_behind_both() -> None:
    ranked = [Voted(Side.FOR, 1), Voted(Side.NEITHER, 2), Voted(Side.AGAINST, 3)]

    assert select_balanced(ranked, 4, "question")[-1] == ranked[1]


def test_each_side_comes_first_for_about_half_of_all_questions() -> None:
    first = sum(is_for_first(f"question {number}") for number in range(2000))

    assert 950 < first < 1050


def test_the_order_of_sides_follows_the_question() -> None:
    ranked = [Voted(Side.FOR, 1), Voted(Side.AGAINST, 2)]
    by_first = {is_for_first(q): select_balanced(ranked, 4, q)[0].side for q in map(str, range(9))}

    assert by_first == {True: Side.FOR, False: Side.AGAINST}


def test_a_side_that_says_nothing_is_named() -> None:
    assert find_silent_sides([Voted(Side.FOR, 1), Voted(Side.NEITHER, 2)]) == (Side.AGAINST,)
    assert find_silent_sides([]) == (Side.FOR, Side.AGAINST)


class Sided:
    def __init__(self, side: Side) -> None:
        self.side = side


@given(st.lists(st.builds(Sided, st.sampled_from(Side)), max_size=30), st.integers(2, 10))
def test_pages_hold_everything_once_in_order_of_rank_and_both_sides_evenly(ranked: Sequence[Sided], most: int) -> None:
    found = list(paginate(ranked, most, "question"))

    assert sorted(map(id, (one for page in found for one in page))) == sorted(map(id, ranked))
    for page in found:
        sides = [one.side for one in page]
        if {Side.FOR, Side.AGAINST} <= set(sides):
            assert sides.count(Side.FOR) == sides.count(Side.AGAINST)
    for side in Side:
        shown = [one for page in found for one in page if one.side is side]
        assert shown == [one for one in ranked if one.side is side]


def test_a_page_beyond_the_last_is_the_last(desk: Service) -> None:
    answers = [desk._live.snapshot.answerer.answer("police", page=page) for page in (0, 1, 99)]  # noqa: SLF001

    assert answers[0] == answers[1]
    assert not answers[2].has_more
    assert answers[2].quotes


def test_no_page_says_of_a_side_that_another_page_shows_that_it_is_silent(desk: Service) -> None:
    answerer = desk._live.snapshot.answerer  # noqa: SLF001
    for asked in ("police", "technology", "Liberty", "surveillance"):
        every = [answerer.answer(asked, page=page) for page in (1, 2, 3)]
        shown = {chosen.quote.passage.side for answer in every for chosen in answer.quotes}

        assert not any(set(answer.silent_sides) & shown for answer in every)


@dataclass(frozen=True)
class Weighed:
    side: Side
    strength: float
    source: str = "a"


def weigh(candidate: Weighed) -> float:
    return candidate.strength


def test_a_side_has_a_place_only_for_what_is_nearly_as_strong() -> None:
    best, second = Weighed(Side.FOR, 1.0), Weighed(Side.FOR, 0.9)
    nearly, weaker = Weighed(Side.AGAINST, 0.751), Weighed(Side.AGAINST, 0.749)

    [balanced, rest] = paginate([best, second, nearly], 4, "question", weigh)
    [stronger, *late] = paginate([best, second, weaker, Weighed(Side.NEITHER, 0.1)], 4, "question", weigh)
    [pair] = paginate([best, weaker], 4, "question", weigh)

    assert set(balanced) == {best, nearly}
    assert rest == (second,)
    assert stronger == (best, second, Weighed(Side.NEITHER, 0.1))
    assert late == [(weaker,)]
    assert pair == (best, weaker)


def test_the_third_of_a_source_goes_behind_another_as_strong() -> None:
    one, two, three = (Weighed(Side.NEITHER, strength) for strength in (1.0, 0.9, 0.8))
    other, weak = Weighed(Side.NEITHER, 0.8, "b"), Weighed(Side.NEITHER, 0.7, "b")

    assert spread([one, two, three, other], lambda each: each.source, weigh) == [one, two, other, three]
    assert spread([one, two, three, weak], lambda each: each.source, weigh) == [one, two, three, weak]
    assert spread([one, two, three], lambda each: each.source, weigh) == [one, two, three]


@given(votes, st.integers(1, 6), st.integers(0, 40))
def test_what_fits_keeps_the_first_its_order_and_the_sides_even(ranked: list[Voted], most: int, room: int) -> None:
    page = select_balanced(ranked, most, "question")

    kept = fit_into_room(page, room, lambda _: 10)

    sides, offered = ([candidate.side for candidate in each] for each in (kept, page))
    assert kept[:1] == page[:1]
    assert [candidate for candidate in page if any(candidate is other for other in kept)] == list(kept)
    assert 10 * len(kept) <= max(room, 20)
    if {Side.FOR, Side.AGAINST} <= {*offered} and {Side.FOR, Side.AGAINST} & {*sides}:
        assert sides.count(Side.FOR) == sides.count(Side.AGAINST)


def test_of_three_that_would_not_all_fit_a_pair_stays_and_is_counted_once() -> None:
    page = (Voted(Side.FOR, 1), Voted(Side.AGAINST, 2), Voted(Side.FOR, 3))

    assert fit_into_room(page, 20, lambda _: 10) == page[:2]


def test_a_page_ends_before_what_would_not_fit_and_the_next_begins_with_it() -> None:
    first, long, last = ranked = [Voted(Side.FOR, 300), Voted(Side.FOR, 61), Voted(Side.FOR, 10)]

    def arrange(room: int) -> list[tuple[Voted, ...]]:
        return list(paginate(ranked, 4, "", arrange=lambda page: fit_into_room(page, room, lambda vote: vote.number)))

    assert arrange(360) == [(first,), (long, last)]
    assert arrange(361) == [(first, long), (last,)]
    assert arrange(371) == [(first, long, last)]
    assert arrange(1) == [(first,), (long,), (last,)]


@pytest.mark.parametrize(
    ("against", "sides"),
    [
        (0.60, [Side.NEITHER, Side.FOR, Side.AGAINST]),
        (0.54, [Side.NEITHER, Side.FOR]),
    ],
)
def test_a_side_is_not_put_out_by_what_is_on_neither(against: float, sides: list[Side]) -> None:
    strengths = {Side.NEITHER: 1.0, Side.FOR: 0.8, Side.AGAINST: against}
    candidates = [Weighed(side, strengths[side]) for side in (Side.NEITHER, Side.FOR, Side.AGAINST)]

    first = next(paginate(candidates, 3, "?", weigh))

    assert sorted(candidate.side for candidate in first[: len(sides)]) == sorted(sides)
