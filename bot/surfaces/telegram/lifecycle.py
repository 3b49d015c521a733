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
from bot.surfaces.telegram.authorisation import AdminGuard
from bot.surfaces.telegram.commands import publish_commands
from bot.surfaces.telegram.corpus_choice import CorpusChooser
from bot.surfaces.telegram.handlers import Handlers, handle_error
from bot.surfaces.telegram.health import Health, render_abilities
from bot.surfaces.telegram.intake import Intake
from bot.surfaces.telegram.membership import MembershipTracker
from bot.surfaces.telegram.missed_words import MissedWords
from bot.surfaces.telegram.polling import Poller, RawUpdateBot
from bot.surfaces.telegram.pseudonyms import Pseudonyms
from bot.surfaces.telegram.rate_limit import RateLimiter
from bot.surfaces.telegram.redaction import install_redaction
from bot.surfaces.telegram.sending import RetryingRateLimiter
from bot.surfaces.telegram.settings import TelegramOptions, TelegramSecrets, WebhookSettings
from bot.surfaces.telegram.stale_updates import StaleUpdates
from bot.surfaces.telegram.throttle import Gate, Throttle
from bot.surfaces.telegram.webhook import WebhookReceiver, serve_webhook, webhook_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram.ext import Application

    from bot.service.router import Router

    TelegramApp = Application[Any, Any, Any, Any, Any, Any]

log = logging.getLogger(__name__)

# What is handled, and no more: Telegram remembers the list, and sends nothing else.
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "guest_message",
    "my_chat_member",
)
# A webhook's update comes again when its handling was cut short; not for ever.
_MAX_ATTEMPTS = 3
_FORCED_EXIT_SECONDS = 24.5
# An update passes the groups in this order; the handlers proper stand in group 0.
_ADMISSION_GROUP, _ADMIN_GROUP = -2, -1


def run(router: Router, options: TelegramOptions | None = None, *, webhook: bool = False) -> None:
    """Answer in Telegram until SIGTERM or SIGINT; what is under way is then finished.

    Updates are pushed to a webhook where BOT_WEBHOOK_URL is set, and polled
    for otherwise; `webhook` insists that it is set.

    Raises:
        SettingsError: the token, the admins or the webhook are missing or wrong.
        BotError: Telegram could not be reached at the start.
    """
    secrets, webhook_settings = TelegramSecrets.load(), WebhookSettings.load(required=webhook)
    token = secrets.token.get_secret_value()
    install_redaction(
        secrets.token,
        *(
            (webhook_path(token), webhook_settings.secret.get_secret_value())
            if webhook_settings
            else ()
        ),
    )
    asyncio.run(
        serve_until_signalled(
            router, secrets, options or TelegramOptions(), webhook_settings, schedule_forced_exit
        )
    )


def schedule_forced_exit() -> None:
    """End this process in a while, whatever hangs: the platform would kill it a little later."""
    timer = threading.Timer(_FORCED_EXIT_SECONDS, os._exit, (1,))
    timer.daemon = True
    timer.start()


async def serve_until_signalled(
    router: Router,
    secrets: TelegramSecrets,
    options: TelegramOptions,
    webhook_settings: WebhookSettings | None = None,
    on_stop: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; a second signal finds it stopping, and cuts nothing short.

    `on_stop` is called at the first. In the end the signals are ignored, for one may
    still come when this is done and the process is not.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    received_signals: list[int] = []

    def handle_signal(signal_number: int, _: object) -> None:
        if not received_signals:
            received_signals.append(signal_number)
            loop.call_soon_threadsafe(stop.set)
            if on_stop:
                on_stop()

    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, handle_signal)
    try:
        await serve(router, secrets, options, stop, webhook_settings)
    finally:
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, signal.SIG_IGN)


