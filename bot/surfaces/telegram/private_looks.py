"""Private looks in a group: what a press opens is shown to whoever pressed, as an ephemeral message (Bot API 10.2).

The library has no method of its own for it, so it is asked for by the public door for newer methods. A server that
does not know it is asked once, and from then on every press is answered the old way.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from telegram import CallbackQuery, Chat
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound
from telegram.ext import ExtBot

from bot.replies.reply import Reply
from bot.surfaces.telegram.callbacks import ButtonOwner
from bot.surfaces.telegram.rendering import render_reply

log = logging.getLogger(__name__)

# sendMessage: its own method could not read an answer without a number, and the door warns of a name that has one.
_SEND_MESSAGE = "send__message"
# What is a look for one member; the pages of an answer are everybody's.
_LOOKS = frozenset({"context", "wordings", "copy"})
# Of a refusal that is about the place, the person or the moment, and says nothing of the next.
_PASSING_REASONS = ("topic", "thread", "chat not found", "rights", "participant", "kicked", "blocked", "too old")


@dataclass(slots=True)
class PrivateLooks:
    """Shows looks to one member of a group, as long as the server takes that."""

    is_on: bool = True
    _is_refused: bool = field(default=False, init=False)

    async def show(self, bot: ExtBot[Any], query: CallbackQuery, chat: Chat, name: str, reply: Reply) -> bool:
        """Show `reply` to whoever pressed, and return whether that was done: only for a look, in a group, in one part.

        What is shown so has no buttons that change a message: there is none that could be changed.
        """
        if not self.is_on or self._is_refused or name not in _LOOKS or chat.type == ChatType.PRIVATE:
            return False
        rendered = render_reply(bot, reply, ButtonOwner(chat.id, query.from_user.id))
        if len(rendered.parts) > 1:
            return False
        parameters = {
            "chat_id": chat.id,
            "text": rendered.parts[0],
            "parse_mode": ParseMode.HTML,
            "link_preview_options": {"is_disabled": True},
            "receiver_user_id": query.from_user.id,
            "callback_query_id": query.id,
        }
        try:
            result = await bot.do_api_request(_SEND_MESSAGE, api_kwargs=parameters)
        except (BadRequest, EndPointNotFound) as error:
            if not any(reason in str(error).casefold() for reason in _PASSING_REASONS):
                self._refuse(f"{type(error).__name__} {error}"[:100])
            return False
        except ChatMigrated:
            # The group has a new id, where the reply is sent the old way.
            return False
        if "ephemeral_message_id" not in result:
            # An older server ignores the parameter: everybody sees the message, and it is not sent again.
            self._refuse("not ephemeral")
        return True

    def _refuse(self, reason: str) -> None:
        """Show no more private looks, and log why."""
        self._is_refused = True
        log.info("private looks are off: %s", reason)
