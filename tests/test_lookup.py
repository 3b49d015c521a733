"""Quotes are found again by id, place and words."""

from __future__ import annotations

from bot.answers.lookup import QuoteLookup
from bot.answers.quoting import QuoteLengths
from bot.model import Quote
from tests.invented_debate import FERRY


def test_a_quote_is_found_again_by_its_id_and_only_by_it() -> None:
    shown = Quote(FERRY.passages[3], FERRY.passages[3].frame)

    lookup = QuoteLookup(FERRY.passages, QuoteLengths())

    assert lookup.find_by_id(shown.id) == shown
    assert lookup.find_by_id(shown.id.lower()) is None
    assert lookup.find_by_id("") is None
    assert lookup.find_by_id("AAAAAAAA") is None
    assert lookup.find_by_id("77777777") is None


def test_letters_are_looked_for_in_the_document_of_that_text_alone() -> None:
    shown = Quote(FERRY.passages[3], FERRY.passages[3].frame)
    sha256 = shown.passage.document.sha256

    lookup = QuoteLookup(FERRY.passages, QuoteLengths())

    found = lookup.find_by_letters(sha256, shown.text.upper())
    assert found is not None
    assert found.span == shown.span
    assert lookup.find_by_letters("0" * 64, shown.text.upper()) is None
