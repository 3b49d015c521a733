"""The bot from start to stop: made of its parts, polling until a signal, then drained."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from typing import TYPE_CHECKING, Any

from telegram.error import InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder, Updater
from telegram.request import HTTPXRequest

from bot.errors import BotError, SettingsError
from bot.surfaces.telegram.commands import introduce
from bot.surfaces.telegram.handlers import Handlers, failed
from bot.surfaces.telegram.receiving import Deadline, Receiver
from bot.surfaces.telegram.redaction import redact
from bot.surfaces.telegram.sending import Sender
from bot.surfaces.telegram.settings import Options, Secrets

if TYPE_CHECKING:
    from telegram.ext import Application

    from bot.desk import Desk

    Bot = Application[Any, Any, Any, Any, Any, Any]

log = logging.getLogger(__name__)

ALLOWED = ("message", "callback_query")


def run(desk: Desk, options: Options | None = None) -> None:
    """Answer in Telegram until SIGTERM or SIGINT; what is under way is then finished.

    Raises:
        SettingsError: the token or the admins are missing or wrong.
        BotError: Telegram could not be reached at the start.
    """
    secrets = Secrets.load()
    redact(secrets.token)
    asyncio.run(until_signalled(desk, secrets, options or Options()))


async def until_signalled(desk: Desk, secrets: Secrets, options: Options) -> None:
    """Serve until SIGTERM or SIGINT; a second signal finds it stopping, and cuts nothing short."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not every loop has signals.
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(desk, secrets, options, stop)


async def serve(desk: Desk, secrets: Secrets, options: Options, stop: asyncio.Event) -> None:
    """Poll and answer until `stop` is set, then finish what is under way.

    Raises:
        SettingsError: Telegram does not take the token, at the start or later.
        BotError: Telegram could not be reached at the start.
    """
    bot, updater = application(desk, secrets, options, stop)
    try:
        async with bot:
            await bot.start()
            bot.create_task(introduce(bot.bot, secrets.admins))
            await _poll(bot, updater, options, stop)
    except InvalidToken:
        # Its own text holds the token.
        raise SettingsError(
            "BOT_TOKEN", "Telegram does not take it", "ask @BotFather for the one in force"
        ) from None
    except TelegramError as error:
        raise BotError(
            secrets.root,
            f"no Bot API answers there ({type(error).__name__})",
            "look at the network, or set BOT_API_URL",
        ) from None
    finally:
        # The library leaves its connections open when the start fails.
        await bot.bot.shutdown()


def application(
    desk: Desk, secrets: Secrets, options: Options, stop: asyncio.Event
) -> tuple[Bot, Updater]:
    """Return the library's application, ready to start, and what polls for it."""
    queue: asyncio.Queue[object] = asyncio.Queue()
    receiver = Receiver(
        queue,
        options.concurrency,
        stop,
        token=secrets.token.get_secret_value(),
        base_url=f"{secrets.root}/bot",
        base_file_url=f"{secrets.root}/file/bot",
        request=HTTPXRequest(connection_pool_size=options.concurrency * 2),
        get_updates_request=HTTPXRequest(connection_pool_size=1),
        rate_limiter=Sender(options.pauses),
    )
    updater = Updater(receiver, queue)
    bot: Bot = (
        ApplicationBuilder()
        .updater(updater)
        .concurrent_updates(Deadline(options.concurrency, options.deadline))
        .job_queue(None)
        .build()
    )
    bot.add_handlers(Handlers(desk, secrets.admins).all())
    bot.add_error_handler(failed)
    return bot, updater


async def _poll(bot: Bot, updater: Updater, options: Options, stop: asyncio.Event) -> None:
    try:
        await updater.start_polling(
            timeout=options.wait,
            allowed_updates=ALLOWED,
            drop_pending_updates=False,
            error_callback=_unheard,
        )
        log.info("polling")
        await stop.wait()
    finally:
        # The updater first: it waits for what is under way before it confirms it.
        try:
            if updater.running:
                await updater.stop()
        finally:
            await bot.stop()
    if bot.bot.refused:
        raise InvalidToken


def _unheard(error: TelegramError) -> None:
    """Say that a poll failed; the library asks again, ever more slowly."""
    log.warning("poll failed error=%s", type(error).__name__)
