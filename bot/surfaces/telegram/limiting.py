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

    from bot.surfaces.telegram.settings import Rate, Rates

CHATS = 10_000


class Turns:
    """So many turns at once, and one more each so many seconds.

    A turn comes back counted from when its call was answered: a call that was
    slow on the wire may have arrived at Telegram only then.
    """

    def __init__(self, rate: Rate) -> None:
        self._every = rate.every
        self._free = asyncio.Semaphore(rate.burst)
        self._last = 0.0

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it."""
        await self._free.acquire()
        try:
            yield
        finally:
            now = time.monotonic()
            self._last = max(now, self._last) + self._every
            asyncio.get_running_loop().call_later(self._last - now, self._free.release)


@dataclass(slots=True)
class _Chat:
    turns: tuple[Turns, ...]
    held: float = 0.0


class Limiter:
    """Turns to write, so that Telegram has nothing to refuse.

    A 429 is waited out for `longest` seconds at most; a longer one is passed on.
    """

    def __init__(self, rates: Rates, longest: float) -> None:
        self.longest = longest
        self._rates = rates
        self._overall = Turns(rates.overall)
        self._chats: OrderedDict[object, _Chat] = OrderedDict()

    @asynccontextmanager
    async def turn(self, chat: object) -> AsyncIterator[None]:
        """Wait until `chat` may be written to, and write meanwhile.

        Raises:
            RetryAfter: Telegram wants to hear nothing for that chat for too long.
        """
        known = self._known(chat)
        async with AsyncExitStack() as stack:
            for turns in known.turns:
                await stack.enter_async_context(turns.one())
            while (left := known.held - time.monotonic()) > 0:
                if left > self.longest:
                    raise RetryAfter(int(left) + 1)
                await asyncio.sleep(left)
            await stack.enter_async_context(self._overall.one())
            yield

    def hold(self, chat: object, seconds: float) -> None:
        """Let `chat` alone for so long: Telegram asked for it."""
        known = self._known(chat)
        known.held = max(known.held, time.monotonic() + seconds)

    @property
    def remembered(self) -> int:
        """How many chats there is something known of."""
        return len(self._chats)

    def _known(self, chat: object) -> _Chat:
        if chat not in self._chats:
            self._chats[chat] = _Chat(tuple(map(Turns, _of(self._rates, chat))))
        self._chats.move_to_end(chat)
        if len(self._chats) > CHATS:
            self._chats.popitem(last=False)
        return self._chats[chat]


def _of(rates: Rates, chat: object) -> tuple[Rate, ...]:
    # Groups and channels have numbers below zero, or a name.
    private = isinstance(chat, int) and chat > 0
    return (rates.chat,) if private else (rates.chat, rates.group)
