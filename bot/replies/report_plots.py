"""The report's plots as SVG: circles on a grid, a divided bar, documents on a timeline."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from html import escape
from typing import NamedTuple

from bot.replies.quote_block import truncate

# Of the grid; lengths here are in pixels.
_ROW_HEIGHT, _COLUMN_WIDTH = 30, 78
_LEFT_MARGIN, _TOP_MARGIN = 300, 112
_MAX_RADIUS = 13.0
_BAR_WIDTH = 56
FULL_WIDTH = 910

# Of the timeline.
_MARGIN = 40
_DOT_ROW_HEIGHT, _MAX_HEIGHT = 18, 320
_MAX_LABELLED = 12
_CHARACTER_WIDTH, _MAX_LABEL_LENGTH = 7, 56
_MAX_TICKS = 8
# Over more days than this, ticks are months; over more than the second, years.
_MONTHLY_FROM, _YEARLY_FROM = 62, 1100


class VoiceRow(NamedTuple):
    """A voice on the grid: name, side, its number of quotes on each topic, and the total."""

    name: str
    side: str
    counts: Sequence[int]
    total: int


def draw_grid(columns: Sequence[str], rows: Sequence[VoiceRow], balance: Sequence[Mapping[str, int]]) -> str:
    """Draw circles where `rows` and `columns` cross, with areas in proportion to their counts.

    Below each column its `balance`: a bar divided by each side's number of quotes.
    """
    max_count = max((count for row in rows for count in row.counts), default=1) or 1
    width = _LEFT_MARGIN + _COLUMN_WIDTH * len(columns) + 120
    bottom = _TOP_MARGIN + _ROW_HEIGHT * len(rows)
    parts = list(_draw_column_headings(columns))
    for index, row in enumerate(rows):
        parts += _draw_row(row, _TOP_MARGIN + _ROW_HEIGHT * index, max_count)
    parts += _draw_balance(columns, balance, bottom) if columns else ()
    label = "Voices by topic: how many quotes each voice has on each topic"
    return render_svg(width, bottom + _ROW_HEIGHT + 12, label, parts)


def draw_bar(counts: Mapping[str, int]) -> str:
    """Draw one bar divided by `counts`; each part has the CSS class of its name."""
    segments = [*_draw_segments(counts, 0, 0, FULL_WIDTH, 22)]
    return render_svg(FULL_WIDTH, 22, "Quotes by side", segments, full_width=True)


def _draw_segments(counts: Mapping[str, int], left: float, top: float, width: float, height: float) -> Iterator[str]:
    """Yield the parts of a bar from `left` on, each as wide as its share of the sum of `counts`."""
    total = sum(counts.values()) or 1
    for side, count in counts.items():
        segment_width = width * count / total
        geometry = f'x="{left:.1f}" y="{top}" width="{segment_width:.1f}" height="{height}"'
        yield f'<rect class="{side}" {geometry}/>'
        left += segment_width


def _draw_balance(columns: Sequence[str], balance: Sequence[Mapping[str, int]], top: int) -> Iterator[str]:
    """Yield a bar for each column, divided by side, below the grid."""
    middle = top + _ROW_HEIGHT // 2
    width = _LEFT_MARGIN + _COLUMN_WIDTH * (len(columns) + 1)
    yield f'<line class="rule" x1="0" x2="{width}" y1="{top}" y2="{top}"/>'
    yield f'<text class="every" x="22" y="{middle + 4}">every voice, by side</text>'
    for index, (name, counts) in enumerate(zip(columns, balance, strict=True)):
        if sum(counts.values()):
            left = _LEFT_MARGIN + _COLUMN_WIDTH * index + (_COLUMN_WIDTH - _BAR_WIDTH) / 2
            summary = ", ".join(f"{side} {count}" for side, count in counts.items())
            yield f"<g><title>{escape(name)}: {summary}</title>"
            yield from _draw_segments(counts, left, middle - 5, _BAR_WIDTH, 10)
            yield "</g>"


def _draw_column_headings(columns: Sequence[str]) -> Iterator[str]:
    """Yield the slanted names of the columns, and “all” above the totals."""
    for index, name in enumerate([*columns, "all"]):
        x = _LEFT_MARGIN + _COLUMN_WIDTH * index + _COLUMN_WIDTH // 2
        yield (
            f'<text class="head" transform="translate({x},{_TOP_MARGIN - 14}) rotate(-32)">'
            f"{escape(truncate(name, 22))}</text>"
        )


def _draw_row(row: VoiceRow, top: int, max_count: int) -> Iterator[str]:
    """Yield one voice's row: name, side, a circle for each count above 0, and the total."""
    middle = top + _ROW_HEIGHT // 2
    total_x = _LEFT_MARGIN + _COLUMN_WIDTH * len(row.counts) + _COLUMN_WIDTH // 2
    yield f'<line class="rule" x1="0" x2="{total_x + _COLUMN_WIDTH // 2}" y1="{top}" y2="{top}"/>'
    yield f'<circle class="{row.side}" cx="8" cy="{middle}" r="5"/>'
    yield (
        f'<text class="voice" x="22" y="{middle + 4}">{escape(truncate(row.name, 30))}'
        f"<title>{escape(row.name)}, {row.side}</title></text>"
    )
    yield f'<text class="side" x="{_LEFT_MARGIN - 12}" y="{middle + 4}">{row.side}</text>'
    for index, count in enumerate(row.counts):
        if count:
            x = _LEFT_MARGIN + _COLUMN_WIDTH * index + _COLUMN_WIDTH // 2
            radius = max(3.5, _MAX_RADIUS * math.sqrt(count / max_count))
            title = f"<title>{escape(row.name)}: {count}</title>"
            yield f'<circle class="{row.side}" cx="{x}" cy="{middle}" r="{radius:.1f}">{title}</circle>'
            fits_inside = radius > 4 + 3.2 * len(str(count))
            label_x = x if fits_inside else x + radius + 3
            css_class = "inside middle" if fits_inside else "count beside"
            yield f'<text class="{css_class}" x="{label_x:.1f}" y="{middle + 4}">{count}</text>'
    yield f'<text class="count" x="{total_x}" y="{middle + 4}">{row.total}</text>'


