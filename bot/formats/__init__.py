"""Files to documents, one module for each format: see `base.Format` for how to add one.

The suffix chooses the format, and for XML the root element. The modules without `SUFFIXES` are
shared by several formats. All are imported with the first file that is read: a corpus whose documents were kept
from an earlier start needs none of them.

Canonical text, which every offset counts in, is made once, when a file is
read, by these rules:

1. A text file is strict UTF-8. A byte order mark at its start is not part of it.
   A NUL refuses the file.
2. Where a text file opens with a header between `+++` lines, its canonical text
   begins after the newline of the closing line; otherwise at its first character.
3. From there on every character stands as published: line ends, white space,
   quotation marks and misspellings are never changed, joined or left out. The marks of Markdown
   are no part of its words.
4. A label, heading or note of a transcript is part of the canonical text;
   turns are places in it.
5. A source that is not text gives one line for each of its paragraphs, headings,
   table cells (of a transcript: table rows), labels and notes, in its order, with
   an empty line between two. A run of white space becomes one space, and none is
   kept at the ends of a line.
6. Control characters from U+0080 to U+009F become the Windows-1252 characters in their
   place, as browsers show them.
7. Lines of a page are joined by a space; after a hyphen that ends a line they are
   joined without one, and the hyphen stays.
8. A quotation that a page sets apart by markup alone, as a block or by `<q>`, stands between
   quotation marks. Words struck out, and words that no reader of a page sees, are left out.
9. Nothing else is changed. What is left out, such as running heads, menus and
   lists of divisions, is in the report of `parse`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from bot.errors import CorpusError
from bot.formats.base import AddedAs, Format, Parsed
from bot.model import Document
from bot.storage.filesystem import read_bytes, require_regular_file

# The suffixes of the files that `add` writes; the formats that read them are discovered like all others.
TEXT_SUFFIX = ".txt"
TRANSCRIPT_SUFFIX = ".transcript"


@cache
def _load_formats() -> Mapping[str, tuple[Format, ...]]:
    """Import every module of this room and map each suffix to its formats."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    formats_by_suffix: dict[str, tuple[Format, ...]] = {}
    for module in (import_module(f"{__name__}.{name}") for name in names):
        for suffix in getattr(module, "SUFFIXES", ()):
            present = formats_by_suffix.get(suffix, ())
            formats_by_suffix[suffix] = (*present, cast("Format", module))
    return dict(sorted(formats_by_suffix.items()))


def list_suffixes() -> tuple[str, ...]:
    """List the suffixes of all formats, in the order of the alphabet."""
    return tuple(_load_formats())


def read(path: Path, document_id: str | None = None) -> Document:
    """Parse the file at `path` in the format of its suffix.

    The document's id is `document_id`, or the file's name without the suffix.

    Raises:
        SkippedError: the file belongs among the documents, but is not one.
        CorpusError: no format has that suffix, or the file is malformed.
    """
    return parse(path, document_id).document


def parse(path: Path, document_id: str | None = None) -> Parsed:
    """Parse a file as `read` does, and report what was kept and left out."""
    parsed = _find_format(path).parse(path, path.stem if document_id is None else document_id)
    return parsed._replace(dated_by=(parsed.dated_by or "the file's header") if parsed.document.date else None)


def detect_suffix(content: bytes) -> str | None:
    r"""Return the usual suffix of the format that `content` looks like; None if no format does.

    >>> [detect_suffix(b) for b in (b"%PDF-1.7", b" <!DOCTYPE html>", b"Ann: Yes.", b"\0")]
    ['.pdf', '.html', '.txt', None]
    """
    for formats in _load_formats().values():
        for candidate in formats:
            if candidate.ADDED_AS is not AddedAs.TEXT and candidate.sniff(content):
                return candidate.SUFFIXES[0]
    return TEXT_SUFFIX if _load_formats()[TEXT_SUFFIX][0].sniff(content) else None


def check_suffix_matches_content(name: str, suffix: str, content: bytes) -> None:
    """Check that the file called `name` holds the kind of content that `suffix` promises.

    Raises:
        CorpusError: no format has that suffix, or none of those that do recognises the content.
    """
    if suffix not in _load_formats():
        raise CorpusError(name, "no format reads such a file", f"send {', '.join(list_suffixes())}")
    if not any(candidate.sniff(content) for candidate in _load_formats()[suffix]):
        actual_suffix = detect_suffix(content)
        description = f"that of a {actual_suffix} file" if actual_suffix else "of no known kind"
        fact = f"its content is {description}, not that of a {suffix} file"
        raise CorpusError(name, fact, "send the file as it was saved")


def find_added_as(suffix: str) -> AddedAs:
    """Return how a file with `suffix`, which some format has, is added to a corpus."""
    return _load_formats()[suffix][0].ADDED_AS


def _find_format(path: Path) -> Format:
    """Return the format of a file, by its suffix; where several share that, by its root element or content."""
    require_regular_file(path)
    suffix = path.suffix.lower()
    if suffix not in _load_formats():
        description = f"'{path.suffix}'" if suffix else "a file without a suffix"
        raise CorpusError(
            str(path), f"no format reads {description}", f"move it, or save it as {', '.join(list_suffixes())}"
        )
    formats = _load_formats()[suffix]
    formats_by_root = {root: candidate for candidate in formats for root in getattr(candidate, "ROOTS", ())}
    if formats_by_root:
        by_root: Format = import_module("bot.formats.xml").find_by_root(path, formats_by_root)
        return by_root
    return formats[0] if len(formats) == 1 else _find_by_content(path, formats)


def _find_by_content(path: Path, formats: Sequence[Format]) -> Format:
    """Find the one of several `formats` that the file at `path` looks like."""
    content = read_bytes(path)
    for candidate in formats:
        if candidate.sniff(content):
            return candidate
    names = ", ".join(getattr(candidate, "__name__", "").rpartition(".")[2] for candidate in formats)
    raise CorpusError(str(path), f"no format reads this {path.suffix} file", f"use one of these: {names}")
