"""What waited while the bot was away is answered, unless it is old: then a chat is told so once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bot.replies.catalogue import say
from bot.surfaces.telegram import admission
from bot.surfaces.telegram.admission import StaleUpdates
from tests.telegram.running import running

if TYPE_CHECKING:
    from bot.service import Service
    from tests.telegram.fake import FakeTelegram

HOUR = 3600


def ago(seconds: float) -> int:
    return int(time.time() - seconds)


async def test_an_old_question_is_told_of_once_and_can_be_asked_again_by_a_press(
    telegram: FakeTelegram, desk: Service
) -> None:
    ana = telegram.private("Ana")
    ana.says("privacy", date=ago(9 * HOUR))
    ana.says("surveillance", date=ago(8 * HOUR))
    async with running(telegram, desk, stale=HOUR):
        [told] = await ana.replies()
        ana.press(told, say("label_ask_again"))
        [answer] = await ana.replies()

    assert told.text == say("too_old")
    assert answer.text.startswith("Searched: privacy")


async def test_what_is_asked_now_is_answered_all_the_same(telegram: FakeTelegram, desk: Service) -> None:
    ana, zoe = telegram.private("Ana"), telegram.private("Zoe")
    ana.says("privacy", date=ago(9 * HOUR))
    zoe.says("privacy", date=ago(HOUR - 60))
    async with running(telegram, desk, stale=HOUR):
        [late] = await ana.replies()
        [waited] = await zoe.replies()
        ana.says("privacy")
        [answer] = await ana.replies()

    assert late.text == say("too_old")
    assert waited.text.startswith("Searched: privacy")
    assert answer.text.startswith("Searched: privacy")


async def test_in_a_group_it_is_told_under_the_question_and_only_to_whom_addressed_the_bot(
    telegram: FakeTelegram, desk: Service
) -> None:
    group = telegram.group()
    group.says("anyone here?", date=ago(9 * HOUR))
    asked = group.says("/ask privacy", date=ago(9 * HOUR))
    group.says("/ask surveillance", date=ago(9 * HOUR), by="Ana")
    async with running(telegram, desk, stale=HOUR):
        [told] = await group.replies()

    assert told.replies_to == asked.message["message_id"]
    assert told.text == say("too_old")


@pytest.mark.parametrize("line", ["/reload", "/help"])
async def test_an_old_command_is_not_carried_out(telegram: FakeTelegram, desk: Service, line: str) -> None:
    olga = telegram.private("Olga")
    olga.says(line, date=ago(9 * HOUR))
    async with running(telegram, desk, olga.id, stale=HOUR):
        [told] = await olga.replies()
        olga.says("/status")
        [status] = await olga.replies()

    assert told.text == say("too_old")
    assert "Reloads since startup: 0" in status.text
    assert say("stale", count=1) in status.text


async def test_an_old_edit_is_let_be(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")
    asked = ana.message("privacy", date=ago(9 * HOUR))
    ana.push(edited_message=asked | {"text": "surveillance", "edit_date": ago(8 * HOUR)})
    async with running(telegram, desk, stale=HOUR):
        assert await ana.replies() == []


async def test_a_question_too_long_for_a_button_is_told_of_without_one(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")
    ana.says("privacy " * 20, date=ago(9 * HOUR))
    async with running(telegram, desk, stale=HOUR):
        [told] = await ana.replies()

    assert told.buttons == {}


def test_a_chat_is_told_again_after_another_outage_and_only_so_many_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "MAX_APOLOGIES", 2)
    now = 0.0
    late = StaleUpdates(10, lambda: now)

    assert [late.mark_notified(1), late.mark_notified(1)] == [True, False]
    now = 11.0
    assert late.mark_notified(1)
    assert [late.mark_notified(2), late.mark_notified(3), late.mark_notified(1)] == [True, True, True]
