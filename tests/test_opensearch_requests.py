"""Of a large index few passages are added up: the hits are those of all, in their order."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.search.bm25.text_ranking import Bm25Options, Text
from bot.search.opensearch import requests
from bot.search.opensearch.requests import FeatureQuery, find_best
from tests.test_opensearch_impacts import RECIPES, STEMS, features_of, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


stems = st.lists(st.sampled_from(STEMS), min_size=1, max_size=5, unique=True)


class Shard:
    """Answers as a server does, for the kinds of search that are asked; counts the passages it has added up."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self._documents = documents
        self.asked: list[Mapping[str, Any]] = []

    def search(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the best hits of `body`."""
        self.asked.append(body)
        hits: list[dict[str, Any]] = []
        for name, document in self._documents.items():
            if (score := self._score(body["query"], name)) is not None:
                number = document.get("number", -1)
                fields = {"kind#parent": [parent]} if (parent := self._find_parent(name)) else {}
                hits.append({"_id": name, "_score": score, "sort": [score, number], "fields": fields})
        return sorted(hits, key=lambda hit: (-hit["_score"], hit["sort"][1]))[: body["size"]]

    def _score(self, query: Mapping[str, Any], name: str) -> float | None:
        [(kind, body)] = query.items()
        if kind == "rank_feature":
            field, _, feature = body["field"].partition(".")
            value = self._documents[name].get(field, {}).get(feature)
            return None if value is None else value * body["boost"]
        if kind == "terms":
            [(field, values)] = body.items()
            own = self._find_parent(name) if field == "kind#parent" else self._documents[name].get(field)
            return 0.0 if own in values else None
        if kind == "has_parent":
            parent = self._find_parent(name)
            return self._score(body["query"], parent) if parent in self._documents and parent != name else None
        return self._score_bool(body, name)

    def _score_bool(self, body: Mapping[str, Any], name: str) -> float | None:
        needed = [self._score(each, name) for part in ("must", "filter") for each in _list_clauses(body, part)]
        wanted = [self._score(each, name) for each in _list_clauses(body, "should")]
        scores = [score for score in wanted if score is not None]
        if None in needed or not (needed or scores):
            return None
        return sum(filter(None, needed)) + sum(scores)

    def _find_parent(self, name: str) -> str:
        kind = self._documents[name].get("kind")
        return str(kind["parent"]) if isinstance(kind, dict) else name if kind else ""


def _list_clauses(body: Mapping[str, Any], part: str) -> Iterator[Mapping[str, Any]]:
    clauses = body.get(part, [])
    yield from [clauses] if isinstance(clauses, dict) else clauses


def list_hits(hits: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    return [(hit["_id"], hit["_score"]) for hit in hits]


@pytest.mark.parametrize("recipe", RECIPES, ids=["usual", "words alone", "raised"])
@settings(max_examples=30)
@given(read=texts, asked=stems, limit=st.integers(1, 3))
def test_the_hits_of_few_passages_are_those_of_all(
    recipe: Bm25Options, read: list[Text], asked: list[str], limit: int
) -> None:
    shard = Shard(features_of(read, recipe))
    features = FeatureQuery([(stem, 1.0) for stem in asked], list(pairwise(asked)), (), "_none_")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests, "_STEPS", ((1, 1), (2, 1)))
        hits = find_best(shard.search, features, limit, is_large=True)

    assert list_hits(hits) == list_hits(find_best(shard.search, features, limit, is_large=False))


BEST = Text(["ferri", "ferri"], parent="best")
LESS = [Text(["ferri", *["tax"] * 6], parent=number) for number in range(40)]
# Each by itself, and by a parent that is nobody else's.
ALONE = [Text(["ferri"]) for _ in range(40)]
RAISED = [Text(["ferri", *["tax"] * 6], parent="best")] * 2
# By its heading, beside much else in its parent.
DILUTED = [Text(["ferri", "ferri"], heading=["ferri"], parent="long"), Text(["tax"] * 300, parent="long")]


@pytest.mark.parametrize(
    ("read", "limit", "request_count"),
    [
        pytest.param([*LESS, BEST, *LESS], 1, 3, id="one is best by itself and by its parent"),
        pytest.param([*ALONE, *RAISED], 2, 3, id="some are best by their parent alone"),
        pytest.param([*DILUTED, *LESS], 1, 3, id="one is best by itself, and not by its parent"),
        pytest.param([*LESS, BEST], 3, 6, id="fewer are as good as the last than are taken at last"),
        pytest.param([*LESS * 2, BEST], 2, 7, id="more are as good as the last"),
        pytest.param([*LESS[:2], BEST], 1, 3, id="all are candidates"),
        pytest.param([*LESS, BEST], 101, 1, id="too many are wanted"),
    ],
)
def test_all_are_added_up_only_where_others_may_be_better(read: list[Text], limit: int, request_count: int) -> None:
    shard = Shard(features_of(read, Bm25Options(fast=False, around=0, floor=0)))
    features = FeatureQuery([("ferri", 1.0)], [], [], "_none_")

    hits = find_best(shard.search, features, limit, is_large=True)

    assert len(shard.asked) == request_count
    assert list_hits(hits) == list_hits(find_best(shard.search, features, limit, is_large=False))


def test_candidates_are_only_what_passes_the_filters() -> None:
    shard = Shard(features_of([BEST, *LESS], RECIPES[0]))
    features = FeatureQuery([("ferri", 1.0)], [], [{"terms": {"number": [3]}}], "_none_")

    assert [hit["_id"] for hit in find_best(shard.search, features, 5, is_large=True)] == ["3"]
