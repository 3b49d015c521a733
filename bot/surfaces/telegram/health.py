"""How the surface is: what it hears, what it has set aside, and what it may do here."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.replies import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telegram import User


@dataclass(slots=True)
class Health:
    """Counted since the start.

    `under_way` is the queue: what was taken from Telegram and is not handled yet.
    `admin_in` holds the names, for today, of groups that send the bot everything.
    """

    transport: str = "polling"
    under_way: int = 0
    answered: int = 0
    quarantined: int = 0
    given_up: int = 0
    shed: int = 0
    late: int = 0
    abilities: tuple[str, ...] = ()
    admin_in: set[str] = field(default_factory=set)
    _heard: float | None = field(default=None)

    def hear(self) -> None:
        """Note that Telegram was heard just now: a poll answered, or an update pushed."""
        self._heard = time.monotonic()

    @property
    def silence(self) -> float | None:
        """Seconds since Telegram was heard last; None for never."""
        return None if self._heard is None else time.monotonic() - self._heard

    @property
    def counts(self) -> dict[str, int | float | str | None]:
        """All of it as a record without anyone's words, names or ids."""
        return {
            "transport": self.transport,
            "queue": self.under_way,
            "answered": self.answered,
            "quarantined": self.quarantined,
            "given_up": self.given_up,
            "shed": self.shed,
            "late": self.late,
            "silence": None if self.silence is None else round(self.silence, 1),
        }

    def lines(self) -> tuple[str, ...]:
        """Return it in words, for an admin, in the language spoken just now."""
        ago = words.NEVER if self.silence is None else words.AGO.format(seconds=int(self.silence))
        heard = words.HEARD_POLLING if self.transport == "polling" else words.HEARD_PUSHED
        counted = (
            (words.QUEUE, self.under_way),
            (words.HANDLED, self.answered),
            (words.SET_ASIDE, self.quarantined),
            (words.GIVEN_UP, self.given_up),
            (words.SHED, self.shed),
            (words.LATE, self.late),
            *([(words.ADMIN_IN, len(self.admin_in))] if self.admin_in else []),
        )
        numbers = (line.format(count=count) for line, count in counted)
        return (heard.format(ago=ago), *numbers, *self.able())

    def able(self) -> Iterator[str]:
        """Yield what the bot can and cannot do, in words."""
        yield from (str(getattr(words, name)) for name in self.abilities)


def abilities(me: User) -> tuple[str, ...]:
    """Return what the bot can and cannot do, by what Telegram says of it: names of `words`."""
    return (
        "PRIVACY_OFF" if me.can_read_all_group_messages else "PRIVACY_ON",
        *(() if me.can_join_groups else ("NO_GROUPS",)),
        "INLINE_ON" if me.supports_inline_queries else "INLINE_OFF",
    )
