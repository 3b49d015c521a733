"""What the intake decides of one update, by itself: with no server, and none of the library but its parser."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from bot.storage import Claim
from bot.surfaces.telegram.health import Health, UpdateOutcome
from bot.surfaces.telegram.intake import Intake, run_unless_stopped

if TYPE_CHECKING:
    from telegram import Update

DEADLINE = 0.02


class Ledger:
    """A router of which `claims` are the next answers, and every one after is OURS."""

    def __init__(self, *claims: Claim) -> None:
        self.asked: list[tuple[int, float]] = []
        self.settled: list[tuple[int, bool]] = []
        self._claims = list(claims)

    async def claim_update(self, update_id: int, stale_seconds: float) -> Claim:
        self.asked.append((update_id, stale_seconds))
        return self._claims.pop(0) if self._claims else Claim.OURS

    async def settle_update(self, update_id: int, *, done: bool) -> None:
        self.settled.append((update_id, done))


class App:
    """An application that handles each update by `handle`."""

    bot = None

    def __init__(self, handle: Callable[[int], Awaitable[object]]) -> None:
        self.begun: list[int] = []
        self._handle = handle

    async def process_update(self, update: Update) -> None:
        self.begun.append(update.update_id)
        await self._handle(update.update_id)


async def finish(_: int) -> None:
    """Handle an update at once."""


async def hang(_: int) -> None:
    await asyncio.sleep(60)


class Desk:
    """An intake, and what stands around it."""

    def __init__(self, handle: Any = finish, *claims: Claim, concurrency: int = 4, attempts: int = 1) -> None:
        self.app, self.ledger, self.stop = App(handle), Ledger(*claims), asyncio.Event()
        self.health = Health()
        app, router = self.app, self.ledger
        self.intake = Intake(app, router, self.health, self.stop, concurrency, DEADLINE, attempts)  # type: ignore[arg-type]

    async def take(self, update_id: int, **data: Any) -> bool:
        return await self.intake.handle_update({"update_id": update_id, **data})


async def test_an_update_is_handled_once_and_counted_once() -> None:
    desk = Desk()

    assert [await desk.take(7), await desk.take(7), await desk.take(8)] == [True, True, True]
    assert desk.app.begun == [7, 8]
    assert desk.ledger.settled == [(7, True), (8, True)]
    assert [desk.intake.has_seen(number) for number in (7, 8, 9)] == [True, True, False]
    assert (desk.health.in_progress, desk.health.outcomes[UpdateOutcome.HANDLED]) == (set(), 2)
    assert sum(desk.health.seconds_counts) == 2
    assert 0 <= desk.health.seconds_sum < 5


async def test_while_it_is_handled_another_delivery_is_neither_begun_nor_done() -> None:
    go = asyncio.Event()
    desk = Desk(lambda _: go.wait())
    first = asyncio.create_task(desk.take(7))
    await asyncio.sleep(0)

    assert await desk.take(7) is False
    assert desk.intake.has_seen(7)
    go.set()
    assert await first
    assert desk.app.begun == [7]


@pytest.mark.parametrize(
    ("claim", "is_handled", "begun"), [(Claim.OURS, True, [7]), (Claim.DONE, True, []), (Claim.IN_PROGRESS, False, [])]
)
async def test_what_another_process_has_is_done_when_that_is(
    claim: Claim, begun: list[int], *, is_handled: bool
) -> None:
    desk = Desk(finish, claim)

    assert await desk.take(7) is is_handled
    assert desk.app.begun == begun
    assert desk.ledger.settled == [(7, True)] * len(begun)
    assert desk.intake.has_seen(7) is is_handled
    # What another process gave back in the meantime is handled here.
    assert await desk.take(7)
    assert desk.app.begun == ([] if claim is Claim.DONE else [7])


async def test_a_claim_is_stale_only_after_a_process_that_lives_is_done() -> None:
    desk = Desk()
    await desk.take(7)

    [(update_id, seconds)] = desk.ledger.asked
    assert update_id == 7
    assert seconds > DEADLINE + 5


async def test_after_a_stop_nothing_is_begun_or_claimed() -> None:
    desk = Desk()
    desk.stop.set()

    assert await desk.take(7) is False
    assert (desk.app.begun, desk.ledger.asked, desk.ledger.settled) == ([], [], [])
    assert (desk.health.in_progress, desk.health.outcomes[UpdateOutcome.HANDLED]) == (set(), 0)


async def test_an_update_that_hangs_is_given_back_and_after_so_many_times_given_up() -> None:
    desk = Desk(hang, attempts=3)

    assert [await desk.take(7) for _ in range(4)] == [False, False, True, True]
    assert desk.ledger.settled == [(7, False), (7, False), (7, True)]
    assert desk.health.outcomes[UpdateOutcome.TIMED_OUT] == 1
    assert desk.intake._timeouts == {}  # noqa: SLF001 - what is never taken out grows for ever


async def test_tries_of_before_an_update_was_handled_are_not_held_against_it() -> None:
    slow = [7]
    desk = Desk(lambda number: hang(number) if slow else finish(number), attempts=2)
    assert await desk.take(7) is False
    slow.clear()
    assert await desk.take(7)

    assert desk.intake._timeouts == {}  # noqa: SLF001 - the same


async def test_what_hangs_at_a_stop_is_left_for_the_next_process() -> None:
    desk = Desk(hang)
    asyncio.get_running_loop().call_soon(desk.stop.set)

    assert await desk.take(7) is False
    assert desk.ledger.settled == [(7, False)]
    assert desk.health.outcomes[UpdateOutcome.TIMED_OUT] == 0


async def test_a_defect_skips_its_update_alone_and_no_word_of_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_: int) -> None:
        raise RuntimeError("secret")

    desk = Desk(fail)

    assert await desk.take(7, message={"text": "secret"}, poll={})
    assert await desk.take(8, secret={})
    assert await desk.take(9, message={"date": "secret"})
    assert desk.health.outcomes[UpdateOutcome.MALFORMED] == 3
    assert "update skipped id=7 kinds=message,poll error=" in caplog.text
    assert "update skipped id=8 kinds=unknown error=" in caplog.text
    assert "update skipped id=9 kinds=message error=" in caplog.text
    assert "secret" not in caplog.text


async def test_so_many_are_handled_at_once_and_the_next_when_one_is_done() -> None:
    go = asyncio.Event()
    desk = Desk(lambda _: go.wait(), concurrency=2)
    takes = [asyncio.create_task(desk.take(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0.001)

    assert desk.app.begun == [1, 2]
    go.set()
    assert await asyncio.gather(*takes) == [True] * 3


async def test_work_ends_by_itself_or_by_a_stop_and_leaves_nothing_behind() -> None:
    stop, cut = asyncio.Event(), list[bool]()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cut.append(True)
            raise

    async def fail() -> None:
        raise KeyError("x")

    assert await run_unless_stopped(finish(7), stop) is True
    with pytest.raises(KeyError):
        await run_unless_stopped(fail(), stop)
    asyncio.get_running_loop().call_later(0.001, stop.set)
    assert await run_unless_stopped(work(), stop) is False
    assert cut == [True]
    assert len(asyncio.all_tasks()) == 1
