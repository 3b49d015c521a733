"""The printed lines of a PDF's page in reading order: columns, line numbers, notes and signs of notes.

Characters printed twice for boldness count once, and those that stand on their side, in a margin, are left out.
Words are parted where the print parts them by more than a share of the type's size, since papers set in TeX part
them by less than any fixed width. Columns, however many and however narrow the gutter, are read one after the other,
between the lines that cross them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import groupby, pairwise
from statistics import median
from typing import Any, NamedTuple

from bot.text import normalise_line

PdfPage = Any
"""A page of a library that may not be installed."""
LayoutObject = dict[str, Any]
"""A line or character as the library describes it."""

# Of the type's size: ten real papers had 0.3-22 % of their words run together at the library's 3 points, 0-0.2 % so.
WORD_GAP_RATIO = 0.15
# Of the type's size: wider than most spaces between the words of a justified column.
_MIN_GUTTER_RATIO = 0.6
# In points, from a place that is tried to the next.
_GUTTER_STEP = 2
_MIN_COLUMN_LINES = 8
# The short columns of a last page are told from a table by sentences that go on from line to line on both sides.
_MIN_PROSE_LINES = 4
# In points, from a character to the next.
_MIN_PROSE_GUTTER = 18
# Of the lines with words on both sides of a gutter: those whose half begins with a small letter, on each side.
_MIN_LOWER_SHARE = 0.5
_MIN_COLUMN_CHARACTERS = 15
# Of the page's lines.
_MAX_CROSSING_SHARE = 0.25
# In points: no two letters of a word are as close as this, except in the smallest print.
_MAX_REPEAT_DISTANCE = 1.0
# A hearing numbers each of its lines; a list of sections numbers few lines of a page.
_MIN_NUMBERED_LINES = 6
_MIN_NUMBERED_SHARE = 0.8
_LINE_NUMBER = re.compile(r"(\d{1,2})(?:\s+|$)")
# A sign of a note is set at six or seven tenths of the type's size.
_MAX_SIGN_RATIO = 0.78
_MIN_SIGN_RAISE = 0.05
_SIGN_HOST = re.compile(r"[^\W\d_]{3}$|[.,;:!?”’\"')\]]$")
_NOTE_OPENING = re.compile(r"(?:\[?\d{1,3}\]?\.?|[*†‡§])\s*[^\W\d_“\"‘(]")
# In points, from the type of the text to that of a note.
_MIN_NOTE_STEP = 0.9


class PrintedLine(NamedTuple):
    """A printed line; positions are in points from the page's top left. `is_note` marks a note at the foot."""

    text: str
    page: int
    top: float
    bottom: float
    left: float
    size: float
    height: float
    is_note: bool = False


def read_page(page: PdfPage) -> list[PrintedLine]:
    """Read the lines of `page` in reading order, and close the page."""
    characters = [item for item in page.chars if item.get("upright", True)]
    overprinted_ids = _find_overprinted_ids(characters)
    once = [item for item in characters if id(item) not in overprinted_ids]
    signs = _find_note_signs(once)
    kept_ids = {id(item) for item in once if (item["x0"], item["top"]) not in signs}
    clean_page = page.filter(lambda item: item.get("object_type") != "char" or id(item) in kept_ids)
    lines = clean_page.extract_text_lines(x_tolerance_ratio=WORD_GAP_RATIO)
    gutters = _find_gutters(lines, page.width)
    ordered_lines = _order_by_column(clean_page, lines, gutters) if gutters else lines
    is_numbered = _has_line_numbers(ordered_lines)
    printed = [
        PrintedLine(text, page.page_number, layout["top"], layout["bottom"], left, size, page.height)
        for layout in ordered_lines
        for text, left, size in [_read_line(layout, is_numbered=is_numbered)]
        for text in [_close_sign_gaps(text, layout, signs)]
        if text
    ]
    page.close()
    return printed


def _find_overprinted_ids(characters: list[LayoutObject]) -> set[int]:
    """Return the `id()` of each character that is printed once more in their place, as some print boldness.

    The library's own way compares each with all, and took 25 of 27 seconds on eight pages.
    """
    overprinted_ids: set[int] = set()
    places: dict[tuple[str, str, float, int, int], list[LayoutObject]] = {}
    for item in characters:
        x, y = int(item["x0"]), int(item["top"])
        kind = (item["text"], item["fontname"], round(item["size"], 1))
        twins = (twin for dx in (-1, 0, 1) for dy in (-1, 0, 1) for twin in places.get((*kind, x + dx, y + dy), ()))
        if any(
            max(abs(item["x0"] - twin["x0"]), abs(item["top"] - twin["top"])) <= _MAX_REPEAT_DISTANCE for twin in twins
        ):
            overprinted_ids.add(id(item))
        else:
            places.setdefault((*kind, x, y), []).append(item)
    return overprinted_ids


