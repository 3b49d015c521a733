"""BM25 weights: rank-bm25's idf and saturation over an inverted index.

The idf is computed by the library. It keeps a dict of every word for each text and walks all of
them for each question; postings replace that. A posting holds its text and a code for
(count, length): few of these pairs differ, so a word's weight is looked up in a small table,
exact to the last bit. tests/test_bm25_weights.py compares every score with the library's own.

Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and
Beyond", gives the weights and the meaning of `k1` and `b`; the idf is that of
rank-bm25's BM25Plus, log((N + 1) / df), which is above zero in any corpus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from rank_bm25 import BM25Plus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.search.bm25.postings import Postings


# Postings coded at once: bounds the memory of 64-bit codes to 8 MB.
_CHUNK_SIZE = 1 << 20
# Codes and positions take the smallest type that holds them all.
_UINT16_CODES = 1 << 16
_UINT32_POSTINGS = 1 << 32


class WeightedPostings(NamedTuple):
    """The weight of each row's word in each text: `idf[df] * table[codes[j]]` in `ids[j]`.

    The postings of a row are `starts[row] <= j < starts[row + 1]`, ascending
    by text; their number is the word's document frequency, df.
    """

    starts: NDArray[Any]
    ids: NDArray[np.int32]
    codes: NDArray[Any]
    table: NDArray[np.float64]
    idf: NDArray[np.float64]

    def posting_range(self, row: int) -> tuple[int, int]:
        """Return where the postings of `row` start and end."""
        return self.starts.item(row), self.starts.item(row + 1)

    def row_idf(self, row: int) -> float:
        """Return the idf of the word of `row`; 0 where no text has it."""
        low, high = self.posting_range(row)
        return float(self.idf[high - low])


def fit_weights(postings: Postings, k1: float, b: float, min_length: int = 0) -> WeightedPostings:
    """Return `postings` with the weight of each, as rank-bm25's BM25Plus has it, without its delta.

    The library adds delta x idf to every text alike, matching or not, which cannot change an
    order. Texts shorter than `min_length` words count as that long: a floor keeps very short
    fragments from winning by their length alone.
    """
    codes, table = _encode_weights(postings, k1, b, min_length)
    needs_int64 = postings.ids.size >= _UINT32_POSTINGS
    starts = postings.starts if needs_int64 else postings.starts.astype(np.uint32)
    idf = _compute_idf(np.diff(postings.starts), postings.lengths.size)
    weights = WeightedPostings(starts, postings.ids, codes, table, idf)
    for array in weights:
        array.flags.writeable = False
    return weights


def _compute_idf(frequencies: NDArray[np.int64], text_count: int) -> NDArray[np.float64]:
    """Return rank-bm25's idf by document frequency; 0 for a frequency that no word has.

    An idf depends on the document frequency alone, so the library computes one for each frequency
    and not for each word. It counts words when it is constructed, and refuses an empty corpus;
    hence a corpus of one text, whose size is then set.
    """
    library = BM25Plus([[""]])
    library.corpus_size = text_count
    distinct = {df: df for df in np.unique(frequencies).tolist() if df}
    library.idf.clear()
    library._calc_idf(distinct)  # noqa: SLF001 - what the library has each of its variants define
    idf = np.zeros(max(distinct, default=0) + 1)
    idf[list(distinct)] = [library.idf[df] for df in distinct]
    return idf


def _encode_weights(
    postings: Postings, k1: float, b: float, min_length: int
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    text_lengths = np.maximum(postings.lengths, min_length)
    mean_length = float(text_lengths.mean()) if text_lengths.any() else 1.0
    lengths, length_ids = np.unique(text_lengths, return_inverse=True)
    chunks = range(0, postings.ids.size, _CHUNK_SIZE)

    def posting_codes(start: int) -> NDArray[np.int64]:
        chunk = slice(start, start + _CHUNK_SIZE)
        return (
            postings.counts[chunk].astype(np.int64) * lengths.size + length_ids[postings.ids[chunk]]
        )

    distinct_codes = np.unique(
        np.concatenate([np.zeros(0, np.int64), *(np.unique(posting_codes(c)) for c in chunks)])
    )
    codes = np.empty(
        postings.ids.size, np.uint16 if distinct_codes.size <= _UINT16_CODES else np.uint32
    )
    for start in chunks:
        codes[start : start + _CHUNK_SIZE] = np.searchsorted(distinct_codes, posting_codes(start))
    counts, length_index = np.divmod(distinct_codes, max(lengths.size, 1))
    norm = k1 * (1 - b + b * lengths[length_index] / mean_length)
    return codes, counts * (k1 + 1) / (norm + counts)
