"""Outages under two hundred questions: each asker is answered or told, none is told that nobody spoke."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import NamedTuple

import pytest

from bot import bootstrap
from bot.replies.catalogue import say
from bot.settings import EngineSettings, Settings
from bot.surfaces.telegram.settings import TelegramOptions
from tests.services import jars
from tests.services.cluster import Cluster
from tests.services.postgres import PostgresServer
from tests.telegram.fake import FakeTelegram
from tests.telegram.running import running

pytestmark = [pytest.mark.services, pytest.mark.timeout(300)]

QUESTIONS = (
    "What about privacy?",
    "What does Liberty say about surveillance?",
    "Is it accurate?",
    "What about consent?",
)
AT_ONCE = 4
DEADLINE = TelegramOptions().deadline
# A cluster that lost nodes has its shards again as soon as they are back.
RECOVERY_SECONDS = 90


class Told(NamedTuple):
    """What one asker read, and how long they waited for it."""

    question: str
    text: str
    seconds: float


class Crowd:
    """Asks from one private chat after another, and remembers what each was told."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self._telegram = telegram
        self.told: list[Told] = []

    async def ask(self, count: int) -> list[Told]:
        """Ask `count` questions, some at once, and return what was told."""
        before = len(self.told)
        while (done := len(self.told) - before) < count:
            numbers = range(len(self.told), len(self.told) + min(AT_ONCE, count - done))
            self.told += await asyncio.gather(*map(self._ask_one, numbers))
        return self.told[before:]

    async def ask_until_answered(self, answers: dict[str, str]) -> None:
        """Ask until every question has its answer again."""
        until = time.monotonic() + RECOVERY_SECONDS
        while {each.text for each in await self.ask(len(QUESTIONS))} != set(answers.values()):
            assert time.monotonic() < until
            await asyncio.sleep(0.5)

    async def _ask_one(self, number: int) -> Told:
        question, start = QUESTIONS[number % len(QUESTIONS)], time.monotonic()
        chat = self._telegram.private(f"Person {number}")
        chat.says(question)
        sent = await chat.reply()
        return Told(question, sent.text, time.monotonic() - start)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster(3, jars.prepare()) as nodes:
        yield nodes


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    with PostgresServer(durable=True) as server:
        yield server


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


def check_told(told: list[Told], answers: dict[str, str], *, may_fail: bool) -> None:
    """Check that everybody was told what is so, and in time."""
    wrong = [each for each in told if each.text != answers[each.question] and each.text != say("cannot_search")]
    assert wrong == []
    assert max(each.seconds for each in told) < DEADLINE
    if not may_fail:
        assert [each for each in told if each.text == say("cannot_search")] == []


async def test_a_cluster_that_dies_hangs_and_comes_back_is_never_silent(
    telegram: FakeTelegram, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENSEARCH_URL", ",".join(cluster.urls))
    options = {"prefix": "outages", "shards": 3, "copies": 1}
    engine = EngineSettings(name="opensearch", options={"opensearch": options})
    router = await bootstrap.build_router(Settings(corpus="facial-recognition", engine=engine))
    crowd, nodes = Crowd(telegram), cluster.names
    async with running(telegram, router):
        whole = await crowd.ask(20)
        answers = {each.question: each.text for each in whole}
        check_told(whole, answers, may_fail=False)
        assert say("cannot_search") not in answers.values()

        cluster.kill(nodes[0])
        check_told(await crowd.ask(40), answers, may_fail=True)
        await mend(cluster, crowd, answers, lambda: cluster.start_node(nodes[0]))

        cluster.hang(nodes[1])
        check_told(await crowd.ask(40), answers, may_fail=True)
        await mend(cluster, crowd, answers, lambda: cluster.wake(nodes[1]))

        for name in nodes[:2]:
            cluster.kill(name)
        lost = await crowd.ask(40)
        check_told(lost, answers, may_fail=True)
        assert say("cannot_search") in {each.text for each in lost}
        await mend(cluster, crowd, answers, lambda: start_all(cluster, nodes[:2]))

        check_told(await crowd.ask(60), answers, may_fail=False)
    check_told(crowd.told, answers, may_fail=True)
    assert len(crowd.told) >= 200


def start_all(cluster: Cluster, names: list[str]) -> None:
    for name in names:
        cluster.start_node(name)


async def mend(cluster: Cluster, crowd: Crowd, answers: dict[str, str], work: Callable[[], object]) -> None:
    """Bring back what was broken, and ask until everything is well; nobody does anything else for it."""
    work()
    await crowd.ask_until_answered(answers)
    await asyncio.to_thread(cluster.wait, 3, "yellow")


async def test_a_database_that_dies_hangs_and_comes_back_costs_no_answer(
    telegram: FakeTelegram, database: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url)
    router = await bootstrap.build_router(Settings(corpus="facial-recognition"))
    crowd = Crowd(telegram)
    async with running(telegram, router):
        answers = {each.question: each.text for each in await crowd.ask(40)}
        database.kill()
        await crowd.ask(40)
        database.start()
        await crowd.ask(30)
        database.hang()
        await crowd.ask(40)
        database.wake()
        await crowd.ask(50)

        check_told(crowd.told, answers, may_fail=False)
        assert len(crowd.told) == 200
        # Well again by itself: what is written now is there for another process.
        other = await bootstrap.build_router(Settings(corpus="facial-recognition"))
        async with asyncio.timeout(10):
            while await other.state.find_kept("answer", "1/2") != b"3":
                await router.state.keep("answer", "1/2", b"3", 60)
                await asyncio.sleep(0.2)
        await other.close()
    counts = [len(chat_answers) for chat_answers in telegram_answers(telegram).values()]
    assert counts == [1] * 200


def telegram_answers(telegram: FakeTelegram) -> dict[int, list[str]]:
    """Return what each chat was sent."""
    sent: dict[int, list[str]] = {}
    for call in telegram.answered("sendMessage"):
        sent.setdefault(call.given["chat_id"], []).append(call.given["text"])
    return sent
