"""Names for people and chats in the log, good for a day and known to nobody after it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def utc_today() -> date:
    """Return the day in UTC."""
    return datetime.now(UTC).date()


@dataclass(slots=True)
class Pseudonyms:
    """Turns an id into eight letters, by a key drawn anew each day and written nowhere.

    Two lines of one day can be seen to be about the same chat; who it is, and
    what they did the day before, cannot.
    """

    get_day: Callable[[], date] = utc_today
    _key: bytes = field(init=False, repr=False, default=b"")
    _key_day: date | None = field(init=False, default=None)

    def get_name(self, entity_id: int) -> str:
        """Return today's name of `entity_id`."""
        if self._key_day != (day := self.get_day()):
            self._key, self._key_day = secrets.token_bytes(32), day
        return hashlib.blake2b(str(entity_id).encode(), key=self._key, digest_size=4).hexdigest()
