"""Files written whole or not at all: beside, synced, and put in place at once."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.storage import filesystem as seam

if TYPE_CHECKING:
    from pathlib import Path

_CREATE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path`, in the place of whatever stands there.

    Raises:
        OSError: the disk refused; what stood at `path` stands there still.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        seam.disk.make_folder(path.parent)
        # What a killed process left half written.
        seam.disk.remove(temporary)
        write_synced(temporary, _CREATE_FLAGS, content, mode)
        seam.disk.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            seam.disk.remove(temporary)
        raise


def write_synced(path: Path, flags: int, content: bytes, mode: int = 0o600) -> None:
    """Write `content` to the file at `path`, opened with `flags`, and wait until it is there."""
    descriptor = seam.disk.open(path, flags, mode)
    try:
        remaining = memoryview(content)
        while remaining:
            remaining = remaining[seam.disk.write(descriptor, bytes(remaining)) :]
        seam.disk.fsync(descriptor)
    finally:
        seam.disk.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Wait until the folder itself knows of its new file."""
    descriptor = seam.disk.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        seam.disk.fsync(descriptor)
    finally:
        seam.disk.close(descriptor)
