"""Sums over postings: which texts score best, in numpy, or quicker still with numba.

Both ways add the same numbers in the same order, so their scores are equal to
the last bit. numba comes with the extra `fast`; it is used where it is
installed, and compiled before the first question is taken.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from bot.engines.inverted.fitting import Field

    Asked = tuple[Field, float, Sequence[tuple[int, float]]]
    Above = tuple[Asked, NDArray[np.int32]]

_FEW = 4096
_STRIPES = 64

_MANY = 500


class Scorer:
    """Scores by numpy alone."""

    __slots__ = ()

    def best(
        self,
        size: int,
        direct: Sequence[Asked],
        raising: Sequence[Asked],
        above: Above | None,
        limit: int,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the best texts of those that `direct` finds, and their scores.

        `raising` adds to what was found; `above` adds each parent's score to
        its texts. Ties go to the earlier text.
        """
        found = summed_scores(direct, size)
        if not raising and above is None:
            return _best(found, limit)
        texts = np.flatnonzero(found)
        scores = found[texts]
        if raising:
            scores += summed_scores(raising, size)[texts]
        if above is not None:
            asked, parents = above
            scores += by_parent(asked, parents)[parents[texts]]
        first, scores = _best(scores, limit)
        return texts[first], scores


def scorer(texts: int, *, fast: bool) -> Scorer:
    """Return numpy's scorer or, if `fast` and for many texts, numba's where it is installed.

    For few texts numpy has answered before numba is even imported.
    """
    if not fast or texts < _MANY or find_spec("numba") is None:
        return Scorer()
    return cast("Scorer", import_module("bot.engines.inverted.fast").Fast())


def summed_scores(asked: Iterable[Asked], size: int) -> NDArray[np.float64]:
    """Return the score of each of `size` texts: for each (row, weight), weight x what it adds."""
    ids, scores = [], []
    for field, whole, terms in asked:
        start, idf, table = field.starts.item, field.idf.item, field.table
        for row, weight in terms:
            low, high = start(row), start(row + 1)
            if low < high:
                adds = table.take(field.codes[low:high])
                adds *= idf(high - low) * weight * whole
                ids.append(field.ids[low:high])
                scores.append(adds)
    if not ids:
        return np.zeros(size)
    weights: NDArray[np.float64] = np.concatenate(scores)
    return np.bincount(np.concatenate(ids), weights, size).astype(np.float64, copy=False)


def by_parent(asked: Asked, parents: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return each parent's score, and 0 at the end, where the number NONE leads."""
    return summed_scores([asked], int(parents.max()) + 2)


def _best(scores: NDArray[np.float64], limit: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    able = np.flatnonzero(scores >= bound if (bound := _bound(scores, limit)) > 0 else scores)
    if limit < able.size:
        chosen = scores[able]
        able = able[chosen >= np.partition(chosen, able.size - limit)[able.size - limit]]
    chosen = scores[able]
    order = np.argsort(-chosen, kind="stable")[:limit]
    return able[order], chosen[order]


def _bound(scores: NDArray[np.float64], limit: int) -> float:
    """Return a score that at least `limit` texts reach, cheaply; 0 where it is not worth it.

    Of the best of each of many stripes, the `limit`-th is reached by `limit` texts.
    """
    stripes = scores.size // _STRIPES
    if scores.size < _FEW or stripes < 2 * limit:
        return 0.0
    tops = scores[: stripes * _STRIPES].reshape(_STRIPES, stripes).max(axis=0)
    return float(np.partition(tops, stripes - limit)[stripes - limit])
