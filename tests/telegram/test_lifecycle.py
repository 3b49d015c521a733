"""`python -m bot run` as a process of its own: started, signalled, killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.telegram.fake.faults import Fault, delayed, dropped, gateway, refused
from tests.telegram.hosting import bot_run, ended, webhook
from tests.telegram.running import hook

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram


PROCFILE = dict(line.split(": python -m bot ") for line in Path("Procfile").read_text("utf-8").splitlines())


@pytest.mark.parametrize("kind", ["worker", "web"])
async def test_each_process_of_the_procfile_answers_and_ends_well_on_sigterm(
    telegram: FakeTelegram, kind: str, tmp_path: Path
) -> None:
    ana, heartbeat = telegram.private("Ana"), tmp_path / "heartbeat.json"
    pushed = webhook(hook()) if kind == "web" else {}
    async with bot_run(telegram, PROCFILE[kind], BOT_STATE_FOLDER=str(tmp_path), **pushed) as process:
        ana.says("What about privacy?")
        answer = await ana.reply()
        assert heartbeat.is_file()

        process.send_signal(signal.SIGTERM)

        status, printed = await ended(process)
    assert answer.quotes
    assert status == 0
    assert "Traceback" not in printed
    assert not heartbeat.exists()


async def test_a_second_sigterm_cuts_nothing_short(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    async with bot_run(telegram) as process:
        ana.says("/help")
        await ana.reply()
        telegram.faults.next("sendMessage", delayed(0.5))
        ana.says("What about privacy?")
        await telegram.until(lambda: len(sends(telegram)) == 2)

        for _ in range(3):
            os.kill(process.pid, signal.SIGTERM)

        status, printed = await ended(process)
    assert len(await ana.replies()) == 1
    assert status == 0
    assert "Traceback" not in printed


def sends(telegram: FakeTelegram) -> list[str]:
    return [call.given["text"] for call in telegram.calls if call.method == "sendMessage"]


async def test_no_question_is_lost_by_sigkill(telegram: FakeTelegram) -> None:
    people = [telegram.private(f"Person {number}") for number in range(60)]
    for person in people:
        person.says("What about privacy?")
    async with bot_run(telegram) as killed:
        await telegram.called("sendMessage", 10)
        killed.send_signal(signal.SIGKILL)
        await ended(killed)
    before = len(telegram.answered("sendMessage"))

    async with bot_run(telegram):
        answered = [len(await person.replies()) for person in people]

    assert before < len(people)
    assert min(answered) >= 1
    assert sum(answered) <= len(people) + 32


async def test_a_wrong_token_ends_it_in_one_line(telegram: FakeTelegram) -> None:
    wrong = "123456:AAwrongwrongwrongwrongwrongwrongwrong"
    async with bot_run(telegram, BOT_TOKEN=wrong) as process:
        status, printed = await ended(process)

    lines = [line for line in printed.splitlines() if line.startswith("bot: ")]
    assert status == 2
    assert lines == ["bot: BOT_TOKEN: Telegram rejects it; ask @BotFather for the current one"]
    assert "Traceback" not in printed
    assert wrong.partition(":")[2] not in printed


async def test_without_a_token_it_says_what_to_do(telegram: FakeTelegram) -> None:
    async with bot_run(telegram, BOT_TOKEN="") as process:
        status, printed = await ended(process)

    assert status == 2
    assert printed.splitlines()[-1].startswith("bot: BOT_TOKEN: not set; ")
    assert telegram.calls == []


async def test_at_debug_no_fault_prints_the_token_or_a_question(telegram: FakeTelegram) -> None:
    ana = telegram.private("Canaryname")
    body = Fault(raw=(200, "application/json", '{"ok": tru canarybirds'))
    telegram.faults.next("getMe", gateway())
    telegram.faults.next("getUpdates", body)
    telegram.faults.next("sendMessage", gateway(), dropped())
    async with bot_run(telegram, BOT_LOG_LEVEL="DEBUG") as process:
        telegram.inbox.put(message={"message_id": 1, "text": "canarybirds"})
        ana.says("canarybirds and privacy")
        await ana.replies()
        unread = refused(400, "Bad Request: can't parse entities: x")
        telegram.faults.next("sendMessage", body, unread)
        ana.says("canarybirds and surveillance")
        await ana.replies()
        process.send_signal(signal.SIGTERM)
        status, printed = await ended(process)

    assert status == 0
    assert "update skipped" in printed
    assert "markup refused" in printed
    for canary in (telegram.token.partition(":")[2], "canarybirds", "Canaryname"):
        assert canary not in printed
