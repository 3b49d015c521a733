"""Outbound rate limit and retries: in all, per chat and per group.

A call waits for its chat first and for the bot's overall limit last, so a chat with many
messages due delays no other. A 429 blocks only the chat it was given for.

A call has no receipt: when the connection breaks afterwards, nobody knows whether it was
carried out. Such a message is sent once more, since a reply read twice is better than
none, and only once. A call that surely failed is retried until the delays are used up.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

import httpcore
import httpx
from cachetools import LRUCache
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.storage import RateSlot, SharedState, StateInMemory
from bot.surfaces.telegram.settings import Rate, SendRates

log = logging.getLogger(__name__)

# Chats whose slots are kept at a time; a forgotten one has all its slots again.
MAX_CHATS = 10_000
# Only these post in a chat; Telegram does not limit the rest.
_RATE_LIMITED_METHODS = ("sendMessage", "editMessage", "forwardMessage", "copyMessage")
# A slot is taken at most so many seconds in advance, so that a caller who gives up leaves no longer gap.
_MAX_RESERVED_SECONDS = 1.0
# Causes of a failure in which nothing reached Telegram; calls go by httpcore, or by httpx above it.
_NOT_SENT_ERRORS = (
    *(httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout),
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout),
    TelegramError,
)


class PacedSemaphore:
    """A semaphore of `rate.burst` slots, each released `rate.every` seconds after its use.

    The time counts from when the call was answered: a call that was slow on the wire
    may have reached Telegram only then.
    """

    def __init__(self, rate: Rate) -> None:
        self._interval = rate.every
        self._slots = asyncio.Semaphore(rate.burst)
        self._last_release = 0.0

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[None]:
        """Wait for a slot and hold it; it is free again an interval after its use."""
        await self._slots.acquire()
        try:
            yield
        finally:
            now = time.monotonic()
            self._last_release = max(now, self._last_release) + self._interval
            asyncio.get_running_loop().call_later(self._last_release - now, self._slots.release)


@dataclass(slots=True)
class _ChatLimits:
    """The slots of one chat, and until when a 429 blocks it, by the monotonic clock."""

    semaphores: tuple[PacedSemaphore, ...]
    blocked_until: float = 0.0


class RateLimiter:
    """Delays calls so that Telegram does not answer them with 429.

    If it does, the chat's calls wait for at most `max_wait` seconds; a longer wait is an error.
    Where other processes send for this bot too, `state` holds the slots of all.
    """

    def __init__(self, rates: SendRates, max_wait: float, state: SharedState | None = None) -> None:
        self.max_wait = max_wait
        self._state = state or StateInMemory()
        self._rates = rates
        self._overall = PacedSemaphore(rates.overall)
        self._chats: LRUCache[object, _ChatLimits] = LRUCache(MAX_CHATS)

    @asynccontextmanager
    async def acquire(self, chat_id: object) -> AsyncIterator[None]:
        """Wait until `chat_id` may be written to, and hold its slots until the block is left.

        Raises:
            RetryAfter: the chat is blocked for longer than `max_wait`.
        """
        chat_limits = self._get_chat_limits(chat_id)
        async with AsyncExitStack() as stack:
            for semaphore in chat_limits.semaphores:
                await stack.enter_async_context(semaphore.acquire())
            while (remaining := chat_limits.blocked_until - time.monotonic()) > 0:
                if remaining > self.max_wait:
                    raise RetryAfter(int(remaining) + 1)
                await asyncio.sleep(remaining)
            await self._wait_for_slots(str(chat_id), _select_rates(self._rates, chat_id))
            await stack.enter_async_context(self._overall.acquire())
            await self._wait_for_slots("overall", (self._rates.overall,))
            yield

    async def _wait_for_slots(self, key: str, rates: Sequence[Rate]) -> None:
        """Take a slot of each of `rates` that all processes share, and wait until it is due."""
        slots = [RateSlot(_slot_key(key, place), r.burst, r.every) for place, r in enumerate(rates) if r.every]
        while (wait := await self._state.take_slots(slots, _MAX_RESERVED_SECONDS)) is None:  # noqa: ASYNC110 - the slots are others' too
            await asyncio.sleep(_MAX_RESERVED_SECONDS)
        if wait:
            await asyncio.sleep(wait)

    async def block_chat(self, chat_id: object, seconds: float) -> None:
        """Send nothing to `chat_id` for `seconds`, as a 429 asked; where that is short no other process does either."""
        chat_limits = self._get_chat_limits(chat_id)
        chat_limits.blocked_until = max(chat_limits.blocked_until, time.monotonic() + seconds)
        rate = self._rates.chat
        if rate.every and seconds <= self.max_wait:
            # One slot of this length, which is never waited for itself.
            block = RateSlot(_slot_key(str(chat_id), 0), 1_000_000, seconds + (rate.burst - 1) * rate.every)
            await self._state.take_slots([block], 0)

    def _get_chat_limits(self, chat_id: object) -> _ChatLimits:
        """Return the limits of a chat, made anew for one that is not remembered."""
        if chat_id not in self._chats:
            semaphores = map(PacedSemaphore, _select_rates(self._rates, chat_id))
            self._chats[chat_id] = _ChatLimits(tuple(semaphores))
        return self._chats[chat_id]


def _slot_key(key: str, place: int) -> str:
    """Return the key under which processes share the slots of the rate number `place` of `key`, a chat or all."""
    return f"send {key}/{place}"


def _select_rates(rates: SendRates, chat_id: object) -> tuple[Rate, ...]:
    """Return the rates of a chat: its own, and in a group the group's too."""
    # Groups and channels have negative ids, or a name.
    is_private = isinstance(chat_id, int) and chat_id > 0
    return (rates.chat,) if is_private else (rates.chat, rates.group)


