"""Plots drawn by hand as SVG: circles on a grid, and days on a line."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ROW, _COLUMN = 30, 78
_LEFT, _TOP = 300, 96
_BIGGEST = 13.0
_WIDE = 896
_DAY_ROW = 15


class Row(NamedTuple):
    """A voice on the grid: name, side, and how often it speaks to each topic, and in all."""

    name: str
    side: str
    counts: Sequence[int]


class Dot(NamedTuple):
    """A document on the line: its day in years, its name, and how many quotes it has."""

    at: float
    name: str
    quotes: int


def grid(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Return circles at the crossings of `rows` and `columns`, as large as their counts."""
    most = max((count for row in rows for count in row.counts[:-1]), default=1) or 1
    width = _LEFT + _COLUMN * len(columns) + 90
    height = _TOP + _ROW * len(rows) + 12
    parts = [
        *_heads(columns),
        *(part for n, row in enumerate(rows) for part in _drawn(row, _TOP + _ROW * n, most)),
    ]
    label = "Voices by topic: how many quotes each voice has on each topic"
    return _svg(width, height, label, parts)


def timeline(dots: Sequence[Dot]) -> str:
    """Return `dots` on a line of years, those too near each other stacked."""
    first, last = math.floor(min(d.at for d in dots)), math.floor(max(d.at for d in dots)) + 1
    years = last - first
    scale = (_WIDE - 80) / years
    placed = list(_stacked(sorted(dots), first, scale))
    base = 24 + _DAY_ROW * (1 + max(level for _, _, level in placed))
    every = max(1, math.ceil(years / 16))
    parts = [f'<line class="axis" x1="40" x2="{_WIDE - 40}" y1="{base}" y2="{base}"/>']
    for year in range(first, last + 1, every):
        x = 40 + (year - first) * scale
        parts.append(f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 6}"/>')
        parts.append(f'<text class="year" x="{x:.1f}" y="{base + 22}">{year}</text>')
    for dot, x, level in placed:
        radius = 4 + min(4.0, math.sqrt(dot.quotes) / 2)
        y = base - 12 - _DAY_ROW * level
        parts.append(
            f'<circle class="document" cx="{x:.1f}" cy="{y}" r="{radius:.1f}">'
            f"<title>{escape(dot.name)}</title></circle>"
        )
    return _svg(_WIDE, base + 34, "Documents by date", parts)


def bar(counts: Mapping[str, int]) -> str:
    """Return one bar divided by `counts`, each part in the class of its name."""
    total = sum(counts.values()) or 1
    x = 0.0
    parts: list[str] = []
    for side, count in counts.items():
        width = _WIDE * count / total
        parts.append(f'<rect class="{side}" x="{x:.1f}" y="0" width="{width:.1f}" height="22"/>')
        x += width
    return _svg(_WIDE, 22, "Quotes by side", parts)


def _heads(columns: Sequence[str]) -> Iterator[str]:
    for n, name in enumerate([*columns, "all"]):
        x = _LEFT + _COLUMN * n + _COLUMN // 2
        yield (
            f'<text class="head" transform="translate({x},{_TOP - 14}) rotate(-32)">'
            f"{escape(_short(name, 22))}</text>"
        )


def _drawn(row: Row, top: int, most: int) -> Iterator[str]:
    middle = top + _ROW // 2
    width = _LEFT + _COLUMN * len(row.counts)
    yield f'<line class="rule" x1="0" x2="{width}" y1="{top}" y2="{top}"/>'
    yield f'<circle class="{row.side}" cx="8" cy="{middle}" r="5"/>'
    yield (
        f'<text class="voice" x="22" y="{middle + 4}">{escape(_short(row.name, 32))}'
        f"<title>{escape(row.name)}, {row.side}</title></text>"
    )
    yield f'<text class="side" x="{_LEFT - 12}" y="{middle + 4}">{row.side}</text>'
    for n, count in enumerate(row.counts):
        x = _LEFT + _COLUMN * n + _COLUMN // 2
        if n == len(row.counts) - 1:
            yield f'<text class="count" x="{x}" y="{middle + 4}">{count}</text>'
        elif count:
            radius = max(3.5, _BIGGEST * math.sqrt(count / most))
            title = f"<title>{escape(row.name)}: {count}</title>"
            place = f'cx="{x}" cy="{middle}" r="{radius:.1f}"'
            yield f'<circle class="{row.side}" {place}>{title}</circle>'
            inside = radius > 8
            at = x if inside else x + radius + 3
            kind = "inside middle" if inside else "count beside"
            yield f'<text class="{kind}" x="{at:.1f}" y="{middle + 4}">{count}</text>'


def _stacked(dots: Sequence[Dot], first: int, scale: float) -> Iterator[tuple[Dot, float, int]]:
    """Yield each dot, where it stands, and how many stand below it."""
    ends: list[float] = []
    for dot in dots:
        x = 40 + (dot.at - first) * scale
        level = next((n for n, end in enumerate(ends) if end <= x), len(ends))
        ends[level : level + 1] = [x + 14]
        yield dot, x, level


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _svg(width: float, height: float, label: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
