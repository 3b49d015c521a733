"""BM25 over whole passages, fitted by rank-bm25, touching only what matches.

A passage is found by its own words, by its voice and cue, and by its heading;
words that stand side by side, the passages around it and the speech or document
it stands in raise it among those found. docs/decisions/0005-bm25-recipe.md has
the measurements behind every default.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np

from bot.engines import Hit
from bot.engines.inverted.options import Options
from bot.engines.inverted.ranking import Ranking, Text, rank
from bot.engines.inverted.saving import opened, save
from bot.engines.inverted.storing import read, restored, stored, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from bot.engines import Query
    from bot.engines.inverted.saving import Arrays
    from bot.model import Passage, Turn
    from bot.terms import Analyser

__all__ = ["Bm25", "Options", "build", "key"]

# The most passages that are kept as they were read; of more that would take too much memory.
_REMEMBERED = 20_000
_FORMAT = 1  # raise it when passages are read, counted or laid out in another way


@dataclass(frozen=True)
class Bm25:
    """Passages, their ranking by number, and every folded word that leads to one of them.

    `taken` is what a later index of some of the same documents takes over.
    """

    passages: Sequence[Passage]
    ranking: Ranking
    words: NDArray[np.uint8]
    counts: NDArray[np.int32]
    taken: Sequence[object] = ()

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        """Return up to `limit` hits, best first; ties go to the earlier passage."""
        texts, scores = self.ranking.best(query, limit)
        found = zip(
            texts.tolist(), scores.tolist(), self.ranking.matched(query, texts), strict=True
        )
        return tuple(Hit(self.passages[text], score, matched) for text, score, matched in found)

    def rarity(self, stem: str) -> float:
        """Return the stem's idf: above zero, most for a stem no passage has."""
        return self.ranking.rarity(stem)

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """Every folded word, and in how many passages it stands."""
        return dict(zip(read(self.words), self.counts.tolist(), strict=True))


def build(
    passages: Sequence[Passage], analyser: Analyser, options: Options, cache: Path | None = None
) -> Bm25:
    """Return an index of `passages`, in their order, mapped from `cache` if that holds it.

    If it does not, the index is built, saved there, and used as it was saved.
    """
    passages = tuple(passages)
    if cache is None:
        return _built(passages, analyser, options)
    known = key(passages, analyser, options)
    if arrays := opened(cache, known):
        return _restored(arrays, passages, options)
    index = _built(passages, analyser, options)
    own: Arrays = {"words": index.words, "counts": index.counts}
    if save(cache, known, {**stored(index.ranking), **own}) and (arrays := opened(cache, known)):
        return _restored(arrays, passages, options)
    return index


def key(passages: Iterable[Passage], analyser: Analyser, options: Options) -> str:
    """Return what an index of just these passages, read and fitted in just this way, goes by."""
    digest = hashlib.sha256(f"{_FORMAT} {analyser.fingerprint} {options!r}".encode())
    document = None
    for passage in passages:
        if passage.document is not document:
            document = passage.document
            digest.update(repr((document.id, document.sha256, document.title)).encode())
            digest.update(repr([(turn.span, turn.heading) for turn in document.turns]).encode())
        place = (*passage.span, *passage.frame, *chain.from_iterable(passage.cue))
        digest.update(f"{place}{passage.voice}".encode())
    return digest.hexdigest()


def _restored(arrays: Arrays, passages: Sequence[Passage], options: Options) -> Bm25:
    return Bm25(passages, restored(arrays, options), arrays["words"], arrays["counts"])


class _Read:
    """What one document's passages are found by; a class, since a tuple cannot be held weakly."""

    __slots__ = ("__weakref__", "passages", "texts", "words")

    def __init__(self, passages: Sequence[Passage], analyser: Analyser) -> None:
        self.words: Counter[str] = Counter()
        self.passages = passages
        self.texts = tuple(_text(passage, analyser, self.words) for passage in passages)


# By what was read and how, for as long as some index holds it: after a reload the passages of a
# document that did not change are not read again.
_READ: WeakValueDictionary[tuple[str, str, str], _Read] = WeakValueDictionary()


def _read(passages: Sequence[Passage], analyser: Analyser) -> _Read:
    document = passages[0].document
    known = (document.id, document.sha256, analyser.fingerprint)
    found = _READ.get(known)
    if found is None or found.passages != passages:
        found = _READ[known] = _Read(passages, analyser)
    return found


def _built(passages: Sequence[Passage], analyser: Analyser, options: Options) -> Bm25:
    vocabulary: Counter[str] = Counter()
    texts: Iterable[Text] = (_text(passage, analyser, vocabulary) for passage in passages)
    taken: tuple[_Read, ...] = ()
    if len(passages) <= _REMEMBERED:
        groups = groupby(passages, lambda passage: passage.document.id)
        taken = tuple(_read(tuple(group), analyser) for _, group in groups)
        texts = chain.from_iterable(read.texts for read in taken)
        for read in taken:
            vocabulary.update(read.words)
    ranking = rank(texts, options)
    counts = np.array(list(vocabulary.values()), np.int32)
    return Bm25(passages, ranking, written(vocabulary), counts, taken)


def _text(passage: Passage, analyser: Analyser, vocabulary: Counter[str]) -> Text:
    """Return what `passage` is found by, and count its words in `vocabulary`."""
    document, turn = passage.document, passage.turn
    own = analyser.content(document.text, passage.frame)
    voice = [word for name in _names(passage) for word in analyser.content(name)]
    heading = [word for title in _titles(passage, turn) for word in analyser.content(title)]
    vocabulary.update({word.folded for word in (*own, *voice, *heading)})
    return Text(
        [word.stem for word in own],
        [word.stem for word in voice],
        [word.stem for word in heading],
        (document.id, turn.span if turn else None),
    )


def _names(passage: Passage) -> Iterator[str]:
    """Yield the name, role and organisation of the voice, and what proves them."""
    if passage.voice:
        yield passage.voice.name
        yield passage.voice.role or ""
        yield passage.voice.organisation or ""
    for span in passage.cue:
        yield passage.document.text[span.start : span.end]


def _titles(passage: Passage, turn: Turn | None) -> Iterator[str]:
    yield passage.document.title or ""
    yield turn.heading or "" if turn else ""
