"""Encoding faults and extraction artefacts: mojibake, entities, broken words, running heads.

They are only reported: the bot never repairs a canonical text.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator

from bot.model import Document, Span
from bot.text import split_paragraphs

Issue = tuple[int, str, str]
"""An offset in the canonical text, a fact and a remedy."""

# UTF-8 decoded as Windows-1252, and replacement or control characters.
_MOJIBAKE = re.compile(r"â€[™œ\u009dœ“”˜¦“”]|Ã[\u0080-\u00bf©¨¢¤¶¼±]|Â[£§°·\u00a0]|ï»¿|\ufffd+|[\u0080-\u009f]+")
_HTML_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,5}|[lr][sd]quo|mdash);")
_UNREADABLE_CHARACTER = re.compile(r"\(cid:\d+\)")
# The longest word of English prose is shorter; an address has other marks in it.
_RUN_TOGETHER = re.compile(r"(?<![\w/.@-])[^\W\d_]{28,}+(?![\w/@])")
# "bookkeeper" has three pairs of letters; a line printed twice has nothing else.
_DOUBLED = re.compile(r"\b(?:([^\W\d_])\1){4,}")
_LIGATURE = re.compile("[ﬀ-ﬆ]")
# Possessive and anchored at the word's first letter: with backtracking a long run of letters
# takes minutes.
_HYPHENATED_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,}+)-(?:[ \t]*+\r?\n[ \t]*+| )([a-zà-ÿ]{2,}+)")
_CONJUNCTIONS = frozenset({"and", "or", "to", "und", "et", "ou", "y", "o"})
_DIGITS = re.compile(r"\d+")
# One printed line; longer repeated paragraphs are copies, not running heads.
_MAX_HEAD_LENGTH = 90
# Twice may be an echo, as in a refrain or a repeated heading.
_MIN_HEAD_COUNT = 3


def find_encoding_issues(document: Document) -> Iterator[Issue]:
    """Find the first occurrence of each kind of fault in the document, and count the others."""
    text = document.text
    source_remedy = "extract the text again in the source's own encoding"
    for pattern, description, remedy in (
        (_MOJIBAKE, "text decoded with the wrong encoding", source_remedy),
        (_HTML_ENTITY, "HTML entities", "replace them with the characters they stand for"),
        (_LIGATURE, "typographic ligatures", "write them as separate letters"),
        (_UNREADABLE_CHARACTER, "characters that the file's fonts do not name", source_remedy),
        (_RUN_TOGETHER, "words that may have run together", "part them as the source does"),
        (_DOUBLED, "letters printed twice", "extract the text again, each letter once"),
    ):
        if matches := list(pattern.finditer(text)):
            first = matches[0].group()
            example = first if first.isprintable() else ascii(first)[1:-1]
            yield matches[0].start(), f"{description}: '{example}'{_format_count(len(matches))}", remedy
    yield from _find_broken_words(text)
    if not document.turns:
        yield from _find_running_heads(text)


def _find_broken_words(text: str) -> Iterator[Issue]:
    """Find the first word hyphenated at a line end; "pre- and post-war" is not one."""
    matches = [match for match in _HYPHENATED_WORD.finditer(text) if match[2].lower() not in _CONJUNCTIONS]
    if matches:
        first = matches[0]
        fact = f"words hyphenated at a line end: '{first[1]}-{first[2]}'{_format_count(len(matches))}"
        yield first.start(), fact, "rejoin them as in the source"


def _find_running_heads(text: str) -> Iterator[Issue]:
    """Find short lines that recur, digits aside, at their first occurrence."""
    spans_by_line: dict[str, list[Span]] = defaultdict(list)
    for span in split_paragraphs(text):
        if span.end - span.start <= _MAX_HEAD_LENGTH:
            line = text[span.start : span.end]
            spans_by_line[_DIGITS.sub("0", line).casefold()].append(span)
    counts = Counter({line: len(spans) for line, spans in spans_by_line.items()})
    for line, count in counts.most_common():
        if count >= _MIN_HEAD_COUNT and not line.endswith((".", "”", '"', "?", "!")):
            first_span = spans_by_line[line][0]
            excerpt = text[first_span.start : first_span.end].splitlines()[0]
            fact = f"possibly a running head or page number: '{excerpt}', {count} times"
            yield first_span.start, fact, "remove it if the source repeats it on every page"


def _format_count(count: int) -> str:
    """Return how often, ", 3 times"; "" for once."""
    return f", {count} times" if count > 1 else ""


def shorten(document: Document, span: Span, length: int = 40) -> str:
    """Quote the first words of `span` on one line, in at most `length` characters."""
    text = " ".join(document.text[span.start : span.end].split())
    return textwrap.shorten(text, length, placeholder=" ...")
