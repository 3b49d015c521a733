"""Addressing: which messages are for the bot, and the command or question in them.

In a private chat every text is for the bot; in a group only commands, mentions and
replies to it are. Channel posts, their copies in a group, messages of other bots and
inline results are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import MessageEntity
from telegram.constants import ChatType
from telegram.ext.filters import MessageFilter

from bot.replies.reply import AnswerRef, Command
from bot.surfaces.telegram import permalink

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from telegram import Message

_BYTES_PER_UTF16_UNIT = 2  # bytes


def is_from_person(message: Message) -> bool:
    """Return whether a person wrote this here, as themselves or as a group."""
    if message.via_bot or message.is_automatic_forward or message.from_user is None:
        return False
    # A message written as a group or a channel comes from one of Telegram's own bots.
    return not message.from_user.is_bot or message.sender_chat is not None


def is_for_bot(message: Message) -> bool:
    """Return whether a text other than a command is for the bot."""
    is_private = message.chat.type == ChatType.PRIVATE
    return is_private or bool(_find_mentions(message)) or find_replied_answer(message) is not None


def find_replied_answer(message: Message) -> Message | None:
    """Return the bot's message that this one replies to.

    In a forum every message replies to the one that opened its topic, which does not count.
    """
    replied_to = message.reply_to_message
    if replied_to is None or replied_to.from_user is None or replied_to.forum_topic_created:
        return None
    return replied_to if replied_to.from_user.id == message.get_bot().id else None


def get_button_owner(message: Message) -> int | None:
    """Return the id of the one person who may press the answer's buttons; None for anybody.

    It is None for a message written as a group: a press comes with the person's own id,
    which that message does not give.
    """
    return message.from_user.id if message.from_user and not message.sender_chat else None


def get_sender_id(message: Message) -> int:
    """Return the id of the person, group or channel that `message` is from."""
    sender = message.sender_chat or message.from_user
    return sender.id if sender else 0


def get_language(message: Message) -> str | None:
    """Return the language code of the sender's Telegram client."""
    return message.from_user.language_code if message.from_user else None


def extract_command(message: Message) -> Command:
    """Return the question or command that was typed for the bot.

    A command or a mention alone, in reply to somebody else's message, searches
    for what that says.
    """
    name, text = _get_command_name(message), _strip_command_and_mentions(message)
    if not text and name in {"", "ask"}:
        text = _get_replied_text(message)
    return Command.parse(f"/{name} {text}" if name else text)


def is_own_command(message: Message, names: Container[str]) -> bool:
    """Return whether `message` opens with one of the commands `names` for this bot."""
    if not message.entities or not _is_command(message.entities[0]):
        return False
    addressee = message.parse_entity(message.entities[0]).partition("@")[2].casefold()
    is_ours = addressee in {"", message.get_bot().username.casefold()}
    return is_ours and _get_command_name(message) in names


def find_answer_ref(message: Message) -> AnswerRef:
    """Return the questions, page and quotes of the answer that `message` replies to."""
    answer = find_replied_answer(message)
    return permalink.parse_answer_ref(answer) if answer else AnswerRef()


def _get_command_name(message: Message) -> str:
    """Return the name of the command that `message` opens with, in lower case; "" for none."""
    if not message.entities or not _is_command(message.entities[0]):
        return ""
    return message.parse_entity(message.entities[0])[1:].partition("@")[0].lower()


def _strip_command_and_mentions(message: Message) -> str:
    """Return the text without the command and mentions of the bot."""
    command_entities = [entity for entity in message.entities[:1] if _is_command(entity)]
    text = (message.text or "").encode("utf-16-le")
    for entity in sorted([*command_entities, *_find_mentions(message)], key=lambda e: -e.offset):
        end = entity.offset + entity.length
        text = text[: entity.offset * _BYTES_PER_UTF16_UNIT] + text[end * _BYTES_PER_UTF16_UNIT :]
    return text.decode("utf-16-le").strip()


def _get_replied_text(message: Message) -> str:
    """Return the selected or whole text of the other person's message that this one replies to."""
    replied_to = message.reply_to_message
    if replied_to is None or find_replied_answer(message):
        return ""
    if message.quote:
        return message.quote.text
    return replied_to.text or replied_to.caption or ""


def _find_mentions(message: Message) -> list[MessageEntity]:
    username = f"@{message.get_bot().username}".casefold()
    mentions = message.parse_entities([MessageEntity.MENTION])
    return [entity for entity, text in mentions.items() if text.casefold() == username]


def _is_command(entity: MessageEntity) -> bool:
    return entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0


class MessagePredicate(MessageFilter):
    """Turns a predicate on messages into a filter of the library."""

    def __init__(self, predicate: Callable[[Message], bool]) -> None:
        super().__init__(predicate.__name__)
        self._predicate = predicate

    def filter(self, message: Message) -> bool:
        """Return the predicate's result."""
        return self._predicate(message)
