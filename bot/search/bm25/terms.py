"""The row of every stem, found by hash: two arrays, so an index opens without reading its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MISSING = -1
_MAX_CACHED_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class StemTable:
    """`rows[n]` is the row of the stem whose 64-bit hash is `hashes[n]`, ascending.

    Of a million stems that stand nowhere, none is expected to be taken for one
    that does: the chance is below one in ten million.
    """

    hashes: NDArray[np.uint64]
    rows: NDArray[np.int32]
    _row_cache: dict[str, int] = field(default_factory=dict)

    def find_row(self, stem: str) -> int:
        """Return the row of `stem`, or NONE."""
        row = self._row_cache.get(stem)
        return self._look_up_row(stem) if row is None else row

    def _look_up_row(self, stem: str) -> int:
        stem_hash = hash_stem(stem)
        position = int(np.searchsorted(self.hashes, np.uint64(stem_hash)))
        is_present = position < self.hashes.size and self.hashes.item(position) == stem_hash
        if len(self._row_cache) >= _MAX_CACHED_ROWS:
            self._row_cache.clear()
        self._row_cache[stem] = row = self.rows.item(position) if is_present else MISSING
        return row


def build_stem_table(stems: Mapping[str, int]) -> StemTable:
    """Return the rows that `stems` gives, to be found by hash."""
    hashes = np.fromiter(map(hash_stem, stems), np.uint64, len(stems))
    order = np.argsort(hashes)
    rows = np.fromiter(stems.values(), np.int32, len(stems))
    return StemTable(hashes[order], rows[order])


def hash_stem(stem: str) -> int:
    """Return the first 64 bits of a BLAKE2b hash of `stem`."""
    return int.from_bytes(blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=8).digest())
