"""Hansard files to answers, and again with one file changed: how long, and how much memory.

    python tests/benchmarks/corpora.py PATH

PATH is a folder of TheyWorkForYou XML. It is copied, and nothing in it changed.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import shutil
import tempfile
import time
from pathlib import Path

from bot import wiring
from bot.settings import Settings

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
    path: Path = parser.parse_args().path
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "hansard"
        shutil.copytree(
            path, folder, ignore=lambda _, names: {n for n in names if n[-4:] != ".xml"}
        )
        (folder / "corpus.toml").write_text(MANIFEST, "utf-8")
        asyncio.run(_measure(folder))


async def _measure(folder: Path) -> None:
    settings = Settings(corpus="hansard", corpora_folder=folder.parent)
    began = time.perf_counter()
    desk = wiring.desk(settings)
    answer = desk.answer(QUESTION)
    first = time.perf_counter() - began
    documents, passages = len(desk.corpus.documents), len(desk.corpus.passages)
    files = len(list(folder.glob("*.xml")))  # noqa: ASYNC240  nothing else runs
    print(f"{files} files, {files - documents} passed over, {passages:,} passages")
    print(f"{first:6.2f} s  read, index, first answer ({answer.status}, {_memory():.0f} MB peak)")
    _change(folder)
    began = time.perf_counter()
    reply = await desk.reload()
    spent = time.perf_counter() - began
    print(f"{spent:6.2f} s  reload with one file changed ({100 * spent / first:.0f} % of that)")
    print(f"{_memory():6.0f} MB  peak memory, both versions in it")
    assert "changed" in reply.blocks[1][0].text


def _change(folder: Path) -> None:
    """Add a paragraph to the last file of the largest half, in its middle."""
    served = [
        path for path in folder.glob("*.xml") if 'latest="no"' not in path.read_text("latin-1")
    ]
    path = sorted(served, key=lambda each: each.stat().st_size)[len(served) // 2]
    text = path.read_text("latin-1")
    at = text.index("</speech>", len(text) // 2)
    path.write_text(text[:at] + ADDED + text[at + len("</speech>") :], "latin-1")


def _memory() -> float:
    """Return the process's peak memory in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
