"""How fast Telegram may be written to: in all, to one chat, to one group.

A chat waits for its own turn first and for the turn of all after that, so a
chat that is owed many messages holds up nobody else. What Telegram asks of one
chat by a 429 is asked of that chat alone.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram.error import RetryAfter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.surfaces.telegram.settings import Rate, SendRates

MAX_CHATS = 10_000


class PacedSemaphore:
    """So many turns at once, and one more each so many seconds.

    A turn comes back counted from when its call was answered: a call that was
    slow on the wire may have arrived at Telegram only then.
    """

    def __init__(self, rate: Rate) -> None:
        self._interval = rate.every
        self._slots = asyncio.Semaphore(rate.burst)
        self._last_release = 0.0

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it."""
        await self._slots.acquire()
        try:
            yield
        finally:
            now = time.monotonic()
            self._last_release = max(now, self._last_release) + self._interval
            asyncio.get_running_loop().call_later(self._last_release - now, self._slots.release)


@dataclass(slots=True)
class _ChatLimits:
    semaphores: tuple[PacedSemaphore, ...]
    blocked_until: float = 0.0


class RateLimiter:
    """Turns to write, so that Telegram has nothing to refuse.

    A 429 is waited out for `max_wait` seconds at most; a longer one is passed on.
    """

    def __init__(self, rates: SendRates, max_wait: float) -> None:
        self.max_wait = max_wait
        self._rates = rates
        self._overall = PacedSemaphore(rates.overall)
        self._chats: OrderedDict[object, _ChatLimits] = OrderedDict()

    @asynccontextmanager
    async def acquire(self, chat_id: object) -> AsyncIterator[None]:
        """Wait until `chat_id` may be written to, and write meanwhile.

        Raises:
            RetryAfter: Telegram wants to hear nothing for that chat for too long.
        """
        chat_limits = self._get_chat_limits(chat_id)
        async with AsyncExitStack() as stack:
            for semaphore in chat_limits.semaphores:
                await stack.enter_async_context(semaphore.acquire())
            while (remaining := chat_limits.blocked_until - time.monotonic()) > 0:
                if remaining > self.max_wait:
                    raise RetryAfter(int(remaining) + 1)
                await asyncio.sleep(remaining)
            await stack.enter_async_context(self._overall.acquire())
            yield

    def block_chat(self, chat_id: object, seconds: float) -> None:
        """Let `chat_id` alone for so long: Telegram asked for it."""
        chat_limits = self._get_chat_limits(chat_id)
        chat_limits.blocked_until = max(chat_limits.blocked_until, time.monotonic() + seconds)

    @property
    def chat_count(self) -> int:
        """How many chats there is something known of."""
        return len(self._chats)

    def _get_chat_limits(self, chat_id: object) -> _ChatLimits:
        if chat_id not in self._chats:
            self._chats[chat_id] = _ChatLimits(
                tuple(map(PacedSemaphore, _select_rates(self._rates, chat_id)))
            )
        self._chats.move_to_end(chat_id)
        if len(self._chats) > MAX_CHATS:
            self._chats.popitem(last=False)
        return self._chats[chat_id]


def _select_rates(rates: SendRates, chat_id: object) -> tuple[Rate, ...]:
    # Groups and channels have numbers below zero, or a name.
    is_private = isinstance(chat_id, int) and chat_id > 0
    return (rates.chat,) if is_private else (rates.chat, rates.group)
