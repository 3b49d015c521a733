"""Outbound rate limit: Telegram's limits are kept, and no chat waits for another."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from telegram.error import RetryAfter

from bot.replies.catalogue import say
from bot.storage import StateInMemory
from bot.surfaces.telegram.rate_limit import MAX_CHATS, PacedSemaphore, RateLimiter
from bot.surfaces.telegram.settings import FloodLimits, Rate, SendRates
from tests.telegram.fake.faults import flood
from tests.telegram.running import Echo, running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram
    from tests.telegram.fake.conversation import Chat

REAL: dict[str, Any] = {"rates": SendRates(), "flood": FloodLimits()}


async def waited(chat: Chat, question: str) -> float:
    """Return how long this question waits for its answer."""
    began = time.perf_counter()
    chat.says(question)
    assert (await chat.reply()).text == question
    return time.perf_counter() - began


async def test_two_hundred_questions_from_forty_chats_are_answered_and_none_is_refused(telegram: FakeTelegram) -> None:
    chats = [telegram.private(f"Person {number}") for number in range(30)]
    chats += [telegram.group(f"Group {number}") for number in range(10)]
    telegram.world.limits.on = True
    for number in range(5):
        for place, chat in enumerate(chats):
            # In a group nobody has more than half of the turns.
            member = f"{('Ben', 'Caro', 'Dan')[number % 3]} {place}"
            chat.says(f"/ask tax {number}", by=f"Person {place}" if chat.id > 0 else member)

    async with running(telegram, Echo(), **REAL):  # type: ignore[arg-type]
        await telegram.until(lambda: len(telegram.world.markup) >= 200)
        answered = [sorted(sent.text for sent in await chat.replies()) for chat in chats]

    assert answered == [[f"tax {number}" for number in range(5)]] * 40
    assert telegram.world.limits.refused == 0


async def test_a_private_asker_is_answered_at_once_while_a_group_floods(telegram: FakeTelegram) -> None:
    group, ana = telegram.group(), telegram.private("Ana")
    telegram.world.limits.on = True
    async with running(telegram, Echo(), **REAL):  # type: ignore[arg-type]
        for number in range(300):
            group.says(f"/ask {number}", by=f"Person {number % 50}")
        waits = [await waited(ana, f"question {number}") for number in range(3)]

    shown = await group.replies()
    assert max(waits) < 2
    assert telegram.world.limits.refused == 0
    assert [sent.text for sent in shown].count(say("rate_limited")) == 1
    assert 6 <= len(shown) <= 8


async def test_what_one_chat_is_made_to_wait_for_holds_up_no_other(telegram: FakeTelegram) -> None:
    ana, ben = telegram.private("Ana"), telegram.private("Ben")
    telegram.faults.next("sendMessage", flood(3))
    async with running(telegram, Echo()):  # type: ignore[arg-type]
        ana.says("taxes")
        await telegram.called("sendMessage")

        waits = [await waited(ben, f"question {number}") for number in range(2)]

        assert max(waits) < 1.5
        assert telegram.inbox.waiting[0]["message"]["text"] == "taxes"
        assert (await ana.reply()).text == "taxes"


async def test_a_chat_that_must_be_left_alone_for_long_is_given_up_and_logged(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    telegram.faults.next("sendMessage", flood(600))
    async with running(telegram, Echo()):  # type: ignore[arg-type]
        ana.says("one")
        assert await ana.replies() == []
        ana.says("two")
        assert await ana.replies() == []

    assert len(telegram.answered("sendMessage")) == 1
    assert caplog.text.count("reply not sent error=RetryAfter") == 2


async def test_no_more_turns_are_had_than_the_rate_says() -> None:
    turns, had = PacedSemaphore(Rate(burst=3, every=0.02)), []

    async def have() -> None:
        async with turns.acquire():
            had.append(time.monotonic())

    await asyncio.gather(*(have() for _ in range(30)))

    worst = max(sum(1 for when in had if start <= when < start + 0.2) for start in had)
    assert worst <= 3 + 0.2 / 0.02 + 1


async def test_a_turn_that_is_no_longer_waited_for_is_not_taken() -> None:
    limiter = RateLimiter(SendRates(chat=Rate(burst=1, every=0.2)), max_wait=1)
    async with limiter.acquire(7):
        waiting = [asyncio.create_task(turn(limiter, 7)) for _ in range(5)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    began = time.monotonic()
    await turn(limiter, 7)

    assert time.monotonic() - began < 0.4


async def turn(limiter: RateLimiter, chat: object) -> None:
    async with limiter.acquire(chat):
        pass


async def test_a_chat_is_not_waited_for_longer_than_anyone_waits_for_an_answer() -> None:
    limiter = RateLimiter(SendRates(), max_wait=1)
    await limiter.block_chat(7, 100)

    with pytest.raises(RetryAfter):
        await turn(limiter, 7)

    await asyncio.wait_for(turn(limiter, 8), 0.1)


async def test_only_so_many_chats_are_remembered() -> None:
    limiter = RateLimiter(SendRates(), max_wait=1)
    for chat in range(1, MAX_CHATS + 2):
        await limiter.block_chat(chat, 100)

    await turn(limiter, 1)
    with pytest.raises(RetryAfter):
        await turn(limiter, MAX_CHATS + 1)


async def test_processes_that_share_state_send_no_more_than_one_may() -> None:
    state, sent = StateInMemory(), list[float]()
    rates = SendRates(overall=Rate(burst=2, every=0.02), chat=Rate(burst=1, every=0))
    limiters = [RateLimiter(rates, max_wait=1, state=state) for _ in range(3)]

    async def send(number: int) -> None:
        async with limiters[number % 3].acquire(number):
            sent.append(time.monotonic())

    await asyncio.gather(*map(send, range(1, 31)))

    worst = max(sum(1 for when in sent if start <= when < start + 0.2) for start in sent)
    assert worst <= 2 + 0.2 / 0.02 + 1


async def test_a_chat_that_one_process_may_not_write_to_is_let_be_by_another() -> None:
    state = StateInMemory()
    rates = SendRates(chat=Rate(burst=4, every=0.01))
    one, other = (RateLimiter(rates, max_wait=1, state=state) for _ in range(2))
    await one.block_chat(7, 0.3)
    await one.block_chat(8, 2)

    start = time.monotonic()
    await turn(other, 7)

    assert time.monotonic() - start > 0.29
    # What is longer than anybody waits is each one's own to find out.
    await asyncio.wait_for(turn(other, 8), 0.1)
