"""What comes with the program: the corpora that are served where a folder has none of its own.

In a wheel they lie within the package, in the tree beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from shlex import quote

import bot
from bot.corpus.folder import MANIFEST_NAME
from bot.errors import NotFoundError, find_program_name

# The default folder of corpora. Only if it is not set otherwise do bundled corpora stand in for missing ones.
DEFAULT_CORPORA_FOLDER = Path("corpus")
# As many as a line holds.
_MOST_NAMED = 12


def find_bundled_corpora() -> Path:
    """Return the folder of the corpora that come with the program."""
    package = Path(bot.__path__[0])
    inside = package / "bundled" / DEFAULT_CORPORA_FOLDER
    return inside if inside.is_dir() else package.parent / DEFAULT_CORPORA_FOLDER


def find_corpus(corpora_folder: Path, name: str) -> Path:
    """Return the folder of the corpus `name`: below `corpora_folder`, or else as it comes with the program.

    Raises:
        NotFoundError: there is none; the message names those that there are.
    """
    for folder in _list_roots(corpora_folder):
        if (folder / name).is_dir():
            return folder / name
    raise NotFoundError(str(corpora_folder / name), "there is no such corpus", _suggest(corpora_folder, name))


def find_own_corpus(corpora_folder: Path, name: str) -> Path:
    """Return the folder of the corpus `name` below `corpora_folder`, to write to; it need not be there yet.

    Raises:
        NotFoundError: one of that name comes with the program, and is written to only once it was copied.
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
    yield corpora_folder
    if corpora_folder == DEFAULT_CORPORA_FOLDER:
        yield find_bundled_corpora()


def _suggest(corpora_folder: Path, name: str) -> str:
    names = list_corpora(corpora_folder)
    begin = f"begin it with: {find_program_name()} new {name}"
    if not names:
        return begin
    nearest = get_close_matches(name, names, _MOST_NAMED) or names[:_MOST_NAMED]
    others = [other for other in names if other not in nearest]
    return f"choose from {', '.join([*nearest, *others][:_MOST_NAMED])}; or {begin}"
