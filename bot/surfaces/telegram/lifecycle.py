"""Lifecycle of the surface: built, served until a signal, drained."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import ssl
import sys
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import (
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    Update,
)
from telegram.error import InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder, ExtBot, JobQueue, TypeHandler

from bot.bootstrap import build_router, find_store
from bot.errors import BotError, SettingsError
from bot.log_output import configure_logging
from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.service.heartbeat import find_heartbeat_file, remove_heartbeat
from bot.service.router import Router
from bot.settings import Settings
from bot.storage.filesystem import hold_state_folder
from bot.surfaces.telegram.admin_handlers import AdminHandlers
from bot.surfaces.telegram.admission import Gate, StaleUpdates, Throttle
from bot.surfaces.telegram.alerts import handle_error, send_alerts
from bot.surfaces.telegram.authorisation import AdminGuard, GuardHandler
from bot.surfaces.telegram.chats import CorpusChooser, Following, MembershipTracker
from bot.surfaces.telegram.handlers import Handlers
from bot.surfaces.telegram.health import Health, Heartbeat, expose_metrics, render_abilities
from bot.surfaces.telegram.http_client import CheckedRequest, ServerClock
from bot.surfaces.telegram.intake import Intake, TelegramApp, run_unless_stopped
from bot.surfaces.telegram.polling import Poller, RawUpdateBot
from bot.surfaces.telegram.privacy import MissedWords, Pseudonyms, ReportLimit, install_redaction
from bot.surfaces.telegram.rate_limit import RateLimiter, RetryingRateLimiter
from bot.surfaces.telegram.references import ChatMemory
from bot.surfaces.telegram.sending import PrivateLooks
from bot.surfaces.telegram.settings import AUTOMATIC_HEARTBEAT, TelegramOptions, TelegramSecrets, WebhookSettings
from bot.surfaces.telegram.webhook import WebhookReceiver, build_webhook_path, serve_webhook

log = logging.getLogger(__name__)

# Telegram pushes an update again after a timeout. Three slow tries are no coincidence.
_MAX_ATTEMPTS = 3
# Platforms kill 30 seconds after SIGTERM; draining takes up to `deadline` (20) and 3 to confirm.
_FORCED_EXIT_SECONDS = 24.5
# The library passes an update through its groups in this order; the answering ones are in 0.
_ADMISSION_GROUP, _ADMIN_GROUP, _ALERT_GROUP = -2, -1, 1
# The first look for news comes once the questions that waited at the start have been answered.
_FIRST_LOOK_SECONDS = 60.0
# The language of the menus for people whose own has no messages.
_DEFAULT_LANGUAGE = "en"


def run(settings: Settings, options: TelegramOptions, *, webhook: bool = False) -> None:
    """Answer in Telegram until SIGTERM or SIGINT, then finish the updates in progress.

    Where BOT_WEBHOOK_URL is set Telegram pushes updates to it, otherwise they are polled;
    `webhook` requires that it is set.

    Raises:
        SettingsError: the token, the admins or the webhook are missing or invalid.
        BotError: a corpus cannot be served, Telegram could not be reached at the start, or another process polls too.
    """
    configure_logging(settings.log_level, settings.log_format)
    _, store_address = find_store(settings)
    if not store_address:
        log.warning("links and holds end with this process: set state_folder to keep them")
    secrets, webhook_settings = TelegramSecrets.load(), WebhookSettings.load(required=webhook)
    if webhook_settings:
        webhook_path = build_webhook_path(secrets.token.get_secret_value())
        install_redaction(secrets.token, webhook_path, webhook_settings.secret.get_secret_value())
    else:
        install_redaction(secrets.token)
    if options.heartbeat == AUTOMATIC_HEARTBEAT:
        options = options.model_copy(update={"heartbeat": str(find_heartbeat_file(settings.state_folder))})
    with hold_state_folder(Path(settings.state_folder)) if settings.state_folder else nullcontext():
        router = asyncio.run(build_router(settings))
        asyncio.run(serve_until_signalled(router, secrets, options, webhook_settings, schedule_forced_exit))


def schedule_forced_exit() -> None:
    """Schedule the exit of this process, whatever it is doing, shortly before the platform would kill it."""
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
    """Serve until SIGTERM or SIGINT; a second signal changes nothing. SIGHUP reloads.

    `on_stop` is called at the first. Afterwards both signals are ignored, since one may
    still arrive before the process has ended.
    """
    stop = asyncio.Event()
    with _handle_signals(router, stop, on_stop):
        await serve(router, secrets, options, stop, webhook_settings)


@contextmanager
def _handle_signals(router: Router, stop: asyncio.Event, on_stop: Callable[[], None] | None) -> Iterator[None]:
    """Handle signals as `serve_until_signalled` says; afterwards ignore them."""
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()

    def reload() -> None:
        # Held here, since the loop itself holds a task only weakly.
        task = loop.create_task(router.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    def begin_stop(*_: object) -> None:
        """Set `stop`, call `on_stop`, and ignore any later signal to stop."""
        for signal_number in stop_signals:
            signal.signal(signal_number, signal.SIG_IGN)
        loop.call_soon_threadsafe(stop.set)
        if on_stop:
            on_stop()

    stop_signals = (signal.SIGTERM, signal.SIGINT)
    for signal_number in stop_signals:
        signal.signal(signal_number, begin_stop)
    signal.signal(signal.SIGHUP, lambda *_: loop.call_soon_threadsafe(reload))
    # A SIGHUP that came during the start has waited until now.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
    try:
        yield
    finally:
        for signal_number in (signal.SIGHUP, *stop_signals):
            signal.signal(signal_number, signal.SIG_IGN)


async def serve(
    router: Router,
    secrets: TelegramSecrets,
    options: TelegramOptions,
    stop: asyncio.Event,
    webhook_settings: WebhookSettings | None = None,
) -> None:
    """Receive and answer updates until `stop` is set, then finish those in progress.

    Raises:
        SettingsError: Telegram rejects the token, at the start or later.
        BotError: Telegram could not be reached at the start, or another process polls too.
    """
    _configure_libraries()
    health = Health("webhook" if webhook_settings else "polling", router.describe_corpora)
    app = build_application(router, secrets, options, health)
    attempts = _MAX_ATTEMPTS if webhook_settings else 1
    intake = Intake(app, router, health, stop, options.concurrency, options.deadline, attempts)
    try:
        with _translate_errors(secrets.base_url):
            if await run_unless_stopped(app.initialize(), stop):
                try:
                    async with expose_metrics(health, options.metrics_host, options.metrics_port):
                        await _serve_initialized(intake, secrets.admins, options, webhook_settings)
                finally:
                    await app.shutdown()
    finally:
        # The library leaves its connections open if the start fails.
        await app.bot.shutdown()
        await router.close()


@contextmanager
def _translate_errors(base_url: str) -> Iterator[None]:
    """Raise what the library raises, at the start or later, as an error of ours."""
    try:
        yield
    except InvalidToken:
        # The library's message contains the token.
        raise SettingsError("BOT_TOKEN", "Telegram rejects it", "ask @BotFather for the current one") from None
    except TelegramError as error:
        # The URL may hold a user and a password.
        server = str(httpx.URL(base_url).copy_with(userinfo=b""))
        fact = f"no Bot API server answers ({type(error).__name__})"
        raise BotError(server, fact, "check the network, or set BOT_API_URL") from None


async def _serve_initialized(
    intake: Intake, admin_ids: Iterable[int], options: TelegramOptions, webhook_settings: WebhookSettings | None
) -> None:
    """Receive updates for `intake` until its `stop`, with the tasks that run beside it."""
    app, router, health, stop = intake.app, intake.router, intake.health, intake.stop
    heartbeat = Heartbeat(health, options.heartbeat_file)
    await app.start()
    background = [asyncio.create_task(work) for work in (router.follow(stop), heartbeat.run(stop))]
    try:
        app.create_task(publish_commands(app.bot, admin_ids))
        app.create_task(router.warm())
        # What the start found is reported at once, not when somebody first writes.
        app.create_task(send_alerts(app.bot, router, admin_ids))
        log.info("abilities: %s", "; ".join(render_abilities(app.bot.bot)))
        # The corpus and index live until the next reload: no use collecting them.
        gc.freeze()
        await _receive_updates(intake, options, webhook_settings)
    finally:
        for task in background:
            task.cancel()
        await app.stop()
        if options.heartbeat_file:
            remove_heartbeat(options.heartbeat_file)


def _configure_libraries() -> None:
    """Spare httpcore a search at every call, and python-telegram-bot a warning."""
    # httpcore looks for this package at every call, and where it is not installed the search takes
    # as long as an answer. None makes the import fail at once.
    if find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]
    # Without it python-telegram-bot warns at every duration that the type will change.
    os.environ.setdefault("PTB_TIMEDELTA", "true")


def build_application(
    router: Router, secrets: TelegramSecrets, options: TelegramOptions, health: Health
) -> TelegramApp:
    """Build the library's application with its handlers; it fetches no updates itself."""
    server_clock, pseudonyms = ServerClock(), Pseudonyms()
    bot = _build_bot(router, secrets, options, server_clock)
    app: TelegramApp = ApplicationBuilder().updater(None).bot(bot).job_queue(_build_job_queue()).build()
    stale_updates = StaleUpdates(options.stale, router.state, server_clock.read_time)
    gate = Gate(Throttle(options.flood, router.state), stale_updates, health, pseudonyms)
    handlers = _build_handlers(router, secrets, options, health, pseudonyms)
    admin_handlers = handlers.admin.build_handlers()
    answering_handlers = [*admin_handlers, *handlers.build_public_handlers()]
    app.add_handler(GuardHandler(gate.require_admission, answering_handlers), _ADMISSION_GROUP)
    app.add_handler(GuardHandler(AdminGuard(secrets.admins).require_admin, admin_handlers), _ADMIN_GROUP)
    app.add_handlers(answering_handlers)
    app.add_handlers(MembershipTracker(router, pseudonyms, health).build_handlers())
    app.add_handler(TypeHandler(Update, handlers.send_alerts), _ALERT_GROUP)
    app.add_error_handler(handle_error)
    if app.job_queue:
        seconds = 60 * options.follow.minutes
        app.job_queue.run_repeating(handlers.following.run_job, seconds, first=min(seconds, _FIRST_LOOK_SECONDS))
    return app


