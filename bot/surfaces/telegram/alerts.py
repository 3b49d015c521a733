"""Messages that nobody asked for: alerts to admins, outcomes to reporters, and an apology for what failed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, NoReturn

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, ContextTypes, ExtBot

from bot.errors import SearchError
from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.replies.notifications import render_outcome
from bot.replies.reply import Reply
from bot.service.review import ClosedFlag
from bot.service.router import Router
from bot.surfaces.telegram.addressing import get_language
from bot.surfaces.telegram.inline_and_guest import send_to_guest
from bot.surfaces.telegram.sending import Destination, get_destination, send_reply

Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)


async def send_to_admins(bot: ExtBot[Any], reply: Reply, admin_ids: Iterable[int]) -> None:
    """Send `reply` to each admin, and log who cannot be reached."""
    for admin_id in sorted(admin_ids):
        try:
            await send_reply(bot, Destination(admin_id), reply, admin_id)
        except TelegramError as error:
            log.warning("alert unsent admin=%d error=%s", admin_id, type(error).__name__)


async def send_alerts(bot: ExtBot[Any], router: Router, admin_ids: Iterable[int]) -> None:
    """Send the alerts that are due to the admins, and to reporters what was decided; none of them is sent again."""
    for alert in router.take_alerts():
        await send_to_admins(bot, alert, admin_ids)
    await tell_outcomes(bot, router.take_untold())


async def handle_error(update: object, context: Context) -> NoReturn:
    """Log what a handler or a guard raised, and apologise unless it came from Telegram.

    Raises:
        ApplicationHandlerStop: always; when a guard fails, what it guards does not run.
    """
    try:
        await _report_error(update, context)
    except TelegramError as error:
        log.warning("apology not sent error=%s", type(error).__name__)
    raise ApplicationHandlerStop


async def _report_error(update: object, context: Context) -> None:
    """Log an error and apologise where it can be read; a failure of Telegram's own is only logged."""
    if isinstance(context.error, TelegramError):
        # The bot is blocked, the topic closed or the network down: an apology would not arrive.
        log.warning("reply not sent error=%s %.100s", type(context.error).__name__, context.error)
        return
    if isinstance(context.error, SearchError):
        log.warning("not answered: %s", context.error)
        apology = "cannot_search"
    else:
        log.error("handler failed", exc_info=context.error)
        apology = "apology"
    message = update.effective_message if isinstance(update, Update) else None
    if message is None:
        return
    with catalogue.use_language(get_language(message)):
        reply = Reply.from_text(say(apology))
        if not message.guest_query_id:
            await send_reply(context.bot, get_destination(message), reply)
        elif isinstance(context.error, SearchError):
            await send_to_guest(context.bot, message, reply)


async def tell_outcomes(bot: ExtBot[Any], closed_flags: Iterable[ClosedFlag]) -> None:
    """Tell each reporter what came of the report, in private or else in the chat of the report."""
    for flag, outcome in closed_flags:
        reply = render_outcome(flag, outcome)
        private = [Destination(flag.person)] if flag.person is not None else []
        public = [Destination(flag.chat, flag.thread, flag.message)] if flag.chat not in {None, flag.person} else []
        for destination in (*private, *public):
            try:
                await send_reply(bot, destination, reply)
            except TelegramError as error:
                log.info("outcome unsent error=%s", type(error).__name__)
            else:
                break
