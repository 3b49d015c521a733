"""What each stem adds to each passage by the recipe of `bm25`: stored as features, and summed up by a search.

The recipe is linear in the question's weights, so for a passage and a stem one number says all:
body + voice + heading + around, each with its weight. It is a feature of `direct` where the passage
has the stem itself, of `raise` where only its neighbours have it. Pairs of stems are features of
`pairs`, and what a speech or document adds to all its passages is a feature of a parent document.

A feature keeps nine significant bits of its value, too few for the order of near neighbours. So
each value is stored in two halves, `direct` and `direct_lo`: what the first cuts off is in the
second, rounded, and together they are right to eight millionths (2 to the power of -17).

One search adds up the features of a passage and those of its parent. To ask first for the best passages and the best
parents, and to add up those alone, was no quicker (`docs/decisions/0031`).
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.search.bm25.postings import count_parents
from bot.search.bm25.scorer import hash_stem
from bot.search.bm25.text_ranking import Bm25Options

Body = Mapping[str, Any]

FIELDS = ("direct", "raise", "pairs", "parent")
LOW_SUFFIX = "_lo"
# Where a passage's number lies.
NUMBER = "number"
# The names by which a passage is joined to its parent.
PASSAGE, PARENT = "passage", "parent"
# Lucene's FeatureField keeps the upper 17 of a float's 32 bits.
_LOST_BITS = np.uint32(15)
_HALF_LOST = np.uint32(1 << 14)
# A lower half that adds less than this share of its value is left out: both halves together lose up
# to eight times as much.
_NEGLIGIBLE = 1e-6
# Passages whose features are summed at once: bounds memory to some ten MB.
_CHUNK_SIZE = 2000


class WeighedField(NamedTuple):
    """What the key of row `n` adds to each text of its postings, `starts[n]:starts[n + 1]` of `ids` and `values`."""

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    ids: NDArray[np.int32]
    values: NDArray[np.float64]


class WeighedSlab(NamedTuple):
    """Every part of some texts, weighed; the first of them, and of their parents, have these numbers."""

    first_text: int
    first_parent: int
    parent_ids: NDArray[np.int32]
    fields: Mapping[str, WeighedField]

    @property
    def parent_count(self) -> int:
        """How many parents the texts have."""
        return count_parents(self.parent_ids)


class BulkDocument(NamedTuple):
    """A document as it is sent: its id, what decides its shard, and its JSON."""

    id: str
    routing: str
    source: str


def feature_name(stem: str) -> str:
    """Return the name of a stem's features: its hash, in eleven characters.

    A stem may hold what a feature's name may not: one with a dot is stored and never found, a lone
    surrogate is no JSON, and a term of Lucene ends at 32,766 bytes.

    >>> feature_name("15.4") == feature_name("154")
    False
    """
    return _encode_hash(hash_stem(stem))


def render_documents(
    slab: WeighedSlab, names: Sequence[str], options: Bm25Options, extras: Sequence[str] = ()
) -> Iterator[BulkDocument]:
    """Yield a document for each text of `slab`, then one for each parent.

    `names` are those of `list_names`; `extras` has by text what else its document holds, as JSON after a comma.
    """
    yield from _render_texts(slab, names, options, extras or [""] * slab.parent_ids.size)
    if options.parent:
        yield from _render_parents(slab, names, options)


def _render_texts(
    slab: WeighedSlab, names: Sequence[str], options: Bm25Options, extras: Sequence[str]
) -> Iterator[BulkDocument]:
    """Yield a document for each text of the slab, which finds and ranks it by the features it has."""
    count, fields = slab.parent_ids.size, slab.fields
    weights = ("body", 1.0), ("voice", options.voice), ("heading", options.heading)
    direct_fields = [_transpose(fields[name], count, weight) for name, weight in weights]
    around = _transpose(fields["around"], count, options.around)
    pairs = _PairNames(fields["pairs"].keys, names)
    # Pairs are numbered by their place, since the key of a pair is too large for a cell.
    places = np.arange(len(pairs), dtype=np.uint64)
    paired = _transpose(fields["pairs"]._replace(keys=places), count, options.pairs)
    for chunk in _cut_chunks(count):
        direct, raised = _add_around(
            _sum_cells(direct_fields, chunk, len(names)),
            _sum_cells([around], chunk, len(names)),
        )
        features = {
            "direct": _Features(direct, names, len(chunk)),
            "raise": _Features(raised, names, len(chunk)),
            "pairs": _Features(_sum_cells([paired], chunk, len(pairs)), pairs, len(chunk)),
        }
        for text in chunk:
            number, local_parent = slab.first_text + text, slab.parent_ids.item(text)
            parent = slab.first_parent + local_parent if local_parent >= 0 else local_parent
            join = f'"kind":{{"name":"{PASSAGE}","parent":"p{parent}"}},' if parent >= 0 else ""
            routing = f"p{parent}" if parent >= 0 else f"t{number}"
            source = f'{{{join}"number":{number}{extras[text]}{_render_fields(features, text - chunk.start)}}}'
            yield BulkDocument(str(number), routing, source)


def _render_parents(slab: WeighedSlab, names: Sequence[str], options: Bm25Options) -> Iterator[BulkDocument]:
    """Yield a document for each parent of the slab, with what it adds to each of its texts."""
    field = _transpose(slab.fields["parent"], slab.parent_count, options.parent)
    for chunk in _cut_chunks(slab.parent_count):
        features = {"parent": _Features(_sum_cells([field], chunk, len(names)), names, len(chunk))}
        for parent in chunk:
            source = f'{{"kind":"{PARENT}"{_render_fields(features, parent - chunk.start)}}}'
            name = f"p{slab.first_parent + parent}"
            yield BulkDocument(name, name, source)


def _cut_chunks(count: int) -> Iterator[range]:
    """Yield the places below `count` in ranges of `_CHUNK_SIZE`, the last of which may be shorter."""
    for first in range(0, count, _CHUNK_SIZE):
        yield range(first, min(first + _CHUNK_SIZE, count))


class _Transposed(NamedTuple):
    """Postings by text: `starts[n]:starts[n + 1]` has the rows and weights of the n-th."""

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: NDArray[np.float64]


class _Cells(NamedTuple):
    """Weights of some texts, each at text x row count + row; ascending, each once."""

    keys: NDArray[np.int64]
    values: NDArray[np.float64]
    row_count: int


class _Features:
    """The features of a field of some texts, the value of each cut into upper and lower bits."""

    def __init__(self, cells: _Cells, names: _PairNames | Sequence[str], text_count: int) -> None:
        self._names = names
        bounds = np.arange(text_count + 1, dtype=np.int64) * cells.row_count
        self._starts = np.searchsorted(cells.keys, bounds)
        self._rows = cells.keys % max(cells.row_count, 1)
        upper = cells.values.astype(np.float32).view(np.uint32) >> _LOST_BITS
        rest = cells.values - (upper << _LOST_BITS).view(np.float32)
        rest[rest < cells.values * _NEGLIGIBLE] = 0
        # Rounded, by adding half of what the cut can lose.
        lower = (rest.astype(np.float32).view(np.uint32) + _HALF_LOST) >> _LOST_BITS
        self._halves = ("", upper), (LOW_SUFFIX, lower)

    def render(self, field: str, text: int) -> Iterator[str]:
        """Yield the JSON of `field` with the upper bits of each weight, and of its low field with the lower, if any."""
        span = slice(self._starts.item(text), self._starts.item(text + 1))
        rows = self._rows[span].tolist()
        for suffix, half in self._halves:
            if features := [
                f"{self._names[row]}{_render_value(bits)}"
                for row, bits in zip(rows, half[span].tolist(), strict=True)
                if bits
            ]:
                yield f',"{field}{suffix}":{{{",".join(features)}}}'


@lru_cache(maxsize=1 << 16)
def _render_value(bits: int) -> str:
    """Return the shortest decimal of the float whose upper bits these are; few ever differ."""
    return str(np.uint32(bits << int(_LOST_BITS)).view(np.float32))


def _render_fields(chunk: Mapping[str, _Features], text: int) -> str:
    """Return the JSON of all features of a text, each field after a comma; `text` counts within the chunk."""
    return "".join(half for field, features in chunk.items() for half in features.render(field, text))


def _encode_hash(stem_hash: int) -> str:
    """Encode 64 bits in eleven characters: base64 for addresses, without padding."""
    return urlsafe_b64encode(stem_hash.to_bytes(8)).decode().rstrip("=")


def list_names(stems: Iterable[str]) -> list[str]:
    """Return the JSON of each stem's feature up to its value."""
    return [f'"{_encode_hash(hash_stem(stem))}":' for stem in stems]


