"""What waited while the bot was away: answered if it is not old, told of once if it is.

Nobody wants last night's quarrel answered message by message. After a long
outage each chat gets one answer, under the first question that waited there,
and with it a way to ask that again.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from bot.replies import buttons
from bot.replies.catalogue import say
from bot.replies.reply import Button, Piece, Reply
from bot.surfaces.telegram.addressing import extract_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram import Message

MAX_CHATS = 10_000


class StaleUpdates:
    """Tells what was written more than `seconds` ago, and to whom that was told in that time."""

    def __init__(self, max_age: float, clock: Callable[[], float] = time.time) -> None:
        self._max_age = max_age
        self._clock = clock
        self._notified_at: OrderedDict[int, float] = OrderedDict()

    def is_stale(self, message: Message) -> bool:
        """Return whether `message` is too old to be answered."""
        sent_at = message.edit_date or message.date
        return self._clock() - sent_at.timestamp() > self._max_age

    def mark_notified(self, chat_id: int) -> bool:
        """Return whether this chat is to be told, and take it that it is."""
        notified_at, now = self._notified_at.get(chat_id), self._clock()
        if notified_at is not None and now - notified_at <= self._max_age:
            return False
        self._notified_at[chat_id] = now
        self._notified_at.move_to_end(chat_id)
        if len(self._notified_at) > MAX_CHATS:
            self._notified_at.popitem(last=False)
        return True


def render_apology(message: Message) -> Reply:
    """Return that `message` came too late to be answered, and how to ask it again."""
    command = extract_command(message)
    ask_again = Button(say("label_ask_again"), f"/{command.name} {command.text}".rstrip())
    rows = ((ask_again,),) if str(command) and buttons.fits_command_limit(ask_again) else ()
    return Reply(((Piece(say("too_old")),),), rows)
