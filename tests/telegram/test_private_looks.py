"""What a button opens in a group is for whoever pressed, where the server can; elsewhere nothing is said twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.service import Service
from tests.telegram.fake.faults import refused
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram, Sent


async def ask(group: Chat) -> Sent:
    group.says("/ask privacy", by="Ben")
    [answer] = await group.replies()
    return answer


async def test_a_look_is_shown_to_whoever_pressed_and_the_answer_stays(telegram: FakeTelegram, desk: Service) -> None:
    telegram.world.ephemeral = "shown"
    async with running(telegram, desk):
        group = telegram.group()
        answer = await ask(group)
        group.press(answer, "Context 2", by="Ben")

        assert await group.replies() == []
        assert group.changed(answer) == answer
    [(member, shown)] = telegram.world.looks
    assert member == telegram.person("Ben")["id"]
    assert answer.quotes[1] in shown


async def test_pages_are_everybodys_and_a_private_chat_has_one_member(telegram: FakeTelegram, desk: Service) -> None:
    telegram.world.ephemeral = "shown"
    async with running(telegram, desk):
        group, ana = telegram.group(), telegram.private("Ana")
        answer = await ask(group)
        group.press(answer, "Opposite 1", by="Ben")
        assert await group.replies() == []
        assert group.changed(answer) != answer
        ana.says("privacy")
        [own] = await ana.replies()
        ana.press(own, "Context 1")
        assert await ana.replies() == []
        assert ana.changed(own) != own
    assert telegram.world.looks == []


async def test_a_server_that_refuses_is_asked_once_and_logged_once(
    telegram: FakeTelegram, desk: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with running(telegram, desk):
        group = telegram.group()
        for _ in range(2):
            answer = await ask(group)
            group.press(answer, "Context 1", by="Ben")
            assert await group.replies() == []
            assert group.changed(answer) != answer

    asked = [call for call in telegram.answered("sendMessage") if "receiver_user_id" in call.given]
    assert len(asked) == 1
    assert caplog.text.count("private looks are off") == 1


async def test_a_server_that_passes_it_over_has_said_it_and_is_not_asked_again(
    telegram: FakeTelegram, desk: Service
) -> None:
    telegram.world.ephemeral = "passed over"
    async with running(telegram, desk):
        group = telegram.group()
        first, second = await ask(group), await ask(group)
        group.press(first, "Context 1", by="Ben")
        [public] = await group.replies()
        group.press(second, "Context 1", by="Ben")
        assert await group.replies() == []

    assert first.quotes[0] in public.text
    assert group.changed(first) == first
    assert group.changed(second) != second


@pytest.mark.parametrize("is_on", [True, False])
async def test_it_can_be_turned_off(telegram: FakeTelegram, desk: Service, *, is_on: bool) -> None:
    telegram.world.ephemeral = "shown"
    async with running(telegram, desk, private_looks=is_on):
        group = telegram.group()
        answer = await ask(group)
        group.press(answer, "Context 1", by="Ben")
        await group.replies()

    assert len(telegram.world.looks) == is_on


@pytest.mark.parametrize(
    "reason",
    ["TOPIC_CLOSED", "message thread not found", "query is too old and response timeout expired", "chat not found"],
)
async def test_a_refusal_of_one_press_says_nothing_of_the_next(
    telegram: FakeTelegram, desk: Service, reason: str
) -> None:
    telegram.world.ephemeral = "shown"
    async with running(telegram, desk):
        group = telegram.group()
        first, second = await ask(group), await ask(group)
        telegram.faults.next("sendMessage", refused(400, f"Bad Request: {reason}"))
        group.press(first, "Context 1", by="Ben")
        assert await group.replies() == []
        group.press(second, "Context 1", by="Ben")
        await group.replies()

    assert group.changed(first) != first
    assert len(telegram.world.looks) == 1
