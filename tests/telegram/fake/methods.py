"""What each method does to the chats, as the Bot API does it.

Chats and messages are kept as the JSON objects that travel, so what a client
parses is what is here.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.telegram.fake.abroad import answer_guest_query, answer_inline_query
from tests.telegram.fake.limits import Limits
from tests.telegram.fake.markup import Parsed, parse
from tests.telegram.fake.others import get_chat_administrators, get_file
from tests.telegram.fake.refusal import Refusal, bad
from tests.telegram.fake.rules import check_commands, check_keyboard, check_text

if TYPE_CHECKING:
    from tests.telegram.fake.inbox import Inbox
    from tests.telegram.fake.pushing import Pusher

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def now() -> int:
    """Return the time as the Bot API writes it."""
    return int(time.time())


@dataclass(slots=True)
class World:
    """Everything there is: the bot, its chats, their messages and topics.

    `closed` holds topics that refuse messages, `forbidden` why a chat does, and
    `moved` the number that a group has now; `admins` are those of groups, `files`
    what was sent. `results` are the answers to inline
    searches and to mentions in chats that the bot is not in, by the query's id.
    """

    bot: dict[str, Any]
    inbox: Inbox
    pusher: Pusher
    limits: Limits = field(default_factory=Limits)
    chats: dict[int, dict[str, Any]] = field(default_factory=dict)
    messages: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    markup: dict[tuple[int, int], str] = field(default_factory=dict)
    topics: set[tuple[int, int]] = field(default_factory=set)
    closed: set[tuple[int, int]] = field(default_factory=set)
    forbidden: dict[int, str] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    presses: set[str] = field(default_factory=set)
    searches: set[str] = field(default_factory=set)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    toasts: list[str] = field(default_factory=list)
    reactions: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    # What the server makes of messages for one member, which Bot API 10.2 has: shown, refused or passed over.
    ephemeral: str = "refused"
    looks: list[tuple[int, str]] = field(default_factory=list)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    admins: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    last: int = 0

    def keep(self, message: dict[str, Any]) -> dict[str, Any]:
        """Number a message, keep it, and return it."""
        self.last += 1
        message = {"message_id": self.last, "date": now(), **message}
        self.messages[message["chat"]["id"], self.last] = message
        return message

    async def call(self, method: str, given: dict[str, Any]) -> Any:
        """Return the result of one method.

        Raises:
            Refusal: as the Bot API would refuse it.
        """
        if method == "getUpdates":
            return await self.inbox.get(**given)
        return _METHODS[method](self, given)


def _get_me(world: World, _: dict[str, Any]) -> Any:
    return world.bot


def _set_webhook(world: World, given: dict[str, Any]) -> Any:
    url = _required(given, "url")
    if not url.startswith(("https://", "http://127.0.0.1")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not _SECRET.fullmatch(given.get("secret_token", "x")):
        raise bad("secret token contains unallowed characters")
    if "allowed_updates" in given:
        world.inbox.allowed = given["allowed_updates"]
    world.pusher.set(url, given.get("secret_token", ""), given.get("max_connections", 40))
    return True


def _delete_webhook(world: World, _: dict[str, Any]) -> Any:
    world.pusher.set("", "", 40)
    return True


def _get_webhook_info(world: World, _: dict[str, Any]) -> Any:
    waiting = len(world.inbox.waiting)
    custom = {"has_custom_certificate": False, "pending_update_count": waiting}
    return {"url": world.inbox.webhook, **custom}


def _send_message(world: World, given: dict[str, Any]) -> Any:
    chat = _open_chat(world, given)
    world.limits.say(chat["id"], time.monotonic())
    if "receiver_user_id" in given and world.ephemeral != "passed over":
        if world.ephemeral == "refused":
            raise bad("can't send ephemeral messages")
        _content(given)
        world.looks.append((given["receiver_user_id"], given["text"]))
        return {"ephemeral_message_id": len(world.looks), "date": now(), "chat": chat}
    message = {"chat": chat, "from": world.bot, **_content(given), **_thread(world, given)}
    if replied := _replied(world, given):
        message["reply_to_message"] = replied
    kept = world.keep(message)
    world.markup[chat["id"], kept["message_id"]] = given["text"]
    return kept


def _edit_message_text(world: World, given: dict[str, Any]) -> Any:
    place = _required(given, "chat_id"), _required(given, "message_id")
    _open_chat(world, given)
    old = world.messages.get(place)
    if old is None:
        raise bad("message to edit not found")
    world.limits.say(place[0], time.monotonic())
    if old["from"]["id"] != world.bot["id"]:
        raise bad("message can't be edited")
    new = _content(given)
    if all(old.get(name) == new.get(name) for name in ("text", "entities", "reply_markup")):
        raise bad(_NOT_MODIFIED)
    kept = {name: old[name] for name in old if name not in {"text", "entities", "reply_markup"}}
    world.messages[place] = kept | new | {"edit_date": now()}
    world.markup[place] = given["text"]
    return world.messages[place]


def _answer_callback_query(world: World, given: dict[str, Any]) -> Any:
    if _required(given, "callback_query_id") not in world.presses:
        raise bad(_TOO_OLD)
    if len(given.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    world.presses.discard(given["callback_query_id"])
    world.toasts.append(given.get("text", ""))
    return True


def _send_chat_action(world: World, given: dict[str, Any]) -> Any:
    _open_chat(world, given)
    return True


def _set_my_commands(world: World, given: dict[str, Any]) -> Any:
    check_commands(_required(given, "commands"))
    world.commands[_scope(world, given)] = given["commands"]
    return True


def _get_my_commands(world: World, given: dict[str, Any]) -> Any:
    return world.commands.get(_scope(world, given), [])


def _delete_my_commands(world: World, given: dict[str, Any]) -> Any:
    world.commands.pop(_scope(world, given), None)
    return True


def _set_description(name: str, most: int) -> Callable[[World, dict[str, Any]], Any]:
    def method(world: World, given: dict[str, Any]) -> Any:
        if len(given.get(name, "")) > most:
            raise bad(f"{name} is too long")
        world.descriptions[name + given.get("language_code", "")] = given.get(name, "")
        return True

    return method


def _get_description(name: str) -> Callable[[World, dict[str, Any]], Any]:
    def method(world: World, given: dict[str, Any]) -> Any:
        return {name: world.descriptions.get(name + given.get("language_code", ""), "")}

    return method


def _set_message_reaction(world: World, given: dict[str, Any]) -> Any:
    chat_id, message_id = _required(given, "chat_id"), _required(given, "message_id")
    if (chat_id, message_id) not in world.messages:
        raise bad("message to react not found")
    world.reactions[chat_id, message_id] = [each["emoji"] for each in _required(given, "reaction")]
    return True


_METHODS: dict[str, Callable[[World, dict[str, Any]], Any]] = {
    "getMe": _get_me,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _get_webhook_info,
    "sendMessage": _send_message,
    "editMessageText": _edit_message_text,
    "answerCallbackQuery": _answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "answerGuestQuery": answer_guest_query,
    "getChatAdministrators": get_chat_administrators,
    "getFile": get_file,
    "sendChatAction": _send_chat_action,
    "setMessageReaction": _set_message_reaction,
    "setMyCommands": _set_my_commands,
    "getMyCommands": _get_my_commands,
    "deleteMyCommands": _delete_my_commands,
    "setMyDescription": _set_description("description", 512),
    "getMyDescription": _get_description("description"),
    "setMyShortDescription": _set_description("short_description", 120),
    "getMyShortDescription": _get_description("short_description"),
}


def _required(given: dict[str, Any], name: str) -> Any:
    if name not in given:
        raise bad(f"{name} is empty")
    return given[name]


def _open_chat(world: World, given: dict[str, Any]) -> dict[str, Any]:
    chat_id = _required(given, "chat_id")
    if chat_id in world.moved:
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refusal(400, words, migrate_to_chat_id=world.moved[chat_id])
    if chat_id not in world.chats:
        raise bad("chat not found")
    if chat_id in world.forbidden:
        raise Refusal(403, f"Forbidden: {world.forbidden[chat_id]}")
    return world.chats[chat_id]


def _content(given: dict[str, Any]) -> dict[str, Any]:
    text = _required(given, "text")
    mode = given.get("parse_mode")
    if mode not in {None, "HTML"}:
        raise bad("unsupported parse_mode")
    parsed = parse(text) if mode else Parsed(text.strip(), tuple(given.get("entities", ())))
    check_text(parsed)
    content: dict[str, Any] = {"text": parsed.text}
    if parsed.entities:
        content["entities"] = list(parsed.entities)
    if "reply_markup" in given:
        check_keyboard(given["reply_markup"])
        content["reply_markup"] = given["reply_markup"]
    return content


def _thread(world: World, given: dict[str, Any]) -> dict[str, Any]:
    if "message_thread_id" not in given:
        return {}
    place = given["chat_id"], given["message_thread_id"]
    if place not in world.topics:
        raise bad("message thread not found")
    if place in world.closed:
        raise bad("TOPIC_CLOSED")
    return {"message_thread_id": place[1], "is_topic_message": True}


def _replied(world: World, given: dict[str, Any]) -> dict[str, Any] | None:
    if "reply_parameters" not in given:
        return None
    wanted = given["reply_parameters"]
    place = wanted.get("chat_id", given["chat_id"]), wanted["message_id"]
    if place not in world.messages:
        if wanted.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")
    if wanted.get("quote", "") not in world.messages[place].get("text", ""):
        raise bad("quote not found in the replied message")
    return {key: value for key, value in world.messages[place].items() if key != "reply_to_message"}


def _scope(world: World, given: dict[str, Any]) -> str:
    scope = given.get("scope", {"type": "default"})
    if "chat_id" in scope and scope["chat_id"] not in world.chats:
        raise bad("chat not found")
    return json.dumps([scope, given.get("language_code", "")], sort_keys=True)
