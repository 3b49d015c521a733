"""Updates handled so that no question is lost, and none stands in the way of another.

Telegram keeps an update for a day, until it is told that the bot is done with
it. The library says so as soon as it has the update in memory, where a crash
loses it; and one update that it cannot read makes it ask for the same ones for
ever. Here both transports hand each update to one intake, and Telegram is told
only what the intake says: whether it may forget the update. An unreadable one
is set aside. A question that waited while the bot was down is answered however
old it is: Telegram's day is the bound.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram import Update

from bot.surfaces.telegram.health import UpdateOutcome

if TYPE_CHECKING:
    from telegram.ext import Application

    from bot.surfaces.telegram.health import Health

    TelegramApp = Application[Any, Any, Any, Any, Any, Any]

log = logging.getLogger(__name__)

MAX_UPDATE_IDS = 10_000


class RecentUpdateIds:
    """The numbers of the updates handled last."""

    def __init__(self, limit: int = MAX_UPDATE_IDS) -> None:
        self._limit = limit
        self._update_ids: OrderedDict[int, None] = OrderedDict()

    def __contains__(self, update_id: int) -> bool:
        return update_id in self._update_ids

    def add(self, update_id: int) -> None:
        """Remember `update_id`, and forget the oldest beyond the most."""
        self._update_ids[update_id] = None
        self._update_ids.move_to_end(update_id)
        if len(self._update_ids) > self._limit:
            self._update_ids.popitem(last=False)


@dataclass(slots=True)
class Intake:
    """Handles each update once: `concurrency` at a time, each within `timeout`.

    What takes longer is given up once it was begun `max_attempts` times. After `stop`
    nothing more is begun, and what is cut short then is not given up.
    """

    app: TelegramApp
    health: Health
    stop: asyncio.Event
    concurrency: int
    timeout: float
    max_attempts: int = 1
    _slots: asyncio.Semaphore = field(init=False)
    _recently_handled: RecentUpdateIds = field(init=False, default_factory=RecentUpdateIds)
    _timeouts: Counter[int] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.concurrency)

    def has_seen(self, update_id: int) -> bool:
        """Return whether this update is under way or was handled lately."""
        return update_id in self.health.in_progress or update_id in self._recently_handled

    async def handle_update(self, data: dict[str, Any]) -> bool:
        """Handle one numbered update; return whether Telegram may forget it."""
        update_id = data["update_id"]
        if self.has_seen(update_id):
            return update_id in self._recently_handled
        self.health.in_progress.add(update_id)
        try:
            async with self._slots:
                is_handled = not self.stop.is_set() and await self._process(update_id, data)
        finally:
            self.health.in_progress.discard(update_id)
        if is_handled:
            self._recently_handled.add(update_id)
            self.health.count(UpdateOutcome.HANDLED)
        return is_handled

    async def _process(self, update_id: int, data: dict[str, Any]) -> bool:
        update = self._parse_update(update_id, data)
        if update is None:
            return True
        try:
            async with asyncio.timeout(self.timeout):
                await self.app.process_update(update)
        except TimeoutError:
            return self._handle_timeout(update_id)
        except Exception as error:  # noqa: BLE001 - the library stumbled over it while handling
            self._quarantine(update_id, data, error)
        self._timeouts.pop(update_id, None)
        return True

    def _parse_update(self, update_id: int, data: dict[str, Any]) -> Update | None:
        """Return the update, or None when the library cannot read it."""
        try:
            return Update.de_json(data, self.app.bot)
        except Exception as error:  # noqa: BLE001 - the library raises whatever it stumbles on
            self._quarantine(update_id, data, error)
            return None

    def _quarantine(self, update_id: int, data: dict[str, Any], error: Exception) -> None:
        self.health.count(UpdateOutcome.QUARANTINED)
        kinds = ",".join(sorted(set(data) & UPDATE_TYPES)) or "unknown"
        # No traceback: it would print the update.
        log.error("set aside update=%d kinds=%s error=%s", update_id, kinds, type(error).__name__)

    def _handle_timeout(self, update_id: int) -> bool:
        if self.stop.is_set():
            log.warning("left for the next start update=%d", update_id)
            return False
        self._timeouts[update_id] += 1
        log.warning("cut short update=%d seconds=%.1f", update_id, self.timeout)
        if self._timeouts[update_id] < self.max_attempts:
            return False
        del self._timeouts[update_id]
        self.health.count(UpdateOutcome.TIMED_OUT)
        log.error("given up update=%d", update_id)
        return True


# What an update may be; anything else in it could be somebody's words.
UPDATE_TYPES = frozenset(Update.ALL_TYPES)
