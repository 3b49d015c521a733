"""A ranking as arrays, and back: what `saving` writes and maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bot.search.bm25.scorer import choose_scorer
from bot.search.bm25.terms import StemTable
from bot.search.bm25.text_ranking import FieldIndexes, Ranking
from bot.search.bm25.weights import WeightedPostings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from bot.search.bm25.index_file import Arrays
    from bot.search.bm25.options import Bm25Options


def ranking_to_arrays(ranking: Ranking) -> dict[str, NDArray[Any]]:
    """Return everything of `ranking` but its options."""
    named_fields = zip(FieldIndexes._fields, ranking.fields, strict=True)
    arrays = {
        f"{field}.{name}": array
        for field, postings in named_fields
        for name, array in postings._asdict().items()
    }
    stems = {"hashes": ranking.stems.hashes, "rows": ranking.stems.rows}
    return {**stems, "pairs": ranking.pair_keys, "parents": ranking.parent_ids, **arrays}


def ranking_from_arrays(arrays: Arrays, options: Bm25Options) -> Ranking:
    """Return the ranking that `arrays` were stored from."""
    fields = (
        WeightedPostings(*(arrays[f"{field}.{name}"] for name in WeightedPostings._fields))
        for field in FieldIndexes._fields
    )
    stems = StemTable(arrays["hashes"], arrays["rows"])
    parent_ids = arrays["parents"]
    text_scorer = choose_scorer(parent_ids.size, fast=options.fast)
    return Ranking(
        options,
        parent_ids.size,
        stems,
        FieldIndexes(*fields),
        arrays["pairs"],
        parent_ids,
        text_scorer,
    )


def encode_words(words: Iterable[str]) -> NDArray[np.uint8]:
    """Return `words`, none of which holds a line break, as one array."""
    return np.frombuffer("\n".join(words).encode("utf-8", "surrogatepass"), np.uint8)


def decode_words(array: NDArray[Any]) -> list[str]:
    """Return the words that were `encode_words`."""
    return array.tobytes().decode("utf-8", "surrogatepass").split("\n") if array.size else []
