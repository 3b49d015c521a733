"""Admission: stale questions get one apology for a chat, and floods one notice for a burst."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.replies.catalogue import say
from bot.service import Service
from bot.storage import StateInMemory
from bot.surfaces.telegram import admission
from bot.surfaces.telegram.admission import Admission, StaleUpdates, Throttle
from bot.surfaces.telegram.settings import FloodLimits, Rate
from tests.telegram.fake.faults import delayed
from tests.telegram.running import QUICK, Echo, running

if TYPE_CHECKING:
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
    assert "\nSearched: privacy" in answer.text


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
    assert "\nSearched: privacy" in waited.text
    assert "\nSearched: privacy" in answer.text


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


@pytest.mark.parametrize(("age", "stale"), [(10, False), (10.5, True)])
def test_a_message_is_stale_once_it_is_older_than_the_limit(age: float, *, stale: bool) -> None:
    class Sent:
        edit_date = None
        date = datetime.fromtimestamp(1000, UTC)

    assert StaleUpdates(10, StateInMemory(), lambda: 1000 + age).is_stale(Sent()) == stale  # type: ignore[arg-type]


@pytest.mark.parametrize(("longest", "stale"), [(10.0, False), (10.5, True)])
def test_whatever_the_clock_says_a_message_has_waited_no_longer_than_is_known(longest: float, *, stale: bool) -> None:
    class Sent:
        edit_date = None
        date = datetime.fromtimestamp(1000, UTC)

    assert StaleUpdates(10, StateInMemory(), lambda: 9000).is_stale(Sent(), longest) == stale  # type: ignore[arg-type]


async def test_a_chat_is_told_again_after_another_outage() -> None:
    now = 0.0
    late = StaleUpdates(10, StateInMemory(lambda: now), lambda: now)

    assert [await late.claim_apology(1), await late.claim_apology(1)] == [True, False]
    now = 11.0
    assert await late.claim_apology(1)
    assert await late.claim_apology(2)


async def test_a_flood_is_told_once_and_quietly(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    options = {"flood": FloodLimits(person=Rate(burst=2, every=30), group=QUICK["flood"].group)}
    async with running(telegram, Echo(), **options):  # type: ignore[arg-type]
        for number in range(20):
            ana.says(f"tax {number}")

        shown = [sent.text for sent in await ana.replies()]

    assert sorted(shown) == sorted(["tax 0", "tax 1", say("rate_limited")])
    told = [call for call in telegram.answered("sendMessage") if call.given["text"] == say("rate_limited")]
    assert told[0].given["disable_notification"] is True


async def test_one_persons_flood_leaves_the_rest_of_the_group_their_answers(telegram: FakeTelegram) -> None:
    topic = telegram.group(forum=True).topic(7)
    options = {"flood": FloodLimits(person=Rate(burst=2, every=30), group=Rate(burst=8, every=8))}
    async with running(telegram, Echo(), **options):  # type: ignore[arg-type]
        said = [topic.says(f"/ask {number}", by="Ana") for number in range(50)]
        await topic.replies()

        topic.says("/ask mine", by="Ben")

        assert [sent.text for sent in await topic.replies()] == ["mine"]
    [told] = [call for call in telegram.answered("sendMessage") if call.given["text"] == say("rate_limited")]
    assert told.given["message_thread_id"] == 7
    numbers = {one.message["message_id"] for one in said}
    assert told.given["reply_parameters"]["message_id"] in numbers


async def test_a_button_pressed_too_often_says_so_in_a_toast(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    async with running(telegram, Echo()):  # type: ignore[arg-type]
        ana.says("one")
        [sent] = await ana.replies()
    options = {"flood": FloodLimits(person=Rate(burst=1, every=60), group=QUICK["flood"].group)}
    async with running(telegram, Echo(), **options):  # type: ignore[arg-type]
        for number in range(3):
            telegram.world.presses.add(str(number))
            press = {"id": str(number), "from": telegram.person("Ana"), "chat_instance": "1"}
            ana.push(callback_query=press | {"message": sent.message, "data": "no such thing"})

        await ana.replies()

    assert telegram.world.toasts.count(say("rate_limited")) == 2


async def test_a_flood_that_cannot_be_told_is_only_logged(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    options = {"flood": FloodLimits(person=Rate(burst=1, every=60), group=QUICK["flood"].group)}
    async with running(telegram, Echo(), **options):  # type: ignore[arg-type]
        ana.says("one")
        await ana.replies()
        telegram.world.forbidden[ana.id] = "bot was blocked by the user"
        ana.says("two")
        assert await ana.replies() == []

    assert "notice not sent error=Forbidden" in caplog.text
    assert "rate limited chat=" in caplog.text
    assert str(ana.id) not in caplog.text


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_bucket_fills_up_again_and_then_tells_again() -> None:
    clock = Clock()
    shedder = Throttle(FloodLimits(person=Rate(burst=2, every=5)), StateInMemory(clock))
    first = [await shedder.admit(7, 7) for _ in range(4)]
    clock.now = 5
    second = [await shedder.admit(7, 7) for _ in range(2)]
    clock.now = 60
    third = [await shedder.admit(7, 7) for _ in range(3)]

    assert first == [Admission.ADMITTED, Admission.ADMITTED, Admission.REFUSED, Admission.DROPPED]
    assert second == [Admission.ADMITTED, Admission.DROPPED]
    assert third == [Admission.ADMITTED, Admission.ADMITTED, Admission.REFUSED]


async def test_a_group_may_ask_no_more_in_a_minute_than_telegram_lets_a_bot_say() -> None:
    clock, worst = Clock(), 0
    shedder = Throttle(FloodLimits(), StateInMemory(clock))
    said: list[float] = []
    for step in range(3000):
        clock.now = step * 0.1
        if await shedder.admit(-1, step) is Admission.ADMITTED:
            said.append(clock.now)
        worst = max(worst, sum(1 for when in said if when > clock.now - 60))

    assert worst <= 20


async def test_a_flood_that_goes_on_is_told_once_however_long_it_lasts() -> None:
    clock = Clock()
    throttle = Throttle(FloodLimits(person=Rate(burst=2, every=5)), StateInMemory(clock))
    verdicts = []
    for second in range(100):
        clock.now = second
        verdicts.append(await throttle.admit(7, 7))

    assert verdicts.count(Admission.REFUSED) == 1
    assert verdicts.count(Admission.ADMITTED) == 2 + 99 // 5


async def test_processes_that_share_state_admit_no_more_than_one_would() -> None:
    state = StateInMemory(Clock())
    one, other = (Throttle(FloodLimits(person=Rate(burst=3, every=5)), state) for _ in range(2))

    verdicts = [await (one, other)[number % 2].admit(7, 7) for number in range(6)]

    assert verdicts == [Admission.ADMITTED] * 3 + [Admission.REFUSED, Admission.DROPPED, Admission.DROPPED]


async def test_one_members_flood_leaves_another_their_turns_at_the_default_settings() -> None:
    now = 0.0
    throttle = Throttle(FloodLimits(), StateInMemory(lambda: now))
    mine, told = 0, {1: 0, 2: 0}
    for second in range(600):
        now = float(second)
        told[1] += await throttle.admit(-5, 1) is Admission.REFUSED
        if second % 20 == 0:
            verdict = await throttle.admit(-5, 2)
            mine += verdict is Admission.ADMITTED
            told[2] += verdict is Admission.REFUSED

    assert mine == 30
    assert told[2] == 0
    assert told[1] >= 1


async def test_every_member_who_is_refused_is_told_once() -> None:
    now = 0.0
    throttle = Throttle(FloodLimits(), StateInMemory(lambda: now))

    verdicts = [[await throttle.admit(-5, member) for _ in range(4)] for member in range(1, 9)]

    assert [member.count(Admission.REFUSED) for member in verdicts] == [1] * 8


async def test_of_a_crowd_that_is_refused_at_once_each_is_told_under_their_own_message(telegram: FakeTelegram) -> None:
    group = telegram.group()
    options = {"flood": FloodLimits(person=Rate(burst=1, every=60), group=Rate(burst=1, every=60))}
    async with running(telegram, Echo(), **options):  # type: ignore[arg-type]
        group.says("/ask one", by="Ana")
        await group.replies()
        said = {
            who: next(iter([group.says(f"/ask {number}", by=who) for number in range(3)]))
            for who in ("Ben", "Cem", "Dee")
        }
        await group.replies()
        await telegram.until(lambda: len(telegram.answered("sendMessage")) == 4)

    told = [call.given["reply_parameters"]["message_id"] for call in telegram.answered("sendMessage")[1:]]
    assert sorted(told) == sorted(one.message["message_id"] for one in said.values())


async def test_of_too_many_who_wait_to_be_told_the_last_are_not(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "MAX_WAITING_NOTICES", 2)
    group = telegram.group()
    options = {"flood": FloodLimits(person=Rate(burst=1, every=60), group=Rate(burst=1, every=60))}
    telegram.faults.next("sendMessage", delayed(0.0), delayed(0.2))
    async with running(telegram, Echo(), **options):  # type: ignore[arg-type]
        group.says("/ask one", by="Ana")
        await group.replies()
        for who in ("Ben", "Cem", "Dee", "Eve"):
            group.says("/ask", by=who)
        await group.replies()
        await telegram.until(lambda: len(telegram.answered("sendMessage")) >= 3)

    assert len(telegram.answered("sendMessage")) == 3
