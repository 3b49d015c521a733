"""An update that several processes are sent is answered by one of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.storage import Claim
from bot.surfaces.telegram.health import Health
from bot.surfaces.telegram.intake import Intake
from bot.surfaces.telegram.lifecycle import build_application
from bot.surfaces.telegram.settings import TelegramOptions
from tests.telegram.running import Echo, One, secrets
from tests.test_several_processes import SharedStorage

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


def build_intake(telegram: FakeTelegram, storage: SharedStorage, timeout: float = 5.0) -> tuple[Intake, list[Any]]:
    """Return the intake of a process, and the updates that it handled."""
    router, handled = One(Echo(), storage), []
    app = build_application(router, secrets(telegram), TelegramOptions(), Health())

    async def process(update: Any) -> None:
        handled.append(update.update_id)
        await asyncio.sleep(0.05)

    app.process_update = process  # type: ignore[method-assign]
    return Intake(app, router, Health(), asyncio.Event(), 4, timeout), handled


async def test_of_two_processes_one_handles_an_update_and_the_other_asks_for_it_later(telegram: FakeTelegram) -> None:
    storage = SharedStorage()
    (one, by_one), (other, by_other) = build_intake(telegram, storage), build_intake(telegram, storage)

    at_once = await asyncio.gather(one.handle_update(UPDATE), other.handle_update(UPDATE))

    # What is in progress elsewhere is not forgotten by Telegram; what is done is.
    assert sorted(at_once) == [False, True]
    assert by_one + by_other == [7]
    assert [await one.handle_update(UPDATE), await other.handle_update(UPDATE)] == [True, True]
    assert by_one + by_other == [7]


async def test_what_a_process_gives_back_another_handles(telegram: FakeTelegram) -> None:
    storage = SharedStorage()
    one, _ = build_intake(telegram, storage, timeout=0.01)
    one.max_attempts = 2
    other, by_other = build_intake(telegram, storage)

    assert not await one.handle_update(UPDATE)
    assert storage.claims == {}
    assert await other.handle_update(UPDATE)

    assert by_other == [7]
    assert storage.claims == {7: Claim.DONE}


@pytest.mark.parametrize("is_down", [False, True])
async def test_a_process_that_cannot_claim_answers_all_the_same(telegram: FakeTelegram, *, is_down: bool) -> None:
    storage = SharedStorage()
    storage.is_down = is_down
    intake, handled = build_intake(telegram, storage)

    assert await intake.handle_update(UPDATE)

    assert handled == [7]
