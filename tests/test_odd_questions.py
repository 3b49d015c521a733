"""Whatever is typed gets a reply that can be sent: never an exception, an empty message or one too long."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.service import Service
from tests.odd_questions import ask_odd_questions

ROOT = Path(__file__).parents[1]


async def test_a_few_odd_questions_are_answered(desk: Service) -> None:
    await ask_odd_questions(desk, 200, seed=0)


@pytest.mark.timeout(300)
def test_two_thousand_odd_questions_are_answered(times: int) -> None:
    # In a process of its own, where nothing is traced: it takes a third of the time.
    asked = subprocess.run(
        [sys.executable, "-m", "tests.odd_questions", "1000", *map(str, range(2 * times))],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (asked.returncode, asked.stderr) == (0, "")
