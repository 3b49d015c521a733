"""State as small files, each whole or not there: written beside, synced, put in place at once.

A sealed file opens with a line that names its version and the SHA-256 of the
rest. One that does not match is refused rather than half believed: a withheld
quote must not come back because a disk lost a byte.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from bot.errors import CorpusError, StateError
from bot.formats import disk as seam
from bot.formats import writing
from bot.formats.source import octets

if TYPE_CHECKING:
    from pathlib import Path

MARK = "on-the-record state 1"

_MOST_BYTES = 64 * 1024 * 1024


def write(path: Path, content: bytes) -> None:
    """Put `content` at `path`, whole or not at all.

    Raises:
        StateError: the disk refused; what stood at `path` stands there still.
    """
    try:
        writing.write(path, content)
    except OSError as error:
        raise refused(path, error) from error


def seal(path: Path, content: object) -> None:
    """Write `content` as JSON to `path`, under a line that tells whether it is whole.

    Raises:
        StateError: the disk refused.
    """
    body = json.dumps(content, ensure_ascii=False, indent=1).encode()
    write(path, f"{MARK} {hashlib.sha256(body).hexdigest()}\n".encode() + body)


def unsealed(path: Path) -> object:
    """Return what was sealed at `path`, or None where nothing was.

    Raises:
        StateError: the file is damaged, of another version, or cannot be read.
    """
    found = read(path)
    if found is None:
        return None
    head, _, body = found.partition(b"\n")
    if head != f"{MARK} {hashlib.sha256(body).hexdigest()}".encode():
        fact = "damaged, or written by another version"
        raise StateError(str(path), fact, "put back a copy, or move it away to begin anew")
    return json.loads(body)


def read(path: Path) -> bytes | None:
    """Return the bytes of the file at `path`, or None where there is none.

    Raises:
        StateError: it cannot be read.
    """
    try:
        seam.disk.lstat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refused(path, error) from error
    try:
        return octets(path, _MOST_BYTES)
    except CorpusError as error:
        raise StateError(error.place, error.fact, error.remedy) from error


def refused(path: Path, error: OSError) -> StateError:
    """Return what to tell of a file that the disk would not read or write."""
    fact = (error.strerror or str(error)).lower()
    return StateError(str(path), fact, "make room on the disk, or mend who may write there")
