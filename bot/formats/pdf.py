"""Documents as printed pages: PDF, by pdfplumber.

Lines are joined into paragraphs where the print sets none apart: by a gap, a
change of size, an indented line after a stop, or a bullet. A paragraph goes on
over a page's end unless its last line there ends with a stop. Columns are read
one after the other, between the lines that cross them.

Running heads and page numbers are left out: lines in the outer twelfth of
the page's height that come again, figures aside, on a third of the pages, or that
give the page's own number.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.errors import CorpusError
from bot.formats import source
from bot.formats.canonical import BREAK, line, stated
from bot.formats.library import library
from bot.formats.report import Reading
from bot.model import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

SUFFIXES = (".pdf",)
MOST_BYTES = 50 * 1024 * 1024

Page = Any
"""A page of a library that need not be there, nor its types."""
Found = dict[str, Any]
"""A line or a character as the library tells of it."""

# Less than an inch of A4 and of Letter, at which much text begins.
_OUTER = 0.08
_OFTEN = 1 / 3
_GAP = 1.4
_INDENT = 0.8
_WIDE = 1.8
_GUTTERS = [share / 100 for share in range(40, 61, 2)]
_COLUMN_LINES = 8
_COLUMN_CHARACTERS = 15
_CROSSING = 0.25
_STOP = re.compile(r"[.!?:;…][\"”’»)\]]*$")
_BULLET = re.compile(r"[•●◦▪‣]")
_HYPHEN = re.compile(r"\w[-\u2010\u00ad]$")
_NUMBER = re.compile(r"(?:page )?(\d+)(?: ?(?:of|/) ?\d+)?", re.IGNORECASE)
_ROMAN = re.compile(r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})")
_NOT_GIVEN = frozenset({"(anonymous)", "(unspecified)", "untitled"})


class Line(NamedTuple):
    """A printed line; places are in points from the page's top left."""

    words: str
    page: int
    top: float
    bottom: float
    left: float
    size: float
    height: float

    @property
    def outer(self) -> str | None:
        """Which edge of the page it stands at, None for within."""
        if self.bottom <= self.height * _OUTER:
            return "top"
        return "bottom" if self.top >= self.height * (1 - _OUTER) else None


def read(path: Path, document_id: str) -> Document:
    """Return the document in the file at `path`.

    Raises:
        CorpusError: pdfplumber is missing, the file cannot be read, asks for a
            password, or holds no text.
    """
    return reading(path, document_id).document


def reading(path: Path, document_id: str) -> Reading:
    """Return the document in the file at `path`, and what it leaves out; see `read`."""
    lines, about = _printed(path)
    heads = _heads(lines)
    body = [one for one in lines if one not in heads]
    text = BREAK.join(map(_joined, _paragraphs(body)))
    if not text:
        remedy = "have it transcribed, and save it as .txt"
        raise CorpusError(str(path), "it holds no text, as a scan does not", remedy)
    author = _given(about, "Author")
    document = Document(
        document_id, text, title=_given(about, "Title"), authors=(author,) if author else ()
    )
    return Reading(document, tuple(one.words for one in lines if one in heads))


def _given(about: dict[str, object], key: str) -> str | None:
    found = stated(str(about.get(key) or ""))
    return None if found and found.lower() in _NOT_GIVEN else found


def _printed(path: Path) -> tuple[list[Line], dict[str, object]]:
    """Return every line in reading order, and what the file says of itself."""
    pdfplumber = library("pdfplumber", "pdf", path)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    octets = source.octets(path, MOST_BYTES)
    try:
        with pdfplumber.open(io.BytesIO(octets)) as printed:
            lines = [one for page in printed.pages for one in _lines(page)]
            return lines, dict(printed.metadata)
    # A broken file makes the library raise almost anything.
    except Exception as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: Exception) -> CorpusError:
    if "Password" in repr(error) or "Encrypt" in repr(error):
        return CorpusError(str(path), "it asks for a password", "save it without one")
    return CorpusError(str(path), "not a PDF that can be read", "fetch the file again")


def _lines(page: Page) -> list[Line]:
    whole = page.extract_text_lines()
    gutter = next((x for share in _GUTTERS if _parts(whole, x := page.width * share)), None)
    found = _by_columns(page, whole, gutter) if gutter else whole
    page.close()
    return [
        Line(
            words,
            page.page_number,
            one["top"],
            one["bottom"],
            one["x0"],
            one["chars"][0]["size"],
            page.height,
        )
        for one in found
        if (words := line(one["text"]))
    ]


