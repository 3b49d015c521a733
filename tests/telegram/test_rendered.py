"""A sample of what `tests.benchmarks.rendered` asks, and that it finds each kind of fault."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from bot import bootstrap
from bot.replies.reply import Command, Piece, Style
from bot.service import Service
from bot.service.commands import run_command
from bot.settings import Settings
from tests.benchmarks.rendered import FOLDERS, find_faults
from tests.telegram.test_every_reply import make_random_questions
from tests.telegram.test_message_tables import questions

SAMPLE = 60


@pytest.mark.parametrize("folder", FOLDERS[:2], ids=str)
async def test_no_reply_has_a_fault(folder: Path) -> None:
    service = await bootstrap.build_service(Settings(corpus=folder.name, corpora_folder=folder.parent))
    asked = [*questions(service.corpus), *make_random_questions(service, 600, seed=7)]
    for command in map(Command.parse, random.Random(7).sample(asked, SAMPLE)):
        reply = await run_command(service, command)

        assert list(find_faults(service, command.text, reply)) == []


@pytest.mark.parametrize(
    ("piece", "kind"),
    [
        (Piece("This is dangerous", Style.QUOTE), "not its source"),
        (Piece("A model thinks so."), "stray"),
        (Piece("Source", url="https://t.me/RecordBot?start=a.b"), "refused"),
    ],
)
async def test_a_fault_is_found(desk: Service, piece: Piece, kind: str) -> None:
    reply = await desk.ask("privacy")
    faulty = replace(reply, blocks=((piece,), *reply.blocks))

    assert list(find_faults(desk, "privacy", reply)) == []
    assert kind in {fault for fault, _ in find_faults(desk, "privacy", faulty)}
