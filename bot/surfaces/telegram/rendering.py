"""Replies drawn for Telegram: HTML that carries what was asked, and buttons that cannot be forged.

An answer's first words are a link that opens the bot with the question typed in.
The same link tells the bot, when the answer is replied to or pressed under,
what was asked: nothing is remembered, so it holds after a restart too. A button
that changes its message is sealed for whoever asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

from telegram import MessageEntity
from telegram.constants import MessageLimit
from telegram.helpers import create_deep_linked_url

from bot.replies.card import OPPOSITE_PREFIX, QUOTE_PREFIX
from bot.replies.catalogue import say
from bot.replies.html import render_messages
from bot.replies.reply import AnswerRef, Command
from bot.service.admin import ADMIN_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from telegram import Message
    from telegram.ext import ExtBot

    from bot.replies.reply import Button, Reply

# Longer ones might not come back whole.
_MAX_PERMALINK_LENGTH = 1500
# The commands that a link into the bot can stand for, and how the link says so.
_DEEP_LINK_PREFIXES = {"/start": "", "/context": QUOTE_PREFIX, "/opposite": OPPOSITE_PREFIX}


# A keyboard as it travels: the library's own objects cost more than all else of a reply's drawing.
Keyboard = dict[str, list[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """A reply as its messages, the buttons under the last."""

    parts: tuple[str, ...]
    keyboard: Keyboard | None


@dataclass(frozen=True, slots=True)
class ButtonOwner:
    """Whose answer it is, and in which chat; `person_id` is None where anyone may press."""

    chat_id: int
    person_id: int | None


def render_reply(bot: ExtBot[Any], reply: Reply, owner: ButtonOwner) -> RenderedReply:
    """Return `reply` as messages of a chat the bot is in."""
    permalink = build_permalink(bot.username, reply)
    continuation = f'<a href="{permalink}">{say("continued_message")}</a>\n\n' if permalink else ""
    first, *others = _render_parts(
        bot, _link_first_words(reply, permalink), len(say("continued_message")) + 2
    )
    sealer = make_sealer(bot.token, owner, permalink)
    return RenderedReply(
        (first, *(continuation + part for part in others)), build_keyboard(reply.buttons, sealer)
    )


def render_with_deep_links(bot: ExtBot[Any], reply: Reply) -> RenderedReply:
    """Return `reply` as messages of a chat the bot is not in: its buttons open the bot."""
    rows = [
        [b for button in row if (b := _build_deep_link_button(bot, button))]
        for row in reply.buttons
    ]
    rows = [row for row in rows if row]
    return RenderedReply(
        tuple(_render_parts(bot, reply)), {"inline_keyboard": rows} if rows else None
    )


def build_keyboard(
    rows: Sequence[Sequence[Button]], sealer: Callable[[str], str] = str
) -> Keyboard | None:
    """Return buttons that send their command back when pressed; None for none."""
    buttons = [[_build_button(button, sealer) for button in row] for row in rows if row]
    return {"inline_keyboard": buttons} if buttons else None


def make_sealer(token: str, owner: ButtonOwner, permalink: str) -> Callable[[str], str]:
    """Return what seals a command for `owner`, under the answer at the address `permalink`.

    Only who knows the token can make a seal; it holds for one chat, one asker,
    one question and one command.
    """

    def seal_command(command: str) -> str:
        payload = f"{owner.chat_id}\n{owner.person_id}\n{permalink}\n{command}".encode()
        digest = hmac.digest(token.encode(), b"button\n" + payload, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:6]).decode() + command

    return seal_command


def build_permalink(username: str, reply: Reply) -> str:
    """Return the link that opens the bot with what was asked typed in; "" where nothing was.

    Where it would be too long, the earliest questions are left out, then the
    end of the last.
    """
    questions = [str(command) for command in reply.history]
    page_parameter = f"&page={reply.page}" if reply.page > 1 else ""
    while questions:
        text = quote(chr(10).join(questions), safe="")
        url = f"{_permalink_prefix(username)}{text}{page_parameter}"
        if len(url) <= _MAX_PERMALINK_LENGTH:
            return url
        questions = questions[1:] or [_shorten_question(questions[0])]
    return ""


def parse_answer_ref(message: Message) -> AnswerRef:
    """Return what a message of the bot's shows, as its links tell."""
    links = [e.url for e in message.entities if e.type == MessageEntity.TEXT_LINK and e.url]
    username = message.get_bot().username
    permalink = next((url for url in links if url.startswith(_permalink_prefix(username))), "")
    parameters = parse_qs(urlsplit(permalink).query)
    page = parameters.get("page", ["1"])[0]
    return AnswerRef(
        tuple(map(Command.parse, filter(None, parameters.get("text", [""])[0].split("\n")))),
        int(page) if page.isdecimal() else 1,
        tuple(dict.fromkeys(_find_quote_ids(links, username))),
    )


def find_permalink(message: Message) -> str:
    """Return the address in a message of the bot's; "" where there is none."""
    prefix = _permalink_prefix(message.get_bot().username)
    urls = (entity.url or "" for entity in message.entities)
    return next((url for url in urls if url.startswith(prefix)), "")


def _render_parts(bot: ExtBot[Any], reply: Reply, reserved_length: int = 0) -> list[str]:
    return render_messages(
        reply,
        MessageLimit.MAX_TEXT_LENGTH - reserved_length,
        lambda quote_id: create_deep_linked_url(bot.username, f"{QUOTE_PREFIX}{quote_id}"),
    )


def _link_first_words(reply: Reply, permalink: str) -> Reply:
    """Return `reply` with its first words leading to `permalink`."""
    if not permalink or not reply.blocks:
        return reply
    (first, *others), *blocks = reply.blocks
    return replace(reply, blocks=((replace(first, url=permalink), *others), *blocks))


def _build_button(button: Button, sealer: Callable[[str], str]) -> dict[str, Any]:
    if button.copy:
        return {"text": button.label, "copy_text": {"text": button.copy}}
    command = button.command
    if button.edits or Command.parse(command).name in ADMIN_COMMANDS:
        command = sealer(command)
    return {"text": button.label, "callback_data": command}


def _build_deep_link_button(bot: ExtBot[Any], button: Button) -> dict[str, Any] | None:
    if button.copy:
        return {"text": button.label, "copy_text": {"text": button.copy}}
    command, _, text = button.command.partition(" ")
    if command not in _DEEP_LINK_PREFIXES:
        return None
    url = create_deep_linked_url(bot.username, _DEEP_LINK_PREFIXES[command] + text)
    return {"text": button.label, "url": url}


def _permalink_prefix(username: str) -> str:
    return f"https://t.me/{username}?text="


def _find_quote_ids(links: Sequence[str], username: str) -> Iterator[str]:
    prefix = f"https://t.me/{username}?start={QUOTE_PREFIX}"
    return (url.removeprefix(prefix) for url in links if url.startswith(prefix))


def _shorten_question(question: str) -> str:
    """Return `question` without its last word, or its last half where it is one word.

    >>> _shorten_question("one two"), _shorten_question("four")
    ('one', 'fo')
    """
    return question.rpartition(" ")[0] or question[: len(question) // 2]
