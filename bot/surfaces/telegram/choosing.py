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

from bot.desk import commands
from bot.replies import admin, words

if TYPE_CHECKING:
    from telegram import Chat
    from telegram.ext import ExtBot

    from bot.desk.desks import Desks
    from bot.replies.reply import Reply

log = logging.getLogger(__name__)

MOST = 1_000


def wished(line: str) -> str:
    """Return the name of the corpus that `line` chooses; "" where it chooses none."""
    name, rest = commands.parted(line)
    return rest if line.startswith("/") and name == "corpus" else ""


@dataclass(slots=True)
class Choosing:
    """Lets chats choose; the admins of the groups last asked about are believed for `seconds`."""

    desks: Desks
    seconds: float
    _known: OrderedDict[int, tuple[float, frozenset[int]]] = field(default_factory=OrderedDict)

    async def choose(self, bot: ExtBot[Any], chat: Chat, person: int, name: str) -> Reply:
        """Let `person` choose the corpus called `name` for `chat`, if they may."""
        if await self._may(bot, chat, person):
            return await self.desks.choose(chat.id, name)
        return admin.told(words.NOT_A_CHOOSER)

    async def _may(self, bot: ExtBot[Any], chat: Chat, person: int) -> bool:
        """Return whether `person` may choose for `chat`; nobody may where Telegram does not say.

        An admin who writes as the group bears the group's own number.
        """
        if chat.type == ChatType.PRIVATE or person == chat.id:
            return True
        return person in await self._admins(bot, chat.id)

    async def _admins(self, bot: ExtBot[Any], chat: int) -> frozenset[int]:
        asked, admins = self._known.get(chat, (0.0, frozenset[int]()))
        if asked and time.monotonic() - asked < self.seconds:
            return admins
        try:
            members = await bot.get_chat_administrators(chat)
        except TelegramError as error:
            log.warning("admins not known error=%s", type(error).__name__)
            return frozenset()
        admins = frozenset(member.user.id for member in members if not member.user.is_bot)
        self._known[chat] = time.monotonic(), admins
        self._known.move_to_end(chat)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return admins
