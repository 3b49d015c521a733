"""Chats the bot is not in: inline search, and a mention there, each answered by one message."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from telegram import (
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.replies import words
from bot.surfaces.telegram import drawing
from bot.surfaces.telegram.sending import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import InlineQuery, Message
    from telegram.ext import ExtBot

    from bot.desk import Desk
    from bot.replies.alone import Alone
    from bot.replies.reply import Reply

log = logging.getLogger(__name__)

MOST = 10
_VERSION = 8
_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def search(bot: ExtBot[Any], desk: Desk, query: InlineQuery, cached: int) -> None:
    """Answer an inline search, one page of it.

    What is shown is the same for everybody, so Telegram may keep it for others
    for `cached` seconds, quotes that are withheld meanwhile among it; it is in
    one language therefore. A page of a corpus that was reloaded since is none.
    """
    version, _, page = query.offset.partition(":")
    found = await desk.found(query.query, int(page) if page.isdecimal() else 1, MOST)
    stale = bool(query.offset) and version != found.version[:_VERSION]
    shown = () if stale else found.found
    following = f"{found.version[:_VERSION]}:{found.following}"
    label = words.INLINE_HELP if shown else words.INLINE_NOTHING

    async def put(mode: ParseMode | None) -> None:
        await bot.answer_inline_query(
            query.id,
            [_result(bot, each, found.version, mode) for each in shown],
            cache_time=cached,
            is_personal=False,
            next_offset=following if shown and found.following else "",
            button=InlineQueryResultsButton(label, start_parameter="inline"),
        )

    await _as_telegram_reads(put)


async def answer_guest(bot: ExtBot[Any], desk: Desk, message: Message, reply: Reply) -> None:
    """Answer a mention in a chat that the bot is not in.

    A reply that one message cannot hold gives way to its first quote.
    """
    made = drawing.abroad(bot, reply)
    if len(made.parts) > 1:
        first = reply.shown.asked[-1] if reply.shown.asked else ""
        found = (await desk.found(first, most=2)).found
        made = drawing.abroad(bot, found[0].reply) if found else made

    async def put(mode: ParseMode | None) -> None:
        article = _article("answer", reply.blocks[0][0].text, "", made, mode)
        await bot.answer_guest_query(message.guest_query_id or "", article)

    await _as_telegram_reads(put)


async def _as_telegram_reads(put: Callable[[ParseMode | None], Awaitable[None]]) -> None:
    """Answer in markup, or as text where Telegram cannot read that; let be what comes too late."""
    try:
        await put(ParseMode.HTML)
    except BadRequest as refusal:
        if "can't parse entities" in str(refusal).casefold():
            log.error("unparsed abroad: %.60s", refusal)  # noqa: TRY400 - not where, but what
            await put(None)
        else:
            # Whoever types on has asked anew, and this search is waited for no longer.
            log.info("answered too late: %.60s", refusal)


def _result(
    bot: ExtBot[Any], alone: Alone, version: str, mode: ParseMode | None
) -> InlineQueryResultArticle:
    made = drawing.abroad(bot, alone.reply)
    return _article(f"{alone.id}-{version[:_VERSION]}", alone.title, alone.preview, made, mode)


def _article(
    number: str, title: str, preview: str, made: drawing.Drawn, mode: ParseMode | None
) -> InlineQueryResultArticle:
    text = made.parts[0] if mode else plain(made.parts[0])
    content = InputTextMessageContent(text, parse_mode=mode, link_preview_options=_PREVIEW)
    return InlineQueryResultArticle(
        number,
        title,
        content,
        reply_markup=InlineKeyboardMarkup.de_json(made.keyboard, None) if made.keyboard else None,
        description=preview or None,
    )
