"""SIGKILL at a random moment among two hundred questions, and a new start: is any lost?

python -m tests.telegram.kills 20

Prints a line for each kill, and ends with status 1 if a question was never
answered or more than one batch was answered twice. Each transport gets as many.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from bot.surfaces.telegram.settings import TelegramOptions, WebhookSettings
from tests.telegram.fake import FakeTelegram
from tests.telegram.hosting import hosted
from tests.telegram.running import hook

QUESTIONS = 200
BATCH = TelegramOptions().concurrency
TRANSPORTS = ("polling", "webhook")


class Outcome(NamedTuple):
    """What became of the questions of one kill."""

    before: int
    lost: int
    doubled: int

    @property
    def good(self) -> bool:
        """Whether nothing was lost, and no more than a batch was answered twice."""
        return not self.lost and self.doubled <= BATCH


async def kill(transport: str, chance: random.Random) -> Outcome:
    """Ask, kill at a random moment, start anew, and count."""
    where = hook() if transport == "webhook" else None
    async with FakeTelegram() as telegram:
        for number in range(QUESTIONS):
            telegram.private(f"Person {number}").says("What about privacy?")
        await _until_killed(telegram, where, chance)
        before = len(answers(telegram))
        async with hosted(telegram, where):
            await telegram.until(lambda: not telegram.inbox.waiting, 60)
            counted = answers(telegram)
    lost = QUESTIONS - len(counted)
    return Outcome(before, lost, sum(counted.values()) - len(counted))


def answers(telegram: FakeTelegram) -> Counter[int]:
    """Return how often each chat was answered."""
    sent = [call for call in telegram.calls if call.method == "sendMessage" and call.status == 200]
    return Counter(call.given["chat_id"] for call in sent)


async def _until_killed(telegram: FakeTelegram, where: WebhookSettings | None, chance: random.Random) -> None:
    moment = chance.randrange(1, QUESTIONS * 3 // 4)
    async with hosted(telegram, where) as child:
        await telegram.until(lambda: len(answers(telegram)) >= moment, 60)
        await asyncio.sleep(chance.uniform(0, 0.02))
        child.send_signal(signal.SIGKILL)
        await child.communicate()


async def kill_repeatedly(transport: str, times: int) -> list[Outcome]:
    """Return what became of `times` kills, told as they come."""
    chance, outcomes = random.Random(transport), []
    for number in range(1, times + 1):
        outcome = await kill(transport, chance)
        outcomes.append(outcome)
        told = f"answered before={outcome.before} lost={outcome.lost} twice={outcome.doubled}"
        print(f"{transport} kill {number}: {told}", flush=True)  # noqa: T201
    return outcomes


async def kill_each(times: int) -> list[Outcome]:
    """Return what became of `times` kills of each transport, one after another: a bot that starves misses deadlines."""
    return [outcome for transport in TRANSPORTS for outcome in await kill_repeatedly(transport, times)]


def main(arguments: Sequence[str]) -> int:
    """Kill so many times; status 1 if a promise did not hold."""
    # It would print a traceback for each call that a kill cut off.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    found = asyncio.run(kill_each(int(arguments[0]) if arguments else 20))
    lost, worst = sum(one.lost for one in found), max(one.doubled for one in found)
    summary = f"{len(found)} kills, {QUESTIONS} questions each: lost {lost}; twice at most {worst}"
    print(summary)  # noqa: T201
    return int(not all(one.good for one in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
