"""Several corpora in one process: each chat is answered from the one that it chose.

A surface passes a chat's id, and asks the service it gets for everything else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress

from bot.errors import BotError, StorageError
from bot.replies import about
from bot.replies.catalogue import say
from bot.replies.reply import Reply
from bot.service.review import ClosedFlag
from bot.service.service import Service
from bot.service.wish_desk import WishDesk
from bot.storage import Claim, SharedState, Storage
from bot.storage.stores.folder import FolderStorage

# Other processes follow a switch within ten seconds, of which reading the corpus may take half.
FOLLOW_SECONDS = 5.0

log = logging.getLogger(__name__)


class Router:
    """Finds the service for a chat; the first answers wherever nothing was chosen."""

    def __init__(self, services: Sequence[Service], storage: Storage | None = None) -> None:
        self._default = services[0]
        self._services = {service.corpus.name: service for service in services}
        self._storage = storage or FolderStorage()
        self._failing: set[str] = set()

    @property
    def services(self) -> Mapping[str, Service]:
        """The services by the names of their corpora, the first one first."""
        return self._services

    def for_chat(self, chat_id: int | None = None) -> Service:
        """Return the service for this chat, or the first where there is no chat.

        A chat whose corpus is no longer served gets the first too.
        """
        name = None if chat_id is None else self._storage.find_choice(chat_id)
        return self._services.get(name or "", self._default)

    async def for_quote(self, quote_id: str, chat_id: int | None = None) -> Service:
        """Return the service whose corpus has the quote; that of the chat where it does, or where none does."""
        own = self.for_chat(chat_id)
        for service in (own, *self._services.values()):
            if await asyncio.to_thread(service.find_quote, quote_id):
                return service
        return own

    async def warm(self) -> None:
        """Load what the first questions would otherwise wait for, in every service."""
        for service in self._services.values():
            await service.warm()

    def describe_corpora(self) -> dict[str, str]:
        """Return the fingerprint of each corpus that is served, by name."""
        return {name: service.corpus.fingerprint for name, service in self._services.items()}

    async def reload(self) -> None:
        """Reload every corpus, as `/reload` does, and log what came of it."""
        for name, service in self._services.items():
            reply = await service.admin.reload()
            lines = ["".join(piece.text for piece in block) for block in reply.blocks]
            log.info("reload corpus=%s %s", name, " ".join(" ".join(lines).split()))

    def take_alerts(self) -> list[Reply]:
        """Return the alerts for admins of every corpus; each is returned once."""
        return [alert for service in self._services.values() for alert in service.admin.take_alerts()]

    @property
    def storage(self) -> Storage:
        """What survives a restart."""
        return self._storage

    @property
    def state(self) -> SharedState:
        """State that the processes of this bot share, and that expires."""
        return self._storage

    def take_untold(self) -> list[ClosedFlag]:
        """Return the closed flags whose reporters have not heard yet; each is returned once."""
        return [each for service in self._services.values() for each in service.flags.take_untold()]

    async def claim_update(self, update_id: int, stale_seconds: float) -> Claim:
        """Claim an update, and return whose it is; where storage does not answer it is ours, so that it is handled."""
        try:
            claim = await self._storage.claim(update_id, stale_seconds)
            self._failing.discard("claimed")
        except StorageError as error:
            self._log_failure("claimed", error, f" update={update_id}")
            return Claim.OURS
        return claim

    async def settle_update(self, update_id: int, *, done: bool) -> None:
        """Record that a claimed update was handled, or give it back; log a failure of storage."""
        try:
            await self._storage.settle(update_id, done=done)
            self._failing.discard("settled")
        except StorageError as error:
            self._log_failure("settled", error, f" update={update_id}")

    def _log_failure(self, what: str, error: Exception, subject: str = "") -> None:
        """Log the first failure of an outage: an update a second for an hour is a line, and not thousands."""
        if what not in self._failing:
            self._failing.add(what)
            log.warning("not %s%s reason=%s", what, subject, error, exc_info=not isinstance(error, BotError))

    async def follow(self, stop: asyncio.Event) -> None:
        """Until `stop`, switch to what other processes switch to, within `FOLLOW_SECONDS` and the reading.

        Whatever went wrong with one corpus, it is tried again with the others.
        """
        while not stop.is_set():
            for name, service in self._services.items():
                try:
                    await service.follow()
                    self._failing.discard(f"followed corpus={name}")
                except Exception as error:  # noqa: BLE001 - nobody awaits this, and a process that ended it would go stale
                    self._log_failure(f"followed corpus={name}", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), FOLLOW_SECONDS)

    async def close(self) -> None:
        """Close what the storage holds open."""
        await self._storage.close()

    async def choose_corpus(self, chat_id: int, name: str) -> Reply:
        """Answer this chat from the corpus called `name` from now on, and say so.

        The surface decides who may choose.
        """
        if len(self._services) == 1:
            return Reply.with_heading(say("one_corpus"))
        if name not in self._services:
            return about.render_unknown_corpus([service.corpus for service in self._services.values()])
        try:
            await self._storage.choose(chat_id, name)
        except StorageError as error:
            log.warning("not chosen: %s", error)
            return Reply.with_heading(say("corpus_not_chosen"), say("try_later"))
        return Reply.with_heading(say("corpus_chosen", title=self._services[name].corpus.title))

    def build_wish_desk(self, most: int = 10, days: int = 365) -> WishDesk:
        """Build the desk of the chats' wishes: up to `most` a chat, each ended after `days` without a press."""
        return WishDesk(self._services, self._storage, most, days)

    async def forget_chat(self, chat_id: int) -> None:
        """Forget a chat's choice and wishes; log a warning if the disk refuses."""
        await self.move_chat(chat_id, None)

    async def move_chat(self, chat_id: int, new_chat_id: int | None) -> None:
        """Move a chat's choice and wishes to the chat `new_chat_id` that it became; forget them if that is None.

        A failing disk is logged and stops nothing.
        """
        await self.build_wish_desk().move(chat_id, new_chat_id)
        if name := self._storage.find_choice(chat_id):
            try:
                if new_chat_id is not None:
                    await self._storage.choose(new_chat_id, name)
                await self._storage.choose(chat_id, None)
            except StorageError as error:
                log.warning("a choice was not moved: %s", error)
