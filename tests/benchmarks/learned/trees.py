"""Boosted trees over named features, read from a small file without any library."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# A branch: the index of a feature, a bound, where at most that leads, and where more leads. A leaf is a number.
Node = Any
# A voice is shown from here on, whatever the scores of a table are.
DISPLAY_THRESHOLD = 0.7


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees whose leaves add up to the log odds of yes.

    >>> forest = Forest(("words",), 0.0, ((0, 3.5, -2.0, 2.0),))
    >>> round(forest.score({"words": 3.0}), 2), round(forest.score({"words": 4.0}), 2)
    (0.12, 0.88)
    """

    features: tuple[str, ...]
    base: float
    trees: tuple[Node, ...]

    def score(self, features: Mapping[str, float]) -> float:
        """Return how likely yes is, from 0 to 1."""
        values = [features[name] for name in self.features]
        total = self.base
        for tree in self.trees:
            node = tree
            while node.__class__ is tuple:
                node = node[2] if values[node[0]] <= node[1] else node[3]
            total += node
        return 1.0 / (1.0 + math.exp(-total))


@dataclass(frozen=True, slots=True)
class LearnedTable:
    """What is learned: `marks` of whether words are quoted, `speakers` of whether a candidate said them.

    Words for which nobody is named get a candidate from `restoring_score` on, and lose whom
    they have below `dropping_score`; a voice that scores `display_score` or more is shown.
    """

    marks: Forest
    speakers: Forest
    restoring_score: float
    dropping_score: float
    display_score: float

    def rate_confidence(self, score: float) -> float:
        """Return a score as a confidence: the same order, and shown from `display_score` on.

        >>> table = LearnedTable(Forest((), 0.0, ()), Forest((), 0.0, ()), 0.7, 0.3, 0.8)
        >>> [round(table.rate_confidence(score), 2) for score in (0.0, 0.4, 0.8, 0.9, 1.0)]
        [0.0, 0.35, 0.7, 0.85, 1.0]
        """
        if score < self.display_score:
            return DISPLAY_THRESHOLD * score / self.display_score
        return 1 - (1 - DISPLAY_THRESHOLD) * (1 - score) / (1 - self.display_score)


def read_learned_table(text: str) -> LearnedTable:
    """Return the table that a file says."""
    content = json.loads(text)
    return LearnedTable(
        _read_forest(content["marks"]),
        _read_forest(content["speakers"]),
        content["restoring_score"],
        content["dropping_score"],
        content["display_score"],
    )


def _read_forest(content: Mapping[str, Any]) -> Forest:
    return Forest(tuple(content["features"]), content["base"], tuple(map(_read_node, content["trees"])))


def _read_node(node: Sequence[Any] | float) -> Node:
    if isinstance(node, int | float):
        return float(node)
    index, bound, at_most, more = node
    return (index, float(bound), _read_node(at_most), _read_node(more))
