"""The folder of a corpus: which of its files are documents and which are corrections."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.errors import CorpusError
from bot.formats import list_suffixes
from bot.storage import filesystem as seam
from bot.storage.safe_read import build_unreadable_error, read_bytes

MANIFEST_NAME = "corpus.toml"
MAX_FILES = 10_000

CORRECTIONS_SUFFIX = ".voices.toml"
NOT_DOCUMENTS = frozenset({MANIFEST_NAME, "sources.toml"})


class EmptyCorpusError(CorpusError):
    """A corpus that has no documents yet, and nothing else amiss in its folder."""


class FolderContents(NamedTuple):
    """Documents and corrections by document id, and an error for each unusable file."""

    documents: Mapping[str, Path]
    corrections: Mapping[str, Path]
    errors: tuple[CorpusError, ...]


def scan_folder(folder: Path, limit: int = MAX_FILES) -> FolderContents:
    """List the contents of `folder`, ordered by name; hidden files are ignored.

    Raises:
        CorpusError: the folder is missing or unreadable, or has more than `limit` files.
    """
    paths = _list_visible_files(folder, limit)
    printable = [path for path in paths if path.name.isprintable()]
    corrections = {
        path.name.removesuffix(CORRECTIONS_SUFFIX): path for path in printable if path.name.endswith(CORRECTIONS_SUFFIX)
    }
    documents = {path.stem: path for path in reversed(printable) if not path.name.endswith(CORRECTIONS_SUFFIX)}
    errors = tuple(_find_errors(folder, paths, documents, corrections))
    return FolderContents(dict(sorted(documents.items())), corrections, errors)


def _list_visible_files(folder: Path, limit: int) -> list[Path]:
    """Return the files of a folder in order, hidden ones left out; more than `limit` raise a CorpusError."""
    try:
        paths = seam.disk.list_folder(folder, limit + 1)
    except OSError as error:
        raise build_unreadable_error(folder, error) from error
    if len(paths) > limit:
        raise CorpusError(str(folder), f"more than {limit:,} files", "split it into several corpora")
    return sorted(p for p in paths if not p.name.startswith(".") and p.name not in NOT_DOCUMENTS)


def _find_errors(
    folder: Path, paths: Sequence[Path], documents: Mapping[str, Path], corrections: Mapping[str, Path]
) -> Iterator[CorpusError]:
    """Yield an error for each file that cannot be used, or for a folder without documents."""
    if not documents:
        yield EmptyCorpusError(str(folder), "the folder has no documents", f"add {', '.join(list_suffixes())} files")
    for path in paths:
        if not path.name.isprintable():
            # Such a name would break the line of a message.
            place = f"{path.parent}/{ascii(path.name)[1:-1]}"
            yield CorpusError(place, "the file name has unprintable characters", "rename the file")
    for path in paths:
        first = documents.get(path.stem, path)
        if first != path and path.name.isprintable() and not path.name.endswith(CORRECTIONS_SUFFIX):
            yield CorpusError(str(path), f"it has the same id, '{path.stem}', as {first.name}", "rename one of the two")
    for document_id, path in corrections.items():
        if document_id not in documents:
            remedy = "give it the name of the document it corrects"
            yield CorpusError(str(path), f"there is no document '{document_id}'", remedy)


def compute_folder_digest(folder: Path) -> str:
    """Compute a SHA-256 over the names and the bytes of all that a corpus is read from.

    Raises:
        CorpusError: the folder or a file cannot be read, or there are too many.
    """
    sums = hashlib.sha256()
    for path in (folder / MANIFEST_NAME, *_list_visible_files(folder, MAX_FILES)):
        content = hashlib.sha256(read_bytes(path)).hexdigest()
        sums.update(f"{path.name!a} {content}\n".encode())
    return sums.hexdigest()


def compute_folder_version(folder: Path) -> tuple[object, ...]:
    """Return what changes when `folder` is replaced or led elsewhere by a link, or a file of it comes, goes or changes.

    A link that is led back, or a folder that is renamed back, differs too: by the time of its last change, which the
    system alone sets, where a copy may bear the time and size of what it replaces.
    """
    path = folder.absolute()
    links = [parent for parent in path.parents if parent.is_symlink()]
    try:
        files = [each for each in path.iterdir() if not each.name.startswith(".")]
        stamps = [each.lstat() for each in (path, *links, *files)] + [path.stat()]
    except OSError:
        return ()
    return tuple((stamp.st_dev, stamp.st_ino, stamp.st_ctime_ns, stamp.st_mtime_ns) for stamp in stamps)
