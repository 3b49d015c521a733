"""BM25 fitted by rank-bm25, and scored from an inverted index.

The library's own constructor and idf run; what it keeps for each text, a dict
of every word, and walks for each question, is replaced by postings. A posting
holds its text and a code for (count, length): few of these pairs differ, so
what a word adds is looked up in a small table, exact to the last bit.

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


_CHUNK_SIZE = 1 << 20
_UINT16_CODES = 1 << 16
_UINT32_POSTINGS = 1 << 32


class WeightedPostings(NamedTuple):
    """What the word of each row adds to each text: `idf[df] * table[codes[j]]` to `ids[j]`.

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


class WeightFitter(BM25Plus):  # type: ignore[misc]  # rank-bm25 ships no types
    """rank-bm25's BM25Plus over postings; texts shorter than `min_length` words count as that long.

    A floor keeps very short fragments from winning by their length alone.
    """

    def __init__(self, postings: Postings, k1: float, b: float, min_length: int = 0) -> None:
        self.min_length = min_length
        super().__init__(postings, k1=k1, b=b)

    def _initialize(self, corpus: Postings) -> dict[int, int]:
        """Set what the library would, and return each document frequency once.

        The idf of a word depends on its document frequency alone, so the
        library computes one idf for each frequency instead of for each word.
        """
        self.corpus_size = corpus.lengths.size
        self.doc_len = np.maximum(corpus.lengths, self.min_length)
        self.avgdl = float(self.doc_len.mean()) if self.doc_len.any() else 1.0
        return {df: df for df in np.unique(np.diff(corpus.starts)).tolist() if df}


def fit_weights(postings: Postings, k1: float, b: float, min_length: int = 0) -> WeightedPostings:
    """Return `postings` with what each adds, as rank-bm25's BM25Plus has it, without its delta.

    The library adds delta x idf to every text alike, matching or not, which
    cannot change an order.
    """
    fitter = WeightFitter(postings, k1, b, min_length)
    idf = np.zeros(max(fitter.idf, default=0) + 1)
    idf[list(fitter.idf)] = list(fitter.idf.values())
    codes, table = _encode_weights(fitter, postings)
    needs_int64 = postings.ids.size >= _UINT32_POSTINGS
    starts = postings.starts if needs_int64 else postings.starts.astype(np.uint32)
    weights = WeightedPostings(starts, postings.ids, codes, table, idf)
    for array in weights:
        array.flags.writeable = False
    return weights


def _encode_weights(
    fitter: WeightFitter, postings: Postings
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    lengths, length_ids = np.unique(fitter.doc_len, return_inverse=True)
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
    norm = fitter.k1 * (1 - fitter.b + fitter.b * lengths[length_index] / fitter.avgdl)
    return codes, counts * (fitter.k1 + 1) / (norm + counts)
