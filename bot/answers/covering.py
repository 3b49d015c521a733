"""How much of a question some words cover, and how far that goes towards an answer."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answers.question import Concept

_SHORT = 2
_SYNONYM = 0.8


def covered(concepts: Sequence[Concept], stems: frozenset[str]) -> tuple[Concept, ...]:
    """Return those of `concepts` of which one form stands whole in `stems`, in order."""
    return tuple(c for c in concepts if any(form <= stems for form in c.forms))


def closeness(concepts: Sequence[Concept], stems: frozenset[str]) -> float:
    """Return the share that `stems` cover, a synonym counting for less than the word itself."""
    found = covered(concepts, stems)
    own = [concept for concept in found if concept.forms[0] <= stems]
    return (1 - _SYNONYM) * share(own, concepts) + _SYNONYM * share(found, concepts)


def coverage(found: Sequence[Concept], asked: Sequence[Concept]) -> float:
    """Return how far `found` answers for `asked`: 0 for nothing; see the thresholds.

    It is the share of the weight of what was asked, times the root of the
    number of things asked, so that a long question may leave more unmatched
    than a short one. Of one or two things asked everything must be found: then
    it is infinite, as it is when nothing telling was asked at all.
    """
    if len(asked) <= _SHORT and len(found) == len(asked):
        return float("inf")
    return share(found, asked) * sqrt(len(asked))


def share(found: Sequence[Concept], asked: Sequence[Concept]) -> float:
    """Return the weight of `found` in that of `asked`, 0 to 1; 1 when nothing was asked."""
    total = sum(concept.weight for concept in asked)
    return sum(concept.weight for concept in found) / total if total else 1.0
