"""Plots drawn by hand as SVG: circles on a grid, and one bar divided."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ROW, _COLUMN = 30, 78
_LEFT, _TOP = 300, 112
_BIGGEST = 13.0
_BAR = 56
WIDE = 910


class Row(NamedTuple):
    """A voice on the grid: name, side, and how often it speaks to each topic, and in all."""

    name: str
    side: str
    counts: Sequence[int]


def grid(columns: Sequence[str], rows: Sequence[Row], balance: Sequence[Mapping[str, int]]) -> str:
    """Return circles at the crossings of `rows` and `columns`, as large as their counts.

    Below each column stands its `balance`: one bar, divided by how many quotes each side has.
    """
    most = max((count for row in rows for count in row.counts[:-1]), default=1) or 1
    width = _LEFT + _COLUMN * len(columns) + 120
    below = _TOP + _ROW * len(rows)
    parts = [
        *_heads(columns),
        *(part for n, row in enumerate(rows) for part in _drawn(row, _TOP + _ROW * n, most)),
        *(_balanced(columns, balance, below) if columns else ()),
    ]
    label = "Voices by topic: how many quotes each voice has on each topic"
    return svg(width, below + _ROW + 12, label, parts)


def bar(counts: Mapping[str, int]) -> str:
    """Return one bar divided by `counts`, each part in the class of its name."""
    return svg(WIDE, 22, "Quotes by side", [*_divided(counts, 0, 0, WIDE, 22)], whole=True)


def _divided(
    counts: Mapping[str, int], left: float, top: float, width: float, height: float
) -> Iterator[str]:
    total = sum(counts.values()) or 1
    for side, count in counts.items():
        part = width * count / total
        place = f'x="{left:.1f}" y="{top}" width="{part:.1f}" height="{height}"'
        yield f'<rect class="{side}" {place}/>'
        left += part


def _balanced(
    columns: Sequence[str], balance: Sequence[Mapping[str, int]], top: int
) -> Iterator[str]:
    middle = top + _ROW // 2
    width = _LEFT + _COLUMN * (len(columns) + 1)
    yield f'<line class="rule" x1="0" x2="{width}" y1="{top}" y2="{top}"/>'
    yield f'<text class="every" x="22" y="{middle + 4}">every voice, by side</text>'
    for n, (name, counts) in enumerate(zip(columns, balance, strict=True)):
        if sum(counts.values()):
            left = _LEFT + _COLUMN * n + (_COLUMN - _BAR) / 2
            told = ", ".join(f"{side} {count}" for side, count in counts.items())
            yield f"<g><title>{escape(name)}: {told}</title>"
            yield from _divided(counts, left, middle - 5, _BAR, 10)
            yield "</g>"


def _heads(columns: Sequence[str]) -> Iterator[str]:
    for n, name in enumerate([*columns, "all"]):
        x = _LEFT + _COLUMN * n + _COLUMN // 2
        yield (
            f'<text class="head" transform="translate({x},{_TOP - 14}) rotate(-32)">'
            f"{escape(short(name, 22))}</text>"
        )


def _drawn(row: Row, top: int, most: int) -> Iterator[str]:
    middle = top + _ROW // 2
    width = _LEFT + _COLUMN * len(row.counts)
    yield f'<line class="rule" x1="0" x2="{width}" y1="{top}" y2="{top}"/>'
    yield f'<circle class="{row.side}" cx="8" cy="{middle}" r="5"/>'
    yield (
        f'<text class="voice" x="22" y="{middle + 4}">{escape(short(row.name, 30))}'
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
            inside = radius > 4 + 3.2 * len(str(count))
            at = x if inside else x + radius + 3
            kind = "inside middle" if inside else "count beside"
            yield f'<text class="{kind}" x="{at:.1f}" y="{middle + 4}">{count}</text>'


def short(name: str, most: int) -> str:
    """Return `name`, or what fits of it."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def svg(
    width: float, height: float, label: str, parts: Sequence[str], *, whole: bool = False
) -> str:
    """Return a picture of `parts`; one that is `whole` is as wide as its place."""
    size = 'class="whole"' if whole else f'width="{width:.0f}"'
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" {size} role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
