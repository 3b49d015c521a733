"""rank-bm25 fits and we score: the same numbers, from an inverted index."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.search.bm25 import postings, scorer
from bot.search.bm25.postings import PostingsBuilder
from tests.benchmarks.equality import largest_difference

STEMS = st.lists(st.sampled_from("abcdefgh"), max_size=30)
CORPORA = st.lists(STEMS, min_size=1, max_size=30).filter(any)


@given(
    texts=CORPORA,
    question=STEMS,
    k1=st.floats(0.1, 5),
    b=st.floats(0, 0.99),  # at 1 the library divides nothing by nothing for an empty text
    floor=st.integers(0, 60),
)
@example(texts=[["a"]], question=["a", "a"], k1=1.5, b=0.75, floor=0)
@example(texts=[["a"], []], question=["z"], k1=1.5, b=0.5, floor=0)
def test_scores_are_those_of_rank_bm25(
    texts: list[list[str]], question: list[str], k1: float, b: float, floor: int
) -> None:
    assert largest_difference(texts, [question], k1, b, floor) < 1e-9


def test_a_word_repeated_past_any_small_counter_is_counted_in_full() -> None:
    texts = [["a"] * 70_000, ["a", "b"], ["b"] * 300]

    assert largest_difference(texts, [["a"], ["b"]]) < 1e-9


@given(CORPORA)
def test_counting_by_blocks_is_counting(texts: list[list[str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "BLOCK_SIZE", 4)
        blocks = tally(texts)
    whole = tally(texts)

    for one, other in zip(blocks, whole, strict=True):
        assert np.array_equal(np.asarray(one), np.asarray(other))


@given(CORPORA)
def test_pairs_are_neighbours_within_one_text(texts: list[list[str]]) -> None:
    counted = tally(texts, pairs=True)

    expected = {
        (scorer.pair_key(ord(left), ord(right)), number)
        for number, text in enumerate(texts)
        for left, right in itertools.pairwise(text)
    }
    rows = np.repeat(counted.keys, np.diff(counted.starts))
    assert set(zip(rows.tolist(), counted.ids.tolist(), strict=True)) == expected


def test_codes_are_coded_in_chunks_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = tally([list("aab"), list("bcc"), list("abcabc")])
    whole = scorer.fit_weights(counted, 1.5, 0.75)
    monkeypatch.setattr(scorer, "_CHUNK_SIZE", 2)
    monkeypatch.setattr(scorer, "_UINT16_CODES", 1)
    chunks = scorer.fit_weights(counted, 1.5, 0.75)

    assert chunks.codes.dtype == np.uint32
    assert np.array_equal(chunks.codes, whole.codes)
    assert np.array_equal(chunks.table, whole.table)


def test_places_past_four_billion_are_told_by_wider_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = tally([list("ab")])
    monkeypatch.setattr(scorer, "_UINT32_POSTINGS", 1)

    assert scorer.fit_weights(counted, 1.5, 0.75).starts.dtype == np.int64


@pytest.mark.parametrize("byte_codes", [1, 2, 3, 256])
def test_codes_of_a_byte_and_rare_ones_apart_weigh_the_same(monkeypatch: pytest.MonkeyPatch, byte_codes: int) -> None:
    counted = tally([list("aab"), list("bcc"), list("abcabcabc"), list("aaaa"), list("a")])
    wide = scorer.fit_weights(counted, 1.5, 0.75)
    monkeypatch.setattr(scorer, "MIN_POSTINGS_TO_NARROW", counted.ids.size)
    monkeypatch.setattr(scorer, "_UINT8_CODES", byte_codes)
    monkeypatch.setattr(scorer, "_CHUNK_SIZE", 3)
    narrow = scorer.fit_weights(counted, 1.5, 0.75, is_narrow=True)

    assert narrow.codes.dtype == np.uint8
    assert (narrow.rare_places.size == 0) == (byte_codes == 256)
    for row in range(counted.keys.size):
        assert np.array_equal(narrow.weigh(*narrow.posting_range(row)), wide.weigh(*wide.posting_range(row)))


def test_codes_of_few_postings_and_those_that_are_compiled_for_stay_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = tally([list("aab")])
    monkeypatch.setattr(scorer, "MIN_POSTINGS_TO_NARROW", counted.ids.size + 1)
    assert scorer.fit_weights(counted, 1.5, 0.75, is_narrow=True).codes.dtype == np.uint16

    monkeypatch.setattr(scorer, "MIN_POSTINGS_TO_NARROW", counted.ids.size)
    assert scorer.fit_weights(counted, 1.5, 0.75).codes.dtype == np.uint16


def test_idf_is_above_zero_for_a_word_in_every_text() -> None:
    field = scorer.fit_weights(tally([list("a")] * 3), 1.5, 0.75)

    assert field.row_idf(0) == pytest.approx(math.log(4 / 3))


def tally(texts: list[list[str]], *, pairs: bool = False) -> postings.Postings:
    counted = PostingsBuilder(count_pairs=pairs)
    for text in texts:
        counted.add(map(ord, text))
    return counted.build_postings()
