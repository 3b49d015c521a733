"""What Telegram shows before anyone asks: commands for each kind of chat, and a description.

Each in every language there is. All of it is for show, so a failure is logged
and changes nothing else.
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

from bot.replies import words

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Iterator

    from telegram import BotCommandScope
    from telegram.ext import ExtBot

log = logging.getLogger(__name__)

# The language that whoever has none of the others is shown.
_DEFAULT = "en"


async def introduce(bot: ExtBot[Any], admins: Iterable[int]) -> None:
    """Set the commands of every scope, and the descriptions, in every language."""
    for language in words.TABLES:
        code = None if language == _DEFAULT else language
        with words.spoken(language):
            for scope, listed in _scopes(admins):
                # An admin who never wrote to the bot has no chat with it yet.
                what = "commands"
                await _tried(bot.set_my_commands(tuple(listed.items()), scope, code), what)
            await _tried(bot.set_my_description(words.DESCRIPTION, code), "description")
            await _tried(bot.set_my_short_description(words.SHORT, code), "short description")


async def _tried(setting: Coroutine[Any, Any, bool], what: str) -> None:
    try:
        await setting
    except TelegramError as error:
        log.warning("%s not set error=%s", what, type(error).__name__)


def _scopes(admins: Iterable[int]) -> Iterator[tuple[BotCommandScope, dict[str, str]]]:
    yield BotCommandScopeAllPrivateChats(), words.COMMANDS
    yield BotCommandScopeAllGroupChats(), words.COMMANDS
    for admin in sorted(admins):
        yield BotCommandScopeChat(admin), words.COMMANDS | words.ADMIN_COMMANDS
