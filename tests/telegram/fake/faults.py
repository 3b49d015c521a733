"""What goes wrong on the wire, said beforehand: the next calls of a method meet it.

telegram.faults.next("sendMessage", status(502), times=2)
telegram.faults.next("sendMessage", flood(1), dropped(), delayed(0.3))
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.telegram.fake.refusal import Refusal

if TYPE_CHECKING:
    Work = Callable[[], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with one call.

    `refusal` or `raw` is answered instead of doing the work; `drop` resets the
    connection, after the work where `done`; `delay` is in seconds, before it.
    """

    refusal: Refusal | None = None
    raw: tuple[int, str, str] | None = None
    drop: bool = False
    done: bool = False
    delay: float = 0.0

    async def meet(self, request: web.Request, work: Work) -> web.StreamResponse:
        """Answer one call in the way of this fault."""
        await asyncio.sleep(self.delay)
        if self.done:
            await work()
        if self.drop:
            return _reset(request)
        if self.refusal:
            return web.json_response(self.refusal.body, status=self.refusal.status)
        if self.raw:
            code, kind, body = self.raw
            return web.Response(status=code, content_type=kind, text=body)
        return await work()


class Faults:
    """The faults to come, by method, each met once, in order."""

    def __init__(self) -> None:
        self._coming: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def next(self, method: str, *faults: Fault, times: int = 1) -> None:
        """Let the next calls of `method` meet these faults, the whole row `times` over."""
        self._coming[method].extend(faults * times)

    def met(self, method: str) -> Fault | None:
        """Return the fault that this call of `method` meets, if any."""
        coming = self._coming[method]
        return coming.popleft() if coming else None


def refused(status: int, description: str) -> Fault:
    """Return an ordinary refusal, as the Bot API writes it."""
    return Fault(refusal=Refusal(status, description))


def flood(seconds: int) -> Fault:
    """Return 429: too many requests, with the time to wait."""
    words = f"Too Many Requests: retry after {seconds}"
    return Fault(refusal=Refusal(429, words, retry_after=seconds))


def gateway(status: int = 502) -> Fault:
    """Return a page of HTML from something in front of the Bot API."""
    return Fault(raw=(status, "text/html", "<html><body><h1>Bad Gateway</h1></body></html>"))


def garbled(*, done: bool = False) -> Fault:
    """Return 200 with a body that is no JSON, after the work where `done`."""
    return Fault(raw=(200, "application/json", '{"ok": tru'), done=done)


def dropped(*, done: bool = False) -> Fault:
    """Return a connection that is reset instead of an answer, after the work where `done`."""
    return Fault(drop=True, done=done)


def delayed(seconds: float) -> Fault:
    """Return the ordinary answer, late."""
    return Fault(delay=seconds)


def _reset(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
