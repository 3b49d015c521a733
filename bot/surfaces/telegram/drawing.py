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

from bot.desk.commands import ADMINS, parted
from bot.replies import words
from bot.replies.alone import OPPOSITE, QUOTE
from bot.replies.html import messages
from bot.replies.reply import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from telegram import Message
    from telegram.ext import ExtBot

    from bot.replies.reply import Button, Reply

# Longer ones might not come back whole.
_LONGEST_ADDRESS = 1500
# The commands that a link into the bot can stand for, and how the link says so.
_ABROAD = {"/start": "", "/context": QUOTE, "/opposite": OPPOSITE}


# A keyboard as it travels: the library's own objects cost more than all else of a reply's drawing.
Keyboard = dict[str, list[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A reply as its messages, the buttons under the last."""

    parts: tuple[str, ...]
    keyboard: Keyboard | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose answer it is, and in which chat; `person` is None where anyone may press."""

    chat: int
    person: int | None


def drawn(bot: ExtBot[Any], reply: Reply, owner: Owner) -> Drawn:
    """Return `reply` as messages of a chat the bot is in."""
    where = address(bot.username, reply)
    lead = f'<a href="{where}">{words.CONTINUES_HERE}</a>\n\n' if where else ""
    first, *rest = _parts(bot, _leading(reply, where), len(words.CONTINUES_HERE) + 2)
    sealed = seal(bot.token, owner, where)
    return Drawn((first, *(lead + part for part in rest)), keyboard(reply.buttons, sealed))


def abroad(bot: ExtBot[Any], reply: Reply) -> Drawn:
    """Return `reply` as messages of a chat the bot is not in: its buttons open the bot."""
    rows = [[b for button in row if (b := _opening(bot, button))] for row in reply.buttons]
    rows = [row for row in rows if row]
    return Drawn(tuple(_parts(bot, reply)), {"inline_keyboard": rows} if rows else None)


def keyboard(
    rows: Sequence[Sequence[Button]], sealed: Callable[[str], str] = str
) -> Keyboard | None:
    """Return buttons that send their command back when pressed; None for none."""
    buttons = [[_button(button, sealed) for button in row] for row in rows if row]
    return {"inline_keyboard": buttons} if buttons else None


def seal(token: str, owner: Owner, where: str) -> Callable[[str], str]:
    """Return what seals a command for `owner`, under the answer at the address `where`.

    Only who knows the token can make a seal; it holds for one chat, one asker,
    one question and one command.
    """

    def sealed(command: str) -> str:
        bound = f"{owner.chat}\n{owner.person}\n{where}\n{command}".encode()
        made = hmac.digest(token.encode(), b"button\n" + bound, hashlib.sha256)
        return base64.urlsafe_b64encode(made[:6]).decode() + command

    return sealed


def address(username: str, reply: Reply) -> str:
    """Return the link that opens the bot with what was asked typed in; "" where nothing was.

    Where it would be too long, the earliest questions are left out, then the
    end of the last.
    """
    asked = [" ".join(line.split()) for line in reply.asked]
    page = f"&page={reply.page}" if reply.page > 1 else ""
    while asked:
        made = f"{_opened(username)}{quote(chr(10).join(asked), safe='')}{page}"
        if len(made) <= _LONGEST_ADDRESS:
            return made
        asked = asked[1:] or [_shortened(asked[0])]
    return ""


def shown(message: Message) -> Shown:
    """Return what a message of the bot's shows, as its links tell."""
    links = [e.url for e in message.entities if e.type == MessageEntity.TEXT_LINK and e.url]
    username = message.get_bot().username
    where = next((url for url in links if url.startswith(_opened(username))), "")
    told = parse_qs(urlsplit(where).query)
    page = told.get("page", ["1"])[0]
    return Shown(
        tuple(filter(None, told.get("text", [""])[0].split("\n"))),
        int(page) if page.isdecimal() else 1,
        tuple(dict.fromkeys(_quoted(links, username))),
    )


def where_shown(message: Message) -> str:
    """Return the address in a message of the bot's; "" where there is none."""
    opened = _opened(message.get_bot().username)
    urls = (entity.url or "" for entity in message.entities)
    return next((url for url in urls if url.startswith(opened)), "")


def _parts(bot: ExtBot[Any], reply: Reply, reserved: int = 0) -> list[str]:
    return messages(
        reply,
        MessageLimit.MAX_TEXT_LENGTH - reserved,
        lambda quote_id: create_deep_linked_url(bot.username, f"{QUOTE}{quote_id}"),
    )


def _leading(reply: Reply, where: str) -> Reply:
    """Return `reply` with its first words leading to `where`."""
    if not where or not reply.blocks:
        return reply
    (first, *others), *blocks = reply.blocks
    return replace(reply, blocks=((replace(first, url=where), *others), *blocks))


def _button(button: Button, sealed: Callable[[str], str]) -> dict[str, Any]:
    if button.copy:
        return {"text": button.label, "copy_text": {"text": button.copy}}
    command = button.command
    if button.edits or parted(command)[0] in ADMINS:
        command = sealed(command)
    return {"text": button.label, "callback_data": command}


def _opening(bot: ExtBot[Any], button: Button) -> dict[str, Any] | None:
    if button.copy:
        return {"text": button.label, "copy_text": {"text": button.copy}}
    command, _, rest = button.command.partition(" ")
    if command not in _ABROAD:
        return None
    url = create_deep_linked_url(bot.username, _ABROAD[command] + rest)
    return {"text": button.label, "url": url}


def _opened(username: str) -> str:
    return f"https://t.me/{username}?text="


def _quoted(links: Sequence[str], username: str) -> Iterator[str]:
    opening = f"https://t.me/{username}?start={QUOTE}"
    return (url.removeprefix(opening) for url in links if url.startswith(opening))


def _shortened(line: str) -> str:
    """Return `line` without its last word, or its last half where it is one word.

    >>> _shortened("one two"), _shortened("four")
    ('one', 'fo')
    """
    return line.rpartition(" ")[0] or line[: len(line) // 2]
