"""Clocks that are wrong, this machine's or a server's: whoever asks a bot that listens is answered."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.surfaces.telegram import lifecycle
from bot.surfaces.telegram.checked_request import ServerClock
from tests.telegram.running import Echo, running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram


@pytest.mark.parametrize("shift", [3_700.0, 7_200.0, 86_400.0, -86_400.0, 0.0])
def test_lateness_is_told_by_the_servers_clock(shift: float) -> None:
    real = time.time()
    clock = ServerClock(lambda: real + shift, lambda: 5.0)
    assert clock.read_time() == real + shift

    clock.note_date(format_datetime(datetime.fromtimestamp(real, UTC), usegmt=True))

    assert abs(clock.read_time() - real) <= 1


@pytest.mark.parametrize(("passed", "is_read"), [(59.0, False), (61.0, True)])
def test_the_servers_clock_is_read_once_a_minute(passed: float, *, is_read: bool) -> None:
    ticks = [5.0]
    clock = ServerClock(lambda: 0.0, lambda: ticks[0])
    clock.note_date(format_datetime(datetime.fromtimestamp(1_000, UTC), usegmt=True))
    ticks[0] += passed

    clock.note_date(format_datetime(datetime.fromtimestamp(9_000, UTC), usegmt=True))

    assert clock.read_time() == (9_000 if is_read else 1_000 + passed)


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Thu, 99 Nov 2026 04:13:34 GMT", "5", "Thu, 26 Nov 999999 04:13:34 GMT"]
)
def test_a_response_without_a_date_leaves_the_clock_as_it_was(date: str) -> None:
    clock = ServerClock(lambda: 50.0)

    clock.note_date(date)

    assert clock.read_time() == 50.0


@pytest.mark.parametrize("shift", [3_700.0, -90_000.0])
async def test_no_question_is_dropped_for_a_clock_that_is_wrong(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch, shift: float
) -> None:
    clock = partial(ServerClock, lambda: time.time() + shift)
    monkeypatch.setattr(lifecycle, "ServerClock", clock)
    ana = telegram.private("Ana")
    async with running(telegram, Echo()):  # type: ignore[arg-type]
        for number in range(3):
            ana.says(f"privacy {number}")
        shown = [reply.text for reply in await ana.replies()]

    assert shown == ["privacy 0", "privacy 1", "privacy 2"]


class Misdating(ServerClock):
    """A clock of a machine so many seconds ahead, which reads another date off each response than its server wrote."""

    def __init__(self, seconds_ahead: float, date: str) -> None:
        super().__init__(lambda: time.time() + seconds_ahead)
        self._date = date

    def note_date(self, _: str) -> None:
        super().note_date(self._date)


@pytest.mark.parametrize(
    ("seconds_ahead", "date"),
    [
        pytest.param(0.0, "Fri, 31 Dec 9999 23:59:59 GMT", id="a proxy of another age"),
        pytest.param(7_200.0, "", id="no date, and this machine is ahead"),
        pytest.param(86_400.0, "Mon, 01 Jan 2080 00:00:00 +0530", id="a server on this machine, both ahead"),
        pytest.param(-86_400.0, "Sat, 01 Jan 2050 12:00:00", id="one behind and one ahead"),
        pytest.param(3_700.0, "Thu, 01 Jan 1970 00:00:00 GMT", id="a server that was never set"),
    ],
)
async def test_who_asks_a_bot_that_listens_is_answered_whatever_the_clocks_say(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch, seconds_ahead: float, date: str
) -> None:
    monkeypatch.setattr(lifecycle, "ServerClock", partial(Misdating, seconds_ahead, date))
    ana = telegram.private("Ana")
    async with running(telegram, Echo(), wait=0):  # type: ignore[arg-type]
        await telegram.until(lambda: sum(call.method == "getUpdates" for call in telegram.calls) > 1)
        for number in range(3):
            ana.says(f"privacy {number}")

        assert [reply.text for reply in await ana.replies()] == ["privacy 0", "privacy 1", "privacy 2"]
