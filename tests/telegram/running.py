"""The real surface, polling a fake Bot API server, in the test's own loop."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from bot.surfaces.telegram.polling import serve
from bot.surfaces.telegram.settings import Options, Secrets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.desk import Desk
    from tests.telegram.fake import FakeTelegram

QUICK: dict[str, Any] = {"pauses": (0.01, 0.02, 0.04), "wait": 5}


def secrets(telegram: FakeTelegram, *admins: int) -> Secrets:
    """Return what leads the surface to `telegram`."""
    values: dict[str, Any] = {"token": telegram.token, "api_url": telegram.url}
    return Secrets(**values, admins=frozenset(admins))


@asynccontextmanager
async def running(
    telegram: FakeTelegram, desk: Desk, *admins: int, **options: Any
) -> AsyncIterator[None]:
    """Serve `desk` on `telegram`, quickly, and stop as on SIGTERM."""
    stop = asyncio.Event()
    told = secrets(telegram, *admins), Options(**(QUICK | options))
    serving = asyncio.create_task(serve(desk, *told, stop))
    try:
        yield
    finally:
        stop.set()
        await serving
