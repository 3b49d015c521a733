"""Building in the background, one build at a time, and giving back the memory that it took."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Callable

Built = TypeVar("Built")


class BuildRunningError(BotError):
    """A build is already running; a second one is refused, not queued."""

    def __init__(self) -> None:
        super().__init__("reload", "one is already running", "wait until it has ended")


class BackgroundBuilder(Generic[Built]):
    """Runs one build at a time, in a thread that the end of the process does not wait for.

    After a timeout the result is dropped, should there ever be one. Until the
    build ends no other may begin, so two never run at once.
    """

    def __init__(self) -> None:
        self._is_running = False

    async def run(self, build: Callable[[], Built], seconds: float | None = None) -> Built:
        """Return what `build` returns, or raise what it raises.

        Raises:
            BuildRunningError: another build has not ended.
            BotError: this one took longer than `seconds`.
            MemoryError: the system has no room for a thread.
        """
        if self._is_running:
            raise BuildRunningError
        self._is_running = True
        future: Future[Built] = Future()
        future.set_running_or_notify_cancel()
        try:
            threading.Thread(target=self._run_in_thread, args=(build, future), name="build", daemon=True).start()
        except RuntimeError as error:
            self._is_running = False
            raise MemoryError(str(error)) from None
        waiter = asyncio.wrap_future(future)
        try:
            await asyncio.wait([waiter], timeout=seconds)
        finally:
            # Without this a late result would be delivered to a loop that has moved on.
            waiter.cancel()
        if not waiter.cancelled():
            return waiter.result()
        fact = f"not done after {seconds:g} seconds"
        raise BotError("reload", fact, "divide the corpus, or raise reload_seconds")

    def _run_in_thread(self, build: Callable[[], Built], future: Future[Built]) -> None:
        try:
            result = build()
        except BaseException as error:  # noqa: BLE001  it is raised where it is waited for
            self._is_running = False
            future.set_exception(error)
        else:
            self._is_running = False
            future.set_result(result)


def settle_heap() -> None:
    """Collect what is garbage now, and let the garbage collector pass over what is left from now on.

    What an earlier call set aside is looked at once more, so a corpus that was replaced is freed.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    return_free_memory()


def return_free_memory() -> None:
    """Give the system back what the C library holds free; one that cannot does nothing.

    Reading and indexing leave 6 MB of the bundled corpus free, in pieces that are not given back by themselves.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
