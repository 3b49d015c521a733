"""Files to documents: one module for each format, chosen by the suffix.

A format's module offers `SUFFIXES` and `read(path, document_id) -> Document`;
it is found by looking, so a new format is one new file. The other modules here
are what formats share.

Canonical text, the text that every offset counts in, is made once, when a file
is read, by these rules:

1. A text file is strict UTF-8. A byte order mark at its start is no part of it.
   A NUL refuses the file.
2. Where a text file opens with a header between `+++` lines, its canonical text
   begins after the newline of the closing line; else at its first character.
3. From there on every character stands as published: line ends, blanks,
   quotation marks, misspellings and markup are never changed, joined or left out.
4. A label, heading or note of a transcript is part of the canonical text;
   turns are places in it.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Protocol, cast

from bot.errors import CorpusError
from bot.formats.source import be_regular

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.model import Document


class Format(Protocol):
    """What a module in this room offers to be a format."""

    SUFFIXES: tuple[str, ...]

    def read(self, path: Path, document_id: str) -> Document:
        """Return the document in the file at `path`, or raise CorpusError."""


def _formats() -> Mapping[str, Format]:
    """Return each suffix's format, by suffix."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    formats = [cast("Format", module) for module in modules if hasattr(module, "SUFFIXES")]
    return dict(sorted((suffix, found) for found in formats for suffix in found.SUFFIXES))


_FORMATS = _formats()
SUFFIXES = tuple(_FORMATS)


def read(path: Path, document_id: str | None = None) -> Document:
    """Return the document in the file at `path`, read as its suffix says.

    Its id is `document_id`, or the file's name without the suffix.

    Raises:
        CorpusError: no format reads the suffix, or the file is not what its
            format asks for.
    """
    be_regular(path)
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        ending = f"'{path.suffix}'" if suffix else "a file without a suffix"
        raise CorpusError(
            str(path), f"no format reads {ending}", f"move it, or save it as {', '.join(SUFFIXES)}"
        )
    return _FORMATS[suffix].read(path, path.stem if document_id is None else document_id)
