"""Long polling: what is confirmed, when, and what is not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from bot.errors import BotError
from bot.replies.reply import Piece, Reply
from bot.surfaces.telegram import polling
from bot.surfaces.telegram.health import Health, UpdateOutcome
from bot.surfaces.telegram.http_client import CheckedRequest, ServerClock
from bot.surfaces.telegram.polling import Poller, RawUpdateBot
from bot.surfaces.telegram.settings import TelegramOptions
from tests.telegram.fake.faults import delayed, gateway
from tests.telegram.running import Desk, Echo, running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram


class Steady(Desk):
    """A desk that answers one after another."""

    def __init__(self) -> None:
        self._one = asyncio.Lock()

    async def ask(self, question: str, *_: Any) -> Reply:
        async with self._one:
            await asyncio.sleep(0.05)
        return Reply(((Piece(question),),))


async def test_of_a_batch_that_gets_on_no_more_is_answered_twice_after_a_crash(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine takes longer for one of them.
    monkeypatch.setattr(polling, "_MIN_REPOLL_SECONDS", 5.0)
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
    line = CheckedRequest(1, 5.0, ServerClock(), ssl.create_default_context())
    bot = RawUpdateBot(token=telegram.token, base_url=f"{telegram.url}/bot", get_updates_request=line)
    await line.initialize()
    # At one or two of these turns, which differ by version, the line would be left taken.
    for turns in range(30):
        poll = asyncio.create_task(bot.fetch_updates(0))
        for _ in range(turns):
            await asyncio.sleep(0)
        poll.cancel()
        await asyncio.wait([poll])

        await bot.confirm_updates(7)

        given = telegram.calls[-1].given
        assert (given["offset"], given.get("limit"), given.get("timeout", 0)) == (7, 1, 0)
    await line.shutdown()


async def test_a_poll_without_an_answer_ends_in_time_and_leaves_the_line_free(telegram: FakeTelegram) -> None:
    line = HTTPXRequest(connection_pool_size=1, read_timeout=0.05, pool_timeout=0.05)
    bot = RawUpdateBot(token=telegram.token, base_url=f"{telegram.url}/bot", get_updates_request=line)
    await line.initialize()
    telegram.faults.next("getUpdates", delayed(5.0))

    with pytest.raises(TimedOut):
        await bot.fetch_updates(0)
    telegram.private("Ana").says("privacy")
    assert len(await bot.fetch_updates(9)) == 1
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
        async def fetch_updates(self, _: int, **parameters: int) -> list[dict[str, int]]:
            offsets.append(parameters.get("offset"))
            if len(offsets) > 1:
                stop.set()
            return [{"update_id": number} for number in (7, 8, 9, 10)]

        async def confirm_updates(self, offset: int) -> None:
            confirmed.append(offset)

    class Unfinished:
        health = Health()

        def __init__(self) -> None:
            self.stop = stop

        def has_seen(self, _: int) -> bool:
            return bool(offsets[1:])

        async def handle_update(self, update: dict[str, int]) -> bool:
            return update["update_id"] not in {8, 10}

    await Poller(Line(), Unfinished(), TelegramOptions()).run()  # type: ignore[arg-type]

    assert (offsets, confirmed) == ([None, 8], [8])


PAUSE = 0.25


class Script:
    """A line to Telegram on which each poll meets the next of `steps`; after the last `stop` is set.

    A step is an exception, or the ids of the updates that come, and what else comes among them. `polls` are the offset,
    the limit and the wait of each.
    """

    def __init__(self, *steps: Exception | list[Any], on_poll: Callable[[int], None] = lambda _: None) -> None:
        self.stop = asyncio.Event()
        self.polls: list[tuple[int | None, int, int]] = []
        self.confirmed: list[int] = []
        self._steps, self._on_poll = steps, on_poll

    async def fetch_updates(self, wait: int, **parameters: int) -> list[Any]:
        self._on_poll(len(self.polls))
        step = self._steps[len(self.polls)]
        self.polls.append((parameters.get("offset"), parameters["limit"], wait))
        if len(self.polls) == len(self._steps):
            self.stop.set()
        if isinstance(step, Exception):
            raise step
        return [{"update_id": each} if isinstance(each, int) else each for each in step]

    async def confirm_updates(self, offset: int) -> None:
        self.confirmed.append(offset)


class Hands:
    """An intake that has an update done with at once, unless it is one of `open_ids`, or raises `defects` of it."""

    def __init__(self, *open_ids: int, **defects: BaseException) -> None:
        self.health, self.stop = Health(), asyncio.Event()
        self.go = asyncio.Event()
        self.seen: list[int] = []
        self._open_ids, self._defects = open_ids, defects

    def has_seen(self, update_id: int) -> bool:
        return update_id in self.seen

    async def handle_update(self, update: dict[str, int]) -> bool:
        self.seen.append(update["update_id"])
        if update["update_id"] in self._open_ids:
            await self.go.wait()
        if defect := self._defects.get(f"update_{update['update_id']}"):
            raise defect
        return True


def build_poller(line: Any, intake: Any = None, **options: Any) -> Poller:
    given = TelegramOptions(pauses=(PAUSE,), concurrency=7, wait=9, **options)
    given_intake: Any = intake or Hands()
    given_intake.stop = line.stop
    return Poller(line, given_intake, given)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the poller sleeps, which takes no time; its clock goes on by that."""
    slept, sleep = list[float](), asyncio.sleep

    async def note_sleep(seconds: float) -> None:
        if seconds:
            slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(polling, "time", SimpleNamespace(monotonic=lambda: 1_000.0 + sum(slept)))
    monkeypatch.setattr(asyncio, "sleep", note_sleep)
    return slept


