"""Megabytes of the bot on a fake Telegram: resident after 100 answers, and the peak of a reload.

    python tests/benchmarks/memory.py [PATH] [--loaded]

Measured are the bundled corpus, 1,000 made articles of ten quotes each and, where PATH is a folder of
TheyWorkForYou XML, those files; each with numba, where it is installed, and without. A process loads numba once some
thousand questions were searched for; with `--loaded` it does so at once, which no bound is set for. Linux alone tells
these figures.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.corpora import MANIFEST
from tests.telegram.fake import FakeTelegram

ROOT = Path(__file__).parents[2]
QUESTIONS = 100
ARTICLES, QUOTES = 1_000, 10
# Resident after the answers, and at the peak of a reload: without numba, and with it.
BOUNDS = {"bundled": (110, 110, 110, 110), "hansard": (170, 220, 220, 280), "articles": (160, 220, 230, 300)}
# As it is installed: requirements.txt has neither of these, which python-telegram-bot and httpx load where development
# has them, 10 MB.
RUN = "import sys; sys.modules.update(cryptography=None, click=None); from bot.__main__ import run; run()"
RUN_LOADED = f"from bot.search.bm25 import scorer; scorer.NUMPY_TEXTS = 0; {RUN}"
# In the order in which they are asked for and written.
TEXT = """
river bridge council school hospital winter market street railway garden library engine harbour teacher budget
summer village doctor station window concert museum farmer ferry timber castle factory nurse painter meadow
orchard policy island lantern kitchen harvest journey captain thunder signal
"""
WORDS = TEXT.split()


class Figures(NamedTuple):
    """Megabytes of 2^20 bytes."""

    resident: int
    reload_peak: int
    is_loaded: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--loaded", action="store_true")
    options = parser.parse_args()
    is_over = False
    print(f"{'corpus':10} {'numba':>6} {'resident':>9} {'reload':>7}")
    with tempfile.TemporaryDirectory() as made:
        for name in build_corpora(Path(made), options.path):
            for fast in (False, True):
                run = RUN_LOADED if fast and options.loaded else RUN
                figures = asyncio.run(measure(Path(made), name, run, fast=fast))
                bounds = BOUNDS[name][2 * fast : 2 * fast + 2]
                numba = "loaded" if figures.is_loaded else "yes" if fast else "no"
                is_over |= not figures.is_loaded and (figures.resident > bounds[0] or figures.reload_peak > bounds[1])
                print(f"{name:10} {numba:>6} {figures.resident:9} {figures.reload_peak:7}  of {bounds}")
    return int(is_over)


def build_corpora(root: Path, path: Path | None) -> list[str]:
    """Make each corpus below `root`, and return their names."""
    shutil.copytree(ROOT / "corpus/facial-recognition", root / "bundled")
    names = ["bundled"]
    articles = root / "articles"
    articles.mkdir()
    for number in range(ARTICLES):
        (articles / f"a{number:04}.txt").write_text(write_article(number), "utf-8")
    names.append("articles")
    if path:
        shutil.copytree(path, root / "hansard", ignore=lambda _, found: {n for n in found if not n.endswith(".xml")})
        for file in (root / "hansard").iterdir():
            file.chmod(0o644)
        names.append("hansard")
    for name in names[1:]:
        (root / name / "corpus.toml").write_text(MANIFEST, "utf-8")
    return names


def write_article(number: int) -> str:
    """Return an article of ten quotes, no two of them alike."""
    header = f'+++\ntitle = "Article {number}"\npublisher = "The Test Gazette"\ndate = 2020-01-01\n+++\n'
    pick = [WORDS[(number * 7 + step * (number % 11 + 1)) % len(WORDS)] for step in range(QUOTES * 12)]
    quotes = (
        f"Ann{n} Low{number}, a {pick[12 * n]}, said: “The {' '.join(pick[12 * n : 12 * n + 12])} of {number} is ours.”"
        for n in range(QUOTES)
    )
    return header + "\n\n".join(quotes) + "\n"


async def measure(root: Path, name: str, run: str = RUN, *, fast: bool) -> Figures:
    """Run the bot on one corpus, ask it, change a file, reload it, and return its figures."""
    async with FakeTelegram() as telegram:
        given = {
            "BOT_TOKEN": telegram.token,
            "BOT_API_URL": telegram.url,
            "BOT_CORPORA_FOLDER": str(root),
            "BOT_CORPUS": name,
            "BOT_ENGINE__CACHE": str(root / "cache"),
            "BOT_ENGINE__OPTIONS__BM25__FAST": str(fast).lower(),
            "BOT_SURFACES__TELEGRAM__HEARTBEAT": "none",
        }
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", run, "run"),
            cwd=ROOT,
            env=os.environ | given,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            return await _ask_and_reload(telegram, child, root / name)
        finally:
            child.kill()
            await child.wait()


async def _ask_and_reload(telegram: FakeTelegram, child: asyncio.subprocess.Process, folder: Path) -> Figures:
    for number in range(QUESTIONS):
        person = telegram.private(f"Person {number}")
        person.says(f"What is said about the {WORDS[number % len(WORDS)]} and child poverty or privacy?")
        await telegram.until(lambda: not telegram.inbox.waiting, 120)
    resident = read_status(child.pid, "VmRSS")
    change_largest(folder)
    reset_peak(child.pid)
    child.send_signal(signal.SIGHUP)
    assert child.stderr
    while b"reload corpus=" not in await child.stderr.readline():
        pass
    return Figures(resident, read_status(child.pid, "VmHWM"), has_loaded_numba(child.pid))


def change_largest(folder: Path) -> None:
    """Add a line to the largest document."""
    documents = [path for path in folder.iterdir() if path.suffix != ".toml"]
    changed = max(documents, key=lambda path: path.stat().st_size)
    with changed.open("a", encoding="utf-8") as file:
        file.write("\n" if changed.suffix == ".xml" else "\nOne more line of words.\n")


def reset_peak(pid: int) -> None:
    """Have the kernel count the peak anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def has_loaded_numba(pid: int) -> bool:
    return "llvmlite" in Path(f"/proc/{pid}/maps").read_text("utf-8")


def read_status(pid: int, key: str) -> int:
    """Return a figure of the kernel's in megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(f"{key}:"))


if __name__ == "__main__":
    sys.exit(main())
