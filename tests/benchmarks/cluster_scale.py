"""What a corpus of made-up passages costs on a cluster, and beside it embedded and in tantivy.

    python -m tests.services 1 python -m tests.benchmarks.cluster_scale PASSAGES

Ten passages make a document, with voices and a title; words are as frequent as in real text. Each row is a process
of its own: one that holds the passages alone, one that holds the words of their documents besides, as a vocabulary
does, one that builds the index, one that finds it built and searches, and the embedded engine. "stored" puts texts and
passages into the index too, in two walks through a stream, and "by hit" serves them from there and holds neither. Two
hundred questions, fifty hits each, as a reply searches; "answers" makes whole answers. "catalogue" is what a process
holds that serves so many passages by hit, its cache of texts aside; it needs no cluster. One role: name it last.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Callable, Iterator, Sequence

from bot.analysis import Analyser
from bot.answers.answerer import Answerer
from bot.answers.document_words import load_document_words
from bot.answers.lookup import PassageFacts
from bot.answers.quoting import QuoteLengths
from bot.corpus.stored.catalogue import Catalogue, CatalogueBuilder
from bot.corpus.stored.passages import StoredPassages
from bot.corpus.stored.records import RecordStore
from bot.model import Corpus, Division, Document, HeldPassages, Kind, Passage, Span, Voice
from bot.search import Hit, Query, bm25, opensearch
from bot.search.bm25.text_ranking import Text
from tests.benchmarks import measuring
from tests.benchmarks.peers import SCALED

if TYPE_CHECKING:
    from tests.benchmarks.measuring import Row

ROLES = ("passages", "words", "catalogue", "stored", "by hit", "answers", "built", "served", "embedded", "tantivy")
COLUMNS = ("engine", "passages", "seconds", "peak_mb", "resident_mb", "p50_ms", "p95_ms")
PER_DOCUMENT = 10
VOICES = 2_000
WORDS = 60
QUESTIONS = 200
DEPTH = 50


def make_passages(count: int) -> Iterator[Passage]:
    """Yield the same passages every time."""
    chance = np.random.default_rng(0)
    vocabulary = np.array([f"w{number}x" for number in range(60_000)])
    weights = 1 / np.arange(10, len(vocabulary) + 10)
    cumulated = np.cumsum(weights / weights.sum())
    for first in range(0, count, PER_DOCUMENT):
        numbers = np.searchsorted(cumulated, chance.random((PER_DOCUMENT, WORDS))).clip(max=len(vocabulary) - 1)
        texts = [" ".join(vocabulary[row]).capitalize() + "." for row in numbers]
        document = Document(id=f"d{first}", title=f"Sitting {first}", text="\n\n".join(texts))
        start = 0
        for paragraph, text in enumerate(texts, 1):
            span = Span(start, start + len(text))
            voice = Voice(f"Ann {(first + paragraph) % VOICES} Low")
            yield Passage(document, span, span, Kind.DIRECT, paragraph, voice, ())
            start = span.end + 2


class MadeStream:
    """The same passages, document by document, as often as they are walked through."""

    def __init__(self, count: int) -> None:
        self.corpus = Corpus("made", "Made", "A motion.", "english", "nobody", "made up", (), HeldPassages())
        self.divisions: dict[str, Division] = {}
        self._count = count

    def __iter__(self) -> Iterator[tuple[Document, Sequence[Passage]]]:
        """Walk through the documents."""
        for _, group in groupby(make_passages(self._count), key=lambda passage: passage.document.id):
            passages = tuple(group)
            yield passages[0].document, passages

    def check(self) -> None:
        """Find nothing amiss."""


def make_texts() -> list[list[str]]:
    """Return the words of each question."""
    chance = np.random.default_rng(1)
    rows = (10 + chance.pareto(0.7, (QUESTIONS, 5)) * 40).astype(int).clip(max=59_999).tolist()
    return [[f"w{number}x" for number in row] for row in rows]


def make_questions() -> list[Query]:
    """Return questions of five words, two of them side by side."""
    analyser = Analyser("english")
    stems = [[analyser.stem(word) for word in words] for words in make_texts()]
    return [Query(dict.fromkeys(row, 1.0), ((row[0], row[1]),)) for row in stems]


def measure(role: str, count: int) -> Row:
    """Return one row, measured in this process."""
    analyser, start = Analyser("english"), time.perf_counter()
    if role == "tantivy":
        texts = (Text([word.stem for word in analyser.content_words(each.text)]) for each in make_passages(count))
        best = SCALED["tantivy"](texts)
        return _finish(role, count, start, lambda query: best(list(query.weights), 10))
    if role in {"catalogue", "stored", "by hit", "answers"}:
        return _measure_stored(role, count, analyser)
    passages = tuple(make_passages(count))
    if role == "passages":
        return _finish(role, count, start, None)
    if role == "words":
        held = [load_document_words(passage.document) for passage in passages[::PER_DOCUMENT]]
        return _finish(role, len(held) * PER_DOCUMENT, start, None)
    start = time.perf_counter()
    if role == "embedded":
        embedded = bm25.build(passages, analyser, bm25.Options())
        return _finish(role, count, start, lambda query: embedded.search(query, DEPTH))
    os.environ["OPENSEARCH_URL"] = os.environ["TEST_OPENSEARCH_URLS"]
    index = opensearch.build(passages, analyser, opensearch.Options(prefix="scale", copies=0, timeout=30))
    return _finish(role, count, start, (lambda query: index.search(query, DEPTH)) if role == "served" else None)


def _build_catalogue(count: int, path: Path) -> None:
    """Write the catalogue of so many passages."""
    builder, stream = CatalogueBuilder(), MadeStream(count)
    finder = PassageFacts(Analyser("english"), QuoteLengths())
    for document, passages in stream:
        builder.add(document, passages, finder.split_words(document), ())
    path.write_bytes(builder.build(stream.corpus, {}).to_bytes())


class _NothingFound:
    """An index of which nothing is asked."""

    def search(self, _query: Query, _limit: int) -> Sequence[Hit]:
        return ()

    def idf(self, _stem: str) -> float:
        return 1.0


def _measure_catalogue(count: int, analyser: Analyser) -> Row:
    """Return the row of a process that has opened the catalogue, which another one has made."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue"
        builder = multiprocessing.get_context("spawn").Process(target=_build_catalogue, args=(count, path))
        builder.start()
        builder.join()
        start = time.perf_counter()
        # No record is read: what would read one fails.
        passages = StoredPassages.open(Catalogue.from_bytes(path.read_bytes()), cast("RecordStore", None))
    corpus = passages.describe_corpus()
    answerer = Answerer(corpus, _NothingFound(), analyser)
    assert answerer.answerable_topics == ()
    assert len(passages.tallies) <= VOICES < len(passages)
    return _finish("catalogue", len(passages), start, None)