class CallOutcome(Enum):
    """Whether a failed call was carried out."""

    REFUSED = "Telegram refused it, and would again"
    UNSENT = "it did not reach Telegram"
    UNKNOWN = "it may have been carried out"


class RetryingRateLimiter(BaseRateLimiter[None]):
    """Rate limits the library's calls, and retries after a network failure or a 429."""

    def __init__(self, delays: Sequence[float], limiter: RateLimiter) -> None:
        self._delays = tuple(delays)
        self._limiter = limiter

    async def initialize(self) -> None:
        """Do nothing: no resource is held."""

    async def shutdown(self) -> None:
        """Do nothing: no resource is held."""

    async def process_request(  # noqa: PLR0913, PLR0917 - the library's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002
    ) -> Any:  # noqa: ANN401
        """Make a call; retry after each delay until it succeeds or is refused; a message perhaps sent, only once."""
        delays, maybe_sent = iter(self._delays), False
        chat_id = data.get("chat_id") if endpoint.startswith(_RATE_LIMITED_METHODS) else None
        while True:
            try:
                if chat_id is None:
                    return await callback(*args, **kwargs)
                async with self._limiter.acquire(chat_id):
                    return await callback(*args, **kwargs)
            except TelegramError as error:
                outcome, delay = classify_error(error), next(delays, None)
                if delay is None or outcome is CallOutcome.REFUSED or maybe_sent:
                    raise
                if isinstance(error, RetryAfter):
                    delay = await self._apply_retry_after(error, chat_id)
                # Other methods have the same effect when called twice.
                maybe_sent = outcome is CallOutcome.UNKNOWN and endpoint.startswith("send")
                log.warning("retry method=%s error=%s", endpoint, type(error).__name__)
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - jitter

    async def _apply_retry_after(self, error: RetryAfter, chat_id: object) -> float:
        """Block the chat as a 429 asks; return the seconds to wait before the retry, 0 where the chat's limit waits.

        Raises:
            RetryAfter: the wait is longer than anyone waits for an answer.
        """
        retry_after = retry_after_seconds(error)
        if chat_id is not None:
            await self._limiter.block_chat(chat_id, retry_after)
        if retry_after > self._limiter.max_wait:
            raise error
        # The jitter may halve it, so it is doubled.
        return 0.0 if chat_id is not None else 2 * retry_after


def retry_after_seconds(error: RetryAfter) -> float:
    """Return the seconds that a 429 asks to wait."""
    retry_after = error.retry_after
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else float(retry_after)


def classify_error(error: TelegramError) -> CallOutcome:
    """Return whether the call that failed with `error` was carried out."""
    if type(error) is TelegramError:  # the response was not JSON
        return CallOutcome.UNKNOWN
    if isinstance(error, RetryAfter):
        return CallOutcome.UNSENT
    # The library's BadRequest is a NetworkError.
    if isinstance(error, BadRequest) or not isinstance(error, NetworkError):
        return CallOutcome.REFUSED
    if error.__cause__ is None or isinstance(error.__cause__, _NOT_SENT_ERRORS):
        return CallOutcome.UNSENT
    return CallOutcome.UNKNOWN
