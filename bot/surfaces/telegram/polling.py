"""Long polling: Telegram is asked for updates, and asked on only past what is done.

Asking for what comes after an update confirms it, so the bot asks from the
first update that it is not done with. A batch that gets on is waited for. While
one update takes long, those behind it are fetched all the same, up to the hundred that
one answer of Telegram's holds; so a chat that Telegram wants left alone for a while
holds up nobody else.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.errors import BotError
from bot.surfaces.telegram.sending import seconds

if TYPE_CHECKING:
    from bot.surfaces.telegram.health import Health
    from bot.surfaces.telegram.receiving import Intake
    from bot.surfaces.telegram.settings import Options

log = logging.getLogger(__name__)

MOST = 100
# Telegram gives only one update to a bot that asks for the same ones sooner than this.
_AGAIN = 0.6
_LAST_WORD = 3.0
_SLOWEST = 30.0


class Receiver(ExtBot[None]):
    """The library's bot, which can also fetch updates as they came, and does not show its token."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}[id={self.token.partition(':')[0]}]"

    async def fetch(self, allowed: tuple[str, ...], wait: int, **given: int) -> object:
        """Return what getUpdates gives, unread; `wait` is how long Telegram may hold it back."""
        asked = {**given, "timeout": wait, "allowed_updates": list(allowed)}
        patience = self._request[0].read_timeout or 0.0
        return await self._post("getUpdates", asked, read_timeout=wait + patience)

    async def confirm(self, allowed: tuple[str, ...], offset: int) -> None:
        """Tell Telegram, as the last thing, that the bot is done with all before `offset`."""
        # A poll that was cut short at a certain moment holds its connection for ever.
        line = self._request[0]
        await line.shutdown()
        await line.initialize()
        await self.fetch(allowed, 0, offset=offset, limit=1)


@dataclass(slots=True)
class Poller:
    """Fetches updates for `intake` until it is told to stop."""

    bot: Receiver
    intake: Intake
    health: Health
    options: Options
    allowed: tuple[str, ...]
    stop: asyncio.Event
    _next: int = field(init=False, default=0)
    _under_way: dict[int, asyncio.Task[bool]] = field(init=False, default_factory=dict)
    _quarrel: float | None = field(init=False, default=None)
    _conflict: float = field(init=False, default=0.0)

    async def run(self) -> None:
        """Poll until `stop`, wait for what is under way, and confirm it.

        Raises:
            InvalidToken: Telegram no longer takes the token.
            BotError: another process has polled with the same token for too long.
        """
        try:
            await self._until_stopped()
        finally:
            await self._drain()

    async def _until_stopped(self) -> None:
        pause = 0.0
        while not self.stop.is_set():
            late = bool(self._under_way)
            try:
                found = await self._unless_stopped(self._fetch(late=late))
            except InvalidToken:
                raise
            except TelegramError as error:
                pause = self._pause(error, pause)
                log.warning("poll failed error=%s", type(error).__name__)
                await self._unless_stopped(asyncio.sleep(pause))
            else:
                pause = 0.0
                self.health.hear()
                self._hand_over(found or [])
                await self._breathe(late=late)

    async def _fetch(self, *, late: bool) -> list[dict[str, Any]]:
        given = {"limit": MOST if late else self.options.concurrency}
        if self._offset:
            given["offset"] = self._offset
        wait = 0 if late else self.options.wait
        return _numbered(await self.bot.fetch(self.allowed, wait, **given))

    @property
    def _offset(self) -> int:
        """The first update that is not done with."""
        return min(self._under_way, default=self._next)

    def _hand_over(self, found: list[dict[str, Any]]) -> None:
        for given in found:
            number = given["update_id"]
            self._next = number + 1
            if not self.intake.knows(number):
                task = asyncio.create_task(self.intake.take(given))
                self._under_way[number] = task
                task.add_done_callback(partial(self._ended, number))

    def _ended(self, number: int, task: asyncio.Task[bool]) -> None:
        # What is not done stays, so that it is not confirmed.
        if not task.cancelled() and not task.exception() and task.result():
            del self._under_way[number]

    async def _breathe(self, *, late: bool) -> None:
        """Wait for what is under way, but not so long that those behind it would notice.

        What gets on is waited for, so that little is answered twice after a crash;
        once something has stood still, the wait is short.
        """
        left = 0
        while len(self._under_way) != left and not self.stop.is_set():
            left = len(self._under_way)
            await asyncio.wait(self._under_way.values(), timeout=_AGAIN)
            if late or not self._under_way:
                return

    async def _unless_stopped(self, work: Any) -> Any:  # noqa: ANN401
        """Return what `work` returns, or None once it is time to stop."""
        working = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            for task in (working, stopping):
                task.cancel()

    def _pause(self, error: TelegramError, last: float) -> float:
        """Return how long to wait after a poll that failed.

        Raises:
            BotError: another process has polled with the same token for too long.
        """
        if isinstance(error, Conflict):
            self._count_conflict()
        if isinstance(error, RetryAfter):
            return seconds(error) + 0.5
        # Asked often enough to tell a quarrel from a quiet time between two.
        slowest = self.options.conflict / 8 if isinstance(error, Conflict) else _SLOWEST
        return min(slowest, max(self.options.pauses[0], last * 1.5))

    def _count_conflict(self) -> None:
        now = time.monotonic()
        # A deploy has two processes for a while; after a quiet time it is another quarrel.
        if self._quarrel is None or now - self._conflict > self.options.conflict / 2:
            self._quarrel = now
        self._conflict = now
        if now - self._quarrel >= self.options.conflict:
            raise BotError(
                "BOT_TOKEN",
                "another process receives this bot's updates",
                "stop that one, or give it a token of its own",
            )

    async def _drain(self) -> None:
        # Each ends within its own deadline, so this does too.
        if self._under_way:
            await asyncio.wait(self._under_way.values())
        if not self._next:
            return
        try:
            async with asyncio.timeout(_LAST_WORD):
                await self.bot.confirm(self.allowed, self._offset)
        except (TelegramError, TimeoutError) as error:
            # What was done last is then done once more by the next process.
            log.warning("unconfirmed error=%s", type(error).__name__)


def _numbered(found: object) -> list[dict[str, Any]]:
    """Return `found` if it is a list of numbered updates; without numbers none can be passed over.

    Raises:
        TelegramError: it is not; it is then asked for again, ever more slowly.
    """
    updates: list[Any] = found if isinstance(found, list) else [found]
    if all(isinstance(u, dict) and isinstance(u.get("update_id"), int) for u in updates):
        return updates
    raise TelegramError("getUpdates was answered with something else than updates")
