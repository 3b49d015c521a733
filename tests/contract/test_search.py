"""What every engine keeps to; a newcomer in bot/search is found by itself."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest

from bot import search
from bot.analysis import Analyser
from bot.search import Index, Query
from tests.test_bm25 import passages

if TYPE_CHECKING:
    from types import ModuleType

NAMES = [found.name for found in pkgutil.iter_modules(search.__path__)]
LINES = passages(
    "The night ferry sails.",
    "Taxes pay for the ferry.",
    "Nobody asked the harbour.",
    "The night ferry sails.",
    title="Crossing",
)

each_engine = pytest.mark.parametrize("name", NAMES)


def built(name: str, count: int = 4) -> Index:
    engine: ModuleType = importlib.import_module(f"bot.search.{name}")
    index: Index = engine.build(LINES[:count], Analyser("english"), engine.Options())
    return index


@each_engine
def test_hits_come_best_first_and_share_a_stem(name: str) -> None:
    hits = built(name).search(Query({"ferri": 1.0, "tax": 1.0}), 9)

    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert {hit.passage.paragraph for hit in hits} == {1, 2, 4}
    assert hits[0].matched_stems == {"ferri", "tax"}


@each_engine
def test_no_more_hits_are_given_than_wanted(name: str) -> None:
    assert len(built(name).search(Query({"ferri": 1.0}), 2)) == 2


@each_engine
def test_a_repeated_passage_is_found_where_it_comes_first(name: str) -> None:
    assert [hit.passage.paragraph for hit in built(name).search(Query({"ferri": 1.0}), 1)] == [1]


@each_engine
@pytest.mark.parametrize("weights", [{}, {"zebra": 1.0}, {"": 1.0}])
def test_nothing_shared_is_nothing_found(name: str, weights: dict[str, float]) -> None:
    assert not built(name).search(Query(weights), 9)


@each_engine
@pytest.mark.parametrize("count", [0, 1, 2])
def test_small_corpora_behave(name: str, count: int) -> None:
    hits = built(name, count).search(Query({"ferri": 1.0}, (("night", "ferri"),)), 9)

    assert len(hits) == count
    assert all(hit.score > 0 for hit in hits)


@each_engine
def test_rarity_is_above_zero_and_most_for_an_unknown_stem(name: str) -> None:
    index = built(name)

    assert 0 < index.idf("ferri") < index.idf("tax") < index.idf("zebra")
    assert index.idf("cross") < index.idf("zebra")


@each_engine
def test_the_vocabulary_leads_from_folded_words(name: str) -> None:
    assert built(name).vocabulary["taxes"] == 1
