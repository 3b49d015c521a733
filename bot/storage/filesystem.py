"""File-system calls behind one object, so that tests can fail any of them.

Whatever reads a corpus or keeps state calls `disk`, so a test can replace it,
fail the n-th call for every n, and see that nothing is lost.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

_CREATE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class FileSystem:
    """The calls, each the operating system's own."""

    def lstat(self, path: Path) -> os.stat_result:
        """Return the status of what stands at `path`, a link not followed."""
        return path.lstat()

    def list_folder(self, folder: Path, limit: int) -> list[Path]:
        """Return up to `limit` entries of `folder`, in no order."""
        return list(islice(folder.iterdir(), limit))

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        """Return a descriptor of the file at `path`."""
        return os.open(path, flags | os.O_CLOEXEC, mode)

    def fstat(self, descriptor: int) -> os.stat_result:
        """Return the status of an open file."""
        return os.fstat(descriptor)

    def read(self, descriptor: int, limit: int) -> bytes:
        """Return up to `limit` of the next bytes, none at the end."""
        return os.read(descriptor, limit)

    def write(self, descriptor: int, data: bytes) -> int:
        """Write some of `data`, and return how many."""
        return os.write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        """Wait until what was written is on the disk."""
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Close an open file."""
        os.close(descriptor)

    def replace(self, path: Path, other: Path) -> None:
        """Put the file at `path` in the place of `other`, at once."""
        path.replace(other)

    def remove(self, path: Path) -> None:
        """Remove the file at `path`, if it is there."""
        path.unlink(missing_ok=True)

    def make_folder(self, folder: Path) -> None:
        """Make `folder`, and those above it, where they are missing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


disk = FileSystem()


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write `content` beside `path`, sync it, and put it in place at once.

    Raises:
        OSError: the disk refused; what stood at `path` stands there still.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        disk.make_folder(path.parent)
        # What a killed process left half written.
        disk.remove(temporary)
        write_synced(temporary, _CREATE_FLAGS, content, mode)
        disk.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            disk.remove(temporary)
        raise


def write_synced(path: Path, flags: int, content: bytes, mode: int = 0o600) -> None:
    """Write `content` to the file at `path`, opened with `flags`, and wait until it is there."""
    descriptor = disk.open(path, flags, mode)
    try:
        remaining = memoryview(content)
        while remaining:
            remaining = remaining[disk.write(descriptor, bytes(remaining)) :]
        disk.fsync(descriptor)
    finally:
        disk.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Sync the folder, so that its new file survives a power cut; log a warning if that fails.

    The file is in place and readable by then, so an error would be false. Some file systems cannot sync a folder.
    """
    try:
        descriptor = disk.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            disk.fsync(descriptor)
        finally:
            disk.close(descriptor)
    except OSError as error:
        log.warning("in place, but not synced folder=%s reason=%s", folder, error.strerror or error)
