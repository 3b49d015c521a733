"""The real surface, on a fake Bot API server, in the test's own loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self

from bot.answers.answer_builder import PageSize
from bot.replies.reply import Piece, Reply
from bot.service import Service
from bot.service.review import ClosedFlag
from bot.service.router import Router
from bot.storage import Storage, open_storage
from bot.surfaces.telegram.lifecycle import serve
from bot.surfaces.telegram.settings import (
    FloodLimits,
    Rate,
    SendRates,
    TelegramOptions,
    TelegramSecrets,
    WebhookSettings,
)

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

ANY = Rate(burst=100_000, every=0)
QUICK: dict[str, Any] = {
    "pauses": (0.01, 0.02, 0.04),
    "wait": 5,
    # The fake's own limits are off too, unless a test is about them.
    "rates": SendRates(overall=ANY, chat=ANY, group=ANY),
    "flood": FloodLimits(person=ANY, group=ANY),
}
SECRET = "a-secret-of-the-webhook"


class One(Router):
    """One desk for every chat, whatever it is."""

    def __init__(self, desk: Any, storage: Storage | None = None) -> None:
        self._desk = desk
        self._storage = storage or open_storage()
        self._services = {}
        self._failing = set()

    async def warm(self) -> None:
        """Nothing to read."""

    def for_chat(self, _: int | None = None) -> Any:
        return self._desk

    def take_alerts(self) -> list[Reply]:
        """Return a real desk's; what stands in for one has none."""
        return self._desk.admin.take_alerts() if isinstance(self._desk, Service) else []

    def take_untold(self) -> list[ClosedFlag]:
        """Return a real desk's."""
        return self._desk.flags.take_untold() if isinstance(self._desk, Service) else []


class Desk:
    """What stands in for a service: its pages are as long as they are."""

    def with_page_size(self, _: PageSize) -> Self:
        return self


class Echo(Desk):
    """A desk that says what it was asked."""

    async def ask(self, question: str, *_: Any) -> Reply:
        return Reply(((Piece(question),),))

    async def leans_on_context(self, _: str) -> bool:
        """Return that no question leans on one before it."""
        return False


def secrets(telegram: FakeTelegram, *admins: int) -> TelegramSecrets:
    """Return what leads the surface to `telegram`."""
    values: dict[str, Any] = {"token": telegram.token, "api_url": telegram.url}
    return TelegramSecrets(**values, admins=frozenset(admins))


def hook() -> WebhookSettings:
    """Return a webhook on a port of this machine that is free."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    values: dict[str, Any] = {"url": f"http://127.0.0.1:{port}", "secret": SECRET, "port": port}
    return WebhookSettings(**values)


@asynccontextmanager
async def running(
    telegram: FakeTelegram, desk: Service | Router, *admins: int, pushed: bool | WebhookSettings = False, **options: Any
) -> AsyncIterator[None]:
    """Serve `desk` on `telegram`, quickly, and stop as on SIGTERM; `pushed` is by webhook."""
    stop = asyncio.Event()
    where = pushed if isinstance(pushed, WebhookSettings) else hook() if pushed else None
    told = secrets(telegram, *admins), TelegramOptions(**(QUICK | options))
    desks = desk if isinstance(desk, Router) else One(desk)
    serving = asyncio.create_task(serve(desks, *told, stop, where))
    try:
        yield
    finally:
        stop.set()
        await serving
