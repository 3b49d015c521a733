"""The last answer of each private chat, so that a follow-up there needs no reply to it.

In memory alone, for half an hour at most, and gone with the process: what an answer answers, and the ids of its
quotes, as its own link says them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from cachetools import TTLCache
from telegram import Chat
from telegram.constants import ChatType

from bot.replies.reply import AnswerRef, Command, Reply
from bot.service import Service, commands

# What is forgotten too soon is asked for: "Reply to one of my answers".
MAX_CHATS = 2_000
# What leans on an answer is short ("and what do the police say about it?"), and to read every question twice would
# cost a third of an answer.
_MOST_WORDS = 8
# Commands that look into the answer shown last.
_LOOKS = frozenset({"more", "back", "alone", "context", "opposite", "wordings", "copy", "history"})


class ChatMemory:
    """Remembers answers for `minutes`; 0 remembers nothing."""

    def __init__(self, minutes: float, timer: Callable[[], float] = time.monotonic) -> None:
        self._is_on = minutes > 0
        self._answers: TTLCache[int, AnswerRef] = TTLCache(MAX_CHATS, max(60 * minutes, 1), timer)

    def remember(self, chat: Chat, reply: Reply) -> None:
        """Remember what was answered in a private chat, in place of the answer before; thanks are no question."""
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
            is_follow_up = command.name in _LOOKS
        return answer_ref if is_follow_up else AnswerRef()

    def forget(self, chat_id: int) -> None:
        """Forget what was answered in the chat."""
        self._answers.pop(chat_id, None)
