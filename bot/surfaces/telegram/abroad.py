"""Chats the bot is not in: inline search, and a mention there, each answered by one message."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.replies import words
from bot.surfaces.telegram import drawing

if TYPE_CHECKING:
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
    try:
        await bot.answer_inline_query(
            query.id,
            [_result(bot, each, found.version) for each in shown],
            cache_time=cached,
            is_personal=False,
            next_offset=following if shown and found.following else "",
            button=InlineQueryResultsButton(label, start_parameter="inline"),
        )
    except BadRequest as refusal:
        # Whoever types on has asked anew, and this search is waited for no longer.
        log.info("searched too long ago: %.60s", refusal)


async def answer_guest(bot: ExtBot[Any], desk: Desk, message: Message, reply: Reply) -> None:
    """Answer a mention in a chat that the bot is not in.

    A reply that one message cannot hold gives way to its first quote.
    """
    made = drawing.abroad(bot, reply)
    if len(made.parts) > 1:
        first = reply.shown.asked[-1] if reply.shown.asked else ""
        found = (await desk.found(first, most=2)).found
        made = drawing.abroad(bot, found[0].reply) if found else made
    await bot.answer_guest_query(
        message.guest_query_id or "", _article("answer", reply.blocks[0][0].text, "", made)
    )


def _result(bot: ExtBot[Any], alone: Alone, version: str) -> InlineQueryResultArticle:
    made = drawing.abroad(bot, alone.reply)
    return _article(f"{alone.id}-{version[:_VERSION]}", alone.title, alone.preview, made)


def _article(
    number: str, title: str, preview: str, made: drawing.Drawn
) -> InlineQueryResultArticle:
    content = InputTextMessageContent(
        made.parts[0], parse_mode=ParseMode.HTML, link_preview_options=_PREVIEW
    )
    return InlineQueryResultArticle(
        number, title, content, reply_markup=made.keyboard, description=preview or None
    )
