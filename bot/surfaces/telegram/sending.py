"""Sending replies: rendered as HTML and keyboards, split where they are too long, and edited in place.

Every message holds the permalink. Where Telegram cannot parse the HTML, the same text is sent without it. In a group
a look at a quote is shown to the person who pressed alone, as an ephemeral message (Bot API 10.2).
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, NamedTuple

from cachetools import TTLCache
from telegram import CallbackQuery, Chat, MaybeInaccessibleMessage, Message, ReplyParameters
from telegram.constants import ChatType, MessageLimit, ParseMode
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, InvalidToken, TelegramError
from telegram.ext import ExtBot
from telegram.helpers import create_deep_linked_url

from bot.replies.catalogue import say
from bot.replies.html import render_messages
from bot.replies.quote_block import OPPOSITE_PREFIX, QUOTE_PREFIX
from bot.replies.reply import Button, Command, Reply
from bot.service.admin import ADMIN_COMMANDS
from bot.surfaces.telegram.callbacks import ButtonOwner, build_permalink, make_sealer

# The commands that a deep link can stand for, and the prefix of its payload.
_DEEP_LINK_PREFIXES = {"/start": "", "/context": QUOTE_PREFIX, "/opposite": OPPOSITE_PREFIX}

# A keyboard as JSON: the library's objects cost more than the rest of the rendering.
Keyboard = dict[str, list[list[dict[str, Any]]]]

log = logging.getLogger(__name__)

_NO_PREVIEW = {"is_disabled": True}
# The addresses of servers that refused a button that copies (Bot API 7.11): there it sends its command instead.
_servers_without_copying: set[str] = set()
# How many chats that refuse reactions are remembered, and for how long: a forgotten one costs one call, and an admin
# may allow reactions tomorrow.
MAX_CHATS, _REFUSAL_SECONDS = 10_000, 86_400.0

# Becomes sendMessage. The library's own method cannot read a result without a message id, and `do_api_request` warns of
# a name for which there is such a method.
_SEND_MESSAGE = "send__message"
# Commands whose reply is for one member; the pages of an answer are for everybody.
_LOOKS = frozenset({"context", "wordings", "copy"})
# Words of a refusal that is about the chat, the person or the moment, and says nothing of the next press.
_PASSING_REASONS = ("topic", "thread", "chat not found", "rights", "participant", "kicked", "blocked", "too old")


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
    """Render `reply` for a chat that the bot is not in: its buttons open the bot; those that cannot are left out."""
    rows = [[b for button in row if (b := _build_deep_link_button(bot, button))] for row in reply.buttons]
    rows = [row for row in rows if row]
    return RenderedReply(tuple(_render_parts(bot, reply)), {"inline_keyboard": rows} if rows else None)


def build_keyboard(rows: Sequence[Sequence[Button]], sealer: Callable[[str], str] = str) -> Keyboard | None:
    """Build the JSON of a keyboard; `sealer` seals commands that edit or are an admin's. None without buttons."""
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
    """Return a copy of `reply` whose last piece with `links_question`, or else its first, links to `permalink`."""
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


class QuotedPart(NamedTuple):
    """Words of the message replied to, exactly as written, and the UTF-16 unit at which they begin."""

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Destination:
    """The chat and topic a reply goes to, and in a group the message it replies to, or a part of a message."""

    chat_id: int
    thread_id: int | None = None
    reply_to_id: int | None = None
    quoted: QuotedPart | None = None


def get_destination(message: MaybeInaccessibleMessage) -> Destination:
    """Return the destination of a reply to `message`."""
    return Destination(
        message.chat.id,
        message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None,
        None if message.chat.type == ChatType.PRIVATE else message.message_id,
    )


def build_place(destination: Destination) -> dict[str, Any]:
    """Return the parameters of sendMessage that say where a message goes."""
    quoted = destination.quoted
    reply_parameters = destination.reply_to_id and ReplyParameters(
        destination.reply_to_id,
        allow_sending_without_reply=True,
        quote=quoted.text if quoted else None,
        quote_position=quoted.position if quoted else None,
    )
    return {
        "chat_id": destination.chat_id,
        "message_thread_id": destination.thread_id,
        "reply_parameters": reply_parameters or None,
    }


