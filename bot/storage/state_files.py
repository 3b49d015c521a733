"""The files of a state folder: sealed JSON, texts under their digests, and logs of entries.

Without a folder nothing is read, and what is written is dropped: then everything lasts as long as the process.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zlib
from typing import TYPE_CHECKING, Any

from bot.storage import sealed_files
from bot.storage.filesystem import write_synced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

_APPEND_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW


class StateFiles:
    """Reads and writes the files of one state folder, if there is one."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def read_sealed(self, name: str) -> Any:  # noqa: ANN401 - what JSON holds
        """Read the file anew, since another process may have written it; None if there is none."""
        return sealed_files.read_sealed(self.folder / name) if self.folder else None

    def write_sealed(self, name: str, content: object) -> None:
        """Write `content` under its checksum, whole or not at all; without a folder do nothing."""
        if self.folder:
            sealed_files.write_sealed(self.folder / name, content)

    def save_text(self, sha256: str, text: str) -> None:
        """Write the text of this SHA-256, unless it is there."""
        if self.folder and self.read_text(sha256) is None:
            sealed_files.write_raw(_get_text_path(self.folder, sha256), text.encode("utf-8", "surrogatepass"))

    def read_text(self, sha256: str) -> str | None:
        """Return the text of this SHA-256; None where there is none, or it is damaged."""
        data = sealed_files.read_raw(_get_text_path(self.folder, sha256)) if self.folder else None
        # A text's digest is that of its own bytes, so what matches can be decoded.
        if data is None or hashlib.sha256(data).hexdigest() != sha256:
            return None
        return data.decode("utf-8", "surrogatepass")

    def append(self, name: str, entries: Iterable[dict[str, Any]]) -> None:
        """Append `entries` to a log, and wait until they are on the disk."""
        if self.folder and (content := b"".join(map(_encode_entry, entries))):
            write_synced(self.folder / name, _APPEND_FLAGS, content)

    def read_entries(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the entries of a log that are whole."""
        data = sealed_files.read_raw(self.folder / name) if self.folder else None
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
