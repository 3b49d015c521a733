"""Does a cluster find what the embedded engine finds, and how long does it take?

    python -m tests.services 3 python -m tests.benchmarks.remote SHARDS COLLECTION...

COLLECTION is a folder in BEIR layout, as `judged` reads it. Every judged question is asked of both;
the first ten are compared, and the stems that each of fifty hits shares with the question.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from bot.analysis import Analyser
from bot.model import Document, Kind, Passage, Span
from bot.search import Hit, bm25, opensearch
from tests.benchmarks import judged

# Scores are sums of 32-bit floats, each within 2 to the power of -17 of the embedded engine's.
TIE = 1e-5
DEPTH = 50


def passages(collection: judged.Collection) -> Iterator[Passage]:
    """Yield the passages of a collection; those of one parent are the paragraphs of one document."""
    for parent, group in groupby(collection.passages, lambda each: each.parent or each.id):
        texts = [each.whole.replace("\n", " ") for each in group]
        document = Document(id=parent, text="\n\n".join(texts))
        start = 0
        for paragraph, text in enumerate(texts, 1):
            span = Span(start, start + len(text))
            yield Passage(document, span, span, Kind.NARRATION, paragraph)
            start = span.end + 2


def is_same_order(ours: Sequence[Hit], theirs: Sequence[Hit]) -> bool:
    """Return whether the first ten are the same, but for those that our scores hardly tell apart."""
    scores = {id(hit.passage): hit.score for hit in ours}
    pairs = list(zip(ours[:10], theirs[:10], strict=True))
    return all(abs(scores.get(id(right.passage), 0.0) / left.score - 1) < TIE for left, right in pairs)


def main(shards: int, folders: Sequence[str]) -> None:
    os.environ["OPENSEARCH_URL"] = os.environ["TEST_OPENSEARCH_URLS"]
    analyser = Analyser("english")
    for folder in folders:
        collection = judged.collection(Path(folder))
        found = tuple(passages(collection))
        embedded = bm25.build(found, analyser, bm25.Options())
        start = time.perf_counter()
        options = opensearch.Options(prefix="benchmark", shards=shards, timeout=30)
        cluster = opensearch.build(found, analyser, options)
        built = time.perf_counter() - start
        queries = [judged.query(judged.stems(analyser, text)) for text in collection.queries.values()]
        times: list[tuple[float, float]] = []
        same = matched = hits = identical = 0
        worst = 0.0
        for query in queries:
            begin = time.perf_counter()
            ours = embedded.search(query, DEPTH)
            middle = time.perf_counter()
            theirs = cluster.search(query, DEPTH)
            times.append((middle - begin, time.perf_counter() - middle))
            same += is_same_order(ours, theirs)
            identical += [id(hit.passage) for hit in ours[:10]] == [id(hit.passage) for hit in theirs[:10]]
            by_passage = {id(hit.passage): hit for hit in theirs}
            for hit in ours:
                if other := by_passage.get(id(hit.passage)):
                    hits += 1
                    matched += hit.matched_stems == other.matched_stems
                    worst = max(worst, abs(other.score / hit.score - 1))
        embedded_ms, cluster_ms = (np.percentile(column, [50, 95]) * 1000 for column in zip(*times, strict=True))
        print(
            f"{collection.name}: {len(found)} passages, {len(queries)} questions, {shards} shards; same first ten "
            f"{same / len(queries):.4f} ({identical / len(queries):.4f} exactly); stems equal {matched} of {hits}; "
            f"worst score error {worst:.1e}; built {built:.1f} s; p50/p95 ms embedded {embedded_ms[0]:.2f}/"
            f"{embedded_ms[1]:.2f}, cluster {cluster_ms[0]:.1f}/{cluster_ms[1]:.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
