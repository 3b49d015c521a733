"""The one connection to a real PostgreSQL: a server that dies, hangs or is slow, and who waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from bot.errors import StorageError
from bot.storage import RateSlot
from bot.storage.records import QuoteChange, create_event
from bot.storage.stores.postgres.database import Database
from bot.storage.stores.postgres.storage import PostgresStorage, open_postgres
from tests.services.postgres import PostgresServer
from tests.services.test_postgres import HOLD, QUOTES

pytestmark = [pytest.mark.services, pytest.mark.timeout(120)]


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """Return a server that may be killed, and loses nothing that was committed."""
    with PostgresServer(durable=True) as running:
        yield running


@pytest.fixture
async def kept(server: PostgresServer) -> AsyncIterator[PostgresStorage]:
    """Return storage in that server, which gives it a second for each request."""
    storage = PostgresStorage(Database(server.url, seconds=1.0), "one")
    await storage.load()
    yield storage
    server.wake()
    await storage.close()


async def test_a_request_that_was_given_up_while_the_server_hangs_keeps_nobody_waiting(
    kept: PostgresStorage, server: PostgresServer
) -> None:
    server.hang()
    given_up = asyncio.ensure_future(kept.choose(1, "tram"))
    await asyncio.sleep(0.05)
    given_up.cancel()
    await asyncio.sleep(1.2)

    with pytest.raises(StorageError, match="a moment ago"):
        await kept.choose(2, "tram")

    server.wake()
    await asyncio.sleep(0.3)
    assert len(asyncio.all_tasks()) == 1


async def test_a_server_that_was_killed_costs_nothing_once_it_is_back(
    kept: PostgresStorage, server: PostgresServer
) -> None:
    await kept.add_hold(HOLD)
    server.kill()
    with pytest.raises(StorageError, match="not reached"):
        await kept.remove_hold(HOLD.id)
    assert kept.list_holds() == (HOLD,)

    server.start()
    await asyncio.sleep(2.1)
    await kept.choose(1, "tram")

    assert (kept.list_holds(), kept.find_choice(1)) == ((HOLD,), "tram")


async def test_a_server_that_was_started_anew_in_between_is_not_noticed(
    kept: PostgresStorage, server: PostgresServer
) -> None:
    server.kill()
    server.start()

    await kept.choose(1, "tram")

    assert kept.find_choice(1) == "tram"


async def test_a_server_that_hangs_keeps_nobody_waiting(kept: PostgresStorage, server: PostgresServer) -> None:
    await kept.add_hold(HOLD)
    server.hang()

    def elapsed() -> float:
        return time.perf_counter() - start

    start = time.perf_counter()
    with pytest.raises(StorageError, match="no answer in time"):
        await kept.remove_hold(HOLD.id)
    assert 0.9 < elapsed() < 2

    start = time.perf_counter()
    for _ in range(50):
        await kept.refresh()
        with pytest.raises(StorageError, match="a moment ago"):
            await kept.claim(1, 60)
        await kept.record_shown(QUOTES, "ferry")
    assert elapsed() < 0.5
    assert kept.list_holds() == (HOLD,)

    server.wake()
    await asyncio.sleep(2.1)
    await kept.record_shown([], "ferry")
    after = await open_postgres(server.url)
    # What could not be noted while the server hung was noted with the next.
    assert len(after.list_shown("ferry")) == 3
    await after.close()


async def test_who_cannot_ask_other_processes_goes_on_by_itself(
    kept: PostgresStorage, server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    await kept.keep("answer", "1/2", b"3", 60)
    await kept.keep("asked", "day/word/1", b"", 60)
    assert await kept.take_slots([RateSlot("a", 1, 60)], 0) == 0
    assert await kept.claim_first("stale", "1", 60)
    server.kill()

    assert await kept.find_kept("answer", "1/2") == b"3"
    assert await kept.list_kept("answer") == {"1/2": b"3"}
    assert await kept.count_kept("asked") == {"day/word": 1}
    assert await kept.take_slots([RateSlot("a", 1, 60)], 0) is None
    assert not await kept.claim_first("stale", "1", 60)
    await kept.keep("answer", "1/3", b"4", 60)
    assert await kept.drop("answer", "1/3")
    with pytest.raises(StorageError, match="a moment ago"):
        await kept.claim_first("follow", "1", 60, strictly=True)
    await kept.record_events([create_event("A", QuoteChange.SHOWN, "", datetime.now(UTC), "f")])
    assert "history not kept ids=A reason=the database: it failed a moment ago" in caplog.text
    # Told once while it fails, not at each of them.
    assert caplog.text.count("not shared with other processes") == 1


async def test_what_waits_behind_a_request_that_hangs_is_told_too(
    kept: PostgresStorage, server: PostgresServer
) -> None:
    server.hang()

    results = await asyncio.gather(*(kept.claim(number, 60) for number in range(8)), return_exceptions=True)

    assert [type(result) for result in results] == [StorageError] * 8
    # Nothing of it is left behind to end later.
    server.wake()
    await asyncio.sleep(0.3)
    assert len(asyncio.all_tasks()) == 1


async def test_a_server_that_hangs_before_it_is_reached_keeps_nobody_waiting(server: PostgresServer) -> None:
    server.hang()
    start = time.perf_counter()

    with pytest.raises(StorageError, match="no answer in time"):
        await Database(server.url, seconds=0.5).run(lambda _: asyncio.sleep(0))

    assert time.perf_counter() - start < 1
    server.wake()
    # What was begun then ends by itself.
    await asyncio.sleep(1.5)
    assert len(asyncio.all_tasks()) == 1


async def test_who_waits_for_a_turn_too_long_is_told_and_cuts_nobody_off(server: PostgresServer) -> None:
    database = Database(server.url, seconds=0.3)
    slow = asyncio.ensure_future(database.run(lambda _: asyncio.sleep(1, "done"), seconds=5))
    await asyncio.sleep(0.05)

    with pytest.raises(StorageError, match="too many requests wait"):
        await database.run(lambda _: asyncio.sleep(0))

    assert await slow == "done"
    assert not database.is_resting
    await database.close()


async def test_a_refresh_waits_half_a_second_at_most(
    kept: PostgresStorage, server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.hang()
    start = time.perf_counter()

    await kept.refresh()

    assert 0.4 < time.perf_counter() - start < 0.9
    assert "what other processes wrote is not known" in caplog.text
