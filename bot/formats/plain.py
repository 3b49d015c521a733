"""Articles and other prose: plain text or Markdown under an optional header.

Markdown is kept as it is written: its marks are characters of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.formats.header import split_header
from bot.model import Document
from bot.storage.safe_read import read_text

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".md", ".txt")


def read(path: Path, document_id: str) -> Document:
    """Return the document in the file at `path`.

    Raises:
        CorpusError: the file cannot be read as text, or its header is malformed.
    """
    header, body, _ = split_header(read_text(path), str(path))
    return Document(document_id, body, **header.model_dump())
