"""A corpus's folder: which of its files are documents, and which correct them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.errors import CorpusError
from bot.formats import SUFFIXES
from bot.formats import disk as seam
from bot.formats.source import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

MANIFEST = "corpus.toml"
MOST_FILES = 10_000

CORRECTIONS = ".voices.toml"
_BESIDE = frozenset({MANIFEST, "sources.toml"})


class Contents(NamedTuple):
    """Documents and corrections by document id, and what in the folder is neither."""

    documents: Mapping[str, Path]
    corrections: Mapping[str, Path]
    errors: tuple[CorpusError, ...]


def contents(folder: Path, most: int = MOST_FILES) -> Contents:
    """Return what lies in `folder`, ordered by name; hidden files are passed over.

    Raises:
        CorpusError: there is no such folder, it cannot be read, or it holds
            more than `most` files.
    """
    paths = _paths(folder, most)
    named = [path for path in paths if path.name.isprintable()]
    corrections = {
        path.name.removesuffix(CORRECTIONS): path
        for path in named
        if path.name.endswith(CORRECTIONS)
    }
    sources = [path for path in named if not path.name.endswith(CORRECTIONS)]
    documents = {path.stem: path for path in reversed(sources)}
    errors = (
        *_absent(folder, documents),
        *_unnamed(paths),
        *_twice(sources, documents),
        *_idle(corrections, documents),
    )
    return Contents(dict(sorted(documents.items())), corrections, errors)


def _paths(folder: Path, most: int) -> list[Path]:
    try:
        paths = seam.disk.listed(folder, most + 1)
    except OSError as error:
        raise unreadable(folder, error) from error
    if len(paths) > most:
        raise CorpusError(
            str(folder), f"more than {most:,} files", "divide it into several corpora"
        )
    return sorted(p for p in paths if not p.name.startswith(".") and p.name not in _BESIDE)


def _absent(folder: Path, documents: Mapping[str, Path]) -> Iterator[CorpusError]:
    if not documents:
        remedy = f"put {', '.join(SUFFIXES)} files there"
        yield CorpusError(str(folder), "the folder has no documents", remedy)


def _unnamed(paths: Sequence[Path]) -> Iterator[CorpusError]:
    """Yield an error for each name that would break the line it is told in."""
    for path in paths:
        if not path.name.isprintable():
            place = f"{path.parent}/{ascii(path.name)[1:-1]}"
            yield CorpusError(place, "a name that cannot be printed", "rename the file")


def _twice(paths: Sequence[Path], documents: Mapping[str, Path]) -> Iterator[CorpusError]:
    for path in paths:
        if (first := documents[path.stem]) != path:
            fact = f"its id '{path.stem}' is that of {first.name} too"
            yield CorpusError(str(path), fact, "rename one of the two")


def _idle(corrections: Mapping[str, Path], documents: Mapping[str, Path]) -> Iterator[CorpusError]:
    for document_id, path in corrections.items():
        if document_id not in documents:
            remedy = "give it the name of the document it corrects"
            yield CorpusError(str(path), f"there is no document '{document_id}'", remedy)
