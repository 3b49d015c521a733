"""The features that a cluster adds up come to the embedded engine's scores."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.search import Query
from bot.search.bm25.text_ranking import Bm25Options, Ranking, Text, build_ranking
from bot.search.opensearch import impacts
from bot.search.opensearch.impacts import feature_name, render_documents

if TYPE_CHECKING:
    from collections.abc import Mapping

# Stems that a feature could not be called by, and two whose JSON would have to be escaped.
STEMS = ("ferri", "tax", "15.4", "a b", "\ud800", '"', "\\", "😀", "x" * 40_000, "")
# What two halves of nine bits lose at most.
LOST = 2**-17
words = st.lists(st.sampled_from(STEMS), max_size=12)
texts = st.lists(st.builds(Text, words, words, words, st.sampled_from([None, "one", "two"])), max_size=12)
RECIPES = (
    Bm25Options(fast=False),
    Bm25Options(fast=False, voice=0, heading=0, pairs=0, around=0, parent=0, floor=0),
    Bm25Options(fast=False, around=10, parent=10, pairs=10, floor=3),
)


def features_of(ranking: Ranking) -> dict[str, dict[str, Any]]:
    """Return every document by its id, with each value as a server keeps it."""
    documents = {each.id: json.loads(each.source) for each in render_documents(ranking)}
    for document in documents.values():
        for field in document:
            if field.removesuffix("_lo") in impacts.FIELDS:
                assert all(value >= 2**-126 for value in document[field].values())
    return documents


def search(documents: Mapping[str, Any], query: Query) -> dict[int, float]:
    """Return each hit's score, added up as a cluster adds it up."""
    weights = {feature_name(stem): weight for stem, weight in query.weights.items()}
    pairs = [feature_name(left) + feature_name(right) for left, right in query.pairs]
    scores: dict[int, float] = defaultdict(float)
    for document in documents.values():
        if "number" not in document or not document.get("direct", {}).keys() & weights.keys():
            continue
        parent = documents.get(document.get("kind", {}).get("parent"), {})
        parts = [(document.get(f"{f}{x}", {}), weights) for f in ("direct", "raise") for x in ("", "_lo")]
        parts += [(parent.get(f"parent{x}", {}), weights) for x in ("", "_lo")]
        for part, wanted in parts:
            scores[document["number"]] += sum(value * wanted[name] for name, value in part.items() if name in wanted)
        for suffix in ("", "_lo"):
            part = document.get(f"pairs{suffix}", {})
            scores[document["number"]] += sum(part.get(name, 0) for name in pairs)
    return scores


@pytest.mark.parametrize("recipe", RECIPES)
@settings(max_examples=40)
@given(texts, st.lists(st.sampled_from(STEMS), min_size=1, max_size=6))
def test_features_add_up_to_the_scores_of_the_embedded_engine(
    recipe: Bm25Options, read: list[Text], asked: list[str]
) -> None:
    ranking = build_ranking(read, recipe)
    query = Query({stem: 1.0 + n for n, stem in enumerate(asked)}, tuple(pairwise(asked)))

    scores = search(features_of(ranking), query)

    numbers, expected = ranking.find_best(query, len(read))
    assert scores.keys() == set(numbers.tolist())
    assert [scores[number] for number in numbers.tolist()] == pytest.approx(expected, rel=LOST)


@settings(max_examples=40)
@given(texts)
def test_a_chunk_ends_where_no_feature_notices(read: list[Text]) -> None:
    ranking = build_ranking(read, RECIPES[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(impacts, "_CHUNK_SIZE", 2)
        chunked = features_of(ranking)

    assert chunked == features_of(ranking)


def test_a_passage_lies_on_the_shard_of_its_parent() -> None:
    read = [Text(["ferri"], parent="one"), Text(["tax"]), Text(["tax"], parent="one")]

    routing = {each.id: each.routing for each in render_documents(build_ranking(read, RECIPES[0]))}

    assert routing == {"0": "p0", "1": "t1", "2": "p0", "p0": "p0"}


@pytest.mark.parametrize("stem", STEMS)
def test_a_feature_has_a_name_that_a_server_takes_and_finds(stem: str) -> None:
    assert feature_name(stem).isascii()
    assert not set(feature_name(stem)) & set('. "\\:')
    assert len({feature_name(each) for each in STEMS}) == len(STEMS)


@settings(max_examples=40)
@given(texts)
def test_documents_are_the_same_however_many_are_made_at_once(read: list[Text]) -> None:
    ranking = build_ranking(read, RECIPES[0])
    whole = list(render_documents(ranking))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(impacts, "_SLAB_SIZE", 4)
        patch.setattr(impacts, "_CHUNK_SIZE", 3)

        assert list(render_documents(ranking)) == whole
