"""Limits that the Bot API puts on what is sent: lengths, keyboards, links."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.telegram.fake.refusal import bad
from tests.telegram.fake.units import length

if TYPE_CHECKING:
    from tests.telegram.fake.markup import Parsed

TEXT = 4096
ENTITIES = 100
BUTTONS, ROW = 100, 8
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_ACTIONS = {"callback_data", "url", "copy_text", "switch_inline_query"}
_ACTIONS |= {"switch_inline_query_current_chat"}


def check_text(parsed: Parsed) -> None:
    """Refuse a text that is empty, too long once parsed, or drawn with too many entities."""
    if not parsed.text:
        raise bad("message text is empty")
    if length(parsed.text) > TEXT:
        raise bad("message is too long")
    if len(parsed.entities) > ENTITIES:
        raise bad("too many entities: clients draw a hundred")
    for entity in parsed.entities:
        if entity["type"] == "text_link":
            check_link(entity["url"])


def check_link(url: str) -> None:
    """Refuse an address that a client could not open, or a deep link with a bad payload."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https", "tg"} or not parts.netloc:
        raise bad("BUTTON_URL_INVALID")
    if parts.netloc != "t.me":
        return
    query = parse_qs(parts.query, keep_blank_values=True)
    for payload in query.get("start", []) + query.get("startgroup", []):
        if not _PAYLOAD.fullmatch(payload):
            raise bad("START_PARAM_INVALID")


def check_keyboard(markup: Mapping[str, Any]) -> None:
    """Refuse an inline keyboard that Telegram would refuse, or not draw."""
    if set(markup) != {"inline_keyboard"}:
        raise bad("only inline keyboards are known here")
    rows: Sequence[Sequence[Mapping[str, Any]]] = markup["inline_keyboard"]
    if sum(map(len, rows)) > BUTTONS or any(not 1 <= len(row) <= ROW for row in rows):
        raise bad("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            _check_button(button)


def check_commands(commands: Sequence[Mapping[str, str]]) -> None:
    """Refuse a command list that Telegram would refuse."""
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def _check_button(button: Mapping[str, Any]) -> None:
    if not button.get("text", "").strip():
        raise bad("BUTTON_TEXT_INVALID")
    actions = set(button) - {"text"}
    if len(actions) != 1 or not actions <= _ACTIONS:
        raise bad("BUTTON_TYPE_INVALID")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    if "url" in button:
        check_link(button["url"])
