"""Rendering replies for Telegram: HTML in which every message holds the permalink, and keyboards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from telegram.constants import MessageLimit
from telegram.ext import ExtBot
from telegram.helpers import create_deep_linked_url

from bot.replies.catalogue import say
from bot.replies.html import render_messages
from bot.replies.quote_block import OPPOSITE_PREFIX, QUOTE_PREFIX
from bot.replies.reply import Button, Command, Reply
from bot.service.admin import ADMIN_COMMANDS
from bot.surfaces.telegram.callbacks import ButtonOwner, make_sealer
from bot.surfaces.telegram.permalink import build_permalink

# The commands that a deep link can stand for, and the prefix of its payload.
_DEEP_LINK_PREFIXES = {"/start": "", "/context": QUOTE_PREFIX, "/opposite": OPPOSITE_PREFIX}

# A keyboard as JSON: the library's objects cost more than the rest of the rendering.
Keyboard = dict[str, list[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """A reply as HTML messages, with the keyboard of the last."""

    parts: tuple[str, ...]
    keyboard: Keyboard | None


def render_reply(bot: ExtBot[Any], reply: Reply, owner: ButtonOwner) -> RenderedReply:
    """Render `reply` for a chat that the bot is in."""
    permalink = build_permalink(bot.username, reply)
    parts = _render_parts(bot, _link_question(reply, permalink), len(say("continued_message")) + 2)
    if permalink:
        # Whichever message of an answer somebody replies to, it must say what had been asked.
        address = escape(permalink)
        continuation = f'<a href="{address}">{say("continued_message")}</a>\n\n'
        parts = [part if address in part else continuation + part for part in parts]
    sealer = make_sealer(bot.token, owner, permalink)
    return RenderedReply(tuple(parts), build_keyboard(reply.buttons, sealer))


def render_with_deep_links(bot: ExtBot[Any], reply: Reply) -> RenderedReply:
    """Render `reply` for a chat that the bot is not in: its buttons open the bot."""
    rows = [[b for button in row if (b := _build_deep_link_button(bot, button))] for row in reply.buttons]
    rows = [row for row in rows if row]
    return RenderedReply(tuple(_render_parts(bot, reply)), {"inline_keyboard": rows} if rows else None)


def build_keyboard(rows: Sequence[Sequence[Button]], sealer: Callable[[str], str] = str) -> Keyboard | None:
    """Build a keyboard of buttons that send their command back; None without buttons."""
    buttons = [[_build_button(button, sealer) for button in row] for row in rows if row]
    return {"inline_keyboard": buttons} if buttons else None


def _render_parts(bot: ExtBot[Any], reply: Reply, reserved_length: int = 0) -> list[str]:
    """Render the messages that a reply takes, each `reserved_length` short of Telegram's limit."""
    return render_messages(
        reply,
        MessageLimit.MAX_TEXT_LENGTH - reserved_length,
        lambda quote_id: create_deep_linked_url(bot.username, f"{QUOTE_PREFIX}{quote_id}"),
    )


def _link_question(reply: Reply, permalink: str) -> Reply:
    """Return `reply` with the piece that is marked for it linked to `permalink`; else the first."""
    if not permalink or not reply.blocks:
        return reply
    places = [(i, j) for i, block in enumerate(reply.blocks) for j, piece in enumerate(block) if piece.links_question]
    place = places[-1] if places else (0, 0)
    blocks = tuple(
        tuple(replace(piece, url=permalink) if (i, j) == place else piece for j, piece in enumerate(block))
        for i, block in enumerate(reply.blocks)
    )
    return replace(reply, blocks=blocks)


def _build_button(button: Button, sealer: Callable[[str], str]) -> dict[str, Any]:
    """Build a button; a command that edits, or is an admin's, is sealed."""
    if button.copy:
        return {"text": button.label, "copy_text": {"text": button.copy}}
    command = button.command
    if button.edits or Command.parse(command).name in ADMIN_COMMANDS:
        command = sealer(command)
    return {"text": button.label, "callback_data": command}


def _build_deep_link_button(bot: ExtBot[Any], button: Button) -> dict[str, Any] | None:
    """Build a button that opens the bot's own chat; None for a command without such a link."""
    if button.copy:
        return {"text": button.label, "copy_text": {"text": button.copy}}
    command, _, text = button.command.partition(" ")
    if command not in _DEEP_LINK_PREFIXES:
        return None
    url = create_deep_linked_url(bot.username, _DEEP_LINK_PREFIXES[command] + text)
    return {"text": button.label, "url": url}