def _read_line(layout: LayoutObject, *, is_numbered: bool) -> tuple[str, float, float]:
    """Return a line's text, where it begins and its size, without the line's number."""
    text, characters = normalise_line(layout["text"]), layout["chars"]
    number = _LINE_NUMBER.match(text) if is_numbered else None
    if number is None:
        return text, layout["x0"], characters[0]["size"]
    printed = [character for character in characters if character["text"].strip()]
    rest = printed[len(number[1]) :] or printed
    return text[number.end() :], rest[0]["x0"], rest[0]["size"]


def _has_line_numbers(lines: list[LayoutObject]) -> bool:
    """Return whether almost every line opens with the number that follows the one before."""
    numbers = [int(match[1]) for line in lines if (match := _LINE_NUMBER.match(line["text"].strip()))]
    steps = sum(after - before == 1 for before, after in pairwise(numbers))
    is_enough = len(numbers) >= max(_MIN_NUMBERED_LINES, _MIN_NUMBERED_SHARE * len(lines))
    return is_enough and steps >= _MIN_NUMBERED_SHARE * (len(numbers) - 1)


def _find_note_signs(characters: list[LayoutObject]) -> set[tuple[float, float]]:
    """Find the places (left, top) of raised numbers that point to notes; exponents follow a figure or a short unit."""
    signs: set[tuple[float, float]] = set()
    before = ""
    for host, character in pairwise(characters):
        before = (before + host["text"])[-8:]
        is_raised = character["bottom"] < host["bottom"] - _MIN_SIGN_RAISE * host["size"]
        is_small = character["size"] <= _MAX_SIGN_RATIO * host["size"]
        is_sign = is_small and is_raised and character["text"].isdigit() and _SIGN_HOST.search(before.rstrip())
        follows_sign = (host["x0"], host["top"]) in signs and character["size"] == host["size"]
        if is_sign or (follows_sign and (character["text"].isdigit() or character["text"] == ",")):
            signs.add((character["x0"], character["top"]))
    return signs


def _close_sign_gaps(text: str, layout: LayoutObject, signs: set[tuple[float, float]]) -> str:
    """Return the text of a line without the blanks that signs of notes leave before a mark."""
    has_sign = any(layout["top"] - layout["chars"][0]["size"] / 2 <= top <= layout["bottom"] for _, top in signs)
    return re.sub(r" (?=[,.;:!?”’)\]])", "", text) if has_sign else text


class _LineGaps(NamedTuple):
    """Where a line has no ink for the width of a gutter, and where its characters begin."""

    gaps: list[tuple[float, float]]
    starts: list[float]
    end: float
    text: str

    def crosses(self, x: float) -> bool:
        """Return whether the line has ink at `x`, or a gap there that is narrower than a gutter."""
        is_inside = self.starts[0] < x < self.end
        return is_inside and not any(low <= x <= high for low, high in self.gaps)


def _measure_line(layout: LayoutObject) -> _LineGaps:
    """Return the wide gaps of a line, and where its characters stand."""
    characters = sorted((item for item in layout["chars"] if item["text"].strip()), key=lambda item: item["x0"])
    gaps = [
        (before["x1"], after["x0"])
        for before, after in pairwise(characters)
        if after["x0"] - before["x1"] >= _MIN_GUTTER_RATIO * before["size"]
    ]
    starts, end = [item["x0"] for item in characters], max(item["x1"] for item in characters)
    return _LineGaps(gaps, starts, end, "".join(item["text"][:1] for item in characters))


def _find_gutters(lines: list[LayoutObject], width: float) -> list[float]:
    """Find the gutters with a column on each side, in points from the left, in order; none without columns."""
    measures = [_measure_line(layout) for layout in lines if layout["text"].strip()]
    counts = ((_count_crossing(measures, x), x) for x in range(int(width * 0.1), int(width * 0.9), _GUTTER_STEP))
    runs = [list(run) for is_gutter, run in groupby(counts, lambda count: count[0] is not None) if is_gutter]
    # The middle of those places that the fewest lines cross.
    candidates = [[x for crossing, x in run if crossing == min(run)[0]] for run in runs]
    return _keep_full_columns(measures, [median(places) for places in candidates])


