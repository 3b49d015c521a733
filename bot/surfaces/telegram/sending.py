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
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import httpx
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatType, MessageLimit, ParseMode
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter
from telegram.helpers import create_deep_linked_url

from bot.replies.html import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from telegram import MaybeInaccessibleMessage
    from telegram.ext import ExtBot

    from bot.replies.reply import Button, Reply

log = logging.getLogger(__name__)

_PREVIEW = LinkPreviewOptions(is_disabled=True)
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, TelegramError)


class Fate(Enum):
    """What became of a call that failed."""

    REFUSED = "Telegram said no, and will again"
    UNSENT = "it was surely not carried out"
    UNKNOWN = "it may have been carried out"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply goes; `question` is the message it is a reply to, in a group."""

    chat: int
    topic: int | None = None
    question: int | None = None


class Sender(AIORateLimiter):
    """The library's limiter, which waits out 429, sending again after other faults too."""

    def __init__(self, pauses: Sequence[float]) -> None:
        super().__init__(max_retries=3)
        self._pauses = tuple(pauses)

    async def process_request(  # noqa: PLR0913, PLR0917 - the library's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:  # noqa: ANN401
        """Call the Bot API, up to once more than there are pauses."""
        pauses, doubted = iter(self._pauses), False
        while True:
            try:
                # Only what goes to a chat is limited: the library waits out a 429 with every
                # other call held back, and that for the bot's description can take hours.
                if "chat_id" not in data:
                    return await callback(*args, **kwargs)
                return await super().process_request(
                    callback, args, kwargs, endpoint, data, rate_limit_args
                )
            except TelegramError as error:
                became, pause = fate(error), next(pauses, None)
                if pause is None or became is Fate.REFUSED or doubted:
                    raise
                # What else is called leaves nothing behind when it is done twice.
                doubted = became is Fate.UNKNOWN and endpoint.startswith("send")
                log.warning("again method=%s error=%s", endpoint, type(error).__name__)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter


def fate(error: TelegramError) -> Fate:
    """Return what became of the call that failed with `error`."""
    if type(error) is TelegramError:  # an answer that is no JSON
        return Fate.UNKNOWN
    # A refusal is a NetworkError to the library too.
    if isinstance(error, BadRequest | RetryAfter) or not isinstance(error, NetworkError):
        return Fate.REFUSED
    if error.__cause__ is None or isinstance(error.__cause__, _UNSENT):
        return Fate.UNSENT
    return Fate.UNKNOWN


def place(message: MaybeInaccessibleMessage) -> Place:
    """Return where a reply to `message` goes: its topic, and under it in a group."""
    topical = isinstance(message, Message) and message.is_topic_message
    return Place(
        message.chat.id,
        message.message_thread_id if isinstance(message, Message) and topical else None,
        None if message.chat.type == ChatType.PRIVATE else message.message_id,
    )


async def say(bot: ExtBot[Any], where: Place, reply: Reply) -> None:
    """Send `reply`, its buttons under the last message."""
    parts = messages(
        reply,
        MessageLimit.MAX_TEXT_LENGTH,
        lambda quote_id: create_deep_linked_url(bot.username, f"q_{quote_id}"),
    )
    for part in parts[:-1]:
        await _send(bot, where, part, reply, None)
    await _send(bot, where, parts[-1], reply, keyboard(reply.buttons))


def keyboard(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """Return buttons that send their command back when pressed; None for none."""
    drawn = [
        [InlineKeyboardButton(button.label, callback_data=button.command) for button in row]
        for row in rows
        if row
    ]
    return InlineKeyboardMarkup(drawn) if drawn else None


def plain(markup: str) -> str:
    """Return the text that `markup` shows.

    >>> plain("<b>A &lt; B</b>")
    'A < B'
    """
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


async def _send(
    bot: ExtBot[Any],
    where: Place,
    markup: str,
    reply: Reply,
    buttons: InlineKeyboardMarkup | None,
) -> None:
    try:
        await _post(bot, where, markup, ParseMode.HTML, buttons)
    except BadRequest as refusal:
        if "can't parse entities" not in str(refusal).casefold():
            raise
        log.error("unparsed quotes=%s", ",".join(_quote_ids(reply)))  # noqa: TRY400
        await _post(bot, where, plain(markup), None, buttons)


async def _post(
    bot: ExtBot[Any],
    where: Place,
    text: str,
    mode: ParseMode | None,
    buttons: InlineKeyboardMarkup | None,
) -> None:
    under = where.question and ReplyParameters(where.question, allow_sending_without_reply=True)
    await bot.send_message(
        where.chat,
        text,
        mode,
        message_thread_id=where.topic,
        reply_parameters=under or None,
        reply_markup=buttons,
        link_preview_options=_PREVIEW,
    )


def _quote_ids(reply: Reply) -> list[str]:
    return [piece.quote_id for block in reply.blocks for piece in block if piece.quote_id]
