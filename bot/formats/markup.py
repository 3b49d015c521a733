"""Paragraphs of an HTML fragment, such as stands in a field of an answer in JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import NamedTuple

from bot.text import normalise_line

_BLOCKS = frozenset({
    "address", "answer", "answertext", "article", "blockquote", "dd", "div", "dl", "dt", "figure",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "question", "questiontext",
    "section", "table", "tbody", "thead", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_EMPHASIS = frozenset({"em", "i"})
_HIDDEN = frozenset({"script", "style", "template", "noscript"})
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
})  # fmt: skip
_COLUMN_MARK = "column-number"
_HIDDEN_STYLE = re.compile(r"display:none|visibility:hidden")
CITED_BLOCK = "cited"
"""The class of a block that says of itself that it is quoted from the message that is answered."""


class MarkedParagraph(NamedTuple):
    """A paragraph's words as one line, the innermost block first among `tags` and `classes`."""

    words: str
    tags: tuple[str, ...]
    classes: tuple[str, ...]
    is_emphasised: bool


def split_paragraphs(fragment: str) -> Sequence[MarkedParagraph]:
    """Split an HTML fragment into its paragraphs; a row of a table is one.

    The mark of a column of print is left out with its number.

    >>> [p.words for p in split_paragraphs("<p>It <i>is</i></p>late<br>now")]
    ['It is', 'late now']
    """
    parser = _ParagraphParser()
    parser.feed(fragment)
    parser.close()
    parser.end_paragraph()
    return parser.paragraphs


class _ParagraphParser(HTMLParser):
    """Collects the paragraphs of a fragment as its tags and text come."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[MarkedParagraph] = []
        self._words: list[str] = []
        self._plain: list[str] = []
        self._open: list[tuple[str, tuple[str, ...], bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; a block ends the paragraph before it."""
        if tag in _BLOCKS:
            self.end_paragraph()
        if tag == "br" or tag in _CELLS:
            self.handle_data(" ")
        if tag not in _VOID:
            attributes = dict(attrs)
            classes = tuple((attributes.get("class") or "").split())
            if tag == "blockquote" and (attributes.get("type") or "").lower() == "cite":
                classes += (CITED_BLOCK,)
            style = "".join((attributes.get("style") or "").lower().split())
            is_hidden = "hidden" in attributes or tag in _HIDDEN or bool(_HIDDEN_STYLE.search(style))
            self._open.append((tag, classes, is_hidden or _COLUMN_MARK in classes))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those within it that were left open."""
        if tag in _BLOCKS:
            self.end_paragraph()
        if any(name == tag for name, *_ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Take text, unless it is hidden."""
        if any(is_hidden for *_, is_hidden in self._open):
            return
        self._words.append(data)
        if not any(tag in _EMPHASIS for tag, *_ in self._open):
            self._plain.append(data)

    def end_paragraph(self) -> None:
        """End the paragraph that is being read, if it has words."""
        words = normalise_line("".join(self._words))
        if words:
            blocks = [(tag, classes) for tag, classes, _ in reversed(self._open) if tag in _BLOCKS]
            self.paragraphs.append(
                MarkedParagraph(
                    words,
                    tuple(tag for tag, _ in blocks),
                    tuple(name for _, classes in blocks for name in classes),
                    not normalise_line("".join(self._plain)),
                )
            )
        self._words, self._plain = [], []
