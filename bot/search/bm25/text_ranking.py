"""Texts by number, ranked by the weighted sum of several small BM25s.

A text is found by its own words, its voice and its heading; what is found is
then raised by words that stand side by side, by the texts around it, and by the
speech or document it is a part of.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from bot.search import Query
from bot.search.bm25.postings import MISSING, Postings, PostingsBuilder, count_parents, expand_rows, sum_by_parent
from bot.search.bm25.scorer import (
    BestTexts,
    DeferredScorer,
    FieldQuery,
    Scorer,
    StemTable,
    TextQuery,
    WeightedPostings,
    build_stem_table,
    choose_scorer,
    fit_weights,
    pair_key,
)
from bot.storage.array_file import Arrays


class Bm25Options(BaseModel):
    """`[engine.options.bm25]`; a part whose weight is 0 is not built."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    k1: float = Field(1.5, gt=0, le=10, description="how slowly a repeated word stops counting")
    b: float = Field(0.75, ge=0, le=1, description="how far a long passage is marked down")
    floor: int = Field(50, ge=0, description="a passage of fewer words counts as this long")
    voice: float = Field(0.5, ge=0, le=10, description="weight of name, role, organisation, cue")
    heading: float = Field(0.31, ge=0, le=10, description="weight of title and heading")
    pairs: float = Field(0.3, ge=0, le=10, description="weight of words side by side")
    around: float = Field(0.42, ge=0, le=10, description="weight of the passages before and after")
    parent: float = Field(0.87, ge=0, le=10, description="weight of the speech or document")
    terms: int = Field(128, gt=0, description="most stems of one question that are searched")
    fast: bool = Field(default=True, description="score with numba where it is installed")


class Text(NamedTuple):
    """What one passage is found by, as stems.

    Passages of one `parent` make a speech or document, and follow one another;
    None is a passage by itself.
    """

    body: Sequence[str]
    voice: Sequence[str] = ()
    heading: Sequence[str] = ()
    parent: Hashable = None


class Curve(NamedTuple):
    """How a part is weighed by BM25; a text of fewer words than `min_length` counts as that long."""

    k1: float
    b: float
    min_length: int = 0


class FieldIndexes(NamedTuple):
    """One index for each way of being found; all but `pairs` have a row for every stem."""

    body: WeightedPostings
    voice: WeightedPostings
    heading: WeightedPostings
    around: WeightedPostings
    parent: WeightedPostings
    pairs: WeightedPostings


