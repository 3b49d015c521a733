"""Chats: who decides for one, what it follows, and what happens when the bot or the chat leaves.

In a private chat the person decides, in a group its admins do. Telegram sends everything
written in a group to a bot that is an admin there. No news is sent at night.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cachetools import TTLCache
from telegram import Chat, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import Forbidden, TelegramError
from telegram.ext import BaseHandler, ChatMemberHandler, ContextTypes, ExtBot, MessageHandler, filters

from bot.errors import BotError
from bot.replies import catalogue, notifications
from bot.replies.catalogue import say
from bot.replies.reply import Command, Reply
from bot.service.router import Router
from bot.service.wish_desk import DueNews, WishDesk
from bot.surfaces.telegram.alerts import send_to_admins
from bot.surfaces.telegram.health import Health
from bot.surfaces.telegram.privacy import MissedWords, Pseudonyms
from bot.surfaces.telegram.sending import Destination, send_reply
from bot.surfaces.telegram.settings import FollowOptions

Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)

# Groups whose admins are cached at a time; those of a forgotten one are fetched again.
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
        """Record whether the bot is an admin in a chat, and forget the choice and wishes of a chat it has left."""
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
        """Move the choice and wishes of a group that became a supergroup, which has a new id."""
        if message := update.message:
            old_id = message.migrate_from_chat_id or message.chat.id
            new_id = message.migrate_to_chat_id or message.chat.id
            await self.router.move_chat(old_id, new_id)


def _utc_now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Following:
    """What chats follow, and the messages with news; the words of the week go to `digest_admin_ids`."""

    router: Router
    corpus_chooser: CorpusChooser
    options: FollowOptions
    pseudonyms: Pseudonyms
    missed_words: MissedWords
    digest_admin_ids: frozenset[int] = frozenset()
    get_now: Callable[[], datetime] = _utc_now

    async def run(self, bot: ExtBot[Any], chat: Chat, person_id: int, command: Command) -> Reply:
        """Run /follow or /forget for `chat`, if `person_id` may."""
        if not await self.corpus_chooser.may_decide(bot, chat, person_id):
            return Reply.with_heading(say("wishes.admins_only"))
        if command.name == "forget":
            await self.router.forget_chat(chat.id)
            return notifications.render_forgotten()
        if not self.options.enabled:
            return Reply.with_heading(say("wishes.off"))
        service = self.router.for_chat(chat.id)
        return await self._desk.follow(chat.id, service, command.text, self.get_now())

    async def note_press(self, chat_id: int) -> None:
        """Record that the chat is in use: a wish ends after a long time without a press."""
        await self._desk.note_press(chat_id, self.get_now())

    async def send_news(self, bot: ExtBot[Any]) -> None:
        """Send every chat that is due its message of the day, unless it is night."""
        moment = self.get_now()
        if not self._is_day(moment):
            return
        try:
            for due in await self._desk.collect(moment):
                await self._send(bot, due, moment)
        except BotError as error:
            # News that could not be recorded is not sent: it would be sent again.
            log.warning("news not sent: %s", error)

    async def send_digest(self, bot: ExtBot[Any]) -> None:
        """Send the admins the words of the week, where that is set and due, unless it is night."""
        if not self.digest_admin_ids or not self._is_day(self.get_now()):
            return
        try:
            digest = await self.missed_words.take_digest(self.router.storage)
        except BotError as error:
            log.warning("digest not sent: %s", error)
            return
        if digest:
            await send_to_admins(bot, digest, self.digest_admin_ids)

    async def run_job(self, context: Context) -> None:
        """Send the news and the digest; what the job queue calls."""
        await self.send_news(context.bot)
        await self.send_digest(context.bot)

    def _is_day(self, moment: datetime) -> bool:
        """Return whether news may be sent at the hour of `moment`, which is in UTC."""
        return self.options.from_hour <= moment.hour < self.options.until_hour

    @property
    def _desk(self) -> WishDesk:
        """The desk of the chats' wishes, with the limits that the settings give."""
        return self.router.build_wish_desk(self.options.wishes, self.options.days)

    async def _send(self, bot: ExtBot[Any], due: DueNews, now: datetime) -> None:
        """Send a chat its news, unless another process does; unsent they stay due; a chat that refuses is forgotten."""
        if not await self._desk.claim_day(due.chat_id, now):
            return
        language = self.router.for_chat(due.chat_id).corpus.language
        try:
            with catalogue.use_language_of(language):
                await send_reply(bot, Destination(due.chat_id), notifications.render_news(due.news))
        except Forbidden:
            log.info("news refused chat=%s", self.pseudonyms.get_name(due.chat_id))
            await self.router.forget_chat(due.chat_id)
        except TelegramError as error:
            log.warning("news not sent error=%s", type(error).__name__)
            await self._desk.give_back(due, now)
        else:
            await self._desk.confirm(due, now)