async def test_pauses_grow_while_polls_fail_up_to_half_a_minute_and_begin_anew(pauses: list[float]) -> None:
    line = Script(*[NetworkError("x")] * 14, [7], NetworkError("x"), [])
    await build_poller(line).run()

    assert pauses[:14] == [min(PAUSE * 1.5**tries, 30.0) for tries in range(14)]
    assert pauses[14:] == [PAUSE, polling.MIN_PAUSE]


@pytest.mark.parametrize(("asked", "waited"), [(-90, 0.5), (0, 0.5), (7, 7.5)])
async def test_a_poll_waits_as_long_as_telegram_says_and_half_a_second(
    pauses: list[float], asked: int, waited: float
) -> None:
    await build_poller(Script(RetryAfter(asked), [1])).run()

    assert pauses == [waited]


async def test_another_poller_is_borne_for_so_long_and_no_longer(pauses: list[float]) -> None:
    poller = build_poller(Script(*[Conflict("x")] * 99), conflict=8)

    with pytest.raises(BotError, match="another process receives"):
        await poller.run()

    assert max(pauses) == 1.0
    assert 8.0 <= sum(pauses) < 9.0


async def test_conflicts_with_a_quiet_time_between_are_two(pauses: list[float]) -> None:
    def rest(_: int) -> None:
        pauses.append(4.1)

    await build_poller(Script(*[Conflict("x")] * 5, [1], on_poll=rest), conflict=8).run()

    assert sum(pauses) > 24.0


async def test_a_lone_conflict_is_borne_at_any_time(pauses: list[float]) -> None:
    line = Script(Conflict("x"), [1])
    await build_poller(line, conflict=0.001).run()

    assert len(line.polls) == 2
    assert pauses


async def test_only_while_something_is_under_way_a_poll_asks_for_more_and_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(polling, "_MIN_REPOLL_SECONDS", 0.001)
    hands = Hands(5)
    line = Script([4], [5, 6], [7], [], [], on_poll=lambda number: hands.go.set() if number == 3 else None)
    monkeypatch.setattr(polling, "MIN_PAUSE", 0.001)
    await build_poller(line, hands).run()

    assert line.polls[:4] == [(None, 7, 9), (5, 7, 9), (5, 100, 0), (5, 100, 0)]
    assert line.polls[4] == (8, 7, 9)
    assert (hands.seen, line.confirmed) == ([4, 5, 6, 7], [8])


async def test_a_batch_that_gets_on_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_MIN_REPOLL_SECONDS", 5.0)
    hands = Hands(5)
    line = Script([4, 5], [])
    polled = asyncio.create_task(build_poller(line, hands).run())
    await asyncio.sleep(0.01)
    assert len(line.polls) == 1
    hands.go.set()
    await polled

    assert line.polls == [(None, 7, 9), (6, 7, 9)]


