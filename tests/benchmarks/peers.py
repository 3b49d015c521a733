"""Engines side by side, each behind two calls: build from lists of stems, then the best by number.

Every engine is given the same stems, but for those named `readme`, which are
used as their own readme shows, reading the plain text by themselves.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bot.search import Query
from bot.search.bm25.engine import Bm25Options
from bot.search.bm25.scorer import DeferredScorer
from bot.search.bm25.text_ranking import Text, build_ranking
from tests.benchmarks.judged import query

if TYPE_CHECKING:
    Best = Callable[[Sequence[str], int], Sequence[int]]

ONE_FIELD: dict[str, float] = {"voice": 0, "heading": 0, "pairs": 0, "around": 0, "parent": 0}


class Engine(Protocol):
    def __call__(self, texts: Iterable[Text]) -> Best:
        """Index `texts`; return a function from a question's stems to the best texts."""


def ours(texts: Iterable[Text], options: Mapping[str, object] | None = None) -> Best:
    ranking = build_ranking(texts, Bm25Options.model_validate(options or {}))
    if isinstance(ranking.scorer, DeferredScorer):
        # As in a process that has answered for a while.
        ranking.scorer.load()
    asks = query if ranking.options.pairs else lambda asked: Query(Counter(asked))
    return lambda asked, limit: ranking.find_best(asks(asked), limit)[0].tolist()


def rank_bm25(texts: Iterable[Text]) -> Best:
    from rank_bm25 import BM25Okapi  # noqa: PLC0415

    fitted = BM25Okapi(text.body for text in texts)

    def best(asked: Sequence[str], limit: int) -> Sequence[int]:
        scores = fitted.get_scores(asked)
        found: list[int] = np.argsort(scores)[::-1][:limit].tolist()
        return found

    return best


def bm25s(texts: Iterable[Text], backend: str = "numpy") -> Best:
    import bm25s as library  # noqa: PLC0415

    numbers: dict[str, int] = {}
    ids = [[numbers.setdefault(stem, len(numbers)) for stem in text.body] for text in texts]
    fitted = library.BM25(backend=backend)
    fitted.index((ids, numbers), show_progress=False)
    size = len(ids)
    del ids

    def best(asked: Sequence[str], limit: int) -> Sequence[int]:
        known = [stem for stem in asked if stem in numbers]
        if not known:
            return []
        found, scores = fitted.retrieve([known], k=min(limit, size), show_progress=False, n_threads=0)
        matching: list[int] = found[0][scores[0] > 0].tolist()
        return matching

    best([next(iter(numbers))], 1)  # numba compiles at the first question
    return best


def tantivy(texts: Iterable[Text]) -> Best:
    import tantivy as library  # noqa: PLC0415

    builder = library.SchemaBuilder()
    builder.add_text_field("own", stored=False, tokenizer_name="whitespace")
    builder.add_integer_field("number", stored=False, indexed=False, fast=True)
    schema = builder.build()
    index = library.Index(schema)
    writer = index.writer(heap_size=64_000_000, num_threads=1)
    for number, text in enumerate(texts):
        writer.add_document(library.Document(own=[" ".join(text.body)], number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def best(asked: Sequence[str], limit: int) -> Sequence[int]:
        terms = [(library.Occur.Should, library.Query.term_query(schema, "own", stem)) for stem in asked]
        hits = searcher.search(library.Query.boolean_query(terms), limit, count=False).hits
        places = [place for _, place in hits]
        return [int(number or 0) for number in searcher.fast_field_values("number", places)]

    return best


def fts5(texts: Iterable[Text]) -> Best:
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table text using fts5(own, content='', tokenize=\"unicode61\")")
    rows = ((number, " ".join(text.body)) for number, text in enumerate(texts))
    base.executemany("insert into text(rowid, own) values (?, ?)", rows)
    base.execute("insert into text(text) values ('optimize')")

    def best(asked: Sequence[str], limit: int) -> Sequence[int]:
        words = " OR ".join('"' + stem.replace('"', "") + '"' for stem in asked)
        ask = "select rowid from text where text match ? order by rank limit ?"
        return [number for (number,) in base.execute(ask, (words, limit))] if words else []

    return best


def bm25s_readme(texts: Iterable[Text]) -> Best:
    """Texts and questions are one plain string each."""
    import bm25s as library  # noqa: PLC0415
    import Stemmer  # noqa: PLC0415

    stemmer = Stemmer.Stemmer("english")
    read = partial(library.tokenize, stopwords="en", stemmer=stemmer, show_progress=False)
    fitted = library.BM25()
    plain = [text.body[0] for text in texts]
    fitted.index(read(plain), show_progress=False)

    def best(asked: Sequence[str], limit: int) -> Sequence[int]:
        most = min(limit, len(plain))
        found, scores = fitted.retrieve(read(asked[0]), k=most, show_progress=False)
        matching: list[int] = found[0][scores[0] > 0].tolist()
        return matching

    return best


def rank_bm25_readme(texts: Iterable[Text]) -> Best:
    """Texts and questions are one plain string each, split at blanks."""
    fitted = rank_bm25(Text(text.body[0].split(" ")) for text in texts)
    return lambda asked, limit: fitted(asked[0].split(" "), limit)


_ALL: dict[str, tuple[str, Engine]] = {
    "ours-numpy": ("numpy", partial(ours, options={"fast": False})),
    "ours-fast": ("numba", ours),
    "rank-bm25": ("rank_bm25", rank_bm25),
    "bm25s": ("bm25s", bm25s),
    "tantivy": ("tantivy", tantivy),
    "fts5": ("sqlite3", fts5),
    "rank-bm25-readme": ("rank_bm25", rank_bm25_readme),
    "bm25s-readme": ("bm25s", bm25s_readme),
}
_SCALED: dict[str, tuple[str, Engine]] = {
    "ours-numpy": ("numpy", partial(ours, options={"fast": False, **ONE_FIELD})),
    "ours-fast": ("numba", partial(ours, options=ONE_FIELD)),
    "ours-recipe": ("numba", ours),
    "rank-bm25": ("rank_bm25", rank_bm25),
    "bm25s": ("bm25s", bm25s),
    "bm25s-numba": ("numba", partial(bm25s, backend="numba")),
    "tantivy": ("tantivy", tantivy),
    "fts5": ("sqlite3", fts5),
}


def _present(engines: dict[str, tuple[str, Engine]]) -> dict[str, Engine]:
    return {name: engine for name, (needs, engine) in engines.items() if find_spec(needs)}


ENGINES = _present(_ALL)
SCALED = _present(_SCALED)
