"""Stopped, killed and started over, in both transports: no question is lost."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from bot.service import Service
from bot.surfaces.telegram import lifecycle
from bot.surfaces.telegram.settings import TelegramOptions, WebhookSettings
from tests.telegram.fake.faults import refused
from tests.telegram.hosting import ended, hosted
from tests.telegram.kills import BATCH, QUESTIONS, answers, kill
from tests.telegram.running import hook, running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram
    from tests.telegram.fake.conversation import Chat

CONFLICT = "Conflict: terminated by other getUpdates request"


@pytest.fixture(params=["polling", "webhook"])
def where(request: pytest.FixtureRequest) -> WebhookSettings | None:
    return hook() if request.param == "webhook" else None


def people(telegram: FakeTelegram, most: int) -> list[Chat]:
    return [telegram.private(f"Person {number}") for number in range(most)]


@pytest.mark.parametrize("transport", ["polling", "webhook"])
async def test_no_question_is_lost_by_sigkill(transport: str) -> None:
    outcome = await kill(transport, random.Random(transport))

    assert outcome.lost == 0
    assert outcome.doubled <= BATCH
    assert outcome.before < QUESTIONS


@pytest.mark.parametrize("signals", [1, 5])
async def test_sigterm_finishes_what_is_under_way_and_leaves_the_rest(
    telegram: FakeTelegram, where: WebhookSettings | None, signals: int
) -> None:
    asked = people(telegram, 60)
    async with hosted(telegram, where, slow=0.5) as child:
        for person in asked:
            person.says("privacy")
        await telegram.called("sendMessage")
        began = time.perf_counter()
        for _ in range(signals):
            # The child's own method would take its exit status away from whoever waits for it.
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGTERM)
            await asyncio.sleep(0.05)
        status, printed = await ended(child)
        took = time.perf_counter() - began
    answered, left = answers(telegram), telegram.inbox.waiting

    assert (status, printed) == (0, "")
    assert took < 5
    assert set(answered.values()) == {1}
    assert len(answered) + len(left) == 60
    async with hosted(telegram, where, slow=0):
        await telegram.until(lambda: not telegram.inbox.waiting)
    assert sorted(answers(telegram).values()) == [1] * 60


async def test_an_answer_that_hangs_is_cut_short_and_asked_for_at_the_next_start(
    telegram: FakeTelegram, where: WebhookSettings | None
) -> None:
    ana = telegram.private("Ana")
    async with hosted(telegram, where, slow=600, deadline=1.0) as child:
        said = ana.says("privacy")
        await telegram.until(lambda: telegram.inbox.handed == said.update_id)
        await asyncio.sleep(0.3)  # what was only handed over is not begun any more
        child.send_signal(signal.SIGTERM)
        status, printed = await ended(child)

    assert status == 0
    assert f"left for the next process update={said.update_id}" in printed
    async with hosted(telegram, where, slow=0):
        assert len(await ana.replies()) == 1


async def test_a_bot_that_hangs_altogether_ends_in_time_and_loses_nothing(
    telegram: FakeTelegram, where: WebhookSettings | None
) -> None:
    ana = telegram.private("Ana")
    async with hosted(telegram, where, last=0.5) as child:
        said = ana.says("privacy")
        await telegram.until(lambda: telegram.inbox.handed == said.update_id)
        await asyncio.sleep(0.3)
        began = time.perf_counter()
        child.send_signal(signal.SIGTERM)
        status, _ = await ended(child)
        took = time.perf_counter() - began

    assert status == 1
    assert 0.5 <= took < 2
    assert TelegramOptions().deadline < lifecycle._FORCED_EXIT_SECONDS < 25  # noqa: SLF001 - what it is but in this test
    async with hosted(telegram, where, slow=0):
        assert len(await ana.replies()) == 1


async def test_an_old_and_a_new_process_together_lose_nothing(
    telegram: FakeTelegram, where: WebhookSettings | None
) -> None:
    new = hook() if where else None
    asked = people(telegram, 120)
    async with hosted(telegram, where, slow=0.02, wait=1) as old:
        for person in asked[:40]:
            person.says("privacy")
        await telegram.called("sendMessage", 10)
        async with hosted(telegram, new, slow=0.02, wait=1):
            for person in asked[40:80]:
                person.says("privacy")
            await telegram.called("sendMessage", 60)
            old.send_signal(signal.SIGTERM)
            for person in asked[80:]:
                person.says("privacy")
            status, _ = await ended(old)
            await telegram.until(lambda: not telegram.inbox.waiting)

    assert status == 0
    assert set(answers(telegram)) == {person.id for person in asked}
    assert sum(answers(telegram).values()) <= 120 + BATCH


async def test_another_process_that_never_stops_polling_ends_it_in_one_line(telegram: FakeTelegram) -> None:
    telegram.faults.next("getUpdates", refused(409, CONFLICT), times=1000)
    async with hosted(telegram, slow=0, pauses=(0.05,), conflict=0.5) as child:
        status, printed = await ended(child)

    lines = [line for line in printed.splitlines() if line.startswith("bot: ")]
    assert status == 2
    told = "bot: BOT_TOKEN: another process receives this bot's updates; stop it, or give it its"
    assert lines == [f"{told} own token"]
    assert "Traceback" not in printed


async def test_a_passing_conflict_is_survived(telegram: FakeTelegram, desk: Service) -> None:
    telegram.faults.next("getUpdates", refused(409, CONFLICT), times=3)
    async with running(telegram, desk, conflict=5):
        ana = telegram.private("Ana")
        ana.says("privacy")
        assert len(await ana.replies()) == 1
