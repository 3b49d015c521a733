"""Both sides of a topic: of each voice its best quote, equally many of each side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answers.balance import is_for_first
from bot.model import Side

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from bot.answers.ranking import Candidate


def pair_by_sides(candidates: Iterable[Candidate], question: str) -> list[tuple[Candidate, ...]]:
    """Return the best quote of each voice, of both sides in pairs; where one side has none the other's, one by one.

    `candidates` come best first, and so do the pairs. Which side stands first in a pair alternates by `question`; what
    nobody is named for, and what is on neither side, is left out.
    """
    by_side = {side: list(_pick_best_of_voices(candidates, side)) for side in (Side.FOR, Side.AGAINST)}
    first, second = by_side.values() if is_for_first(question) else reversed(by_side.values())
    if first and second:
        return list(zip(first, second, strict=False))
    return [(candidate,) for candidate in first or second]


def arrange_pairs(pairs: Sequence[tuple[Candidate, ...]]) -> list[Candidate]:
    """Return the quotes of `pairs`, those of one side together."""
    return [candidate for side in zip(*pairs, strict=True) for candidate in side]


def _pick_best_of_voices(candidates: Iterable[Candidate], side: Side) -> Iterator[Candidate]:
    """Yield the first candidate of each voice on `side`, in order; voices without a name have none."""
    seen: set[Hashable] = set()
    for candidate in candidates:
        voice = candidate.quote.passage.voice
        key = voice and (voice.id or voice.name.casefold())
        if candidate.side is side and key and key not in seen:
            seen.add(key)
            yield candidate
