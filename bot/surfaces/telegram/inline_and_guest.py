"""Inline search, and guest mentions in chats the bot is not in: one message each."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import (
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.errors import SearchError
from bot.replies.answer import QuoteCard
from bot.replies.catalogue import say
from bot.replies.reply import Reply
from bot.service import Service
from bot.surfaces.telegram.sending import RenderedReply, refuses_markup, render_with_deep_links, strip_markup

log = logging.getLogger(__name__)

PAGE_SIZE = 10
# Characters of the corpus's version in the ids of results and in the offset.
_VERSION_LENGTH = 8
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def answer_inline_query(bot: ExtBot[Any], service: Service, query: InlineQuery, cache_seconds: int) -> None:
    """Answer an inline query with one page of results.

    Everybody gets the same results in the same language, so Telegram may cache them for
    `cache_seconds`; a quote withheld meanwhile is still shown until then. The next page
    of a corpus that was reloaded since is empty.
    """
    version, _, page = query.offset.partition(":")
    try:
        results = await service.search_cards(query.query, int(page) if page.isdecimal() else 1, PAGE_SIZE)
    except SearchError as error:
        log.warning("not answered inline: %s", error)
        button = InlineQueryResultsButton(say("label_inline_no_search"), start_parameter="inline")
        # Not cached: a moment later it may be searched again.
        await bot.answer_inline_query(query.id, [], cache_time=0, is_personal=False, button=button)
        return
    current_version = results.version[:_VERSION_LENGTH]
    cards = results.cards if query.offset == "" or version == current_version else ()
    label = say("label_inline_help") if cards else say("label_inline_nothing")

    def build_result(card: QuoteCard, parse_mode: ParseMode | None) -> InlineQueryResultArticle:
        """Build the result that posts `card` when it is chosen."""
        rendered = render_with_deep_links(bot, card.reply)
        return _build_article(f"{card.id}-{current_version}", card.title, card.preview, rendered, parse_mode)

    async def send_results(parse_mode: ParseMode | None) -> None:
        """Answer the query with the cards, as HTML, or as plain text without a `parse_mode`."""
        await bot.answer_inline_query(
            query.id,
            [build_result(card, parse_mode) for card in cards],
            cache_time=cache_seconds,
            is_personal=False,
            next_offset=f"{current_version}:{results.next_page}" if cards and results.next_page else "",
            button=InlineQueryResultsButton(label, start_parameter="inline"),
        )

    await _send_with_fallback(send_results)


async def answer_guest_query(bot: ExtBot[Any], service: Service, message: Message, reply: Reply) -> None:
    """Answer a mention in a chat that the bot is not in.

    A reply too long for one message is replaced by the first quote that its question finds, or else cut off.
    """
    rendered = render_with_deep_links(bot, reply)
    if len(rendered.parts) > 1:
        question = reply.history[-1].text if reply.history else ""
        cards = (await service.search_cards(question, limit=2)).cards
        rendered = render_with_deep_links(bot, cards[0].reply) if cards else rendered
    await send_to_guest(bot, message, reply, rendered)


async def send_to_guest(
    bot: ExtBot[Any], message: Message, reply: Reply, rendered: RenderedReply | None = None
) -> None:
    """Answer a mention with the first message of `rendered`, or of `reply` where that is None."""
    rendered = rendered or render_with_deep_links(bot, reply)

    async def send_article(parse_mode: ParseMode | None) -> None:
        """Answer with one article, as HTML, or as plain text without a `parse_mode`."""
        article = _build_article("answer", reply.blocks[0][0].text, "", rendered, parse_mode)
        await bot.answer_guest_query(message.guest_query_id or "", article)

    await _send_with_fallback(send_article)


async def _send_with_fallback(send: Callable[[ParseMode | None], Awaitable[None]]) -> None:
    """Answer as HTML, or as text where Telegram cannot parse it; log any other refusal, as of an expired query."""
    try:
        await send(ParseMode.HTML)
    except BadRequest as error:
        if refuses_markup(error):
            log.error("markup refused: %.60s", error)  # noqa: TRY400 - a traceback says nothing here
            await send(None)
        else:
            # The person typed on, and Telegram no longer waits for this query.
            log.info("answered too late: %.60s", error)


def _build_article(
    result_id: str, title: str, preview: str, rendered: RenderedReply, parse_mode: ParseMode | None
) -> InlineQueryResultArticle:
    """Build the result that posts the first part of a reply, as plain text without a `parse_mode`."""
    text = rendered.parts[0] if parse_mode else strip_markup(rendered.parts[0])
    content = InputTextMessageContent(text, parse_mode=parse_mode, link_preview_options=_NO_PREVIEW)
    return InlineQueryResultArticle(
        result_id,
        title,
        content,
        reply_markup=InlineKeyboardMarkup.de_json(rendered.keyboard, None) if rendered.keyboard else None,
        description=preview or None,
    )
