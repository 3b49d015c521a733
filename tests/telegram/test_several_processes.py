"""An update that several processes are sent is answered by one of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from telegram import Update
from telegram.ext import ApplicationHandlerStop, TypeHandler

from bot.storage import Claim
from bot.surfaces.telegram.health import Health
from bot.surfaces.telegram.intake import Intake
from bot.surfaces.telegram.lifecycle import build_application
from bot.surfaces.telegram.settings import TelegramOptions
from tests.shared_storage import SharedStorage
from tests.telegram.running import Echo, One, secrets

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

UPDATE: dict[str, Any] = {
    "update_id": 7,
    "message": {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 5, "type": "private"},
        "from": {"id": 5, "is_bot": False, "first_name": "Ana"},
        "text": "privacy",
    },
}


BuildIntake: TypeAlias = Callable[..., Awaitable[tuple[Intake, list[int]]]]


@pytest.fixture
async def build_intake(telegram: FakeTelegram) -> AsyncIterator[BuildIntake]:
    """Return a function that starts the intake of a process, and returns it with the numbers of the updates handled."""
    async with AsyncExitStack() as running:

        async def build(storage: SharedStorage, max_seconds: float = 5.0) -> tuple[Intake, list[int]]:
            router, handled = One(Echo(), storage), list[int]()
            app = build_application(router, secrets(telegram), TelegramOptions(), Health())

            async def handle(update: Update, _context: object) -> None:
                handled.append(update.update_id)
                await asyncio.sleep(0.05)
                raise ApplicationHandlerStop

            # Before every handler of the bot's own.
            app.add_handler(TypeHandler(Update, handle), group=-1000)
            await running.enter_async_context(app)
            return Intake(app, router, Health(), asyncio.Event(), 4, max_seconds), handled

        yield build


async def test_of_two_processes_one_handles_an_update_and_the_other_asks_for_it_later(
    build_intake: BuildIntake,
) -> None:
    storage = SharedStorage()
    (one, by_one), (other, by_other) = await build_intake(storage), await build_intake(storage)

    at_once = await asyncio.gather(one.handle_update(UPDATE), other.handle_update(UPDATE))

    # What is in progress elsewhere is not forgotten by Telegram; what is done is.
    assert sorted(at_once) == [False, True]
    assert by_one + by_other == [7]
    assert [await one.handle_update(UPDATE), await other.handle_update(UPDATE)] == [True, True]
    assert by_one + by_other == [7]


async def test_what_a_process_gives_back_another_handles(build_intake: BuildIntake) -> None:
    storage = SharedStorage()
    one, _ = await build_intake(storage, max_seconds=0.01)
    one.max_attempts = 2
    other, by_other = await build_intake(storage)

    assert not await one.handle_update(UPDATE)
    assert storage.claims == {}
    assert await other.handle_update(UPDATE)

    assert by_other == [7]
    assert storage.claims == {7: Claim.DONE}


@pytest.mark.parametrize("is_down", [False, True])
async def test_a_process_that_cannot_claim_answers_all_the_same(build_intake: BuildIntake, *, is_down: bool) -> None:
    storage = SharedStorage()
    storage.is_down = is_down
    intake, handled = await build_intake(storage)

    assert await intake.handle_update(UPDATE)

    assert handled == [7]


async def test_what_times_out_while_a_process_stops_is_left_for_the_next_and_nothing_more_is_begun(
    build_intake: BuildIntake,
) -> None:
    storage = SharedStorage()
    (stopping, by_stopping), (other, by_other) = await build_intake(storage, 0.01), await build_intake(storage)
    handling = asyncio.ensure_future(stopping.handle_update(UPDATE))
    while not by_stopping:  # noqa: ASYNC110 - a handler begins within a few turns of the loop
        await asyncio.sleep(0)
    stopping.stop.set()

    assert not await handling
    assert not await stopping.handle_update(UPDATE | {"update_id": 8})

    assert by_stopping == [7]
    assert [await other.handle_update(UPDATE), await other.handle_update(UPDATE | {"update_id": 8})] == [True, True]
    assert by_other == [7, 8]


async def test_an_update_that_comes_again_while_it_is_handled_is_kept_by_telegram(build_intake: BuildIntake) -> None:
    intake, handled = await build_intake(SharedStorage())

    assert await asyncio.gather(*(intake.handle_update(UPDATE) for _ in range(3))) == [True, False, False]

    assert handled == [7]
