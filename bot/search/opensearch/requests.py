"""What a cluster is asked to find the best passages, and how few of them it adds up for it.

What a passage has itself is bounded, block by block, in the index, so most blocks need not be read. What its parent
adds is not: where both are asked for at once, every passage with a word of the question is added up. So a large index
is asked for the best passages by what they have themselves, and for the best parents; then for the best of these
passages and of those parents' passages. Any other has at most the last of both together (Fagin's threshold algorithm).
Where that might be enough, all are added up after all: the hits are the same, in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bot.search.opensearch.impacts import LOW_SUFFIX, PARENT, feature_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Body = Mapping[str, Any]
    Answer = Sequence[Mapping[str, Any]]

# Where a passage's number lies.
NUMBER = "number"
# What a server calls the field with the id of a passage's parent.
_PARENT_ID = f"kind#{PARENT}"
# In a column: reading an `_id` unpacks the texts that are stored beside it.
_READ_PARENT = {"stored_fields": "_none_", "docvalue_fields": [_PARENT_ID]}
# How many passages and parents are taken for each hit: first so many as were enough for 200 questions of 200 to 25,000
# made-up passages and for 97 of 100 to 157,000, then more.
_STEPS = (4, 1), (20, 5)
# With more hits than this the candidates are no few any more; a reply asks for fifty.
_MAX_HITS = 100
# Scores are sums of some dozens of 32-bit floats.
_ROUNDING = 1e-5


class FeatureQuery(NamedTuple):
    """What is looked for: stems with their weights, pairs of stems, and what a hit must be; it has `stored_field`."""

    terms: Sequence[tuple[str, float]]
    pairs: Sequence[tuple[str, str]]
    filters: Sequence[Body]
    stored_field: str


def find_best(search: Callable[[Body], Answer], features: FeatureQuery, limit: int, *, is_large: bool) -> Answer:
    """Return up to `limit` hits, best first; of a large index as few passages are added up as can be.

    A hit has one of the terms itself; all else only raises it. Ties go to the earlier passage.
    """
    for passages_per_hit, parents_per_hit in _STEPS if is_large and limit <= _MAX_HITS else ():
        counts = limit * passages_per_hit, limit * parents_per_hit
        if hits := _find_among_best(search, features, limit, *counts):
            return hits
    return search(_build_request(features, limit))


def _find_among_best(
    search: Callable[[Body], Answer], features: FeatureQuery, limit: int, passage_count: int, parent_count: int
) -> Answer:
    """Return the hits among the best passages, and those of the best parents; none where others may be better."""
    passages = search(_build_own_request(features, passage_count))
    parents = search(_build_parent_request(features, parent_count))
    own_parents = _list_parents(passages)
    best_parents = _list_parents(parents)
    is_among = [{"terms": {NUMBER: [hit["sort"][1] for hit in passages]}}, {"terms": {_PARENT_ID: best_parents}}]
    among = features._replace(filters=[*features.filters, _match_any_of(is_among)])
    hits = search(_build_request(among, limit, [{"terms": {_PARENT_ID: own_parents + best_parents}}]))
    if len(passages) < passage_count:
        return hits
    rest = passages[-1]["sort"][0] + (parents[-1]["_score"] if len(parents) == parent_count else 0)
    return hits if hits and hits[-1]["_score"] > rest * (1 + _ROUNDING) else ()


def _list_parents(hits: Answer) -> list[str]:
    return [parent for hit in hits for parent in hit.get("fields", {}).get(_PARENT_ID, ())]


def _build_request(features: FeatureQuery, limit: int, parent_filters: Sequence[Body] = ()) -> dict[str, Any]:
    """Return the search for the hits, by all that raises them; each names the terms that it has."""
    finding = _build_feature_clauses("direct", _name_stems(features))
    for number, clause in enumerate(finding):
        clause["rank_feature"]["_name"] = str(number)
    parents = {"bool": {"must": _match_parents(features), "filter": list(parent_filters)}}
    raising = [*_build_raising(features), {"has_parent": {"parent_type": PARENT, "score": True, "query": parents}}]
    body = _build_body(features, finding, raising, limit)
    return body | {"stored_fields": features.stored_field, "track_scores": True}


def _build_own_request(features: FeatureQuery, limit: int) -> dict[str, Any]:
    """Return the search for the numbers, scores and parents of passages, by what they have themselves."""
    finding = _build_feature_clauses("direct", _name_stems(features))
    return _build_body(features, finding, _build_raising(features), limit) | _READ_PARENT


def _build_parent_request(features: FeatureQuery, limit: int) -> dict[str, Any]:
    """Return the search for the ids and scores of parents."""
    return {"size": limit, "query": _match_parents(features), "track_total_hits": False} | _READ_PARENT


def _build_body(features: FeatureQuery, finding: Sequence[Body], raising: Sequence[Body], limit: int) -> dict[str, Any]:
    query = {"must": _match_any_of(finding), "should": list(raising), "filter": list(features.filters)}
    return {
        "size": limit,
        "query": {"bool": query},
        "sort": ["_score", {NUMBER: "asc"}],
        "track_total_hits": False,
        "_source": False,
    }


def _build_raising(features: FeatureQuery) -> list[dict[str, Any]]:
    weights = _name_stems(features)
    pairs = [(feature_name(left) + feature_name(right), 1.0) for left, right in features.pairs]
    return [
        *_build_feature_clauses("direct" + LOW_SUFFIX, weights),
        *_build_feature_clauses("raise", weights),
        *_build_feature_clauses("raise" + LOW_SUFFIX, weights),
        *_build_feature_clauses("pairs", pairs),
        *_build_feature_clauses("pairs" + LOW_SUFFIX, pairs),
    ]


def _match_parents(features: FeatureQuery) -> dict[str, Any]:
    weights = _name_stems(features)
    return _match_any_of(
        [*_build_feature_clauses(PARENT, weights), *_build_feature_clauses(PARENT + LOW_SUFFIX, weights)]
    )


def _name_stems(features: FeatureQuery) -> list[tuple[str, float]]:
    return [(feature_name(stem), weight) for stem, weight in features.terms]


def _build_feature_clauses(field: str, weights: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"rank_feature": {"field": f"{field}.{name}", "linear": {}, "boost": weight}} for name, weight in weights]


def _match_any_of(clauses: Sequence[Body]) -> dict[str, Any]:
    return {"bool": {"should": list(clauses)}}
