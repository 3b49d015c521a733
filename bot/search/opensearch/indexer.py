"""Two passes over passages that may come from a stream: the first counts stems, the second renders documents.

Passages are read in slabs of whole documents, so memory holds one slab, and of the rest how many texts have each
stem and each pair of stems. The statistics that the first pass returns are kept in the index itself: a process that
finds the index complete counts nothing.
"""

from __future__ import annotations

import io
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.analysis import Analyser
from bot.model import Passage
from bot.search.bm25.engine import read_text
from bot.search.bm25.postings import MISSING, Postings
from bot.search.bm25.scorer import build_stem_table, compute_idf, encode_weights, hash_stem
from bot.search.bm25.text_ranking import Bm25Options, Curve, FieldIndexes, Text, TextCounter, create_numbering
from bot.search.opensearch.features import BulkDocument, WeighedField, WeighedSlab, list_names, render_documents

Describe = Callable[[Passage], str]

# Passages counted or weighed at once, besides the rest of the last document; of 60 words each they take some 150 MB.
SLAB_SIZE = 10_000


class Statistics(NamedTuple):
    """How many passages an index has, and the idf of each stem: `idf[row]` is that of the hash `hashes[row]`."""

    text_count: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    idf: NDArray[np.float64]

    def has_stem(self, stem: str) -> bool:
        """Return whether any passage has the stem."""
        return self._find_row(stem) != MISSING

    def get_idf(self, stem: str) -> float:
        """Return the idf of `stem`, the highest there can be where no passage has it."""
        row = self._find_row(stem)
        return math.log(2 * (self.text_count.item() + 1)) if row == MISSING else self.idf.item(row)

    def _find_row(self, stem: str) -> int:
        """Return the row of `stem`, or MISSING."""
        hashes, stem_hash = self.hashes.data, hash_stem(stem)
        row = bisect_left(hashes, stem_hash)
        return row if row < len(hashes) and hashes[row] == stem_hash else MISSING


def statistics_to_bytes(statistics: Statistics) -> bytes:
    """Return `statistics` as a numpy archive."""
    file = io.BytesIO()
    np.savez_compressed(file, **statistics._asdict())
    return file.getvalue()


def statistics_from_bytes(data: bytes) -> Statistics:
    """Return the statistics in a numpy archive, which can hold no code."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return Statistics(**{name: arrays[name] for name in Statistics._fields})


class CountedSlab(NamedTuple):
    """The postings of each field of some texts, and the number of each text's parent within the slab."""

    parts: Sequence[tuple[str, Postings, Curve]]
    parent_ids: NDArray[np.int32]


