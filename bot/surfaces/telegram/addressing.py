"""Which messages are for the bot, and what their words are.

In a private chat every text is. In a group only a command, a mention and a
reply to the bot are; the rest is not looked at further. A channel's posts, its
copies in a group, other bots, and results of inline search are nobody's question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import MessageEntity
from telegram.constants import ChatType
from telegram.ext.filters import MessageFilter

from bot.replies.words import SEARCHED, WHOLE_DEBATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram import Message

_UNIT = 2  # bytes


def spoken(message: Message) -> bool:
    """Return whether a person wrote this here, in their own name or a group's."""
    if message.via_bot or message.is_automatic_forward or message.from_user is None:
        return False
    # Whoever writes as a group or a channel comes under the name of a bot of Telegram's.
    return not message.from_user.is_bot or message.sender_chat is not None


def addressed(message: Message) -> bool:
    """Return whether a text that is no command is meant for the bot."""
    private = message.chat.type == ChatType.PRIVATE
    return private or bool(_mentions(message)) or answered(message) is not None


def answered(message: Message) -> Message | None:
    """Return the message of the bot's that this one replies to.

    In a forum every message replies to the one that opened its topic; that is
    nobody's reply.
    """
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or replied.forum_topic_created:
        return None
    return replied if replied.from_user.id == message.get_bot().id else None


def command(message: Message) -> str:
    """Return the name of the command that `message` opens with, in small letters."""
    return (message.text or "").split()[0].removeprefix("/").partition("@")[0].lower()


def words(message: Message) -> str:
    """Return what is asked: the text without the command and without the bot's name."""
    taken = [entity for entity in message.entities[:1] if _is_command(entity)]
    text = (message.text or "").encode("utf-16-le")
    for entity in sorted([*taken, *_mentions(message)], key=lambda e: -e.offset):
        end = entity.offset + entity.length
        text = text[: entity.offset * _UNIT] + text[end * _UNIT :]
    return text.decode("utf-16-le").strip()


def after(message: Message) -> tuple[str, ...]:
    """Return the earlier questions that this one follows: those of the answer it replies to.

    They are read off the answer itself, so a reply is understood after a restart
    too, and nobody's questions are kept.
    """
    replied = answered(message)
    asked = searched(replied.text or "") if replied else ""
    return (asked,) if asked else ()


def searched(answer: str) -> str:
    """Return the words that an answer's first line says were searched; empty if it says none.

    >>> searched("Searched: privacy, cost" + chr(10) + "FOR")
    'privacy, cost'
    """
    heading = answer.partition("\n")[0]
    asked = heading.removeprefix(SEARCHED)
    return "" if asked in {heading, WHOLE_DEBATE} else asked


def _mentions(message: Message) -> list[MessageEntity]:
    name = f"@{message.get_bot().username}".casefold()
    found = message.parse_entities([MessageEntity.MENTION])
    return [entity for entity, text in found.items() if text.casefold() == name]


def _is_command(entity: MessageEntity) -> bool:
    return entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0


class Where(MessageFilter):
    """A condition on a message, as the library's handlers take it."""

    def __init__(self, holds: Callable[[Message], bool]) -> None:
        super().__init__(holds.__name__)
        self._holds = holds

    def filter(self, message: Message) -> bool:
        """Return whether the condition holds."""
        return self._holds(message)