def render_svg(width: float, height: float, label: str, parts: Sequence[str], *, full_width: bool = False) -> str:
    """Wrap `parts` into an SVG; `full_width` makes it as wide as its container."""
    size = 'class="whole"' if full_width else f'width="{width:.0f}"'
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" {size} role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


class Dot(NamedTuple):
    """A document on the timeline: its date as given, its name, its number of quotes."""

    date: str
    name: str
    quote_count: int

    @property
    def ordinal(self) -> int:
        """The date in days; without day or month, the middle of the month or year.

        >>> Dot("2020", "", 0).ordinal - Dot("2020-01-01", "", 0).ordinal
        182
        """
        year, *month_and_day = map(int, self.date.split("-"))
        month, day, *_ = [*month_and_day, 1, 1]
        # `date` ends at year 9999, and the timeline needs ticks beyond the last dot.
        return date(min(year, 9990), month, day).toordinal() + (182, 15, 0)[len(month_and_day)]


class _PlacedDot(NamedTuple):
    """A dot: its x, how many are stacked below it, and on which side its label is."""

    dot: Dot
    x: float
    level: int
    label_on_left: bool


def draw_timeline(dots: Sequence[Dot]) -> str:
    """Draw `dots` on a timeline, stacked where they would overlap; labelled if there are few."""
    ticks = _choose_ticks(dots)
    first = ticks[0].toordinal()
    scale = (FULL_WIDTH - 2 * _MARGIN) / (ticks[-1].toordinal() - first)
    placed_dots = list(_place_dots(sorted(dots, key=lambda dot: (dot.ordinal, dot.name)), first, scale))
    levels = 1 + max(placed_dot.level for placed_dot in placed_dots)
    row_height = min(_DOT_ROW_HEIGHT, _MAX_HEIGHT / levels)
    base = 16 + row_height * levels
    parts = [f'<line class="axis" x1="{_MARGIN}" x2="{FULL_WIDTH - _MARGIN}" y1="{base}" y2="{base}"/>']
    tick_step = math.ceil(len(ticks) / _MAX_TICKS)
    for tick in ticks[::tick_step]:
        x = _MARGIN + (tick.toordinal() - first) * scale
        parts.append(f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 6}"/>')
        parts.append(f'<text class="year" x="{x:.1f}" y="{base + 22}">{_format_tick(tick, ticks[1])}</text>')
    for placed_dot in placed_dots:
        parts += _draw_dot(placed_dot, base - 12 - row_height * placed_dot.level, has_label=len(dots) <= _MAX_LABELLED)
    return render_svg(FULL_WIDTH, base + 30, "Documents by date", parts, full_width=True)


