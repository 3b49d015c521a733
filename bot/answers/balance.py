"""Both sides or said so: which of the candidates are shown, and in what order.

The best candidate of all is always shown. When both sides match they get
equally many places; whoever comes first alternates by a hash of the question,
so no side owns the top of the page.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.model import Side

if TYPE_CHECKING:
    from collections.abc import Sequence


class HasSide(Protocol):
    """Anything that stands on a side."""

    @property
    def side(self) -> Side:
        """The side it stands on."""


Sided = TypeVar("Sided", bound=HasSide)


def balanced(ranked: Sequence[Sided], most: int, question: str) -> tuple[Sided, ...]:
    """Return up to `most` of `ranked` (best first), both sides equally often if both match.

    What is on neither side fills the places left, and leads only when the best
    of all is there.
    """
    by_side = {side: [c for c in ranked if c.side is side] for side in Side}
    both = [by_side[Side.FOR], by_side[Side.AGAINST]]
    neither = by_side[Side.NEITHER]
    if not all(both):
        return tuple(ranked[:most])
    leads = bool(neither) and ranked[0] is neither[0]
    each = max(1, min(len(both[0]), len(both[1]), (most - leads) // 2))
    first, second = both if for_first(question) else both[::-1]
    sides = [one for pair in zip(first[:each], second[:each], strict=True) for one in pair]
    rest = neither[: max(0, most - len(sides))]
    return tuple(rest + sides if leads else sides + rest)[: max(most, 2 * each)]


def for_first(question: str) -> bool:
    """Tell whether FOR stands first for `question`: the low bit of its SHA-256."""
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).digest()[0] % 2 == 0


def silent(ranked: Sequence[HasSide]) -> tuple[Side, ...]:
    """Return the sides of the motion that nothing in `ranked` stands on."""
    speaking = {candidate.side for candidate in ranked}
    return tuple(side for side in (Side.FOR, Side.AGAINST) if side not in speaking)
