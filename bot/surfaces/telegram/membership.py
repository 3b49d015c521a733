"""What becomes of the bot in a chat, and of the chat: what was chosen there goes with it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram.constants import ChatMemberStatus
from telegram.ext import ChatMemberHandler, MessageHandler, filters

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import BaseHandler, ContextTypes

    from bot.desk.desks import Desks
    from bot.surfaces.telegram.health import Health
    from bot.surfaces.telegram.pseudonyms import Pseudonyms

    Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)

_GONE = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}


@dataclass(frozen=True, slots=True)
class Membership:
    """Keeps what is known of chats in step with them."""

    desks: Desks
    names: Pseudonyms
    health: Health

    def all(self) -> list[BaseHandler[Any, Context, Any]]:
        """Return the handlers."""
        return [
            ChatMemberHandler(self.changed),
            MessageHandler(filters.StatusUpdate.MIGRATE, self.migrated),
        ]

    async def changed(self, update: Update, _: Context) -> None:
        """The bot has become something else in a chat: an admin of it is sent everything."""
        if change := update.my_chat_member:
            chat = self.names.name(change.chat.id)
            status = change.new_chat_member.status
            log.info("here chat=%s now=%s", chat, status)
            self.health.admin_in.discard(chat)
            if status == ChatMemberStatus.ADMINISTRATOR:
                self.health.admin_in.add(chat)
            if status in _GONE:
                await self.desks.move(change.chat.id, None)

    async def migrated(self, update: Update, _: Context) -> None:
        """A group grew, and has another number from now on."""
        if message := update.message:
            old = message.migrate_from_chat_id or message.chat.id
            new = message.migrate_to_chat_id or message.chat.id
            await self.desks.move(old, new)
