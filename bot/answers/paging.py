"""What is shown first, and what is shown when more is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.answers.balance import HasSide, balanced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Sided = TypeVar("Sided", bound=HasSide)


def pages(ranked: Sequence[Sided], most: int, question: str) -> Iterator[tuple[Sided, ...]]:
    """Yield all of `ranked` (best first) a page at a time, each page balanced by itself.

    A page holds up to `most`; where one side is used up, the rest has the page.
    """
    rest = list(ranked)
    while rest:
        shown = balanced(rest, most, question)
        yield shown
        taken = set(map(id, shown))
        rest = [candidate for candidate in rest if id(candidate) not in taken]
