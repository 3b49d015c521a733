"""The index of words as a file, so that no first text to verify after a start waits until it is built."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import bot.text
from bot.answers.verification.word_index import WordIndex, build_arrays, build_word_index, list_stretches
from bot.storage.array_file import open_arrays, save_arrays

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.answers.verification.word_index import IndexedStretch
    from bot.model import Passage


def load_word_index(passages: Iterable[Passage], path: Path | None) -> WordIndex:
    """Map the index of `passages` from the file at `path`; where that is not one of them, build and save it.

    Without a `path` it is built.
    """
    if path is None:
        return build_word_index(passages)
    rows = list_stretches(passages)
    key = _compute_key(rows)
    arrays = open_arrays(path, key)
    if arrays is None:
        arrays = build_arrays(rows)
        if save_arrays(path, key, arrays):
            # As mapped they take no memory until somebody verifies.
            arrays = open_arrays(path, key) or arrays
    return WordIndex([stretch for stretch, _ in rows], arrays)


def _compute_key(rows: Sequence[tuple[IndexedStretch, bool]]) -> str:
    """Compute the key of an index of exactly these stretches, made by exactly this code."""
    documents = {stretch.passage.document.sha256: None for stretch, _ in rows}
    numbers = {sha256: number for number, sha256 in enumerate(documents)}
    places = [(numbers[stretch.passage.document.sha256], *stretch.span, follows_on) for stretch, follows_on in rows]
    digest = hashlib.sha256(_compute_code_digest() + "".join(documents).encode())
    digest.update(np.array(places, np.int64).data)
    return digest.hexdigest()


@cache
def _compute_code_digest() -> bytes:
    modules = [*sorted(Path(__file__).parent.glob("*.py*")), Path(bot.text.__file__)]
    return hashlib.sha256(b"".join(module.read_bytes() for module in modules)).digest()
