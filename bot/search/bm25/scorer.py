"""BM25 weights over an inverted index, and the scorers that sum them up and find the best texts.

The idf is computed by the library. It keeps a dict of every word for each text and walks all of
them for each question; postings replace that. A posting holds its text and a code for
(count, length): few of these pairs differ, so a word's weight is looked up in a small table,
exact to the last bit. tests/test_bm25_scorer.py compares every score with the library's own.

Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and
Beyond", gives the weights and the meaning of `k1` and `b`; the idf is that of
rank-bm25's BM25Plus, log((N + 1) / df), which is above zero in any corpus.

The sums are numpy's; numba_scorer is quicker still. Loading numba takes a second and 130 MB
(tests/benchmarks/memory.py --loaded), which a process that answers once, or from few texts, never gets back.
"""

from __future__ import annotations

import gc
import logging
import threading
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from bot.search.bm25.postings import MISSING, PAIR_SHIFT, Postings

# Postings coded at once: bounds the memory of 64-bit codes to 8 MB.
_CHUNK_SIZE = 1 << 20
# From so many postings on, a byte holds each code and rare codes are kept apart: for a million texts this saves 27 of
# 164 MB and costs a search nothing (tests/benchmarks/scale.py). With fewer there is little to save.
MIN_POSTINGS_TO_NARROW = 1 << 22
_UINT8_CODES = 1 << 8
# Codes and positions take the smallest type that holds them all.
_UINT16_CODES = 1 << 16
_UINT32_POSTINGS = 1 << 32


class WeightedPostings(NamedTuple):
    """The weight of each row's word in each text: `idf[df] * table[codes[j]]` in `ids[j]`.

    The postings of a row are `starts[row] <= j < starts[row + 1]`, ascending
    by text; their number is the word's document frequency, df. Where codes are bytes, those that no byte holds are
    `rare_codes`, each of the posting at its place in `rare_places`, ascending.
    """

    starts: NDArray[Any]
    ids: NDArray[np.int32]
    codes: NDArray[Any]
    table: NDArray[np.float64]
    idf: NDArray[np.float64]
    rare_places: NDArray[Any]
    rare_codes: NDArray[Any]

    def weigh(self, low: int, high: int) -> NDArray[np.float64]:
        """Return the weights of the postings [low, high), idf aside."""
        weights = self.table.take(self.codes[low:high])
        if self.rare_places.size:
            first, last = (bisect_left(self.rare_places.data, place) for place in (low, high))
            weights[self.rare_places[first:last] - low] = self.table.take(self.rare_codes[first:last])
        return weights

    def posting_range(self, row: int) -> tuple[int, int]:
        """Return where the postings of `row` lie, as [start, end)."""
        return self.starts.item(row), self.starts.item(row + 1)

    def row_idf(self, row: int) -> float:
        """Return the idf of the word of `row`; 0 where no text has it."""
        low, high = self.posting_range(row)
        return float(self.idf[high - low])


@dataclass(frozen=True, slots=True)
class StemTable:
    """`rows[n]` is the row of the stem whose 64-bit hash is `hashes[n]`, ascending.

    Hashes, so that an index opens without reading its words. Of a million unknown stems none
    is expected to be taken for a known one: the chance is below one in ten million.
    """

    hashes: NDArray[np.uint64]
    rows: NDArray[np.int32]

    def find_row(self, stem: str) -> int:
        """Return the row of `stem`, or MISSING."""
        return self.find_rows((stem,))[0]

    def find_rows(self, stems: Iterable[str]) -> list[int]:
        """Return the row of each of `stems`, or MISSING."""
        # A memory view: its items are Python's own numbers, which for a few stems is quicker than numpy.
        hashes, row_at, size = self.hashes.data, self.rows.item, self.hashes.size
        rows = []
        for stem_hash in map(hash_stem, stems):
            position = bisect_left(hashes, stem_hash)
            rows.append(row_at(position) if position < size and hashes[position] == stem_hash else MISSING)
        return rows


