"""How much of a question some words cover, and how far that goes towards an answer."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answers.question import Concept

_SHORT_QUESTION = 2
_SYNONYM_WEIGHT = 0.8


def match_concepts(concepts: Sequence[Concept], stems: frozenset[str]) -> tuple[Concept, ...]:
    """Return those of `concepts` of which one form stands whole in `stems`, in order."""
    return tuple(c for c in concepts if any(form <= stems for form in c.forms))


def compute_closeness(concepts: Sequence[Concept], stems: frozenset[str]) -> float:
    """Return the share that `stems` cover, a synonym counting for less than the word itself."""
    matches = match_concepts(concepts, stems)
    literal = [concept for concept in matches if concept.forms[0] <= stems]
    return (1 - _SYNONYM_WEIGHT) * weight_share(literal, concepts) + _SYNONYM_WEIGHT * weight_share(
        matches, concepts
    )


def compute_coverage(matches: Sequence[Concept], concepts: Sequence[Concept]) -> float:
    """Return how far `matches` answers for `concepts`: 0 for nothing; see the thresholds.

    It is the share of the weight of what was asked, times the root of the
    number of things asked, so that a long question may leave more unmatched
    than a short one. Of one or two things asked everything must be found: then
    it is infinite, as it is when nothing telling was asked at all.
    """
    if len(concepts) <= _SHORT_QUESTION and len(matches) == len(concepts):
        return float("inf")
    return weight_share(matches, concepts) * sqrt(len(concepts))


def weight_share(matches: Sequence[Concept], concepts: Sequence[Concept]) -> float:
    """Return the weight of `matches` in that of `concepts`, 0 to 1; 1 when nothing was asked."""
    total_weight = sum(concept.weight for concept in concepts)
    return sum(concept.weight for concept in matches) / total_weight if total_weight else 1.0
