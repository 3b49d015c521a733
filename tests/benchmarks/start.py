"""From a cold start to the first answer: seconds and megabytes, beside a bare Python.

python tests/benchmarks/start.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
RUNS = 7
MOST_SECONDS = 1.0
MOST_MEGABYTES = 120.0
STARTS = {
    "python -c pass": ["-c", "pass"],
    "python -m bot ask": ["-m", "bot", "ask", "What does Liberty say about privacy?"],
}


class Cost(NamedTuple):
    """What one run took: by the clock, of the processor, and the most memory held at once."""

    seconds: float
    busy: float
    megabytes: float


def cost(arguments: list[str]) -> Cost:
    """Run Python once and return what that took."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(arguments)}: status {child.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6)


def main() -> int:
    """Print the median time and the highest memory of several runs; status 1 past the limits."""
    print(f"{'start to first answer':24} {'seconds':>8} {'of CPU':>8} {'MB':>7}")
    for name, arguments in STARTS.items():
        costs = [cost(arguments) for _ in range(RUNS)]
        seconds = statistics.median(run.seconds for run in costs)
        busy = statistics.median(run.busy for run in costs)
        megabytes = max(run.megabytes for run in costs)
        print(f"{name:24} {seconds:8.3f} {busy:8.3f} {megabytes:7.1f}")
    print(f"{'at most':24} {MOST_SECONDS:8.3f} {'':8} {MOST_MEGABYTES:7.1f}")
    return int(seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
