"""What a corpus's words come to is remembered, and only so much of it."""

from __future__ import annotations

import pytest

from bot.analysis import Analyser
from bot.answers import span_cache
from bot.answers.quoting import QuoteLengths
from bot.answers.span_cache import SpanCache
from bot.model import VoiceEntry
from tests.invented_debate import FERRY


@pytest.fixture
def read() -> SpanCache:
    return SpanCache(FERRY, Analyser("english"), QuoteLengths())


def test_the_same_place_comes_to_the_same_however_often_it_is_asked_after(read: SpanCache) -> None:
    for passage in FERRY.passages:
        assert read.stems(passage, passage.span) is read.stems(passage, passage.span)
        assert read.fitting_runs(passage) is read.fitting_runs(passage)
        document = passage.document
        assert read.words(document, passage.span) is read.words(document, passage.span)


def test_only_so_much_is_remembered_and_what_is_forgotten_is_read_anew(
    read: SpanCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(span_cache, "MAX_ENTRIES", 2)
    every = [(p, p.span) for p in FERRY.passages]
    known = [
        (read.stems(*one), read.fitting_runs(one[0]), read.words(one[0].document, one[1]))
        for one in every
    ]

    assert len(FERRY.passages) > 2
    assert known == [
        (read.stems(*one), read.fitting_runs(one[0]), read.words(one[0].document, one[1]))
        for one in every
    ]
    assert max(len(read._stems), len(read._runs), len(read._words)) <= 2  # noqa: SLF001


def test_somebody_the_curator_did_not_list_goes_by_a_name_too(read: SpanCache) -> None:
    assert read.normalised_names([VoiceEntry("Zoe Orr", aliases=("the Baker",))]) == {
        ("zoe", "orr"),
        ("the", "baker"),
    }