def _measure_stored(role: str, count: int, analyser: Analyser) -> Row:
    """Return the row of a process that holds no passages: one that stores them, or one that serves."""
    if role == "catalogue":
        return _measure_catalogue(count, analyser)
    os.environ["OPENSEARCH_URL"] = os.environ["TEST_OPENSEARCH_URLS"]
    options = opensearch.Options(prefix="scale", copies=0, timeout=60)
    start = time.perf_counter()
    if role == "stored":
        opensearch.store_corpus(
            str(count), MadeStream(count), PassageFacts(analyser, QuoteLengths()), analyser, options
        )
        return _finish(role, count, start, None)
    stored = opensearch.find_stored(str(count), analyser, options)
    assert stored is not None
    assert len(stored.corpus.passages) == count
    if role == "by hit":
        return _finish(role, count, start, lambda query: stored.search_index.search(query, DEPTH))
    answerer = Answerer(stored.corpus, stored.search_index, analyser)
    row = _finish(role, count, start, None)
    texts = [f"What about {' and '.join(words)}?" for words in make_texts()]
    times = measuring.milliseconds(lambda text: answerer.answer(text).quotes, texts)
    return row | _list_times(times) | {"peak_mb": _memory("VmHWM"), "resident_mb": _memory("VmRSS")}


def _list_times(times: Sequence[float]) -> Row:
    middle, late = np.percentile(times, [50, 95])
    return {"p50_ms": round(float(middle), 1), "p95_ms": round(float(late), 1)}


def _finish(role: str, count: int, start: float, search: Callable[[Query], Sequence[object]] | None) -> Row:
    row: Row = {"engine": role, "passages": count, "seconds": round(time.perf_counter() - start, 1)}
    if search:
        row |= _list_times(measuring.milliseconds(search, make_questions()))
    return row | {"peak_mb": _memory("VmHWM"), "resident_mb": _memory("VmRSS")}


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(name))


def main(arguments: Sequence[str]) -> None:
    if len(arguments) > 1:
        print(json.dumps(measure(arguments[1], int(arguments[0]))))
        return
    # A peer is measured where it is installed.
    for role in (role for role in ROLES if role != "tantivy" or role in SCALED):
        print(measuring.table([measuring.child(__file__, arguments[0], role)], COLUMNS), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
