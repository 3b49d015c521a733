"""Long polling: an update is confirmed only after it was handled.

Fetching from an offset confirms every update before it, so the offset is the first
unfinished update. The poller waits for a batch while it progresses. Once an update is slow,
those behind it are fetched too, up to the hundred that one response holds, so one
rate-limited chat delays no other.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.errors import BotError
from bot.surfaces.telegram.health import UpdateOutcome
from bot.surfaces.telegram.intake import ALLOWED_UPDATES, Intake, has_id
from bot.surfaces.telegram.rate_limit import retry_after_seconds
from bot.surfaces.telegram.settings import TelegramOptions

log = logging.getLogger(__name__)

# Updates in one response, as many as the Bot API gives.
MAX_BATCH = 100
# Telegram returns a single update when the same offset is polled sooner than this.
_MIN_REPOLL_SECONDS = 0.6
# Seconds that the last call may take.
_CONFIRM_TIMEOUT = 3.0
# Seconds between two polls of which the first brought nothing or failed: a server or a proxy that answers at once
# was polled 1,660 times a second.
MIN_PAUSE = 0.5
# The longest pause, in seconds, after polls that fail one after another.
_MAX_PAUSE = 30.0


class RawUpdateBot(ExtBot[None]):
    """The library's bot with raw getUpdates, and without the token in its repr."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}[id={self.token.partition(':')[0]}]"

    async def fetch_updates(self, poll_timeout: int, **parameters: int) -> list[Any]:
        """Call getUpdates, held open for `poll_timeout` seconds at most, and return its JSON.

        Raises:
            TimedOut: the answer was not complete when `poll_timeout` and the read timeout had passed. The library's
                own timeout counts from one byte to the next, so an answer that drips in would never end.
        """
        data = {**parameters, "timeout": poll_timeout, "allowed_updates": list(ALLOWED_UPDATES)}
        seconds = poll_timeout + (self._request[0].read_timeout or 0.0)
        try:
            async with asyncio.timeout(seconds):
                updates: list[Any] = await self._post("getUpdates", data, read_timeout=seconds)
        except TimeoutError:
            await self._reset_connection()
            raise TimedOut from None
        return updates

    async def confirm_updates(self, offset: int) -> None:
        """Confirm all updates before `offset`, by a last call of which the result is not used."""
        await self._reset_connection()
        await self.fetch_updates(0, offset=offset, limit=1)

    async def _reset_connection(self) -> None:
        """Close the connection that polls, and open it anew."""
        # A poll that was cancelled may leave its connection taken; there is only one in the pool.
        request = self._request[0]
        await request.shutdown()
        await request.initialize()