@dataclass(frozen=True, slots=True)
class Ranking:
    """Texts, ready to be ranked; `parent_ids` has the number of each one's parent, or MISSING.

    There are `parent_count` parents. `pair_keys` are the keys of the rows of `fields.pairs`, ascending.
    """

    options: Bm25Options
    stems: StemTable
    fields: FieldIndexes
    pair_keys: NDArray[np.uint64]
    parent_ids: NDArray[np.int32]
    parent_count: int
    scorer: Scorer

    def find_best(self, query: Query, limit: int) -> BestTexts:
        """Return the texts that share a stem with `query`, best first, at most `limit`, and scores.

        A stem is shared with a text's own words, voice or heading. Ties go to
        the earlier text.
        """
        terms = [(row, weight) for _, row, weight in self._select_terms(query)]
        if limit < 1 or not terms:
            return np.zeros(0, np.int64), np.zeros(0)
        fields, options = self.fields, self.options
        matching = _drop_empty(
            (fields.body, 1.0, terms), (fields.voice, options.voice, terms), (fields.heading, options.heading, terms)
        )
        boosting = _drop_empty((fields.around, options.around, terms))
        if query.pairs and self.pair_keys.size:
            boosting.append((fields.pairs, options.pairs, self._find_pair_rows(query)))
        parent_queries = _drop_empty((fields.parent, options.parent, terms))
        parent_query = (parent_queries[0], self.parent_ids, self.parent_count) if parent_queries else None
        return self.scorer.find_best(TextQuery(self.parent_ids.size, matching, boosting, parent_query), limit)

    def idf(self, stem: str) -> float:
        """Return the idf of `stem` by the texts' own words, else by voices, else by headings."""
        return self._row_idf(self.stems.find_row(stem))

    def _row_idf(self, row: int) -> float:
        """Return the idf of a stem by the first field that has it, the highest where none has."""
        fields = (self.fields.body, self.fields.voice, self.fields.heading)
        idfs = (field.row_idf(row) for field in fields if row != MISSING)
        return next((idf for idf in idfs if idf), math.log(2 * (self.parent_ids.size + 1)))

    def find_matched_stems(self, query: Query, text_ids: NDArray[np.int64]) -> list[frozenset[str]]:
        """Return, for each of `text_ids`, the stems of `query` in its words, voice or heading."""
        stems_by_text: list[set[str]] = [set() for _ in range(text_ids.size)]
        for stem, row, _ in self._list_terms(query):
            for field in (self.fields.body, self.fields.voice, self.fields.heading):
                for position in _find_postings(field, row, text_ids):
                    stems_by_text[position].add(stem)
        return [frozenset(stems) for stems in stems_by_text]

    def _select_terms(self, query: Query) -> list[tuple[str, int, float]]:
        """Return each known stem with its row and weight; of too many, the most telling."""
        terms = self._list_terms(query)
        if len(terms) > self.options.terms:
            terms.sort(key=lambda term: -term[2] * self._row_idf(term[1]))
        return terms[: self.options.terms]

    def _list_terms(self, query: Query) -> list[tuple[str, int, float]]:
        """List the stems of `query` that any text has and that weigh something: each with its row and weight."""
        rows = self.stems.find_rows(query.weights)
        weights = zip(query.weights.items(), rows, strict=True)
        return [(stem, row, weight) for (stem, weight), row in weights if row != MISSING and weight > 0]

    def _find_pair_rows(self, query: Query) -> list[tuple[int, float]]:
        """Return the row of each pair of `query` that any text has, with the weight 1; of many, the first `terms`."""
        keys, pairs = self.pair_keys, query.pairs[: self.options.terms]
        stems = dict.fromkeys(chain.from_iterable(pairs))
        rows = dict(zip(stems, self.stems.find_rows(stems), strict=True))
        known_keys = [
            pair_key(rows[left], rows[right]) for left, right in pairs if MISSING not in (rows[left], rows[right])
        ]
        wanted_keys = np.array(known_keys, np.uint64)
        positions = np.minimum(np.searchsorted(keys, wanted_keys), keys.size - 1)
        return [(row, 1.0) for row in positions[keys[positions] == wanted_keys].tolist()]


def build_ranking(texts: Iterable[Text], options: Bm25Options) -> Ranking:
    """Return `texts` ready to be ranked, numbered in their order; a part of weight 0 is empty."""
    counter = TextCounter(options, create_numbering())
    counter.count_texts(texts)
    stem_count = len(counter.stems)
    parent_ids = np.array(counter.parent_ids, np.int32)
    parent_ids.flags.writeable = False
    pair_keys = np.zeros(0, np.uint64)
    is_narrow = not isinstance(choose_scorer(parent_ids.size, fast=options.fast), DeferredScorer)
    fields: dict[str, WeightedPostings] = {}
    for name, postings, curve in counter.take_postings():
        if name == "pairs":
            pair_keys = postings.keys
        rows = postings if name == "pairs" else expand_rows(postings, stem_count)
        fields[name] = fit_weights(rows, *curve, is_narrow=is_narrow)
    return _assemble_ranking(options, build_stem_table(counter.stems), FieldIndexes(**fields), pair_keys, parent_ids)


def _assemble_ranking(
    options: Bm25Options,
    stems: StemTable,
    fields: FieldIndexes,
    pair_keys: NDArray[np.uint64],
    parent_ids: NDArray[np.int32],
) -> Ranking:
    """Return the ranking of these parts, with the scorer that suits the number of texts."""
    scorer = choose_scorer(parent_ids.size, fast=options.fast)
    return Ranking(options, stems, fields, pair_keys, parent_ids, count_parents(parent_ids), scorer)


