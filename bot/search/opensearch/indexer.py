"""Two passes over passages that may come from a stream: the first counts stems, the second renders documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from bot.analysis import Analyser
from bot.model import Passage
from bot.search.bm25.engine import read_text
from bot.search.bm25.scorer import build_stem_table
from bot.search.bm25.text_ranking import Bm25Options, create_numbering
from bot.search.opensearch.impacts import BulkDocument, list_names, render_documents
from bot.search.opensearch.slabs import CorpusTotals, CountedSlab, count_slab, weigh_slab
from bot.search.opensearch.statistics import Statistics

Describe = Callable[[Sequence[Passage]], Sequence[str]]

# Passages counted or weighed at once, and the rest of the last document: 60 words each take some 150 MB.
SLAB_SIZE = 10_000


class CorpusIndexer:
    """Indexes passages that are read twice, in the same order, those of a document together."""

    def __init__(self, analyser: Analyser, options: Bm25Options) -> None:
        self._analyser = analyser
        self._options = options
        self._stems = create_numbering()
        self._totals = CorpusTotals()
        self._only_slab: CountedSlab | None = None

    def count(self, all_passages: Iterable[Passage]) -> Statistics:
        """Read all passages, and return what is known of them without asking."""
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

    def render(self, all_passages: Iterable[Passage], describe: Describe = lambda _: ()) -> Iterator[BulkDocument]:
        """Yield the documents of the passages that are counted.

        `describe` returns what else the documents of some passages hold, as JSON after a comma, or nothing for all.
        """
        names, first_text, first_parent = list_names(self._stems), 0, 0
        for passages in cut_slabs(all_passages):
            counted = self._only_slab or self._count_slab(passages)
            slab = weigh_slab(counted, self._totals, first_text, first_parent)
            yield from render_documents(slab, names, self._options, describe(passages))
            first_text, first_parent = first_text + len(passages), first_parent + slab.parent_count

    def _count_slab(self, passages: Sequence[Passage]) -> CountedSlab:
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
