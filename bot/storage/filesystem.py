"""File-system calls behind one object, atomic writes, locks of folders, and safe reads.

Everything that reads a corpus or keeps state calls `disk`, so a test can replace it, fail the n-th call for every n,
and see that nothing is lost. A read is of a regular file only, whole, as it was at one moment: opening a FIFO waits for
ever and a symbolic link may lead out of a corpus, so anything else is refused before it is opened, and again after. A
file that is written to while it is read is read again, and finally refused.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from bot.errors import CorpusError, StorageError

log = logging.getLogger(__name__)

LOCK_NAME = ".lock"
# How long to wait for a lock: a check of a large corpus holds it for a few seconds, and a person may be waiting.
LOCK_SECONDS = 10.0
# A process that was asked to stop may go on for 25 seconds while the next one starts.
TAKEOVER_SECONDS = 30.0
_RETRY_SECONDS = 0.05
_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
_CREATE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW

# How large a file may be, and how often one that changes meanwhile is read, before it is refused.
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


class FileSystem:
    """The calls, each the operating system's own."""

    def lstat(self, path: Path) -> os.stat_result:
        """Return the status of the file at `path`; links are not followed."""
        return path.lstat()

    def list_folder(self, folder: Path, limit: int) -> list[Path]:
        """Return up to `limit` entries of `folder`, in no particular order."""
        return list(islice(folder.iterdir(), limit))

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        """Return a descriptor of the file at `path`."""
        return os.open(path, flags | os.O_CLOEXEC, mode)

    def fstat(self, descriptor: int) -> os.stat_result:
        """Return the status of an open file."""
        return os.fstat(descriptor)

    def read(self, descriptor: int, limit: int) -> bytes:
        """Return up to `limit` of the next bytes; none at the end."""
        return os.read(descriptor, limit)

    def write(self, descriptor: int, data: bytes) -> int:
        """Write the beginning of `data`, and return how many bytes of it."""
        return os.write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        """Wait until everything written is on the disk."""
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Close an open file."""
        os.close(descriptor)

    def replace(self, path: Path, other: Path) -> None:
        """Replace `other` by the file at `path`, atomically."""
        path.replace(other)

    def remove(self, path: Path) -> None:
        """Remove the file at `path`, if it is there."""
        path.unlink(missing_ok=True)

    def make_folder(self, folder: Path) -> None:
        """Make `folder`, and the folders above it, if they are missing."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


disk = FileSystem()


