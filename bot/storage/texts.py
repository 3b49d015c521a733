"""Canonical texts by their SHA-256: what a quote was cut from, long after its document changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.storage import sealed_files

if TYPE_CHECKING:
    from pathlib import Path

    from bot.model import Document


class TextStore:
    """Texts in a folder, one file for each; without a folder none is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder and folder / "texts"

    def save(self, document: Document) -> None:
        """Keep the text of `document`, unless it is kept already.

        Raises:
            StateError: the disk refused.
        """
        if self._folder and self.get_text(document.sha256) is None:
            content = document.text.encode("utf-8", "surrogatepass")
            sealed_files.write_raw(self._folder / f"{document.sha256}.txt", content)

    def get_text(self, sha256: str) -> str | None:
        """Return the text that has this SHA-256, or None where it is not kept whole.

        Raises:
            StateError: its file cannot be read.
        """
        data = sealed_files.read_raw(self._folder / f"{sha256}.txt") if self._folder else None
        # A text's digest is that of its own bytes, so what matches can be decoded.
        if data is None or hashlib.sha256(data).hexdigest() != sha256:
            return None
        return data.decode("utf-8", "surrogatepass")
