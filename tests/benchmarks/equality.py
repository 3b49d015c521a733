"""Our scores beside those of rank-bm25's own get_scores, over the same stems."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rank_bm25 import BM25Plus

from bot.search.bm25.engine import Bm25Options
from bot.search.bm25.postings import MISSING
from bot.search.bm25.scorer import sum_scores
from bot.search.bm25.text_ranking import Text, build_ranking


def largest_difference(
    texts: Sequence[Sequence[str]], questions: Sequence[Sequence[str]], k1: float = 1.5, b: float = 0.75, floor: int = 0
) -> float:
    """Return by how much the two differ at most, over all texts and questions.

    A floor is given to the library as the lengths it would have found.
    """
    library = BM25Plus(texts, k1=k1, b=b)
    library.doc_len = [max(length, floor) for length in library.doc_len]
    library.avgdl = float(np.mean(library.doc_len)) or 1.0
    options = Bm25Options(k1=k1, b=b, floor=floor, voice=0, heading=0, pairs=0, around=0, parent=0)
    ranking = build_ranking((Text(text) for text in texts), options)
    differences = [0.0]
    for question in questions:
        rows = [row for stem in question if (row := ranking.stems.find_row(stem)) != MISSING]
        ours = sum_scores([(ranking.fields.body, 1.0, [(row, 1.0) for row in rows])], len(texts))
        ours += library.delta * sum(ranking.fields.body.row_idf(row) for row in rows)
        differences.append(float(np.abs(ours - library.get_scores(question)).max()))
    return max(differences)
