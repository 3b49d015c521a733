"""Long polling: an update is confirmed only after it was handled.

Fetching from an offset confirms every update before it, so the offset is the first
unfinished update. The poller waits for a batch while it progresses. Once an update is slow,
those behind it are fetched too, up to the hundred that one response holds, so one
rate-limited chat delays no other.
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
from bot.surfaces.telegram.rate_limit import retry_after_seconds

if TYPE_CHECKING:
    from bot.surfaces.telegram.health import Health
    from bot.surfaces.telegram.intake import Intake
    from bot.surfaces.telegram.settings import TelegramOptions

log = logging.getLogger(__name__)

MAX_BATCH = 100
# Telegram returns a single update when the same offset is polled sooner than this.
_MIN_REPOLL_SECONDS = 0.6
_CONFIRM_TIMEOUT = 3.0
_MAX_PAUSE = 30.0


class RawUpdateBot(ExtBot[None]):
    """The library's bot with raw getUpdates, and without the token in its repr."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}[id={self.token.partition(':')[0]}]"

    async def fetch_updates(self, allowed_updates: tuple[str, ...], poll_timeout: int, **parameters: int) -> object:
        """Call getUpdates, held open for `poll_timeout` seconds at most, and return its JSON."""
        data = {**parameters, "timeout": poll_timeout, "allowed_updates": list(allowed_updates)}
        read_timeout = self._request[0].read_timeout or 0.0
        return await self._post("getUpdates", data, read_timeout=poll_timeout + read_timeout)

    async def confirm_updates(self, allowed_updates: tuple[str, ...], offset: int) -> None:
        """Confirm all updates before `offset`, as the last call."""
        # A poll that was cancelled may leave its connection taken; there is only one in the pool.
        request = self._request[0]
        await request.shutdown()
        await request.initialize()
        await self.fetch_updates(allowed_updates, 0, offset=offset, limit=1)


@dataclass(slots=True)
class Poller:
    """Fetches updates for `intake` until `stop` is set."""

    bot: RawUpdateBot
    intake: Intake
    health: Health
    options: TelegramOptions
    allowed_updates: tuple[str, ...]
    stop: asyncio.Event
    _next_offset: int = field(init=False, default=0)
    _in_progress: dict[int, asyncio.Task[bool]] = field(init=False, default_factory=dict)
    _conflict_since: float | None = field(init=False, default=None)
    _last_conflict: float = field(init=False, default=0.0)

    async def run(self) -> None:
        """Poll until `stop` is set, then wait for the updates in progress and confirm them.

        Raises:
            InvalidToken: Telegram no longer accepts the token.
            BotError: another process has polled with the same token for too long.
        """
        try:
            await self._poll_until_stopped()
        finally:
            await self._drain()

    async def _poll_until_stopped(self) -> None:
        pause = 0.0
        while not self.stop.is_set():
            has_backlog = bool(self._in_progress)
            try:
                updates = await self._run_unless_stopped(self._fetch_batch(has_backlog=has_backlog))
            except InvalidToken:
                raise
            except TelegramError as error:
                pause = self._compute_pause(error, pause)
                log.warning("poll failed error=%s", type(error).__name__)
                await self._run_unless_stopped(asyncio.sleep(pause))
            else:
                pause = 0.0
                self.health.record_contact()
                self._dispatch_updates(updates or [])
                await self._wait_for_progress(has_backlog=has_backlog)

    async def _fetch_batch(self, *, has_backlog: bool) -> list[dict[str, Any]]:
        parameters = {"limit": MAX_BATCH if has_backlog else self.options.concurrency}
        if self._offset:
            parameters["offset"] = self._offset
        poll_timeout = 0 if has_backlog else self.options.wait
        return _validate_updates(await self.bot.fetch_updates(self.allowed_updates, poll_timeout, **parameters))

    @property
    def _offset(self) -> int:
        """The first update that is not handled."""
        return min(self._in_progress, default=self._next_offset)

    def _dispatch_updates(self, updates: list[dict[str, Any]]) -> None:
        for update in updates:
            update_id = update["update_id"]
            self._next_offset = update_id + 1
            if not self.intake.has_seen(update_id):
                task = asyncio.create_task(self.intake.handle_update(update))
                self._in_progress[update_id] = task
                task.add_done_callback(partial(self._forget_if_handled, update_id))

    def _forget_if_handled(self, update_id: int, task: asyncio.Task[bool]) -> None:
        # An unfinished update stays, so that it is not confirmed.
        if not task.cancelled() and not task.exception() and task.result():
            del self._in_progress[update_id]

    async def _wait_for_progress(self, *, has_backlog: bool) -> None:
        """Wait before the next poll while updates are being finished, but not for a slow one.

        Waiting leaves little unconfirmed, so little is answered twice after a crash.
        """
        previous_count = 0
        while len(self._in_progress) != previous_count and not self.stop.is_set():
            previous_count = len(self._in_progress)
            await asyncio.wait(self._in_progress.values(), timeout=_MIN_REPOLL_SECONDS)
            if has_backlog or not self._in_progress:
                return

    async def _run_unless_stopped(self, awaitable: Any) -> Any:  # noqa: ANN401
        """Return what `awaitable` returns, or None once it is time to stop."""
        work_task = asyncio.ensure_future(awaitable)
        stop_task = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait((work_task, stop_task), return_when=asyncio.FIRST_COMPLETED)
            return work_task.result() if work_task.done() else None
        finally:
            for task in (work_task, stop_task):
                task.cancel()

    def _compute_pause(self, error: TelegramError, previous: float) -> float:
        """Return how long to wait after a poll that failed.

        Raises:
            BotError: another process has polled with the same token for too long.
        """
        if isinstance(error, Conflict):
            self._record_conflict()
        if isinstance(error, RetryAfter):
            return retry_after_seconds(error) + 0.5
        # Often enough to tell one conflict from two with a quiet time between them.
        max_pause = self.options.conflict / 8 if isinstance(error, Conflict) else _MAX_PAUSE
        return min(max_pause, max(self.options.pauses[0], previous * 1.5))

    def _record_conflict(self) -> None:
        now = time.monotonic()
        # A deploy runs two processes for a while; after a quiet time it is another conflict.
        if self._conflict_since is None or now - self._last_conflict > self.options.conflict / 2:
            self._conflict_since = now
        self._last_conflict = now
        if now - self._conflict_since >= self.options.conflict:
            raise BotError(
                "BOT_TOKEN", "another process receives this bot's updates", "stop it, or give it its own token"
            )

    async def _drain(self) -> None:
        # Each has its own deadline, so this ends too.
        if self._in_progress:
            await asyncio.wait(self._in_progress.values())
        if not self._next_offset:
            return
        try:
            async with asyncio.timeout(_CONFIRM_TIMEOUT):
                await self.bot.confirm_updates(self.allowed_updates, self._offset)
        except (TelegramError, TimeoutError) as error:
            # The next process then handles the last updates again.
            log.warning("updates not confirmed error=%s", type(error).__name__)


def _validate_updates(response: object) -> list[dict[str, Any]]:
    """Return `response` if it is a list of updates with ids; without ids none can be skipped.

    Raises:
        TelegramError: it is not; the poll is then repeated with growing pauses.
    """
    updates: list[Any] = response if isinstance(response, list) else [response]
    if all(isinstance(u, dict) and isinstance(u.get("update_id"), int) for u in updates):
        return updates
    raise TelegramError("the response to getUpdates is not a list of updates")
