"""Documents on a line of time, drawn as SVG: by days, months or years, whichever they need."""

from __future__ import annotations

import math
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from bot.replies.report.svg import FULL_WIDTH, render_svg, truncate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_MARGIN = 40
_ROW_HEIGHT, _MAX_HEIGHT = 18, 320
_MAX_LABELLED = 12
_CHARACTER_WIDTH, _MAX_LABEL_LENGTH = 7, 56
_MAX_TICKS = 8
# From how many days on the line is ruled by months, and by years.
_MONTHLY_FROM, _YEARLY_FROM = 62, 1100


class Dot(NamedTuple):
    """A document on the line: its date as it is given, its name, and how many quotes it has."""

    date: str
    name: str
    quote_count: int

    @property
    def ordinal(self) -> int:
        """The date in days; without day or month the middle of what it may be.

        >>> Dot("2020", "", 0).ordinal - Dot("2020-01-01", "", 0).ordinal
        182
        """
        year, *month_and_day = (int(part) for part in self.date.split("-"))
        # The calendar ends before the line would.
        first = date(
            min(year, 9990),
            month_and_day[0] if month_and_day else 1,
            month_and_day[1] if len(month_and_day) > 1 else 1,
        )
        return first.toordinal() + (182, 15, 0)[len(month_and_day)]


class _PlacedDot(NamedTuple):
    """A dot, where it stands from the left, how many stand below it, and its label's end."""

    dot: Dot
    x: float
    level: int
    label_on_left: bool


def draw_timeline(dots: Sequence[Dot]) -> str:
    """Return `dots` on a line, those too near each other stacked; a few are labelled."""
    ticks = _choose_ticks(dots)
    first = ticks[0].toordinal()
    scale = (FULL_WIDTH - 2 * _MARGIN) / (ticks[-1].toordinal() - first)
    placed_dots = list(
        _place_dots(sorted(dots, key=lambda dot: (dot.ordinal, dot.name)), first, scale)
    )
    levels = 1 + max(placed_dot.level for placed_dot in placed_dots)
    row_height = min(_ROW_HEIGHT, _MAX_HEIGHT / levels)
    base = 16 + row_height * levels
    parts = [
        f'<line class="axis" x1="{_MARGIN}" x2="{FULL_WIDTH - _MARGIN}" y1="{base}" y2="{base}"/>'
    ]
    tick_step = math.ceil(len(ticks) / _MAX_TICKS)
    for tick in ticks[::tick_step]:
        x = _MARGIN + (tick.toordinal() - first) * scale
        parts.append(f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 6}"/>')
        parts.append(
            f'<text class="year" x="{x:.1f}" y="{base + 22}">{_format_tick(tick, ticks[1])}</text>'
        )
    for placed_dot in placed_dots:
        parts += _draw_dot(
            placed_dot,
            base - 12 - row_height * placed_dot.level,
            has_label=len(dots) <= _MAX_LABELLED,
        )
    return render_svg(FULL_WIDTH, base + 30, "Documents by date", parts, full_width=True)


def _choose_ticks(dots: Sequence[Dot]) -> list[date]:
    """Return the days that rule the line: one before the first dot, one after the last."""
    days = [dot.ordinal for dot in dots]
    shortest_date = min(len(dot.date) for dot in dots)
    span = max(days) - min(days)
    step: Callable[[date], date] = _next_day
    if span > _YEARLY_FROM or shortest_date == len("2020"):
        step = _next_year
    elif span > _MONTHLY_FROM or shortest_date == len("2020-01"):
        step = _next_month
    start = date.fromordinal(max(1, min(days) - 1))
    ticks = [start if step is _next_day else start.replace(day=1)]
    if step is _next_year:
        ticks = [start.replace(month=1, day=1)]
    while len(ticks) < 3 or ticks[-1].toordinal() <= max(days):
        ticks.append(step(ticks[-1]))
    return ticks


def _next_day(day: date) -> date:
    return day + timedelta(days=1)


def _next_month(day: date) -> date:
    return (day + timedelta(days=31)).replace(day=1)


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1)


def _format_tick(tick: date, second: date) -> str:
    """Return a tick's label; how far the second tick is from it tells what the line is ruled by."""
    if second.day != 1:
        return f"{tick.day} {tick:%b %Y}"
    return f"{tick.year}" if (second.month, tick.month) == (1, 1) else f"{tick:%b %Y}"


def _place_dots(dots: Sequence[Dot], first: int, scale: float) -> Iterator[_PlacedDot]:
    """Yield each dot on the lowest level where it and its label touch no other."""
    spans_by_level: list[list[tuple[float, float]]] = []
    for dot in dots:
        x = _MARGIN + (dot.ordinal - first) * scale
        label = (
            12 + _CHARACTER_WIDTH * len(truncate(dot.name, _MAX_LABEL_LENGTH))
            if len(dots) <= _MAX_LABELLED
            else 0
        )
        label_on_left = x + label > FULL_WIDTH
        low, high = (x - label, x + 9) if label_on_left else (x - 9, x + 9 + label)
        level = next(
            (
                index
                for index, spans in enumerate(spans_by_level)
                if all(high <= start or end <= low for start, end in spans)
            ),
            len(spans_by_level),
        )
        spans_by_level[level : level + 1] = [
            [*(spans_by_level[level] if level < len(spans_by_level) else ()), (low, high)]
        ]
        yield _PlacedDot(dot, x, level, label_on_left)


def _draw_dot(placed_dot: _PlacedDot, y: float, *, has_label: bool) -> Iterator[str]:
    dot, x, _, label_on_left = placed_dot
    radius = 4 + min(4.0, math.sqrt(dot.quote_count) / 2)
    tooltip = escape(f"{dot.name}, {dot.date}, quotes: {dot.quote_count}")
    yield (
        f'<circle class="document" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">'
        f"<title>{tooltip}</title></circle>"
    )
    if has_label:
        css_class, label_x = ("label left", x - 12) if label_on_left else ("label", x + 12)
        name = escape(truncate(dot.name, _MAX_LABEL_LENGTH))
        yield f'<text class="{css_class}" x="{label_x:.1f}" y="{y + 4:.1f}">{name}</text>'
