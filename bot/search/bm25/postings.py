"""Postings: the texts that have a word, and how often.

A word is a number, its key. Texts are counted in blocks, so that memory stays small: the
(key, text) pairs of a block are sorted and counted, and at the end blocks are merged by key
and freed one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# The row of a stem that is unknown, and the parent of a text that has none.
MISSING = -1
# Texts in a block: the number of each within it fits 16 bits.
BLOCK_SIZE = 1 << 16
# A pair of stems is one 64-bit key, 32 bits each.
PAIR_SHIFT = 32


class Postings(NamedTuple):
    """The texts of each key, `ids[starts[k]:starts[k + 1]]`, ascending, with their counts.

    `keys` are ascending; `lengths` counts the words of every text.
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    ids: NDArray[np.int32]
    counts: NDArray[np.unsignedinteger]
    lengths: NDArray[np.int64]


class _Block(NamedTuple):
    """The postings of one block of texts: `ids` count from `first_text`, `posting_counts` has how many each key has."""

    first_text: int
    keys: NDArray[np.uint64]
    posting_counts: NDArray[np.int64]
    ids: NDArray[np.uint16]
    counts: NDArray[np.unsignedinteger]


@dataclass(slots=True)
class PostingsBuilder:
    """Counts keys text by text; with `count_pairs`, counts pairs of neighbouring keys instead."""

    count_pairs: bool = False
    _keys: list[int] = field(default_factory=list)
    _ends: list[int] = field(default_factory=lambda: [0])
    _lengths: list[NDArray[np.int64]] = field(default_factory=list)
    _blocks: list[_Block] = field(default_factory=list)
    _text_count: int = 0

    def add(self, keys: Iterable[int]) -> None:
        """Count the keys of the next text."""
        self._keys.extend(keys)
        self._ends.append(len(self._keys))
        if len(self._ends) > BLOCK_SIZE:
            self._close_block()

    def build_postings(self) -> Postings:
        """Return the postings of everything counted, and forget it."""
        self._close_block()
        blocks, self._blocks = self._blocks, []
        lengths = np.concatenate([np.zeros(0, np.int64), *self._lengths])
        return _merge_blocks(blocks, lengths)

    def _close_block(self) -> None:
        """Make a block of the texts added since the last one."""
        ends = np.array(self._ends, np.int64)
        lengths = ends[1:] - ends[:-1]
        keys = np.array(self._keys, np.uint64)
        texts = np.repeat(np.arange(lengths.size, dtype=np.uint64), lengths)
        if self.count_pairs:
            keys, texts = _pair_neighbours(keys, texts)
        self._lengths.append(lengths)
        self._blocks.append(_build_block(self._text_count, keys, texts))
        self._text_count += lengths.size
        self._keys, self._ends = [], [0]


def expand_rows(postings: Postings, row_count: int) -> Postings:
    """Return `postings` with a row, perhaps empty, for every key below `row_count`."""
    keys = np.arange(row_count, dtype=np.uint64)
    starts = postings.starts[np.searchsorted(postings.keys, np.arange(row_count + 1, dtype=np.uint64))]
    return postings._replace(keys=keys, starts=starts)


def count_parents(parents: NDArray[np.int32]) -> int:
    """Return how many parents there are: one more than the highest number in `parents`, 0 without any."""
    return int(parents.max(initial=MISSING)) + 1


def sum_by_parent(postings: Postings, parents: NDArray[np.int32]) -> Postings:
    """Return the postings of the parents: the counts of a parent are the sums of its texts' counts.

    `parents` has the number of each text's parent, below 0 for a text that has none.
    """
    parent_count = count_parents(parents)
    posting_parents = parents[postings.ids]
    has_parent = posting_parents >= 0
    posting_rows = np.repeat(np.arange(postings.keys.size), np.diff(postings.starts))[has_parent]
    cells, inverse = np.unique(posting_rows * parent_count + posting_parents[has_parent], return_inverse=True)
    counts = np.bincount(inverse, postings.counts[has_parent], cells.size).astype(np.uint32)
    starts = np.searchsorted(cells, np.arange(postings.keys.size + 1) * parent_count)
    lengths = np.bincount(parents[parents >= 0], postings.lengths[parents >= 0], parent_count)
    ids = (cells % max(parent_count, 1)).astype(np.int32)
    return Postings(postings.keys, starts, ids, counts, lengths.astype(np.int64))


def _pair_neighbours(
    keys: NDArray[np.uint64], texts: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the key of each two neighbouring words of a text, and the text of each pair."""
    same_text = texts[:-1] == texts[1:]
    pair_keys = (keys[:-1] << np.uint64(PAIR_SHIFT)) | keys[1:]
    return pair_keys[same_text], texts[:-1][same_text]


def _build_block(first_text: int, keys: NDArray[np.uint64], texts: NDArray[np.uint64]) -> _Block:
    """Sort and count the keys of a block; `keys[n]` stands in the text `texts[n]`, counted within the block."""
    unique_keys, key_indices = np.unique(keys, return_inverse=True)
    packed_pairs = (key_indices.astype(np.uint64) << np.uint64(16)) | texts
    packed_pairs.sort()
    run_starts = np.flatnonzero(np.diff(packed_pairs, prepend=packed_pairs[:1] + np.uint64(1)))
    counts = np.diff(run_starts, append=packed_pairs.size)
    unique_pairs = packed_pairs[run_starts]
    posting_counts = np.bincount((unique_pairs >> np.uint64(16)).astype(np.int64), minlength=unique_keys.size)
    ids = (unique_pairs & np.uint64(BLOCK_SIZE - 1)).astype(np.uint16)
    smallest_type = np.min_scalar_type(int(counts.max(initial=0)))
    return _Block(first_text, unique_keys, posting_counts, ids, counts.astype(smallest_type))


def _merge_blocks(blocks: list[_Block], lengths: NDArray[np.int64]) -> Postings:
    """Merge the blocks by key, and empty the list, so that each is freed as soon as it is merged."""
    keys = np.unique(np.concatenate([block.keys for block in blocks]))
    row_ends = np.zeros(keys.size + 1, np.int64)
    for block in blocks:
        row_ends[np.searchsorted(keys, block.keys) + 1] += block.posting_counts
    starts = np.cumsum(row_ends)
    ids = np.empty(int(starts[-1]), np.int32)
    counts = np.empty(int(starts[-1]), np.result_type(*(block.counts for block in blocks)))
    next_free = starts[:-1].copy()
    blocks.reverse()
    while blocks:
        block = blocks.pop()
        block_rows = np.searchsorted(keys, block.keys)
        offsets = next_free[block_rows] - (np.cumsum(block.posting_counts) - block.posting_counts)
        positions = np.repeat(offsets, block.posting_counts) + np.arange(block.ids.size)
        ids[positions] = block.ids.astype(np.int32) + np.int32(block.first_text)
        counts[positions] = block.counts
        next_free[block_rows] += block.posting_counts
    return Postings(keys, starts, ids, counts, lengths)
