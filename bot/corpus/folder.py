"""The folders of corpora, and their files: documents and corrections.

Some corpora come with the program: in a wheel they are inside the package, in the source tree beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from shlex import quote
from typing import NamedTuple

import bot
from bot.errors import CorpusError, NotFoundError, find_program_name
from bot.formats import list_suffixes
from bot.storage import filesystem as seam
from bot.storage.filesystem import build_unreadable_error, read_bytes

MANIFEST_NAME = "corpus.toml"
MAX_FILES = 10_000

CORRECTIONS_SUFFIX = ".voices.toml"
NOT_DOCUMENTS = frozenset({MANIFEST_NAME, "sources.toml"})

# The default folder of corpora. Only with this one do bundled corpora stand in for missing ones.
DEFAULT_CORPORA_FOLDER = Path("corpus")
# As many names as fit on a line.
_MOST_NAMED = 12


class EmptyCorpusError(CorpusError):
    """A corpus that has no documents yet, in a folder without other faults."""


class FolderContents(NamedTuple):
    """Documents and corrections by document id, and an error for each unusable file."""

    documents: Mapping[str, Path]
    corrections: Mapping[str, Path]
    errors: tuple[CorpusError, ...]


def scan_folder(folder: Path, limit: int = MAX_FILES) -> FolderContents:
    """List the contents of `folder`, ordered by id; hidden files are ignored.

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
    """Return the files of a folder in order, without hidden ones; raise CorpusError if there are more than `limit`."""
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
            # The name would break the line of a message.
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
    """Compute a SHA-256 over the names and contents of all files that a corpus is read from.

    Raises:
        CorpusError: the folder or a file cannot be read, or there are too many files.
    """
    sums = hashlib.sha256()
    for path in (folder / MANIFEST_NAME, *_list_visible_files(folder, MAX_FILES)):
        content = hashlib.sha256(read_bytes(path)).hexdigest()
        sums.update(f"{path.name!a} {content}\n".encode())
    return sums.hexdigest()


def compute_folder_version(folder: Path) -> tuple[object, ...]:
    """Return a value that differs once `folder`, a link to it or a file in it was replaced, changed, added or removed.

    It is empty while the folder cannot be read. It differs even if the link or folder was put back afterwards: only the
    system sets the time of the last change (ctime), while a copy may have the modification time and size of the file
    that it replaces.
    """
    path = folder.absolute()
    links = [parent for parent in path.parents if parent.is_symlink()]
    try:
        files = [each for each in path.iterdir() if not each.name.startswith(".")]
        stamps = [each.lstat() for each in (path, *links, *files)] + [path.stat()]
    except OSError:
        return ()
    return tuple((stamp.st_dev, stamp.st_ino, stamp.st_ctime_ns, stamp.st_mtime_ns) for stamp in stamps)


def find_bundled_corpora() -> Path:
    """Return the folder of the corpora that come with the program."""
    package = Path(bot.__path__[0])
    inside = package / "bundled" / DEFAULT_CORPORA_FOLDER
    return inside if inside.is_dir() else package.parent / DEFAULT_CORPORA_FOLDER


def find_corpus(corpora_folder: Path, name: str) -> Path:
    """Return the folder of the corpus `name`: in `corpora_folder`, or else among those that come with the program.

    Raises:
        NotFoundError: there is no such corpus; the message names those that exist.
    """
    for folder in _list_roots(corpora_folder):
        if (folder / name).is_dir():
            return folder / name
    raise NotFoundError(str(corpora_folder / name), "there is no such corpus", _suggest_corpus(corpora_folder, name))


def find_own_corpus(corpora_folder: Path, name: str) -> Path:
    """Return the folder of the corpus `name` in `corpora_folder`, for writing; it need not exist yet.

    Raises:
        NotFoundError: a corpus of that name comes with the program, and must be copied before it is written to.
    """
    folder = corpora_folder / name
    for root in _list_roots(corpora_folder):
        if not folder.is_dir() and (root / name).is_dir():
            copy = f"mkdir -p {quote(str(corpora_folder))} && cp -r {quote(str(root / name))} {quote(str(folder))}"
            raise NotFoundError(str(folder), "it comes with the program, which is not written to", f"copy it: {copy}")
    return folder


def list_corpora(corpora_folder: Path) -> list[str]:
    """List the names of the corpora that `find_corpus` finds."""
    manifests = (path for folder in _list_roots(corpora_folder) for path in folder.glob(f"*/{MANIFEST_NAME}"))
    return sorted({manifest.parent.name for manifest in manifests})


def _list_roots(corpora_folder: Path) -> Iterator[Path]:
    """Yield the folders in which a corpus is looked for: the bundled corpora only after the default folder."""
    yield corpora_folder
    if corpora_folder == DEFAULT_CORPORA_FOLDER:
        yield find_bundled_corpora()


def _suggest_corpus(corpora_folder: Path, name: str) -> str:
    """Return the remedy for a corpus that is missing: names to choose from, most alike first, and how to begin it."""
    names = list_corpora(corpora_folder)
    begin = f"begin it with: {find_program_name()} new {name}"
    if not names:
        return begin
    nearest = get_close_matches(name, names, _MOST_NAMED) or names[:_MOST_NAMED]
    others = [other for other in names if other not in nearest]
    return f"choose from {', '.join([*nearest, *others][:_MOST_NAMED])}; or {begin}"