def ranking_to_arrays(ranking: Ranking) -> dict[str, NDArray[Any]]:
    """Return everything of `ranking` but its options, as arrays by name."""
    named_fields = zip(FieldIndexes._fields, ranking.fields, strict=True)
    arrays = {
        f"{field}.{name}": array for field, postings in named_fields for name, array in postings._asdict().items()
    }
    stems = {"hashes": ranking.stems.hashes, "rows": ranking.stems.rows}
    return {**stems, "pairs": ranking.pair_keys, "parents": ranking.parent_ids, **arrays}


def ranking_from_arrays(arrays: Arrays, options: Bm25Options) -> Ranking:
    """Return the ranking that `arrays` were stored from."""
    fields = FieldIndexes(*(_read_postings(arrays, field) for field in FieldIndexes._fields))
    stems = StemTable(arrays["hashes"], arrays["rows"])
    return _assemble_ranking(options, stems, fields, arrays["pairs"], arrays["parents"])


def _read_postings(arrays: Arrays, field: str) -> WeightedPostings:
    """Return the postings of `field` from its arrays."""
    return WeightedPostings(*(arrays[f"{field}.{name}"] for name in WeightedPostings._fields))


# The types, in numpy's notation, that each array of a field may have.
_POSTING_TYPES = {
    "starts": ("<u4", "<i8"),
    "ids": ("<i4",),
    "codes": ("|u1", "<u2", "<u4"),
    "table": ("<f8",),
    "idf": ("<f8",),
    "rare_places": ("<u4", "<i8"),
    "rare_codes": ("<u2", "<u4"),
}
_TABLE_TYPES = {"hashes": ("<u8",), "rows": ("<i4",), "pairs": ("<u8",), "parents": ("<i4",)}


def are_sound(arrays: Arrays, text_count: int) -> bool:
    """Return whether `arrays` are such as `ranking_to_arrays` returns for `text_count` texts.

    Every index in them is within its bounds, so that what another version stored cannot fail in the
    middle of a search.
    """
    types = _TABLE_TYPES | {f"{f}.{name}": t for f in FieldIndexes._fields for name, t in _POSTING_TYPES.items()}
    if not all(name in arrays and arrays[name].dtype.str in allowed for name, allowed in types.items()):
        return False
    hashes, rows, parents = arrays["hashes"], arrays["rows"], arrays["parents"]
    stem_rows, pair_rows = arrays["body.starts"].size - 1, arrays["pairs.starts"].size - 1
    return (
        parents.size == text_count
        and hashes.size == rows.size == stem_rows
        and arrays["pairs"].size == pair_rows
        and bool((hashes[1:] > hashes[:-1]).all())
        and _lies_below(rows, stem_rows)
        and all(
            _are_sound_postings(
                _read_postings(arrays, name),
                pair_rows if name == "pairs" else stem_rows,
                count_parents(parents) if name == "parent" else text_count,
            )
            for name in FieldIndexes._fields
        )
    )


def _are_sound_postings(postings: WeightedPostings, row_count: int, text_count: int) -> bool:
    """Return whether `postings` have `row_count` rows, and every index in them is within its bounds."""
    starts, ids = postings.starts, postings.ids
    if starts.size != row_count + 1 or ids.size != postings.codes.size or starts[0] != 0 or starts[-1] != ids.size:
        return False
    lengths = np.diff(starts.astype(np.int64))
    return (
        bool((lengths >= 0).all())
        and _lies_below(ids, text_count)
        and _lies_below(postings.codes, postings.table.size)
        and postings.rare_places.size == postings.rare_codes.size
        and _lies_below(postings.rare_places, ids.size)
        and bool((postings.rare_places[1:] > postings.rare_places[:-1]).all())
        and _lies_below(postings.rare_codes, postings.table.size)
        and _lies_below(lengths, postings.idf.size)
    )


def _lies_below(numbers: NDArray[Any], bound: int) -> bool:
    """Return whether all of `numbers` are places in a list of `bound` items."""
    return not numbers.size or (int(numbers.min()) >= 0 and int(numbers.max()) < bound)


