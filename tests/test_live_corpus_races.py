"""Reloads at the worst moment: amid questions, at a kill, on a disk that fails at any call."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from errno import EIO, ENOSPC
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap, storage
from bot.corpus import load_corpus
from bot.replies.catalogue import say
from bot.service import Service
from bot.service.live_corpus import LiveCorpus
from bot.service.snapshot import BackgroundBuilder, BuildRunningError, Snapshot
from bot.storage import ServedCorpus, ShownQuote
from bot.storage import filesystem as seam
from bot.storage.stores.folder import FolderStorage, read_sealed, write_sealed
from tests.corpus_folders import ANN, BOB, CY, NEVER, QUESTION, UNSAFE, Failing, article, desk, settings, shown, text

ROOT = Path(__file__).parents[1]


async def test_of_two_reloads_at_once_one_is_refused_and_one_done(folder: Path, bridge: Service) -> None:
    (folder / "c.txt").write_text(article(CY), "utf-8")

    both = await asyncio.gather(bridge.admin.reload(), bridge.admin.reload())
    told = [text(reply) for reply in both]

    assert told[0].startswith("Reloaded.")
    assert told[1] == "A reload is already running."


async def test_of_two_switches_at_once_one_finds_nothing_left_to_switch_to(folder: Path, bridge: Service) -> None:
    (folder / "b.txt").unlink()
    manifest = folder / "corpus.toml"
    manifest.write_text(manifest.read_text("utf-8").partition('\n[[voices]]\nname = "Bob')[0], "utf-8")
    await bridge.admin.reload()

    both = await asyncio.gather(bridge.admin.reload("now"), bridge.admin.reload("now"))

    assert sorted(text(reply).partition(".")[0] for reply in both) == ["No reload is waiting", "Reloaded"]


class _SlowStorage(FolderStorage):
    """Storage that, once told to be slow, waits while what was shown is compared, or in the midst of a switch."""

    def __init__(self) -> None:
        super().__init__()
        self.slow, self.asked, self.go = False, threading.Event(), threading.Event()
        self.switches, self.may_switch = asyncio.Event(), asyncio.Event()
        self.may_switch.set()

    async def set_served(self, corpus: str, served: ServedCorpus) -> None:
        self.switches.set()
        await self.may_switch.wait()
        await super().set_served(corpus, served)

    def list_shown(self, corpus: str) -> Sequence[ShownQuote]:
        if self.slow:
            self.asked.set()
            self.go.wait(10)
        return super().list_shown(corpus)


async def test_one_is_refused_too_while_another_is_compared(folder: Path) -> None:
    made, kept = settings(folder.parent), _SlowStorage()
    served = await LiveCorpus.load(partial(bootstrap.build_snapshot, made, "bridge"), kept)
    kept.slow = True
    first = asyncio.create_task(served.prepare())
    await asyncio.to_thread(kept.asked.wait, 10)

    with pytest.raises(BuildRunningError):
        await served.prepare()
    kept.go.set()

    assert await served.switch(await first)


async def test_what_was_compared_with_the_corpus_before_a_switch_is_not_switched_to(folder: Path) -> None:
    made, kept = settings(folder.parent), _SlowStorage()
    served = await LiveCorpus.load(partial(bootstrap.build_snapshot, made, "bridge"), kept)
    (folder / "c.txt").write_text(article(CY), "utf-8")
    first = await served.prepare()
    kept.switches.clear()
    kept.may_switch.clear()
    switching = asyncio.create_task(served.switch(first))
    await kept.switches.wait()
    kept.slow = True
    comparing = asyncio.create_task(served.prepare())
    await asyncio.to_thread(kept.asked.wait, 10)
    kept.may_switch.set()

    assert await switching
    kept.go.set()
    assert not await served.switch(await comparing)


def _publish(folder: Path, edition: int) -> None:
    # Both documents change together: an answer that mixed two versions would show it.
    for name, said in (("a", ANN), ("b", BOB)):
        body = article(f"Edition {edition}.\n\n{said}", title=f"Edition {edition}")
        (folder / f"{name}.txt").write_text(body, "utf-8")


def _editions(bridge: Service, questions: int, last: threading.Event | None = None) -> list[int]:
    """Ask so many times, and on until `last`, and return which edition each answer came whole from."""
    found: list[int] = []
    while len(found) < questions or (last and not last.is_set()):
        chosen = bridge.answer("unsafe OR repairs").quotes
        [title] = {each.quote.passage.document.title or "" for each in chosen}
        assert {each.quote.text for each in chosen} == {UNSAFE, NEVER}
        found.append(int(title.split()[1]))
    return found


@pytest.mark.no_cover
@pytest.mark.timeout(300)
async def test_reloads_amid_questions_never_mix_two_versions(folder: Path, times: int) -> None:
    """20 reloads during 2,000 questions, or so many times as much: every answer comes whole from one version."""
    bridge = await desk(folder.parent)
    _publish(folder, 0)
    await bridge.admin.reload()
    await bridge.admin.reload("now")
    asked = 0
    for edition in range(1, 20 * times + 1):
        _publish(folder, edition)
        reloaded = threading.Event()
        asking = [asyncio.create_task(asyncio.to_thread(_editions, bridge, 33, reloaded)) for _ in range(3)]
        told = await bridge.admin.reload()
        reloaded.set()

        assert text(told).startswith("Reloaded.")
        for editions in await asyncio.gather(*asking):
            # What was asked before the switch, and what was asked behind it.
            assert set(editions) <= {edition - 1, edition}
            assert editions == sorted(editions)
            asked += len(editions)
        assert _editions(bridge, 1) == [edition]
        asked += 1

    assert asked >= 2000 * times
    assert f"Reloads since startup: {20 * times + 1}" in text(bridge.admin.show_status())


SLOW = """
import asyncio, signal, sys, time
from bot.service.snapshot import BackgroundBuilder

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    reload = asyncio.create_task(BackgroundBuilder().run(lambda: time.sleep(60)))
    await asyncio.sleep(0.1)
    print("building", flush=True)
    await stop.wait()
    reload.cancel()

