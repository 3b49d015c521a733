from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot import bootstrap, settings
from bot.service import Service
from bot.surfaces.telegram import privacy
from tests.conftest import use_servers
from tests.telegram.fake import FakeTelegram
from tests.telegram.running import running

ADMIN = "Olga"

# As `serve` does, for the tests that read a duration without it: a warning is an error here.
os.environ.setdefault("PTB_TIMEDELTA", "true")


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared_cache")


@pytest.fixture
def _warm_cache(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the bundled corpora read, attributed and indexed once for all the tests that start on a copy of them."""
    monkeypatch.setenv("BOT_ENGINE__CACHE", str(shared_cache))


@pytest.fixture(scope="session")
def desk() -> Service:
    with pytest.MonkeyPatch.context() as patch:
        use_servers(patch)
        return asyncio.run(bootstrap.build_service(settings.load(corpus="facial-recognition")))


@pytest.fixture
async def bot(telegram: FakeTelegram, desk: Service) -> AsyncIterator[None]:
    async with running(telegram, desk):
        yield


@pytest.fixture
def unredacted() -> Iterator[None]:
    """Take back afterwards what `redact` does to this process."""
    hook, handlers = sys.excepthook, [*logging.getLogger().handlers, logging.lastResort]
    levels = {name: logging.getLogger(name).level for name in privacy.QUIET_LEVELS}
    yield
    sys.excepthook = hook
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    for one in filter(None, handlers):
        kept = [kept for kept in one.filters if not isinstance(kept, privacy.RedactionFilter)]
        one.filters = kept
