"""Who may choose a chat's corpus: in a group its admins, in a private chat whoever it is with.

Telegram is asked who they are, and believed for a few minutes.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.replies.catalogue import say
from bot.replies.reply import Command, Reply

if TYPE_CHECKING:
    from telegram import Chat
    from telegram.ext import ExtBot

    from bot.service.router import Router

log = logging.getLogger(__name__)

MAX_GROUPS = 1_000


def find_chosen_corpus(command: Command) -> str:
    """Return the name of the corpus that `command` chooses; "" where it chooses none."""
    return command.text if command.name == "corpus" else ""


@dataclass(slots=True)
class CorpusChooser:
    """Lets chats choose; a group's admins are cached for `cache_seconds`."""

    router: Router
    cache_seconds: float
    _cached_admins: OrderedDict[int, tuple[float, frozenset[int]]] = field(
        default_factory=OrderedDict
    )

    async def choose_corpus(
        self, bot: ExtBot[Any], chat: Chat, person_id: int, corpus_name: str
    ) -> Reply:
        """Let `person_id` choose the corpus called `corpus_name` for `chat`, if they may."""
        if await self._may_choose(bot, chat, person_id):
            return await self.router.choose_corpus(chat.id, corpus_name)
        return Reply.with_heading(say("not_a_chooser"))

    async def _may_choose(self, bot: ExtBot[Any], chat: Chat, person_id: int) -> bool:
        """Return whether `person_id` may choose for `chat`; nobody may where Telegram does not say.

        An admin who writes as the group bears the group's own number.
        """
        if chat.type == ChatType.PRIVATE or person_id == chat.id:
            return True
        return person_id in await self._fetch_admins(bot, chat.id)

    async def _fetch_admins(self, bot: ExtBot[Any], chat_id: int) -> frozenset[int]:
        fetched_at, admins = self._cached_admins.get(chat_id, (0.0, frozenset[int]()))
        if fetched_at and time.monotonic() - fetched_at < self.cache_seconds:
            return admins
        try:
            members = await bot.get_chat_administrators(chat_id)
        except TelegramError as error:
            log.warning("admins not known error=%s", type(error).__name__)
            return frozenset()
        admins = frozenset(member.user.id for member in members if not member.user.is_bot)
        self._cached_admins[chat_id] = time.monotonic(), admins
        self._cached_admins.move_to_end(chat_id)
        if len(self._cached_admins) > MAX_GROUPS:
            self._cached_admins.popitem(last=False)
        return admins
