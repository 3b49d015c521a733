"""The same sums with numba: nothing is proportional to the number of texts, only to what matches.

Compiled when this module is first imported, which is when an index is built or
opened, and kept on disk for the next start where the folder can be written to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np
from numba import types

from bot.engines.inverted.scoring import Scorer, by_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bot.engines.inverted.fitting import Field
    from bot.engines.inverted.scoring import Above, Asked


def _read(kind: types.Type) -> types.Array:
    return types.Array(kind, 1, "C", readonly=True)


_FLOATS, _TEXTS = types.float64[::1], types.int32[::1]
_ADD = [
    types.int64(
        _read(types.int32), _read(code), _read(types.float64), _FLOATS, _FLOATS, _TEXTS, types.int64
    )
    for code in (types.uint16, types.uint32)
]
_RAISE = [
    types.void(_read(types.int32), _read(code), _read(types.float64), _FLOATS, _FLOATS, _FLOATS)
    for code in (types.uint16, types.uint32)
]
_CHOOSE = types.int64(
    _FLOATS, _FLOATS, _TEXTS, types.int64, _FLOATS, _read(types.int32), types.int64[::1], _FLOATS
)


def _compiled(signature: object) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        made: Callable[..., Any]
        try:
            made = numba.njit(signature, cache=True, nogil=True)(function)
        except RuntimeError:  # no folder to keep compiled code in
            made = numba.njit(signature, nogil=True)(function)
        return made

    return compiled


@_compiled(_ADD)
def _add(ids, codes, table, plan, found, touched, many):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Add each (low, high, weight) of `plan` to `found`; note in `touched` what was at 0."""
    for term in range(0, plan.size, 3):
        weight = plan[term + 2]
        for place in range(int(plan[term]), int(plan[term + 1])):
            text = ids[place]
            if found[text] == 0.0:
                touched[many] = text
                many += 1
            found[text] += table[codes[place]] * weight
    return many


@_compiled(_RAISE)
def _raise(ids, codes, table, plan, found, raised):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Add each (low, high, weight) of `plan` to `raised`, where `found` is above 0."""
    for term in range(0, plan.size, 3):
        weight = plan[term + 2]
        for place in range(int(plan[term]), int(plan[term + 1])):
            text = ids[place]
            if found[text] > 0.0:
                raised[text] += table[codes[place]] * weight


@_compiled(_CHOOSE)
def _choose(found, raised, touched, many, above, parents, texts, scores):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Put the best of the `many` touched into `texts` and `scores`; leave all buffers at 0."""
    limit, kept = texts.size, 0
    for n in range(many):
        text = touched[n]
        score = found[text]
        found[text] = 0.0
        if raised.size:
            score += raised[text]
            raised[text] = 0.0
        if parents.size:
            score += above[parents[text]]
        if kept == limit and (
            score < scores[kept - 1] or (score == scores[kept - 1] and text > texts[kept - 1])
        ):
            continue
        if kept < limit:
            kept += 1
        place = kept - 1
        while place and (
            scores[place - 1] < score or (scores[place - 1] == score and texts[place - 1] > text)
        ):
            scores[place] = scores[place - 1]
            texts[place] = texts[place - 1]
            place -= 1
        scores[place] = score
        texts[place] = text
    return kept


class _Buffers(NamedTuple):
    found: NDArray[np.float64]
    raised: NDArray[np.float64]
    touched: NDArray[np.int32]


_NO_SCORES = np.zeros(0)
_NO_PARENTS = np.zeros(0, np.int32)
_NO_PARENTS.flags.writeable = False


@dataclass(slots=True)
class Fast(Scorer):
    """Scores by compiled loops over buffers that are kept, all zero, between questions."""

    _spare: list[_Buffers] = field(default_factory=list)

    def best(
        self,
        size: int,
        direct: Sequence[Asked],
        raising: Sequence[Asked],
        above: Above | None,
        limit: int,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return what Scorer's does, to the last bit."""
        buffers = self._spare.pop() if self._spare else _buffers(size)
        many = 0
        for asked in direct:
            part, plan = asked[0], _plan(*asked)
            many = _add(
                part.ids, part.codes, part.table, plan, buffers.found, buffers.touched, many
            )
        for asked in raising:
            part, plan = asked[0], _plan(*asked)
            _raise(part.ids, part.codes, part.table, plan, buffers.found, buffers.raised)
        parents = above[1] if above else _NO_PARENTS
        scored = by_parent(*above) if above else _NO_SCORES
        raised = buffers.raised if raising else _NO_SCORES
        texts, scores = np.empty(min(limit, many), np.int64), np.empty(min(limit, many))
        _choose(buffers.found, raised, buffers.touched, many, scored, parents, texts, scores)
        self._spare.append(buffers)
        return texts, scores


def _buffers(size: int) -> _Buffers:
    return _Buffers(np.zeros(size), np.zeros(size), np.empty(size, np.int32))


def _plan(part: Field, whole: float, terms: Sequence[tuple[int, float]]) -> NDArray[np.float64]:
    """Return low, high and weight of each of `terms`, flat."""
    start, idf = part.starts.item, part.idf.item
    plan: list[float] = []
    for row, weight in terms:
        low, high = start(row), start(row + 1)
        plan += (low, high, idf(high - low) * weight * whole)
    return np.array(plan, np.float64)
