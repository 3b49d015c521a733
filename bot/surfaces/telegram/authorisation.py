"""Who is an admin: a person named by number, writing to the bot alone, in their own words."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram.constants import ChatType
from telegram.ext.filters import UpdateFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from collections.abc import Set as AbstractSet

    from telegram import Message, Update
    from telegram.ext import BaseHandler, ContextTypes

    Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)


def is_from_admin(update: Update, admin_ids: AbstractSet[int]) -> bool:
    """Return whether `update` is an admin's own new message in their private chat.

    Names count for nothing, for they change hands. A message that was edited,
    forwarded, sent through another bot, on behalf of a chat, or in a group is
    nobody's own, whoever's number it bears.
    """
    message = update.message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return False
    sender_id = message.from_user.id
    return sender_id in admin_ids and message.chat.id == sender_id and _is_first_hand(message)


def _is_first_hand(message: Message) -> bool:
    return message.chat.type == ChatType.PRIVATE and not any(
        (
            message.sender_chat,
            message.forward_origin,
            message.via_bot,
            message.sender_business_bot,
            message.is_automatic_forward,
            message.edit_date,
        )
    )


class AdminFilter(UpdateFilter):
    """`is_from_admin`, as the library's handlers take it."""

    def __init__(self, admin_ids: AbstractSet[int]) -> None:
        super().__init__()
        self._admin_ids = admin_ids

    def filter(self, update: Update) -> bool:
        """Return whether an admin wrote this."""
        return is_from_admin(update, self._admin_ids)


@dataclass(frozen=True, slots=True)
class AdminGuard:
    """The numbers of those who may do what others may not; nobody where there are none."""

    admin_ids: frozenset[int]

    def guard_handler(self, handler: BaseHandler[Any, Context, Any]) -> None:
        """Let `handler` do only what an admin asks for, and log that, with the admin's number.

        Its filter has asked the same before; this holds should somebody forget the filter.
        """
        handler.callback = self._guard_callback(handler.callback)

    def _guard_callback(
        self, callback: Callable[[Update, Context], Coroutine[Any, Any, Any]]
    ) -> Callable[[Update, Context], Coroutine[Any, Any, Any]]:
        async def check_and_call(update: Update, context: Context) -> None:
            message = update.message
            if (
                message is None
                or message.from_user is None
                or not is_from_admin(update, self.admin_ids)
            ):
                log.error("refused what an admin may do")
                return
            command = message.text.split()[0].partition("@")[0] if message.text else "a document"
            log.info("admin=%d command=%.32s", message.from_user.id, command)
            await callback(update, context)

        return check_and_call
