"""Addressing: which messages are for the bot, and the command or question in them.

In a private chat every text is for the bot; in a group only commands, mentions and
replies to it are, except a reply that turns to somebody else ("@bob look at that").
Channel posts, their copies in a group, messages of other bots and
inline results are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace

from telegram import Message, MessageEntity
from telegram.constants import ChatType
from telegram.ext import filters
from telegram.ext.filters import MessageFilter

from bot.replies import catalogue
from bot.replies.reply import AnswerRef, Command
from bot.surfaces.telegram.callbacks import parse_answer_ref

_BYTES_PER_UTF16_UNIT = 2
_ACCOUNT_LINK = "tg://user?id="
# What people send in place of words.
UNREADABLE = filters.ATTACHMENT | filters.CHECKLIST


def is_from_person(message: Message) -> bool:
    """Return whether a person wrote `message` in its chat, as themselves or in the name of a group or channel."""
    if message.via_bot or message.is_automatic_forward or message.from_user is None:
        return False
    # A message written as a group or a channel comes from one of Telegram's own bots.
    return not message.from_user.is_bot or message.sender_chat is not None


def is_for_bot(message: Message) -> bool:
    """Return whether `message`, if it is no command, is for the bot."""
    if message.chat.type == ChatType.PRIVATE or _find_mentions(message):
        return True
    return find_replied_answer(message) is not None and not _opens_with_tag(message)


def tags_others_alone(message: Message) -> bool:
    """Return whether `message`, in a group, mentions somebody, and not the bot."""
    return message.chat.type != ChatType.PRIVATE and bool(_find_tags(message)) and not _find_mentions(message)


def _opens_with_tag(message: Message) -> bool:
    """Return whether `message` opens by mentioning somebody, with at most a greeting or thanks before it."""
    tags = _find_tags(message)
    if not tags:
        return False
    head = _cut_out(get_text(message), [(min(tag.offset for tag in tags), None)])
    with catalogue.use_language(get_language(message)):
        return not any(map(str.isalnum, head)) or catalogue.find_chatter(head) in {"greetings", "thanks"}


def find_replied_answer(message: Message) -> Message | None:
    """Return the bot's message that `message` replies to; None where it replies to nothing or to anybody else.

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
    """Return the id of the person, group or channel that `message` is from; 0 if it names none."""
    sender = message.sender_chat or message.from_user
    return sender.id if sender else 0


def get_language(message: Message) -> str | None:
    """Return the language code of the sender's Telegram client; None if it is not known."""
    return message.from_user.language_code if message.from_user else None


def extract_command(message: Message) -> Command:
    """Return the question or command that was typed for the bot.

    A command or a mention alone, in reply to somebody else's message, is about
    what that says.
    """
    name, text = get_command_name(message), _strip_command_and_mentions(message)
    if not text and name in {"", "ask", "verify"}:
        text = get_replied_text(message)
    return Command.parse(f"/{name} {text}" if name else text)


def is_own_command(message: Message, names: Container[str]) -> bool:
    """Return whether `message` opens with one of the commands `names`, addressed to this bot or to no bot by name."""
    return _is_addressed_to_bot(message) and get_command_name(message) in names


def is_unknown_command(message: Message) -> bool:
    """Return whether `message` opens with a slash in private, or in a group with a command for this bot by name.

    Known commands do too: their handlers must come first.
    """
    if message.chat.type == ChatType.PRIVATE:
        return get_text(message).startswith("/") and _is_addressed_to_bot(message)
    return "@" in _get_opening_command(message) and _is_addressed_to_bot(message)


def is_plain_question(message: Message) -> bool:
    """Return whether `message` has words for the bot, and opens with no command of any bot."""
    return bool(get_text(message)) and not _get_opening_command(message) and is_for_bot(message)


def find_unfinished_command(history: Sequence[Command]) -> Command | None:
    """Return the command that an answer leaves unfinished, by asking for the name of a voice; else None."""
    return history[-1] if history and history[-1].name == "doubts" else None


def complete_command(unfinished: Command, message: Message) -> Command:
    """Return the command with the text of `message` added at its end."""
    return unfinished._replace(text=f"{unfinished.text} {_strip_command_and_mentions(message)}")


def find_answer_ref(message: Message) -> AnswerRef:
    """Return the questions, page and quotes of the answer that `message` replies to; empty without one.

    If the person selected a part of the answer, only the quote that holds it is meant.
    """
    answer = find_replied_answer(message)
    if answer is None:
        return AnswerRef()
    answer_ref = parse_answer_ref(answer)
    picked = _find_picked_quote(message, answer)
    if picked is None or picked >= len(answer_ref.quote_ids):
        return answer_ref
    return replace(answer_ref, quote_ids=(answer_ref.quote_ids[picked],))


