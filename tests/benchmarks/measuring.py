"""Time and memory of one process, and a child process for each thing measured."""

from __future__ import annotations

import ctypes
import gc
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    Row = dict[str, Any]

_MB = 1024


@dataclass(frozen=True)
class Built:
    seconds: float
    peak_mb: float
    resident_mb: float


def built(build: Callable[[], Any]) -> tuple[Any, Built]:
    """Return what `build` returns, and what it cost above the state before it."""
    gc.collect()
    _trim()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the highest mark
    before, start = _memory("VmRSS"), time.perf_counter()
    made = build()
    seconds, peak = time.perf_counter() - start, _memory("VmHWM")
    gc.collect()
    _trim()
    return made, Built(seconds, peak - before, _memory("VmRSS") - before)


def milliseconds(ask: Callable[[Any], object], questions: Iterable[Any]) -> list[float]:
    """Return how long each of `questions` takes, after the first few have been asked once."""
    asked = list(questions)
    for question in asked[: max(5, len(asked) // 6)]:
        ask(question)
    times = []
    for question in asked:
        start = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - start) * 1000)
    return times


def percentiles(times: Sequence[float]) -> dict[str, float]:
    middle, late = np.percentile(times, [50, 99])
    return {"p50_ms": round(float(middle), 4), "p99_ms": round(float(late), 4)}


def child(script: str, *arguments: str) -> Row:
    """Run `script` with `arguments` in a process of its own; return the last line it prints."""
    command = [sys.executable, script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stderr.strip().splitlines()[-1:]}")
    row: Row = json.loads(done.stdout.splitlines()[-1])
    return row


def table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    cells = [list(columns)] + [[_shown(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)


def _shown(value: object) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _memory(mark: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"{mark}:\s+(\d+) kB", status)
    return int(found.group(1)) / _MB if found else 0.0


def _trim() -> None:
    """Give freed memory back, so that what stays is what is held."""
    ctypes.CDLL(None).malloc_trim(0)
