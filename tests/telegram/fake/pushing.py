"""Updates pushed to a webhook, as Telegram does it: again and again, until it answers 200.

Of one chat one update is under way at a time, so one that is not answered holds
up the rest of its chat and nothing else. Telegram waits seconds between its tries;
here they are short, so that a test need not.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from tests.telegram.fake.inbox import Inbox
    from tests.telegram.fake.signals import Signal

PATIENCE = 60.0
FIRST, LONGEST = 0.05, 0.5
KEPT = 2.0  # seconds that a connection without pushes stays open
_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Pusher:
    """Pushes what waits in `inbox` while a webhook is set; `tries` has each answer (0: none)."""

    def __init__(self, inbox: Inbox, changed: Signal) -> None:
        self._inbox = inbox
        self._changed = changed
        self._queues: dict[Any, asyncio.Task[None]] = {}
        self._keys: dict[int, Any] = {}
        self._running: asyncio.Task[None] | None = None
        self.secret = ""
        self.most = 40
        self.tries: list[tuple[int, int]] = []

    def set(self, url: str, secret: str, most: int) -> None:
        """Push to `url` from now on; to none if it is empty."""
        self._inbox.webhook, self.secret, self.most = url, secret, most
        if url and self._running is None:
            self._running = asyncio.create_task(self._run())
        self._changed.fire()

    async def close(self) -> None:
        """Push nothing more."""
        tasks = [task for task in (self._running, *self._queues.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        kept = aiohttp.TCPConnector(keepalive_timeout=KEPT)
        async with aiohttp.ClientSession(connector=kept) as client:
            while True:
                if self._inbox.webhook:
                    self._start(client)
                await self._changed.until(self._startable, PATIENCE)

    def _startable(self) -> bool:
        free = len(self._queues) < self.most
        return bool(self._inbox.webhook) and free and bool(self._heads(most=1))

    def _heads(self, most: int) -> list[dict[str, Any]]:
        found: dict[Any, dict[str, Any]] = {}
        for update in self._inbox.waiting:
            key = self._key(update)
            if key not in self._queues and key not in found:
                found[key] = update
            if len(found) >= most:
                break
        return list(found.values())

    def _start(self, client: aiohttp.ClientSession) -> None:
        for update in self._heads(self.most - len(self._queues)):
            key = self._key(update)
            task = asyncio.create_task(self._push(client, update))
            self._queues[key] = task
            task.add_done_callback(partial(self._ended, key))

    def _key(self, update: dict[str, Any]) -> Any:
        number = update["update_id"]
        if number not in self._keys:
            self._keys[number] = queue(update)
        return self._keys[number]

    def _ended(self, key: Any, _: asyncio.Task[None]) -> None:
        del self._queues[key]
        self._changed.fire()

    async def _push(self, client: aiohttp.ClientSession, update: dict[str, Any]) -> None:
        pause = FIRST
        while self._inbox.webhook:
            self._inbox.hand(update["update_id"])
            status = await self._answer(client, update)
            self.tries.append((update["update_id"], status))
            if 200 <= status < 300:
                self._inbox.confirm(update["update_id"])
                del self._keys[update["update_id"]]
                return
            await asyncio.sleep(pause)
            pause = min(LONGEST, 2 * pause)

    async def _answer(self, client: aiohttp.ClientSession, update: dict[str, Any]) -> int:
        with suppress(aiohttp.ClientError, TimeoutError):
            async with client.post(
                self._inbox.webhook,
                json=update,
                headers={_HEADER: self.secret} if self.secret else {},
                timeout=aiohttp.ClientTimeout(PATIENCE),
            ) as answer:
                return answer.status
        return 0


def queue(update: dict[str, Any]) -> Any:
    """Return what an update stands in line with: its chat, its person, or itself alone.

    >>> queue({"update_id": 1, "message": {"chat": {"id": 7}}})
    7
    """
    about: Any = next((value for name, value in update.items() if name != "update_id"), None)
    for name in ("chat", "from"):
        if isinstance(about, dict) and isinstance(found := about.get(name), dict):
            number = found.get("id")
            return number if isinstance(number, int) else str(number)
    return f"update {update['update_id']}"
