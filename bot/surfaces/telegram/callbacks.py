"""What an answer carries back: a permalink with its questions, and sealed buttons.

A quiet word of an answer, "Searched", links to the bot with the question typed in; in answers of older versions the
first words do, so the link is found by its address and not by its place. When somebody replies to the answer or presses
a button under it, the link says what had been asked. Nothing is stored, so this works after a restart too.
A button that changes its message is sealed for the person who asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from telegram import CallbackQuery, Chat, Message, MessageEntity

from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.replies.quote_block import QUOTE_PREFIX
from bot.replies.reply import AnswerRef, Command, Reply
from bot.service import commands
from bot.service.admin import ADMIN_COMMANDS

# In characters. Telegram documents no limit for a link in a message; clients have cut longer ones.
_MAX_PERMALINK_LENGTH = 1500

# Commands that change the message above the button, so that the button must be sealed.
SEALED_COMMANDS = frozenset({"context", "opposite", "wordings", "copy", "history", "more", "back", "alone", "contents"})
_CALLBACK_DATA = re.compile(r"(?P<seal>[A-Za-z0-9_-]{8})?(?P<line>/[a-z]+.*)", re.DOTALL)


def build_permalink(username: str, reply: Reply) -> str:
    """Build the link that opens the bot with the questions typed in; "" if there are none.

    If it is too long, the earliest questions are dropped, then the end of the last, or all of a text to verify.
    """
    questions = [str(command) for command in reply.history]
    page_parameter = f"&page={reply.page}" if reply.page > 1 else ""
    page_parameter += f"&quotes={reply.page_size}" if reply.page_size else ""
    while questions:
        text = quote(chr(10).join(questions), safe="")
        url = f"{_build_permalink_prefix(username)}{text}{page_parameter}"
        if len(url) <= _MAX_PERMALINK_LENGTH:
            return url
        questions = questions[1:] or _shorten_question(questions[0])
    return ""


def parse_answer_ref(message: Message) -> AnswerRef:
    """Parse questions, page and quote ids from the links in one of the bot's messages."""
    parameters = parse_qs(urlsplit(find_permalink(message)).query)
    page, page_size = parameters.get("page", ["1"])[0], parameters.get("quotes", [""])[0]
    return AnswerRef(
        tuple(map(Command.parse, filter(None, parameters.get("text", [""])[0].split("\n")))),
        int(page) if page.isdecimal() else 1,
        tuple(dict.fromkeys(_find_quote_ids(message))),
        # An answer of an older version, which gives no page size, has as many quotes as the settings say.
        int(page_size) if page_size.isdecimal() else None,
    )


def find_permalink(message: Message) -> str:
    """Return the permalink in one of the bot's messages; "" if there is none."""
    prefix = _build_permalink_prefix(message.get_bot().username)
    return next((url for url in _list_links(message) if url.startswith(prefix)), "")


def _build_permalink_prefix(username: str) -> str:
    """Build what every permalink of the bot called `username` begins with."""
    return f"https://t.me/{username}?text="


def _find_quote_ids(message: Message) -> Iterator[str]:
    """Yield the id of each quote that the message links to, in order and with repeats."""
    prefix = f"https://t.me/{message.get_bot().username}?start={QUOTE_PREFIX}"
    return (url.removeprefix(prefix) for url in _list_links(message) if url.startswith(prefix))


def _list_links(message: Message) -> list[str]:
    """Return the addresses that words of the message link to."""
    return [e.url for e in message.entities if e.type == MessageEntity.TEXT_LINK and e.url]


def _shorten_question(question: str) -> list[str]:
    """Return `question` in a list, without its last word, or without its second half if it is one word.

    For a text to verify the list is empty, since a part of it may get another verdict.

    >>> _shorten_question("one two"), _shorten_question("four"), _shorten_question("/verify one two")
    (['one'], ['fo'], [])
    """
    if Command.parse(question).name == "verify":
        return []
    return [question.rpartition(" ")[0] or question[: len(question) // 2]]


@dataclass(frozen=True, slots=True)
class ButtonOwner:
    """The person who may press a button in a chat; anybody if `person_id` is None."""

    chat_id: int
    person_id: int | None


class Permission(Enum):
    """By what right a button is pressed."""

    PUBLIC = "the button is not sealed"
    OWNER = "it is sealed for the person who pressed it, or for anybody"
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


def make_sealer(token: str, owner: ButtonOwner, permalink: str) -> Callable[[str], str]:
    """Return a function that seals a command for `owner` under the answer with `permalink`.

    A seal is an HMAC keyed by the token, valid for one chat, one owner, one question
    and one command. Its 48 bits can only be guessed online, and leave 56 of Telegram's
    64 bytes of callback data to the command.
    """

    def seal_command(command: str) -> str:
        """Return the callback data for `command`: its seal and then itself."""
        payload = f"{owner.chat_id}\n{owner.person_id}\n{permalink}\n{command}".encode()
        digest = hmac.digest(token.encode(), b"button\n" + payload, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:6]).decode() + command

    return seal_command


def parse_press(query: CallbackQuery) -> ButtonPress | None:
    """Parse the callback data of `query`; None if no button of the bot could send it."""
    match = _CALLBACK_DATA.fullmatch(query.data or "")
    message = query.message
    if match is None or message is None:
        return None
    accessible = message if isinstance(message, Message) else None
    answer_ref = parse_answer_ref(accessible) if accessible else AnswerRef()
    line, person_id = match["line"], query.from_user.id
    command = Command.parse(line)
    if match["seal"] is None:
        return ButtonPress(command, message.chat, Permission.PUBLIC, answer_ref, person_id)
    permalink = find_permalink(accessible) if accessible else ""
    for owner_id in (person_id, None):
        expected = make_sealer(query.get_bot().token, ButtonOwner(message.chat.id, owner_id), permalink)(line)
        if hmac.compare_digest(expected, query.data or ""):
            return ButtonPress(command, message.chat, Permission.OWNER, answer_ref, owner_id)
    return ButtonPress(command, message.chat, Permission.DENIED, answer_ref, person_id)


def find_refusal_reason(query: CallbackQuery, press: ButtonPress | None, admin_ids: AbstractSet[int]) -> str | None:
    """Return why a press is refused, for its toast; None if it is allowed."""
    if press is None:
        return say("unknown_button")
    name = press.command.name
    if press.permission is Permission.DENIED and name in SEALED_COMMANDS:
        return str(say("not_yours", word=_find_typed_word(name)))
    is_owner = press.permission is Permission.OWNER
    if name in ADMIN_COMMANDS:
        is_allowed = is_owner and press.owner_id in admin_ids and press.chat.id == query.from_user.id
    else:
        is_public = name in {*commands.PUBLIC_COMMANDS, *commands.CHAT_COMMANDS}
        is_allowed = is_public and (is_owner or name not in SEALED_COMMANDS)
    return None if is_allowed else say("unknown_button")


def _find_typed_word(name: str) -> str:
    """Return a phrase that does the same as the command `name` when typed in reply; any phrase where none does."""
    phrases = catalogue.get_messages().phrases
    return next((word for word, command in phrases.items() if command == f"/{name}"), next(iter(phrases)))
