"""PDF files, read with pdfplumber: printed lines are grouped into paragraphs.

A gap, a change of size, an indented line after a full stop or a bullet begins a paragraph. A paragraph continues over
a page break, and over notes at a page's foot, unless its last line on the page ends a sentence. `pdf_layout.py` says
in which order a page is read. A hearing, in which the paragraphs open with speakers' labels, is read as turns.

Left out are notes at the foot, and running heads and page numbers: lines in the outer twelfth of the page's height
that recur, digits aside, on a third of the pages, or that give the page's own number. A file whose fonts do not say
which characters they print, or whose words cannot be told apart, is refused.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from bot.errors import CorpusError
from bot.formats import hearing
from bot.formats.base import AddedAs, Parsed, clean_line, import_optional
from bot.formats.pdf_layout import PrintedLine, mark_notes, read_page
from bot.model import Document
from bot.storage import filesystem

SUFFIXES = (".pdf",)
ADDED_AS = AddedAs.EXTRACT
MAX_BYTES = 50 * 1024 * 1024

# Of the page's height: a twelfth of A4 or Letter is just under an inch, the margin where most text begins.
_EDGE_SHARE = 0.08
# Of the pages.
_REPEATED_SHARE = 1 / 3
# Of the usual step from line to line.
_PARAGRAPH_GAP = 1.4
# Of the type's size: an indent, and a step from line to line.
_MIN_INDENT = 0.8
_WIDE_GAP = 1.8
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’»)\]]*$")
_BULLET = re.compile(r"[•●◦▪‣]")
_HYPHEN = re.compile(r"\w[-\u2010\u00ad]$")
_PAGE_NUMBER = re.compile(r"(?:page )?(\d+)(?: ?(?:of|/) ?\d+)?", re.IGNORECASE)
_ROMAN_NUMERAL = re.compile(r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})")
_UNREADABLE_CHARACTER = re.compile(r"\(cid:\d+\)")
# Of the characters: three real files with more of either were past reading; a formula or address now and then is not.
_MAX_UNREADABLE_SHARE = 0.02
_MAX_RUN_TOGETHER_SHARE = 0.05
# The longest word of English prose that is no address has 24 letters or fewer, but for names of chemicals.
_RUN_TOGETHER = re.compile(r"[^\W\d_]{26,}|[^\W\d_]{4,}[.,;][^\W\d_]{4,}[.,;]?[^\W\d_]{4,}\S*")
# Titles and authors that programs write where nobody stated any.
_PROGRAM_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel)\b.*|.*\.(?:docx?|pdf|rtf|odt|indd|qxd|tex|dvi|exe|pptx?|xlsx?|txt|html?)"
    r"|[\W\d_]*|\S*[\d_]\S*|\(?(?:anonymous|unspecified|untitled.*|document ?\d*|slide \d+)\)?",
    re.IGNORECASE,
)
_PROGRAM_AUTHOR = re.compile(
    r".*[\d_:@(){}<>\\].*|(?:anonymous|unspecified|unknown|admin\w*|user|owner|author|default|office|test|root|\w)",
    re.IGNORECASE,
)


def sniff(content: bytes) -> bool:
    """Return whether `content` opens as a PDF."""
    return content.startswith(b"%PDF-")


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the PDF at `path`.

    Raises:
        CorpusError: pdfplumber is not installed, or the file is damaged, password-protected, without text, or its
            words cannot be trusted.
    """
    lines, metadata = _read_lines(path)
    left_out = {*_find_running_heads(lines), *(line for line in lines if line.is_note)}
    body = [printed_line for printed_line in lines if printed_line not in left_out]
    paragraphs = [_join_keeping_hyphens(paragraph) for paragraph in _group_paragraphs(body)]
    if not paragraphs:
        raise CorpusError(str(path), "it contains no text, only scanned pages", "transcribe it and save it as .txt")
    _require_trusted_words(paragraphs, path)
    author = _read_metadata_value(metadata, "Author", _PROGRAM_AUTHOR)
    title = _read_metadata_value(metadata, "Title", _PROGRAM_TITLE)
    facts = Document(document_id, "", title=title, authors=(author,) if author else ())
    return hearing.parse_lines(facts, paragraphs, (line.text for line in lines if line in left_out), str(path))


