"""The parts of an answer: coverage, balance, what is wanted, which sentences are shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.balance import find_silent_sides, is_for_first, select_balanced
from bot.answers.question import Concept, compute_coverage, match_concepts, weight_share
from bot.answers.question_language import load_question_language
from bot.answers.quoting import QuoteLengths, QuoteLookup, has_caveat, is_overlapping, select_quote
from bot.model import Document, Kind, Passage, Quote, Side, Span
from tests.invented_debate import FERRY, RIDERS, said

ENGLISH = load_question_language("english")
RARE = Concept("rare", (frozenset({"rare"}),), weight=3.0)
USUAL = Concept("usual", (frozenset({"usual"}), frozenset({"well", "known"})), weight=1.0)
OTHER = Concept("other", (frozenset({"other"}),), weight=1.0)


@dataclass(frozen=True)
class Voted:
    side: Side
    number: int


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


votes = st.lists(st.builds(Voted, st.sampled_from(Side), st.integers()), max_size=12)


@given(votes, st.integers(1, 6), st.text(max_size=20))
def test_when_both_sides_match_they_are_shown_equally_often(
    ranked: list[Voted], most: int, question: str
) -> None:
    shown = select_balanced(ranked, most, question)

    sides = [candidate.side for candidate in shown]
    if {Side.FOR, Side.AGAINST} <= {candidate.side for candidate in ranked}:
        assert sides.count(Side.FOR) == sides.count(Side.AGAINST) > 0
    assert len(shown) <= max(most, 2)
    assert all(candidate in ranked for candidate in shown)


@given(votes, st.integers(3, 6), st.text(max_size=20))
def test_the_best_of_all_is_always_shown(ranked: list[Voted], most: int, question: str) -> None:
    assert set(ranked[:1]) <= set(select_balanced(ranked, most, question))


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


@pytest.mark.parametrize(
    ("asks", "text", "expected"),
    [
        ({"number"}, "across ten deployments", True),
        ({"number"}, "across deployments", False),
        ({"date"}, "In July they met", True),
        ({"date"}, "They may meet", False),
        ({"duration"}, "for 30 days", True),
        ({"duration"}, "for days", False),
        ({"money"}, "£4m", True),
        ({"money", "number"}, "ten of them", False),
        ({"identity"}, "whatever", True),
        (set(), "", True),
    ],
)
def test_what_is_wanted_has_a_shape(asks: set[str], text: str, *, expected: bool) -> None:
    assert ENGLISH.has_answer_types(frozenset(asks), text) is expected


def passage_of(text: str, kind: Kind = Kind.DIRECT, cue: tuple[Span, ...] = ()) -> Passage:
    document = Document("d", text)
    whole = Span(0, len(text))
    return Passage(document, whole, whole, kind, 1, RIDERS, cue, quotation=(whole,))


def alike(run: Span) -> float:
    del run
    return 0.0


LONG = "This is the first sentence of five. " * 5
LENGTHS = QuoteLengths(min_characters=40, max_characters=120)


def test_a_short_passage_is_quoted_whole() -> None:
    passage = FERRY.passages[0]

    assert select_quote(passage, QuoteLengths(), alike) == Quote(passage, passage.frame)


def test_a_passage_of_too_few_characters_is_not_quoted() -> None:
    assert select_quote(passage_of("Never."), QuoteLengths(), alike) is None


def test_of_a_long_passage_the_sentences_worth_most_are_quoted() -> None:
    text = LONG + "Here is what was asked about. " + LONG
    at = text.index("Here")
    shown = select_quote(
        passage_of(text), LENGTHS, lambda run: float(run.start <= at and at + 28 < run.end)
    )

    assert shown is not None
    assert "Here is what was asked about." in shown.text
    assert shown.text.startswith("This is")
    assert len(shown.text) <= 120


def test_no_sentence_that_is_longer_than_the_longest_is_shortened() -> None:
    assert select_quote(passage_of("so long " * 100), LENGTHS, alike) is None


def test_a_report_is_never_shown_without_the_words_that_say_whose_it_is() -> None:
    text = "The club says it is late. " + LONG + "It will be repaired before the winter comes."
    cue = Span(0, 13)
    at = text.index("repaired")
    shown = select_quote(
        passage_of(text, Kind.REPORTED, (cue,)), LENGTHS, lambda run: float(run.end > at)
    )

    assert shown is not None
    assert shown.text.startswith("The club says")


@pytest.mark.parametrize(
    ("after", "limited"),
    [(" But only at night.", True), (" At night.", False), ("” However, no.", True), ("", False)],
)
def test_a_limit_that_follows_is_noticed(after: str, *, limited: bool) -> None:
    words = "We support the ferry with all our hearts."
    document = Document("d", words + after)

    assert (
        has_caveat(Quote(said(document, words, RIDERS), Span(0, len(words))), ENGLISH.caveat)
        is limited
    )


def test_a_limit_in_the_next_paragraph_counts_only_within_the_same_quotation() -> None:
    text = "We support the ferry with all our hearts.\n\n“But only at night."
    first, second = Span(0, 41), Span(44, len(text))
    document = Document("d", text)
    alone = Passage(document, first, first, Kind.DIRECT, 1, RIDERS, quotation=(first,))
    together = replace(alone, quotation=(first, second))

    assert not has_caveat(Quote(alone, first), ENGLISH.caveat)
    assert has_caveat(Quote(together, first), ENGLISH.caveat)


def test_a_quote_is_found_again_by_its_id_and_only_by_it() -> None:
    shown = Quote(FERRY.passages[3], FERRY.passages[3].frame)

    lookup = QuoteLookup(FERRY.passages, QuoteLengths())

    assert lookup.find_by_id(shown.id) == shown
    assert lookup.find_by_id(shown.id.lower()) is None
    assert lookup.find_by_id("") is None
    assert lookup.find_by_id("AAAAAAAA") is None
    assert lookup.find_by_id("77777777") is None


def sentences_of(*lengths: int) -> Passage:
    """Return a passage of as many sentences, each of as many characters."""
    text = " ".join(f"{'X' + 'x' * (length - 2)}." for length in lengths)
    return said(Document("d", text), text, RIDERS)


@pytest.mark.parametrize(
    ("lengths", "shown"), [((40,), 40), ((39,), None), ((700,), 700), ((701,), None)]
)
def test_a_quote_has_forty_to_seven_hundred_characters(
    lengths: tuple[int, ...], shown: int | None
) -> None:
    quote = select_quote(sentences_of(*lengths), QuoteLengths(), lambda _: 0.0)

    assert (quote and len(quote.text)) == shown


@pytest.mark.parametrize("count", [4, 5, 9])
def test_a_quote_has_four_sentences_at_most(count: int) -> None:
    quote = select_quote(sentences_of(*[50] * count), QuoteLengths(), lambda _: 0.0)

    assert quote is not None
    assert quote.text.count(".") == 4


def test_quotes_overlap_by_a_shared_character_of_one_document() -> None:
    passage = sentences_of(50, 50)
    first, last = Quote(passage, Span(0, 50)), Quote(passage, Span(50, 101))
    twin = sentences_of(50, 50)

    assert not is_overlapping(first, last)
    assert not is_overlapping(last, first)
    assert is_overlapping(first, Quote(passage, Span(49, 101)))
    assert not is_overlapping(first, Quote(twin, Span(0, 50)))


def test_of_one_or_two_things_asked_all_is_everything_and_of_three_it_is_counted() -> None:
    assert compute_coverage([RARE], [RARE]) == float("inf")
    assert compute_coverage([RARE, USUAL], [RARE, USUAL]) == float("inf")
    assert compute_coverage([RARE, USUAL, OTHER], [RARE, USUAL, OTHER]) == 3**0.5
