"""The engine on a real cluster: the embedded engine's answers, and nothing else ever."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from bot import bootstrap
from bot.analysis import Analyser
from bot.cli import main
from bot.corpus import load_incrementally
from bot.model import Corpus
from bot.search import Hit, Index, Query, bm25, opensearch
from bot.search.opensearch.engine import IndexBuilder
from bot.surfaces import load_settings

pytestmark = [pytest.mark.services, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
ENGLISH = Analyser("english")
# Scores are sums of 32-bit floats: two that differ by less may change places.
TIE = 1e-5


@pytest.fixture(autouse=True)
def _cluster(opensearch_urls: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENSEARCH_URL", opensearch_urls)


@cache
def load(name: str) -> Corpus:
    return load_incrementally(ROOT / "corpus" / name, None, ()).corpus


def build(corpus: Corpus, shards: int = 1) -> tuple[Index, Index]:
    """Return the index of `corpus` by the embedded engine, and by the cluster."""
    options = opensearch.Options(prefix="tests", shards=shards)
    return (
        bm25.build(corpus.passages, ENGLISH, bm25.Options()),
        opensearch.build(corpus.passages, ENGLISH, options),
    )


def queries(corpus: Corpus) -> list[Query]:
    """Return a query for every judged question, and for the words of every tenth passage."""
    rows = [
        json.loads(line)
        for file in (ROOT / "tests/relevance").glob("*.jsonl")
        for line in file.read_text("utf-8").splitlines()
    ]
    asked = [row["question"] for row in rows if "question" in row]
    assert len(asked) > 50
    asked += [passage.text for passage in corpus.passages[::10]]
    stems = [[word.stem for word in ENGLISH.content_words(text)] for text in asked]
    return [Query(dict.fromkeys(each, 1.0), tuple(pairwise(each))) for each in stems]


def differences(ours: Sequence[Hit], theirs: Sequence[Hit]) -> list[tuple[Hit, Hit]]:
    """Return the hits that stand in each other's place, but for ties, or differ in a fact."""
    scores = {id(hit.passage): hit.score for hit in ours}
    assert len(ours) == len(theirs)
    return [
        (left, right)
        for left, right in zip(ours, theirs, strict=True)
        if abs(scores.get(id(right.passage), 0) / left.score - 1) > TIE
        or abs(right.score / left.score - 1) > TIE
        or (left.passage is right.passage and left.matched_stems != right.matched_stems)
    ]


@pytest.mark.parametrize("depth", [5, 50])
@pytest.mark.parametrize("shards", [1, 3])
@pytest.mark.parametrize("name", ["facial-recognition", "tram"])
def test_every_question_finds_what_the_embedded_engine_finds(name: str, shards: int, depth: int) -> None:
    corpus = load(name)
    ours, theirs = build(corpus, shards)

    for query in queries(corpus):
        assert differences(ours.search(query, depth), theirs.search(query, depth)) == []


def test_an_index_that_was_built_by_command_is_found_whole_at_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_ENGINE__NAME", "opensearch")
    assert main(["index"]) == 0
    assert "engine opensearch" in capsys.readouterr().out
    monkeypatch.setattr(IndexBuilder, "build", None)

    snapshot = bootstrap.build_snapshot(load_settings(), "facial-recognition")

    assert snapshot.answerer.answer("What about privacy?").quotes
