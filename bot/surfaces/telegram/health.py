"""Health of the surface: counts, queue, last contact, and what BotFather lets the bot do."""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from telegram import User

from bot.replies.catalogue import say

# Bounds of the times that are counted: an answer takes milliseconds, and one that waits for Telegram seconds.
SECONDS_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


class UpdateOutcome(Enum):
    """How an update ended, by its key in the counts."""

    HANDLED = "answered"
    QUARANTINED = "quarantined"
    TIMED_OUT = "given_up"
    THROTTLED = "shed"
    STALE = "late"


@dataclass(slots=True)
class Health:
    """Counts since the start, the queue, and the last contact with Telegram.

    `get_corpora` returns the fingerprint of each corpus that is served, by name.
    `in_progress` is the queue: numbers of updates received and not handled yet.
    `seconds_counts` counts updates by the seconds they took, up to each of `SECONDS_BUCKETS` and above.
    `outcomes` counts updates by how they ended.
    `admin_chats` holds pseudonyms of the groups that send the bot everything.
    """

    transport: str = "polling"
    get_corpora: Callable[[], dict[str, str]] = dict
    in_progress: set[int] = field(default_factory=set)
    admin_chats: set[str] = field(default_factory=set)
    seconds_blocked: float = field(init=False, default=0.0)
    seconds_sum: float = field(init=False, default=0.0)
    seconds_counts: list[int] = field(init=False, default_factory=lambda: [0] * (len(SECONDS_BUCKETS) + 1))
    _started_at: float = field(init=False, default_factory=time.monotonic)
    outcomes: Counter[UpdateOutcome] = field(init=False, default_factory=Counter)
    _last_contact: float | None = field(init=False, default=None)
    _emptied_at: float = field(init=False, default=-math.inf)

    def count(self, outcome: UpdateOutcome) -> None:
        """Count one update that ended so."""
        self.outcomes[outcome] += 1

    def record_seconds(self, seconds: float) -> None:
        """Record how long an update took."""
        self.seconds_counts[bisect_left(SECONDS_BUCKETS, seconds)] += 1
        self.seconds_sum += seconds

    def record_block(self, seconds: float) -> None:
        """Record that everything had to wait so long."""
        self.seconds_blocked += seconds

    def record_contact(self, *, is_empty: bool = False) -> None:
        """Record a sign of life from Telegram: an answered poll, which `is_empty` where nothing waits, or a push."""
        self._last_contact = time.monotonic()
        if is_empty:
            self._emptied_at = self._last_contact

    @property
    def seconds_silent(self) -> float | None:
        """Seconds since the last contact; None if there was none."""
        return None if self._last_contact is None else time.monotonic() - self._last_contact

    @property
    def seconds_since_empty(self) -> float:
        """Seconds since nothing waited at Telegram, as long as which nothing has waited; infinite if unknown."""
        return time.monotonic() - self._emptied_at

    @property
    def counts(self) -> dict[str, int | float | str | dict[str, str] | None]:
        """All figures as JSON, without anyone's words, names or ids."""
        return {
            "transport": self.transport,
            "queue": len(self.in_progress),
            **{outcome.value: self.outcomes[outcome] for outcome in UpdateOutcome},
            "silence": None if self.seconds_silent is None else round(self.seconds_silent, 1),
            "running": round(time.monotonic() - self._started_at, 1),
            "corpora": self.get_corpora(),
        }

    def render_lines(self, bot_user: User) -> tuple[str, ...]:
        """Return health and abilities in words for an admin, in the language in use."""
        age = say("never") if self.seconds_silent is None else say("seconds_ago", seconds=int(self.seconds_silent))
        contact = "last_poll" if self.transport == "polling" else "last_update"
        counters = (
            ("queue", len(self.in_progress)),
            ("handled", self.outcomes[UpdateOutcome.HANDLED]),
            ("malformed", self.outcomes[UpdateOutcome.QUARANTINED]),
            ("timed_out", self.outcomes[UpdateOutcome.TIMED_OUT]),
            ("throttled", self.outcomes[UpdateOutcome.THROTTLED]),
            ("stale", self.outcomes[UpdateOutcome.STALE]),
            *([("admin_groups", len(self.admin_chats))] if self.admin_chats else []),
        )
        counter_lines = (say(key, count=count) for key, count in counters)
        return (say(contact, ago=age), *counter_lines, *render_abilities(bot_user))


def render_abilities(bot_user: User) -> tuple[str, ...]:
    """Return what BotFather lets the bot do, in words, from what Telegram says of `bot_user`."""
    return (
        say("privacy_off") if bot_user.can_read_all_group_messages else say("privacy_on"),
        *(() if bot_user.can_join_groups else (say("no_groups"),)),
        say("inline_on") if bot_user.supports_inline_queries else say("inline_off"),
    )
