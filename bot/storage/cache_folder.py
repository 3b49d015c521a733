"""A folder of what can be computed again: each value whole, of the key that is asked for, or not there.

Nothing here is needed, so nothing here is an error: what cannot be read, is of another key or is damaged is None,
and a folder that cannot be written to keeps nothing. A value is JSON under a line with its SHA-256, which guards
against accidents and other versions, not against somebody who may write to the folder: only files that belong to
whoever runs this process are read.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.errors import CorpusError
from bot.storage.filesystem import open_replacement
from bot.storage.safe_read import read_bytes

_LOG = logging.getLogger(__name__)

_MARK = "on-the-record cache 1"
# What is made of one document; the largest file of Hansard that was seen makes a tenth of this.
_MAX_BYTES = 64 * 1024 * 1024
_SUFFIX = ".json"


class CacheFolder:
    """Values by name in one folder; without a `path` nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._is_writable = path is not None

    def read(self, name: str, key: str) -> Any:  # noqa: ANN401 - what JSON holds
        """Return what was last written under `name`, if that was under `key`; None otherwise."""
        if self._path is None:
            return None
        path = self._path / _build_file_name(name)
        if not is_own_file(path):
            return None
        try:
            seal_line, _, body = read_bytes(path, _MAX_BYTES).partition(b"\n")
            kept_key, value = json.loads(body) if seal_line == build_seal(body) else (None, None)
        except (CorpusError, ValueError, RecursionError, TypeError):
            return None
        return value if kept_key == key else None

    def write(self, name: str, key: str, value: object, default: Callable[[Any], object] | None = None) -> None:
        """Keep `value` under `name`, in place of what is there; `default` is what `json.dumps` takes.

        A folder that refuses is warned of once, and then left alone.
        """
        if self._path is None or not self._is_writable:
            return
        body = json.dumps((key, value), ensure_ascii=False, separators=(",", ":"), default=default)
        content = body.encode("utf-8", "surrogatepass")
        try:
            self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Not synced: a file cut short is not believed.
            with open_replacement(self._path / _build_file_name(name)) as file:
                file.write(build_seal(content) + b"\n" + content)
        except OSError as error:
            self._is_writable = False
            _LOG.warning("not kept folder=%s reason=%s", self._path, error.strerror or error)

    def keep_only(self, names: Collection[str]) -> None:
        """Remove the values of all other names."""
        if self._path is None:
            return
        kept_names = {_build_file_name(name) for name in names}
        with suppress(OSError):
            for path in self._path.iterdir():
                if path.suffix == _SUFFIX and path.name not in kept_names:
                    path.unlink()


# Keeps nothing.
NO_CACHE = CacheFolder(None)


def is_own_file(path: Path) -> bool:
    """Return whether `path` is a regular file, no link, that belongs to whoever runs this process."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()


def find_cache_folder(state_folder: Path | None, purpose: str) -> Path | None:
    """Find where to keep what can be computed again: beside `state_folder`, else in the user's cache folder.

    In the latter each `purpose` has a folder of its own. None where neither can be written to.
    """
    candidates = [get_user_cache_root() / "on-the-record" / hashlib.sha256(purpose.encode()).hexdigest()[:12]]
    if state_folder is not None:
        candidates.insert(0, state_folder.with_name(f"{state_folder.name}-cache"))
    return next((folder for folder in candidates if _can_write(folder)), None)


def get_user_cache_root() -> Path:
    """Return the folder for the caches of all of a user's programs."""
    if xdg_folder := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg_folder)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is no home
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def _can_write(folder: Path) -> bool:
    """Return whether `folder` is there, or can be made, and is this user's own."""
    if not folder.is_absolute():
        folder = Path.cwd() / folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def _build_file_name(name: str) -> str:
    """Return a name that any disk takes; a document's own may be as long as a disk allows."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32] + _SUFFIX


def build_seal(body: bytes) -> bytes:
    """Return the line that stands above `body` in a file."""
    return f"{_MARK} {hashlib.sha256(body).hexdigest()}".encode()
