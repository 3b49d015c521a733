"""The back room: what admins ask of a desk, done, or why it was not.

Every fault ends here as a reply: whatever went wrong, the desk goes on answering
from what it served before.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.corpora import BrokenError
from bot.corpora.reload import RunningError
from bot.errors import BotError
from bot.replies import admin, context, words
from bot.served import megabytes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection

    from bot.model import Quote
    from bot.replies.reply import Reply
    from bot.served import Served

log = logging.getLogger(__name__)


class Backroom:
    """Reloads what is `served`, withholds quotes of it, and releases them."""

    def __init__(self, served: Served) -> None:
        self._served = served
        # What the last reload found broken, and may go on without.
        self._broken: tuple[str, ...] = ()

    async def reload(self, wish: str) -> Reply:
        """Do what stands after `/reload`; see `Desk.reload`."""
        word, _, rest = wish.strip().partition(" ")
        if word == "without" and rest:
            return await self._without(rest.strip())
        asked = {
            "": lambda: _or_why_not(self._prepared(())),
            "now": lambda: _or_why_not(self._switched()),
            "cancel": self._cancelled,
        }.get(wish.strip())
        return await asked() if asked else admin.told(words.RELOAD_USAGE)

    async def hold(self, wish: str) -> Reply:
        """Withhold the quote that `wish` begins with; what follows is the reason."""
        quote_id, _, reason = " ".join(wish.split()).partition(" ")
        if not reason:
            return admin.told(words.HOLD_USAGE)
        answerer = self._served.now.answerer
        quote = await asyncio.to_thread(answerer.quote, quote_id.upper())
        if quote is None:
            return context.gone(quote_id)
        return await _or_why_not(self._withheld(quote, reason))

    async def release(self, wish: str) -> Reply:
        """Let the quote whose id is `wish` be shown again."""
        if len(wish.split()) != 1:
            return admin.told(words.RELEASE_USAGE)
        return await _or_why_not(self._released(wish.strip().upper()))

    async def _prepared(self, without: Collection[str]) -> Reply:
        try:
            prepared = await self._served.prepare(without)
        except BrokenError as error:
            log.warning("reload stopped: %s", error)
            self._broken = tuple(error.broken)
            return admin.broken(error.broken)
        if prepared.loses or without:
            return admin.ready(prepared)
        return await self._switched()

    async def _switched(self) -> Reply:
        prepared = self._served.prepared
        if prepared is None or not await self._served.switch(prepared):
            return admin.told(words.NOTHING_PREPARED)
        self._broken = ()
        return admin.reloaded(self._served.now.corpus, prepared, megabytes())

    async def _without(self, named: str) -> Reply:
        wished = self._broken if named == admin.THEM else (named,)
        if not wished or not set(wished) <= set(self._broken):
            return admin.told(words.NOTHING_LEFT_OUT)
        return await _or_why_not(self._prepared(wished))

    async def _cancelled(self) -> Reply:
        self._broken = ()
        return admin.told(words.CANCELLED if self._served.cancel() else words.NOTHING_PREPARED)

    async def _withheld(self, quote: Quote, reason: str) -> Reply:
        hold = await self._served.withhold(quote, reason)
        told = words.HELD if self._served.keeps else words.HELD_FOR_NOW
        return admin.told(told.format(id=hold.id))

    async def _released(self, quote_id: str) -> Reply:
        hold = await self._served.release(quote_id)
        return admin.told((words.RELEASED if hold else words.NOT_HELD).format(id=quote_id))


async def _or_why_not(change: Awaitable[Reply]) -> Reply:
    """Return the reply of `change`, or why it was stopped; then nothing has changed."""
    try:
        return await change
    except RunningError:
        return admin.told(words.RELOAD_RUNNING)
    except BotError as error:
        log.warning("reload stopped: %s", error)
        return admin.stopped(str(error))
    except Exception as error:
        # Whatever went wrong, the old corpus goes on answering.
        log.exception("reload failed")
        return admin.stopped(words.DEFECT.format(kind=type(error).__name__))
