"""The contract of every engine, as bot/search/base.py states it, and no more than that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.analysis import Analyser
from bot.search import Index, Query, list_engines, load_engine
from tests.invented_debate import passages

LINES = passages(
    "The night ferry sails.", "Taxes pay for the ferry.", "Nobody asked the harbour.", "The night ferry sails."
)

# Engines whose index lies with a server, and where that is.
REMOTE = {"opensearch": ("OPENSEARCH_URL", "TEST_OPENSEARCH_URLS")}

each_engine = pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.services if name in REMOTE else ()) for name in list_engines()],
)


@pytest.fixture(autouse=True)
def _server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell an engine where its server is; without one its tests fail."""
    arguments = getattr(request.node, "callspec", None)
    if arguments and (variables := REMOTE.get(arguments.params.get("name", ""))):
        monkeypatch.setenv(variables[0], os.environ[variables[1]])


def build_index(name: str, count: int = 4) -> Index:
    engine = load_engine(name)
    return engine.build(LINES[:count], Analyser("english"), engine.Options())


@each_engine
def test_hits_come_best_first_and_share_a_stem(name: str) -> None:
    hits = build_index(name).search(Query({"ferri": 1.0, "tax": 1.0}), 9)

    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert {hit.passage.paragraph for hit in hits} == {1, 2, 4}
    assert hits[0].matched_stems == {"ferri", "tax"}


@each_engine
def test_no_more_hits_are_given_than_wanted(name: str) -> None:
    assert len(build_index(name).search(Query({"ferri": 1.0}), 2)) == 2


@each_engine
def test_a_repeated_passage_is_found_where_it_comes_first(name: str) -> None:
    assert [hit.passage.paragraph for hit in build_index(name).search(Query({"ferri": 1.0}), 1)] == [1]


@each_engine
@pytest.mark.parametrize("weights", [{}, {"zebra": 1.0}, {"": 1.0}])
def test_nothing_shared_is_nothing_found(name: str, weights: dict[str, float]) -> None:
    assert not build_index(name).search(Query(weights), 9)


@each_engine
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_small_corpus_gives_every_match_a_score_above_zero(name: str, count: int) -> None:
    hits = build_index(name, count).search(Query({"ferri": 1.0}, (("night", "ferri"),)), 9)

    assert len(hits) == count
    assert all(hit.score > 0 for hit in hits)


@each_engine
def test_idf_is_above_zero_and_most_for_an_unknown_stem(name: str) -> None:
    index = build_index(name)

    assert 0 < index.idf("ferri") < index.idf("tax") < index.idf("zebra")


@each_engine
def test_options_have_a_default_each_and_refuse_other_names(name: str) -> None:
    options = load_engine(name).Options
    options()

    with pytest.raises(ValueError, match="extra_forbidden"):
        options(no_such_option=1)


@each_engine
def test_an_index_built_with_a_cache_finds_the_same(name: str, tmp_path: Path) -> None:
    engine, query = load_engine(name), Query({"ferri": 1.0})
    built, kept = (engine.build(LINES, Analyser("english"), engine.Options(), tmp_path / "index") for _ in range(2))

    assert list(kept.search(query, 9)) == list(built.search(query, 9))
    assert list(built.search(query, 9)) == list(build_index(name).search(query, 9))


@each_engine
def test_every_stem_shared_is_told_however_many_are_asked_for(name: str) -> None:
    words = " ".join(f"berth{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(200))
    stems = {word.stem for word in Analyser("english").content_words(words)}
    engine = load_engine(name)
    index = engine.build(passages(words), Analyser("english"), engine.Options())

    [hit] = index.search(Query(dict.fromkeys([*stems, "zebra"], 1.0)), 5)

    assert hit.matched_stems == stems
