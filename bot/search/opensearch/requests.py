"""What a cluster is asked to find the best passages.

One search adds up what each passage with a word of the question has itself and what its parent adds. To ask first for
the best passages and the best parents, and to add up those alone, was no quicker (`docs/decisions/0031`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bot.search.opensearch.impacts import LOW_SUFFIX, PARENT, feature_name

Body = Mapping[str, Any]

# Where a passage's number lies.
NUMBER = "number"


class FeatureQuery(NamedTuple):
    """What is looked for: stems with their weights, pairs of stems, and what a hit must be; it has `stored_field`."""

    terms: Sequence[tuple[str, float]]
    pairs: Sequence[tuple[str, str]]
    filters: Sequence[Body]
    stored_field: str


def build_request(features: FeatureQuery, limit: int) -> dict[str, Any]:
    """Return the search for up to `limit` hits, best first, ties by the earlier passage; each names the terms it has.

    A hit has one of the terms itself; all else only raises it.
    """
    finding = _build_feature_clauses("direct", _name_stems(features))
    for number, clause in enumerate(finding):
        clause["rank_feature"]["_name"] = str(number)
    parents = {"has_parent": {"parent_type": PARENT, "score": True, "query": _match_parents(features)}}
    query = {
        "must": _match_any_of(finding),
        "should": [*_build_raising(features), parents],
        "filter": list(features.filters),
    }
    return {
        "size": limit,
        "query": {"bool": query},
        "sort": ["_score", {NUMBER: "asc"}],
        "track_total_hits": False,
        "_source": False,
        "stored_fields": features.stored_field,
        "track_scores": True,
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
