"""Fifty questions a second for as long as you like: is any lost or late, does the bot grow?

python -m tests.telegram.soak 60
python -m tests.telegram.soak 1800 polling
python -m tests.telegram.soak 60 --untimed

The bot is a process of its own, without limits; it is measured when it has
warmed up and again at the end, idle both times. Prints what was found by each
transport, and ends with status 1 if a promise did not hold. With --untimed, for
machines that others use too, how long answers took is printed and not judged, and
all transports are soaked at once.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import statistics
import sys
import time
from array import array
from asyncio.subprocess import Process
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.telegram.fake import FakeTelegram
from tests.telegram.hosting import ended, hosted
from tests.telegram.kills import TRANSPORTS
from tests.telegram.running import hook

QUESTIONS = Path("tests/relevance/facial-recognition.jsonl")
RATE, CHATS, GROUPS = 50.0, 450, 50
WARMING, COOLING = 10.0, 6.0
# A machine that others use too may stand still for as long as this; an answer that is not there then is lost.
PATIENCE = 60.0
LATE, GROWTH = 300.0, 10.0
_TICK = 1 / os.sysconf("SC_CLK_TCK")


class State(NamedTuple):
    """What the bot holds: MiB, tasks and descriptors; and the seconds of CPU it took so far."""

    memory: float
    tasks: int
    files: int
    busy: float


@dataclass(frozen=True)
class Outcome:
    """How a soak went; times in milliseconds."""

    asked: int
    seconds: float
    lost: int
    waits: Sequence[float]
    warm: State
    idle: State
    printed: str

    @property
    def late(self) -> float:
        """What nineteen in twenty questions do not wait longer than."""
        return statistics.quantiles(self.waits, n=20)[-1]

    @property
    def growth(self) -> float:
        """By how many MiB the bot grew since it had warmed up."""
        return self.idle.memory - self.warm.memory

    @property
    def leaves_nothing(self) -> bool:
        """Whether no question was lost, and no task or descriptor was left behind."""
        more = self.idle.tasks > self.warm.tasks or self.idle.files > self.warm.files
        return not (self.lost or more)

    def good(self, *, timed: bool = True) -> bool:
        """Whether every promise held; without `timed`, every other."""
        late = timed and self.late >= LATE
        # A machine that others use stops the whole bot for a second, and the bot says so.
        printed = [line for line in self.printed.splitlines() if timed or "event loop blocked" not in line]
        return self.leaves_nothing and self.growth < GROWTH and not (late or printed)

    def __str__(self) -> str:
        warm, idle = self.warm, self.idle
        busy = 1000 * (idle.busy - warm.busy) / self.asked
        pace = f"{self.asked / self.seconds:.1f} a second; {busy:.2f} ms of CPU each"
        half = statistics.median(self.waits)
        memory = f"{warm.memory:.1f} -> {idle.memory:.1f} MiB ({self.growth:+.1f} of {GROWTH:.0f})"
        lines = (
            f"{self.asked} questions in {self.seconds:.0f} s, {pace}",
            f"  lost {self.lost}",
            f"  waited {half:.1f} ms, 95 in 100 at most {self.late:.1f} ms of {LATE:.0f}",
            f"  memory {memory}",
            f"  tasks {warm.tasks} -> {idle.tasks}, descriptors {warm.files} -> {idle.files}",
        )
        return "\n".join([*lines, *([self.printed] if self.printed else [])])


@dataclass
class Crowd:
    """People and groups who ask in turn; `waits` has how long each waited, in milliseconds."""

    telegram: FakeTelegram
    asked: int = 0
    lost: int = 0
    waits: array[float] = field(default_factory=lambda: array("d"))
    _open: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chats = [self.telegram.private(f"Person {number}") for number in range(CHATS)]
        chats += [self.telegram.group(f"Group {number}") for number in range(GROUPS)]
        self._chats = itertools.cycle(chats)
        lines = QUESTIONS.read_text("utf-8").splitlines()
        self._words = itertools.cycle([json.loads(line)["question"] for line in lines])

    async def ask(self) -> None:
        """Let the next one ask the next question, once the last one's answer is there: to be slow is not to lose."""
        chat, words = next(self._chats), next(self._words)
        if chat.id in self._open:
            self.lost += not await self.telegram.changed.until(lambda: self._has_answer(chat.id), PATIENCE)
        self.asked += 1
        self._open[chat.id] = time.monotonic()
        chat.says(words if chat.id > 0 else f"/ask {words}")

    def read(self) -> None:
        """Read what was answered, thanks by a reaction, and let the server forget it."""
        for call in (*self.telegram.answered("sendMessage"), *self.telegram.answered("setMessageReaction")):
            began = self._open.pop(call.given["chat_id"], None)
            if began is not None and call.status == 200:
                self.waits.append(1000 * (call.at - began))
        self.telegram.forget()

    def _has_answer(self, chat: int) -> bool:
        self.read()
        return chat not in self._open

    async def load(self, seconds: float, rate: float) -> None:
        """Ask at this rate for so long, and wait until all is handled."""
        began = time.monotonic()
        for number in range(round(seconds * rate)):
            await asyncio.sleep(began + number / rate - time.monotonic())
            await self.ask()
            if number % 50 == 0:
                self.read()
        await self.telegram.until(lambda: not self.telegram.inbox.waiting, PATIENCE)
        self.read()
        self.lost += len(self._open)
        self._open.clear()


