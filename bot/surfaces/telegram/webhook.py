"""A webhook: Telegram pushes updates, and is answered 200 only when they are handled.

Telegram pushes an update again until it is answered 200, so an update that was
not handled is answered 503, and one that cannot be read 200: pushed again it
would be no better, and it would hold up the rest of its chat. The webhook
stays set when the bot stops. Telegram keeps what comes meanwhile, and a
process that has already taken over goes on.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import socket
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from telegram.error import BadRequest
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.web import Application, RequestHandler

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from telegram import Bot

    from bot.surfaces.telegram.health import Health
    from bot.surfaces.telegram.receiving import Intake
    from bot.surfaces.telegram.settings import Hook, Options

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024
HEALTH = "/healthz"
SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
LATER = 5
_HEADERS = 30.0


@dataclass(slots=True)
class Door:
    """What stands between a request and the intake; `open` counts who is inside."""

    intake: Intake
    health: Health
    stop: asyncio.Event
    secret: bytes = field(repr=False)
    open: int = 0
    empty: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Count one request, from its start until it is answered."""
        self.open += 1
        self.empty.clear()
        try:
            yield
        finally:
            self.open -= 1
            if not self.open:
                self.empty.set()

    def from_telegram(self, claimed: str) -> bool:
        """Return whether `claimed` is the secret, in a time that does not depend on it."""
        return hmac.compare_digest(claimed.encode("utf-8", "replace"), self.secret)

    async def take(self, body: bytes) -> bool:
        """Handle the update in `body`; return whether Telegram may forget it."""
        self.health.hear()
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            given = None
        if isinstance(given, dict) and isinstance(given.get("update_id"), int):
            return await self.intake.take(given)
        self.health.quarantined += 1
        log.error("set aside update=unnumbered bytes=%d", len(body))
        return True


class _Pushed(RequestHandler):
    def initialize(self, door: Door) -> None:
        self._door = door

    async def post(self) -> None:
        with self._door.inside():
            status = await self._status()
            self.set_status(status)
            if status == HTTPStatus.SERVICE_UNAVAILABLE:
                self.set_header("Retry-After", str(LATER))
            # Whoever hung up is not told, and pushes it again.
            with suppress(StreamClosedError):
                await self.finish()

    async def _status(self) -> HTTPStatus:
        if not self._door.from_telegram(self.request.headers.get(SECRET, "")):
            return HTTPStatus.FORBIDDEN
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        if self._door.stop.is_set():
            return HTTPStatus.SERVICE_UNAVAILABLE
        done = await self._door.take(self.request.body)
        return HTTPStatus.OK if done else HTTPStatus.SERVICE_UNAVAILABLE


class _Health(RequestHandler):
    def initialize(self, door: Door) -> None:
        self._door = door

    def get(self) -> None:
        if self._door.stop.is_set():
            self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)
        self.finish(self._door.health.counts)


def path(token: str) -> str:
    """Return where updates are pushed to: told by the token, and by nothing else.

    It is the same after a restart, so two processes may take turns.
    """
    return "/" + hmac.new(token.encode(), b"webhook path", hashlib.sha256).hexdigest()


@asynccontextmanager
async def listening(door: Door, hook: Hook, where: str) -> AsyncIterator[None]:
    """Take what is pushed to the path `where`; at the end nothing new, and answer what is open."""
    told: dict[str, Any] = {"door": door}
    app = Application(
        [(where, _Pushed, told), (HEALTH, _Health, told)],
        # A request's line holds the path, which is as good as a secret.
        log_function=lambda _: None,
    )
    server = HTTPServer(
        app, max_body_size=LARGEST, max_buffer_size=2 * LARGEST, idle_connection_timeout=_HEADERS
    )
    try:
        opened = socket.create_server((hook.listen, hook.port))
    except OSError as error:
        raise SettingsError(
            "PORT", f"{hook.port} cannot be listened on ({error.strerror})", "choose another"
        ) from None
    opened.settimeout(0)
    server.add_socket(opened)
    try:
        yield
    finally:
        server.stop()
        await server.close_all_connections()


async def serve_pushed(
    bot: Bot, door: Door, hook: Hook, options: Options, allowed: tuple[str, ...]
) -> None:
    """Have updates pushed until it is time to stop, and wait for what is under way.

    Raises:
        SettingsError: Telegram does not take the address, or the port is taken.
    """
    where = path(bot.token)
    async with listening(door, hook, where):
        try:
            await bot.set_webhook(
                hook.root + where,
                secret_token=hook.secret.get_secret_value(),
                allowed_updates=allowed,
                max_connections=options.concurrency,
                drop_pending_updates=False,
            )
        except BadRequest:
            # Its own text may hold the address.
            raise SettingsError(
                "BOT_WEBHOOK_URL",
                "Telegram does not take it",
                "write the https address under which the world reaches this bot",
            ) from None
        log.info("webhook set")
        await door.stop.wait()
        if door.open:
            await door.empty.wait()
