"""Long polling: what is confirmed, when, and what is not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from telegram.request import HTTPXRequest

from bot.replies.reply import Piece, Reply
from bot.surfaces.telegram.health import Health
from bot.surfaces.telegram.polling import Poller, RawUpdateBot
from bot.surfaces.telegram.settings import TelegramOptions
from tests.telegram.fake.faults import gateway
from tests.telegram.running import Desk, Echo, running

if TYPE_CHECKING:
    import pytest

    from tests.telegram.fake import FakeTelegram


class Steady(Desk):
    """A desk that answers one after another."""

    def __init__(self) -> None:
        self._one = asyncio.Lock()

    async def ask(self, question: str, *_: Any) -> Reply:
        async with self._one:
            await asyncio.sleep(0.05)
        return Reply(((Piece(question),),))


async def test_of_a_batch_that_gets_on_no_more_is_answered_twice_after_a_crash(telegram: FakeTelegram) -> None:
    for number in range(32):
        telegram.private(f"Person {number}").says("privacy")
    ahead: list[int] = []

    def done() -> bool:
        waiting = telegram.inbox.waiting
        ahead.append(telegram.inbox.handed + 1 - waiting[0]["update_id"] if waiting else 0)
        return not waiting

    async with running(telegram, Steady(), concurrency=16):  # type: ignore[arg-type]
        await telegram.until(done)

    assert max(ahead) == 16


async def test_a_poll_cut_short_at_any_moment_leaves_the_last_word_free(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", logger="aiohttp.server")
    for turns in range(30):
        line = HTTPXRequest(connection_pool_size=1, pool_timeout=0.2)
        bot = RawUpdateBot(token=telegram.token, base_url=f"{telegram.url}/bot", get_updates_request=line)
        await line.initialize()
        polling = asyncio.create_task(bot.fetch_updates(("message",), 0))
        for _ in range(turns):
            await asyncio.sleep(0)
        polling.cancel()
        await asyncio.wait([polling])

        await bot.confirm_updates(("message",), 7)

        assert telegram.calls[-1].given["offset"] == 7
        await line.shutdown()


async def test_a_stop_that_cannot_be_confirmed_says_so(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    async with running(telegram, Echo(), wait=1):  # type: ignore[arg-type]
        ana.says("privacy")
        await ana.replies()
        telegram.faults.next("getUpdates", gateway(), times=9)

    assert "updates not confirmed error=NetworkError" in caplog.text


async def test_what_was_not_done_with_is_confirmed_neither_by_a_poll_nor_at_the_end() -> None:
    stop, offsets, confirmed = asyncio.Event(), list[int | None](), list[int]()

    class Line:
        async def fetch_updates(self, _: tuple[str, ...], __: int, **parameters: int) -> list[dict[str, int]]:
            offsets.append(parameters.get("offset"))
            if len(offsets) > 1:
                stop.set()
            return [{"update_id": number} for number in (7, 8, 9)]

        async def confirm_updates(self, _: tuple[str, ...], offset: int) -> None:
            confirmed.append(offset)

    class Unfinished:
        def has_seen(self, _: int) -> bool:
            return bool(offsets[1:])

        async def handle_update(self, update: dict[str, int]) -> bool:
            return update["update_id"] != 8

    await Poller(Line(), Unfinished(), Health(), TelegramOptions(), (), stop).run()  # type: ignore[arg-type]

    assert (offsets, confirmed) == ([None, 8], [8])