def build_stem_table(row_by_stem: Mapping[str, int]) -> StemTable:
    """Build the table that finds the row of each stem."""
    hashes = np.fromiter(map(hash_stem, row_by_stem), np.uint64, len(row_by_stem))
    order = np.argsort(hashes)
    rows = np.fromiter(row_by_stem.values(), np.int32, len(row_by_stem))
    return StemTable(hashes[order], rows[order])


@lru_cache(maxsize=1 << 14)
def hash_stem(stem: str) -> int:
    """Return the first 64 bits of a BLAKE2b hash of `stem`."""
    return int.from_bytes(blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def pair_key(left: int, right: int) -> int:
    """Return the key of two adjacent words, from the keys of both."""
    return (left << PAIR_SHIFT) | right


def fit_weights(
    postings: Postings, k1: float, b: float, min_length: int = 0, *, is_narrow: bool = False
) -> WeightedPostings:
    """Return `postings` with the weight of each, as rank-bm25's BM25Plus has it, without its delta.

    The library adds delta x idf to every text alike, matching or not, which cannot change an
    order. Texts shorter than `min_length` words count as that long: a floor keeps very short
    fragments from winning by their length alone. With `is_narrow` the codes of many postings take a byte each.
    """
    codes, table = encode_weights(postings, k1, b, min_length)
    rare_places, rare_codes = np.zeros(0, np.int64), np.zeros(0, codes.dtype)
    if is_narrow and codes.size >= MIN_POSTINGS_TO_NARROW:
        codes, table, rare_places, rare_codes = _narrow_codes(codes, table)
    needs_int64 = postings.ids.size >= _UINT32_POSTINGS
    starts = postings.starts if needs_int64 else postings.starts.astype(np.uint32)
    idf = compute_idf(np.diff(postings.starts), postings.lengths.size)
    weights = WeightedPostings(starts, postings.ids, codes, table, idf, rare_places.astype(starts.dtype), rare_codes)
    for array in weights:
        array.flags.writeable = False
    return weights


def _narrow_codes(
    codes: NDArray[Any], table: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.int64], NDArray[Any]]:
    """Recode `codes` as bytes, the most frequent as 0; return them, `table` in that order, and the rare codes.

    Of a code that no byte holds, the place and the new code are returned; the byte at that place is 0.
    """
    ranks = np.empty(table.size, codes.dtype)
    chunks = range(0, codes.size, _CHUNK_SIZE)
    # Counting makes 64-bit numbers of all that is counted at once.
    frequencies = sum(np.bincount(codes[start : start + _CHUNK_SIZE], minlength=table.size) for start in chunks)
    order = np.argsort(np.negative(frequencies), kind="stable")
    ranks[order] = np.arange(table.size)
    narrow_codes = np.empty(codes.size, np.uint8)
    rare_places = []
    for start in chunks:
        chunk = ranks[codes[start : start + _CHUNK_SIZE]]
        is_rare = chunk >= _UINT8_CODES
        rare_places.append(np.flatnonzero(is_rare) + start)
        narrow_codes[start : start + _CHUNK_SIZE] = np.where(is_rare, 0, chunk)
    places = np.concatenate(rare_places)
    return narrow_codes, table[order], places, ranks[codes[places]]


def compute_idf(frequencies: NDArray[np.int64], text_count: int) -> NDArray[np.float64]:
    """Return rank-bm25's idf by document frequency; 0 for a frequency that no word has.

    An idf depends on the document frequency alone, so the library computes one for each frequency
    and not for each word. It counts words when it is constructed, and refuses an empty corpus;
    hence a corpus of one text, whose size is then set. It is imported here: an index that was kept needs none of it,
    nor multiprocessing, which it brings.
    """
    library = import_module("rank_bm25").BM25Plus([[""]])
    library.corpus_size = text_count
    distinct = {df: df for df in np.unique(frequencies).tolist() if df}
    library.idf.clear()
    library._calc_idf(distinct)  # noqa: SLF001 - what the library has each of its variants define
    idf = np.zeros(max(distinct, default=0) + 1)
    idf[list(distinct)] = [library.idf[df] for df in distinct]
    return idf


