"""A new corpus: a folder with a manifest to fill in, every key explained in it."""

from __future__ import annotations

import re
from pathlib import Path

import tomli_w

from bot.corpus.folder import MANIFEST_NAME
from bot.errors import CorpusError
from bot.storage import filesystem
from bot.storage.safe_read import build_unreadable_error

_FILE_MODE = 0o644
_VALID_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_TEMPLATE = Path(__file__).with_suffix(".toml")


def create_corpus(corpora_folder: Path, name: str, title: str | None = None, motion: str | None = None) -> Path:
    """Create the corpus `name`, and return its manifest; without a title it is to be filled in.

    Raises:
        CorpusError: the name cannot be that of a corpus, it is taken, or the disk failed.
    """
    if not _VALID_NAME.fullmatch(name):
        raise CorpusError(ascii(name), "this cannot be the name of a corpus", "use small letters, digits and hyphens")
    folder = corpora_folder / name
    path = folder / MANIFEST_NAME
    if path.exists():
        raise CorpusError(str(path), "this corpus already exists", "choose another name")
    toml = _TEMPLATE.read_text("utf-8")
    for key, value in {"title": title or "", "motion": motion or ""}.items():
        toml = toml.replace(f'{key} = ""', tomli_w.dumps({key: value}).rstrip(), 1)
    try:
        filesystem.write_atomically(path, toml.encode(), _FILE_MODE)
        # A private folder would not be served by a bot that runs as another user.
        folder.chmod(0o755)
    except OSError as error:
        raise build_unreadable_error(path, error) from error
    return path
