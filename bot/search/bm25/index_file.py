"""An index as one file: written beside, fsynced, renamed; opened by memory map, and only if whole.

The file is a mark, the length of its header, a SHA-256, the header (JSON: what
it is an index of, and where each array lies) and the arrays. The SHA-256 is
taken over the header and the 64-bit sums of the arrays' blocks, so that a
flipped bit or a missing end is seen at the speed of memory. It guards against
accidents, not against somebody who may write to the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import mmap
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

_LOG = logging.getLogger(__name__)
# Of the file: its mark, then the size of the header and its SHA-256; arrays begin on cache lines.
_MAGIC = b"OTRINDEX"
_PREAMBLE_SIZE = len(_MAGIC) + 8 + hashlib.sha256().digest_size
_ALIGNMENT = 64
# 64-bit words summed up at once: 256 kB, which a processor's cache holds.
_CHECKSUM_BLOCK = 1 << 15


def save_arrays(path: Path, key: str, arrays: Arrays) -> bool:
    """Write `arrays` to `path` under `key`, whole or not at all, and return whether that was done.

    A disk that is full or may not be written to costs a warning, nothing else.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_atomically(path, *_build_layout(key, arrays))
    except OSError as error:
        _LOG.warning("index not saved path=%s reason=%s", path, error.strerror or error)
        return False
    return True


def open_arrays(path: Path, key: str) -> Arrays | None:
    """Return the arrays at `path`, mapped into memory; None if they are damaged or not of `key`."""
    try:
        with path.open("rb") as file:
            memory_map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _LOG.warning("index not read path=%s reason=%s", path, error)
        return None
    arrays = _read_arrays(memory_map, key)
    if arrays is None:
        _LOG.warning("index not usable path=%s reason=damaged, or of other passages", path)
    return arrays


def _build_layout(key: str, arrays: Arrays) -> tuple[bytes, list[tuple[int, NDArray[Any]]], int]:
    """Return the header, each array with its place after the header, and their size in all."""
    placements, end, table = [], 0, []
    for name, array in arrays.items():
        placements.append((end, array))
        table.append([name, array.dtype.str, array.size, end])
        end += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    header = json.dumps({"key": key, "size": end, "arrays": table}).encode()
    padding = -(_PREAMBLE_SIZE + len(header)) % _ALIGNMENT
    return header + b" " * padding, placements, end


def _write_atomically(path: Path, header: bytes, placements: list[tuple[int, NDArray[Any]]], size: int) -> None:
    descriptor, temporary_path = tempfile.mkstemp(prefix=path.name, suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            start = _PREAMBLE_SIZE + len(header)
            file.truncate(start + size)
            for offset, array in placements:
                file.seek(start + offset)
                file.write(np.ascontiguousarray(array).data)
            file.flush()
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory_map:
                digest = _compute_digest(header, memory_map, start)
            file.seek(0)
            file.write(_MAGIC + len(header).to_bytes(8, "little") + digest + header)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary_path).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary_path).unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_arrays(memory_map: mmap.mmap, key: str) -> Arrays | None:
    header_size = int.from_bytes(memory_map[len(_MAGIC) : len(_MAGIC) + 8], "little")
    start = _PREAMBLE_SIZE + header_size
    if memory_map[: len(_MAGIC)] != _MAGIC or start % _ALIGNMENT or start > len(memory_map):
        return None
    header = memory_map[_PREAMBLE_SIZE:start]
    if memory_map[len(_MAGIC) + 8 : _PREAMBLE_SIZE] != _compute_digest(header, memory_map, start):
        return None
    metadata = json.loads(header)
    if metadata["key"] != key:
        return None
    return {
        name: np.frombuffer(memory_map, np.dtype(dtype), size, start + offset)
        for name, dtype, size, offset in metadata["arrays"]
    }


def _compute_digest(header: bytes, memory_map: mmap.mmap, start: int) -> bytes:
    """Return the SHA-256 of the header and of the sums of what follows, block by block."""
    digest = hashlib.sha256(header)
    digest.update(len(memory_map).to_bytes(8, "little"))
    word_count = (len(memory_map) - start) // 8
    words = np.frombuffer(memory_map, np.uint64, word_count, start)
    blocked_count = word_count // _CHECKSUM_BLOCK * _CHECKSUM_BLOCK
    digest.update(words[:blocked_count].reshape(-1, _CHECKSUM_BLOCK).sum(axis=1).data)
    digest.update(words[blocked_count:].data)
    digest.update(memory_map[start + word_count * 8 :])
    return digest.digest()
