"""The row of every stem, found by hash: two arrays, so an index opens without reading its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

NONE = -1
_REMEMBERED = 1 << 16


@dataclass(frozen=True, slots=True)
class Stems:
    """`rows[n]` is the row of the stem whose 64-bit hash is `hashes[n]`, ascending.

    Of a million stems that stand nowhere, none is expected to be taken for one
    that does: the chance is below one in ten million.
    """

    hashes: NDArray[np.uint64]
    rows: NDArray[np.int32]
    _known: dict[str, int] = field(default_factory=dict)

    def row(self, stem: str) -> int:
        """Return the row of `stem`, or NONE."""
        row = self._known.get(stem)
        return self._found(stem) if row is None else row

    def _found(self, stem: str) -> int:
        wanted = hashed(stem)
        place = int(np.searchsorted(self.hashes, np.uint64(wanted)))
        there = place < self.hashes.size and self.hashes.item(place) == wanted
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[stem] = row = self.rows.item(place) if there else NONE
        return row


def numbered(stems: Mapping[str, int]) -> Stems:
    """Return the rows that `stems` gives, to be found by hash."""
    hashes = np.fromiter(map(hashed, stems), np.uint64, len(stems))
    order = np.argsort(hashes)
    rows = np.fromiter(stems.values(), np.int32, len(stems))
    return Stems(hashes[order], rows[order])


def hashed(stem: str) -> int:
    """Return the first 64 bits of a BLAKE2b hash of `stem`."""
    return int.from_bytes(blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=8).digest())
