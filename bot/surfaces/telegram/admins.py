"""Who may reload: a person named by number, writing to the bot alone, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatType
from telegram.ext.filters import UpdateFilter

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from telegram import Message, Update


def permitted(update: Update, admins: AbstractSet[int]) -> bool:
    """Return whether `update` is an admin's own new message in their private chat.

    Names count for nothing, for they change hands. A message that was edited,
    forwarded, sent through another bot, on behalf of a chat, or in a group is
    nobody's own, whoever's number it bears.
    """
    message = update.message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return False
    person = message.from_user.id
    return person in admins and message.chat.id == person and _first_hand(message)


def _first_hand(message: Message) -> bool:
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


class FromAdmin(UpdateFilter):
    """`permitted`, as the library's handlers take it."""

    def __init__(self, admins: AbstractSet[int]) -> None:
        super().__init__()
        self._admins = admins

    def filter(self, update: Update) -> bool:
        """Return whether an admin wrote this."""
        return permitted(update, self._admins)
