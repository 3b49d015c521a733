"""Test collections in BEIR layout, and what their judgements say of a ranking."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from bot.analysis import Analyser
from bot.search import Query
from bot.search.bm25.text_ranking import Text

_PART = re.compile(r"(.+)[#-][^#-]*")


@dataclass(frozen=True)
class Passage:
    id: str
    title: str
    text: str

    @property
    def parent(self) -> str | None:
        """The speech, article or debate that the id names before its last `#` or `-`."""
        part = _PART.fullmatch(self.id)
        return part.group(1) if part else None

    @property
    def whole(self) -> str:
        return f"{self.title} {self.text}"


@dataclass(frozen=True)
class Collection:
    """`judged` has the grades above 0 of each query, by passage id."""

    name: str
    passages: Sequence[Passage]
    queries: Mapping[str, str]
    judged: Mapping[str, Mapping[str, int]]

    @property
    def domain(self) -> str:
        """Debates share their subjects; any other collection has its own."""
        return "debate" if self.passages[0].parent else self.name


def collection(folder: Path) -> Collection:
    """Read `folder`: corpus.jsonl, queries.jsonl and qrels.tsv, each perhaps gzipped."""
    passages = [Passage(row["_id"], row.get("title") or "", row["text"]) for row in _rows(folder, "corpus")]
    judged: dict[str, dict[str, int]] = {}
    for line in _lines(folder, "qrels.tsv"):
        query, *_, passage, grade = line.rstrip("\n").split("\t")
        if grade.lstrip("-").isdigit() and int(grade) > 0:
            judged.setdefault(query, {})[passage] = int(grade)
    queries = {row["_id"]: row["text"] for row in _rows(folder, "queries") if row["_id"] in judged}
    return Collection(folder.name, passages, queries, judged)


def stems(analyser: Analyser, text: str) -> list[str]:
    return [word.stem for word in analyser.content_words(text)]


def texts(found: Collection, analyser: Analyser) -> Iterator[Text]:
    """Yield the passages as an engine of ours takes them; a heading counts as words too."""
    for passage in found.passages:
        title = stems(analyser, passage.title)
        yield Text(title + stems(analyser, passage.text), (), title, passage.parent)


def query(asked: Sequence[str]) -> Query:
    return Query(Counter(asked), tuple(pairwise(asked)))


def ndcg(ranked: Sequence[str], judged: Mapping[str, int], depth: int = 10) -> float:
    """Return nDCG with linear gain, as trec_eval has it."""
    discount = 1 / np.log2(np.arange(2, depth + 2))
    gained = [judged.get(passage, 0) for passage in ranked[:depth]]
    ideal = sorted(judged.values(), reverse=True)[:depth]
    return float(np.dot(gained, discount[: len(gained)]) / np.dot(ideal, discount[: len(ideal)]))


def recall(ranked: Sequence[str], judged: Mapping[str, int], depth: int = 100) -> float:
    return len(judged.keys() & set(ranked[:depth])) / len(judged)


def average_precision(ranked: Sequence[str], judged: Mapping[str, int]) -> float:
    places = [place for place, passage in enumerate(ranked, 1) if passage in judged]
    return sum(found / place for found, place in enumerate(places, 1)) / len(judged)


def area(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return how often one of `positive` is above one of `negative`, a tie counting half."""
    below = np.sort(negative)
    under = np.searchsorted(below, positive, "left") + np.searchsorted(below, positive, "right")
    return float(under.sum() / 2 / (len(positive) * len(negative)))


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    return map(json.loads, _lines(folder, f"{name}.jsonl"))


def _lines(folder: Path, name: str) -> Iterator[str]:
    plain, packed = folder / name, folder / f"{name}.gz"
    if not plain.exists() and not packed.exists() and name == "qrels.tsv":
        plain = folder / "qrels" / "test.tsv"
    with _opened(packed if packed.exists() else plain) as file:
        yield from file


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