def write_atomically(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write `content` beside `path`, sync it, and move it into place at once.

    Raises:
        OSError: the disk refused; `path` is unchanged.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        disk.make_folder(path.parent)
        # A killed process may have left one half written.
        disk.remove(temporary)
        write_synced(temporary, _CREATE_FLAGS, content, mode)
        disk.replace(temporary, path)
        sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            disk.remove(temporary)
        raise


def write_synced(path: Path, flags: int, content: bytes, mode: int = 0o600) -> None:
    """Write `content` to the file at `path`, opened with `flags`, and wait until it is on the disk."""
    descriptor = disk.open(path, flags, mode)
    try:
        remaining = memoryview(content)
        while remaining:
            remaining = remaining[disk.write(descriptor, bytes(remaining)) :]
        disk.fsync(descriptor)
    finally:
        disk.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Sync the folder, so that its new file survives a power cut; log a warning if that fails.

    By then the file is in place and readable, so to report an error would be wrong. Some file systems cannot sync a
    folder.
    """
    try:
        descriptor = disk.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            disk.fsync(descriptor)
        finally:
            disk.close(descriptor)
    except OSError as error:
        log.warning("in place, but not synced folder=%s reason=%s", folder, error.strerror or error)


@contextmanager
def open_replacement(path: Path) -> Iterator[BinaryIO]:
    """Open a new file for writing, which replaces `path` at the end; it is not synced.

    Raises:
        OSError: the disk refused; `path` is unchanged.
    """
    descriptor, temporary_path = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
        Path(temporary_path).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary_path).unlink()
        raise


@contextmanager
def lock_folder(
    folder: Path, seconds: float = LOCK_SECONDS, sleep: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """Hold the lock of `folder` within this context, after waiting up to `seconds` for it.

    Raises:
        StorageError: another process or thread held it all that time.
        OSError: the folder cannot be written to.
    """
    descriptor = disk.open(folder / LOCK_NAME, _LOCK_FLAGS)
    try:
        _acquire_lock(descriptor, folder, seconds, sleep)
        yield
    finally:
        # Closing it releases the lock.
        disk.close(descriptor)


@contextmanager
def hold_state_folder(folder: Path, seconds: float = TAKEOVER_SECONDS) -> Iterator[None]:
    """Reserve `folder` for the state of this process, after waiting for another that is about to end.

    Raises:
        StorageError: another process keeps its state there, or it cannot be written to.
    """
    with ExitStack() as stack:
        try:
            disk.make_folder(folder)
            stack.enter_context(lock_folder(folder, seconds))
        except StorageError:
            fact, remedy = "another process keeps its state here", "stop it, or give this one a folder of its own"
            raise StorageError(str(folder), fact, remedy) from None
        except OSError as error:
            raise build_storage_error(folder, error) from None
        yield


def _acquire_lock(descriptor: int, folder: Path, seconds: float, sleep: Callable[[float], None]) -> None:
    """Acquire the lock; raise StorageError if somebody still holds it after `seconds`."""
    for _ in range(1 + int(seconds / _RETRY_SECONDS)):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sleep(_RETRY_SECONDS)
        else:
            return
    raise StorageError(str(folder), "somebody else is changing it", "wait a moment and try again")


def build_storage_error(path: Path, error: OSError) -> StorageError:
    """Build the error for a file that the disk would not read or write."""
    fact = (error.strerror or str(error)).lower()
    return StorageError(str(path), fact, "free some disk space, or fix the permissions")


class FileDigest(NamedTuple):
    """The size and SHA-256 of a file's content."""

    size: int
    sha256: str


_recorded: ContextVar[dict[Path, FileDigest] | None] = ContextVar("recorded", default=None)


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
        _check_regular(path, disk.lstat(path))
    except (OSError, ValueError) as error:
        raise build_unreadable_error(path, error) from error


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Return the bytes of the regular file at `path`, as they were at one moment.

    Raises:
        CorpusError: there is no such file, it is not a regular file, it cannot be read, it has more than `limit` bytes,
            or it kept changing while it was read.
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
    """Return the size and SHA-256 of `data`."""
    return FileDigest(len(data), hashlib.sha256(data).hexdigest())


def _read_until_stable(path: Path, limit: int) -> bytes:
    """Return the file's bytes, at most one more than `limit`, once they stay the same during a read."""
    for _ in range(MAX_ATTEMPTS):
        try:
            data = _read_once(path, limit)
        except (OSError, ValueError) as error:
            raise build_unreadable_error(path, error) from error
        if data is not None:
            return data
    raise CorpusError(str(path), "it changes while it is read", "wait until it is written, retry")


def _read_once(path: Path, limit: int) -> bytes | None:
    """Return the file's bytes; None if it was written to meanwhile."""
    descriptor = disk.open(path, _OPEN_FLAGS)
    try:
        before = disk.fstat(descriptor)
        _check_regular(path, before)
        data = _read_up_to(descriptor, limit + 1)
        after = disk.fstat(descriptor)
    finally:
        disk.close(descriptor)
    is_whole = len(data) > limit or len(data) == after.st_size
    return data if is_whole and _describe_file_version(before) == _describe_file_version(after) else None


def _read_up_to(descriptor: int, limit: int) -> bytes:
    """Read at most `limit` bytes; fewer only at the end of the file."""
    data = bytearray()
    while len(data) < limit and (chunk := disk.read(descriptor, min(_CHUNK_BYTES, limit - len(data)))):
        data += chunk
    return bytes(data)


def _describe_file_version(status: os.stat_result) -> tuple[int, int, int]:
    """Return the size, time and inode of a file, one of which differs if it was changed."""
    return status.st_size, status.st_mtime_ns, status.st_ino


def _build_bad_byte_error(path: Path, data: bytes, offset: int, fact: str) -> CorpusError:
    """Build the error for the byte at `offset`; it names the line."""
    line = data.count(b"\n", 0, offset) + 1
    return CorpusError(str(path), f"{fact} at offset {offset}, line {line}", "save the file as UTF-8")


def _check_regular(path: Path, status: os.stat_result) -> None:
    """Raise a CorpusError that says what `path` is, if it is not a regular file."""
    if stat.S_ISREG(status.st_mode):
        return
    kind = next((name for test, name in _SPECIAL_FILES if test(status.st_mode)), "a device")
    raise CorpusError(str(path), f"{kind}, not a file", "put a file in its place")
