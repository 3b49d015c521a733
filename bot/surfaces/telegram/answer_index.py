"""Which messages answer which question, for as long as the process lives and no longer than needed.

Only numbers are kept, of the last questions, so that an edited question can
have its answer edited.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telegram import Message

MAX_ANSWERS = 2_000


class AnswerIndex:
    """The answers to the last questions, by chat and message number."""

    def __init__(self, limit: int = MAX_ANSWERS) -> None:
        self._limit = limit
        self._answers: OrderedDict[tuple[int, int], int] = OrderedDict()

    def add(self, question: Message, message_ids: tuple[int, ...]) -> None:
        """Note that `question` is answered by the messages of these numbers, the first foremost."""
        key = question.chat.id, question.message_id
        self._answers[key] = message_ids[0]
        self._answers.move_to_end(key)
        if len(self._answers) > self._limit:
            self._answers.popitem(last=False)

    def find_answer(self, question: Message) -> int | None:
        """Return the number of the message that answers `question`, if it is remembered."""
        return self._answers.get((question.chat.id, question.message_id))

    def __len__(self) -> int:
        """Return how many questions are remembered."""
        return len(self._answers)
