"""How the surface is: what it hears, what it has set aside, and what it may do here."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.replies import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telegram import User


@dataclass(slots=True)
class Health:
    """Counted since the start.

    `in_progress` is the queue: what was taken from Telegram and is not handled yet.
    `admin_chats` holds the names, for today, of groups that send the bot everything.
    """

    transport: str = "polling"
    in_progress: int = 0
    handled: int = 0
    quarantined: int = 0
    timed_out: int = 0
    throttled: int = 0
    stale: int = 0
    abilities: tuple[str, ...] = ()
    admin_chats: set[str] = field(default_factory=set)
    _last_contact: float | None = field(default=None)

    def record_contact(self) -> None:
        """Note that Telegram was heard just now: a poll answered, or an update pushed."""
        self._last_contact = time.monotonic()

    @property
    def seconds_silent(self) -> float | None:
        """Seconds since Telegram was heard last; None for never."""
        return None if self._last_contact is None else time.monotonic() - self._last_contact

    @property
    def counts(self) -> dict[str, int | float | str | None]:
        """All of it as a record without anyone's words, names or ids."""
        return {
            "transport": self.transport,
            "queue": self.in_progress,
            "answered": self.handled,
            "quarantined": self.quarantined,
            "given_up": self.timed_out,
            "shed": self.throttled,
            "late": self.stale,
            "silence": None if self.seconds_silent is None else round(self.seconds_silent, 1),
        }

    def render_lines(self) -> tuple[str, ...]:
        """Return it in words, for an admin, in the language spoken just now."""
        age = (
            catalogue.NEVER
            if self.seconds_silent is None
            else catalogue.AGO.format(seconds=int(self.seconds_silent))
        )
        contact = catalogue.HEARD_POLLING if self.transport == "polling" else catalogue.HEARD_PUSHED
        counters = (
            (catalogue.QUEUE, self.in_progress),
            (catalogue.HANDLED, self.handled),
            (catalogue.SET_ASIDE, self.quarantined),
            (catalogue.GIVEN_UP, self.timed_out),
            (catalogue.SHED, self.throttled),
            (catalogue.LATE, self.stale),
            *([(catalogue.ADMIN_IN, len(self.admin_chats))] if self.admin_chats else []),
        )
        counter_lines = (template.format(count=count) for template, count in counters)
        return (contact.format(ago=age), *counter_lines, *self.render_abilities())

    def render_abilities(self) -> Iterator[str]:
        """Yield what the bot can and cannot do, in words."""
        yield from (str(getattr(catalogue, name)) for name in self.abilities)


def detect_abilities(bot_user: User) -> tuple[str, ...]:
    """Return what the bot can and cannot do, by what Telegram says of it: names of `words`."""
    return (
        "PRIVACY_OFF" if bot_user.can_read_all_group_messages else "PRIVACY_ON",
        *(() if bot_user.can_join_groups else ("NO_GROUPS",)),
        "INLINE_ON" if bot_user.supports_inline_queries else "INLINE_OFF",
    )
