"""Chats: who may choose a chat's corpus, and what happens when the bot or the chat leaves.

In a private chat the person chooses, in a group its admins do. Telegram sends everything
written in a group to a bot that is an admin there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from cachetools import TTLCache
from telegram import Chat, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError
from telegram.ext import BaseHandler, ChatMemberHandler, ContextTypes, ExtBot, MessageHandler, filters

from bot.replies.catalogue import say
from bot.replies.reply import Reply
from bot.service.router import Router
from bot.surfaces.telegram.health import Health
from bot.surfaces.telegram.redaction import Pseudonyms

Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)

MAX_GROUPS = 1_000
_GONE_STATUSES = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}


@dataclass(slots=True)
class CorpusChooser:
    """Lets chats choose their corpus; a group's admin list is cached for `cache_seconds`."""

    router: Router
    cache_seconds: float
    _cached_admins: TTLCache[int, frozenset[int]] = field(init=False)

    def __post_init__(self) -> None:
        self._cached_admins = TTLCache(MAX_GROUPS, self.cache_seconds)

    async def choose_corpus(self, bot: ExtBot[Any], chat: Chat, person_id: int, corpus_name: str) -> Reply:
        """Let `person_id` choose the corpus called `corpus_name` for `chat`, if they may."""
        if await self.may_decide(bot, chat, person_id):
            return await self.router.choose_corpus(chat.id, corpus_name)
        return Reply.with_heading(say("not_a_chooser"))

    async def may_decide(self, bot: ExtBot[Any], chat: Chat, person_id: int) -> bool:
        """Return whether `person_id` may decide for `chat`.

        An admin who writes as the group has the group's id. If the admin list cannot be
        fetched, nobody may.
        """
        if chat.type == ChatType.PRIVATE or person_id == chat.id:
            return True
        return person_id in await self._fetch_admins(bot, chat.id)

    async def _fetch_admins(self, bot: ExtBot[Any], chat_id: int) -> frozenset[int]:
        """Return the ids of a chat's admins, bots aside, as cached or as Telegram says now; none where it does not."""
        if (cached_admins := self._cached_admins.get(chat_id)) is not None:
            return cached_admins
        try:
            members = await bot.get_chat_administrators(chat_id)
        except TelegramError as error:
            log.warning("admin list not fetched error=%s", type(error).__name__)
            return frozenset()
        admins = frozenset(member.user.id for member in members if not member.user.is_bot)
        self._cached_admins[chat_id] = admins
        return admins


@dataclass(frozen=True, slots=True)
class MembershipTracker:
    """Follows the bot's status in chats, and groups that get a new id."""

    router: Router
    pseudonyms: Pseudonyms
    health: Health

    def build_handlers(self) -> list[BaseHandler[Any, Context, Any]]:
        """Return the handlers of status changes and migrations."""
        return [
            ChatMemberHandler(self.track_status),
            MessageHandler(filters.StatusUpdate.MIGRATE, self.track_migration),
        ]

    async def track_status(self, update: Update, _: Context) -> None:
        """Record where the bot is an admin, and forget the choice of a chat it has left."""
        if change := update.my_chat_member:
            chat_name = self.pseudonyms.get_name(change.chat.id)
            status = change.new_chat_member.status
            log.info("bot status chat=%s now=%s", chat_name, status)
            self.health.admin_chats.discard(chat_name)
            if status == ChatMemberStatus.ADMINISTRATOR:
                self.health.admin_chats.add(chat_name)
            if status in _GONE_STATUSES:
                await self.router.move_chat(change.chat.id, None)

    async def track_migration(self, update: Update, _: Context) -> None:
        """Move the choice of a group that became a supergroup, which has a new id."""
        if message := update.message:
            old_id = message.migrate_from_chat_id or message.chat.id
            new_id = message.migrate_to_chat_id or message.chat.id
            await self.router.move_chat(old_id, new_id)