asyncio.run(main())
"""


def test_the_end_of_the_process_does_not_wait_for_a_reload() -> None:
    with subprocess.Popen([sys.executable, "-c", SLOW], stdout=subprocess.PIPE, cwd=ROOT) as bot:
        assert bot.stdout
        assert bot.stdout.readline() == b"building\n"
        began = time.monotonic()
        bot.send_signal(signal.SIGTERM)

        assert bot.wait(10) == 0
        assert time.monotonic() - began < 5


class _Killing(seam.FileSystem):
    """A disk at whose n-th call the process is killed."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def __getattribute__(self, name: str) -> object:
        if not name.startswith("_"):
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
        return super().__getattribute__(name)


def test_a_kill_at_whichever_call_of_the_disk_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    path, states = tmp_path / "holds.json", (["a" * 50_000], ["b" * 50_000])
    write_sealed(path, states[0])
    seen: list[object] = []
    for calls in itertools.count(1):
        child = os.fork()
        if not child:
            seam.disk = _Killing(calls)
            write_sealed(path, states[1])
            os._exit(0)
        is_done = os.waitpid(child, 0)[1] == 0
        seen.append(read_sealed(path))
        if is_done:
            break
        assert seen[-1] in states

    assert seen[0] == states[0]
    assert seen[-1] == states[1]
    # Making the folder, removing, opening, writing, syncing, closing, replacing, and syncing the folder.
    assert len(seen) > 8


async def test_a_clock_set_back_changes_nothing(folder: Path) -> None:
    times = iter([datetime(2030, 1, 2, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)])
    last = datetime(2019, 1, 1, tzinfo=UTC)
    made = settings(folder.parent)
    load = partial(bootstrap.build_snapshot, made, "bridge")
    served = await LiveCorpus.load(load, storage.open_storage(), clock=lambda: next(times, last))
    os.utime(folder / "b.txt", (0, 0))
    (folder / "c.txt").write_text(article(CY), "utf-8")

    assert await served.switch(await served.prepare())

    assert (served.generation, len(served.snapshot.corpus.documents)) == (1, 3)


