"""What a message refers to: somebody else's words, which are searched or checked, or the last answer of its chat.

The last answer of a private chat is remembered so that a follow-up need not reply to it: in memory alone, for half an
hour at most, as its questions and the ids of its quotes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from cachetools import TTLCache
from telegram import Chat, Message
from telegram.constants import ChatType

from bot.replies.catalogue import say
from bot.replies.reply import AnswerRef, Command, Piece, Reply, Style
from bot.service import Service, commands
from bot.surfaces.telegram.addressing import get_command_name, get_replied_text, get_text, tags_others_alone
from bot.surfaces.telegram.sending import Destination, QuotedPart, get_destination

VERIFY, STOP = "verify", "stop"

# Chats whose last answer is remembered; in a forgotten one the bot asks: "Reply to one of my answers".
MAX_CHATS = 2_000
# A follow-up has at most so many words: it is short ("and what do the police say about it?"), and reading every
# question twice would cost a third of an answer.
_MOST_WORDS = 8
# Commands that look into the answer shown last.
_FOLLOW_UP_COMMANDS = frozenset({"more", "back", "alone", "context", "opposite", "wordings", "copy", "history"})


def read_command(message: Message, command: Command) -> Command:
    """Return the command that a message stands for: words forwarded in private, or replied to by "verify", are checked.

    /stop, by which bots are told to send nothing unasked, ends whatever the chat follows.
    """
    if command.name == STOP:
        return Command("follow", STOP)
    typed = commands.match_phrase(command.text) if command.name == "ask" else None
    if typed and typed.name == VERIFY and (replied_text := get_replied_text(message)):
        return Command(VERIFY, " ".join(replied_text.split()))
    if message.forward_origin is None or message.chat.type != ChatType.PRIVATE or get_command_name(message):
        return command
    return Command(VERIFY, command.text) if command.text else command


async def turns_to_others(service: Service, message: Message, text: str) -> bool:
    """Return whether a reply to the bot, which says `text`, tags somebody else and asks the bot nothing.

    "Have you seen this, @bob?" does.
    """
    if not tags_others_alone(message) or get_command_name(message):
        return False
    return commands.match_phrase(text) is None and await service.asks_nothing(text)


class Request(NamedTuple):
    """What a message asks for: a command, or at once the `verdict` on the quotes of the message that it replies to."""

    command: Command
    verdict: Reply | None = None
    is_about_replied: bool = False

    def add_note(self, reply: Reply) -> Reply:
        """Return the reply to `command`, under a note where the message replied to was searched."""
        return _put_note_first(reply, say("searched_reply")) if self.is_about_replied else reply


async def read_request(service: Service, message: Message, command: Command) -> Request:
    """Return what `message`, in which `command` was typed, asks for.

    A message that itself asks nothing ("is that true?") is about the words that it replies to.
    """
    command, replied_text = read_command(message, command), " ".join(get_replied_text(message).split())
    if command.name != "ask" or not replied_text:
        return Request(command)
    if command.text != replied_text and not await service.asks_nothing(command.text):
        return Request(command)
    # Whoever types /ask wants a search, and no verdict.
    if not get_command_name(message) and (verdict := await service.verify_or_none(replied_text)):
        return Request(command, _put_note_first(verdict, say("verify.checked_reply")))
    return Request(Command("ask", replied_text), is_about_replied=True)


def _put_note_first(reply: Reply, note: str) -> Reply:
    """Return `reply` with a line above it that says what was done with the message replied to."""
    return replace(reply, blocks=((Piece(note, Style.ITALIC),), *reply.blocks))


def get_destination_at_cited_words(message: Message, reply: Reply) -> Destination:
    """Return where a reply to `message` goes: under what it cites of `message` or of the one replied to, if any."""
    destination = get_destination(message)
    is_about_replied = bool(get_replied_text(message)) and message.quote is None and message.reply_to_message
    for source in [message.reply_to_message] if is_about_replied else [message]:
        if reply.cited and source and (part := find_part(get_text(source), *reply.cited)):
            return replace(destination, reply_to_id=source.message_id, quoted=part)
    return destination


def find_part(text: str, words: str, index: int) -> QuotedPart | None:
    r"""Return occurrence `index` (from 0) of `words` in `text`, the last one if there are fewer; None if there is none.

    >>> find_part("Not now,\n not ever", "not ever", 0)
    QuotedPart(text='not ever', position=10)
    """
    pattern = r"\s+".join(map(re.escape, words.split()))
    matches = list(islice(re.finditer(rf"(?<!\w){pattern}(?!\w)", text), index + 1))
    if not matches:
        return None
    start = matches[-1].start()
    return QuotedPart(matches[-1].group(), len(text[:start].encode("utf-16-le")) // 2)


class ChatMemory:
    """Remembers the last answer of each private chat for `minutes`; with 0 nothing."""

    def __init__(self, minutes: float, timer: Callable[[], float] = time.monotonic) -> None:
        self._is_on = minutes > 0
        self._answers: TTLCache[int, AnswerRef] = TTLCache(MAX_CHATS, max(60 * minutes, 1), timer)

    def remember(self, chat: Chat, reply: Reply) -> None:
        """Remember an answer in a private chat in place of the one before; a reply to thanks is no answer."""
        if self._is_on and chat.type == ChatType.PRIVATE and reply.history and not reply.reaction:
            self._answers[chat.id] = reply.answer_ref

    async def recall(self, chat: Chat, service: Service, command: Command) -> AnswerRef:
        """Return the last answer in a private chat if `command` follows up on it, else an empty `AnswerRef`."""
        answer_ref = self._answers.get(chat.id)
        if answer_ref is None or chat.type != ChatType.PRIVATE:
            return AnswerRef()
        if command.name == "ask":
            is_short = len(command.text.split()) <= _MOST_WORDS
            is_follow_up = is_short and (
                bool(commands.match_phrase(command.text))
                or command.text.isdecimal()
                or await service.leans_on_context(command.text)
            )
        else:
            is_follow_up = command.name in _FOLLOW_UP_COMMANDS
        return answer_ref if is_follow_up else AnswerRef()

    def forget(self, chat_id: int) -> None:
        """Forget what was answered in the chat."""
        self._answers.pop(chat_id, None)
