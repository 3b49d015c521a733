"""Places, fingerprints and ids."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import IntegrityError
from bot.model import Document, Quote, Span
from tests.invented_debate import FERRY


def test_a_document_whose_text_changed_after_loading_cannot_be_cut() -> None:
    published = Document("a", "She said no.")
    altered = replace(published, text="She said yes.")

    with pytest.raises(IntegrityError, match=r"^a: text and SHA-256 differ"):
        altered.slice_text(Span(0, 3))


def test_a_quote_is_cut_from_its_document_and_named_by_its_place() -> None:
    passage = FERRY.passages[0]
    quote = Quote(passage, Span(2, 7))

    assert quote.text == "ferry"
    assert quote.id == Quote(passage, Span(2, 7)).id
    assert quote.id != Quote(passage, Span(2, 8)).id
    assert len(quote.id) == 8


def test_text_that_no_encoding_takes_still_has_a_fingerprint() -> None:
    assert Document("a", "\ud800").sha256