def _choose_ticks(dots: Sequence[Dot]) -> list[date]:
    """Choose the ticks by day, month or year: the first before all dots, the last after."""
    days = [dot.ordinal for dot in dots]
    shortest_date = min(len(dot.date) for dot in dots)
    span = max(days) - min(days)
    start = date.fromordinal(max(1, min(days) - 1))
    if span > _YEARLY_FROM or shortest_date == len("2020"):
        start, longest, fixed = start.replace(month=1, day=1), 366, {"month": 1, "day": 1}
    elif span > _MONTHLY_FROM or shortest_date == len("2020-01"):
        start, longest, fixed = start.replace(day=1), 31, {"day": 1}
    else:
        longest, fixed = 1, {}
    ticks = [start]
    while len(ticks) < 3 or ticks[-1].toordinal() <= max(days):
        ticks.append((ticks[-1] + timedelta(days=longest)).replace(**fixed))
    return ticks


def _format_tick(tick: date, second_tick: date) -> str:
    """Format a tick's label; the second tick shows whether ticks are days, months or years."""
    if second_tick.day != 1:
        return f"{tick.day} {tick:%b %Y}"
    return f"{tick.year}" if (second_tick.month, tick.month) == (1, 1) else f"{tick:%b %Y}"


def _place_dots(dots: Sequence[Dot], first: int, scale: float) -> Iterator[_PlacedDot]:
    """Put each dot on the lowest level where it and its label overlap none; `scale` is pixels a day from `first`."""
    spans_by_level: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for dot in dots:
        x = _MARGIN + (dot.ordinal - first) * scale
        label = 12 + _CHARACTER_WIDTH * len(truncate(dot.name, _MAX_LABEL_LENGTH)) if len(dots) <= _MAX_LABELLED else 0
        label_on_left = x + label > FULL_WIDTH
        low, high = (x - label, x + 9) if label_on_left else (x - 9, x + 9 + label)
        level = next(
            n for n in itertools.count() if all(high <= start or end <= low for start, end in spans_by_level[n])
        )
        spans_by_level[level].append((low, high))
        yield _PlacedDot(dot, x, level, label_on_left)


def _draw_dot(placed_dot: _PlacedDot, y: float, *, has_label: bool) -> Iterator[str]:
    """Yield a document's dot, larger the more quotes it has, and its label if asked for."""
    dot, x, _, label_on_left = placed_dot
    radius = 4 + min(4.0, math.sqrt(dot.quote_count) / 2)
    tooltip = escape(f"{dot.name}, {dot.date}, quotes: {dot.quote_count}")
    yield (f'<circle class="document" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{tooltip}</title></circle>')
    if has_label:
        css_class, label_x = ("label left", x - 12) if label_on_left else ("label", x + 12)
        name = escape(truncate(dot.name, _MAX_LABEL_LENGTH))
        yield f'<text class="{css_class}" x="{label_x:.1f}" y="{y + 4:.1f}">{name}</text>'
