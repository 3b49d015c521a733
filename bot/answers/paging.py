"""What is shown first, and what is shown when more is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.answers.balance import HasSide, select_balanced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Sided = TypeVar("Sided", bound=HasSide)


def paginate(candidates: Sequence[Sided], limit: int, question: str) -> Iterator[tuple[Sided, ...]]:
    """Yield all of `candidates` (best first) a page at a time, each page balanced by itself.

    A page holds up to `limit`; where one side is used up, the rest has the page.
    """
    remaining = list(candidates)
    while remaining:
        shown = select_balanced(remaining, limit, question)
        yield shown
        shown_ids = set(map(id, shown))
        remaining = [candidate for candidate in remaining if id(candidate) not in shown_ids]
