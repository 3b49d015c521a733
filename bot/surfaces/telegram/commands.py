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

from bot.replies import catalogue
from bot.replies.catalogue import say

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Iterator

    from telegram import BotCommandScope
    from telegram.ext import ExtBot

log = logging.getLogger(__name__)

# The language that whoever has none of the others is shown.
_DEFAULT_LANGUAGE = "en"


async def publish_commands(bot: ExtBot[Any], admin_ids: Iterable[int]) -> None:
    """Set the commands of every scope, and the descriptions, in every language."""
    for language in catalogue.LANGUAGES:
        code = None if language == _DEFAULT_LANGUAGE else language
        with catalogue.use_language(language):
            for scope, descriptions in _list_scopes(admin_ids):
                # An admin who never wrote to the bot has no chat with it yet.
                label = "commands"
                await _set_or_log(
                    bot.set_my_commands(tuple(descriptions.items()), scope, code), label
                )
            await _set_or_log(bot.set_my_description(say("description"), code), "description")
            await _set_or_log(
                bot.set_my_short_description(say("short_description"), code), "short description"
            )


async def _set_or_log(call: Coroutine[Any, Any, bool], label: str) -> None:
    try:
        await call
    except TelegramError as error:
        log.warning("%s not set error=%s", label, type(error).__name__)


def _list_scopes(admin_ids: Iterable[int]) -> Iterator[tuple[BotCommandScope, dict[str, str]]]:
    yield BotCommandScopeAllPrivateChats(), catalogue.get_section("commands")
    yield BotCommandScopeAllGroupChats(), catalogue.get_section("commands")
    for admin_id in sorted(admin_ids):
        yield (
            BotCommandScopeChat(admin_id),
            catalogue.get_section("commands") | catalogue.get_section("admin_commands"),
        )
