"""A press on a button read: the command it stands for, and whether whoever pressed may."""

from __future__ import annotations

import hmac
import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from telegram import Message

from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.replies.reply import AnswerRef, Command
from bot.service import commands
from bot.service.admin import ADMIN_COMMANDS
from bot.surfaces.telegram import rendering
from bot.surfaces.telegram.rendering import ButtonOwner, find_permalink, make_sealer

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from telegram import CallbackQuery, Chat

# What changes the message it stands under, so only a sealed button may stand for it.
SEALED_COMMANDS = frozenset({"context", "opposite", "wordings", "copy", "more", "back", "alone"})
_CALLBACK_DATA = re.compile(r"(?P<seal>[A-Za-z0-9_-]{8})?(?P<line>/[a-z]+.*)", re.DOTALL)


class Permission(Enum):
    """What entitles to a press."""

    PUBLIC = "the button is not sealed"
    OWNER = "it is sealed for whoever pressed"
    DENIED = "it is sealed for somebody else, or forged"


class ButtonPress(NamedTuple):
    """A press: the command, in which chat, under which answer, by what right.

    `owner_id` is who may press the buttons of the reply that takes its place.
    """

    command: Command
    chat: Chat
    permission: Permission
    answer_ref: AnswerRef
    owner_id: int | None


def parse_press(query: CallbackQuery) -> ButtonPress | None:
    """Return what `query` presses; None where no button of the bot's could say that."""
    match = _CALLBACK_DATA.fullmatch(query.data or "")
    message = query.message
    if match is None or message is None:
        return None
    accessible = message if isinstance(message, Message) else None
    answer_ref = rendering.parse_answer_ref(accessible) if accessible else AnswerRef()
    line, person_id = match["line"], query.from_user.id
    command = Command.parse(line)
    if match["seal"] is None:
        return ButtonPress(command, message.chat, Permission.PUBLIC, answer_ref, person_id)
    permalink = find_permalink(accessible) if accessible else ""
    for owner_id in (person_id, None):
        expected = make_sealer(
            query.get_bot().token, ButtonOwner(message.chat.id, owner_id), permalink
        )(line)
        if hmac.compare_digest(expected, query.data or ""):
            return ButtonPress(command, message.chat, Permission.OWNER, answer_ref, owner_id)
    return ButtonPress(command, message.chat, Permission.DENIED, answer_ref, person_id)


def find_refusal_reason(
    query: CallbackQuery, press: ButtonPress | None, admin_ids: AbstractSet[int]
) -> str | None:
    """Return why a press is refused, to be shown to whoever pressed; None if it is not."""
    if press is None:
        return say("unknown_button")
    name = press.command.name
    if press.permission is Permission.DENIED and name in SEALED_COMMANDS:
        return str(say("not_yours", word=_find_typed_word(name)))
    if name in ADMIN_COMMANDS:
        is_allowed = (
            press.permission is Permission.OWNER
            and _is_in_own_chat(query)
            and press.owner_id in admin_ids
        )
    else:
        is_allowed = name in commands.PUBLIC_COMMANDS and (
            press.permission is Permission.OWNER or name not in SEALED_COMMANDS
        )
    return None if is_allowed else say("unknown_button")


def _is_in_own_chat(query: CallbackQuery) -> bool:
    """Tell whether the button stands in the private chat of whoever pressed it."""
    return query.message is not None and query.message.chat.id == query.from_user.id


def _find_typed_word(name: str) -> str:
    """Return the words that, typed in reply to an answer, stand for the command of this name."""
    typed_words = [
        word for word, command in catalogue.get_typed_commands().items() if command == f"/{name}"
    ]
    return next(iter(typed_words), next(iter(catalogue.get_typed_commands())))
