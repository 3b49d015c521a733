"""Files as they lie: read whole, once, and only where reading is safe.

Opening a FIFO waits for ever and a symbolic link may lead out of a corpus, so
what is not a regular file is refused before it is opened, and again after.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from bot.errors import CorpusError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 5 * 1024 * 1024

_SAFELY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ODD = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


def be_regular(path: Path) -> None:
    """Do nothing, if there is a regular file at `path`.

    Raises:
        CorpusError: there is none.
    """
    try:
        _judge(path, path.lstat())
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def octets(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of the regular file at `path`.

    Raises:
        CorpusError: there is no such file, it is no regular file, it cannot be
            read, or it has more than `most` bytes.
    """
    be_regular(path)
    try:
        with os.fdopen(os.open(path, _SAFELY), "rb") as file:
            _judge(path, os.fstat(file.fileno()))
            found = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if len(found) > most:
        raise CorpusError(
            str(path), f"more than {most:,} bytes", "divide it into smaller documents"
        )
    return found


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


def _bad_byte(path: Path, found: bytes, at: int, fact: str) -> CorpusError:
    line = found.count(b"\n", 0, at) + 1
    return CorpusError(str(path), f"{fact} at offset {at}, line {line}", "save the file as UTF-8")


def _judge(path: Path, status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    kind = next((name for test, name in _ODD if test(status.st_mode)), "a device")
    raise CorpusError(str(path), f"{kind}, not a file", "put a file in its place")
