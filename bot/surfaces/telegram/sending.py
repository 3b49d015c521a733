"""Replies sent: as HTML in one message where it fits, and again where the wire failed.

Sending has no receipt: when the connection breaks after a message went out,
nobody knows whether it arrived. Such a message is sent once more and no oftener,
since a reply read twice is better than none. What surely did not arrive is
sent until the pauses are used up.
"""

from __future__ import annotations

import asyncio
import html
import logging
import random
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

import httpx
from telegram import (
    Message,
    ReplyParameters,
)
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.surfaces.telegram.rendering import ButtonOwner, render_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from telegram import MaybeInaccessibleMessage
    from telegram.ext import ExtBot

    from bot.replies.reply import Reply
    from bot.surfaces.telegram.rate_limit import RateLimiter
    from bot.surfaces.telegram.rendering import Keyboard

log = logging.getLogger(__name__)

_NO_PREVIEW = {"is_disabled": True}
# These put something into a chat; anything else may be asked as often as one likes.
_RATE_LIMITED_METHODS = ("sendMessage", "editMessage", "forwardMessage", "copyMessage")
_NOT_SENT_ERRORS = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, TelegramError)


class CallOutcome(Enum):
    """What became of a call that failed."""

    REFUSED = "Telegram said no, and will again"
    UNSENT = "it was surely not carried out"
    UNKNOWN = "it may have been carried out"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a reply goes; `reply_to_id` is the message it is a reply to, in a group."""

    chat_id: int
    thread_id: int | None = None
    reply_to_id: int | None = None


class RetryingRateLimiter(BaseRateLimiter[None]):
    """Calls in their turn, and again where the wire failed or Telegram asked for time."""

    def __init__(self, delays: Sequence[float], limiter: RateLimiter) -> None:
        self._delays = tuple(delays)
        self._limiter = limiter

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    async def process_request(  # noqa: PLR0913, PLR0917 - the library's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002
    ) -> Any:  # noqa: ANN401
        """Call the Bot API, up to once more than there are pauses."""
        delays, maybe_sent = iter(self._delays), False
        chat_id = data.get("chat_id") if endpoint.startswith(_RATE_LIMITED_METHODS) else None
        while True:
            try:
                if chat_id is None:
                    return await callback(*args, **kwargs)
                async with self._limiter.acquire(chat_id):
                    return await callback(*args, **kwargs)
            except TelegramError as error:
                outcome, delay = classify_error(error), next(delays, None)
                if delay is None or outcome is CallOutcome.REFUSED or maybe_sent:
                    raise
                if isinstance(error, RetryAfter):
                    delay = self._apply_retry_after(error, chat_id)
                # What else is called leaves nothing behind when it is done twice.
                maybe_sent = outcome is CallOutcome.UNKNOWN and endpoint.startswith("send")
                log.warning("again method=%s error=%s", endpoint, type(error).__name__)
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - jitter

    def _apply_retry_after(self, error: RetryAfter, chat_id: object) -> float:
        """Return how long to wait; a chat's own turn waits by itself.

        Raises:
            RetryAfter: that is too long for anyone to wait for an answer.
        """
        retry_after = retry_after_seconds(error)
        if chat_id is not None:
            self._limiter.block_chat(chat_id, retry_after)
        if retry_after > self._limiter.max_wait:
            raise error
        # Halved at most by the jitter, so that it is never too soon.
        return 0.0 if chat_id is not None else 2 * retry_after


def retry_after_seconds(error: RetryAfter) -> float:
    """Return how long Telegram asks to be left alone."""
    retry_after = error.retry_after
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else float(retry_after)


def classify_error(error: TelegramError) -> CallOutcome:
    """Return what became of the call that failed with `error`."""
    if type(error) is TelegramError:  # an answer that is no JSON
        return CallOutcome.UNKNOWN
    if isinstance(error, RetryAfter):
        return CallOutcome.UNSENT
    # A refusal is a NetworkError to the library too.
    if isinstance(error, BadRequest) or not isinstance(error, NetworkError):
        return CallOutcome.REFUSED
    if error.__cause__ is None or isinstance(error.__cause__, _NOT_SENT_ERRORS):
        return CallOutcome.UNSENT
    return CallOutcome.UNKNOWN


def get_destination(message: MaybeInaccessibleMessage) -> Destination:
    """Return where a reply to `message` goes: its topic, and under it in a group."""
    is_in_topic = isinstance(message, Message) and message.is_topic_message
    return Destination(
        message.chat.id,
        message.message_thread_id if isinstance(message, Message) and is_in_topic else None,
        None if message.chat.type == ChatType.PRIVATE else message.message_id,
    )


async def send_reply(
    bot: ExtBot[Any], destination: Destination, reply: Reply, owner_id: int | None = None
) -> tuple[int, ...]:
    """Send `reply`, its buttons under the last message, and return the messages' numbers.

    What is under it may be pressed by `owner_id` alone; by anyone if that is None.
    """
    rendered = render_reply(bot, reply, ButtonOwner(destination.chat_id, owner_id))
    *others, last = rendered.parts
    message_ids = [await _send_message(bot, destination, part, reply, None) for part in others]
    message_ids.append(await _send_message(bot, destination, last, reply, rendered.keyboard))
    return tuple(message_ids)


async def edit_reply(
    bot: ExtBot[Any],
    destination: Destination,
    message_id: int,
    reply: Reply,
    owner_id: int | None = None,
) -> tuple[int, ...]:
    """Put `reply` in the place of the message of this number; where that is gone, send it anew.

    What does not fit in one message follows in others. Return their numbers.
    """
    rendered = render_reply(bot, reply, ButtonOwner(destination.chat_id, owner_id))
    first, *others = rendered.parts
    try:
        await _edit_message(
            bot,
            destination.chat_id,
            message_id,
            first,
            reply,
            None if others else rendered.keyboard,
        )
    except BadRequest as error:
        reason = str(error).casefold()
        if "not modified" in reason:
            return (message_id,)
        if "message to edit" not in reason and "can't be edited" not in reason:
            raise
        return await send_reply(bot, destination, reply, owner_id)
    if not others:
        return (message_id,)
    message_ids = [await _send_message(bot, destination, part, reply, None) for part in others[:-1]]
    message_ids.append(await _send_message(bot, destination, others[-1], reply, rendered.keyboard))
    return (message_id, *message_ids)


async def _edit_message(  # noqa: PLR0913, PLR0917 - what, where, and for whom
    bot: ExtBot[Any],
    chat_id: int,
    message_id: int,
    markup: str,
    reply: Reply,
    keyboard: Keyboard | None,
) -> None:
    async def edit_text(text: str, parse_mode: ParseMode | None) -> None:
        await _call_method(
            bot,
            "editMessageText",
            text=text,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=parse_mode,
            reply_markup=keyboard,
            link_preview_options=_NO_PREVIEW,
        )

    try:
        await edit_text(markup, ParseMode.HTML)
    except BadRequest as error:
        _log_parse_error(error, reply)
        await edit_text(strip_markup(markup), None)


def strip_markup(markup: str) -> str:
    """Return the text that `markup` shows.

    >>> strip_markup("<b>A &lt; B</b>")
    'A < B'
    """
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


async def _send_message(
    bot: ExtBot[Any],
    destination: Destination,
    markup: str,
    reply: Reply,
    keyboard: Keyboard | None,
) -> int:
    try:
        return await _post_message(bot, destination, markup, ParseMode.HTML, keyboard)
    except ChatMigrated as migration:
        # A group that grew has a new number, and its old messages and topics are not in it.
        new_destination = replace(
            destination, chat_id=migration.new_chat_id, thread_id=None, reply_to_id=None
        )
        return await _post_message(bot, new_destination, markup, ParseMode.HTML, keyboard)
    except BadRequest as error:
        _log_parse_error(error, reply)
        return await _post_message(bot, destination, strip_markup(markup), None, keyboard)


async def _post_message(
    bot: ExtBot[Any],
    destination: Destination,
    text: str,
    parse_mode: ParseMode | None,
    keyboard: Keyboard | None,
) -> int:
    reply_parameters = destination.reply_to_id and ReplyParameters(
        destination.reply_to_id, allow_sending_without_reply=True
    )
    message = await _call_method(
        bot,
        "sendMessage",
        chat_id=destination.chat_id,
        text=text,
        parse_mode=parse_mode,
        message_thread_id=destination.thread_id,
        reply_parameters=reply_parameters or None,
        reply_markup=keyboard,
        link_preview_options=_NO_PREVIEW,
    )
    return int(message["message_id"])


async def _call_method(bot: ExtBot[Any], method: str, **parameters: Any) -> Any:  # noqa: ANN401
    """Return what `method` gives, unread: of a message nothing is wanted but its number."""
    data = {name: value for name, value in parameters.items() if value is not None}
    return await bot._post(method, data)  # noqa: SLF001 - the library has no other door


def _log_parse_error(error: BadRequest, reply: Reply) -> None:
    """Log which quotes were drawn so that Telegram cannot read them; raise any other refusal."""
    if "can't parse entities" not in str(error).casefold():
        raise error
    log.error("unparsed quotes=%s", ",".join(_list_quote_ids(reply)))


def _list_quote_ids(reply: Reply) -> list[str]:
    return [piece.quote_id for block in reply.blocks for piece in block if piece.quote_id]
