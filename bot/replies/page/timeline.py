"""Documents on a line of time, drawn as SVG: by days, months or years, whichever they need."""

from __future__ import annotations

import math
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from bot.replies.page.svg import WIDE, short, svg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_EDGE = 40
_ROW, _TALLEST = 18, 320
_LABELLED = 12
_LETTER, _LONGEST = 7, 56
_MOST_TICKS = 8
# From how many days on the line is ruled by months, and by years.
_MONTHS, _YEARS = 62, 1100


class Dot(NamedTuple):
    """A document on the line: its date as it is given, its name, and how many quotes it has."""

    date: str
    name: str
    quotes: int

    @property
    def at(self) -> int:
        """The date in days; without day or month the middle of what it may be.

        >>> Dot("2020", "", 0).at - Dot("2020-01-01", "", 0).at
        182
        """
        year, *rest = (int(part) for part in self.date.split("-"))
        # The calendar ends before the line would.
        first = date(min(year, 9990), rest[0] if rest else 1, rest[1] if len(rest) > 1 else 1)
        return first.toordinal() + (182, 15, 0)[len(rest)]


class _Placed(NamedTuple):
    """A dot, where it stands from the left, how many stand below it, and its label's end."""

    dot: Dot
    x: float
    level: int
    leftwards: bool


def timeline(dots: Sequence[Dot]) -> str:
    """Return `dots` on a line, those too near each other stacked; a few are labelled."""
    ticks = _ticks(dots)
    first = ticks[0].toordinal()
    scale = (WIDE - 2 * _EDGE) / (ticks[-1].toordinal() - first)
    placed = list(_placed(sorted(dots, key=lambda dot: (dot.at, dot.name)), first, scale))
    levels = 1 + max(each.level for each in placed)
    row = min(_ROW, _TALLEST / levels)
    base = 16 + row * levels
    parts = [f'<line class="axis" x1="{_EDGE}" x2="{WIDE - _EDGE}" y1="{base}" y2="{base}"/>']
    every = math.ceil(len(ticks) / _MOST_TICKS)
    for tick in ticks[::every]:
        x = _EDGE + (tick.toordinal() - first) * scale
        parts.append(f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 6}"/>')
        parts.append(
            f'<text class="year" x="{x:.1f}" y="{base + 22}">{_told(tick, ticks[1])}</text>'
        )
    for each in placed:
        parts += _drawn(each, base - 12 - row * each.level, labelled=len(dots) <= _LABELLED)
    return svg(WIDE, base + 30, "Documents by date", parts, whole=True)


def _ticks(dots: Sequence[Dot]) -> list[date]:
    """Return the days that rule the line: one before the first dot, one after the last."""
    days = [dot.at for dot in dots]
    coarsest = min(len(dot.date) for dot in dots)
    span = max(days) - min(days)
    step: Callable[[date], date] = _next_day
    if span > _YEARS or coarsest == len("2020"):
        step = _next_year
    elif span > _MONTHS or coarsest == len("2020-01"):
        step = _next_month
    begun = date.fromordinal(max(1, min(days) - 1))
    ticks = [begun if step is _next_day else begun.replace(day=1)]
    if step is _next_year:
        ticks = [begun.replace(month=1, day=1)]
    while len(ticks) < 3 or ticks[-1].toordinal() <= max(days):
        ticks.append(step(ticks[-1]))
    return ticks


def _next_day(day: date) -> date:
    return day + timedelta(days=1)


def _next_month(day: date) -> date:
    return (day + timedelta(days=31)).replace(day=1)


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1)


def _told(tick: date, after: date) -> str:
    """Return a tick's label; how far the second tick is from it tells what the line is ruled by."""
    if after.day != 1:
        return f"{tick.day} {tick:%b %Y}"
    return f"{tick.year}" if (after.month, tick.month) == (1, 1) else f"{tick:%b %Y}"


def _placed(dots: Sequence[Dot], first: int, scale: float) -> Iterator[_Placed]:
    """Yield each dot on the lowest level where it and its label touch no other."""
    taken: list[list[tuple[float, float]]] = []
    for dot in dots:
        x = _EDGE + (dot.at - first) * scale
        label = 12 + _LETTER * len(short(dot.name, _LONGEST)) if len(dots) <= _LABELLED else 0
        leftwards = x + label > WIDE
        low, high = (x - label, x + 9) if leftwards else (x - 9, x + 9 + label)
        level = next(
            (
                n
                for n, spans in enumerate(taken)
                if all(high <= start or end <= low for start, end in spans)
            ),
            len(taken),
        )
        taken[level : level + 1] = [[*(taken[level] if level < len(taken) else ()), (low, high)]]
        yield _Placed(dot, x, level, leftwards)


def _drawn(each: _Placed, y: float, *, labelled: bool) -> Iterator[str]:
    dot, x, _, leftwards = each
    radius = 4 + min(4.0, math.sqrt(dot.quotes) / 2)
    told = escape(f"{dot.name}, {dot.date}, quotes: {dot.quotes}")
    yield (
        f'<circle class="document" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">'
        f"<title>{told}</title></circle>"
    )
    if labelled:
        kind, at = ("label left", x - 12) if leftwards else ("label", x + 12)
        name = escape(short(dot.name, _LONGEST))
        yield f'<text class="{kind}" x="{at:.1f}" y="{y + 4:.1f}">{name}</text>'
