"""The numpy scorer: sums over postings, and the best texts; numba_scorer is quicker still.

Both ways add the same numbers in the same order, so their scores are equal to
the last bit. numba comes with the extra `fast`; it is used where it is
installed, and compiled before the first question is taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from bot.search.bm25.weights import WeightedPostings

    FieldQuery = tuple[WeightedPostings, float, Sequence[tuple[int, float]]]
    ParentQuery = tuple[FieldQuery, NDArray[np.int32]]

# For fewer texts finding a lower bound costs more than sorting what it would spare.
_MIN_TEXTS_TO_BOUND = 4096
_STRIPE_COUNT = 64


class Scorer:
    """Scores by numpy alone."""

    __slots__ = ()

    def find_best(
        self,
        text_count: int,
        matching: Sequence[FieldQuery],
        boosting: Sequence[FieldQuery],
        parent_query: ParentQuery | None,
        limit: int,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the best texts of those that `matching` finds, and their scores.

        `boosting` adds to what was found; `parent_query` adds each parent's score to
        its texts. Ties go to the earlier text.
        """
        totals = sum_scores(matching, text_count)
        if not boosting and parent_query is None:
            return _select_top(totals, limit)
        texts = np.flatnonzero(totals)
        scores = totals[texts]
        if boosting:
            scores += sum_scores(boosting, text_count)[texts]
        if parent_query is not None:
            query, parents = parent_query
            scores += score_parents(query, parents)[parents[texts]]
        top, scores = _select_top(scores, limit)
        return texts[top], scores


def sum_scores(queries: Iterable[FieldQuery], text_count: int) -> NDArray[np.float64]:
    """Sum up the score of each text: its postings' weights, times the weight of each term."""
    ids, scores = [], []
    for postings, field_weight, terms in queries:
        start, idf, table = postings.starts.item, postings.idf.item, postings.table
        for row, weight in terms:
            low, high = start(row), start(row + 1)
            if low < high:
                contributions = table.take(postings.codes[low:high])
                contributions *= idf(high - low) * weight * field_weight
                ids.append(postings.ids[low:high])
                scores.append(contributions)
    if not ids:
        return np.zeros(text_count)
    weights: NDArray[np.float64] = np.concatenate(scores)
    return np.bincount(np.concatenate(ids), weights, text_count).astype(np.float64, copy=False)


def score_parents(query: FieldQuery, parents: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return each parent's score, and 0 at the end, where the number NONE leads."""
    return sum_scores([query], int(parents.max()) + 2)


def _select_top(
    scores: NDArray[np.float64], limit: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    candidates = np.flatnonzero(
        scores >= minimum if (minimum := _find_lower_bound(scores, limit)) > 0 else scores
    )
    if limit < candidates.size:
        candidate_scores = scores[candidates]
        candidates = candidates[
            candidate_scores
            >= np.partition(candidate_scores, candidates.size - limit)[candidates.size - limit]
        ]
    candidate_scores = scores[candidates]
    order = np.argsort(-candidate_scores, kind="stable")[:limit]
    return candidates[order], candidate_scores[order]


def _find_lower_bound(scores: NDArray[np.float64], limit: int) -> float:
    """Return a score that at least `limit` texts reach, cheaply; 0 where it is not worth it.

    Of the best of each of many stripes, the `limit`-th is reached by `limit` texts.
    """
    stripe_size = scores.size // _STRIPE_COUNT
    if scores.size < _MIN_TEXTS_TO_BOUND or stripe_size < 2 * limit:
        return 0.0
    stripe_maxima = (
        scores[: stripe_size * _STRIPE_COUNT].reshape(_STRIPE_COUNT, stripe_size).max(axis=0)
    )
    return float(np.partition(stripe_maxima, stripe_size - limit)[stripe_size - limit])
