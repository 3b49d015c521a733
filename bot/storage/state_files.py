"""The files of a state folder: sealed JSON, texts under their digests, and logs of entries.

A sealed file is whole or not there: written beside, synced, put in place at once. It opens with a line that names its
version and the SHA-256 of the rest. One that does not match is refused rather than half believed: a withheld
quote must not come back because a disk lost a byte.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.errors import CorpusError, StorageError
from bot.storage import filesystem as seam
from bot.storage.entries import decode_text
from bot.storage.safe_read import read_bytes

log = logging.getLogger(__name__)

SEAL_PREFIX = "on-the-record state 1"

_MAX_BYTES = 64 * 1024 * 1024
_APPEND_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW


def write_raw(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all.

    Raises:
        StorageError: the disk refused; what stood at `path` stands there still.
    """
    try:
        seam.write_atomically(path, content)
    except OSError as error:
        raise seam.build_storage_error(path, error) from error


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
        raise seam.build_storage_error(path, error) from error
    try:
        return read_bytes(path, _MAX_BYTES)
    except CorpusError as error:
        raise StorageError(error.place, error.fact, error.remedy) from error


class StateFiles:
    """The files of one state folder; without one nothing is read, and what is written is dropped."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def read_sealed(self, name: str) -> Any:  # noqa: ANN401 - what JSON holds
        """Read the file anew, since another process may have written it; None if there is none."""
        return read_sealed(self.folder / name) if self.folder else None

    def write_sealed(self, name: str, content: object) -> None:
        """Write `content` under its checksum, whole or not at all; without a folder do nothing."""
        if self.folder:
            write_sealed(self.folder / name, content)

    def save_text(self, sha256: str, text: str) -> None:
        """Write the text of this SHA-256, unless it is there."""
        if self.folder and self.read_text(sha256) is None:
            write_raw(_get_text_path(self.folder, sha256), text.encode("utf-8", "surrogatepass"))

    def read_text(self, sha256: str) -> str | None:
        """Return the text of this SHA-256; None where there is none, or it is damaged."""
        return decode_text(read_raw(_get_text_path(self.folder, sha256)) if self.folder else None, sha256)

    def append(self, name: str, entries: Iterable[dict[str, Any]]) -> None:
        """Append `entries` to a log, and wait until they are on the disk.

        Raises:
            StorageError: the disk refused.
        """
        if self.folder and (content := b"".join(map(_encode_entry, entries))):
            try:
                seam.write_synced(self.folder / name, _APPEND_FLAGS, content)
            except OSError as error:
                raise seam.build_storage_error(self.folder / name, error) from error

    def read_entries(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the entries of a log that are whole."""
        data = read_raw(self.folder / name) if self.folder else None
        for line in (data or b"").splitlines():
            checksum, _, body = line.partition(b" ")
            if checksum == b"%08x" % zlib.crc32(body):
                yield json.loads(body)
            elif line:
                log.warning("an entry of %s is damaged, and passed over", name)


def _get_text_path(folder: Path, sha256: str) -> Path:
    return folder / "texts" / f"{sha256}.txt"


def _encode_entry(entry: dict[str, Any]) -> bytes:
    """Return the entry, on a line of its own even after one that was cut short."""
    body = json.dumps(entry, ensure_ascii=False).encode()
    return b"\n%08x %s\n" % (zlib.crc32(body), body)
