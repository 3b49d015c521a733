"""Which sentences of a passage are shown, and how they are found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.answers.question_tables import load_question_language
from bot.answers.quoting import (
    QuoteLengths,
    expand_to_whole,
    find_fitting_runs,
    has_caveat,
    is_overlapping,
    pick_best_quote,
    select_quote,
)
from bot.model import Document, Kind, Passage, Quote, Span
from tests.invented_debate import FERRY, RIDERS, said

ENGLISH = load_question_language("english")


def passage_of(text: str, kind: Kind = Kind.DIRECT, cue: tuple[Span, ...] = ()) -> Passage:
    document = Document("d", text)
    whole = Span(0, len(text))
    return Passage(document, whole, whole, kind, 1, RIDERS, cue, quotation=(whole,))


LONG = "This is the first sentence of five. " * 5


LENGTHS = QuoteLengths(min_characters=40, max_characters=120)


def select_scored(passage: Passage, score: Callable[[Span], float]) -> Quote | None:
    return pick_best_quote(passage, find_fitting_runs(passage, LENGTHS), score)


def test_a_short_passage_is_quoted_whole() -> None:
    passage = FERRY.passages[0]

    assert select_quote(passage, QuoteLengths()) == Quote(passage, passage.frame)


def test_a_passage_of_too_few_characters_is_not_quoted() -> None:
    assert select_quote(passage_of("Never."), QuoteLengths()) is None


def test_of_a_long_passage_the_sentences_worth_most_are_quoted() -> None:
    text = LONG + "Here is what was asked about. " + LONG
    at = text.index("Here")
    shown = select_scored(passage_of(text), lambda run: float(run.start <= at and at + 28 < run.end))

    assert shown is not None
    assert "Here is what was asked about." in shown.text
    assert shown.text.startswith("This is")
    assert len(shown.text) <= 120


def test_no_sentence_that_is_longer_than_the_longest_is_shortened() -> None:
    assert select_quote(passage_of("so long " * 100), LENGTHS) is None


def test_a_report_is_never_shown_without_the_words_that_say_whose_it_is() -> None:
    text = "The club says it is late. " + LONG + "It will be repaired before the winter comes."
    cue = Span(0, 13)
    at = text.index("repaired")
    shown = select_scored(passage_of(text, Kind.REPORTED, (cue,)), lambda run: float(run.end > at))

    assert shown is not None
    assert shown.text.startswith("The club says")


@pytest.mark.parametrize(
    ("after", "limited"), [(" But only at night.", True), (" At night.", False), ("” However, no.", True), ("", False)]
)
def test_a_limit_that_follows_is_noticed(after: str, *, limited: bool) -> None:
    words = "We support the ferry with all our hearts."
    document = Document("d", words + after)

    assert has_caveat(Quote(said(document, words, RIDERS), Span(0, len(words))), ENGLISH.caveat) is limited


def test_a_limit_in_the_next_paragraph_counts_only_within_the_same_quotation() -> None:
    text = "We support the ferry with all our hearts.\n\n“But only at night."
    first, second = Span(0, 41), Span(44, len(text))
    document = Document("d", text)
    alone = Passage(document, first, first, Kind.DIRECT, 1, RIDERS, quotation=(first,))
    together = replace(alone, quotation=(first, second))

    assert not has_caveat(Quote(alone, first), ENGLISH.caveat)
    assert has_caveat(Quote(together, first), ENGLISH.caveat)


def sentences_of(*lengths: int) -> Passage:
    """Return a passage of as many sentences, each of as many characters."""
    text = " ".join(f"{'X' + 'x' * (length - 2)}." for length in lengths)
    return said(Document("d", text), text, RIDERS)


@pytest.mark.parametrize(("lengths", "shown"), [((40,), 40), ((39,), None), ((700,), 700), ((701,), None)])
def test_a_quote_has_forty_to_seven_hundred_characters(lengths: tuple[int, ...], shown: int | None) -> None:
    quote = select_quote(sentences_of(*lengths), QuoteLengths())

    assert (quote and len(quote.text)) == shown


@pytest.mark.parametrize("count", [4, 5, 9])
def test_a_quote_has_four_sentences_at_most(count: int) -> None:
    quote = select_quote(sentences_of(*[50] * count), QuoteLengths())

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


def test_a_wording_within_what_a_speaker_quotes_is_expanded_to_all_of_it() -> None:
    text = "It rains. He said: “The line is late. It was full. So it goes.” I agree. I do."
    quoted = Span(text.index("“"), text.index("”") + 1)
    passage = replace(passage_of(text), unbroken=(quoted,))

    def expand(words: str) -> str:
        start = text.index(words)
        return text[slice(*expand_to_whole(passage, Span(start, start + len(words))))]

    assert expand("was full") == "He said: “The line is late. It was full. So it goes.”"
    assert expand("rains") == "It rains."
    assert expand("agree. I") == "I agree. I do."


def test_a_sentence_that_goes_on_behind_its_paragraph_is_expanded_no_further() -> None:
    passage = passage_of("It rains. He said")
    cut = replace(passage, unbroken=(Span(10, 18),))

    assert expand_to_whole(cut, Span(11, 13)) == Span(10, 17)
