"""The suite itself: it ends, whatever a test does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SWALLOWING = """
import time

async def test_that_swallows_its_timeout():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
"""


@pytest.mark.timeout(120)
def test_the_suite_ends_when_a_test_swallows_its_timeout(tmp_path: Path) -> None:
    file = tmp_path / "test_swallowing.py"
    file.write_text(SWALLOWING)
    quickly = ("-p", "tests.conftest", "-o", "timeout=1", "-o", "watchdog=5")

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", "pyproject.toml", *quickly, str(file)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )

    assert ran.returncode == 1
    assert "test_that_swallows_its_timeout did not end" in ran.stderr
