"""Following in chats: who may, and the message of the day with what is new.

In a private chat the person follows, in a group its admins do. Nothing is sent at night.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telegram import Chat
from telegram.error import Forbidden, TelegramError
from telegram.ext import ContextTypes, ExtBot

from bot.errors import BotError
from bot.replies import catalogue, notifications
from bot.replies.catalogue import say
from bot.replies.reply import Command, Reply
from bot.service.router import Router
from bot.service.wish_desk import DueNews, WishDesk
from bot.surfaces.telegram.chats import CorpusChooser
from bot.surfaces.telegram.missed_words import MissedWords
from bot.surfaces.telegram.redaction import Pseudonyms
from bot.surfaces.telegram.sending import Destination, send_reply
from bot.surfaces.telegram.settings import FollowOptions

Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)


def _utc_now() -> datetime:
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
        """Record that the chat is in use, for a wish ends after long without a press."""
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
            # What could not be kept is not sent either: it would be sent again.
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
        if digest is None:
            return
        for admin_id in sorted(self.digest_admin_ids):
            try:
                await send_reply(bot, Destination(admin_id), digest)
            except TelegramError as error:
                log.warning("digest unsent admin=%d error=%s", admin_id, type(error).__name__)

    async def run_job(self, context: Context) -> None:
        """Send the news and the digest; what the job queue calls."""
        await self.send_news(context.bot)
        await self.send_digest(context.bot)

    def _is_day(self, moment: datetime) -> bool:
        """Return whether news may be sent at this hour."""
        return self.options.from_hour <= moment.hour < self.options.until_hour

    @property
    def _desk(self) -> WishDesk:
        return self.router.build_wish_desk(self.options.wishes, self.options.days)

    async def _send(self, bot: ExtBot[Any], due: DueNews, now: datetime) -> None:
        """Send a chat its news; where nothing arrives they are given back, or the chat is forgotten."""
        if not await self._desk.begin(due.chat_id, now):
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
