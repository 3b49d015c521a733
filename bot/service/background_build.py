"""Building aside: one build at a time, never waited for longer than allowed.

What is built is handed over whole, or not at all; until then, and after any
fault, whatever was served goes on being served. The build runs in a thread that
the end of the process does not wait for.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Callable

Built = TypeVar("Built")

PLACE = "reload"


class BuildRunningError(BotError):
    """A build is running already; a second one is refused, not queued."""

    def __init__(self) -> None:
        super().__init__(PLACE, "one is running already", "wait until it has ended")


class BackgroundBuilder(Generic[Built]):
    """Where one build at a time runs, for at most `seconds`.

    A build that takes longer is given up: what it makes, should it ever end,
    goes nowhere. Until it ends no other may begin, so two never run at once.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._is_running = False

    async def run(self, build: Callable[[], Built]) -> Built:
        """Return what `build` makes, or raise what it raises.

        Raises:
            RunningError: another build has not ended.
            BotError: this one took longer than it may.
        """
        if self._is_running:
            raise BuildRunningError
        self._is_running = True
        future: Future[Built] = Future()
        future.set_running_or_notify_cancel()
        threading.Thread(
            target=self._run_in_thread, args=(build, future), name=PLACE, daemon=True
        ).start()
        waiter = asyncio.wrap_future(future)
        try:
            await asyncio.wait([waiter], timeout=self._timeout)
        finally:
            # What ends after this is given up, and goes nowhere.
            waiter.cancel()
        if not waiter.cancelled():
            return waiter.result()
        fact = f"not done after {self._timeout:g} seconds"
        raise BotError(PLACE, fact, "divide the corpus, or raise reload_seconds")

    def _run_in_thread(self, build: Callable[[], Built], future: Future[Built]) -> None:
        try:
            result = build()
        except BaseException as error:  # noqa: BLE001  it is raised where it is waited for
            self._is_running = False
            future.set_exception(error)
        else:
            self._is_running = False
            future.set_result(result)
