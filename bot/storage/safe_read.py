"""Safe reads: regular files only, whole, as they were at one moment.

Opening a FIFO waits forever and a symbolic link may lead out of a corpus, so
what is not a regular file is refused before it is opened, and again after. A
file that is written to while it is read is read again, and then refused.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple

from bot.errors import CorpusError
from bot.storage import filesystem as seam

MAX_BYTES = 5 * 1024 * 1024
MAX_ATTEMPTS = 4

_OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_CHUNK_BYTES = 1024 * 1024
_SPECIAL_FILES = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


class FileDigest(NamedTuple):
    """The size and SHA-256 of a file's content."""

    size: int
    sha256: str


_recorded: ContextVar[dict[Path, FileDigest] | None] = ContextVar("noted", default=None)


@contextmanager
def record_digests() -> Iterator[dict[Path, FileDigest]]:
    """Record the digest of every file that `read_bytes` reads within this context, by path."""
    digests: dict[Path, FileDigest] = {}
    token = _recorded.set(digests)
    try:
        yield digests
    finally:
        _recorded.reset(token)


def require_regular_file(path: Path) -> None:
    """Raise CorpusError unless `path` is a regular file."""
    try:
        _check_regular(path, seam.disk.lstat(path))
    except (OSError, ValueError) as error:
        raise build_unreadable_error(path, error) from error


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Return the bytes of the regular file at `path`, as they stood at one moment.

    Raises:
        CorpusError: there is no such file, it is no regular file, it cannot be
            read, it has more than `limit` bytes, or it would not stay the same
            while it was read.
    """
    require_regular_file(path)
    data = _read_until_stable(path, limit)
    if len(data) > limit:
        raise CorpusError(str(path), f"more than {limit:,} bytes", "divide it into smaller documents")
    if (recorded := _recorded.get()) is not None:
        recorded[path] = _compute_digest(data)
    return data


def matches_digest(path: Path, digest: FileDigest) -> bool:
    """Return whether the file at `path` can be read and has this digest."""
    try:
        return _compute_digest(read_bytes(path, digest.size)) == digest
    except CorpusError:
        return False


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """Return the text of the UTF-8 file at `path`, without a byte order mark.

    Raises:
        CorpusError: as `read_bytes`, or the bytes are not UTF-8, or hold a NUL.
    """
    data = read_bytes(path, limit)
    try:
        decoded = data.decode("utf-8")
    except UnicodeDecodeError as error:
        fact = f"not UTF-8: byte 0x{data[error.start]:02x}"
        raise _build_bad_byte_error(path, data, error.start, fact) from error
    if "\0" in decoded:
        raise _build_bad_byte_error(path, data, data.index(0), "a NUL, which no text has,")
    return decoded.removeprefix("\ufeff")


def build_unreadable_error(path: Path, error: OSError | ValueError) -> CorpusError:
    """Build the error for a file or folder that the system would not open."""
    fact = (getattr(error, "strerror", None) or str(error)).lower()
    return CorpusError(str(path), fact, "check the name and who may read it")


def _compute_digest(data: bytes) -> FileDigest:
    return FileDigest(len(data), hashlib.sha256(data).hexdigest())


def _read_until_stable(path: Path, limit: int) -> bytes:
    """Return the file's bytes, one more than `limit` at the most, once they stay the same."""
    for _ in range(MAX_ATTEMPTS):
        try:
            data = _read_once(path, limit)
        except (OSError, ValueError) as error:
            raise build_unreadable_error(path, error) from error
        if data is not None:
            return data
    raise CorpusError(str(path), "it changes while it is read", "wait until it is written, retry")


def _read_once(path: Path, limit: int) -> bytes | None:
    """Return the file's bytes, or None if it was written to meanwhile."""
    descriptor = seam.disk.open(path, _OPEN_FLAGS)
    try:
        before = seam.disk.fstat(descriptor)
        _check_regular(path, before)
        data = _read_up_to(descriptor, limit + 1)
        after = seam.disk.fstat(descriptor)
    finally:
        seam.disk.close(descriptor)
    is_whole = len(data) > limit or len(data) == after.st_size
    return data if is_whole and _describe_file_version(before) == _describe_file_version(after) else None


def _read_up_to(descriptor: int, limit: int) -> bytes:
    """Read at most `limit` bytes; fewer only at the end of the file."""
    data = bytearray()
    while len(data) < limit and (chunk := seam.disk.read(descriptor, min(_CHUNK_BYTES, limit - len(data)))):
        data += chunk
    return bytes(data)


def _describe_file_version(status: os.stat_result) -> tuple[int, int, int]:
    """Return what differs where a file was changed: its size, time and number."""
    return status.st_size, status.st_mtime_ns, status.st_ino


def _build_bad_byte_error(path: Path, data: bytes, offset: int, fact: str) -> CorpusError:
    line = data.count(b"\n", 0, offset) + 1
    return CorpusError(str(path), f"{fact} at offset {offset}, line {line}", "save the file as UTF-8")


def _check_regular(path: Path, status: os.stat_result) -> None:
    """Raise a CorpusError for what is no file, a pipe or a device, and name it."""
    if stat.S_ISREG(status.st_mode):
        return
    kind = next((name for test, name in _SPECIAL_FILES if test(status.st_mode)), "a device")
    raise CorpusError(str(path), f"{kind}, not a file", "put a file in its place")
