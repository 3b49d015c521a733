"""The bot from start to stop: made of its parts, heard until a signal, then drained."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from telegram.error import InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder
from telegram.request import HTTPXRequest

from bot.errors import BotError, SettingsError
from bot.surfaces.telegram.admins import Admins
from bot.surfaces.telegram.choosing import Choosing
from bot.surfaces.telegram.commands import introduce
from bot.surfaces.telegram.handlers import Handlers, failed
from bot.surfaces.telegram.health import Health, abilities
from bot.surfaces.telegram.lateness import Late
from bot.surfaces.telegram.limiting import Limiter
from bot.surfaces.telegram.membership import Membership
from bot.surfaces.telegram.polling import Poller, Receiver
from bot.surfaces.telegram.pseudonyms import Pseudonyms
from bot.surfaces.telegram.receiving import Intake
from bot.surfaces.telegram.redaction import redact
from bot.surfaces.telegram.sending import Sender
from bot.surfaces.telegram.settings import Hook, Options, Secrets
from bot.surfaces.telegram.shedding import Gate, Shedder
from bot.surfaces.telegram.unanswered import Unanswered
from bot.surfaces.telegram.webhook import Door, path, serve_pushed

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram.ext import Application

    from bot.desk.desks import Desks

    Bot = Application[Any, Any, Any, Any, Any, Any]

log = logging.getLogger(__name__)

# What is handled, and no more: Telegram remembers the list, and sends nothing else.
ALLOWED = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "guest_message",
    "my_chat_member",
)
# A webhook's update comes again when its handling was cut short; not for ever.
_TRIES = 3
_LAST = 24.5


def run(desks: Desks, options: Options | None = None, *, webhook: bool = False) -> None:
    """Answer in Telegram until SIGTERM or SIGINT; what is under way is then finished.

    Updates are pushed to a webhook where BOT_WEBHOOK_URL is set, and polled
    for otherwise; `webhook` insists that it is set.

    Raises:
        SettingsError: the token, the admins or the webhook are missing or wrong.
        BotError: Telegram could not be reached at the start.
    """
    secrets, hook = Secrets.load(), Hook.load(required=webhook)
    token = secrets.token.get_secret_value()
    redact(secrets.token, *((path(token), hook.secret.get_secret_value()) if hook else ()))
    asyncio.run(until_signalled(desks, secrets, options or Options(), hook, end_at_last))


def end_at_last() -> None:
    """End this process in a while, whatever hangs: the platform would kill it a little later."""
    timer = threading.Timer(_LAST, os._exit, (1,))
    timer.daemon = True
    timer.start()


async def until_signalled(
    desks: Desks,
    secrets: Secrets,
    options: Options,
    hook: Hook | None = None,
    then: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; a second signal finds it stopping, and cuts nothing short.

    `then` is called at the first. In the end the signals are ignored, for one may
    still come when this is done and the process is not.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    came: list[int] = []

    def stopped(number: int, _: object) -> None:
        if not came:
            came.append(number)
            loop.call_soon_threadsafe(stop.set)
            if then:
                then()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stopped)
    try:
        await serve(desks, secrets, options, stop, hook)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)


async def serve(
    desks: Desks,
    secrets: Secrets,
    options: Options,
    stop: asyncio.Event,
    hook: Hook | None = None,
) -> None:
    """Receive and answer until `stop` is set, then finish what is under way.

    Raises:
        SettingsError: Telegram does not take the token, at the start or later.
        BotError: Telegram could not be reached at the start.
    """
    health = Health("webhook" if hook else "polling")
    bot = application(desks, secrets, options, health)
    try:
        async with bot:
            await bot.start()
            try:
                bot.create_task(introduce(bot.bot, secrets.admins))
                bot.create_task(desks.warm())
                health.abilities = abilities(bot.bot.bot)
                log.info("here: %s", "; ".join(health.able()))
                # What is loaded is not looked through for garbage again and again.
                gc.freeze()
                await _receive(bot, health, options, stop, hook)
            finally:
                await bot.stop()
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


def application(desks: Desks, secrets: Secrets, options: Options, health: Health) -> Bot:
    """Return the library's application, ready to start; it receives nothing by itself."""
    receiver = Receiver(
        token=secrets.token.get_secret_value(),
        base_url=f"{secrets.root}/bot",
        base_file_url=f"{secrets.root}/file/bot",
        request=HTTPXRequest(
            connection_pool_size=options.concurrency * 2, read_timeout=options.patience
        ),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=options.patience),
        rate_limiter=Sender(options.pauses, Limiter(options.rates, options.longest)),
    )
    bot: Bot = ApplicationBuilder().updater(None).bot(receiver).job_queue(None).build()
    names = Pseudonyms()
    gate = Gate(Shedder(options.flood), Late(options.stale), health, names)
    admins = Admins(secrets.admins)
    missed = Unanswered(counting=options.unanswered)
    choosing = Choosing(desks, options.believed)
    handlers = Handlers(desks, secrets.admins, options, choosing, health.lines, missed)
    guarded = handlers.for_admins()
    for handler in guarded:
        admins.guard(handler)
    for handler in (*guarded, *handlers.for_all()):
        gate.guard(handler)
        bot.add_handler(handler)
    bot.add_handlers(Membership(desks, names, health).all())
    bot.add_error_handler(failed)
    return bot


async def _receive(
    bot: Bot, health: Health, options: Options, stop: asyncio.Event, hook: Hook | None
) -> None:
    room = options.concurrency, options.deadline
    if hook:
        intake = Intake(bot, health, stop, *room, tries=_TRIES)
        door = Door(intake, health, stop, hook.secret.get_secret_value().encode())
        await serve_pushed(bot.bot, door, hook, options, ALLOWED)
        return
    # Telegram gives nothing to a poll while a webhook is set.
    info = await bot.bot.get_webhook_info()
    if info.url:
        log.warning("webhook taken away host=%s", urlsplit(info.url).hostname)
        await bot.bot.delete_webhook(drop_pending_updates=False)
    log.info("polling")
    intake = Intake(bot, health, stop, *room)
    await Poller(bot.bot, intake, health, options, ALLOWED, stop).run()