async def soak(
    seconds: float, transport: str, rate: float = RATE, warming: float = WARMING, cooling: float = COOLING
) -> Outcome:
    """Let the bot be asked at this `rate`, and return how it went."""
    where = hook() if transport == "webhook" else None
    async with FakeTelegram() as telegram, hosted(telegram, where) as child:
        first, crowd = Crowd(telegram), Crowd(telegram)
        await first.load(warming, rate)
        warm = await state(child, first, cooling)
        began = time.monotonic()
        await crowd.load(seconds, rate)
        took = time.monotonic() - began
        idle = await state(child, first, cooling)
        child.send_signal(signal.SIGTERM)
        _, printed = await ended(child)
    return Outcome(crowd.asked, took, first.lost + crowd.lost, crowd.waits, warm, idle, printed.strip())


async def state(child: Process, crowd: Crowd, cooling: float) -> State:
    """Return what the bot holds when it is idle.

    A connection that is no longer used is closed after some seconds, by the
    next call; so there is one more.
    """
    await asyncio.sleep(cooling)
    await crowd.load(1, 1)
    child.send_signal(signal.SIGUSR1)
    if child.stdout is None:
        raise AssertionError("its output is not read")
    tasks = json.loads(await child.stdout.readline())["tasks"]
    place = Path(f"/proc/{child.pid}")
    pages = int((place / "statm").read_text("ascii").split()[1])
    times = (place / "stat").read_text("ascii").rpartition(")")[2].split()
    memory = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    busy = (int(times[11]) + int(times[12])) * _TICK
    return State(memory, tasks, len(list((place / "fd").iterdir())), busy)


def main(arguments: Sequence[str]) -> int:
    """Soak for so many seconds by each transport named, or by both."""
    given = [argument for argument in arguments if argument != "--untimed"]
    seconds, names = float(given[0]) if given else 60.0, given[1:] or TRANSPORTS
    timed = len(given) == len(arguments)
    if timed:
        good = [asyncio.run(_judge(seconds, name, timed=True)) for name in names]
    else:
        good = asyncio.run(_judge_at_once(seconds, names))
    return int(not all(good))


async def _judge_at_once(seconds: float, names: Sequence[str]) -> list[bool]:
    return await asyncio.gather(*(_judge(seconds, name, timed=False) for name in names))


async def _judge(seconds: float, name: str, *, timed: bool) -> bool:
    outcome = await soak(seconds, name)
    print(f"{name}: {outcome}", flush=True)  # noqa: T201
    return outcome.good(timed=timed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