def _parts(lines: Sequence[Found], x: float) -> bool:
    """Return whether the lines leave a gutter at `x`, with a column on both sides of it."""
    crossing = sum(_crosses(one, x) for one in lines)
    left = sum(_characters(one, 0, x) >= _COLUMN_CHARACTERS for one in lines)
    right = sum(_characters(one, x, float("inf")) >= _COLUMN_CHARACTERS for one in lines)
    return min(left, right) - crossing >= _COLUMN_LINES and crossing <= _CROSSING * len(lines)


def _characters(one: Found, low: float, high: float) -> int:
    return sum(low <= each["x0"] < high and each["text"].strip() != "" for each in one["chars"])


def _crosses(one: Found, x: float) -> bool:
    """Return whether a line has ink at `x`, or only the space of a word on both sides of it."""
    inked = [each for each in one["chars"] if each["text"].strip()]
    return any(
        before["x0"] < x <= after["x1"] and after["x0"] - before["x1"] < before["size"]
        for before, after in pairwise(inked)
    )


def _by_columns(page: Page, whole: Sequence[Found], x: float) -> list[Found]:
    """Return the lines of a page column by column, between the lines that cross the gutter."""
    crossing = [one for one in whole if _crosses(one, x)]

    def of(side: int) -> list[Found]:
        def stands(one: Found) -> bool:
            middle = (one["top"] + one["bottom"]) / 2
            inside = any(across["top"] <= middle <= across["bottom"] for across in crossing)
            return not inside and (one["x0"] >= x) == side

        found: list[Found] = page.filter(stands).extract_text_lines()
        return found

    def place(one: tuple[int, Found]) -> tuple[int, int, float]:
        column, found = one
        return sum(across["top"] < found["top"] for across in crossing), column, found["top"]

    columns = [(side, one) for side in (0, 1) for one in of(side)]
    return [one for _, one in sorted([*columns, *((2, one) for one in crossing)], key=place)]


def _heads(lines: Sequence[Line]) -> frozenset[Line]:
    """Return the lines that stand at the edge of many pages, and the page numbers there."""
    enough = max(2, len({one.page for one in lines}) * _OFTEN)
    often = Counter(mark for mark, _ in {(_mark(one), one.page) for one in lines})
    outer = (one for one in lines if one.outer)
    return frozenset(one for one in outer if _is_number(one) or often[_mark(one)] >= enough)


def _is_number(one: Line) -> bool:
    found = _NUMBER.fullmatch(one.words)
    return found is not None and int(found[1]) == one.page


def _mark(one: Line) -> tuple[str | None, str]:
    return one.outer, "#" if _ROMAN.fullmatch(one.words) else re.sub(r"\d+", "#", one.words)


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    steps = [after.top - before.top for before, after in pairwise(lines) if _follows(before, after)]
    # Low, since of a page of short paragraphs most steps are gaps; not lowest, for superscripts.
    usual = sorted(steps)[len(steps) // 10] if steps else 0.0
    paragraph: list[Line] = []
    for one in lines:
        if paragraph and _begins(paragraph[-1], one, usual):
            yield paragraph
            paragraph = []
        paragraph.append(one)
    if paragraph:
        yield paragraph


def _follows(before: Line, after: Line) -> bool:
    """Return whether a line stands under another, on one page and in one column."""
    return before.page == after.page and before.top < after.top


def _begins(before: Line, after: Line, usual: float) -> bool:
    """Return whether `after` begins a paragraph."""
    if abs(before.size - after.size) > 0.5 or _BULLET.match(after.words):
        return True
    stopped = bool(_STOP.search(before.words))
    if not _follows(before, after):
        return stopped
    step = after.top - before.top
    apart = after.left - before.left > _INDENT * after.size or step > _WIDE * after.size
    return step > _GAP * usual or (stopped and apart)


def _joined(paragraph: Iterable[Line]) -> str:
    """Return a paragraph as one line; a hyphen at a line's end is kept, and no space follows it."""
    joined = ""
    for one in paragraph:
        space = "" if not joined or _HYPHEN.search(joined) else " "
        joined += space + one.words
    return joined
