"""CPU for each answered question: this bot beside a bare echo bot on the same library.

python -m tests.benchmarks.telegram

Both poll a fake Bot API server, which runs in this process and is not counted;
each bot is a process of its own. They take turns, a round of the bundled
questions each; a question is asked when the one before is answered, and then
all of them at once. Status 1 when this bot takes more than `MOST` times what
the echo takes, question by question: a crowd at once costs this bot more, for
it answers many side by side where the echo bot keeps them waiting.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.telegram.fake import FakeTelegram
from tests.telegram.hosting import hosted

QUESTIONS = Path("tests/relevance/facial-recognition.jsonl")
ROUNDS, MOST = 7, 1.5
ECHO, OURS = "echo bot", "this bot"
_TICK = 1000 / os.sysconf("SC_CLK_TCK")


class Runner(NamedTuple):
    """One bot, and the server it is on."""

    telegram: FakeTelegram
    process: Process

    @property
    def busy(self) -> float:
        """Milliseconds of CPU that the bot took so far, in all its threads."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text("ascii")
        times = stat.rpartition(")")[2].split()
        return (int(times[11]) + int(times[12])) * _TICK

    async def round(self, questions: list[str], size: int) -> float:
        """Ask so many of `questions` at once; return the CPU for each, in milliseconds."""
        before, telegram = self.busy, self.telegram
        for start in range(0, len(questions), size):
            batch = questions[start : start + size]
            for number, question in enumerate(batch):
                telegram.private(f"Person {number}").says(question)
            await telegram.until(lambda: self._count_answers() >= len(batch))  # noqa: B023 - awaited at once
            await telegram.until(lambda: not telegram.inbox.waiting)
            telegram.forget()
        return (self.busy - before) / len(questions)

    def _count_answers(self) -> int:
        """Return how many were answered: thanks by a reaction, and all else by a message."""
        return sum(len(self.telegram.answered(method)) for method in ("sendMessage", "setMessageReaction"))


@asynccontextmanager
async def echoing(telegram: FakeTelegram) -> AsyncIterator[Process]:
    """Run the echo bot on `telegram`."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.echo", telegram.url, telegram.token)
    )
    try:
        yield child
    finally:
        child.terminate()
        await child.wait()


def asked() -> list[str]:
    """Return the questions of one round."""
    lines = QUESTIONS.read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines] * 2


async def measured() -> dict[int, dict[str, list[float]]]:
    """Return what each bot takes for a question, round by round, by how many are asked at once."""
    questions = asked()
    async with AsyncExitStack() as stack:
        bots = {}
        for name, start in ((ECHO, echoing), (OURS, hosted)):
            telegram = await stack.enter_async_context(FakeTelegram())
            bots[name] = Runner(telegram, await stack.enter_async_context(start(telegram)))
        return {size: await rounds(bots, questions, size) for size in (1, len(questions))}


async def rounds(bots: dict[str, Runner], questions: list[str], size: int) -> dict[str, list[float]]:
    """Let the bots take turns; the first round warms them up, and is not counted."""
    found: dict[str, list[float]] = {name: [] for name in bots}
    for number in range(ROUNDS + 1):
        for name, bot in bots.items():
            took = await bot.round(questions, size)
            if number:
                found[name].append(took)
    return found


def main() -> int:
    """Print the median of each and how many times the one is the other."""
    found, ratios = asyncio.run(measured()), {}
    print(f"{'CPU for each answered question, ms':40} {'median':>8} {'least':>8} {'most':>8}")
    for size, by in found.items():
        for name, took in by.items():
            figures = statistics.median(took), min(took), max(took)
            print(f"{f'{name}, {size} at once':40}", *(f"{figure:8.2f}" for figure in figures))
        pairs = zip(by[OURS], by[ECHO], strict=True)
        ratios[size] = statistics.median(ours / theirs for ours, theirs in pairs)
        print(f"{f'{OURS} / {ECHO}, of the same round':40} {ratios[size]:8.2f}")
    print(f"{'at most, 1 at once':40} {MOST:8.2f}")
    return int(ratios[1] > MOST)


if __name__ == "__main__":
    sys.exit(main())
