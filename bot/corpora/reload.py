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


class RunningError(BotError):
    """A build is running already; a second one is refused, not queued."""

    def __init__(self) -> None:
        super().__init__(PLACE, "one is running already", "wait until it has ended")


class Aside(Generic[Built]):
    """Where one build at a time runs, for at most `seconds`.

    A build that takes longer is given up: what it makes, should it ever end,
    goes nowhere. Until it ends no other may begin, so two never run at once.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running = False

    async def built(self, build: Callable[[], Built]) -> Built:
        """Return what `build` makes, or raise what it raises.

        Raises:
            RunningError: another build has not ended.
            BotError: this one took longer than it may.
        """
        if self._running:
            raise RunningError
        self._running = True
        made: Future[Built] = Future()
        made.set_running_or_notify_cancel()
        threading.Thread(target=self._run, args=(build, made), name=PLACE, daemon=True).start()
        waited = asyncio.wrap_future(made)
        try:
            await asyncio.wait([waited], timeout=self._seconds)
        finally:
            # What ends after this is given up, and goes nowhere.
            waited.cancel()
        if not waited.cancelled():
            return waited.result()
        fact = f"not done after {self._seconds:g} seconds"
        raise BotError(PLACE, fact, "divide the corpus, or raise reload_seconds")

    def _run(self, build: Callable[[], Built], made: Future[Built]) -> None:
        try:
            found = build()
        except BaseException as error:  # noqa: BLE001  it is raised where it is waited for
            self._running = False
            made.set_exception(error)
        else:
            self._running = False
            made.set_result(found)