async def serve(
    router: Router,
    secrets: TelegramSecrets,
    options: TelegramOptions,
    stop: asyncio.Event,
    webhook_settings: WebhookSettings | None = None,
) -> None:
    """Receive and answer until `stop` is set, then finish what is under way.

    Raises:
        SettingsError: Telegram does not take the token, at the start or later.
        BotError: Telegram could not be reached at the start.
    """
    health = Health("webhook" if webhook_settings else "polling")
    app = build_application(router, secrets, options, health)
    try:
        async with app:
            await app.start()
            try:
                app.create_task(publish_commands(app.bot, secrets.admins))
                app.create_task(router.warm())
                log.info("here: %s", "; ".join(render_abilities(app.bot.bot)))
                # What is loaded is not looked through for garbage again and again.
                gc.freeze()
                await _receive_updates(app, health, options, stop, webhook_settings)
            finally:
                await app.stop()
    except InvalidToken:
        # Its own text holds the token.
        raise SettingsError(
            "BOT_TOKEN", "Telegram does not take it", "ask @BotFather for the one in force"
        ) from None
    except TelegramError as error:
        raise BotError(
            secrets.base_url,
            f"no Bot API answers there ({type(error).__name__})",
            "look at the network, or set BOT_API_URL",
        ) from None
    finally:
        # The library leaves its connections open when the start fails.
        await app.bot.shutdown()


def build_application(
    router: Router, secrets: TelegramSecrets, options: TelegramOptions, health: Health
) -> TelegramApp:
    """Return the library's application, ready to start; it receives nothing by itself."""
    raw_bot = RawUpdateBot(
        token=secrets.token.get_secret_value(),
        base_url=f"{secrets.base_url}/bot",
        base_file_url=f"{secrets.base_url}/file/bot",
        request=HTTPXRequest(
            connection_pool_size=options.concurrency * 2, read_timeout=options.patience
        ),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=options.patience),
        rate_limiter=RetryingRateLimiter(
            options.pauses, RateLimiter(options.rates, options.longest)
        ),
    )
    app: TelegramApp = ApplicationBuilder().updater(None).bot(raw_bot).job_queue(None).build()
    pseudonyms = Pseudonyms()
    gate = Gate(Throttle(options.flood), StaleUpdates(options.stale), health, pseudonyms)
    missed_words = MissedWords(enabled=options.unanswered)
    corpus_chooser = CorpusChooser(router, options.believed)
    handlers = Handlers(
        router, secrets.admins, options, corpus_chooser, health.render_lines, missed_words
    )
    admin_handlers = handlers.build_admin_handlers()
    answering_handlers = [*admin_handlers, *handlers.build_public_handlers()]
    app.add_handler(gate.build_handler(answering_handlers), _ADMISSION_GROUP)
    app.add_handler(AdminGuard(secrets.admins).build_handler(admin_handlers), _ADMIN_GROUP)
    app.add_handlers(answering_handlers)
    app.add_handlers(MembershipTracker(router, pseudonyms, health).build_handlers())
    app.add_handler(handlers.build_alert_handler(), group=1)
    app.add_error_handler(handle_error)
    return app


async def _receive_updates(
    app: TelegramApp,
    health: Health,
    options: TelegramOptions,
    stop: asyncio.Event,
    webhook_settings: WebhookSettings | None,
) -> None:
    limits = options.concurrency, options.deadline
    if webhook_settings:
        intake = Intake(app, health, stop, *limits, max_attempts=_MAX_ATTEMPTS)
        receiver = WebhookReceiver(
            intake, health, stop, webhook_settings.secret.get_secret_value().encode()
        )
        await serve_webhook(app.bot, receiver, webhook_settings, options, ALLOWED_UPDATES)
        return
    # Telegram gives nothing to a poll while a webhook is set.
    webhook_info = await app.bot.get_webhook_info()
    if webhook_info.url:
        log.warning("webhook taken away host=%s", urlsplit(webhook_info.url).hostname)
        await app.bot.delete_webhook(drop_pending_updates=False)
    log.info("polling")
    intake = Intake(app, health, stop, *limits)
    await Poller(app.bot, intake, health, options, ALLOWED_UPDATES, stop).run()