@dataclass(slots=True)
class Poller:
    """Fetches updates for `intake` until its `stop` is set."""

    bot: RawUpdateBot
    intake: Intake
    options: TelegramOptions
    _next_offset: int = field(init=False, default=0)
    _in_progress: dict[int, asyncio.Task[bool]] = field(init=False, default_factory=dict)
    _conflict_since: float = field(init=False, default=0.0)
    _last_conflict: float = field(init=False, default=-math.inf)
    # Made once: making and cancelling it at each poll took a fiftieth of an answer's CPU.
    _stop_task: asyncio.Task[Any] = field(init=False)

    async def run(self) -> None:
        """Poll until `stop` is set, then wait for the updates in progress and confirm them.

        Raises:
            InvalidToken: Telegram no longer accepts the token.
            BotError: another process has polled with the same token for too long.
        """
        self._stop_task = asyncio.ensure_future(self.intake.stop.wait())
        try:
            await self._poll_until_stopped()
        finally:
            self._stop_task.cancel()
            await self._drain()

    async def _poll_until_stopped(self) -> None:
        """Fetch batches of updates and hand them on, with growing pauses while Telegram fails."""
        pause = 0.0
        while not self.intake.stop.is_set():
            has_backlog, started_at = bool(self._in_progress), time.monotonic()
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
                # While updates are in progress Telegram still has them, so that an empty answer says nothing.
                self.intake.health.record_contact(is_empty=not has_backlog and updates == [])
                is_idle = not self._dispatch_updates(updates or [])
                await self._wait_for_progress(has_backlog=has_backlog)
                if is_idle and (rest := started_at + MIN_PAUSE - time.monotonic()) > 0:
                    await self._run_unless_stopped(asyncio.sleep(rest))

    async def _fetch_batch(self, *, has_backlog: bool) -> list[dict[str, Any]]:
        """Fetch the next updates; with a backlog as many as there may be, and without waiting."""
        parameters = {"limit": MAX_BATCH if has_backlog else self.options.concurrency}
        if self._offset:
            parameters["offset"] = self._offset
        poll_timeout = 0 if has_backlog else self.options.wait
        return self._select_updates(await self.bot.fetch_updates(poll_timeout, **parameters))

    def _select_updates(self, response: list[Any]) -> list[dict[str, Any]]:
        """Return the updates of `response` that have an id; count the others, which are confirmed with them.

        Raises:
            TelegramError: none has, so that none can be confirmed; the poll is repeated with growing pauses.
        """
        updates = [item for item in response if has_id(item)]
        if response and not updates:
            raise TelegramError("the response to getUpdates holds no update with an id")
        for _ in range(len(response) - len(updates)):
            self.intake.health.count(UpdateOutcome.MALFORMED)
            log.error("update skipped id=none")
        return updates

    @property
    def _offset(self) -> int:
        """The id of the first update that is not handled, or that would come next; 0 before any has come."""
        return min(self._in_progress, default=self._next_offset)

    def _dispatch_updates(self, updates: list[dict[str, Any]]) -> int:
        """Begin to handle the updates that are new, and return how many are."""
        new_updates = [update for update in updates if not self.intake.has_seen(update["update_id"])]
        if updates:
            # Of this batch alone: after a quiet week Telegram goes on with other ids, which may be lower.
            self._next_offset = max(update["update_id"] for update in updates) + 1
        for update in new_updates:
            update_id = update["update_id"]
            task = asyncio.create_task(self.intake.handle_update(update))
            self._in_progress[update_id] = task
            task.add_done_callback(partial(self._forget_if_handled, update_id))
        return len(new_updates)

    def _forget_if_handled(self, update_id: int, task: asyncio.Task[bool]) -> None:
        """Take an update off those in progress if its `task` returned that Telegram may forget it."""
        # An unfinished update stays, so that it is not confirmed.
        if task.cancelled():
            return
        if error := task.exception():
            log.error("not handled update=%d error=%s", update_id, type(error).__name__)
        elif task.result():
            del self._in_progress[update_id]

    async def _wait_for_progress(self, *, has_backlog: bool) -> None:
        """Wait before the next poll while updates are being finished, but not for a slow one.

        Waiting leaves little unconfirmed, so little is answered twice after a crash.
        """
        previous_count = 0
        while len(self._in_progress) != previous_count:
            previous_count = len(self._in_progress)
            await asyncio.wait(self._in_progress.values(), timeout=_MIN_REPOLL_SECONDS)
            if has_backlog or not self._in_progress:
                return

    async def _run_unless_stopped(self, awaitable: Any) -> Any:  # noqa: ANN401
        """Return what `awaitable` returns; at `stop` cancel it, and return None."""
        work_task = asyncio.ensure_future(awaitable)
        try:
            await asyncio.wait((work_task, self._stop_task), return_when=asyncio.FIRST_COMPLETED)
            return work_task.result() if work_task.done() else None
        finally:
            work_task.cancel()

    def _compute_pause(self, error: TelegramError, previous: float) -> float:
        """Return the seconds to wait after a poll that failed, where `previous` is the last wait; record a conflict.

        Raises:
            BotError: another process has polled with the same token for too long.
        """
        if isinstance(error, Conflict):
            self._record_conflict()
        if isinstance(error, RetryAfter):
            return max(retry_after_seconds(error), 0.0) + MIN_PAUSE
        # Often enough to tell one conflict from two with a quiet time between them.
        max_pause = self.options.conflict / 8 if isinstance(error, Conflict) else _MAX_PAUSE
        return min(max_pause, max(self.options.pauses[0], previous * 1.5))

    def _record_conflict(self) -> None:
        """Note that another process polls too; raise a BotError once it has for `options.conflict` seconds."""
        now = time.monotonic()
        # A deploy runs two processes for a while; after a quiet time it is another conflict.
        if now - self._last_conflict > self.options.conflict / 2:
            self._conflict_since = now
        self._last_conflict = now
        if now - self._conflict_since >= self.options.conflict:
            raise BotError(
                "BOT_TOKEN", "another process receives this bot's updates", "stop it, or give it its own token"
            )

    async def _drain(self) -> None:
        """Wait for the updates in progress, and confirm them, so that the next process does not handle them again."""
        # Each has its own deadline, so this ends too.
        if self._in_progress:
            await asyncio.wait(self._in_progress.values())
        if not self._next_offset:
            return
        try:
            async with asyncio.timeout(_CONFIRM_TIMEOUT):
                await self.bot.confirm_updates(self._offset)
        except (TelegramError, TimeoutError) as error:
            # The next process then handles the last updates again.
            log.warning("updates not confirmed error=%s", type(error).__name__)
