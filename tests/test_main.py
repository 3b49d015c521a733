"""The start of the program where there is hardly memory for it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Stands for what Python and C code say where memory ends: when the command line is loaded, or a thread is started.
SHORT_OF_MEMORY = """
import sys, threading
from bot import __main__ as entry
sys.argv = ["bot", "ask", "privacy"]

class Short:
    def find_spec(self, name, *_):
        if name == "bot.cli":
            raise {error}

def refuse(thread):
    # The one that reads the corpus has room, or none has.
    if {moment!r} == "at once" or thread.name != "build":
        raise RuntimeError("can't start new thread")
    start(thread)

start = threading.Thread.start
if {moment!r} == "at the import":
    sys.meta_path.insert(0, Short())
else:
    threading.Thread.start = refuse
entry.run()
"""


@pytest.mark.parametrize(
    ("error", "moment"),
    [
        ("MemoryError", "at the import"),
        ("SystemError('error return without exception set')", "at the import"),
        ("None", "at once"),
        ("None", "once the corpus is read"),
    ],
)
def test_too_little_memory_for_the_start_is_told_in_one_line(error: str, moment: str) -> None:
    code = SHORT_OF_MEMORY.format(error=error, moment=moment)
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"bot: memory: there is not enough[^\n]*\n", ended.stderr)
