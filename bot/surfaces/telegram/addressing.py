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

from bot.replies.reply import Shown
from bot.surfaces.telegram import drawing

if TYPE_CHECKING:
    from collections.abc import Callable, Container

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


def asker(message: Message) -> int | None:
    """Return who alone may press under the answer; None for whoever writes as a group.

    Their press comes under their own number, which their message does not give.
    """
    return message.from_user.id if message.from_user and not message.sender_chat else None


def writer(message: Message) -> int:
    """Return the number under which `message` was written: a person's, a group's or a channel's."""
    sender = message.sender_chat or message.from_user
    return sender.id if sender else 0


def language(message: Message) -> str | None:
    """Return the language of whoever wrote `message`, as Telegram gives it."""
    return message.from_user.language_code if message.from_user else None


def line(message: Message) -> str:
    """Return what was typed for the bot: a question, or a command with what follows it.

    A command or a mention alone, in reply to what somebody else wrote, asks
    after their words.
    """
    name, asked = _command(message), _words(message)
    if not asked and name in {"", "ask"}:
        asked = _pointed_at(message)
    return f"/{name} {asked}".strip() if name else asked


def commands_us(message: Message, names: Container[str]) -> bool:
    """Return whether `message` opens with one of these commands, meant for this bot."""
    if not message.entities or not _is_command(message.entities[0]):
        return False
    first = message.parse_entity(message.entities[0]).partition("@")[2].casefold()
    ours = first in {"", message.get_bot().username.casefold()}
    return ours and _command(message) in names


def shown(message: Message) -> Shown:
    """Return what the bot showed in the message that this one replies to."""
    replied = answered(message)
    return drawing.shown(replied) if replied else Shown()


def _command(message: Message) -> str:
    """Return the name of the command that `message` opens with, in small letters; "" for none."""
    if not message.entities or not _is_command(message.entities[0]):
        return ""
    return message.parse_entity(message.entities[0])[1:].partition("@")[0].lower()


def _words(message: Message) -> str:
    """Return the text without the command and without the bot's name."""
    taken = [entity for entity in message.entities[:1] if _is_command(entity)]
    text = (message.text or "").encode("utf-16-le")
    for entity in sorted([*taken, *_mentions(message)], key=lambda e: -e.offset):
        end = entity.offset + entity.length
        text = text[: entity.offset * _UNIT] + text[end * _UNIT :]
    return text.decode("utf-16-le").strip()


def _pointed_at(message: Message) -> str:
    """Return the words of somebody's message that this one replies to: those picked, or all."""
    replied = message.reply_to_message
    if replied is None or answered(message):
        return ""
    if message.quote:
        return message.quote.text
    return replied.text or replied.caption or ""


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
