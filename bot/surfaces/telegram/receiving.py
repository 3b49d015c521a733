"""Updates received so that no question is lost, and none stands in the way of another.

Telegram keeps an update for a day, until the bot asks for a later one. The
library asks as soon as it has an update in memory, where a crash loses it; and
one update that it cannot read makes it ask for the same ones for ever. Here it
asks on only when all it has is handled, and an unreadable update is set aside.
A question that waited while the bot was down is answered however old it is:
Telegram's day is the bound.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import BaseUpdateProcessor, ExtBot

if TYPE_CHECKING:
    from collections.abc import Awaitable

log = logging.getLogger(__name__)


class Receiver(ExtBot[None]):
    """The library's bot, asking for updates `batch` at a time once `queue` is worked off.

    When Telegram no longer takes the token it sets `stop`, and asks for nothing more.
    """

    def __init__(
        self,
        queue: asyncio.Queue[object],
        batch: int,
        stop: asyncio.Event,
        **more: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(**more)
        self._queue = queue
        self._batch = batch
        self._stop = stop
        self._refused = False

    @property
    def refused(self) -> bool:
        """Whether Telegram has refused the token."""
        return self._refused

    async def _do_post(self, endpoint: str, data: dict[str, Any], **timeouts: Any) -> Any:  # noqa: ANN401
        # Every call of the library's passes here, on its way to the limiter.
        if endpoint != "getUpdates":
            return await super()._do_post(endpoint, data, **timeouts)
        await self._queue.join()
        if self._refused:
            return []
        try:
            found = await super()._do_post(endpoint, data | {"limit": self._batch}, **timeouts)
        except InvalidToken:
            # Not raised: the library would print it, and end its polling without a word to us.
            self._refused = True
            self._stop.set()
            return []
        return [self._readable(update) for update in _numbered(found)]

    def _readable(self, update: dict[str, Any]) -> dict[str, Any]:
        """Return `update`, or only its number when the library could not read it."""
        number = update["update_id"]
        try:
            Update.de_json(update, self)
        except Exception as error:  # noqa: BLE001 - the library raises whatever it stumbles on
            log.error(  # noqa: TRY400 - a traceback would print the update
                "set aside update=%d kinds=%s error=%s",
                number,
                ",".join(sorted(set(update) - {"update_id"})),
                type(error).__name__,
            )
            return {"update_id": number}
        return update


class Deadline(BaseUpdateProcessor):
    """Handles up to `most` updates at once, and gives each up after `seconds`."""

    def __init__(self, most: int, seconds: float) -> None:
        super().__init__(most)
        self._seconds = seconds

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Await the handling of one update."""
        try:
            async with asyncio.timeout(self._seconds):
                await coroutine
        except TimeoutError:
            number = update.update_id if isinstance(update, Update) else 0
            log.warning("given up update=%d seconds=%.1f", number, self._seconds)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""


def _numbered(found: object) -> list[dict[str, Any]]:
    """Return `found` if it is a list of numbered updates; without numbers none can be passed over.

    Raises:
        TelegramError: it is not; the library then asks again, ever more slowly.
    """
    updates: list[Any] = found if isinstance(found, list) else [found]
    if all(isinstance(u, dict) and isinstance(u.get("update_id"), int) for u in updates):
        return updates
    raise TelegramError("getUpdates was answered with something else than updates")
