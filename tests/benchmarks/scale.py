"""Time and memory of ours and of peers at 1,000 to 1,000,000 passages.

    python tests/benchmarks/scale.py [PATH...] [--sizes 1000 10000 ...] [--json]

The passages are windows of at most 80 words of the collections at PATH, and the
questions are theirs; beyond the windows there are, windows are drawn again with
some words replaced. Without a PATH both are made up, with words as frequent as
in real text. All engines are given the same stems, one field of them;
`ours-recipe` has its pairs of words besides. Each runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Iterator, Sequence

from bot.analysis import Analyser
from bot.search.bm25.engine import Bm25Options
from bot.search.bm25.text_ranking import Text, build_ranking, ranking_from_arrays, ranking_to_arrays
from bot.storage.array_file import open_arrays, save_arrays
from tests.benchmarks import judged, measuring
from tests.benchmarks.peers import ONE_FIELD, SCALED

if TYPE_CHECKING:
    from tests.benchmarks.measuring import Row

SIZES = (1_000, 10_000, 100_000, 1_000_000)
WINDOW = 80
QUESTIONS = 300
COLUMNS = (
    "passages", "engine", "p50_ms", "p99_ms", "quicker", "build_s",
    "peak_mb", "resident_mb", "hostile_ms", "save_s", "open_ms", "first_ms", "disk_mb",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Windows of stems to draw passages from, and questions."""

    windows: Sequence[Sequence[str]]
    questions: Sequence[Sequence[str]]

    def texts(self, size: int) -> Iterator[Text]:
        """Yield `size` passages, the same ones every time."""
        chance = np.random.default_rng(size)
        order = chance.permutation(len(self.windows))
        for place in order[:size].tolist():
            yield Text(self.windows[place])
        words = [stem for window in self.windows[:: max(1, len(self.windows) // 20_000)] for stem in window]
        for number in range(max(0, size - len(self.windows))):
            yield Text(_redrawn(self.windows[int(chance.integers(len(self.windows)))], words, chance, number))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", choices=SCALED, help="measure this one, in this process")
    given = parser.parse_args()
    if given.engine:
        print(json.dumps(measured(source(given.paths), given.sizes[0], given.engine)))
        return
    paths = [str(path) for path in given.paths]
    for size in given.sizes:
        rows = [measuring.child(__file__, *paths, "--sizes", str(size), "--engine", engine) for engine in SCALED]
        usual = next((row["p50_ms"] for row in rows if row["engine"] == "rank-bm25"), 0.0)
        rows = [row | {"quicker": round(usual / row["p50_ms"], 1)} for row in rows]
        shown = map(json.dumps, rows) if given.json else [measuring.table(rows, COLUMNS)]
        print(*shown, sep="\n", flush=True)


def measured(drawn: Source, size: int, engine: str) -> Row:
    """Return the row of one engine at one size."""
    best, cost = measuring.built(lambda: SCALED[engine](drawn.texts(size)))
    slow = engine in {"rank-bm25", "fts5"} and size > 10_000
    many = max(9, 4_000_000 // size) if slow else QUESTIONS
    times = measuring.milliseconds(lambda words: best(words, 10), drawn.questions[:many])
    row = {
        "passages": size,
        "engine": engine,
        **measuring.percentiles(times),
        "build_s": round(cost.seconds, 2),
        "peak_mb": round(cost.peak_mb, 1),
        "resident_mb": round(cost.resident_mb, 1),
    }
    if engine.startswith("ours"):
        row["hostile_ms"] = round(max(measuring.milliseconds(lambda w: best(w, 50), [hostile(drawn)])), 2)
    return row | saved(drawn, size) if engine == "ours-numpy" else row


def hostile(drawn: Source) -> list[str]:
    """Return a question of 4,096 words of the passages, the most frequent among them."""
    windows = drawn.windows[:: max(1, len(drawn.windows) // 5000)]
    common = Counter(stem for window in windows for stem in window)
    return [stem for stem, _ in common.most_common(4096)]


def saved(drawn: Source, size: int) -> Row:
    """Return what saving and opening cost, once the answers are seen to be the same."""
    options = Bm25Options.model_validate({"fast": False, **ONE_FIELD})
    ranking = build_ranking(drawn.texts(size), options)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        start = time.perf_counter()
        save_arrays(path, "scale", ranking_to_arrays(ranking))
        saving = time.perf_counter()
        again = ranking_from_arrays(open_arrays(path, "scale") or {}, options)
        opening = time.perf_counter()
        for number, question in enumerate(drawn.questions):
            found = again.find_best(judged.query(question), 10)
            if not number:
                first = time.perf_counter() - opening
            same = ranking.find_best(judged.query(question), 10)
            if not all(np.array_equal(a, b) for a, b in zip(found, same, strict=True)):
                sys.exit(f"reopened index differs: {question}")
        disk = path.stat().st_size
    return {
        "save_s": round(saving - start, 3),
        "open_ms": round((opening - saving) * 1000, 2),
        "first_ms": round(first * 1000, 3),
        "disk_mb": round(disk / 2**20, 1),
    }


def source(paths: Sequence[Path]) -> Source:
    """Return the windows and questions of the collections at `paths`, or made-up ones."""
    if not paths:
        return _made_up()
    analyser = Analyser("english")
    windows: list[list[str]] = []
    questions: list[list[str]] = []
    for path in paths:
        found = judged.collection(path)
        for passage in found.passages:
            words = passage.whole.split()
            cut = (" ".join(words[at : at + WINDOW]) for at in range(0, len(words), WINDOW))
            windows += filter(None, (judged.stems(analyser, window) for window in cut))
        asked = list(found.queries.values())[: -(-QUESTIONS // len(paths))]
        questions += filter(None, (judged.stems(analyser, text) for text in asked))
    return Source(windows, questions)


def _made_up() -> Source:
    chance = np.random.default_rng(0)
    vocabulary = [f"w{number}" for number in range(60_000)]
    weight = 1 / np.arange(10, len(vocabulary) + 10)
    drawn = chance.choice(len(vocabulary), (100_000, 37), p=weight / weight.sum())
    windows = [[vocabulary[n] for n in row] for row in drawn.tolist()]
    asked = chance.choice(len(vocabulary), (QUESTIONS, 7), p=weight / weight.sum())
    return Source(windows, [[vocabulary[n] for n in row] for row in asked.tolist()])


def _redrawn(window: Sequence[str], words: Sequence[str], chance: np.random.Generator, number: int) -> list[str]:
    """Return `window` with 15 % of its words drawn anew, and 0.5 % never seen before."""
    rolls, others = (chance.random(len(window)).tolist(), chance.integers(len(words), size=len(window)).tolist())
    return [
        f"new{number}" if roll < 0.005 else words[other] if roll < 0.155 else stem
        for stem, roll, other in zip(window, rolls, others, strict=True)
    ]


if __name__ == "__main__":
    main()
