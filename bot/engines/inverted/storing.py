"""A ranking as arrays, and back: what `saving` writes and maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bot.engines.inverted.fitting import Field
from bot.engines.inverted.numbering import Stems
from bot.engines.inverted.ranking import Parts, Ranking
from bot.engines.inverted.scoring import scorer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from bot.engines.inverted.options import Options
    from bot.engines.inverted.saving import Arrays


def stored(ranking: Ranking) -> dict[str, NDArray[Any]]:
    """Return everything of `ranking` but its options."""
    named = zip(Parts._fields, ranking.parts, strict=True)
    fields = {f"{part}.{name}": array for part, f in named for name, array in f._asdict().items()}
    stems = {"hashes": ranking.stems.hashes, "rows": ranking.stems.rows}
    return {**stems, "pairs": ranking.pairs, "parents": ranking.parents, **fields}


def restored(arrays: Arrays, options: Options) -> Ranking:
    """Return the ranking that `arrays` were stored from."""
    parts = (Field(*(arrays[f"{part}.{name}"] for name in Field._fields)) for part in Parts._fields)
    stems = Stems(arrays["hashes"], arrays["rows"])
    parents = arrays["parents"]
    quickest = scorer(parents.size, fast=options.fast)
    return Ranking(options, parents.size, stems, Parts(*parts), arrays["pairs"], parents, quickest)


def written(words: Iterable[str]) -> NDArray[np.uint8]:
    """Return `words`, none of which holds a line break, as one array."""
    return np.frombuffer("\n".join(words).encode("utf-8", "surrogatepass"), np.uint8)


def read(array: NDArray[Any]) -> list[str]:
    """Return the words that were `written`."""
    return array.tobytes().decode("utf-8", "surrogatepass").split("\n") if array.size else []
