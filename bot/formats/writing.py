"""Files written whole or not at all: beside, synced, and put in place at once."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.formats import disk as seam

if TYPE_CHECKING:
    from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path`, in the place of whatever stands there.

    Raises:
        OSError: the disk refused; what stood at `path` stands there still.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        seam.disk.made(path.parent)
        # What a killed process left half written.
        seam.disk.remove(beside)
        put(beside, _NEW, content, mode)
        seam.disk.replace(beside, path)
        _sync(path.parent)
    except OSError:
        with suppress(OSError):
            seam.disk.remove(beside)
        raise


def put(path: Path, flags: int, content: bytes, mode: int = 0o600) -> None:
    """Write `content` to the file at `path`, opened with `flags`, and wait until it is there."""
    descriptor = seam.disk.opened(path, flags, mode)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[seam.disk.write(descriptor, bytes(rest)) :]
        seam.disk.fsync(descriptor)
    finally:
        seam.disk.close(descriptor)


def _sync(folder: Path) -> None:
    """Wait until the folder itself knows of its new file."""
    descriptor = seam.disk.opened(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        seam.disk.fsync(descriptor)
    finally:
        seam.disk.close(descriptor)
