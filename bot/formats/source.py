"""Files as they lie: read whole, once, and only where reading is safe.

Opening a FIFO waits for ever and a symbolic link may lead out of a corpus, so
what is not a regular file is refused before it is opened, and again after. A
file that is written to while it is read is read again, and then refused.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import CorpusError
from bot.formats import disk as seam

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 5 * 1024 * 1024
TRIES = 4

_SAFELY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_AT_ONCE = 1024 * 1024
_ODD = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


class Stamp(NamedTuple):
    """What tells a file's content from any other: how many bytes, and their SHA-256."""

    size: int
    sha256: str


_noted: ContextVar[dict[Path, Stamp] | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[dict[Path, Stamp]]:
    """Note the stamp of every file that `octets` reads within, by its path."""
    found: dict[Path, Stamp] = {}
    token = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(token)


def be_regular(path: Path) -> None:
    """Do nothing, if there is a regular file at `path`.

    Raises:
        CorpusError: there is none.
    """
    try:
        _judge(path, seam.disk.lstat(path))
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def octets(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of the regular file at `path`, as they stood at one moment.

    Raises:
        CorpusError: there is no such file, it is no regular file, it cannot be
            read, it has more than `most` bytes, or it would not stay the same
            while it was read.
    """
    be_regular(path)
    found = _settled(path, most)
    if len(found) > most:
        raise CorpusError(
            str(path), f"more than {most:,} bytes", "divide it into smaller documents"
        )
    if (noted := _noted.get()) is not None:
        noted[path] = _stamp(found)
    return found


def bears(path: Path, stamp: Stamp) -> bool:
    """Return whether the file at `path` can be read and has the content that `stamp` tells of."""
    try:
        return _stamp(octets(path, stamp.size)) == stamp
    except CorpusError:
        return False


def text(path: Path, most: int = MOST_BYTES) -> str:
    """Return the text of the UTF-8 file at `path`, without a byte order mark.

    Raises:
        CorpusError: as `octets`, or the bytes are not UTF-8, or hold a NUL.
    """
    found = octets(path, most)
    try:
        decoded = found.decode("utf-8")
    except UnicodeDecodeError as error:
        fact = f"not UTF-8: byte 0x{found[error.start]:02x}"
        raise _bad_byte(path, found, error.start, fact) from error
    if "\0" in decoded:
        raise _bad_byte(path, found, found.index(0), "a NUL, which no text has,")
    return decoded.removeprefix("\ufeff")


def unreadable(path: Path, error: OSError | ValueError) -> CorpusError:
    """Return what to tell of a file or folder that the system would not open."""
    fact = (getattr(error, "strerror", None) or str(error)).lower()
    return CorpusError(str(path), fact, "check the name and who may read it")


def _stamp(found: bytes) -> Stamp:
    return Stamp(len(found), hashlib.sha256(found).hexdigest())


def _settled(path: Path, most: int) -> bytes:
    """Return the file's bytes, one more than `most` at the most, once they stay the same."""
    for _ in range(TRIES):
        try:
            found = _once(path, most)
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from error
        if found is not None:
            return found
    raise CorpusError(str(path), "it changes while it is read", "wait until it is written, retry")


def _once(path: Path, most: int) -> bytes | None:
    """Return the file's bytes, or None if it was written to meanwhile."""
    descriptor = seam.disk.opened(path, _SAFELY)
    try:
        before = seam.disk.fstat(descriptor)
        _judge(path, before)
        found = _read(descriptor, most + 1)
        after = seam.disk.fstat(descriptor)
    finally:
        seam.disk.close(descriptor)
    whole = len(found) > most or len(found) == after.st_size
    return found if whole and _state(before) == _state(after) else None


def _read(descriptor: int, most: int) -> bytes:
    parts = bytearray()
    while len(parts) < most and (
        part := seam.disk.read(descriptor, min(_AT_ONCE, most - len(parts)))
    ):
        parts += part
    return bytes(parts)


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino


def _bad_byte(path: Path, found: bytes, at: int, fact: str) -> CorpusError:
    line = found.count(b"\n", 0, at) + 1
    return CorpusError(str(path), f"{fact} at offset {at}, line {line}", "save the file as UTF-8")


def _judge(path: Path, status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    kind = next((name for test, name in _ODD if test(status.st_mode)), "a device")
    raise CorpusError(str(path), f"{kind}, not a file", "put a file in its place")
