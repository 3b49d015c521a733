"""Flags: what members report of quotes, told to the admins, and what became of it told to whoever reported.

A flag withholds nothing; an admin does. It is kept until it is decided on, for a limited number of days, and then only
counted.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.storage import Flag, FlagOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.replies.reply import Reply
    from bot.storage import FlagReason, Storage

# What is promised to whoever reports; `flag_days` may only shorten it.
MAX_FLAG_DAYS = 30
_ID_BYTES = 8


class Reporter(NamedTuple):
    """Where a quote was reported, and who may be told in private; None where nobody can be told."""

    chat: int | None = None
    person: int | None = None
    message: int | None = None
    thread: int | None = None


class ClosedFlag(NamedTuple):
    """A flag, and what became of it."""

    flag: Flag
    outcome: FlagOutcome


class FlagDesk:
    """The flags of one service: filed, decided on, and forgotten after `days`."""

    def __init__(self, storage: Storage, get_today: Callable[[], str], days: int = MAX_FLAG_DAYS) -> None:
        self._storage = storage
        self._get_today = get_today
        self.days = days
        self._closing = asyncio.Lock()
        self._unsent_alerts: list[Reply] = []
        self._untold: list[ClosedFlag] = []

    def list_open(self) -> Sequence[Flag]:
        """Return the flags that nobody has decided on, oldest first."""
        return self._storage.list_flags()

    def count_closed(self) -> Mapping[tuple[FlagReason, FlagOutcome], int]:
        """Return how many flags there ever were of each reason and outcome."""
        return self._storage.count_flags()

    async def file(self, quote_id: str, reason: FlagReason, reporter: Reporter) -> Flag:
        """Keep a flag on a quote.

        Raises:
            StorageError: it could not be kept.
        """
        await self.forget_old()
        flag = Flag(secrets.token_hex(_ID_BYTES), quote_id, reason, self._get_today(), *reporter)
        await self._storage.add_flag(flag)
        return flag

    def alert(self, reply: Reply) -> None:
        """Have the admins told of a flag."""
        self._unsent_alerts.append(reply)

    def take_alerts(self) -> list[Reply]:
        """Return what the admins were not told yet; each is returned once."""
        alerts, self._unsent_alerts = self._unsent_alerts, []
        return alerts

    def take_untold(self) -> list[ClosedFlag]:
        """Return the flags whose reporters were not told yet what became of them; each is returned once."""
        untold, self._untold = self._untold, []
        return untold

    async def close(self, quote_id: str, outcome: FlagOutcome) -> int:
        """Close every flag on a quote, and return how many there were.

        Raises:
            StorageError: that could not be kept, so they are open still.
        """
        # Of two admins who decide at once one is first, and nobody is told twice.
        async with self._closing:
            flags = [flag for flag in self.list_open() if flag.quote == quote_id]
            if flags:
                await self._storage.close_flags(flags, outcome)
                self._untold += [ClosedFlag(flag, outcome) for flag in flags]
            return len(flags)

    async def forget_old(self) -> None:
        """Forget what nobody decided on in time: then nobody is told, and only the count is kept.

        Raises:
            StorageError: that could not be kept.
        """
        oldest = date.fromisoformat(self._get_today()) - timedelta(days=self.days)
        flags = [flag for flag in self.list_open() if date.fromisoformat(flag.when) <= oldest]
        if flags:
            await self._storage.close_flags(flags, FlagOutcome.EXPIRED)