def _build_bot(
    router: Router, secrets: TelegramSecrets, options: TelegramOptions, server_clock: ServerClock
) -> RawUpdateBot:
    """Build the bot that calls Telegram, by one connection for polls and others for all else, within the rates."""
    return RawUpdateBot(
        token=secrets.token.get_secret_value(),
        base_url=f"{secrets.base_url}/bot",
        base_file_url=f"{secrets.base_url}/file/bot",
        request=_build_request(options.concurrency * 2, options, server_clock),
        get_updates_request=_build_request(1, options, server_clock),
        rate_limiter=RetryingRateLimiter(options.pauses, RateLimiter(options.rates, options.longest, router.state)),
    )


def _build_handlers(
    router: Router, secrets: TelegramSecrets, options: TelegramOptions, health: Health, pseudonyms: Pseudonyms
) -> Handlers:
    """Build the handlers, and what they keep from one update to the next."""
    secret = secrets.token.get_secret_value().encode()
    missed_words = MissedWords(router.state, secret, options.unanswered)
    corpus_chooser = CorpusChooser(router, options.believed)
    digest_admin_ids = secrets.admins if options.unanswered_digest else frozenset()
    return Handlers(
        router,
        AdminHandlers(router, secrets.admins, options.upload, health.render_lines, missed_words),
        options,
        corpus_chooser,
        missed_words,
        ReportLimit(router.state, secret, options.reports),
        Following(router, corpus_chooser, options.follow, pseudonyms, missed_words, digest_admin_ids),
        ChatMemory(options.memory_minutes),
        PrivateLooks(options.private_looks),
    )


