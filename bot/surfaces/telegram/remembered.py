"""Which messages answer which question, for as long as the process lives and no longer than needed.

Only numbers are kept, of the last questions, so that an edited question can
have its answer edited.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telegram import Message

MOST = 2_000


class Remembered:
    """The answers to the last questions, by chat and message number."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._answers: OrderedDict[tuple[int, int], int] = OrderedDict()

    def note(self, question: Message, numbers: tuple[int, ...]) -> None:
        """Note that `question` is answered by the messages of these numbers, the first foremost."""
        place = question.chat.id, question.message_id
        self._answers[place] = numbers[0]
        self._answers.move_to_end(place)
        if len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def answer(self, question: Message) -> int | None:
        """Return the number of the message that answers `question`, if it is remembered."""
        return self._answers.get((question.chat.id, question.message_id))

    def __len__(self) -> int:
        """Return how many questions are remembered."""
        return len(self._answers)
