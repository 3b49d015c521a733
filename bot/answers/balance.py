"""Balance: the same number of quotes from both sides, or a side named as silent.

The best candidate of all is always shown. When both sides match they get
equally many places; which of them comes first depends on a hash of the question,
so no side owns the top of the page. Where both sides of a topic are asked for, each
voice has its best quote, and each side equally many voices.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from bot.answers.candidates import Candidate
from bot.model import Side

# How far strengths, which are shares of the question, may lie apart: a quote with half of it is still a match for one
# with three quarters, not for one with all.
NEARLY_AS_STRONG = 0.25
# A page of quotes from one source hides that others speak of it too.
_MAX_FROM_ONE_SOURCE = 2
_OPPOSING = (Side.FOR, Side.AGAINST)


class HasSide(Protocol):
    """Anything that is on a side."""

    @property
    def side(self) -> Side:
        """The side it is on."""


Sided = TypeVar("Sided", bound=HasSide)


def select_balanced(candidates: Sequence[Sided], limit: int, question: str) -> tuple[Sided, ...]:
    """Return up to `limit` of `candidates` (best first), both sides equally often, at least once, if both match.

    Candidates on neither side fill the places left, and lead only if the best of all is one of them.
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


def paginate(
    candidates: Sequence[Sided],
    limit: int,
    question: str,
    strength: Callable[[Sided], float] | None = None,
    arrange: Callable[[tuple[Sided, ...]], tuple[Sided, ...]] = lambda page: page,
) -> Iterator[tuple[Sided, ...]]:
    """Yield all of `candidates` (best first) a page at a time, each page balanced by itself.

    A page holds up to `limit`; once one side is used up, the other has the page. With `strength`, a side never
    displaces what is stronger than its best by more than `NEARLY_AS_STRONG`: it waits for the next page. `arrange` may
    reorder a page, and drop all but one of its candidates; those come later.
    """
    remaining = list(candidates)
    while remaining:
        page = select_balanced(remaining, limit, question)
        if strength is not None:
            rivals = _keep_near(remaining, strength)
            stronger_page = select_balanced(rivals, limit, question)
            if not all(_is_among(candidate, page) for candidate in stronger_page):
                neither = (c for c in remaining if c.side is Side.NEITHER and not _is_among(c, rivals))
                page = (*stronger_page, *islice(neither, max(0, limit - len(stronger_page))))
            page = tuple(sorted(page, key=lambda candidate: not _is_among(candidate, rivals)))
        page = arrange(page)
        yield page
        remaining = [candidate for candidate in remaining if not _is_among(candidate, page)]


def spread(
    candidates: Sequence[Sided], get_source: Callable[[Sided], Hashable], strength: Callable[[Sided], float]
) -> list[Sided]:
    """Return `candidates` in order, except that a third one of a source goes behind others that are as strong."""
    counts: Counter[Hashable] = Counter()
    waiting, ordered = list(candidates), list[Sided]()
    while waiting:
        first, least = waiting[0], strength(waiting[0])
        chosen = next(
            (c for c in waiting if counts[get_source(c)] < _MAX_FROM_ONE_SOURCE and strength(c) >= least), first
        )
        counts[get_source(chosen)] += 1
        waiting = [candidate for candidate in waiting if candidate is not chosen]
        ordered.append(chosen)
    return ordered


def _keep_near(candidates: Sequence[Sided], strength: Callable[[Sided], float]) -> list[Sided]:
    """Return the candidates nearly as strong as the best; where one side is among them, the other's best is too.

    A strong candidate on neither side would otherwise keep one side on the page and push the other off it.
    """
    least = max(map(strength, candidates)) - NEARLY_AS_STRONG
    best = _find_best(candidates, strength)
    is_even = len(best) == len(_OPPOSING) and find_stronger_side(candidates, strength) is None
    sided_least = min(least, *best.values()) if is_even and max(best.values()) >= least else least
    return [c for c in candidates if strength(c) >= (least if c.side is Side.NEITHER else sided_least)]


def _find_best(candidates: Iterable[Sided], strength: Callable[[Sided], float]) -> dict[Side, float]:
    """Return the greatest strength that each side of the motion has."""
    best: dict[Side, float] = {}
    for candidate in candidates:
        if candidate.side is not Side.NEITHER:
            best[candidate.side] = max(strength(candidate), best.get(candidate.side, 0.0))
    return best


def _is_among(candidate: Sided, others: Iterable[Sided]) -> bool:
    """Whether `candidate` itself, not its equal, is one of `others`."""
    return any(candidate is other for other in others)


def fit_into_room(page: Sequence[Sided], room: int, measure: Callable[[Sided], int]) -> tuple[Sided, ...]:
    """Return as many of `page`, in order, as fit into `room` together, as counted by `measure`.

    Sides stay equal: where both are on the page each FOR is kept or dropped with an AGAINST. The first always
    stays; after one that does not fit none is tried.
    """
    pairs = list(zip(*([c for c in page if c.side is side] for side in (Side.FOR, Side.AGAINST)), strict=False))
    paired = {id(candidate): pair for pair in pairs for candidate in pair}
    fitting: list[Sided] = []
    for candidate in page:
        unit = paired.get(id(candidate), (candidate,))
        if _is_among(unit[0], fitting):
            continue
        if fitting and sum(map(measure, [*fitting, *unit])) > room:
            break
        fitting.extend(unit)
    return tuple(candidate for candidate in page if _is_among(candidate, fitting))


def is_for_first(question: str) -> bool:
    """Return whether FOR comes first for `question`: the low bit of the first byte of its SHA-256."""
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).digest()[0] % 2 == 0


def find_stronger_side(candidates: Sequence[Sided], strength: Callable[[Sided], float]) -> Side | None:
    """Return the side whose best is stronger than all that the other has by more than `NEARLY_AS_STRONG`, if one is."""
    best = _find_best(candidates, strength)
    if len(best) < len(_OPPOSING) or abs(best[Side.FOR] - best[Side.AGAINST]) <= NEARLY_AS_STRONG:
        return None
    return max(_OPPOSING, key=lambda side: best[side])


def find_silent_sides(candidates: Sequence[HasSide]) -> tuple[Side, ...]:
    """Return the sides of the motion that no candidate is on."""
    present_sides = {candidate.side for candidate in candidates}
    return tuple(side for side in (Side.FOR, Side.AGAINST) if side not in present_sides)


def pair_by_sides(candidates: Iterable[Candidate], question: str) -> list[tuple[Candidate, ...]]:
    """Return the best quote of each voice in pairs of both sides, or one by one where only one side has any.

    `candidates` come best first, and so do the pairs. Which side comes first in a pair depends on `question`. Quotes
    without a named voice, those on neither side, and the last of a side with more voices than the other are left out.
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
