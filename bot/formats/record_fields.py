"""Fields of records: what JSON holds under a key, the paragraphs of HTML in it, lines, dates, addresses and times.

Answers of an interface that were fetched for a document lie beside it, in `.record`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from bot.errors import CorpusError
from bot.model import WEB_ADDRESS
from bot.storage import filesystem
from bot.text import normalise_line

# What JSON may hold: the shape is asked for where it is read.
Json: TypeAlias = Any

MAX_BYTES = 20 * 1024 * 1024
RELATED_FOLDER = ".record"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,2}):(?P<seconds>\d{2})(?:[.,]\d{1,6})?")
_YOUTUBE = re.compile(r"https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch|live)|youtu\.be/)", re.IGNORECASE)
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
    """Return where the answers lie that belong to the document at `path`."""
    return path.parent / RELATED_FOLDER / f"{path.stem}.json"


def get_text(item: object, key: str) -> str:
    """Return the text that a JSON object has under `key`; "" where it has none, or is no object."""
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, str) else ""


def get_object(item: object, key: str) -> dict[str, Any]:
    """Return the object that a JSON object has under `key`; an empty one where it has none, or is no object."""
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, dict) else {}


def get_objects(item: object, key: str) -> list[dict[str, Any]]:
    """Return the objects in the list that a JSON object has under `key`, without what else stands there."""
    value = item.get(key) if isinstance(item, dict) else None
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def clean_line(text: str | None) -> str | None:
    """Normalise a metadata value into one printable line, None if it is empty."""
    printable = "".join(character for character in normalise_line(text or "") if character.isprintable())
    return normalise_line(printable) or None


def parse_date(text: str | None) -> str | None:
    """Return the date that `text` begins with, None if it begins with none.

    >>> parse_date("2020-01-24T09:00Z"), parse_date("2020-13-01"), parse_date("in May")
    ('2020-01-24', None, None)
    """
    match = DATE.match(text or "")
    try:
        return date.fromisoformat(match[0]).isoformat() if match else None
    except ValueError:
        return None


def parse_web_address(text: str | None) -> str | None:
    """Return `text` if it is a web address, else None."""
    address = clean_line(text) or ""
    return address if WEB_ADDRESS.fullmatch(address) else None


def parse_seconds(time: str | None) -> int | None:
    """Return how many whole seconds after the start `time` is, None if it is no time.

    >>> [parse_seconds(time) for time in ("01:00:05,900", "2:07", "soon", None)]
    [3605, 127, None, None]
    """
    match = _TIME.fullmatch(time or "")
    if match is None:
        return None
    return int(match["hours"] or 0) * 3600 + int(match["minutes"]) * 60 + int(match["seconds"])


def format_time(seconds: int) -> str:
    """Format a moment as players show it.

    >>> format_time(127), format_time(3605)
    ('2:07', '1:00:05')
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def link_moment(url: str | None, time: str | None) -> str | None:
    """Return the link that opens the recording at `url` at `time`; None where either is missing.

    YouTube takes a parameter, other players a media fragment (W3C, 2012); an address keeps a fragment of its own.

    >>> link_moment("https://youtu.be/x?list=y", "2:07"), link_moment("https://example.org/talk", "2:07")
    ('https://youtu.be/x?list=y&t=127s', 'https://example.org/talk#t=127')
    """
    seconds = parse_seconds(time)
    if url is None or seconds is None or "#" in url:
        return url if seconds is not None else None
    if _YOUTUBE.match(url):
        return f"{url}{'&' if '?' in url else '?'}t={seconds}s"
    return f"{url}#t={seconds}"


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
