from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import settings, wiring
from tests.telegram.fake import FakeTelegram
from tests.telegram.running import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.desk import Desk

ADMIN = "Olga"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture(scope="session")
def desk() -> Desk:
    return wiring.desk(settings.load(corpus="facial-recognition"))


@pytest.fixture
async def bot(telegram: FakeTelegram, desk: Desk) -> AsyncIterator[None]:
    async with running(telegram, desk):
        yield
