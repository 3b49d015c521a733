"""Three processes behind a balancer, of which one is killed among two hundred questions.

python -m tests.services 0 python -m tests.services.kills 20

Prints a line for each kill, and ends with status 1 if a question was never answered, or one was
answered twice that was not under way at the killed process.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from http import HTTPStatus
from typing import Any, NamedTuple, Self

import aiohttp
from aiohttp import web

from bot.surfaces.telegram.settings import TelegramOptions
from tests.services.databases import create_database
from tests.telegram.fake import FakeTelegram
from tests.telegram.hosting import ended, hosted
from tests.telegram.kills import QUESTIONS, answers
from tests.telegram.running import hook

PROCESSES = 3
# Short, so that what a killed process had claimed is soon another's.
DEADLINE = 3.0


class Outcome(NamedTuple):
    """What became of the questions."""

    lost: int
    doubled: int

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, and no more was answered twice than one process had under way."""
        return not self.lost and self.doubled <= TelegramOptions().concurrency


class Balancer:
    """Sends each request to the next process; one that does not take it is passed over."""

    def __init__(self, port: int, backends: list[str]) -> None:
        self._port = port
        self._next: Iterator[str] = itertools.cycle(backends)
        self._count = len(backends)

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        for _ in range(self._count):
            try:
                async with self._client.post(
                    next(self._next) + request.path, data=body, headers=request.headers
                ) as got:
                    return web.Response(status=got.status, body=await got.read())
            except aiohttp.ClientConnectorError:
                continue
            except aiohttp.ClientError:
                break
        return web.Response(status=502)

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_post("/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._client.close()


async def kill_one(database: str, chance: random.Random) -> Outcome:
    """Ask of three processes that share `database`, kill one at a random moment, and count."""
    front = hook()
    hooks = [hook().model_copy(update={"url": front.url}) for _ in range(PROCESSES)]
    backends = [f"http://127.0.0.1:{each.port}" for each in hooks]
    os.environ["DATABASE_URL"] = database
    try:
        async with AsyncExitStack() as stack:
            telegram = await stack.enter_async_context(FakeTelegram())
            await stack.enter_async_context(Balancer(front.port, backends))
            children = [await stack.enter_async_context(hosted(telegram, each, deadline=DEADLINE)) for each in hooks]
            await _until_ready(dict(zip(backends, children, strict=True)))
            await telegram.until(lambda: _count_calls(telegram, "setWebhook") > 0, 60)
            for number in range(QUESTIONS):
                telegram.private(f"Person {number}").says("What about privacy?")
            moment = chance.randrange(1, QUESTIONS * 3 // 4)
            await telegram.until(lambda: len(answers(telegram)) >= moment, 60)
            await asyncio.sleep(chance.uniform(0, 0.02))
            children[chance.randrange(PROCESSES)].send_signal(signal.SIGKILL)
            await telegram.until(lambda: not telegram.inbox.waiting, 60)
            counted = answers(telegram)
    finally:
        del os.environ["DATABASE_URL"]
    return Outcome(QUESTIONS - len(counted), sum(counted.values()) - len(counted))


async def _until_ready(backends: dict[str, Process]) -> None:
    """Wait until each process listens, however busy the machine is."""
    async with aiohttp.ClientSession() as client, asyncio.timeout(150):
        for backend, process in backends.items():
            while True:
                assert process.returncode is None, await ended(process)
                with suppress(aiohttp.ClientConnectorError):
                    async with client.get(f"{backend}/healthz") as answer:
                        if answer.status == HTTPStatus.OK:
                            break
                await asyncio.sleep(0.05)


def _count_calls(telegram: FakeTelegram, method: str) -> int:
    return sum(call.method == method for call in telegram.calls)


async def main(times: int) -> int:
    """Kill so many times; status 1 if a promise did not hold."""
    chance, outcomes = random.Random(0), []
    for number in range(1, times + 1):
        outcomes.append(await kill_one(await create_database(f"kill {number}"), chance))
        print(f"kill {number}: lost={outcomes[-1].lost} twice={outcomes[-1].doubled}", flush=True)  # noqa: T201
    return int(not all(outcome.is_good for outcome in outcomes))


if __name__ == "__main__":
    arguments: list[Any] = sys.argv[1:]
    sys.exit(asyncio.run(main(int(arguments[0]) if arguments else 20)))
