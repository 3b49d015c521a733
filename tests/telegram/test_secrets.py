"""No part of the surface shows the token or the webhook's secret when it is printed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.surfaces.telegram.health import Health
from bot.surfaces.telegram.receiving import Intake
from bot.surfaces.telegram.serving import application
from bot.surfaces.telegram.settings import Options
from bot.surfaces.telegram.webhook import Door
from tests.telegram.running import SECRET, One, hook, secrets

if TYPE_CHECKING:
    from bot.desk import Desk
    from tests.telegram.fake import FakeTelegram


async def test_nothing_that_is_printed_shows_a_secret(telegram: FakeTelegram, desk: Desk) -> None:
    told, where, options = secrets(telegram, 1000), hook(), Options()
    health, stop = Health(), asyncio.Event()
    bot = application(One(desk), told, options, health)
    intake = Intake(bot, health, stop, 1, 1.0)
    parts = [told, where, bot, bot.bot, intake, Door(intake, health, stop, b"xyzzy")]

    printed = "\n".join(f"{part!r} {part}" for part in parts)

    assert telegram.token.partition(":")[2] not in printed
    assert SECRET not in printed
    assert "xyzzy" not in printed
