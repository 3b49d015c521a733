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

from bot.surfaces.telegram.drawing import Owner, drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from telegram import MaybeInaccessibleMessage
    from telegram.ext import ExtBot

    from bot.replies.reply import Reply
    from bot.surfaces.telegram.drawing import Keyboard
    from bot.surfaces.telegram.limiting import Limiter

log = logging.getLogger(__name__)

_PREVIEW = {"is_disabled": True}
# These put something into a chat; anything else may be asked as often as one likes.
_LIMITED = ("sendMessage", "editMessage", "forwardMessage", "copyMessage")
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


class Sender(BaseRateLimiter[None]):
    """Calls in their turn, and again where the wire failed or Telegram asked for time."""

    def __init__(self, pauses: Sequence[float], limiter: Limiter) -> None:
        self._pauses = tuple(pauses)
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
        pauses, doubted = iter(self._pauses), False
        chat = data.get("chat_id") if endpoint.startswith(_LIMITED) else None
        while True:
            try:
                if chat is None:
                    return await callback(*args, **kwargs)
                async with self._limiter.turn(chat):
                    return await callback(*args, **kwargs)
            except TelegramError as error:
                became, pause = fate(error), next(pauses, None)
                if pause is None or became is Fate.REFUSED or doubted:
                    raise
                if isinstance(error, RetryAfter):
                    pause = self._asked_for(error, chat)
                # What else is called leaves nothing behind when it is done twice.
                doubted = became is Fate.UNKNOWN and endpoint.startswith("send")
                log.warning("again method=%s error=%s", endpoint, type(error).__name__)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter

    def _asked_for(self, error: RetryAfter, chat: object) -> float:
        """Return how long to wait; a chat's own turn waits by itself.

        Raises:
            RetryAfter: that is too long for anyone to wait for an answer.
        """
        asked = seconds(error)
        if chat is not None:
            self._limiter.hold(chat, asked)
        if asked > self._limiter.longest:
            raise error
        # Halved at most by the jitter, so that it is never too soon.
        return 0.0 if chat is not None else 2 * asked


def seconds(error: RetryAfter) -> float:
    """Return how long Telegram asks to be left alone."""
    asked = error.retry_after
    return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)


def fate(error: TelegramError) -> Fate:
    """Return what became of the call that failed with `error`."""
    if type(error) is TelegramError:  # an answer that is no JSON
        return Fate.UNKNOWN
    if isinstance(error, RetryAfter):
        return Fate.UNSENT
    # A refusal is a NetworkError to the library too.
    if isinstance(error, BadRequest) or not isinstance(error, NetworkError):
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


async def say(
    bot: ExtBot[Any], where: Place, reply: Reply, asker: int | None = None
) -> tuple[int, ...]:
    """Send `reply`, its buttons under the last message, and return the messages' numbers.

    What is under it may be pressed by `asker` alone; by anyone if that is None.
    """
    made = drawn(bot, reply, Owner(where.chat, asker))
    *firsts, last = made.parts
    sent = [await _send(bot, where, part, reply, None) for part in firsts]
    sent.append(await _send(bot, where, last, reply, made.keyboard))
    return tuple(sent)


async def revise(
    bot: ExtBot[Any], where: Place, number: int, reply: Reply, asker: int | None = None
) -> tuple[int, ...]:
    """Put `reply` in the place of the message of this number; where that is gone, send it anew.

    What does not fit in one message follows in others. Return their numbers.
    """
    made = drawn(bot, reply, Owner(where.chat, asker))
    first, *rest = made.parts
    try:
        await _change(bot, where.chat, number, first, reply, None if rest else made.keyboard)
    except BadRequest as refusal:
        reason = str(refusal).casefold()
        if "not modified" in reason:
            return (number,)
        if "message to edit" not in reason and "can't be edited" not in reason:
            raise
        return await say(bot, where, reply, asker)
    if not rest:
        return (number,)
    sent = [await _send(bot, where, part, reply, None) for part in rest[:-1]]
    sent.append(await _send(bot, where, rest[-1], reply, made.keyboard))
    return (number, *sent)


async def _change(  # noqa: PLR0913, PLR0917 - what, where, and for whom
    bot: ExtBot[Any],
    chat: int,
    number: int,
    markup: str,
    reply: Reply,
    buttons: Keyboard | None,
) -> None:
    async def put(text: str, mode: ParseMode | None) -> None:
        await _call(
            bot,
            "editMessageText",
            text=text,
            chat_id=chat,
            message_id=number,
            parse_mode=mode,
            reply_markup=buttons,
            link_preview_options=_PREVIEW,
        )

    try:
        await put(markup, ParseMode.HTML)
    except BadRequest as refusal:
        _own_up(refusal, reply)
        await put(plain(markup), None)


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
    buttons: Keyboard | None,
) -> int:
    try:
        return await _post(bot, where, markup, ParseMode.HTML, buttons)
    except ChatMigrated as moved:
        # A group that grew has a new number, and its old messages and topics are not in it.
        there = replace(where, chat=moved.new_chat_id, topic=None, question=None)
        return await _post(bot, there, markup, ParseMode.HTML, buttons)
    except BadRequest as refusal:
        _own_up(refusal, reply)
        return await _post(bot, where, plain(markup), None, buttons)


async def _post(
    bot: ExtBot[Any],
    where: Place,
    text: str,
    mode: ParseMode | None,
    buttons: Keyboard | None,
) -> int:
    under = where.question and ReplyParameters(where.question, allow_sending_without_reply=True)
    sent = await _call(
        bot,
        "sendMessage",
        chat_id=where.chat,
        text=text,
        parse_mode=mode,
        message_thread_id=where.topic,
        reply_parameters=under or None,
        reply_markup=buttons,
        link_preview_options=_PREVIEW,
    )
    return int(sent["message_id"])


async def _call(bot: ExtBot[Any], method: str, **given: Any) -> Any:  # noqa: ANN401
    """Return what `method` gives, unread: of a message nothing is wanted but its number."""
    told = {name: value for name, value in given.items() if value is not None}
    return await bot._post(method, told)  # noqa: SLF001 - the library has no other door


def _own_up(refusal: BadRequest, reply: Reply) -> None:
    """Log which quotes were drawn so that Telegram cannot read them; raise any other refusal."""
    if "can't parse entities" not in str(refusal).casefold():
        raise refusal
    log.error("unparsed quotes=%s", ",".join(_quote_ids(reply)))


def _quote_ids(reply: Reply) -> list[str]:
    return [piece.quote_id for block in reply.blocks for piece in block if piece.quote_id]
