"""PDF files, read with pdfplumber: printed lines are grouped into paragraphs.

A gap, a change of size, an indented line after a full stop or a bullet begins a paragraph. A
paragraph continues over a page break unless its last line on the page ends a sentence. Columns
are read one after the other, between the lines that cross them.

Running heads and page numbers are left out: lines in the outer twelfth of the page's height that
recur, digits aside, on a third of the pages, or that give the page's own number.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.errors import CorpusError
from bot.formats.base import AddedAs, Parsed, import_optional
from bot.formats.canonical import PARAGRAPH_BREAK, normalise_line, printable_line
from bot.model import Document
from bot.storage import safe_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

SUFFIXES = (".pdf",)
ADDED_AS = AddedAs.EXTRACT
MAX_BYTES = 50 * 1024 * 1024

PdfPage = Any
"""A page of a library that may not be installed."""
LayoutObject = dict[str, Any]
"""A line or character as the library describes it."""

# A twelfth of A4 or Letter is just under an inch, the margin at which most text begins.
_EDGE_SHARE = 0.08
_REPEATED_SHARE = 1 / 3
_PARAGRAPH_GAP = 1.4
_MIN_INDENT = 0.8
_WIDE_GAP = 1.8
_GUTTER_POSITIONS = [share / 100 for share in range(40, 61, 2)]
_MIN_COLUMN_LINES = 8
_MIN_COLUMN_CHARACTERS = 15
_MAX_CROSSING_SHARE = 0.25
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’»)\]]*$")
_BULLET = re.compile(r"[•●◦▪‣]")
_HYPHEN = re.compile(r"\w[-\u2010\u00ad]$")
_PAGE_NUMBER = re.compile(r"(?:page )?(\d+)(?: ?(?:of|/) ?\d+)?", re.IGNORECASE)
_ROMAN_NUMERAL = re.compile(r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})")
_PLACEHOLDERS = frozenset({"(anonymous)", "(unspecified)", "untitled"})


class PrintedLine(NamedTuple):
    """A printed line; positions are in points from the page's top left."""

    text: str
    page: int
    top: float
    bottom: float
    left: float
    size: float
    height: float

    @property
    def edge(self) -> str | None:
        """The edge of the page that it is at: top, bottom or None."""
        if self.bottom <= self.height * _EDGE_SHARE:
            return "top"
        return "bottom" if self.top >= self.height * (1 - _EDGE_SHARE) else None


def sniff(content: bytes) -> bool:
    """Return whether `content` opens as a PDF."""
    return content.startswith(b"%PDF-")


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the PDF at `path`.

    Raises:
        CorpusError: pdfplumber is not installed, or the file is damaged, password-protected or
            without text.
    """
    lines, metadata = _read_lines(path)
    running_heads = _find_running_heads(lines)
    body = [printed_line for printed_line in lines if printed_line not in running_heads]
    text = PARAGRAPH_BREAK.join(map(_join_lines, _group_paragraphs(body)))
    if not text:
        remedy = "transcribe it and save it as .txt"
        raise CorpusError(str(path), "it contains no text, only scanned pages", remedy)
    author = _metadata_value(metadata, "Author")
    document = Document(
        document_id, text, title=_metadata_value(metadata, "Title"), authors=(author,) if author else ()
    )
    return Parsed(document, tuple(printed_line.text for printed_line in lines if printed_line in running_heads))


def _metadata_value(metadata: dict[str, object], key: str) -> str | None:
    value = printable_line(str(metadata.get(key) or ""))
    return None if value and value.lower() in _PLACEHOLDERS else value


def _read_lines(path: Path) -> tuple[list[PrintedLine], dict[str, object]]:
    """Read every line in reading order, and the file's metadata."""
    pdfplumber = import_optional("pdfplumber", "pdf", path)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    data = safe_read.read_bytes(path, MAX_BYTES)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            lines = [printed_line for page in pdf.pages for printed_line in _page_lines(page)]
            return lines, dict(pdf.metadata)
    # A damaged file makes the library raise almost anything.
    except Exception as error:
        raise _unreadable_error(path, error) from error


def _unreadable_error(path: Path, error: Exception) -> CorpusError:
    if "Password" in repr(error) or "Encrypt" in repr(error):
        return CorpusError(str(path), "it is password-protected", "save it without a password")
    return CorpusError(str(path), "not a valid PDF", "download the file again")


def _page_lines(page: PdfPage) -> list[PrintedLine]:
    full_lines = page.extract_text_lines()
    gutter = next((x for share in _GUTTER_POSITIONS if _has_gutter(full_lines, x := page.width * share)), None)
    ordered_lines = _order_by_column(page, full_lines, gutter) if gutter else full_lines
    page.close()
    return [
        PrintedLine(
            text,
            page.page_number,
            layout["top"],
            layout["bottom"],
            layout["x0"],
            layout["chars"][0]["size"],
            page.height,
        )
        for layout in ordered_lines
        if (text := normalise_line(layout["text"]))
    ]


