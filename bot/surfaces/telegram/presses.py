"""A press on a button read: the command it stands for, and whether whoever pressed may."""

from __future__ import annotations

import hmac
import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from telegram import Message

from bot.desk import commands
from bot.replies import words
from bot.replies.reply import Shown
from bot.surfaces.telegram import drawing
from bot.surfaces.telegram.drawing import Owner, seal, where_shown

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from telegram import CallbackQuery, Chat

# What changes the message it stands under, so only a sealed button may stand for it.
CHANGING = frozenset({"context", "opposite", "wordings", "copy", "more", "back", "alone"})
_DATA = re.compile(r"(?P<seal>[A-Za-z0-9_-]{8})?(?P<line>/[a-z]+.*)", re.DOTALL)


class Right(Enum):
    """What entitles to a press."""

    ANYONES = "the button is not sealed"
    OWN = "it is sealed for whoever pressed"
    NONE = "it is sealed for somebody else, or forged"


class Press(NamedTuple):
    """What was pressed: the line it stands for, in which chat, under what, by what right.

    `owner` is whoever may press what takes its place.
    """

    line: str
    chat: Chat
    right: Right
    shown: Shown
    owner: int | None


def read(query: CallbackQuery) -> Press | None:
    """Return what `query` presses; None where no button of the bot's could say that."""
    found = _DATA.fullmatch(query.data or "")
    message = query.message
    if found is None or message is None:
        return None
    visible = message if isinstance(message, Message) else None
    under = drawing.shown(visible) if visible else Shown()
    line, person = found["line"], query.from_user.id
    if found["seal"] is None:
        return Press(line, message.chat, Right.ANYONES, under, person)
    where = where_shown(visible) if visible else ""
    for owner in (person, None):
        made = seal(query.get_bot().token, Owner(message.chat.id, owner), where)(line)
        if hmac.compare_digest(made, query.data or ""):
            return Press(line, message.chat, Right.OWN, under, owner)
    return Press(line, message.chat, Right.NONE, under, person)


def refusal(query: CallbackQuery, press: Press | None, admins: AbstractSet[int]) -> str | None:
    """Return why a press is refused, to be shown to whoever pressed; None if it is not."""
    if press is None:
        return str(words.UNKNOWN_BUTTON)
    name, _ = commands.parted(press.line)
    if press.right is Right.NONE and name in CHANGING:
        return str(words.NOT_YOURS.format(word=_typed_instead(name)))
    if name in commands.ADMINS:
        known = press.right is Right.OWN and _own_chat(query) and press.owner in admins
    else:
        known = name in commands.ANYONES and (press.right is Right.OWN or name not in CHANGING)
    return None if known else str(words.UNKNOWN_BUTTON)


def _own_chat(query: CallbackQuery) -> bool:
    """Tell whether the button stands in the private chat of whoever pressed it."""
    return query.message is not None and query.message.chat.id == query.from_user.id


def _typed_instead(name: str) -> str:
    """Return the words that, typed in reply to an answer, stand for the command of this name."""
    said = [typed for typed, command in words.TYPED.items() if command == f"/{name}"]
    return next(iter(said), next(iter(words.TYPED)))
