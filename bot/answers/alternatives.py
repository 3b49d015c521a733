"""Alternatives in a question: "a borough or the capital" is met by what is on either.

What is on one side of the word is not missing where the other side is met.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bot.answers.question import weight_share
from bot.answers.question_language import load_question_language

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bot.answers.question import Concept

Alternatives = tuple[tuple["Concept", ...], tuple["Concept", ...]]

# A side is met by half of what it asks: "tried in real conditions, or only in a lab".
_MIN_SHARE_OF_SIDE = 0.5
# Within a clause a word belongs to the side it stands on.
_CLAUSE_ENDS = ",;:?!()"


def find_alternatives(text: str, concepts: Sequence[Concept], language: str) -> tuple[Alternatives, ...]:
    """Return what stands on both sides of each "or" and slash of a question, within the clause; none is empty."""
    placed = list(_place_concepts(text, concepts))
    separators = [match.span() for match in _compile_separator(language).finditer(text)]
    found = []
    for start, end in separators:
        first = max(
            [text.rfind(mark, 0, start) for mark in _CLAUSE_ENDS] + [e - 1 for _, e in separators if e <= start]
        )
        stops = [text.find(mark, end) for mark in _CLAUSE_ENDS] + [s for s, _ in separators if s >= end]
        last = min((stop for stop in stops if stop >= 0), default=len(text))
        left = tuple(concept for place, concept in placed if first < place < start)
        right = tuple(concept for place, concept in placed if end <= place < last)
        if left and right:
            found.append((left, right))
    return tuple(found)


def find_met_instead(alternatives: Sequence[Alternatives], matched: Collection[Concept]) -> frozenset[Concept]:
    """Return the concepts that need not be matched, since what is asked instead of them is."""
    return frozenset(
        concept
        for left, right in alternatives
        for one, other in ((left, right), (right, left))
        if _is_met(one, matched)
        for concept in other
        if concept not in matched
    )


def _is_met(side: Sequence[Concept], matched: Collection[Concept]) -> bool:
    return weight_share([concept for concept in side if concept in matched], side) >= _MIN_SHARE_OF_SIDE


def _place_concepts(text: str, concepts: Sequence[Concept]) -> Iterator[tuple[int, Concept]]:
    """Yield the concepts that tell one passage from another with where they stand in a question."""
    position = 0
    for concept in concepts:
        place = text.find(concept.text, position)
        if place >= 0:
            position = place + len(concept.text)
            if not concept.is_common:
                yield place, concept


@cache
def _compile_separator(language: str) -> re.Pattern[str]:
    words = "|".join(sorted(load_question_language(language).alternative_words)) or r"(?!)"
    return re.compile(rf"[,;]?\s*\b(?:{words})\b|(?<=[^\W\d])\s*/\s*(?=[^\W\d])", re.IGNORECASE)
