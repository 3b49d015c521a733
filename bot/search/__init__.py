"""Passages made findable: one protocol, and one module for each engine.

An engine's module offers `Options`, a pydantic model of its settings, and
`build(passages, analyser, options) -> Index`. The module's name in the settings
chooses it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Passage


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: stems, each with its weight; a repeated word weighs more.

    `pairs` are stems that stand side by side in the question, in its order: a
    passage that has them side by side too is found a little better by it.
    """

    weights: Mapping[str, float]
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that shares a stem with the query, its score, and the stems shared.

    `matched_stems` counts stems in the passage's own words, its voice, its cue and
    its heading alike.
    """

    passage: Passage
    score: float
    matched_stems: frozenset[str] = field(default=frozenset())


class Index(Protocol):
    """Passages that can be searched; immutable once built, so safe to share."""

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        """Return up to `limit` hits, best first; ties go to the earlier passage.

        A passage that shares no stem with the query is never a hit.
        """

    def idf(self, stem: str) -> float:
        """Return how much finding `stem` tells: above zero, most for a stem no passage has."""

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Every folded word that leads to a passage, and in how many passages it stands."""
