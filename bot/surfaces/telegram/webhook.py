"""Webhook: Telegram pushes updates, and gets 200 only after they were handled.

Telegram pushes an update again until it gets 200. So an update that was not handled gets
503, and one that cannot be parsed 200: the next time it would be no better, and it would
block its chat. The webhook stays set when the bot stops: Telegram keeps new updates, and
a process that has already taken over is not disturbed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from telegram import Bot
from telegram.error import BadRequest, TelegramError
from tornado.iostream import StreamClosedError
from tornado.web import Application, RequestHandler

from bot.errors import SettingsError
from bot.surfaces.telegram.bounded_server import BoundedServer
from bot.surfaces.telegram.health import HEALTH_PATH, FiguresHandler, UpdateOutcome
from bot.surfaces.telegram.intake import ALLOWED_UPDATES, Intake, has_id, run_unless_stopped
from bot.surfaces.telegram.settings import WebhookSettings

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
RETRY_AFTER_SECONDS = 5
_IDLE_TIMEOUT_SECONDS = 30.0
# A webhook that was set longer ago may have been removed; a process that died while setting it is waited for as long.
_SET_SECONDS = 30.0
_SET_POLL_SECONDS = 0.25
_WEBHOOK, _IS_SET = "webhook", b"set"


@dataclass(slots=True)
class WebhookReceiver:
    """Checks pushed requests, passes their updates to the intake and counts those in progress.

    `idle` is set whenever the last request in progress has been answered.
    """

    intake: Intake
    secret: bytes = field(repr=False)
    active_requests: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def track_request(self) -> Iterator[None]:
        """Count a request until it is answered."""
        self.active_requests += 1
        self.idle.clear()
        try:
            yield
        finally:
            self.active_requests -= 1
            if not self.active_requests:
                self.idle.set()

    def is_valid_secret(self, header_value: str) -> bool:
        """Return whether `header_value` is the secret, compared in constant time."""
        return hmac.compare_digest(header_value.encode("utf-8", "replace"), self.secret)

    async def handle_body(self, body: bytes) -> bool:
        """Handle the update in `body`; return whether Telegram may forget it."""
        self.intake.health.record_contact()
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            data = None
        if has_id(data):
            return await self.intake.handle_update(data)
        self.intake.health.count(UpdateOutcome.MALFORMED)
        log.error("update skipped id=none bytes=%d", len(body))
        return True


class _UpdateHandler(RequestHandler):
    def initialize(self, door: WebhookReceiver) -> None:
        """Keep the receiver."""
        self._receiver = door

    async def post(self) -> None:
        """Answer a pushed update once it was handled; a client that hung up is no error."""
        with self._receiver.track_request():
            status = await self._handle_update()
            self.set_status(status)
            if status == HTTPStatus.SERVICE_UNAVAILABLE:
                self.set_header("Retry-After", str(RETRY_AFTER_SECONDS))
            # A client that hung up pushes the update again.
            with suppress(StreamClosedError):
                await self.finish()

    async def _handle_update(self) -> HTTPStatus:
        """Check the request and handle its update; return 200 only if Telegram may forget it, else another status."""
        if not self._receiver.is_valid_secret(self.request.headers.get(SECRET_HEADER, "")):
            return HTTPStatus.FORBIDDEN
        content_type = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        # A compressed body cannot be read here; refused, it stays with Telegram, where 200 would lose it.
        encoding = self.request.headers.get("Content-Encoding", "identity").strip().lower()
        if content_type != "application/json" or encoding != "identity":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        is_handled = await self._receiver.handle_body(self.request.body)
        return HTTPStatus.OK if is_handled else HTTPStatus.SERVICE_UNAVAILABLE


def build_webhook_path(token: str) -> str:
    """Return the URL path for updates, derived from the token alone.

    It is the same after a restart, so that two processes can take over from each other.
    """
    return "/" + hmac.new(token.encode(), b"webhook path", hashlib.sha256).hexdigest()


@asynccontextmanager
async def listen(receiver: WebhookReceiver, webhook_settings: WebhookSettings, url_path: str) -> AsyncIterator[None]:
    """Listen for updates pushed to `url_path`; on leaving refuse new ones and answer the open."""
    figures = {"health": receiver.intake.health, "stop": receiver.intake.stop}
    app = Application(
        [(url_path, _UpdateHandler, {"door": receiver}), (HEALTH_PATH, FiguresHandler, figures)],
        # An access log would contain the path, which is as good as a secret.
        log_function=lambda _: None,
    )
    server = BoundedServer(
        app,
        max_body_size=MAX_BODY_BYTES,
        max_buffer_size=2 * MAX_BODY_BYTES,
        idle_connection_timeout=_IDLE_TIMEOUT_SECONDS,
    )
    port = webhook_settings.port
    async with server.serve((webhook_settings.listen_host, port), "PORT", str(port)):
        yield


async def serve_webhook(receiver: WebhookReceiver, webhook_settings: WebhookSettings) -> None:
    """Set the webhook and serve it until the intake's `stop`, then wait for the requests in progress.

    Raises:
        SettingsError: Telegram rejects the URL, or the port is in use.
    """
    intake = receiver.intake
    async with listen(receiver, webhook_settings, build_webhook_path(intake.app.bot.token)):
        await run_unless_stopped(_set_webhook_once(intake, webhook_settings), intake.stop)
        await intake.stop.wait()
        if receiver.active_requests:
            await receiver.idle.wait()


async def _set_webhook_once(intake: Intake, webhook_settings: WebhookSettings) -> None:
    """Set the webhook, unless another process has just done so or is doing so; after a failure another may try.

    Raises:
        SettingsError: Telegram rejects the URL.
    """
    bot, state = intake.app.bot, intake.router.state
    url, secret = webhook_settings.base_url + build_webhook_path(bot.token), webhook_settings.secret.get_secret_value()
    parameters = f"{url} {secret} {ALLOWED_UPDATES} {intake.concurrency}"
    key = hmac.new(bot.token.encode(), parameters.encode(), hashlib.sha256).hexdigest()
    while not await state.claim_first(_WEBHOOK, key, _SET_SECONDS):
        if await state.find_kept(_WEBHOOK, key) == _IS_SET:
            log.info("webhook set by another process")
            return
        await asyncio.sleep(_SET_POLL_SECONDS)
    try:
        await _set_webhook(bot, url, secret, intake.concurrency)
    except (TelegramError, SettingsError):
        await state.drop(_WEBHOOK, key)
        raise
    await state.keep(_WEBHOOK, key, _IS_SET, _SET_SECONDS)
    log.info("webhook set")


async def _set_webhook(bot: Bot, url: str, secret: str, connections: int) -> None:
    """Set the webhook without dropping the updates that wait; raise a SettingsError for a URL that Telegram rejects."""
    try:
        await bot.set_webhook(
            url,
            secret_token=secret,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=connections,
            drop_pending_updates=False,
        )
    except BadRequest:
        # The library's message may contain the URL.
        raise SettingsError(
            "BOT_WEBHOOK_URL", "Telegram rejects it", "write the public https URL of this bot"
        ) from None
