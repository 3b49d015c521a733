"""A lock on a folder that several processes write to, held for as long as one of them changes it.

The lock file stays: who removed it would let two in. It ends with its process, so a kill leaves nothing locked.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from bot.errors import StorageError
from bot.storage import filesystem as seam
from bot.storage.state_files import build_storage_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOCK_NAME = ".lock"
# A check of a large corpus takes a few seconds, and who waits is a person with a button.
LOCK_SECONDS = 10.0
# A process that was told to stop may go on for 25 seconds while the next one starts.
TAKEOVER_SECONDS = 30.0
_RETRY_SECONDS = 0.05
_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW


@contextmanager
def lock_folder(
    folder: Path, seconds: float = LOCK_SECONDS, sleep: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """Hold the lock of `folder` within this context; wait for it up to `seconds`.

    Raises:
        StorageError: another process or thread holds it all that time.
        OSError: the folder cannot be written to.
    """
    descriptor = seam.disk.open(folder / LOCK_NAME, _LOCK_FLAGS)
    try:
        _acquire(descriptor, folder, seconds, sleep)
        yield
    finally:
        # Closing it gives the lock back.
        seam.disk.close(descriptor)


@contextmanager
def hold_state_folder(folder: Path, seconds: float = TAKEOVER_SECONDS) -> Iterator[None]:
    """Keep the state of this process alone in `folder`, after waiting for one that is about to end.

    Raises:
        StorageError: another process keeps its state there, or nothing can be written there.
    """
    with ExitStack() as stack:
        try:
            seam.disk.make_folder(folder)
            stack.enter_context(lock_folder(folder, seconds))
        except StorageError:
            fact, remedy = "another process keeps its state here", "stop it, or give this one a folder of its own"
            raise StorageError(str(folder), fact, remedy) from None
        except OSError as error:
            raise build_storage_error(folder, error) from None
        yield


def _acquire(descriptor: int, folder: Path, seconds: float, sleep: Callable[[float], None]) -> None:
    """Wait for the lock; a StorageError where somebody holds it after `seconds`."""
    for _ in range(1 + int(seconds / _RETRY_SECONDS)):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sleep(_RETRY_SECONDS)
        else:
            return
    raise StorageError(str(folder), "somebody else is changing it", "wait a moment and try again")
