"""The back room: what admins ask of a desk, done, or why it was not.

Every fault ends here as a reply: whatever went wrong, the desk goes on answering
from what it served before.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.corpus import BrokenDocumentsError
from bot.errors import BotError
from bot.replies import admin, quote_details
from bot.replies.catalogue import say
from bot.replies.reply import Reply
from bot.service.background_build import BuildRunningError
from bot.service.live_corpus import peak_memory_mb

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection

    from bot.model import Quote
    from bot.service.live_corpus import LiveCorpus

log = logging.getLogger(__name__)


class Admin:
    """Reloads what is `served`, withholds quotes of it, and releases them."""

    def __init__(self, live: LiveCorpus) -> None:
        self._live = live
        # What the last reload found broken, and may go on without.
        self._broken_ids: tuple[str, ...] = ()

    async def reload(self, text: str) -> Reply:
        """Do what stands after `/reload`; see `Desk.reload`."""
        word, _, argument = text.strip().partition(" ")
        if word == "without" and argument:
            return await self._prepare_without(argument.strip())
        action = {
            "": lambda: _reply_or_error(self._prepare(())),
            "now": lambda: _reply_or_error(self._switch()),
            "cancel": self._cancel,
        }.get(text.strip())
        return await action() if action else Reply.with_heading(say("reload_usage"))

    async def hold(self, text: str) -> Reply:
        """Withhold the quote that `text` begins with; what follows is the reason."""
        quote_id, _, reason = " ".join(text.split()).partition(" ")
        if not reason:
            return Reply.with_heading(say("hold_usage"))
        answerer = self._live.snapshot.answerer
        quote = await asyncio.to_thread(answerer.find_quote, quote_id.upper())
        if quote is None:
            return quote_details.render_unknown_quote(quote_id)
        return await _reply_or_error(self._withhold(quote, reason))

    async def release(self, text: str) -> Reply:
        """Let the quote whose id is `text` be shown again."""
        if len(text.split()) != 1:
            return Reply.with_heading(say("release_usage"))
        return await _reply_or_error(self._release(text.strip().upper()))

    async def _prepare(self, excluded_ids: Collection[str]) -> Reply:
        try:
            prepared = await self._live.prepare(excluded_ids)
        except BrokenDocumentsError as error:
            log.warning("reload stopped: %s", error)
            self._broken_ids = tuple(error.document_errors)
            return admin.render_broken_documents(error.document_errors)
        if prepared.change.is_lossy or excluded_ids:
            return admin.render_ready(prepared.change)
        return await self._switch()

    async def _switch(self) -> Reply:
        prepared = self._live.prepared
        if prepared is None or not await self._live.switch(prepared):
            return Reply.with_heading(say("nothing_prepared"))
        self._broken_ids = ()
        return admin.render_reloaded(self._live.snapshot.corpus, prepared.change, peak_memory_mb())

    async def _prepare_without(self, document_id: str) -> Reply:
        excluded_ids = self._broken_ids if document_id == admin.ALL_BROKEN else (document_id,)
        if not excluded_ids or not set(excluded_ids) <= set(self._broken_ids):
            return Reply.with_heading(say("not_broken"))
        return await _reply_or_error(self._prepare(excluded_ids))

    async def _cancel(self) -> Reply:
        self._broken_ids = ()
        return Reply.with_heading(
            say("cancelled") if self._live.cancel() else say("nothing_prepared")
        )

    async def _withhold(self, quote: Quote, reason: str) -> Reply:
        hold = await self._live.withhold(quote, reason)
        key = "held" if self._live.is_persistent else "held_for_now"
        return Reply.with_heading(say(key, id=hold.id))

    async def _release(self, quote_id: str) -> Reply:
        hold = await self._live.release(quote_id)
        return Reply.with_heading(say("released" if hold else "not_held", id=quote_id))


async def _reply_or_error(change: Awaitable[Reply]) -> Reply:
    """Return the reply of `change`, or why it was stopped; then nothing has changed."""
    try:
        return await change
    except BuildRunningError:
        return Reply.with_heading(say("reload_running"))
    except BotError as error:
        log.warning("reload stopped: %s", error)
        return Reply.with_heading(say("reload_stopped"), str(error))
    except Exception as error:
        # Whatever went wrong, the old corpus goes on answering.
        log.exception("reload failed")
        return Reply.with_heading(say("reload_stopped"), say("defect", kind=type(error).__name__))
