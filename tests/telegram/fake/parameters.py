"""The methods the server knows, their parameters, and how these are written on the wire.

A client sends every scalar as a string and every object as a string of JSON.
To teach the server a method, name its parameters here and write it in `methods`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.telegram.fake.refusal import Refusal, bad

if TYPE_CHECKING:
    Decoder = Callable[[str], Any]


def boolean(value: str) -> bool:
    """Return the truth that Telegram reads in `value`."""
    if value not in {"true", "false", "True", "False", "1", "0"}:
        raise ValueError(value)
    return value in {"true", "True", "1"}


_LANGUAGE: dict[str, Decoder] = {"language_code": str}
_COMMANDS: dict[str, Decoder] = {"scope": json.loads, **_LANGUAGE}
_CONTENT: dict[str, Decoder] = {
    "text": str,
    "parse_mode": str,
    "entities": json.loads,
    "link_preview_options": json.loads,
    "reply_markup": json.loads,
}

# Of Bot API 10.2, which a test turns on.
_EPHEMERAL: dict[str, Decoder] = {"receiver_user_id": int, "callback_query_id": str}

METHODS: dict[str, dict[str, Decoder]] = {
    "getMe": {},
    "getUpdates": {"offset": int, "limit": int, "timeout": int, "allowed_updates": json.loads},
    "setWebhook": {
        "url": str,
        "secret_token": str,
        "allowed_updates": json.loads,
        "max_connections": int,
        "drop_pending_updates": boolean,
    },
    "getWebhookInfo": {},
    "deleteWebhook": {"drop_pending_updates": boolean},
    "sendMessage": {
        "chat_id": int,
        "message_thread_id": int,
        "disable_notification": boolean,
        "protect_content": boolean,
        "reply_parameters": json.loads,
        **_CONTENT,
        **_EPHEMERAL,
    },
    "editMessageText": {"chat_id": int, "message_id": int, **_CONTENT},
    "answerCallbackQuery": {"callback_query_id": str, "text": str, "show_alert": boolean},
    "answerInlineQuery": {
        "inline_query_id": str,
        "results": json.loads,
        "cache_time": int,
        "is_personal": boolean,
        "next_offset": str,
        "button": json.loads,
    },
    "answerGuestQuery": {"guest_query_id": str, "result": json.loads},
    "getChatAdministrators": {"chat_id": int},
    "getFile": {"file_id": str},
    "setMessageReaction": {"chat_id": int, "message_id": int, "reaction": json.loads, "is_big": boolean},
    "sendChatAction": {"chat_id": int, "message_thread_id": int, "action": str},
    "setMyCommands": {"commands": json.loads, **_COMMANDS},
    "getMyCommands": _COMMANDS,
    "deleteMyCommands": _COMMANDS,
    "setMyDescription": {"description": str, **_LANGUAGE},
    "getMyDescription": _LANGUAGE,
    "setMyShortDescription": {"short_description": str, **_LANGUAGE},
    "getMyShortDescription": _LANGUAGE,
}

FIELDS = {
    "reply_parameters": {"message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_position"},
    "link_preview_options": {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"},
    "scope": {"type", "chat_id", "user_id"},
}


def decoded(method: str, written: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters of one call, typed.

    Raises:
        Refusal: 404 for an unknown method, 400 for a parameter that the method
            does not have or that is not written as it must be.
    """
    if method not in METHODS:
        raise Refusal(404, "Not Found")
    known = METHODS[method]
    if unknown := sorted(set(written) - set(known)):
        raise bad(f"{method} has no parameter {', '.join(unknown)}")
    return {name: _value(name, known[name], text) for name, text in written.items()}


def _value(name: str, decoder: Decoder, text: str) -> Any:
    try:
        value = decoder(text)
    except ValueError:
        raise bad(f"can't parse {name}") from None
    if unknown := sorted(set(value) - FIELDS[name]) if name in FIELDS else []:
        raise bad(f"{name} has no field {', '.join(unknown)}")
    return value
