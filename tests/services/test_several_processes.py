"""Two processes on one database: each obeys what the other withholds, and follows what it switches to."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot import bootstrap
from bot.service import Service
from bot.service.live_corpus import LiveCorpus
from bot.service.router import Router
from bot.storage.stores.postgres.database import Database
from bot.storage.stores.postgres.storage import PostgresStorage, open_postgres
from tests.corpus_folders import CY, QUESTION, UNSAFE, article, settings, text
from tests.services.databases import create_database
from tests.services.kills import kill_one
from tests.services.postgres import PostgresServer

pytestmark = [pytest.mark.services, pytest.mark.timeout(120)]


async def start(folder: Path, storage: PostgresStorage) -> tuple[LiveCorpus, Service]:
    """Return what a process serves."""
    live = await LiveCorpus.load(partial(bootstrap.build_snapshot, settings(folder.parent), "bridge"), storage)
    return live, Service(live, storage)


@pytest.fixture
async def storages(tmp_path: Path) -> AsyncIterator[list[PostgresStorage]]:
    """Return the storage of two processes."""
    url = await create_database(tmp_path.name)
    opened = [await open_postgres(url) for _ in range(2)]
    yield opened
    for each in opened:
        await each.close()


async def test_a_hold_placed_in_one_is_obeyed_by_the_other_before_its_next_answer(
    folder: Path, storages: list[PostgresStorage]
) -> None:
    (one, _), (_, other) = [await start(folder, storage) for storage in storages]
    [quote] = [chosen.quote for chosen in other.answer(QUESTION).quotes if chosen.quote.text == UNSAFE]
    assert UNSAFE in text(await other.ask(QUESTION))

    await one.withhold(quote, "disputed")
    assert UNSAFE not in text(await other.ask(QUESTION))
    await one.release(quote.id)
    assert UNSAFE in text(await other.ask(QUESTION))


async def test_a_switch_in_one_is_followed_by_the_other_within_ten_seconds(
    folder: Path, storages: list[PostgresStorage]
) -> None:
    (one, _), (other, service) = [await start(folder, storage) for storage in storages]
    stop = asyncio.Event()
    following = asyncio.create_task(Router([service], storages[1]).follow(stop))
    (folder / "c.txt").write_text(article(CY), "utf-8")

    await one.switch(await one.prepare())
    start_time = time.monotonic()

    while other.generation == 0:  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0.05)
    assert time.monotonic() - start_time < 10
    assert other.snapshot.corpus.fingerprint == one.snapshot.corpus.fingerprint
    stop.set()
    await following


async def test_a_database_that_hangs_delays_nobody_for_long_and_no_answer_is_wrong(folder: Path) -> None:
    with PostgresServer(durable=True) as server:
        storage = PostgresStorage(Database(server.url), "one")
        await storage.load()
        live, service = await start(folder, storage)
        [quote] = [chosen.quote for chosen in service.answer(QUESTION).quotes if chosen.quote.text == UNSAFE]
        await live.withhold(quote, "disputed")
        slowest, answers = 0.0, []
        for number in range(200):
            if number == 50:
                server.hang()
            if number == 150:
                server.wake()
            begin = time.perf_counter()
            answers.append(text(await service.ask("Did the ferry never close for repairs?")))
            answers.append(text(await service.ask(QUESTION)))
            slowest = max(slowest, time.perf_counter() - begin)

        assert len(set(answers[::2])) == 1
        assert not [answer for answer in answers if UNSAFE in answer]
        # One waits for the database, and finds it hanging; the rest do not ask it for a while.
        assert slowest < 4
        await storage.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", range(5))
async def test_of_three_processes_one_is_killed_and_no_question_is_lost(tmp_path: Path, seed: int) -> None:
    outcome = await kill_one(await create_database(tmp_path.name), random.Random(seed))

    assert outcome.is_good, outcome
