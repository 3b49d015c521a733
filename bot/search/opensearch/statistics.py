"""What is known of an index without asking: how many passages there are, and the idf of every stem.

It is kept in the index itself, so that a process which finds the index complete need not count
anything to use it.
"""

from __future__ import annotations

import io
import math
from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.search.bm25.postings import MISSING
from bot.search.bm25.scorer import hash_stem


class Statistics(NamedTuple):
    """`idf[row]` belongs to the stem whose hash is `hashes[row]`."""

    text_count: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    idf: NDArray[np.float64]

    def has_stem(self, stem: str) -> bool:
        """Return whether any passage has the stem."""
        return self._find_row(stem) != MISSING

    def get_idf(self, stem: str) -> float:
        """Return the idf of `stem`, the highest there can be where no passage has it."""
        row = self._find_row(stem)
        return math.log(2 * (self.text_count.item() + 1)) if row == MISSING else self.idf.item(row)

    def _find_row(self, stem: str) -> int:
        hashes, stem_hash = self.hashes.data, hash_stem(stem)
        row = bisect_left(hashes, stem_hash)
        return row if row < len(hashes) and hashes[row] == stem_hash else MISSING


def statistics_to_bytes(statistics: Statistics) -> bytes:
    """Return `statistics` as a numpy archive."""
    file = io.BytesIO()
    np.savez_compressed(file, **statistics._asdict())
    return file.getvalue()


def statistics_from_bytes(data: bytes) -> Statistics:
    """Return the statistics in a numpy archive, which can hold no code."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return Statistics(**{name: arrays[name] for name in Statistics._fields})
