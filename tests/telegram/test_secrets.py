"""No part of the surface shows the token or the webhook's secret when it is printed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.service import Service
from bot.surfaces.telegram.health import Health
from bot.surfaces.telegram.intake import Intake
from bot.surfaces.telegram.lifecycle import build_application
from bot.surfaces.telegram.settings import TelegramOptions
from bot.surfaces.telegram.webhook import WebhookReceiver
from tests.telegram.running import SECRET, One, hook, secrets

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram


async def test_nothing_that_is_printed_shows_a_secret(telegram: FakeTelegram, desk: Service) -> None:
    told, where, options = secrets(telegram, 1000), hook(), TelegramOptions()
    health = Health()
    bot = build_application(One(desk), told, options, health)
    intake = Intake(bot, One(desk), health, asyncio.Event(), 1, 1.0)
    parts = [told, where, bot, bot.bot, intake, WebhookReceiver(intake, b"xyzzy")]

    printed = "\n".join(f"{part!r} {part}" for part in parts)

    assert telegram.token.partition(":")[2] not in printed
    assert SECRET not in printed
    assert "xyzzy" not in printed
