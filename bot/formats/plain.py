"""Articles and other prose: plain text under an optional TOML header.

The header stands between `+++` lines and says where the text was published.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import CorpusError
from bot.formats.base import AddedAs, Parsed, is_text
from bot.model import Document, Publication
from bot.storage.safe_read import read_text
from bot.storage.toml_schema import parse_toml

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".txt",)
ADDED_AS = AddedAs.TEXT
# Far above any real header (the longest bundled one has 281 characters): a text of megabytes that
# opens with +++ by mistake is not parsed as TOML.
MAX_HEADER_LENGTH = 65_536

_OPENING_LINE = re.compile(r"\+\+\+[ \t]*(?:\r?\n|\Z)")
_CLOSING_LINE = re.compile(r"^\+\+\+[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


class HeaderAndText(NamedTuple):
    """The two parts of a text file; `line_offset` counts the lines before the canonical text."""

    header: Publication
    text: str
    line_offset: int


def sniff(content: bytes) -> bool:
    """Return whether `content` may be text."""
    return is_text(content)


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the text and the header of the file at `path`.

    Raises:
        CorpusError: the file is not text, or its header is malformed.
    """
    header, body, _ = split_header(read_text(path), str(path))
    return Parsed(Document(document_id, body, **header.facts))


def split_header(text: str, place: str) -> HeaderAndText:
    """Split `text`, the content of the file named `place`, into header and canonical text.

    Raises:
        CorpusError: the header is not closed, is not TOML, or breaks its schema.
    """
    opening = _OPENING_LINE.match(text)
    if not opening:
        return HeaderAndText(Publication(), text, 0)
    closing = _CLOSING_LINE.search(text, opening.end())
    if not closing:
        raise CorpusError(f"{place}:1", "the header is not closed", "end it with a line of +++")
    if closing.start() > MAX_HEADER_LENGTH:
        fact = f"the header has more than {MAX_HEADER_LENGTH:,} characters"
        raise CorpusError(f"{place}:1", fact, "give each fact once, and end it with a line of +++")
    header = parse_toml(Publication, text[opening.end() : closing.start()], place, line_offset=1)
    if isinstance(header, list):
        raise header[0]
    return HeaderAndText(header, text[closing.end() :], text.count("\n", 0, closing.end()))
