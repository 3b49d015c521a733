"""The features that a cluster adds up come to the embedded engine's scores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.search import Query
from bot.search.bm25.text_ranking import Bm25Options, Text, build_ranking, create_numbering
from bot.search.opensearch import features
from bot.search.opensearch.features import (
    BulkDocument,
    FeatureQuery,
    build_request,
    feature_name,
    list_names,
    render_documents,
)
from bot.search.opensearch.indexer import CorpusTotals, count_slab, weigh_slab

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


def render(slabs: Sequence[Sequence[Text]], recipe: Bm25Options) -> Iterator[BulkDocument]:
    """Yield the documents of all texts, counted and weighed slab by slab."""
    stems, totals, first_text, first_parent = create_numbering(), CorpusTotals(), 0, 0
    counted = [count_slab(slab, recipe, stems) for slab in slabs]
    for slab in counted:
        totals.add(slab)
    for slab in counted:
        weighed = weigh_slab(slab, totals, first_text, first_parent)
        yield from render_documents(weighed, list_names(stems), recipe)
        first_text, first_parent = first_text + slab.parent_ids.size, first_parent + weighed.parent_count


def features_of(read: Sequence[Text], recipe: Bm25Options) -> dict[str, dict[str, Any]]:
    """Return every document by its id, with each value as a server keeps it."""
    documents = {each.id: json.loads(each.source) for each in render([read], recipe)}
    for document in documents.values():
        for field in document:
            if field.removesuffix("_lo") in features.FIELDS:
                assert all(value >= 2**-126 for value in document[field].values())
    return documents


def search(documents: Mapping[str, Any], query: Query) -> dict[int, float]:
    """Return each hit's score, as a cluster answers what it is asked."""
    features = FeatureQuery(list(query.weights.items()), query.pairs, (), "_none_")
    asked = build_request(features, len(documents))["query"]
    scores = {each["number"]: score(documents, each, asked) for each in documents.values() if "number" in each}
    return {number: each for number, each in scores.items() if each is not None}


def score(documents: Mapping[str, Any], document: Mapping[str, Any], query: Mapping[str, Any]) -> float | None:
    """Return what a server gives `document` for `query`; None where it does not match."""
    [(kind, body)] = query.items()
    if kind == "rank_feature":
        field, _, feature = body["field"].partition(".")
        value = document.get(field, {}).get(feature)
        return None if value is None else value * body["boost"]
    if kind == "has_parent":
        parent = documents.get(document.get("kind", {}).get("parent"))
        return None if parent is None else score(documents, parent, body["query"])
    needed = [score(documents, document, body["must"])] if "must" in body else []
    wanted = [each for clause in body["should"] if (each := score(documents, document, clause)) is not None]
    return None if None in needed or not (needed or wanted) else sum(filter(None, [*needed, *wanted]))


@pytest.mark.parametrize("recipe", RECIPES)
@settings(max_examples=40)
@given(texts, st.lists(st.sampled_from(STEMS), min_size=1, max_size=6))
def test_features_add_up_to_the_scores_of_the_embedded_engine(
    recipe: Bm25Options, read: list[Text], asked: list[str]
) -> None:
    ranking = build_ranking(read, recipe)
    query = Query({stem: 1.0 + n for n, stem in enumerate(asked)}, tuple(pairwise(asked)))

    scores = search(features_of(read, recipe), query)

    numbers, expected = ranking.find_best(query, len(read))
    assert scores.keys() == set(numbers.tolist())
    assert [scores[number] for number in numbers.tolist()] == pytest.approx(expected, rel=LOST)


@settings(max_examples=40)
@given(texts)
def test_a_chunk_ends_where_no_feature_notices(read: list[Text]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "_CHUNK_SIZE", 2)
        chunked = features_of(read, RECIPES[0])

    assert chunked == features_of(read, RECIPES[0])


def test_a_passage_lies_on_the_shard_of_its_parent() -> None:
    read = [Text(["ferri"], parent="one"), Text(["tax"]), Text(["tax"], parent="one")]

    routing = {each.id: each.routing for each in render([read], RECIPES[0])}

    assert routing == {"0": "p0", "1": "t1", "2": "p0", "p0": "p0"}


@pytest.mark.parametrize("stem", STEMS)
def test_a_feature_has_a_name_that_a_server_takes_and_finds(stem: str) -> None:
    assert feature_name(stem).isascii()
    assert not set(feature_name(stem)) & set('. "\\:')
    assert len({feature_name(each) for each in STEMS}) == len(STEMS)


@settings(max_examples=40)
@given(texts, texts)
def test_documents_are_the_same_however_many_texts_are_counted_at_once(one: list[Text], other: list[Text]) -> None:
    # No parent's texts are parted.
    slabs = [[text._replace(parent=(place, text.parent)) for text in slab] for place, slab in enumerate([one, other])]
    whole = [text for slab in slabs for text in slab]

    assert {*render(slabs, RECIPES[0])} == {*render([whole], RECIPES[0])}