def _count_crossing(measures: list[_LineGaps], x: float) -> int | None:
    """Count the lines that cross `x`; None where there is no gutter."""
    crossing = sum(measure.crosses(x) for measure in measures)
    if crossing > _MAX_CROSSING_SHARE * len(measures):
        return None
    left = sum(bisect_right(measure.starts, x) >= _MIN_COLUMN_CHARACTERS for measure in measures)
    right = sum(len(measure.starts) - bisect_right(measure.starts, x) >= _MIN_COLUMN_CHARACTERS for measure in measures)
    return crossing if min(left, right) - crossing >= _count_required_lines(measures, x) else None


def _count_required_lines(measures: list[_LineGaps], x: float) -> int:
    """Return how many lines the columns beside `x` must have: fewer where both are prose and no line crosses."""
    places = [(measure, bisect_right(measure.starts, x)) for measure in measures]
    both = [(measure, index) for measure, index in places if 0 < index < len(measure.starts)]
    is_wide = all(measure.starts[index] - measure.starts[index - 1] >= _MIN_PROSE_GUTTER for measure, index in both)
    minimum = _MIN_LOWER_SHARE * len(both)
    is_prose = all(
        sum(measure.text[index if is_right else 0].islower() for measure, index in both) >= minimum
        for is_right in (False, True)
    )
    return _MIN_PROSE_LINES if both and is_wide and is_prose else _MIN_COLUMN_LINES


def _keep_full_columns(measures: list[_LineGaps], gutters: list[float]) -> list[float]:
    """Return the gutters that have a column of text on their left, not the figures of a table."""
    column_gutters: list[float] = []
    for gutter in gutters:
        low = column_gutters[-1] if column_gutters else 0.0
        counts = [bisect_right(measure.starts, gutter) - bisect_right(measure.starts, low) for measure in measures]
        if sum(count >= _MIN_COLUMN_CHARACTERS for count in counts) >= _count_required_lines(measures, gutter):
            column_gutters.append(gutter)
    return column_gutters


def _order_by_column(page: PdfPage, lines: list[LayoutObject], gutters: list[float]) -> list[LayoutObject]:
    """Order the lines of a page by column, between the lines that cross a gutter."""
    crossing = [layout for layout in lines if any(_measure_line(layout).crosses(x) for x in gutters)]

    def column_lines(column: int) -> list[LayoutObject]:
        """Extract the lines of one column, counted from 0, without those that cross a gutter."""

        def is_in_column(item: LayoutObject) -> bool:
            """Return whether an object begins in the column, and is not level with a crossing line."""
            middle = (item["top"] + item["bottom"]) / 2
            inside = any(layout["top"] <= middle <= layout["bottom"] for layout in crossing)
            return not inside and bisect_right(gutters, item["x0"]) == column

        layout: list[LayoutObject] = page.filter(is_in_column).extract_text_lines(x_tolerance_ratio=WORD_GAP_RATIO)
        return layout

    def sort_key(item: tuple[int, LayoutObject]) -> tuple[int, int, float]:
        """Order by the crossing lines above, then by column, then from the top."""
        column, layout = item
        return (sum(line["top"] < layout["top"] for line in crossing), column, layout["top"])

    columns = [(column, layout) for column in range(len(gutters) + 1) for layout in column_lines(column)]
    return [layout for _, layout in sorted([*columns, *((99, layout) for layout in crossing)], key=sort_key)]


def mark_notes(lines: list[PrintedLine]) -> list[PrintedLine]:
    """Return `lines` with each page's notes marked: the last ones in smaller type, from one that opens with a sign."""
    if not lines:
        return lines
    body_size = median(line.size for line in lines for _ in line.text)
    pages = groupby(lines, lambda line: line.page)
    return [line for _, page in pages for line in _mark_notes_of_page(list(page), body_size)]


def _mark_notes_of_page(lines: list[PrintedLine], body_size: float) -> list[PrintedLine]:
    """Return the lines of one page, the small ones at its foot marked as notes from the first that opens one on."""
    first = len(lines)
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].size > body_size - _MIN_NOTE_STEP:
            break
        if _NOTE_OPENING.match(lines[index].text):
            first = index
    return [*lines[:first], *(line._replace(is_note=True) for line in lines[first:])]
