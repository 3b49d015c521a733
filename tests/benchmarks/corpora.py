"""Hansard files to answers, and again with one file changed: how long, and how much memory.

    python tests/benchmarks/corpora.py PATH [--json]

PATH is a folder of TheyWorkForYou XML. It is copied, and nothing in it changed.
One file is changed in the middle for each reload: one of middling size, then the
largest. `share` is a reload's part of the time to the first answer; `peak_mb` is
the most that the process ever held.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Callable

from bot import bootstrap
from bot.service import Service
from bot.settings import Settings
from tests.benchmarks import measuring

if TYPE_CHECKING:
    from tests.benchmarks.measuring import Row

MANIFEST = """\
title = "Proceedings, for measuring"
motion = "This House should be measured"
language = "english"
curator = "a benchmark"
basis = "Open Parliament Licence"
"""
QUESTION = "What did ministers say about child poverty?"
ADDED = "<p>One more paragraph, added to measure a reload.</p></speech>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = answers(given.path)
    print("\n".join(map(json.dumps, rows)) if given.json else measuring.table(rows, list(rows[0])))


def answers(path: Path) -> list[Row]:
    """Return a row for the first answer from the files at `path`, and for each reload after it."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "hansard"
        shutil.copytree(path, folder, ignore=lambda _, names: {n for n in names if n[-4:] != ".xml"})
        (folder / "corpus.toml").write_text(MANIFEST, "utf-8")
        return asyncio.run(_measured(folder))


async def _measured(folder: Path) -> list[Row]:
    settings = Settings(corpus="hansard", corpora_folder=folder.parent)
    began, spent = time.perf_counter(), time.process_time()
    desk = await bootstrap.build_service(settings)
    status = desk.answer(QUESTION).status
    first = _row("read, index, first answer", began, spent, desk)
    assert status == "answered"
    rows = [first]
    for what, size in (("middling", lambda count: count // 2), ("largest", lambda _: -1)):
        changed = _change(folder, size)
        began, spent = time.perf_counter(), time.process_time()
        reply = await desk.admin.reload()
        assert "1 (" in reply.blocks[1][0].text, changed
        rows.append(_row(f"reload, the {what} file changed", began, spent, desk))
    return [row | {"share": round(row["cpu_s"] / first["cpu_s"], 3)} for row in rows]


def _row(step: str, began: float, spent: float, desk: Service) -> Row:
    return {
        "step": step,
        "documents": len(desk.corpus.documents),
        "passages": len(desk.corpus.passages),
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_s": round(time.process_time() - spent, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _change(folder: Path, of: Callable[[int], int]) -> str:
    """Add a paragraph to the middle of one file, and return its name."""
    served = [path for path in folder.glob("*.xml") if 'latest="no"' not in path.read_text("latin-1")]
    path = sorted(served, key=lambda each: each.stat().st_size)[of(len(served))]
    text = path.read_text("latin-1")
    at = text.index("</speech>", len(text) // 2)
    path.write_text(text[:at] + ADDED + text[at + len("</speech>") :], "latin-1")
    return path.name


if __name__ == "__main__":
    main()
