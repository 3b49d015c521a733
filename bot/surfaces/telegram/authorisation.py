"""Authorisation: an admin is a person listed by id who writes to the bot in a private chat."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, BaseHandler, ContextTypes
from telegram.ext.filters import UpdateFilter

Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)


def is_from_admin(update: Update, admin_ids: AbstractSet[int]) -> bool:
    """Return whether `update` is an admin's own new message in their private chat.

    Usernames do not count, since they change hands. Nor does a message that was edited,
    forwarded, sent through another bot, on behalf of a chat or in a group, although the
    admin's id is on it.
    """
    message = update.message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return False
    sender_id = message.from_user.id
    return sender_id in admin_ids and message.chat.id == sender_id and _is_first_hand(message)


def _is_first_hand(message: Message) -> bool:
    """Return whether a message is typed in private by its sender: not forwarded, edited or sent through anybody."""
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
    """Turns `is_from_admin` into a filter of the library."""

    def __init__(self, admin_ids: AbstractSet[int]) -> None:
        super().__init__()
        self._admin_ids = admin_ids

    def filter(self, update: Update) -> bool:
        """Return whether an admin wrote `update` in private."""
        return is_from_admin(update, self._admin_ids)


class GuardHandler(BaseHandler["Update", "Context", None]):
    """Runs a guard on every update that one of `handlers` would take.

    It stands in an earlier group than they do. The guard raises ApplicationHandlerStop
    to keep an update from them.
    """

    def __init__(
        self,
        guard: Callable[[Update, Context], Coroutine[Any, Any, None]],
        handlers: Iterable[BaseHandler[Any, Context, Any]],
    ) -> None:
        super().__init__(guard)
        self._handlers = tuple(handlers)

    def check_update(self, update: object) -> bool:
        """Return whether one of the handlers would take `update`."""
        return any(_takes(handler, update) for handler in self._handlers)


def _takes(handler: BaseHandler[Any, Context, Any], update: object) -> bool:
    """Return whether `handler` would take `update`; it is not handled here."""
    # To the library any other result is a match, even an empty one.
    match = handler.check_update(update)
    return match is not None and match is not False


@dataclass(frozen=True, slots=True)
class AdminGuard:
    """Checks again what the handlers' filter has checked, should somebody forget the filter."""

    admin_ids: frozenset[int]

    async def require_admin(self, update: Update, _: Context) -> None:
        """Log an admin's command with the admin's id, and stop anybody else's.

        Raises:
            ApplicationHandlerStop: no admin wrote this.
        """
        message = update.message
        if message is None or message.from_user is None or not is_from_admin(update, self.admin_ids):
            log.error("admin command refused")
            raise ApplicationHandlerStop
        words = (message.text or "").split() or [""]
        # What is typed in reply to the bot is logged no more than a question is.
        command = words[0].partition("@")[0] if words[0].startswith("/") else "a reply or a document"
        log.info("admin=%d command=%.32s", message.from_user.id, command)