class _NumberedText(NamedTuple):
    """The number of a text's parent, or MISSING, and of each of its own words."""

    parent: int
    body: list[int]


_NO_TEXT = _NumberedText(MISSING, [])


class TextCounter:
    """Counts texts, which may come from a stream, in one pass; `stems` are numbered in the order they come."""

    def __init__(self, options: Bm25Options, stems: defaultdict[str, int]) -> None:
        self.options = options
        self.stems = stems
        self.parent_ids: list[int] = []
        self.body, self.voice, self.heading, self.around = (PostingsBuilder() for _ in range(4))
        self.pairs = PostingsBuilder(count_pairs=True)

    def take_postings(self) -> Iterator[tuple[str, Postings, Curve]]:
        """Yield each field by its name, with the curve that it is weighed by, and forget what was counted of it."""
        options, parent_ids = self.options, np.array(self.parent_ids, np.int32)
        curve = Curve(options.k1, options.b, options.floor)
        body = self.body.build_postings()
        yield "body", body, curve
        yield "parent", sum_by_parent(body, parent_ids) if options.parent else NO_POSTINGS, Curve(1.0, 0.75)
        del body
        yield "voice", self.voice.build_postings(), Curve(1.2, 0.5)
        yield "heading", self.heading.build_postings(), Curve(1.8, 1.0)
        yield "around", self.around.build_postings(), Curve(1.0, 0.75)
        yield "pairs", self.pairs.build_postings(), Curve(0.2, 0.4, options.floor)

    def count_texts(self, texts: Iterable[Text]) -> None:
        """Count the words of `texts`, and of what stands around each."""
        parent_numbers = create_numbering()
        previous = pending = _NO_TEXT
        for text in texts:
            parent = MISSING if text.parent is None else parent_numbers[text.parent]
            current = _NumberedText(parent, [self.stems[stem] for stem in text.body])
            self._count_text(text, current)
            if len(self.parent_ids) > 1:
                self._count_neighbours(previous, pending, current)
            previous, pending = pending, current
        if self.parent_ids:
            self._count_neighbours(previous, pending, _NO_TEXT)

    def _count_text(self, text: Text, numbered_text: _NumberedText) -> None:
        """Count the next text in every field but `around` and `parent`, which depend on other texts."""
        options, stems = self.options, self.stems
        self.parent_ids.append(numbered_text.parent)
        self.body.add(numbered_text.body)
        self.voice.add({stems[s]: None for s in text.voice} if options.voice else ())
        self.heading.add({stems[s]: None for s in text.heading} if options.heading else ())
        self.pairs.add(numbered_text.body if options.pairs else ())

    def _count_neighbours(self, previous: _NumberedText, text: _NumberedText, following: _NumberedText) -> None:
        """Count the words around `text`; at an end the one neighbour counts twice."""
        has_neighbours = text.parent != MISSING and self.options.around > 0
        neighbours = [
            neighbour.body for neighbour in (previous, following) if has_neighbours and neighbour.parent == text.parent
        ]
        self.around.add(chain.from_iterable(neighbours * (2 if len(neighbours) == 1 else 1)))


def create_numbering() -> defaultdict[Any, int]:
    """Return a table that numbers whatever is looked up, from 0, in the order of the first look-ups."""
    table: defaultdict[Any, int] = defaultdict()
    table.default_factory = table.__len__
    return table


def _drop_empty(*queries: FieldQuery) -> list[FieldQuery]:
    """Drop the queries of empty parts."""
    return [query for query in queries if query[0].ids.size]


def _find_postings(field: WeightedPostings, row: int, text_ids: NDArray[np.int64]) -> list[int]:
    """Return the places in `text_ids` of the texts that have a posting in `row`."""
    low, high = field.posting_range(row)
    if low == high:
        return []
    ids = field.ids[low:high]
    places: list[int] = (ids[np.minimum(ids.searchsorted(text_ids), high - low - 1)] == text_ids).nonzero()[0].tolist()
    return places


NO_POSTINGS = Postings(
    np.zeros(0, np.uint64), np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint8), np.zeros(0, np.int64)
)