def encode_weights(
    postings: Postings, k1: float, b: float, min_length: int, mean_length: float | None = None
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Return a code for each posting, and the weight of each code, idf aside.

    A text shorter than `min_length` counts as one of that length; `mean_length` is by default the mean of these texts.
    """
    text_lengths = np.maximum(postings.lengths, min_length)
    if mean_length is None:
        mean_length = float(text_lengths.mean()) if text_lengths.any() else 1.0
    lengths, length_ids = np.unique(text_lengths, return_inverse=True)
    chunks = range(0, postings.ids.size, _CHUNK_SIZE)

    def encode_chunk(start: int) -> NDArray[np.int64]:
        """Return one number for the count and the text length of each posting of a chunk."""
        chunk = slice(start, start + _CHUNK_SIZE)
        return postings.counts[chunk].astype(np.int64) * lengths.size + length_ids[postings.ids[chunk]]

    distinct_codes = np.unique(np.concatenate([np.zeros(0, np.int64), *(np.unique(encode_chunk(c)) for c in chunks)]))
    codes = np.empty(postings.ids.size, np.uint16 if distinct_codes.size <= _UINT16_CODES else np.uint32)
    for start in chunks:
        codes[start : start + _CHUNK_SIZE] = np.searchsorted(distinct_codes, encode_chunk(start))
    counts, length_index = np.divmod(distinct_codes, max(lengths.size, 1))
    norm = k1 * (1 - b + b * lengths[length_index] / mean_length)
    return codes, counts * (k1 + 1) / (norm + counts)


# For fewer texts finding a lower bound costs more than sorting what it would spare.
_MIN_TEXTS_TO_BOUND = 4096
# How many stripes of texts have their best score compared: see `_find_lower_bound`.
_STRIPE_COUNT = 64


# The postings of a field, its weight, and the row and weight of each term.
FieldQuery = tuple[WeightedPostings, float, Sequence[tuple[int, float]]]
# The parents' own query, the number of each text's parent, and how many parents there are.
ParentQuery = tuple[FieldQuery, NDArray[np.int32], int]
BestTexts = tuple[NDArray[np.int64], NDArray[np.float64]]


class TextQuery(NamedTuple):
    """A query over `text_count` texts: `matching` finds some of them, the rest raises the scores of those found.

    `boosting` adds to a text's score, and `parent_query` adds each parent's score to its texts.
    """

    text_count: int
    matching: Sequence[FieldQuery]
    boosting: Sequence[FieldQuery]
    parent_query: ParentQuery | None


class Scorer:
    """Scores by numpy alone."""

    __slots__ = ()

    def find_best(self, query: TextQuery, limit: int) -> BestTexts:
        """Return up to `limit` texts that are found, best first, and their scores; ties go to the earlier text."""
        totals = sum_scores(query.matching, query.text_count)
        if not query.boosting and query.parent_query is None:
            return _select_top(totals, limit)
        texts = np.flatnonzero(totals)
        scores = totals[texts]
        if query.boosting:
            scores += sum_scores(query.boosting, query.text_count)[texts]
        if query.parent_query is not None:
            own_query, parents, parent_count = query.parent_query
            scores += score_parents(own_query, parent_count)[parents[texts]]
        top, scores = _select_top(scores, limit)
        return texts[top], scores


def sum_scores(queries: Iterable[FieldQuery], text_count: int) -> NDArray[np.float64]:
    """Return each text's score: the weights of its postings, times those of term and field, summed up; or 0."""
    ids, scores = [], []
    for postings, field_weight, terms in queries:
        start, idf = postings.starts.item, postings.idf.item
        for row, weight in terms:
            low, high = start(row), start(row + 1)
            if low < high:
                contributions = postings.weigh(low, high)
                contributions *= idf(high - low) * weight * field_weight
                ids.append(postings.ids[low:high])
                scores.append(contributions)
    if not ids:
        return np.zeros(text_count)
    weights: NDArray[np.float64] = np.concatenate(scores)
    return np.bincount(np.concatenate(ids), weights, text_count).astype(np.float64, copy=False)


def score_parents(query: FieldQuery, parent_count: int) -> NDArray[np.float64]:
    """Return each parent's score, and at the end a 0, to which the number MISSING leads."""
    return sum_scores([query], parent_count + 1)


def _select_top(scores: NDArray[np.float64], limit: int) -> BestTexts:
    """Return up to `limit` texts with a score, best first, and their scores; ties go to the earlier text."""
    candidates = np.flatnonzero(scores >= minimum if (minimum := _find_lower_bound(scores, limit)) > 0 else scores)
    if limit < candidates.size:
        candidate_scores = scores[candidates]
        candidates = candidates[
            candidate_scores >= np.partition(candidate_scores, candidates.size - limit)[candidates.size - limit]
        ]
    candidate_scores = scores[candidates]
    order = np.argsort(-candidate_scores, kind="stable")[:limit]
    return candidates[order], candidate_scores[order]


def _find_lower_bound(scores: NDArray[np.float64], limit: int) -> float:
    """Return a score that at least `limit` texts reach, cheaply; 0 where it is not worth it.

    Of the best of each of many stripes, the `limit`-th is reached by `limit` texts.
    """
    stripe_size = scores.size // _STRIPE_COUNT
    if scores.size < _MIN_TEXTS_TO_BOUND or stripe_size < 2 * limit:
        return 0.0
    stripe_maxima = scores[: stripe_size * _STRIPE_COUNT].reshape(_STRIPE_COUNT, stripe_size).max(axis=0)
    return float(np.partition(stripe_maxima, stripe_size - limit)[stripe_size - limit])


_LOG = logging.getLogger(__name__)

# How many texts numpy scores, in all searches together, before numba is loaded. A search of 5,000 texts takes numpy
# 0.16 ms and numba 0.08 (means of 56 questions of three words), so by then numba would have saved its second.
NUMPY_TEXTS = 60_000_000
# A corpus of fewer texts is left to numpy, which has answered before numba is even imported.
_MIN_TEXTS_FOR_NUMBA = 500


class DeferredScorer(Scorer):
    """Scores by numpy, and by numba once that is loaded, which begins after `NUMPY_TEXTS` texts."""

    __slots__ = ("_count", "_loader", "_lock", "current")

    def __init__(self) -> None:
        """Load nothing yet."""
        self.current, self._count, self._lock = Scorer(), 0, threading.Lock()
        self._loader: threading.Thread | None = None

    def find_best(self, query: TextQuery, limit: int) -> BestTexts:
        """Return the same as any scorer, to the last bit."""
        with self._lock:
            self._count += query.text_count
            if self._count >= NUMPY_TEXTS and self._loader is None:
                # Neither a question nor the end of the process waits for it.
                self._loader = threading.Thread(target=self.load, name="numba", daemon=True)
                self._loader.start()
        return self.current.find_best(query, limit)

    def load(self) -> None:
        """Switch to numba; log a warning if it cannot be loaded."""
        try:
            self.current = cast("Scorer", import_module("bot.search.bm25.numba_scorer").NumbaScorer())
            # It stays, and doubles the objects of the process: the garbage collector need not look at them.
            gc.freeze()
        except Exception as error:  # noqa: BLE001 - whatever a broken installation raises
            _LOG.warning("numba not used reason=%s", type(error).__name__)


def choose_scorer(text_count: int, *, fast: bool) -> Scorer:
    """Return numpy's scorer or, if `fast` and for many texts, one that becomes numba's where it is installed."""
    if not fast or text_count < _MIN_TEXTS_FOR_NUMBA or find_spec("numba") is None:
        return Scorer()
    return DeferredScorer()