def _build_job_queue() -> JobQueue[Any] | None:
    """Build the queue that sends news; None where its library is not installed."""
    if find_spec("apscheduler") is None:
        log.warning("no news is sent: install python-telegram-bot[job-queue]")
        return None
    return JobQueue()


def _build_request(pool_size: int, options: TelegramOptions, clock: ServerClock) -> CheckedRequest:
    """Build an HTTP client with up to `pool_size` connections."""
    # Reading the certificate authorities takes as long as ten answers, so it is done once.
    return CheckedRequest(pool_size, options.patience, clock, _load_ssl_context())


@cache
def _load_ssl_context() -> ssl.SSLContext:
    """Load the trusted certificate authorities, once in a process.

    Raises:
        SettingsError: the file that SSL_CERT_FILE names is not there, or holds no certificates.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        fact = f"no file of certificates ({type(error).__name__})"
        raise SettingsError("SSL_CERT_FILE", fact, "name a file in PEM form, or unset it") from None


async def _receive_updates(intake: Intake, options: TelegramOptions, webhook_settings: WebhookSettings | None) -> None:
    """Receive updates for `intake` until its `stop`: by webhook if it is set up, otherwise by polling."""
    if webhook_settings:
        receiver = WebhookReceiver(intake, webhook_settings.secret.get_secret_value().encode())
        await serve_webhook(receiver, webhook_settings)
        return
    bot = intake.app.bot
    if await run_unless_stopped(_remove_webhook(bot), intake.stop):
        log.info("polling")
        await Poller(bot, intake, options).run()


async def _remove_webhook(bot: ExtBot[Any]) -> None:
    """Remove the webhook, if one is set: polling fails as long as it is. The updates that wait are kept."""
    webhook_info = await bot.get_webhook_info()
    if webhook_info.url:
        log.warning("webhook removed host=%s", urlsplit(webhook_info.url).hostname)
        await bot.delete_webhook(drop_pending_updates=False)


async def publish_commands(bot: ExtBot[Any], admin_ids: Iterable[int]) -> None:
    """Set the command menus and the descriptions in every language.

    They are only for show, so a failure is logged and ignored.
    """
    for language in catalogue.load_languages():
        code = None if language == _DEFAULT_LANGUAGE else language
        with catalogue.use_language(language):
            for scope, descriptions in _list_scopes(admin_ids):
                # Fails for an admin who has never written to the bot: there is no such chat.
                await _set_or_log(bot.set_my_commands(tuple(descriptions.items()), scope, code), "commands")
            await _set_or_log(bot.set_my_description(say("description"), code), "description")
            await _set_or_log(bot.set_my_short_description(say("short_description"), code), "short description")


async def _set_or_log(call: Coroutine[Any, Any, bool], label: str) -> None:
    """Await `call`, which sets what `label` names; a failure is only logged."""
    try:
        await call
    except TelegramError as error:
        log.warning("%s not set error=%s", label, type(error).__name__)


def _list_scopes(admin_ids: Iterable[int]) -> Iterator[tuple[BotCommandScope, dict[str, str]]]:
    """Yield each scope of a command menu, with the description of each command in it, in the language in use."""
    public_commands = catalogue.get_section("commands")
    yield BotCommandScopeAllPrivateChats(), public_commands
    yield BotCommandScopeAllGroupChats(), public_commands
    for admin_id in sorted(admin_ids):
        yield (BotCommandScopeChat(admin_id), public_commands | catalogue.get_section("admin_commands"))