async def send_reply(
    bot: ExtBot[Any], destination: Destination, reply: Reply, owner_id: int | None = None
) -> tuple[int, ...]:
    """Send `reply`, its buttons under the last message, and return the message ids.

    Only `owner_id` may press buttons that change the reply; anybody if it is None.
    """
    try:
        return await _send_parts(bot, destination, reply, owner_id)
    except ChatMigrated as migration:
        # The supergroup has a new id, for which buttons are sealed, and neither the old messages nor the topics.
        return await _send_parts(bot, Destination(migration.new_chat_id), reply, owner_id)


async def _send_parts(
    bot: ExtBot[Any], destination: Destination, reply: Reply, owner_id: int | None, first: int = 0
) -> tuple[int, ...]:
    """Send the messages that a reply takes from number `first` on, the keyboard under the last; return their ids."""
    owner = ButtonOwner(destination.chat_id, owner_id)
    rendered = _render_for_server(bot, reply, owner)
    *others, last = rendered.parts[first:]
    message_ids = [await _send_message(bot, destination, part, reply, None) for part in others]
    try:
        message_ids.append(await _send_message(bot, destination, last, reply, rendered.keyboard))
    except BadRequest as error:
        if not _notes_refused_copying(bot, reply, error):
            raise
        keyboard = _render_for_server(bot, reply, owner).keyboard
        message_ids.append(await _send_message(bot, destination, last, reply, keyboard))
    return tuple(message_ids)


def _render_for_server(bot: ExtBot[Any], reply: Reply, owner: ButtonOwner) -> RenderedReply:
    """Render a reply; for a server that refused buttons that copy, without them."""
    if bot.base_url in _servers_without_copying:
        rows = tuple(tuple(replace(button, copy=None) for button in row) for row in reply.buttons)
        reply = replace(reply, buttons=rows)
    return render_reply(bot, reply, owner)


def _notes_refused_copying(bot: ExtBot[Any], reply: Reply, error: BadRequest) -> bool:
    """Return whether `error` refuses a button of `reply` that copies, and note that the server does."""
    has_copies = any(button.copy for row in reply.buttons for button in row)
    if bot.base_url in _servers_without_copying or not has_copies or "button" not in str(error).casefold():
        return False
    _servers_without_copying.add(bot.base_url)
    log.info("buttons that copy are off: %.100s", error)
    return True


async def edit_reply(
    bot: ExtBot[Any], destination: Destination, message_id: int, reply: Reply, owner_id: int | None = None
) -> tuple[int, ...]:
    """Replace the text of `message_id` by `reply`, or send it if that message is gone.

    Parts that do not fit into one message follow as new ones. Return all message ids.
    """
    rendered = _render_for_server(bot, reply, ButtonOwner(destination.chat_id, owner_id))
    first, *others = rendered.parts
    try:
        place = {"chat_id": destination.chat_id, "message_id": message_id}
        keyboard = None if others else rendered.keyboard
        await _write_html(bot, "editMessageText", first, reply, **place, reply_markup=keyboard)
    except ChatMigrated as migration:
        # The supergroup has a new id, and not the message.
        return await send_reply(bot, Destination(migration.new_chat_id), reply, owner_id)
    except BadRequest as error:
        if _notes_refused_copying(bot, reply, error):
            return await edit_reply(bot, destination, message_id, reply, owner_id)
        reason = str(error).casefold()
        if "not modified" in reason:
            return (message_id,)
        if "message to edit" not in reason and "can't be edited" not in reason:
            raise
        return await send_reply(bot, destination, reply, owner_id)
    if not others:
        return (message_id,)
    return (message_id, *await _send_parts(bot, destination, reply, owner_id, first=1))


@dataclass(frozen=True, slots=True)
class Reactions:
    """Puts reactions to messages; a chat that refuses them is not asked again for a day, and a server never."""

    refusing_chat_ids: TTLCache[int, bool] = field(default_factory=lambda: TTLCache(MAX_CHATS, _REFUSAL_SECONDS))
    refusing_servers: set[str] = field(default_factory=set)

    async def react(self, bot: ExtBot[Any], message: Message, sign: str) -> bool:
        """Put the reaction `sign` to a message, and return whether that was done."""
        if message.chat.id in self.refusing_chat_ids or bot.base_url in self.refusing_servers:
            return False
        try:
            await bot.set_message_reaction(message.chat.id, message.message_id, sign)
        except TelegramError as error:
            self._note_refusal(bot, message.chat.id, error)
            return False
        return True

    def _note_refusal(self, bot: ExtBot[Any], chat_id: int, error: TelegramError) -> None:
        """Log a refusal, and keep it unless it is about this message or this moment."""
        if isinstance(error, InvalidToken):
            # "Not Found": a server from before Bot API 7.0, which has no such method.
            self.refusing_servers.add(bot.base_url)
        elif isinstance(error, BadRequest) and "message" not in str(error).casefold():
            self.refusing_chat_ids[chat_id] = True
        log.info("no reaction: %s %.100s", type(error).__name__, error)


