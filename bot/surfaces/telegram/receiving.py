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

if TYPE_CHECKING:
    from telegram.ext import Application

    from bot.surfaces.telegram.health import Health

    Bot = Application[Any, Any, Any, Any, Any, Any]

log = logging.getLogger(__name__)

REMEMBERED = 10_000


class Answered:
    """The numbers of the updates handled last."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._numbers: OrderedDict[int, None] = OrderedDict()

    def __contains__(self, number: int) -> bool:
        return number in self._numbers

    def add(self, number: int) -> None:
        """Remember `number`, and forget the oldest beyond the most."""
        self._numbers[number] = None
        self._numbers.move_to_end(number)
        if len(self._numbers) > self._most:
            self._numbers.popitem(last=False)


@dataclass(slots=True)
class Intake:
    """Handles each update once: `most` at a time, each within `seconds`.

    What takes longer is given up once it was begun `tries` times. After `stop`
    nothing more is begun, and what is cut short then is not given up.
    """

    bot: Bot
    health: Health
    stop: asyncio.Event
    most: int
    seconds: float
    tries: int = 1
    _room: asyncio.Semaphore = field(init=False)
    _under_way: set[int] = field(init=False, default_factory=set)
    _answered: Answered = field(init=False, default_factory=Answered)
    _cut: Counter[int] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(self.most)

    def knows(self, number: int) -> bool:
        """Return whether this update is under way or was handled lately."""
        return number in self._under_way or number in self._answered

    async def take(self, given: dict[str, Any]) -> bool:
        """Handle one numbered update; return whether Telegram may forget it."""
        number = given["update_id"]
        if self.knows(number):
            return number in self._answered
        self._under_way.add(number)
        self.health.under_way = len(self._under_way)
        try:
            async with self._room:
                done = not self.stop.is_set() and await self._handled(number, given)
        finally:
            self._under_way.discard(number)
            self.health.under_way = len(self._under_way)
        if done:
            self._answered.add(number)
            self.health.answered += 1
        return done

    async def _handled(self, number: int, given: dict[str, Any]) -> bool:
        update = self._read(number, given)
        if update is None:
            return True
        try:
            async with asyncio.timeout(self.seconds):
                await self.bot.process_update(update)
        except TimeoutError:
            return self._given_up(number)
        except Exception as error:  # noqa: BLE001 - the library stumbled over it while handling
            self._set_aside(number, given, error)
        self._cut.pop(number, None)
        return True

    def _read(self, number: int, given: dict[str, Any]) -> Update | None:
        """Return the update, or None when the library cannot read it."""
        try:
            return Update.de_json(given, self.bot.bot)
        except Exception as error:  # noqa: BLE001 - the library raises whatever it stumbles on
            self._set_aside(number, given, error)
            return None

    def _set_aside(self, number: int, given: dict[str, Any], error: Exception) -> None:
        self.health.quarantined += 1
        kinds = ",".join(sorted(set(given) & KINDS)) or "unknown"
        # No traceback: it would print the update.
        log.error("set aside update=%d kinds=%s error=%s", number, kinds, type(error).__name__)

    def _given_up(self, number: int) -> bool:
        if self.stop.is_set():
            log.warning("left for the next start update=%d", number)
            return False
        self._cut[number] += 1
        log.warning("cut short update=%d seconds=%.1f", number, self.seconds)
        if self._cut[number] < self.tries:
            return False
        del self._cut[number]
        self.health.given_up += 1
        log.error("given up update=%d", number)
        return True


# What an update may be; anything else in it could be somebody's words.
KINDS = frozenset(Update.ALL_TYPES)