class _PairNames:
    """The JSON of each pair's feature: the names of both stems, one after the other."""

    def __init__(self, keys: NDArray[np.uint64], names: Sequence[str]) -> None:
        self._lefts = (keys >> np.uint64(32)).tolist()
        self._rights = (keys & np.uint64(0xFFFFFFFF)).tolist()
        self._names = names

    def __len__(self) -> int:
        return len(self._lefts)

    def __getitem__(self, row: int) -> str:
        return f"{self._names[self._lefts[row]][:-2]}{self._names[self._rights[row]][1:]}"


def _transpose(field: WeighedField, text_count: int, weight: float) -> _Transposed:
    """Return the postings of `field` by text, each in the row of its key."""
    rows = np.repeat(field.keys.astype(np.int32), np.diff(field.starts))
    order = np.argsort(field.ids, kind="stable")
    counts = np.bincount(field.ids, minlength=text_count)
    return _Transposed(np.concatenate([[0], np.cumsum(counts)]), rows[order], (field.values * weight)[order])


def _sum_cells(fields: Sequence[_Transposed], chunk: range, row_count: int) -> _Cells:
    """Return the sum of `fields` in each cell of the texts in `chunk`, counted from its first."""
    keys: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float64]] = []
    for field in fields:
        starts = field.starts[chunk.start : chunk.stop + 1]
        span = slice(starts.item(0), starts.item(-1))
        keys.append(np.repeat(np.arange(len(chunk)), np.diff(starts)) * row_count + field.rows[span])
        values.append(field.values[span])
    unique, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    sums = np.bincount(inverse, np.concatenate(values), unique.size).astype(np.float64, copy=False)
    return _Cells(unique, sums, row_count)


