"""Files to documents: one module for each format, chosen by the suffix, and XML by its root.

A format's module offers `SUFFIXES` and `read(path, document_id) -> Document`;
it is found by looking, so a new format is one new file. Formats that share a
suffix offer `ROOTS` too, the root elements they read; one that leaves something
of its source out offers `parse`, which tells. The other modules here are
what formats share.

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
5. A source that is not text gives one line for each of its paragraphs, headings,
   table cells (of a transcript: table rows), labels and notes, in its order, with
   an empty line between two. A run of white space becomes one space; at the ends
   of a line it goes.
6. Control characters from U+0080 to U+009F become what Windows-1252 has in their
   place, as browsers show them.
7. Lines of a page are joined by a space; after a hyphen that ends a line they are
   joined without one, and the hyphen stays.
8. Nothing else is changed. What is left out, such as running heads, menus and
   lists of divisions, is told by `parse`.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Protocol, cast

from bot.errors import CorpusError
from bot.formats import xml
from bot.formats.base import Parsed, ParseReport, build_report
from bot.storage.safe_read import require_regular_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.model import Document


class Format(Protocol):
    """What a module in this room offers to be a format."""

    SUFFIXES: tuple[str, ...]

    def read(self, path: Path, document_id: str) -> Document:
        """Return the document in the file at `path`, or raise CorpusError."""


def _discover_formats() -> Mapping[str, Mapping[str, Format]]:
    """Return each suffix's formats by root, "" where the suffix alone chooses."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    formats_by_suffix: dict[str, dict[str, Format]] = {}
    for module in modules:
        for suffix in getattr(module, "SUFFIXES", ()):
            for root in getattr(module, "ROOTS", ("",)):
                formats_by_suffix.setdefault(suffix, {})[root] = cast("Format", module)
    return dict(sorted(formats_by_suffix.items()))


_FEED_ROOTS = frozenset({"RDF", "feed", "rss"})
_FORMATS_BY_SUFFIX = _discover_formats()
SUFFIXES = tuple(_FORMATS_BY_SUFFIX)


def read(path: Path, document_id: str | None = None) -> Document:
    """Return the document in the file at `path`, read as its suffix says.

    Its id is `document_id`, or the file's name without the suffix.

    Raises:
        SkippedError: the file is no document to serve, and need not be one.
        CorpusError: no format reads the suffix, or the file is not what its
            format asks for.
    """
    return _find_format(path).read(path, path.stem if document_id is None else document_id)


def parse(path: Path, document_id: str | None = None) -> tuple[Document, ParseReport]:
    """Return what `read` returns, and a report of what was kept and left out."""
    chosen_id = path.stem if document_id is None else document_id
    module = _find_format(path)
    parse_module = getattr(module, "parse", None)
    parsed: Parsed = (
        parse_module(path, chosen_id) if parse_module else Parsed(module.read(path, chosen_id))
    )
    return parsed.document, build_report(parsed)


def _find_format(path: Path) -> Format:
    require_regular_file(path)
    suffix = path.suffix.lower()
    if suffix not in _FORMATS_BY_SUFFIX:
        description = f"'{path.suffix}'" if suffix else "a file without a suffix"
        raise CorpusError(
            str(path),
            f"no format reads {description}",
            f"move it, or save it as {', '.join(SUFFIXES)}",
        )
    formats = _FORMATS_BY_SUFFIX[suffix]
    if "" in formats:
        return formats[""]
    root = xml.read_root_name(path)
    if root in _FEED_ROOTS:
        remedy = "add the pages that it lists, one by one"
        raise CorpusError(str(path), f"<{root}> is a feed, not a document", remedy)
    if root not in formats:
        raise CorpusError(
            str(path),
            f"no format reads <{root}>",
            f"the roots known are {', '.join(sorted(formats))}",
        )
    return formats[root]
