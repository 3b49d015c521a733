"""Balance: the same number of quotes from both sides, or a side named as silent.

The best candidate of all is always shown. When both sides match they get
equally many places; whoever comes first alternates by a hash of the question,
so no side owns the top of the page.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.model import Side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class HasSide(Protocol):
    """Anything that is on a side."""

    @property
    def side(self) -> Side:
        """The side it is on."""


Sided = TypeVar("Sided", bound=HasSide)


def select_balanced(candidates: Sequence[Sided], limit: int, question: str) -> tuple[Sided, ...]:
    """Return up to `limit` of `candidates` (best first), both sides equally often if both match.

    What is on neither side fills the places left, and leads only when the best
    of all is there.
    """
    by_side = {side: [c for c in candidates if c.side is side] for side in Side}
    opposing = [by_side[Side.FOR], by_side[Side.AGAINST]]
    neither = by_side[Side.NEITHER]
    if not all(opposing):
        return tuple(candidates[:limit])
    neither_leads = bool(neither) and candidates[0] is neither[0]
    per_side = max(1, min(len(opposing[0]), len(opposing[1]), (limit - neither_leads) // 2))
    first, second = opposing if is_for_first(question) else opposing[::-1]
    alternating = [candidate for pair in zip(first[:per_side], second[:per_side], strict=True) for candidate in pair]
    fillers = neither[: max(0, limit - len(alternating))]
    return tuple(fillers + alternating if neither_leads else alternating + fillers)[: max(limit, 2 * per_side)]


def paginate(candidates: Sequence[Sided], limit: int, question: str) -> Iterator[tuple[Sided, ...]]:
    """Yield all of `candidates` (best first) a page at a time, each page balanced by itself.

    A page holds up to `limit`; once one side is used up, the other has the page.
    """
    remaining = list(candidates)
    while remaining:
        page = select_balanced(remaining, limit, question)
        yield page
        remaining = [candidate for candidate in remaining if not any(candidate is selected for selected in page)]


def is_for_first(question: str) -> bool:
    """Return whether FOR comes first for `question`: the low bit of its SHA-256."""
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).digest()[0] % 2 == 0


def find_silent_sides(candidates: Sequence[HasSide]) -> tuple[Side, ...]:
    """Return the sides of the motion that no candidate is on."""
    present_sides = {candidate.side for candidate in candidates}
    return tuple(side for side in (Side.FOR, Side.AGAINST) if side not in present_sides)
