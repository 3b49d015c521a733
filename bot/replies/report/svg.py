"""Plots drawn by hand as SVG: circles on a grid, and one bar divided."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ROW_HEIGHT, _COLUMN_WIDTH = 30, 78
_LEFT_MARGIN, _TOP_MARGIN = 300, 112
_MAX_RADIUS = 13.0
_BAR_WIDTH = 56
FULL_WIDTH = 910


class VoiceRow(NamedTuple):
    """A voice on the grid: name, side, and how often it speaks to each topic, and in all."""

    name: str
    side: str
    counts: Sequence[int]


def draw_grid(
    columns: Sequence[str], rows: Sequence[VoiceRow], balance: Sequence[Mapping[str, int]]
) -> str:
    """Return circles at the crossings of `rows` and `columns`, as large as their counts.

    Below each column stands its `balance`: one bar, divided by how many quotes each side has.
    """
    max_count = max((count for row in rows for count in row.counts[:-1]), default=1) or 1
    width = _LEFT_MARGIN + _COLUMN_WIDTH * len(columns) + 120
    bottom = _TOP_MARGIN + _ROW_HEIGHT * len(rows)
    parts = [
        *_draw_column_headings(columns),
        *(
            part
            for index, row in enumerate(rows)
            for part in _draw_row(row, _TOP_MARGIN + _ROW_HEIGHT * index, max_count)
        ),
        *(_draw_balance(columns, balance, bottom) if columns else ()),
    ]
    label = "Voices by topic: how many quotes each voice has on each topic"
    return render_svg(width, bottom + _ROW_HEIGHT + 12, label, parts)


def draw_bar(counts: Mapping[str, int]) -> str:
    """Return one bar divided by `counts`, each part in the class of its name."""
    return render_svg(
        FULL_WIDTH,
        22,
        "Quotes by side",
        [*_draw_segments(counts, 0, 0, FULL_WIDTH, 22)],
        full_width=True,
    )


def _draw_segments(
    counts: Mapping[str, int], left: float, top: float, width: float, height: float
) -> Iterator[str]:
    total = sum(counts.values()) or 1
    for side, count in counts.items():
        segment_width = width * count / total
        geometry = f'x="{left:.1f}" y="{top}" width="{segment_width:.1f}" height="{height}"'
        yield f'<rect class="{side}" {geometry}/>'
        left += segment_width


def _draw_balance(
    columns: Sequence[str], balance: Sequence[Mapping[str, int]], top: int
) -> Iterator[str]:
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
    for index, name in enumerate([*columns, "all"]):
        x = _LEFT_MARGIN + _COLUMN_WIDTH * index + _COLUMN_WIDTH // 2
        yield (
            f'<text class="head" transform="translate({x},{_TOP_MARGIN - 14}) rotate(-32)">'
            f"{escape(truncate(name, 22))}</text>"
        )


def _draw_row(row: VoiceRow, top: int, max_count: int) -> Iterator[str]:
    middle = top + _ROW_HEIGHT // 2
    width = _LEFT_MARGIN + _COLUMN_WIDTH * len(row.counts)
    yield f'<line class="rule" x1="0" x2="{width}" y1="{top}" y2="{top}"/>'
    yield f'<circle class="{row.side}" cx="8" cy="{middle}" r="5"/>'
    yield (
        f'<text class="voice" x="22" y="{middle + 4}">{escape(truncate(row.name, 30))}'
        f"<title>{escape(row.name)}, {row.side}</title></text>"
    )
    yield f'<text class="side" x="{_LEFT_MARGIN - 12}" y="{middle + 4}">{row.side}</text>'
    for index, count in enumerate(row.counts):
        x = _LEFT_MARGIN + _COLUMN_WIDTH * index + _COLUMN_WIDTH // 2
        if index == len(row.counts) - 1:
            yield f'<text class="count" x="{x}" y="{middle + 4}">{count}</text>'
        elif count:
            radius = max(3.5, _MAX_RADIUS * math.sqrt(count / max_count))
            title = f"<title>{escape(row.name)}: {count}</title>"
            geometry = f'cx="{x}" cy="{middle}" r="{radius:.1f}"'
            yield f'<circle class="{row.side}" {geometry}>{title}</circle>'
            fits_inside = radius > 4 + 3.2 * len(str(count))
            label_x = x if fits_inside else x + radius + 3
            css_class = "inside middle" if fits_inside else "count beside"
            yield f'<text class="{css_class}" x="{label_x:.1f}" y="{middle + 4}">{count}</text>'


def truncate(name: str, limit: int) -> str:
    """Return `name`, or what fits of it."""
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


def render_svg(
    width: float, height: float, label: str, parts: Sequence[str], *, full_width: bool = False
) -> str:
    """Return a picture of `parts`; one that is `full_width` is as wide as its place."""
    size = 'class="whole"' if full_width else f'width="{width:.0f}"'
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" {size} role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
