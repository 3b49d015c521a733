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

    from bot.service.router import Router
    from bot.surfaces.telegram.health import Health
    from bot.surfaces.telegram.redaction import Pseudonyms

    Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)

_GONE_STATUSES = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}


@dataclass(frozen=True, slots=True)
class MembershipTracker:
    """Keeps what is known of chats in step with them."""

    router: Router
    pseudonyms: Pseudonyms
    health: Health

    def build_handlers(self) -> list[BaseHandler[Any, Context, Any]]:
        """Return the handlers."""
        return [
            ChatMemberHandler(self.track_status),
            MessageHandler(filters.StatusUpdate.MIGRATE, self.track_migration),
        ]

    async def track_status(self, update: Update, _: Context) -> None:
        """The bot has become something else in a chat: an admin of it is sent everything."""
        if change := update.my_chat_member:
            chat_name = self.pseudonyms.get_name(change.chat.id)
            status = change.new_chat_member.status
            log.info("here chat=%s now=%s", chat_name, status)
            self.health.admin_chats.discard(chat_name)
            if status == ChatMemberStatus.ADMINISTRATOR:
                self.health.admin_chats.add(chat_name)
            if status in _GONE_STATUSES:
                await self.router.move_chat(change.chat.id, None)

    async def track_migration(self, update: Update, _: Context) -> None:
        """A group grew, and has another number from now on."""
        if message := update.message:
            old_id = message.migrate_from_chat_id or message.chat.id
            new_id = message.migrate_to_chat_id or message.chat.id
            await self.router.move_chat(old_id, new_id)
