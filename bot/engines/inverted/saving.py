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
_MARK = b"OTRINDEX"
_HEAD = len(_MARK) + 8 + hashlib.sha256().digest_size
_ALIGNED = 64
_BLOCK = 1 << 15


def save(path: Path, key: str, arrays: Arrays) -> bool:
    """Write `arrays` to `path` under `key`, whole or not at all, and return whether that was done.

    A disk that is full or may not be written to costs a warning, nothing else.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, *_laid_out(key, arrays))
    except OSError as error:
        _LOG.warning("index not saved path=%s reason=%s", path, error.strerror or error)
        return False
    return True


def opened(path: Path, key: str) -> Arrays | None:
    """Return the arrays at `path`, mapped into memory; None if they are damaged or not of `key`."""
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        _LOG.warning("index not read path=%s reason=%s", path, error)
        return None
    arrays = _arrays(mapped, key)
    if arrays is None:
        _LOG.warning("index not usable path=%s reason=damaged, or of other passages", path)
    return arrays


def _laid_out(key: str, arrays: Arrays) -> tuple[bytes, list[tuple[int, NDArray[Any]]], int]:
    """Return the header, each array with its place after the header, and their size in all."""
    places, end, table = [], 0, []
    for name, array in arrays.items():
        places.append((end, array))
        table.append([name, array.dtype.str, array.size, end])
        end += -(-array.nbytes // _ALIGNED) * _ALIGNED
    header = json.dumps({"key": key, "size": end, "arrays": table}).encode()
    padding = -(_HEAD + len(header)) % _ALIGNED
    return header + b" " * padding, places, end


def _write(path: Path, header: bytes, places: list[tuple[int, NDArray[Any]]], size: int) -> None:
    handle, beside = tempfile.mkstemp(prefix=path.name, suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            start = _HEAD + len(header)
            file.truncate(start + size)
            for place, array in places:
                file.seek(start + place)
                file.write(np.ascontiguousarray(array).data)
            file.flush()
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                digest = _digest(header, mapped, start)
            file.seek(0)
            file.write(_MARK + len(header).to_bytes(8, "little") + digest + header)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _arrays(mapped: mmap.mmap, key: str) -> Arrays | None:
    length = int.from_bytes(mapped[len(_MARK) : len(_MARK) + 8], "little")
    start = _HEAD + length
    if mapped[: len(_MARK)] != _MARK or start % _ALIGNED or start > len(mapped):
        return None
    header = mapped[_HEAD:start]
    if mapped[len(_MARK) + 8 : _HEAD] != _digest(header, mapped, start):
        return None
    about = json.loads(header)
    if about["key"] != key:
        return None
    return {
        name: np.frombuffer(mapped, np.dtype(kind), size, start + place)
        for name, kind, size, place in about["arrays"]
    }


def _digest(header: bytes, mapped: mmap.mmap, start: int) -> bytes:
    """Return the SHA-256 of the header and of the sums of what follows, block by block."""
    digest = hashlib.sha256(header)
    digest.update(len(mapped).to_bytes(8, "little"))
    whole = (len(mapped) - start) // 8
    words = np.frombuffer(mapped, np.uint64, whole, start)
    even = whole // _BLOCK * _BLOCK
    digest.update(words[:even].reshape(-1, _BLOCK).sum(axis=1).data)
    digest.update(words[even:].data)
    digest.update(mapped[start + whole * 8 :])
    return digest.digest()