async def test_what_ends_polling_still_has_what_was_done_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_MIN_REPOLL_SECONDS", 0.001)
    hands = Hands(5)
    line = Script([4, 5], InvalidToken(), [], on_poll=lambda number: hands.go.set() if number else None)
    with pytest.raises(InvalidToken):
        await build_poller(line, hands).run()

    assert line.confirmed == [6]
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize("defect", [RuntimeError("x"), asyncio.CancelledError()])
async def test_an_update_of_which_a_defect_is_raised_is_not_confirmed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, defect: BaseException
) -> None:
    monkeypatch.setattr(polling, "_MIN_REPOLL_SECONDS", 0.001)
    line = Script([4, 5, 6], [])
    await build_poller(line, Hands(update_5=defect)).run()

    assert (line.polls[1][0], line.confirmed) == (5, [5])
    assert "Exception in callback" not in caplog.text
    assert ("not handled update=5 error=RuntimeError" in caplog.text) == isinstance(defect, RuntimeError)


async def test_what_has_no_id_is_skipped_and_counted_and_alone_is_a_poll_that_failed(pauses: list[float]) -> None:
    line = Script([0, 7, None, {"update_id": "8"}, -1, 1 << 53, True, 9], [None], [(1 << 53) - 1], [])
    poller = build_poller(line)
    await poller.run()

    assert poller.intake.health.outcomes[UpdateOutcome.MALFORMED] == 5
    assert [poll[0] for poll in line.polls] == [None, 10, 10, 1 << 53]
    assert pauses == [PAUSE, polling.MIN_PAUSE]


async def test_a_poller_that_was_given_nothing_confirms_nothing(pauses: list[float]) -> None:
    line = Script(NetworkError("x"), [])
    await build_poller(line).run()

    assert line.confirmed == []
    assert pauses == [PAUSE, polling.MIN_PAUSE]


@pytest.mark.parametrize(("step", "is_heard"), [([], True), ([4], True), (NetworkError("x"), False)])
async def test_telegram_was_heard_of_when_a_poll_came_back(
    pauses: list[float], step: Exception | list[int], *, is_heard: bool
) -> None:
    poller = build_poller(Script(step))
    await poller.run()

    assert (poller.intake.health.seconds_silent is not None) is is_heard
    assert len(pauses) < 2


@pytest.mark.parametrize(
    ("steps", "is_known"),
    [
        pytest.param([[]], True, id="nothing waits"),
        pytest.param([[4]], False, id="one did"),
        pytest.param([[4, 5], []], False, id="one is under way, and still waits there"),
    ],
)
async def test_that_nothing_waits_is_known_of_an_empty_answer_while_nothing_is_under_way(
    monkeypatch: pytest.MonkeyPatch, steps: list[list[int]], *, is_known: bool
) -> None:
    monkeypatch.setattr(polling, "_MIN_REPOLL_SECONDS", 0.001)
    monkeypatch.setattr(polling, "MIN_PAUSE", 0.001)
    hands = Hands(5)
    poller = build_poller(Script(*steps, on_poll=lambda number: hands.go.set() if number else None), hands)
    await poller.run()

    assert (poller.intake.health.seconds_since_empty < 1) is is_known


class Held(Script):
    """A line on which the second poll is held open without end."""

    async def fetch_updates(self, wait: int, **parameters: int) -> list[Any]:
        if self.polls:
            await asyncio.Event().wait()
        return await super().fetch_updates(wait, **parameters)


async def test_a_stop_ends_the_poll_that_is_held_and_waits_for_what_is_under_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(polling, "_MIN_REPOLL_SECONDS", 0.001)
    hands, line = Hands(5), Held([4, 5], [])
    polled = asyncio.create_task(build_poller(line, hands).run())
    await asyncio.sleep(0.02)

    line.stop.set()
    await asyncio.sleep(0.02)
    assert line.confirmed == []
    hands.go.set()
    await polled

    assert line.confirmed == [6]
    assert len(asyncio.all_tasks()) == 1
