"""State as small files, each whole or not there: written beside, synced, put in place at once.

A sealed file opens with a line that names its version and the SHA-256 of the
rest. One that does not match is refused rather than half believed: a withheld
quote must not come back because a disk lost a byte.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from bot.errors import CorpusError, StorageError
from bot.storage import filesystem as seam
from bot.storage.safe_read import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

SEAL_PREFIX = "on-the-record state 1"

_MAX_BYTES = 64 * 1024 * 1024


def write_raw(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all.

    Raises:
        StorageError: the disk refused; what stood at `path` stands there still.
    """
    try:
        seam.write_atomically(path, content)
    except OSError as error:
        raise build_storage_error(path, error) from error


def write_sealed(path: Path, content: object) -> None:
    """Write `content` as JSON to `path`, under a line with its version and checksum.

    Raises:
        StorageError: the disk refused.
    """
    body = json.dumps(content, ensure_ascii=False, indent=1).encode()
    write_raw(path, f"{SEAL_PREFIX} {hashlib.sha256(body).hexdigest()}\n".encode() + body)


def read_sealed(path: Path) -> object:
    """Return what was sealed at `path`, or None where nothing was.

    Raises:
        StorageError: the file is damaged, of another version, or cannot be read.
    """
    data = read_raw(path)
    if data is None:
        return None
    seal_line, _, body = data.partition(b"\n")
    if seal_line != f"{SEAL_PREFIX} {hashlib.sha256(body).hexdigest()}".encode():
        fact = "damaged, or written by another version"
        raise StorageError(str(path), fact, "put back a copy, or move it away to begin anew")
    return json.loads(body)


def read_raw(path: Path) -> bytes | None:
    """Return the bytes of the file at `path`, or None where there is none.

    Raises:
        StorageError: it cannot be read.
    """
    try:
        seam.disk.lstat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise build_storage_error(path, error) from error
    try:
        return read_bytes(path, _MAX_BYTES)
    except CorpusError as error:
        raise StorageError(error.place, error.fact, error.remedy) from error


def build_storage_error(path: Path, error: OSError) -> StorageError:
    """Build the error for a file that the disk would not read or write."""
    fact = (error.strerror or str(error)).lower()
    return StorageError(str(path), fact, "free some disk space, or fix the permissions")