def _find_picked_quote(message: Message, answer: Message) -> int | None:
    """Return the index of the quote of `answer` that holds the selected part; None where no quote does."""
    if message.quote is None or len(message.quote.text.split()) == 0:
        return None
    quotes = answer.parse_entities([MessageEntity.BLOCKQUOTE]).values()
    picked = message.quote.text.strip()
    return next((index for index, text in enumerate(quotes) if picked in text), None)


def get_command_name(message: Message) -> str:
    """Return the name of the command that `message` opens with, in lower case; "" for none."""
    return _get_opening_command(message)[1:].partition("@")[0].lower()


def get_replied_text(message: Message) -> str:
    """Return the selected or whole text of the message that `message` replies to; "" for the bot's, or without one."""
    if find_replied_answer(message):
        return ""
    if message.quote:
        return message.quote.text
    replied_to = message.reply_to_message
    return get_text(replied_to) if replied_to else ""


def get_text(message: Message) -> str:
    """Return what was written: the text, or the caption of a picture or document."""
    return message.text or message.caption or ""


def _get_entities(message: Message, *types: str) -> dict[MessageEntity, str]:
    """Return the entities of `types` in what was written, and the text of each."""
    entities = message.entities if message.text else message.caption_entities
    # Most messages in a group have none, and parsing them costs more than all else here.
    if not any(entity.type in types for entity in entities):
        return {}
    parse = message.parse_entities if message.text else message.parse_caption_entities
    return parse(list(types)) if get_text(message) else {}


def _get_opening_command(message: Message) -> str:
    """Return the command that opens `message`, as written ("/ask@bot") and however it is formatted; "" without one."""
    text = get_text(message)
    if not text.startswith("/"):
        return ""
    # A command is ASCII, so that its length is the same in any encoding.
    entities = message.entities if message.text else message.caption_entities
    commands = (entity for entity in entities if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0)
    return next((text[: entity.length] for entity in commands), "")


def _is_addressed_to_bot(message: Message) -> bool:
    """Return whether the command that `message` opens with names this bot, or no bot; also true without a command."""
    addressee = _get_opening_command(message).partition("@")[2].casefold()
    return addressee in {"", message.get_bot().username.casefold()}


def _strip_command_and_mentions(message: Message) -> str:
    """Return the text without its command, mentions of the bot, and tags of other people."""
    commands = _get_entities(message, MessageEntity.BOT_COMMAND)
    dropped = [*(entity for entity in commands if entity.offset == 0), *_find_tags(message)]
    return _cut_out(get_text(message), [(entity.offset, entity.offset + entity.length) for entity in dropped]).strip()


def _cut_out(text: str, spans: Iterable[tuple[int, int | None]]) -> str:
    """Return `text` without `spans`, half-open in UTF-16 units; an end that is None is the end of the text.

    >>> _cut_out("😀 @bob look", [(3, 7)]), _cut_out("😀 @bob look", [(3, None)])
    ('😀  look', '😀 ')
    """
    units = text.encode("utf-16-le")
    for start, end in sorted(spans, reverse=True):
        rest = b"" if end is None else units[end * _BYTES_PER_UTF16_UNIT :]
        units = units[: start * _BYTES_PER_UTF16_UNIT] + rest
    return units.decode("utf-16-le")


def _find_tags(message: Message) -> dict[MessageEntity, str]:
    """Return the entities that mention anybody, with their text: usernames, names of members, links to accounts."""
    types = (MessageEntity.MENTION, MessageEntity.TEXT_MENTION, MessageEntity.TEXT_LINK)
    entities = _get_entities(message, *types)
    return {tag: text for tag, text in entities.items() if not tag.url or tag.url.startswith(_ACCOUNT_LINK)}


def _find_mentions(message: Message) -> list[MessageEntity]:
    """Return the entities of `message` that mention the bot."""
    bot = message.get_bot()
    return [
        tag
        for tag, text in _find_tags(message).items()
        if (tag.type == MessageEntity.MENTION and text.casefold() == f"@{bot.username}".casefold())
        or (tag.user and tag.user.id == bot.id)
        or tag.url == f"{_ACCOUNT_LINK}{bot.id}"
    ]


class MessagePredicate(MessageFilter):
    """A filter of the library: passes the messages for which `predicate` returns something true."""

    def __init__(self, predicate: Callable[[Message], object]) -> None:
        super().__init__(predicate.__name__)
        self._predicate = predicate

    def filter(self, message: Message) -> bool:
        """Return whether `message` passes."""
        return bool(self._predicate(message))