async def test_a_change_that_keeps_time_and_size_is_noticed(folder: Path, bridge: Service) -> None:
    before = (folder / "a.txt").stat()
    (folder / "a.txt").write_text(article(ANN.replace("May", "Jun")), "utf-8")
    os.utime(folder / "a.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (folder / "a.txt").stat().st_size == before.st_size

    await bridge.admin.reload()
    await bridge.admin.reload("now")

    assert "in Jun." in bridge.corpus.documents[0].text


async def test_documents_that_are_all_alike_are_served_and_answer(folder: Path, bridge: Service) -> None:
    for number in range(20):
        (folder / f"copy-{number:02}.txt").write_text(article(ANN), "utf-8")

    await bridge.admin.reload()

    assert len(bridge.corpus.documents) == 22
    assert bridge.answer(QUESTION).quotes[0].quote.text == UNSAFE


# Every call of the file system, failed in turn.


async def test_whichever_call_of_the_disk_fails_the_corpus_is_whole_and_no_hold_is_lost(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fail the first call of a reload and a hold, then the second, until all went well; by turns as a full disk."""
    kept = folder.parent / "state"
    for n in range(1, 500):
        (folder / "a.txt").write_text(article(ANN), "utf-8")
        shutil.rmtree(kept, ignore_errors=True)
        bridge = await desk(folder.parent, state_folder=str(kept))
        await bridge.admin.hold(f"{await shown(bridge, 'ferry repairs')} disputed")
        known = await shown(bridge)
        (folder / "a.txt").write_text(article(CY, ANN), "utf-8")
        (folder / "c.txt").write_text(article(CY), "utf-8")
        old, fingerprint = bridge.corpus, load_corpus(folder).fingerprint
        errno = ENOSPC if n % 2 else EIO
        failing = Failing(n, OSError(errno, os.strerror(errno)))
        with monkeypatch.context() as patch:
            patch.setattr(seam, "disk", failing)
            told = text(await bridge.admin.reload())
            assert bridge.corpus is old or bridge.corpus.fingerprint == fingerprint
            assert told.startswith(("Reload stopped.", "Reloaded."))
            assert told.startswith("Reloaded.") is (bridge.corpus is not old)
            held = text(await bridge.admin.hold(f"{known} doubtful"))

        again = await desk(folder.parent, state_folder=str(kept))
        assert again.answer("ferry repairs").quotes == ()
        # What was told is so, and is so after the next start; a reload that was done has given the quote another id.
        if not told.startswith("Reloaded."):
            assert held.startswith((say("held", id=known), say("hold_failed", id=known)))
            is_held = held.startswith(say("held", id=known))
            assert (bridge.answer(QUESTION).quotes == (), again.answer(QUESTION).quotes == ()) == (is_held, is_held)
        if failing.calls < n:
            break
        (folder / "c.txt").unlink()
    assert told.startswith("Reloaded.")
    assert 30 < n < 499


async def test_aside_raises_what_the_build_raises_and_runs_one_at_a_time() -> None:
    aside = BackgroundBuilder()
    go = threading.Event()
    first = asyncio.create_task(aside.run(lambda: int(go.wait(10))))
    await asyncio.sleep(0)

    with pytest.raises(BuildRunningError):
        await aside.run(lambda: 2)
    go.set()
    assert await first == 1
    with pytest.raises(ZeroDivisionError):
        await aside.run(lambda: 1 // 0)
    assert await aside.run(lambda: 3) == 3


async def test_a_prepared_reload_that_something_else_overtook_is_not_switched_to(folder: Path) -> None:
    made = settings(folder.parent)
    load = partial(bootstrap.build_snapshot, made, "bridge")
    served = await LiveCorpus.load(load, storage.open_storage())
    first = await served.prepare()
    second = await served.prepare()

    assert not await served.switch(first)
    assert await served.switch(second)
    assert not await served.switch(second)


class _SwitchingExecutor(ThreadPoolExecutor):
    """Switches to `snapshot` just before a thread begins its work."""

    def __init__(self, live: LiveCorpus, snapshot: Snapshot) -> None:
        super().__init__(1)
        self._live, self._snapshot = live, snapshot

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        self._live.snapshot = self._snapshot
        return super().submit(work, *arguments, **options)


async def test_words_are_verified_in_the_corpus_that_the_reply_is_of(folder: Path) -> None:
    storage = FolderStorage()
    live = await LiveCorpus.load(partial(bootstrap.build_snapshot, settings(folder.parent), "bridge"), storage)
    service = Service(live, storage)
    checked = f"“{UNSAFE}”"
    before = text(await service.verify_quotes(checked))
    (folder / "a.txt").write_text(article(ANN.replace("unsafe", "shut")), "utf-8")
    prepared = await live.prepare()

    asyncio.get_running_loop().set_default_executor(_SwitchingExecutor(live, prepared.snapshot))

    assert text(await service.verify_quotes(checked)) == before
    assert text(await service.verify_quotes(checked)) != before