class FieldTotals:
    """How many texts each key of a part stands in, and how long all texts are."""

    def __init__(self) -> None:
        self._keys = np.zeros(0, np.uint64)
        self._frequencies = np.zeros(0, np.uint32)
        self._text_count = self._length_sum = 0

    def add(self, postings: Postings, curve: Curve) -> None:
        """Add the postings of further texts."""
        frequencies = np.diff(postings.starts).astype(np.uint32)
        places = np.searchsorted(self._keys, postings.keys)
        is_known = self._has_keys(places, postings.keys)
        self._frequencies[places[is_known]] += frequencies[is_known]
        self._keys = np.insert(self._keys, places[~is_known], postings.keys[~is_known])
        self._frequencies = np.insert(self._frequencies, places[~is_known], frequencies[~is_known])
        self._text_count += postings.lengths.size
        self._length_sum += int(np.maximum(postings.lengths, curve.min_length).sum())

    @property
    def mean_length(self) -> float:
        """The mean length of a text, 1 where none has a word."""
        return self._length_sum / self._text_count if self._length_sum else 1.0

    def find_idf(self, keys: NDArray[np.uint64]) -> NDArray[np.float64]:
        """Return the idf of each of `keys`, 0 where no text has it."""
        places = np.searchsorted(self._keys, keys)
        is_known = self._has_keys(places, keys)
        frequencies = np.zeros(keys.size, np.int64)
        frequencies[is_known] = self._frequencies[places[is_known]]
        return self._idf[frequencies]

    def _has_keys(self, places: NDArray[np.intp], keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Return which of `keys` are counted, each of which would stand at its place in `places`."""
        if not self._keys.size:
            return np.zeros(keys.size, bool)
        mask: NDArray[np.bool_] = self._keys[places.clip(max=self._keys.size - 1)] == keys
        return mask

    @cached_property
    def _idf(self) -> NDArray[np.float64]:
        """The idf by document frequency; read once everything is counted."""
        return compute_idf(self._frequencies.astype(np.int64), self._text_count)


class CorpusTotals:
    """What is counted in all slabs: the texts, and the keys of each part."""

    def __init__(self) -> None:
        self.fields = {name: FieldTotals() for name in FieldIndexes._fields}
        self.text_count = 0

    def add(self, slab: CountedSlab) -> None:
        """Count one slab."""
        self.text_count += slab.parent_ids.size
        for name, postings, curve in slab.parts:
            self.fields[name].add(postings, curve)

    def find_stem_idf(self, stem_count: int) -> NDArray[np.float64]:
        """Return the idf of each stem by the texts' own words, else by voices, else by headings."""
        keys = np.arange(stem_count, dtype=np.uint64)
        idf = np.zeros(stem_count)
        for name in ("body", "voice", "heading"):
            idf = np.where(idf > 0, idf, self.fields[name].find_idf(keys))
        return idf


def count_slab(texts: Iterable[Text], options: Bm25Options, stems: defaultdict[str, int]) -> CountedSlab:
    """Count `texts`, whose parents are in no other slab; new stems are added to `stems`."""
    counter = TextCounter(options, stems)
    counter.count_texts(texts)
    return CountedSlab(tuple(counter.take_postings()), np.array(counter.parent_ids, np.int32))


def weigh_slab(slab: CountedSlab, totals: CorpusTotals, first_text: int, first_parent: int) -> WeighedSlab:
    """Return what each key adds to each text of `slab`, by what is counted of all slabs."""
    fields = {name: _weigh_postings(postings, curve, totals.fields[name]) for name, postings, curve in slab.parts}
    return WeighedSlab(first_text, first_parent, slab.parent_ids, fields)


def _weigh_postings(postings: Postings, curve: Curve, totals: FieldTotals) -> WeighedField:
    """Return the weights of one part of a slab, with the idf and the mean length of all slabs."""
    codes, table = encode_weights(postings, *curve, totals.mean_length)
    values = table[codes] * np.repeat(totals.find_idf(postings.keys), np.diff(postings.starts))
    return WeighedField(postings.keys, postings.starts, postings.ids, values)


class CorpusIndexer:
    """Indexes passages that are read twice, in the same order, those of a document together."""

    def __init__(self, analyser: Analyser, options: Bm25Options) -> None:
        self._analyser = analyser
        self._options = options
        self._stems = create_numbering()
        self._totals = CorpusTotals()
        self._only_slab: CountedSlab | None = None

    def count(self, all_passages: Iterable[Passage]) -> Statistics:
        """Read all passages, and return their statistics."""
        for number, passages in enumerate(cut_slabs(all_passages)):
            slab = self._count_slab(passages)
            self._totals.add(slab)
            # What is in one slab need not be counted again.
            self._only_slab = None if number else slab
        table = build_stem_table(self._stems)
        return Statistics(
            np.array(self._totals.text_count, np.int64),
            table.hashes,
            self._totals.find_stem_idf(len(self._stems))[table.rows],
        )

    def render(self, all_passages: Iterable[Passage], describe: Describe = lambda _: "") -> Iterator[BulkDocument]:
        """Yield the documents of the passages that are counted.

        `describe` returns what else the document of a passage holds, as JSON after a comma.
        """
        names, first_text, first_parent = list_names(self._stems), 0, 0
        for passages in cut_slabs(all_passages):
            counted = self._only_slab or self._count_slab(passages)
            slab = weigh_slab(counted, self._totals, first_text, first_parent)
            yield from render_documents(slab, names, self._options, list(map(describe, passages)))
            first_text, first_parent = first_text + len(passages), first_parent + slab.parent_count

    def _count_slab(self, passages: Sequence[Passage]) -> CountedSlab:
        """Read the texts of `passages` and count them as one slab."""
        texts = (read_text(passage, self._analyser) for passage in passages)
        return count_slab(texts, self._options, self._stems)


def cut_slabs(passages: Iterable[Passage]) -> Iterator[list[Passage]]:
    """Cut `passages` into lists of whole documents, of `SLAB_SIZE` passages and the rest of the last document."""
    slab: list[Passage] = []
    for passage in passages:
        if len(slab) >= SLAB_SIZE and passage.document.id != slab[-1].document.id:
            yield slab
            slab = []
        slab.append(passage)
    if slab:
        yield slab