def _has_gutter(lines: Sequence[LayoutObject], x: float) -> bool:
    """Return whether the lines leave a gutter at `x`, with a column on each side."""
    crossing = sum(_crosses_gutter(layout, x) for layout in lines)
    left = sum(_count_characters(layout, 0, x) >= _MIN_COLUMN_CHARACTERS for layout in lines)
    right = sum(_count_characters(layout, x, float("inf")) >= _MIN_COLUMN_CHARACTERS for layout in lines)
    return min(left, right) - crossing >= _MIN_COLUMN_LINES and crossing <= _MAX_CROSSING_SHARE * len(lines)


def _count_characters(layout: LayoutObject, low: float, high: float) -> int:
    return sum(low <= character["x0"] < high and character["text"].strip() != "" for character in layout["chars"])


def _crosses_gutter(layout: LayoutObject, x: float) -> bool:
    """Return whether a line has ink at `x`, or there only a space between words."""
    characters = [character for character in layout["chars"] if character["text"].strip()]
    return any(
        before["x0"] < x <= after["x1"] and after["x0"] - before["x1"] < before["size"]
        for before, after in pairwise(characters)
    )


def _order_by_column(page: PdfPage, lines: Sequence[LayoutObject], x: float) -> list[LayoutObject]:
    """Order the lines of a page by column, between the lines that cross the gutter."""
    crossing = [item for item in lines if _crosses_gutter(item, x)]

    def column_lines(side: int) -> list[LayoutObject]:
        def is_in_column(item: LayoutObject) -> bool:
            middle = (item["top"] + item["bottom"]) / 2
            inside = any(crossing_line["top"] <= middle <= crossing_line["bottom"] for crossing_line in crossing)
            return not inside and (item["x0"] >= x) == side

        layout: list[LayoutObject] = page.filter(is_in_column).extract_text_lines()
        return layout

    def sort_key(item: tuple[int, LayoutObject]) -> tuple[int, int, float]:
        column, layout = item
        return (sum(crossing_line["top"] < layout["top"] for crossing_line in crossing), column, layout["top"])

    columns = [(side, item) for side in (0, 1) for item in column_lines(side)]
    return [item for _, item in sorted([*columns, *((2, item) for item in crossing)], key=sort_key)]


def _find_running_heads(lines: Sequence[PrintedLine]) -> frozenset[PrintedLine]:
    """Find the lines that recur at the edge of many pages, and the page numbers there."""
    threshold = max(2, len({printed_line.page for printed_line in lines}) * _REPEATED_SHARE)
    page_counts = Counter(
        signature for signature, _ in {(_line_signature(printed_line), printed_line.page) for printed_line in lines}
    )
    edge_lines = (printed_line for printed_line in lines if printed_line.edge)
    return frozenset(
        printed_line
        for printed_line in edge_lines
        if _is_page_number(printed_line) or page_counts[_line_signature(printed_line)] >= threshold
    )


def _is_page_number(printed_line: PrintedLine) -> bool:
    match = _PAGE_NUMBER.fullmatch(printed_line.text)
    return match is not None and int(match[1]) == printed_line.page


def _line_signature(printed_line: PrintedLine) -> tuple[str | None, str]:
    return printed_line.edge, "#" if _ROMAN_NUMERAL.fullmatch(printed_line.text) else re.sub(
        r"\d+", "#", printed_line.text
    )


def _group_paragraphs(lines: Sequence[PrintedLine]) -> Iterator[list[PrintedLine]]:
    spacings = [after.top - before.top for before, after in pairwise(lines) if _is_below(before, after)]
    # The lowest tenth: on a page of short paragraphs most steps are gaps, and the lowest step of
    # all may be a superscript.
    usual_spacing = sorted(spacings)[len(spacings) // 10] if spacings else 0.0
    paragraph: list[PrintedLine] = []
    for printed_line in lines:
        if paragraph and _starts_paragraph(paragraph[-1], printed_line, usual_spacing):
            yield paragraph
            paragraph = []
        paragraph.append(printed_line)
    if paragraph:
        yield paragraph


def _is_below(before: PrintedLine, after: PrintedLine) -> bool:
    """Return whether `after` is below `before` on the same page and in the same column."""
    return before.page == after.page and before.top < after.top


def _starts_paragraph(before: PrintedLine, after: PrintedLine, usual_spacing: float) -> bool:
    """Return whether `after` begins a new paragraph."""
    if abs(before.size - after.size) > 0.5 or _BULLET.match(after.text):
        return True
    ends_sentence = bool(_SENTENCE_END.search(before.text))
    if not _is_below(before, after):
        return ends_sentence
    spacing = after.top - before.top
    is_set_apart = after.left - before.left > _MIN_INDENT * after.size or spacing > _WIDE_GAP * after.size
    return spacing > _PARAGRAPH_GAP * usual_spacing or (ends_sentence and is_set_apart)


def _join_lines(paragraph: Iterable[PrintedLine]) -> str:
    """Join the lines of a paragraph; a hyphen at a line's end is kept, without a space after it."""
    text = ""
    for printed_line in paragraph:
        separator = "" if not text or _HYPHEN.search(text) else " "
        text += separator + printed_line.text
    return text