def strip_markup(markup: str) -> str:
    """Return the plain text of `markup`.

    >>> strip_markup("<b>A &lt; B</b>")
    'A < B'
    """
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


async def _send_message(
    bot: ExtBot[Any], destination: Destination, markup: str, reply: Reply, keyboard: Keyboard | None
) -> int:
    """Send a message to `destination`, and return its id."""
    try:
        place = build_place(destination)
        message = await _write_html(bot, "sendMessage", markup, reply, **place, reply_markup=keyboard)
    except BadRequest as error:
        if not destination.quoted or "quote" not in str(error).casefold():
            raise
        # The message was edited meanwhile, or its formatting cannot be quoted.
        return await _send_message(bot, replace(destination, quoted=None), markup, reply, keyboard)
    return int(message["message_id"])


async def _write_html(bot: ExtBot[Any], method: str, markup: str, reply: Reply, **parameters: Any) -> Any:  # noqa: ANN401
    """Call `method` with `markup`, or with its plain text where Telegram cannot read it; return the raw JSON result."""
    data = {name: value for name, value in parameters.items() if value is not None}
    data["link_preview_options"] = _NO_PREVIEW
    # The public methods parse and copy the message, of which only the id is needed.
    try:
        return await bot._post(method, data | {"text": markup, "parse_mode": ParseMode.HTML})  # noqa: SLF001
    except BadRequest as error:
        if not refuses_markup(error):
            raise
        quote_ids = (piece.quote_id for block in reply.blocks for piece in block if piece.quote_id)
        log.error("markup refused quotes=%s", ",".join(quote_ids))  # noqa: TRY400 - a traceback says nothing here
        return await bot._post(method, data | {"text": strip_markup(markup)})  # noqa: SLF001


def refuses_markup(error: BadRequest) -> bool:
    """Return whether `error` says that Telegram could not read the markup."""
    return "can't parse entities" in str(error).casefold()


@dataclass(slots=True)
class PrivateLooks:
    """Shows one member of a group what a press opens, as long as the server can."""

    is_on: bool = True
    _is_refused: bool = field(default=False, init=False)

    async def show(self, bot: ExtBot[Any], query: CallbackQuery, chat: Chat, name: str, reply: Reply) -> bool:
        """Show `reply` only to the person who pressed, and return whether it was sent.

        It is done in a group only, for the commands of `_LOOKS`, and where one message holds the reply. It has no
        buttons, since an ephemeral message cannot be changed by them.
        """
        if not self.is_on or self._is_refused or name not in _LOOKS or chat.type == ChatType.PRIVATE:
            return False
        rendered = render_reply(bot, reply, ButtonOwner(chat.id, query.from_user.id))
        if len(rendered.parts) > 1:
            return False
        parameters = {
            "chat_id": chat.id,
            "text": rendered.parts[0],
            "parse_mode": ParseMode.HTML,
            "link_preview_options": {"is_disabled": True},
            "receiver_user_id": query.from_user.id,
            "callback_query_id": query.id,
        }
        try:
            result = await bot.do_api_request(_SEND_MESSAGE, api_kwargs=parameters)
        except (BadRequest, EndPointNotFound) as error:
            if not any(reason in str(error).casefold() for reason in _PASSING_REASONS):
                self._refuse(f"{type(error).__name__} {error}"[:100])
            return False
        except ChatMigrated:
            # The group has a new id, where the reply is sent the old way.
            return False
        if "ephemeral_message_id" not in result:
            # An older server ignores the parameter: everybody sees the message, and it is not sent again.
            self._refuse("not ephemeral")
        return True

    def _refuse(self, reason: str) -> None:
        """Show no more private looks, and log why."""
        self._is_refused = True
        log.info("private looks are off: %s", reason)
