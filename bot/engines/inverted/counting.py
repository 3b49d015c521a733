"""Which word stands in which text, and how often: counted by blocks, so that memory stays small.

A word is a number, its key. Within a block the (key, text) pairs are sorted
and counted; at the end the blocks are laid behind one another, key by key, and
each is let go once it is laid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

BLOCK = 1 << 16
_SHIFT = 32


class Postings(NamedTuple):
    """Where each key stands: texts `ids[starts[k]:starts[k + 1]]`, ascending, so many times.

    `keys` are ascending; `lengths` counts the words of every text.
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    ids: NDArray[np.int32]
    counts: NDArray[np.unsignedinteger]
    lengths: NDArray[np.int64]


class _Block(NamedTuple):
    first: int
    keys: NDArray[np.uint64]
    found: NDArray[np.int64]
    ids: NDArray[np.uint16]
    counts: NDArray[np.unsignedinteger]


@dataclass(slots=True)
class Tally:
    """Counts keys text by text; with `pairs`, counts neighbouring keys instead."""

    pairs: bool = False
    _keys: list[int] = field(default_factory=list)
    _ends: list[int] = field(default_factory=lambda: [0])
    _lengths: list[NDArray[np.int64]] = field(default_factory=list)
    _blocks: list[_Block] = field(default_factory=list)
    _texts: int = 0

    def add(self, keys: Iterable[int]) -> None:
        """Count the next text."""
        self._keys.extend(keys)
        self._ends.append(len(self._keys))
        if len(self._ends) > BLOCK:
            self._close()

    def postings(self) -> Postings:
        """Return everything counted, and forget it."""
        self._close()
        blocks, self._blocks = self._blocks, []
        lengths = np.concatenate([np.zeros(0, np.int64), *self._lengths])
        return _laid(blocks, lengths)

    def _close(self) -> None:
        ends = np.array(self._ends, np.int64)
        lengths = ends[1:] - ends[:-1]
        keys = np.array(self._keys, np.uint64)
        texts = np.repeat(np.arange(lengths.size, dtype=np.uint64), lengths)
        if self.pairs:
            keys, texts = _neighbours(keys, texts)
        self._lengths.append(lengths)
        self._blocks.append(_block(self._texts, keys, texts))
        self._texts += lengths.size
        self._keys, self._ends = [], [0]


def rows(postings: Postings, size: int) -> Postings:
    """Return `postings` with a row, perhaps empty, for every key below `size`."""
    keys = np.arange(size, dtype=np.uint64)
    starts = postings.starts[np.searchsorted(postings.keys, np.arange(size + 1, dtype=np.uint64))]
    return postings._replace(keys=keys, starts=starts)


def pair(left: int, right: int) -> int:
    """Return the key of two words that stand side by side."""
    return (left << _SHIFT) | right


def summed(postings: Postings, parents: NDArray[np.int32]) -> Postings:
    """Return the postings of the parents, each the sum of the texts that `parents` gives it.

    A text whose parent's number is below 0 has none.
    """
    many = int(parents.max(initial=-1)) + 1
    under = parents[postings.ids]
    having = under >= 0
    row = np.repeat(np.arange(postings.keys.size), np.diff(postings.starts))[having]
    places, inverse = np.unique(row * many + under[having], return_inverse=True)
    counts = np.bincount(inverse, postings.counts[having], places.size).astype(np.uint32)
    starts = np.searchsorted(places, np.arange(postings.keys.size + 1) * many)
    lengths = np.bincount(parents[parents >= 0], postings.lengths[parents >= 0], many)
    ids = (places % max(many, 1)).astype(np.int32)
    return Postings(postings.keys, starts, ids, counts, lengths.astype(np.int64))


def _neighbours(
    keys: NDArray[np.uint64], texts: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    together = texts[:-1] == texts[1:]
    both = (keys[:-1] << np.uint64(_SHIFT)) | keys[1:]
    return both[together], texts[:-1][together]


def _block(first: int, keys: NDArray[np.uint64], texts: NDArray[np.uint64]) -> _Block:
    known, local = np.unique(keys, return_inverse=True)
    places = (local.astype(np.uint64) << np.uint64(16)) | texts
    places.sort()
    new = np.flatnonzero(np.diff(places, prepend=places[:1] + np.uint64(1)))
    counts = np.diff(new, append=places.size)
    placed = places[new]
    found = np.bincount((placed >> np.uint64(16)).astype(np.int64), minlength=known.size)
    ids = (placed & np.uint64(BLOCK - 1)).astype(np.uint16)
    return _Block(first, known, found, ids, counts.astype(_narrow(counts)))


def _narrow(counts: NDArray[np.int64]) -> np.dtype[np.unsignedinteger]:
    return np.min_scalar_type(int(counts.max(initial=0)))


def _laid(blocks: list[_Block], lengths: NDArray[np.int64]) -> Postings:
    keys = np.unique(np.concatenate([block.keys for block in blocks]))
    found = np.zeros(keys.size + 1, np.int64)
    for block in blocks:
        found[np.searchsorted(keys, block.keys) + 1] += block.found
    starts = np.cumsum(found)
    ids = np.empty(int(starts[-1]), np.int32)
    counts = np.empty(int(starts[-1]), np.result_type(*(block.counts for block in blocks)))
    free = starts[:-1].copy()
    blocks.reverse()
    while blocks:
        block = blocks.pop()
        rows = np.searchsorted(keys, block.keys)
        shift = free[rows] - (np.cumsum(block.found) - block.found)
        places = np.repeat(shift, block.found) + np.arange(block.ids.size)
        ids[places] = block.ids.astype(np.int32) + np.int32(block.first)
        counts[places] = block.counts
        free[rows] += block.found
    return Postings(keys, starts, ids, counts, lengths)
