"""How much Telegram lets a bot say, as far as it is known: what is more is answered 429.

Thirty messages a second in all; one a second in a chat, short bursts let
through; twenty a minute in a group. The exact rules are not published.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.telegram.fake.refusal import Refusal

OVERALL, GROUP = (30, 1.0), (20, 60.0)
BURST, REFILL = 4.0, 1.0


@dataclass(slots=True)
class Limits:
    """Counts what is said from when it is switched on; `refused` counts the 429s."""

    on: bool = False
    refused: int = 0
    _said: defaultdict[object, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _chats: dict[int, tuple[float, float]] = field(default_factory=dict)

    def say(self, chat: int, now: float) -> None:
        """Let one message pass.

        Raises:
            Refusal: 429, and when to ask again.
        """
        if not self.on:
            return
        waits = [self._window("all", *OVERALL, now), self._chat(chat, now)]
        if chat < 0:
            waits.append(self._window(chat, *GROUP, now))
        if (wait := max(waits)) > 0:
            self.refused += 1
            seconds = math.ceil(wait)
            raise Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        self._said["all"].append(now)
        self._said[chat].append(now)
        self._chats[chat] = (self._level(chat, now) - 1, now)

    def _window(self, key: object, most: int, seconds: float, now: float) -> float:
        said = self._said[key]
        while said and said[0] <= now - seconds:
            said.popleft()
        return said[-most] + seconds - now if len(said) >= most else 0.0

    def _level(self, chat: int, now: float) -> float:
        level, at = self._chats.get(chat, (BURST, now))
        return min(BURST, level + (now - at) * REFILL)

    def _chat(self, chat: int, now: float) -> float:
        return max(0.0, (1 - self._level(chat, now)) / REFILL)