def _read_metadata_value(metadata: dict[str, object], key: str, placeholder: re.Pattern[str]) -> str | None:
    """Return a value of the metadata; None without one, or where it is a placeholder."""
    value = clean_line(str(metadata.get(key) or ""))
    return None if value and placeholder.fullmatch(value) else value


def _require_trusted_words(paragraphs: Sequence[str], path: Path) -> None:
    """Check that the file says which characters it prints, and where its words end.

    Raises:
        CorpusError: more than a few words are unreadable or run together.
    """
    words = [word for paragraph in paragraphs for word in paragraph.split()]
    letters = sum(map(len, words))
    unreadable = sum(map(len, filter(_UNREADABLE_CHARACTER.search, words)))
    run_together = sum(map(len, filter(_RUN_TOGETHER.search, words)))
    if unreadable > _MAX_UNREADABLE_SHARE * letters:
        fact = "its fonts do not say which characters they print"
        raise CorpusError(str(path), fact, "use another edition, or save its text as .txt")
    if run_together > _MAX_RUN_TOGETHER_SHARE * letters:
        raise CorpusError(str(path), "its words run together", "use another edition, or save its text as .txt")


def _read_lines(path: Path) -> tuple[list[PrintedLine], dict[str, object]]:
    """Read every line in reading order, and the file's metadata."""
    pdfplumber = import_optional("pdfplumber", "pdf", path)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    data = filesystem.read_bytes(path, MAX_BYTES)
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            lines = [printed_line for page in pdf.pages for printed_line in read_page(page)]
            return mark_notes(lines), dict(pdf.metadata)
    # A damaged file makes the library raise almost anything.
    except Exception as error:
        if "Password" in repr(error) or "Encrypt" in repr(error):
            raise CorpusError(str(path), "it is password-protected", "save it without a password") from error
        raise CorpusError(str(path), "not a valid PDF", "download the file again") from error


def _find_running_heads(lines: Sequence[PrintedLine]) -> frozenset[PrintedLine]:
    """Find, at the edges of pages, lines that recur on `_REPEATED_SHARE` of them, two at least, and page numbers."""
    threshold = max(2, len({line.page for line in lines}) * _REPEATED_SHARE)
    page_counts = Counter(signature for signature, _ in {(_compute_line_signature(line), line.page) for line in lines})
    return frozenset(
        line
        for line in lines
        if _find_page_edge(line) and (_is_page_number(line) or page_counts[_compute_line_signature(line)] >= threshold)
    )


def _find_page_edge(printed_line: PrintedLine) -> str | None:
    """Return the edge of the page that a line is at: top, bottom or None."""
    if printed_line.bottom <= printed_line.height * _EDGE_SHARE:
        return "top"
    return "bottom" if printed_line.top >= printed_line.height * (1 - _EDGE_SHARE) else None


def _is_page_number(printed_line: PrintedLine) -> bool:
    """Whether a line is the number of the page that it stands on."""
    match = _PAGE_NUMBER.fullmatch(printed_line.text)
    return match is not None and int(match[1]) == printed_line.page


def _compute_line_signature(printed_line: PrintedLine) -> tuple[str | None, str]:
    """Return what a line has in common with those of other pages: its edge, and its text without numbers."""
    is_numeral = _ROMAN_NUMERAL.fullmatch(printed_line.text)
    return _find_page_edge(printed_line), "#" if is_numeral else re.sub(r"\d+", "#", printed_line.text)


def _group_paragraphs(lines: Sequence[PrintedLine]) -> Iterator[list[PrintedLine]]:
    """Yield the lines of each paragraph, parted by more than the usual step or by an indent."""
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
    ends_sentence = bool(_SENTENCE_END.search(before.text))
    is_turn = hearing.opens_turn(after.text, is_after_sentence=ends_sentence)
    if abs(before.size - after.size) > 0.5 or _BULLET.match(after.text) or is_turn:
        return True
    if not _is_below(before, after):
        return ends_sentence
    spacing = after.top - before.top
    is_set_apart = after.left - before.left > _MIN_INDENT * after.size or spacing > _WIDE_GAP * after.size
    return spacing > _PARAGRAPH_GAP * usual_spacing or (ends_sentence and is_set_apart)


def _join_keeping_hyphens(paragraph: Iterable[PrintedLine]) -> str:
    """Join the lines of a paragraph; a hyphen at a line's end is kept, without a space after it."""
    text = ""
    for printed_line in paragraph:
        separator = "" if not text or _HYPHEN.search(text) else " "
        text += separator + printed_line.text
    return text
