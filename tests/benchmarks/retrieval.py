"""Quality, time and memory of ours and of peers on test collections in BEIR layout.

    python tests/benchmarks/retrieval.py PATH... [--json]

Each engine runs in a process of its own. With `--json`, one line for each
collection and engine; without, a table, the ratios to rank-bm25, and how well
questions of other domains are told from a collection's own.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Sequence

from bot.analysis import Analyser
from bot.search.bm25.engine import Bm25Options
from bot.search.bm25.text_ranking import Ranking, Text, build_ranking
from tests.benchmarks import judged, measuring, slips
from tests.benchmarks.equality import largest_difference
from tests.benchmarks.peers import ENGINES, ours

if TYPE_CHECKING:
    from tests.benchmarks.judged import Collection
    from tests.benchmarks.measuring import Row

COLUMNS = (
    "collection", "engine", "passages", "ndcg10", "recall100", "map",
    "p50_ms", "p99_ms", "build_s", "peak_mb", "resident_mb",
)  # fmt: skip
DEEP = 1000
MOST = 200
K1 = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", choices=ENGINES, help="measure this one, in this process")
    parser.add_argument("--option", action="append", default=[], help="of ours, as parent=0")
    given = parser.parse_args()
    options = dict(option.split("=") for option in given.option)
    if given.engine:
        print(json.dumps(measured(given.paths[0], given.engine, options)))
        return
    rows: list[Row] = []
    for path in given.paths:
        for engine in ENGINES:
            chosen = [f"--option={option}" for option in given.option]
            rows.append(measuring.child(__file__, str(path), "--engine", engine, *chosen))
            if given.json:
                print(json.dumps(rows[-1]), flush=True)
    if not given.json:
        report(rows, given.paths)


def measured(folder: Path, engine: str, options: dict[str, str]) -> Row:
    """Return the row of one engine on one collection; `options` are for ours."""
    found, analyser = judged.collection(folder), Analyser("english")
    if engine.endswith("readme"):
        texts = [Text([passage.whole]) for passage in found.passages]
        asked = {key: [text] for key, text in found.queries.items()}
    else:
        texts = list(judged.texts(found, analyser))
        asked = {key: judged.stems(analyser, text) for key, text in found.queries.items()}
    build = partial(ours, options={"fast": engine == "ours-fast", **options})
    engines = {**ENGINES, "ours-numpy": build, "ours-fast": build}
    best, cost = measuring.built(lambda: engines[engine](texts))
    times = measuring.milliseconds(lambda words: best(words, 10), list(asked.values())[:300])
    ids = [passage.id for passage in found.passages]
    ranked = {key: [ids[n] for n in best(words, DEEP)] for key, words in asked.items()}
    return {
        "collection": found.name,
        "engine": engine,
        "passages": len(ids),
        **quality(ranked, found),
        **measuring.percentiles(times),
        "build_s": round(cost.seconds, 3),
        "peak_mb": round(cost.peak_mb, 1),
        "resident_mb": round(cost.resident_mb, 1),
    }


def quality(ranked: dict[str, list[str]], found: Collection) -> dict[str, float]:
    each = [(ranked[key], found.judged[key]) for key in ranked]
    measures = {
        "ndcg10": judged.ndcg, "recall100": judged.recall, "map": judged.average_precision,
    }  # fmt: skip
    return {name: round(float(np.mean([measure(*pair) for pair in each])), 4) for name, measure in measures.items()}


def report(rows: Sequence[Row], paths: Sequence[Path]) -> None:
    print(measuring.table(rows, COLUMNS))
    print("\nmean nDCG@10, and how many times quicker than rank-bm25 on the same stems (p50)")
    usual = {row["collection"]: row["p50_ms"] for row in rows if row["engine"] == "rank-bm25"}
    for engine, mine in groupby(sorted(rows, key=_engine), key=_engine):
        of = list(mine)
        mean = np.mean([row["ndcg10"] for row in of])
        ratios = " ".join(f"{usual[row['collection']] / row['p50_ms']:.1f}" for row in of)
        print(f"{engine:>18}  {mean:.4f}  {ratios}")
    print("\nlargest difference from rank-bm25's own get_scores, with floors 0 and 50")
    for path in paths:
        print(f"{path.name:>18}  {' '.join(f'{find_largest_difference(path, floor):.1e}' for floor in (0, 50))}")
    print("\nnDCG@10 of questions clean, mended though clean, damaged, damaged and mended; ms to mend")
    spelt = [spelling(path) for path in paths]
    for path, figures in zip(paths, spelt, strict=True):
        print(f"{path.name:>18}  {' '.join(f'{figure:.4f}' for figure in figures)}")
    print(f"{'mean':>18}  {' '.join(f'{figure:.4f}' for figure in np.mean(spelt, axis=0))}")
    print("\ntelling a collection's own questions from other domains' (AUC, mean / worst / pooled)")
    for signal, (each, pooled) in refusal([judged.collection(path) for path in paths]).items():
        print(f"{signal:>18}  {np.mean(each):.3f} / {min(each):.3f} / {pooled:.3f}")


def find_largest_difference(folder: Path, floor: int) -> float:
    """Return the largest difference over 20 questions of the collection in `folder`."""
    found, analyser = judged.collection(folder), Analyser("english")
    texts = [text.body for text in judged.texts(found, analyser)]
    asked = [judged.stems(analyser, text) for text in list(found.queries.values())[:20]]
    return largest_difference(texts, asked, floor=floor)


def spelling(folder: Path) -> tuple[float, float, float, float, float]:
    """Return nDCG@10 as the report heads it, and the mean time to mend a damaged question."""
    found, analyser = judged.collection(folder), Analyser("english")
    ranking = build_ranking(judged.texts(found, analyser), Bm25Options())
    mender = slips.Mender(found, analyser)
    damaged = slips.damaged(found.queries)
    start = time.perf_counter()
    for text in damaged.values():
        mender.stems(text)
    took = (time.perf_counter() - start) * 1000 / len(damaged)
    ways = [
        {key: judged.stems(analyser, text) for key, text in found.queries.items()},
        {key: mender.stems(text) for key, text in found.queries.items()},
        {key: judged.stems(analyser, text) for key, text in damaged.items()},
        {key: mender.stems(text) for key, text in damaged.items()},
    ]
    ids = [passage.id for passage in found.passages]

    def gained(asked: dict[str, list[str]]) -> float:
        best = {key: ranking.find_best(judged.query(stems), 10)[0] for key, stems in asked.items()}
        ranked = {key: [ids[n] for n in texts] for key, texts in best.items()}
        return float(np.mean([judged.ndcg(ranked[key], found.judged[key]) for key in ranked]))

    clean, mended, broken, again = map(gained, ways)
    return clean, mended, broken, again, took


def _engine(row: Row) -> str:
    return str(row["engine"])


def refusal(collections: Sequence[Collection]) -> dict[str, tuple[list[float], float]]:
    """Return, for each signal, the AUC on each collection, and over all with one threshold."""
    analyser = Analyser("english")
    own: list[list[dict[str, float]]] = []
    others: list[list[dict[str, float]]] = []
    for found in collections:
        ranking = build_ranking(judged.texts(found, analyser), Bm25Options())
        foreign = [other for other in collections if other.domain != found.domain]
        own.append([signals(ranking, judged.stems(analyser, q)) for q in _some(found)])
        asked = [q for other in foreign for q in _some(other)]
        others.append([signals(ranking, judged.stems(analyser, q)) for q in asked])
    return {name: _areas(name, own, others) for name in own[0][0]} if any(others) else {}


def _some(found: Collection) -> list[str]:
    queries = list(found.queries.values())
    return queries[:: max(1, len(queries) // MOST)][:MOST]


def _areas(
    name: str, own: Sequence[Sequence[dict[str, float]]], others: Sequence[Sequence[dict[str, float]]]
) -> tuple[list[float], float]:
    positive = [[signal[name] for signal in one] for one in own]
    negative = [[signal[name] for signal in one] for one in others]
    each = [judged.area(p, n) for p, n in zip(positive, negative, strict=True) if n]
    return each, judged.area([*chain(*positive)], [*chain(*negative)])


def signals(ranking: Ranking, asked: list[str]) -> dict[str, float]:
    """Return what could tell that `asked` is off the subject, by the best passage found."""
    query = judged.query(asked)
    rarity = {stem: ranking.idf(stem) for stem in query.weights}
    texts, scores = ranking.find_best(query, 1)
    if not texts.size:
        return dict.fromkeys(("coverage", "score", "both", "long", "both-long"), 0.0)
    matched = ranking.find_matched_stems(query, texts)[0]
    coverage = sum(rarity[stem] for stem in matched) / sum(rarity.values())
    most = sum(rarity[stem] * many for stem, many in query.weights.items()) * (K1 + 1)
    score = scores.item(0) / most
    length = len(rarity) ** 0.5
    both = (coverage * score) ** 0.5
    return {"coverage": coverage, "score": score, "both": both, "long": coverage * length, "both-long": both * length}


if __name__ == "__main__":
    main()
