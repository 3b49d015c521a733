"""What waited while the bot was away: answered if it is not old, told of once if it is.

Nobody wants last night's quarrel answered message by message. After a long
outage each chat gets one answer, under the first question that waited there,
and with it a way to ask that again.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from bot.replies import buttons, words
from bot.replies.reply import Button, Piece, Reply
from bot.surfaces.telegram.addressing import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram import Message

REMEMBERED = 10_000


class Late:
    """Tells what was written more than `seconds` ago, and to whom that was told in that time."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.time) -> None:
        self._seconds = seconds
        self._now = now
        self._told: OrderedDict[int, float] = OrderedDict()

    def holds(self, message: Message) -> bool:
        """Return whether `message` is too old to be answered."""
        written = message.edit_date or message.date
        return self._now() - written.timestamp() > self._seconds

    def first(self, chat: int) -> bool:
        """Return whether this chat is to be told, and take it that it is."""
        told, now = self._told.get(chat), self._now()
        if told is not None and now - told <= self._seconds:
            return False
        self._told[chat] = now
        self._told.move_to_end(chat)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True


def apology(message: Message) -> Reply:
    """Return that `message` came too late to be answered, and how to ask it again."""
    asked = line(message)
    again = Button(words.ASK_AGAIN, asked if asked.startswith("/") else f"/ask {asked}")
    rows = ((again,),) if asked and buttons.fits(again) else ()
    return Reply(((Piece(words.TOO_LATE),),), rows)
