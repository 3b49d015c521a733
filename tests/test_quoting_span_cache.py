"""The cache of spans gives the same as reading them again, and has a bound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.analysis import Analyser
from bot.answers.quoting import QuoteLengths, SpanCache
from bot.model import Quote, Side, Voice
from tests.invented_debate import FERRY, RIDERS, corpus


@pytest.fixture
def cache() -> SpanCache:
    return SpanCache(FERRY, Analyser("english"), QuoteLengths())


def test_the_same_place_is_read_once(cache: SpanCache) -> None:
    for passage in FERRY.passages:
        assert cache.read_passage(passage).by_run is cache.read_passage(passage).by_run
        assert cache.words(passage.document, passage.span) is cache.words(passage.document, passage.span)


def test_a_copy_of_a_passage_in_another_voice_has_stems_of_its_own(cache: SpanCache) -> None:
    passage = FERRY.passages[0]
    other = replace(passage, voice=Voice("Zoe Orr"))

    [stems, *_], [other_stems, *_] = (
        cache.read_passage(passage).by_run.values(),
        cache.read_passage(other).by_run.values(),
    )

    assert "orr" in other_stems - stems
    assert cache.read_passage(replace(passage)).by_run is cache.read_passage(passage).by_run


def test_a_quote_is_judged_by_the_stems_of_its_run(cache: SpanCache) -> None:
    stems_by_quote = [
        (Quote(passage, run), stems)
        for passage in FERRY.passages
        for run, stems in cache.read_passage(passage).by_run.items()
    ]

    assert stems_by_quote
    assert all(cache.stems(quote) == stems for quote, stems in stems_by_quote)


def test_a_passage_whose_every_sentence_is_too_long_has_no_run() -> None:
    narrow = SpanCache(FERRY, Analyser("english"), QuoteLengths(max_characters=5))

    assert [narrow.read_passage(passage).by_run for passage in FERRY.passages] == [{}] * len(FERRY.passages)


def test_a_full_cache_drops_entries_and_reads_them_again() -> None:
    small = SpanCache(FERRY, Analyser("english"), QuoteLengths(), max_entries=2)
    places = [(passage, passage.document, passage.span) for passage in FERRY.passages]

    first, again = (
        [(small.read_passage(passage).by_run, small.words(*place)) for passage, *place in places] for _ in range(2)
    )

    assert len(places) > 2
    assert first == again
    assert max(len(small._runs_cache), len(small._words_cache)) <= 2  # noqa: SLF001


LONG = corpus(
    (
        "Ann Low spoke first. She asked for boats at 5 p.m. each day. The U.S. has none. Bob High and Ann Lowry left.",
        RIDERS,
        Side.FOR,
    )
)


def test_each_run_has_the_stems_of_its_own_sentences() -> None:
    analyser, cache = Analyser("english"), SpanCache(LONG, Analyser("english"), QuoteLengths(1, 700, 4))
    [passage] = LONG.passages
    text = passage.document.text
    without_names = text.replace("Ann Low ", "        ").replace("Bob High", "        ")
    voice_stems = {term.stem for word in ("Ann Low", "chair", "Riders") for term in analyser.terms(word)}

    runs = cache.read_passage(passage).by_run

    assert len(runs) >= 10
    for run, stems in runs.items():
        assert stems == voice_stems | {term.stem for term in analyser.terms(without_names, run)}


def test_a_listed_name_inside_a_longer_word_is_no_name() -> None:
    cache = SpanCache(LONG, Analyser("english"), QuoteLengths(1, 700, 4))
    [*_, stems] = cache.read_passage(LONG.passages[0]).by_run.values()

    assert "lowri" in stems
    assert "bob" not in stems
