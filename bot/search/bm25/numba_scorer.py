"""The numba scorer: compiled loops whose cost grows with the matches, not with the texts.

Compiled when this module is first imported (see `DeferredScorer`), and kept on disk
for the next process where the folder can be written to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from bot.search.bm25.scorer import BestTexts, Scorer, TextQuery, WeightedPostings, score_parents


def _define_stored_array(item: types.Type) -> types.Array:
    """Return the numba type of a stored array: of one dimension, contiguous, read-only."""
    return types.Array(item, 1, "C", readonly=True)


# Stored arrays are only read; the others are buffers, which are written to.
_STORED_IDS, _STORED_FLOATS = _define_stored_array(types.int32), _define_stored_array(types.float64)
_STORED_CODES = _define_stored_array(types.uint16), _define_stored_array(types.uint32)
_FLOATS, _TEXTS = types.float64[::1], types.int32[::1]
_ADD_SIGNATURES = [
    types.int64(_STORED_IDS, codes, _STORED_FLOATS, _FLOATS, _FLOATS, _TEXTS, types.int64) for codes in _STORED_CODES
]
_BOOST_SIGNATURES = [
    types.void(_STORED_IDS, codes, _STORED_FLOATS, _FLOATS, _FLOATS, _FLOATS) for codes in _STORED_CODES
]
_SELECT_SIGNATURE = types.int64(_FLOATS, _FLOATS, _TEXTS, types.int64, _FLOATS, _STORED_IDS, types.int64[::1], _FLOATS)


def _compile(signature: object) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that compiles a function for `signature`, or for each of a list."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        """Compile `function`, and keep the code on disk where there is a folder for it."""
        dispatcher: Callable[..., Any]
        try:
            dispatcher = numba.njit(signature, cache=True, nogil=True)(function)
        except RuntimeError:  # no folder to keep compiled code in
            dispatcher = numba.njit(signature, nogil=True)(function)
        return dispatcher

    return decorate


@_compile(_ADD_SIGNATURES)
def _add_scores(ids, codes, table, plan, totals, touched_texts, touched_count):  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917
    """Add the postings [low, high) of each (low, high, weight) in `plan`, weighted, to `totals`.

    Texts that had no total are noted in `touched_texts`; return how many are noted in all.
    """
    for offset in range(0, plan.size, 3):
        weight = plan[offset + 2]
        for posting in range(int(plan[offset]), int(plan[offset + 1])):
            text = ids[posting]
            total = totals[text]
            # Written in any case, and counted where it is new: a branch here is mispredicted every other time.
            touched_texts[touched_count] = text
            touched_count += total == 0.0
            totals[text] = total + table[codes[posting]] * weight
    return touched_count


@_compile(_BOOST_SIGNATURES)
def _add_boosts(ids, codes, table, plan, totals, boosts):  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917
    """Add the postings of `plan`, as in `_add_scores`, to `boosts`, for texts whose total is above 0."""
    for offset in range(0, plan.size, 3):
        weight = plan[offset + 2]
        for posting in range(int(plan[offset]), int(plan[offset + 1])):
            text = ids[posting]
            if totals[text] > 0.0:
                boosts[text] += table[codes[posting]] * weight


@_compile(_SELECT_SIGNATURE)
def _select_top(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917
    totals, boosts, touched_texts, touched_count, parent_scores, parents, texts, scores
):
    """Put the best touched texts, best first, into `texts` and `scores`, and return how many; set sums back to 0."""
    limit, count, least = texts.size, 0, 0.0
    for n in range(touched_count):
        text = touched_texts[n]
        score = totals[text]
        totals[text] = 0.0
        if boosts.size:
            score += boosts[text]
            boosts[text] = 0.0
        if parents.size:
            score += parent_scores[parents[text]]
        if score < least or (count == limit and score == least and text > texts[count - 1]):
            continue
        if count < limit:
            count += 1
        position = count - 1
        while position and (
            scores[position - 1] < score or (scores[position - 1] == score and texts[position - 1] > text)
        ):
            scores[position] = scores[position - 1]
            texts[position] = texts[position - 1]
            position -= 1
        scores[position] = score
        texts[position] = text
        if count == limit:
            least = scores[count - 1]
    return count


class _Buffers(NamedTuple):
    """Arrays that one search needs; `totals` and `boosts` have a cell for each text, all 0 between searches."""

    totals: NDArray[np.float64]
    boosts: NDArray[np.float64]
    touched_texts: NDArray[np.int32]


_NO_SCORES = np.zeros(0)
_NO_PARENTS = np.zeros(0, np.int32)
_NO_PARENTS.flags.writeable = False


@dataclass(slots=True)
class NumbaScorer(Scorer):
    """Scores by compiled loops over buffers that are kept, all zero, between questions."""

    _free_buffers: list[_Buffers] = field(default_factory=list)

    def find_best(self, query: TextQuery, limit: int) -> BestTexts:
        """Return the same as `Scorer.find_best`, to the last bit."""
        text_count, matching, boosting, parent_query = query
        if any(part[0].codes.dtype == np.uint8 for part in (*matching, *boosting)):
            # Stored by a process that had no numba.
            return Scorer.find_best(self, query, limit)
        buffers = self._free_buffers.pop() if self._free_buffers else _allocate_buffers(text_count)
        touched_count = 0
        for part in matching:
            postings, plan = part[0], _build_plan(*part)
            touched_count = _add_scores(
                postings.ids, postings.codes, postings.table, plan, buffers.totals, buffers.touched_texts, touched_count
            )
        for part in boosting:
            postings, plan = part[0], _build_plan(*part)
            _add_boosts(postings.ids, postings.codes, postings.table, plan, buffers.totals, buffers.boosts)
        parents = parent_query[1] if parent_query else _NO_PARENTS
        parent_scores = score_parents(parent_query[0], parent_query[2]) if parent_query else _NO_SCORES
        boosts = buffers.boosts if boosting else _NO_SCORES
        texts, scores = (np.empty(min(limit, touched_count), np.int64), np.empty(min(limit, touched_count)))
        _select_top(buffers.totals, boosts, buffers.touched_texts, touched_count, parent_scores, parents, texts, scores)
        self._free_buffers.append(buffers)
        return texts, scores


def _allocate_buffers(text_count: int) -> _Buffers:
    """Return buffers for `text_count` texts; a text is noted before it is counted, hence one more place."""
    return _Buffers(np.zeros(text_count), np.zeros(text_count), np.empty(text_count + 1, np.int32))


def _build_plan(
    postings: WeightedPostings, field_weight: float, terms: Sequence[tuple[int, float]]
) -> NDArray[np.float64]:
    """Return the postings [low, high) of each of `terms` and their weight: low, high, weight, low, ..."""
    start, idf = postings.starts.item, postings.idf.item
    plan: list[float] = []
    for row, weight in terms:
        low, high = start(row), start(row + 1)
        plan += (low, high, idf(high - low) * weight * field_weight)
    return np.array(plan, np.float64)
