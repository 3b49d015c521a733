"""Intake: handles each update exactly once, so that no question is lost or blocks another.

Telegram keeps an update for up to a day, until the bot confirms it. The library confirms
an update as soon as it is in memory, where a crash loses it, and one that it cannot parse
makes it fetch the same batch endlessly. Here both transports pass each update to one intake
and confirm it only when the intake says so. An update that cannot be parsed is skipped.
How old a question may be to get an answer is decided in `admission`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from cachetools import LRUCache
from telegram import Update
from telegram.ext import Application

from bot.service.router import Router
from bot.storage import Claim
from bot.surfaces.telegram.health import Health, UpdateOutcome

TelegramApp = Application[Any, Any, Any, Any, Any, Any]

log = logging.getLogger(__name__)

# The types that are handled; Telegram remembers the list and sends no others.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query", "guest_message", "my_chat_member")
# Handled updates that are remembered, a hundred batches: Telegram sends an update again within the next batch, or after
# a restart.
MAX_UPDATE_IDS = 10_000
# The Bot API promises ids of 53 bits at most.
_LARGEST_ID = 1 << 53
# How long past its timeout a process may hold an update before another takes it for dead.
_STALE_MARGIN_SECONDS = 10.0


@dataclass(slots=True)
class Intake:
    """Handles each update once: `concurrency` at a time, each within `timeout` seconds.

    An update that timed out `max_attempts` times is abandoned. After `stop` none is begun,
    and one that times out then is left for the next process.
    """

    app: TelegramApp
    router: Router
    health: Health
    stop: asyncio.Event
    concurrency: int
    timeout: float
    max_attempts: int = 1
    _slots: asyncio.Semaphore = field(init=False)
    _recently_handled: LRUCache[int, bool] = field(init=False, default_factory=lambda: LRUCache(MAX_UPDATE_IDS))
    _timeouts: Counter[int] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.concurrency)

    def has_seen(self, update_id: int) -> bool:
        """Return whether this update is in progress or was handled recently."""
        return update_id in self.health.in_progress or update_id in self._recently_handled

    async def handle_update(self, data: dict[str, Any]) -> bool:
        """Handle one update, unless it was or is being handled; return whether Telegram may forget it."""
        update_id = data["update_id"]
        if self.has_seen(update_id):
            return update_id in self._recently_handled
        self.health.in_progress.add(update_id)
        started_at = time.monotonic()
        try:
            async with self._slots:
                is_handled = not self.stop.is_set() and await self._process_claimed(update_id, data)
        finally:
            self.health.in_progress.discard(update_id)
        if is_handled:
            self._recently_handled[update_id] = True
            self.health.count(UpdateOutcome.HANDLED)
            self.health.record_seconds(time.monotonic() - started_at)
        return is_handled

    async def _process_claimed(self, update_id: int, data: dict[str, Any]) -> bool:
        """Handle the update, unless another process has claimed it; return whether Telegram may forget it."""
        claim = await self.router.claim_update(update_id, self.timeout + _STALE_MARGIN_SECONDS)
        if claim is not Claim.OURS:
            log.info("another process has update=%d done=%s", update_id, claim is Claim.DONE)
            return claim is Claim.DONE
        is_handled = await self._process(update_id, data)
        await self.router.settle_update(update_id, done=is_handled)
        return is_handled

    async def _process(self, update_id: int, data: dict[str, Any]) -> bool:
        """Handle one update within `timeout`; return whether it is done with, answered or not."""
        try:
            async with asyncio.timeout(self.timeout):
                await self.app.process_update(Update.de_json(data, self.app.bot))
        except TimeoutError:
            return self._handle_timeout(update_id)
        except Exception as error:  # noqa: BLE001 - the library's, mostly of malformed data; ours go to handle_error
            self._record_malformed(update_id, data, error)
        self._timeouts.pop(update_id, None)
        return True

    def _record_malformed(self, update_id: int, data: dict[str, Any], error: Exception) -> None:
        """Count and log an update that cannot be handled, without its content."""
        self.health.count(UpdateOutcome.MALFORMED)
        kinds = ",".join(sorted(set(data) & UPDATE_TYPES)) or "unknown"
        # Without a traceback, which would print the update.
        log.error("update skipped id=%d kinds=%s error=%s", update_id, kinds, type(error).__name__)

    def _handle_timeout(self, update_id: int) -> bool:
        """Count a timeout; return whether the update is given up, as it is after `max_attempts`."""
        if self.stop.is_set():
            log.warning("left for the next process update=%d", update_id)
            return False
        self._timeouts[update_id] += 1
        log.warning("timed out update=%d seconds=%.1f", update_id, self.timeout)
        if self._timeouts[update_id] < self.max_attempts:
            return False
        del self._timeouts[update_id]
        self.health.count(UpdateOutcome.TIMED_OUT)
        log.error("abandoned update=%d", update_id)
        return True


# The keys that may be logged; any other could be somebody's words.
UPDATE_TYPES = frozenset(Update.ALL_TYPES)


def has_id(data: object) -> bool:
    """Return whether `data` is an update with an id, as the Bot API has it."""
    update_id = data.get("update_id") if isinstance(data, dict) else None
    return type(update_id) is int and 0 <= update_id < _LARGEST_ID


async def run_unless_stopped(work: Coroutine[Any, Any, Any], stop: asyncio.Event) -> bool:
    """Run `work`, and cancel it at `stop`; return whether it came to its end, and raise what it raises."""
    work_task, stop_task = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((work_task, stop_task), return_when=asyncio.FIRST_COMPLETED)
        if work_task.done():
            work_task.result()
        return work_task.done()
    finally:
        for task in (work_task, stop_task):
            task.cancel()
        await asyncio.wait((work_task, stop_task))
