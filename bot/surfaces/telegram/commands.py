"""What Telegram shows before anyone asks: commands for each kind of chat, and a description.

All of it is for show, so a failure is logged and changes nothing else.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from telegram import (
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telegram import BotCommandScope
    from telegram.ext import ExtBot

log = logging.getLogger(__name__)

ANYONE = (
    ("ask", "Find what was said: /ask privacy"),
    ("corpus", "Documents, voices, sides and dates"),
    ("about", "What is checked and what is not"),
    ("privacy", "What is kept of your questions: nothing"),
    ("help", "How to ask"),
)
ADMINS = (
    ("reload", "Load the corpus anew"),
    ("status", "How the bot is"),
)
DESCRIPTION = (
    "I answer questions about one debate only in the words of the people in it: exact quotes, each "
    "with who said it, on which side, and where it was published. I write nothing of my own, and "
    "I say so when nobody spoke to your question. Write to me here, or add me to a group and use "
    "/ask."
)
SHORT = "Exact quotes from both sides of a debate: who said what, and where. Nothing made up."


async def introduce(bot: ExtBot[Any], admins: Iterable[int]) -> None:
    """Set the commands of every scope, and the descriptions."""
    for scope, commands in _scopes(admins):
        try:
            await bot.set_my_commands(commands, scope)
        except TelegramError as error:
            # An admin who never wrote to the bot has no chat with it yet.
            log.warning("commands not set scope=%s error=%s", scope.type, type(error).__name__)
    try:
        await bot.set_my_description(DESCRIPTION)
        await bot.set_my_short_description(SHORT)
    except TelegramError as error:
        log.warning("description not set error=%s", type(error).__name__)


def _scopes(
    admins: Iterable[int],
) -> Iterator[tuple[BotCommandScope, tuple[tuple[str, str], ...]]]:
    yield BotCommandScopeAllPrivateChats(), ANYONE
    yield BotCommandScopeAllGroupChats(), ANYONE
    for admin in sorted(admins):
        yield BotCommandScopeChat(admin), ANYONE + ADMINS
