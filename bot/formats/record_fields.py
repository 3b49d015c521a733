"""Fields of records: what JSON holds under a key, and the paragraphs of the HTML that stands there.

Answers of an interface that were fetched for a document lie beside it, in `.record`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, TypeVar

from bot.errors import CorpusError
from bot.formats.base import load_table
from bot.storage import filesystem
from bot.text import normalise_line

# Any value of JSON: its shape is checked where it is read.
Json: TypeAlias = Any
_Value = TypeVar("_Value", str, dict[str, Any], list[Any])

MAX_BYTES = 20 * 1024 * 1024
RELATED_FOLDER = ".record"
_FRAGMENTS = load_table("html")["fragments"]
_BLOCKS, _VOID = frozenset(_FRAGMENTS["blocks"].split()), frozenset(_FRAGMENTS["void"].split())
_CELLS = frozenset({"td", "th"})
_EMPHASIS = frozenset({"em", "i"})
_HIDDEN = frozenset({"script", "style", "template", "noscript"})
_COLUMN_MARK = "column-number"
_HIDDEN_STYLE = re.compile(r"display:none|visibility:hidden")
CITED_BLOCK = "cited"
"""The class of a block that says of itself that it is quoted from the message that is answered."""


def opens_object(content: bytes, *keys: bytes) -> bool:
    """Return whether `content` opens as a JSON object does, and has all of these `keys`."""
    return content.lstrip().startswith(b"{") and all(key in content for key in keys)


def load_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in the file at `path`.

    Raises:
        CorpusError: the file cannot be read, or holds no JSON object.
    """
    try:
        value = json.loads(filesystem.read_bytes(path, MAX_BYTES))
    except (ValueError, RecursionError):
        raise CorpusError(str(path), "not JSON", "fetch the file again") from None
    if not isinstance(value, dict):
        raise CorpusError(str(path), "not a JSON object", "fetch the file again")
    return value


def load_related(path: Path) -> list[Any]:
    """Return the contents of the answers fetched with the document at `path`; an empty list without any.

    Raises:
        CorpusError: the file that holds them cannot be read.
    """
    related_path = find_related(path)
    if not related_path.is_file():
        return []
    return [answer.get("content") for answer in get_objects(load_object(related_path), "answers")]


def find_related(path: Path) -> Path:
    """Return where the answers that belong to the document at `path` would lie; there may be none."""
    return path.parent / RELATED_FOLDER / f"{path.stem}.json"


def _get(item: object, key: str, kind: type[_Value]) -> _Value:
    """Return the value of a `kind` that a JSON object has under `key`; an empty one where it has none, or is none."""
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, kind) else kind()


def get_text(item: object, key: str) -> str:
    """Return the text that a JSON object has under `key`; "" where it has none, or is no object."""
    return _get(item, key, str)


def get_object(item: object, key: str) -> dict[str, Any]:
    """Return the object that a JSON object has under `key`; an empty one where it has none, or is no object."""
    return _get(item, key, dict)


def get_objects(item: object, key: str) -> list[dict[str, Any]]:
    """Return the objects in the list that a JSON object has under `key`, without what else stands there."""
    return [entry for entry in _get(item, key, list) if isinstance(entry, dict)]


class MarkedParagraph(NamedTuple):
    """A paragraph's words as one line; `tags` and `classes` are of its blocks, the innermost first.

    It `is_emphasised` where all its words are in italics.
    """

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
            tags, classes = tuple(tag for tag, _ in blocks), tuple(name for _, names in blocks for name in names)
            self.paragraphs.append(MarkedParagraph(words, tags, classes, not normalise_line("".join(self._plain))))
        self._words, self._plain = [], []
