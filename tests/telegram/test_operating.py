"""What an operator does to the process: signals, folders, streams."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.errors import StorageError
from bot.storage.filesystem import hold_state_folder
from tests import corpus_folders
from tests.corpus_folders import BOB, CY, article
from tests.telegram.fake.faults import delayed
from tests.telegram.hosting import bot_run, ended

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram


@pytest.mark.parametrize("method", ["getMe", "getWebhookInfo"])
async def test_sigterm_while_telegram_does_not_answer_at_the_start_stops_at_once(
    telegram: FakeTelegram, method: str
) -> None:
    telegram.faults.next(method, delayed(60))
    async with bot_run(telegram, BOT_SURFACES__TELEGRAM__PATIENCE="60") as process:
        await telegram.until(lambda: any(call.method == method for call in telegram.calls))
        began = time.monotonic()

        process.send_signal(signal.SIGTERM)
        status, printed = await ended(process)

    assert (status, time.monotonic() - began < 5) == (0, True)
    assert "Traceback" not in printed


async def test_sigterm_while_the_corpus_is_read_stops_at_once(telegram: FakeTelegram, tmp_path: Path) -> None:
    folder = corpus_folders.corpus(tmp_path)
    (folder / "big.txt").write_text(article(*[f"{BOB} {number}" for number in range(20_000)]), "utf-8")
    variables = {"BOT_CORPORA_FOLDER": str(tmp_path), "BOT_CORPUS": "bridge"}
    async with bot_run(telegram, **variables) as process:
        assert process.stderr
        # The first line of the log comes before anything is read.
        assert b"links and holds end with this process" in await process.stderr.readline()
        await asyncio.sleep(0.5)
        assert process.returncode is None

        process.send_signal(signal.SIGTERM)
        status, printed = await ended(process)

    assert status == 0
    assert "Traceback" not in printed
    assert not telegram.calls


@pytest.fixture
async def read_log(telegram: FakeTelegram, folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, Path]]:
    variables = {"BOT_CORPORA_FOLDER": str(folder.parent), "BOT_CORPUS": "bridge", "BOT_LOG_FORMAT": "json"}
    async with bot_run(telegram, **variables) as process:
        await telegram.called("getUpdates", 0)
        await telegram.until(lambda: any(call.method == "getUpdates" for call in telegram.calls))
        yield process, folder


async def test_sighup_reloads_and_logs_what_came_of_it(
    telegram: FakeTelegram, read_log: tuple[asyncio.subprocess.Process, Path]
) -> None:
    process, folder = read_log
    assert process.stderr
    (folder / "c.txt").write_text(article(CY, title="Roads"), "utf-8")

    process.send_signal(signal.SIGHUP)
    line = b""
    while b"reload corpus=bridge" not in line:
        line = await process.stderr.readline()
        # No library tells what it was asked to do.
        assert json.loads(line)["logger"].startswith("bot.")
    ana = telegram.private("Ana")
    ana.says("How far do customers drive round?")
    answer = await ana.reply()

    assert b'"level": "INFO"' in line
    assert "ten miles each way" in answer.text


def test_a_state_folder_is_one_processs_until_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "new/state"
    child = 0
    with hold_state_folder(folder):
        child = os.fork()
        if not child:
            try:
                with hold_state_folder(folder, 0.1):
                    os._exit(0)
            except StorageError as error:
                told = "another process keeps its state here; stop it, or give this one a folder of its own"
                os._exit(7 if str(error) == f"{folder}: {told}" else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    with hold_state_folder(folder, 0):
        pass


def test_a_state_folder_that_is_taken_is_told_where_it_is(tmp_path: Path) -> None:
    told = "another process keeps its state here"
    with hold_state_folder(tmp_path), pytest.raises(StorageError, match=told), hold_state_folder(tmp_path, 0):
        pytest.fail("it is taken")


def test_a_state_folder_that_cannot_be_written_to_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="free some disk space"), hold_state_folder(tmp_path / "file"):
        pytest.fail("a file is no folder")


async def test_a_pipe_that_nobody_reads_keeps_nobody_from_an_answer(telegram: FakeTelegram) -> None:
    people = [telegram.private(f"Person {number}") for number in range(40)]
    async with bot_run(telegram, BOT_LOG_LEVEL="DEBUG") as process:
        for person in people:
            person.says("What about privacy?")
        answered = [len(await person.replies()) for person in people]
        process.send_signal(signal.SIGTERM)
        status = (await ended(process))[0]

    assert min(answered) == 1
    assert status == 0