def _add_around(direct: _Cells, around: _Cells) -> tuple[_Cells, _Cells]:
    """Return `direct` with what `around` adds to its cells, and what `around` has elsewhere."""
    if not direct.keys.size:
        return direct, around
    places = np.searchsorted(direct.keys, around.keys).clip(max=direct.keys.size - 1)
    is_direct = direct.keys[places] == around.keys
    values = direct.values.copy()
    values[places[is_direct]] += around.values[is_direct]
    rest = around._replace(keys=around.keys[~is_direct], values=around.values[~is_direct])
    return direct._replace(values=values), rest


class FeatureQuery(NamedTuple):
    """What is looked for: stems with weights, pairs of stems, filters that a hit passes, the field that it brings."""

    terms: Sequence[tuple[str, float]]
    pairs: Sequence[tuple[str, str]]
    filters: Sequence[Body]
    stored_field: str


def build_request(features: FeatureQuery, limit: int) -> dict[str, Any]:
    """Return the search for up to `limit` hits, best first, ties by the earlier passage; each names the terms it has.

    A hit has one of the terms itself; all else only raises it.
    """
    weights = [(feature_name(stem), weight) for stem, weight in features.terms]
    pairs = [(feature_name(left) + feature_name(right), 1.0) for left, right in features.pairs]
    finding = _build_clauses(weights, "direct")
    for number, clause in enumerate(finding):
        clause["rank_feature"]["_name"] = str(number)
    parents = _match_any_of(_build_clauses(weights, PARENT, PARENT + LOW_SUFFIX))
    raising = [
        *_build_clauses(weights, "direct" + LOW_SUFFIX, "raise", "raise" + LOW_SUFFIX),
        *_build_clauses(pairs, "pairs", "pairs" + LOW_SUFFIX),
        {"has_parent": {"parent_type": PARENT, "score": True, "query": parents}},
    ]
    return {
        "size": limit,
        "query": {"bool": {"must": _match_any_of(finding), "should": raising, "filter": list(features.filters)}},
        "sort": ["_score", {NUMBER: "asc"}],
        "track_total_hits": False,
        "_source": False,
        "stored_fields": features.stored_field,
        "track_scores": True,
    }


def _build_clauses(weights: Sequence[tuple[str, float]], *fields: str) -> list[dict[str, Any]]:
    """Return a clause for each feature of `fields` and name; it adds the feature times its weight to the score."""
    return [
        {"rank_feature": {"field": f"{field}.{name}", "linear": {}, "boost": weight}}
        for field in fields
        for name, weight in weights
    ]


def _match_any_of(clauses: Sequence[Body]) -> dict[str, Any]:
    """Build the query that matches where one of `clauses` does, and adds up the scores of those that do."""
    return {"bool": {"should": list(clauses)}}
