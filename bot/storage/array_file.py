"""The arrays of an index as one file: written beside, synced, renamed; mapped into memory, and only if whole.

The file is a mark, the length of its header, a SHA-256, the header (JSON: the key of the index, and the place of each
array) and the arrays. The SHA-256 is taken over the header and the 64-bit sums of the arrays' blocks, so a flipped bit
or a missing end is noticed at the speed of memory. It guards against accidents, not against somebody who may write to
the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import mmap
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.storage.filesystem import open_replacement, sync_folder

Arrays = Mapping[str, NDArray[Any]]

_LOG = logging.getLogger(__name__)
# The file begins with its mark, the size of the header and the SHA-256; arrays begin on cache lines.
_MAGIC = b"OTRINDEX"
PREAMBLE_SIZE = len(_MAGIC) + 8 + hashlib.sha256().digest_size
_ALIGNMENT = 64
# In bytes: an index has some thirty arrays, and its header an entry for each.
_MAX_HEADER_SIZE = 1 << 20
# 64-bit words summed up at once: 256 kB, which a processor's cache holds.
_CHECKSUM_BLOCK = 1 << 15


def save_arrays(path: Path, key: str, arrays: Arrays) -> bool:
    """Write `arrays` to `path` under `key`, whole or not at all, and return whether they were written.

    A full or read-only disk is only warned of.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_arrays(path, *_build_layout(key, arrays))
    except OSError as error:
        _LOG.warning("index not saved path=%s reason=%s", path, error.strerror or error)
        return False
    return True


def open_arrays(path: Path, key: str) -> Arrays | None:
    """Return the arrays at `path`, mapped into memory; None if they are damaged or not of `key`."""
    try:
        memory_map = _map_file(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _LOG.warning("index not read path=%s reason=%s", path, error)
        return None
    header = _read_header(memory_map)
    if header is None:
        _LOG.warning("index not usable path=%s reason=damaged", path)
        return None
    # Another key is no fault: a document was changed.
    if header.get("key") == key:
        with contextlib.suppress(KeyError, TypeError, ValueError):
            return _cut_arrays(memory_map, header["start"], header["arrays"])
    return None


def encode_words(words: Iterable[str]) -> NDArray[np.uint8]:
    """Encode `words`, which must have no line breaks, as one array."""
    return np.frombuffer("\n".join(words).encode("utf-8", "surrogatepass"), np.uint8)


def decode_words(array: NDArray[np.uint8]) -> list[str]:
    """Decode the words that `encode_words` encoded."""
    return array.tobytes().decode("utf-8", "surrogatepass").split("\n") if array.size else []


def _map_file(path: Path) -> mmap.mmap:
    """Map a regular file into memory; opening a pipe would wait for ever, and a link may lead to one.

    Raises:
        OSError, ValueError: there is no such file, or it is empty or another user's.
    """
    # O_NONBLOCK, so that not even a pipe is waited for.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            raise ValueError("no file of this user's")
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)


def _build_layout(key: str, arrays: Arrays) -> tuple[bytes, list[tuple[int, NDArray[Any]]], int]:
    """Return the header, each array with its place after the header, and the total size of the arrays."""
    placements, end, table = [], 0, []
    for name, array in arrays.items():
        placements.append((end, array))
        table.append([name, array.dtype.str, array.size, end])
        end += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    header = json.dumps({"key": key, "size": end, "arrays": table}).encode()
    padding = -(PREAMBLE_SIZE + len(header)) % _ALIGNMENT
    return header + b" " * padding, placements, end


def write_arrays(path: Path, header: bytes, placements: list[tuple[int, NDArray[Any]]], size: int) -> None:
    """Write the mark, the SHA-256 and `header`, then `size` bytes with each array at its place."""
    start = PREAMBLE_SIZE + len(header)
    with open_replacement(path) as file:
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
    sync_folder(path.parent)


def _read_header(memory_map: mmap.mmap) -> dict[str, Any] | None:
    """Return the header of a whole file, None if it is damaged."""
    header_size = int.from_bytes(memory_map[len(_MAGIC) : len(_MAGIC) + 8], "little")
    start = PREAMBLE_SIZE + header_size
    if memory_map[: len(_MAGIC)] != _MAGIC or start % _ALIGNMENT or start > min(len(memory_map), _MAX_HEADER_SIZE):
        return None
    header = memory_map[PREAMBLE_SIZE:start]
    with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
        content = dict(json.loads(header), start=start)
        # The size is checked first: summing up a file with a hole of gigabytes at its end would take minutes.
        is_whole = start + content["size"] == len(memory_map)
        if is_whole and memory_map[len(_MAGIC) + 8 : PREAMBLE_SIZE] == _compute_digest(header, memory_map, start):
            return content
    return None


def _cut_arrays(memory_map: mmap.mmap, start: int, table: list[Any]) -> dict[str, NDArray[Any]]:
    """Return the arrays that `table` places in the file from `start` on.

    Raises:
        TypeError, ValueError: an array has no plain type, or is not wholly in the file.
    """
    arrays = {}
    for name, type_name, size, offset in table:
        dtype = np.dtype(type_name)
        # numpy takes a size of -1 for "all", and would read a negative offset from the header.
        if dtype.kind not in "iuf" or size < 0 or offset < 0:
            raise ValueError("no array of numbers")
        arrays[name] = np.frombuffer(memory_map, dtype, size, start + offset)
    return arrays


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
