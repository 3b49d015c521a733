"""Claims, following and reloads of all corpora, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.service import router as router_module
from bot.service.router import Router
from bot.storage import Claim
from tests.corpus_folders import CY, QUESTION, UNSAFE, article, text
from tests.shared_storage import SharedStorage, start


@pytest.fixture
def storage() -> SharedStorage:
    return SharedStorage()


async def test_storage_that_is_down_keeps_nobody_from_an_answer(
    folder: Path, storage: SharedStorage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.is_down = True
    _, service = await start(folder, storage)
    router = Router([service], storage)

    assert await router.claim_update(7, 60) is Claim.OURS
    await router.settle_update(7, done=True)
    await router.claim_update(8, 60)
    await router.settle_update(8, done=True)
    storage.is_down = False
    await router.claim_update(9, 60)
    await router.settle_update(9, done=True)
    storage.is_down = True
    await router.claim_update(10, 60)
    await router.settle_update(10, done=True)

    assert UNSAFE in text(await service.ask(QUESTION))
    for told in ("not noted as served", "not claimed update=7", "not settled update=7", "not claimed update=10"):
        assert told in caplog.text
    assert "not settled update=10" in caplog.text
    assert "update=8" not in caplog.text


async def test_processes_follow_until_they_are_stopped(
    folder: Path, storage: SharedStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router_module, "FOLLOW_SECONDS", 0.01)
    (one, _), (other, service) = await start(folder, storage), await start(folder, storage)
    router, stop = Router([service], storage), asyncio.Event()
    task = asyncio.create_task(router.follow(stop))
    (folder / "c.txt").write_text(article(CY), "utf-8")

    await one.switch(await one.prepare())

    async with asyncio.timeout(20):
        while other.generation == 0:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)
        stop.set()
        await task
    assert len(other.snapshot.corpus.documents) == 3
    await router.close()


@pytest.mark.parametrize("fault", ["its losses cannot be kept", "a defect"])
async def test_who_cannot_follow_at_first_goes_on_trying_and_says_so_once(
    folder: Path,
    storage: SharedStorage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: str,
) -> None:
    monkeypatch.setattr(router_module, "FOLLOW_SECONDS", 0.01)
    (one, _), (other, service) = await start(folder, storage), await start(folder, storage)
    (folder / "c.txt").write_text(article(CY), "utf-8")
    await one.switch(await one.prepare())
    stop, attempts = asyncio.Event(), list[int]()

    def fail() -> None:
        attempts.append(1)
        if len(attempts) < 3:
            storage.meanwhile["retire"] = fail
            raise StorageError("the disk", "full", "make room") if fault != "a defect" else ZeroDivisionError
        stop.set()

    storage.meanwhile["retire"] = fail
    await asyncio.wait_for(Router([service], storage).follow(stop), 20)

    assert len(other.snapshot.corpus.documents) == 3
    assert caplog.text.count("not followed corpus=bridge") == 1
    assert ("Traceback" in caplog.text) == (fault == "a defect")


async def test_every_corpus_is_read_again_and_what_came_of_it_is_logged(
    folder: Path, storage: SharedStorage, caplog: pytest.LogCaptureFixture
) -> None:
    _, service = await start(folder, storage)
    (folder / "c.txt").write_text(article(CY, title="Bakers"), "utf-8")

    with caplog.at_level("INFO"):
        await Router([service], storage).reload()

    assert any(record.message.startswith("reload corpus=bridge Reloaded") for record in caplog.records)
    assert len(service.corpus.documents) == 3
