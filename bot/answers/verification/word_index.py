"""An index of every word of a corpus: all passages as one stream of numbers, and the positions of each word.

Passages in one voice with nothing between them but blanks and marks, such as the paragraphs of a speech, follow
each other in the stream, so that a quote may run over them. All others are separated by `_BOUNDARY`, which is no word.

Every word counts, and only what printers vary is folded: case, accents, marks, hyphens, invisible characters and the
ways to write per cent. Endings, numbers, currency signs and a minus are kept: they make another statement.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cache, lru_cache, reduce
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import LCSseq

import bot.text
from bot.model import Document, Kind, Passage, Span
from bot.storage.array_file import decode_words, encode_words, open_arrays, save_arrays
from bot.text import WORD_PATTERN, fold_accents, normalise

Numbers = npt.NDArray[Any]

_BOUNDARY = 0
# A claimed word that the corpus does not have.
UNKNOWN = -1
# The place of an altered quote is among the first by shared rare words: each of 5,500 mutated quotes of a week of
# Parliament is found among so many (tests/benchmarks/verification.py).
_MAX_ALIGNED = 300
# In a year of Parliament "the" has a million places, and no phrase of four words has more than this.
_MAX_PLACES = 10_000
_WORD_CHARACTER = re.compile(r"\w")
_WORD = re.compile(rf"(?i:\bper\s+cent\b)|[$£€¥₹]|(?<![\w.,)])[-−–](?=[$£€¥₹]?\d)|{WORD_PATTERN}")
_MINUS_SIGNS = frozenset("-−–")
_SIGNS = frozenset("$£€¥₹")
_POSSESSIVES = ("'s", "’s", "ʼs", "＇s")


class IndexedStretch(NamedTuple):
    """A unit of the index: the words of a passage, or the whole sentence around a fragment or report."""

    passage: Passage
    span: Span
    is_frame: bool = False


class WordPlace(NamedTuple):
    """The words `first` to `last` of one stretch, both included."""

    stretch: IndexedStretch
    first: int
    last: int


class WordIndex:
    """The words of some passages, in order; built by `build_word_index`, and never changed."""

    def __init__(self, stretches: Sequence[IndexedStretch | None], arrays: Mapping[str, Numbers]) -> None:
        """Hold the `arrays` of `_build_arrays`, of exactly these stretches."""
        self.stretches = stretches
        self._starts, self._tokens = arrays["starts"], arrays["tokens"]
        self._positions, self._bounds = arrays["positions"], arrays["bounds"]
        self._numbers = {word: number for number, word in enumerate(decode_words(arrays["words"]), 1)}

    def restrict_to(self, passages: Iterable[Passage]) -> WordIndex:
        """Return a copy with None for each stretch of a passage that is not among `passages`.

        Those may have lost the name of their voice.
        """
        shown = {_get_key(passage): passage for passage in passages}
        restricted = copy(self)
        restricted.stretches = [
            each._replace(passage=shown[_get_key(each.passage)]) if each and _get_key(each.passage) in shown else None
            for each in self.stretches
        ]
        return restricted

    def number_words(self, words: Iterable[str]) -> list[int]:
        """Return the number of each folded word, `UNKNOWN` for one that no passage has."""
        return [self._numbers.get(word, UNKNOWN) for word in words]

    def count(self, number: int) -> int:
        """Count the occurrences of the word with this number."""
        return 0 if number == UNKNOWN else int(self._bounds[number + 1] - self._bounds[number])

    def find_phrase(self, numbers: Sequence[int]) -> list[int]:
        """Return the places in the stream where the words of `numbers` follow each other, in order.

        Only the first `_MAX_PLACES` are returned.
        """
        return [int(start) for start in self._locate_phrase(numbers)[:_MAX_PLACES]]

    def find_in_order(self, parts: Sequence[Sequence[int]]) -> list[tuple[WordPlace, ...]]:
        """Return the places of all `parts`, each unbroken and in this order, in every stretch that has them so.

        Only the first `_MAX_ALIGNED` stretches that have all of them are read.
        """
        stretches = (np.unique(self._find_stretches_at(self._locate_phrase(part))) for part in parts)
        candidates = reduce(np.intersect1d, stretches)
        chains = []
        for number in candidates[:_MAX_ALIGNED].tolist():
            stretch, spans = self.stretches[number], _find_parts_in_order(self.list_numbers(number), parts)
            if stretch and spans:
                chains.append(tuple(WordPlace(stretch, first, last) for first, last in spans))
        return chains

    def _locate_phrase(self, numbers: Sequence[int]) -> Numbers:
        """Return the places where the words are side by side, in order; empty for no words, or an unknown one."""
        if not numbers or UNKNOWN in numbers:
            return np.zeros(0, np.int32)
        by_rarity = sorted(range(len(numbers)), key=lambda index: self.count(numbers[index]))
        starts = self._list_positions(numbers[by_rarity[0]]) - by_rarity[0]
        starts = starts[(starts >= 0) & (starts + len(numbers) <= len(self._tokens))]
        for index in by_rarity[1:]:
            if not len(starts):
                break
            starts = starts[self._tokens[starts + index] == numbers[index]]
        return starts

    def find_longest_start(self, numbers: Sequence[int]) -> tuple[int, list[int]]:
        """Return how many of `numbers`, from the first on, are side by side somewhere, and where."""
        if not numbers or self.count(numbers[0]) == 0:
            return 0, []
        starts = self._list_positions(numbers[0])
        for length in range(1, len(numbers)):
            inside = starts[starts + length < len(self._tokens)]
            following = inside[self._tokens[inside + length] == numbers[length]]
            if not len(following):
                return length, [int(start) for start in starts[:_MAX_PLACES]]
            starts = following
        return len(numbers), [int(start) for start in starts[:_MAX_PLACES]]

    def find_similar(self, numbers: Sequence[int], share: float) -> list[tuple[int, int]]:
        """Return the stretches that may have `share` of the words in order, with how many, those with most first.

        Such a stretch can lack only so many words, so it has at least one of the rarest.
        """
        wanted = Counter(numbers)
        missable = len(numbers) - int(np.ceil(share * len(numbers)))
        votes = np.zeros(len(self.stretches), np.int32)
        for number in sorted(wanted, key=self.count):
            if number != UNKNOWN:
                votes[np.unique(self._find_stretches_at(self._list_positions(number)))] += wanted[number]
            missable -= wanted[number]
            if missable < 0:
                break
        candidates = np.flatnonzero(votes)
        best = candidates[np.argsort(-votes[candidates], kind="stable")][:_MAX_ALIGNED]
        shared = {int(each): LCSseq.similarity(list(numbers), self.list_numbers(int(each))) for each in best}
        return sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))

    def list_numbers(self, stretch: int) -> list[int]:
        """Return the words of a stretch, as numbers."""
        start, end = int(self._starts[stretch]), int(self._starts[stretch + 1])
        return [number for number in self._tokens[start:end].tolist() if number != _BOUNDARY]

    def list_runs(self, starts: Iterable[int], length: int) -> list[list[WordPlace]]:
        """List the places of `length` words of the stream from each of `starts` on, one for each stretch.

        Runs that touch a withheld stretch are left out.
        """
        return [run for start in starts if (run := self._list_places(start, length))]

    def _list_places(self, start: int, length: int) -> list[WordPlace]:
        """Return the places of one run; none where one of its stretches is withheld."""
        numbers = self._find_stretches_at(np.arange(start, start + length, dtype=np.int32)).tolist()
        places = []
        for number, group in groupby(range(length), key=numbers.__getitem__):
            offsets = list(group)
            stretch, first = self.stretches[number], start - int(self._starts[number])
            if stretch is None:
                return []
            places.append(WordPlace(stretch, first + offsets[0], first + offsets[-1]))
        return places

    def _find_stretches_at(self, positions: Numbers) -> Numbers:
        """Return the number of the stretch of each position."""
        places = np.searchsorted(self._starts, positions, side="right") - 1
        return places.astype(np.int32)

    def _list_positions(self, number: int) -> Numbers:
        """Return the positions in the stream of the word with this number, ascending."""
        return self._positions[self._bounds[number] : self._bounds[number + 1]]


def build_word_index(passages: Iterable[Passage]) -> WordIndex:
    """Index `passages`, which are in reading order within a document."""
    stretches = list(_iter_stretches(passages))
    return WordIndex([stretch for stretch, _ in stretches], _build_arrays(stretches))


def _build_arrays(stretches: Iterable[tuple[IndexedStretch, bool]]) -> dict[str, Numbers]:
    """Build the arrays of an index: the stream, where each stretch starts in it, and the words by their number.

    `positions` has the positions of one word after the other; those of number n begin at `bounds[n]`.
    """
    numbers: defaultdict[str, int] = defaultdict(lambda: len(numbers) + 1)
    by_spelling: dict[str, int] = {}
    starts: list[int] = []
    chunks: list[Numbers] = []
    length = 0
    for stretch, follows_on in stretches:
        words = _WORD.findall(stretch.passage.document.text, *stretch.span)
        for word in words:
            if word not in by_spelling:
                folded = fold_verbatim(word)
                by_spelling[word] = numbers[folded] if folded else _BOUNDARY
        present = [number for word in words if (number := by_spelling[word])]
        if not follows_on:
            chunks.append(np.zeros(1, np.int32))
            length += 1
        starts.append(length)
        chunks.append(np.array(present, np.int32))
        length += len(present)
    tokens = np.concatenate([*chunks, np.zeros(1, np.int32)])
    return {
        "starts": np.array([*starts, length + 1], np.int32),
        "tokens": tokens,
        "positions": np.argsort(tokens, kind="stable").astype(np.int32),
        "bounds": np.cumsum([0, *np.bincount(tokens, minlength=len(numbers) + 1)]),
        "words": encode_words(numbers),
    }


def _find_parts_in_order(numbers: Sequence[int], parts: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return the first and last word of each part, as early as possible in order; nothing if one does not follow.

    >>> _find_parts_in_order([1, 2, 1, 3, 4], [[1], [1, 3]]), _find_parts_in_order([1, 2], [[2], [1]])
    ([(0, 0), (2, 3)], [])
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for part in parts:
        size = len(part)
        place = next((n for n in range(start, len(numbers) - size + 1) if list(numbers[n : n + size]) == [*part]), None)
        if place is None:
            return []
        start = place + size
        spans.append((place, start - 1))
    return spans


def list_word_spans(stretch: IndexedStretch) -> list[tuple[int, int]]:
    """Return the [start, end) of each word of a stretch in its document, in order."""
    words = find_verbatim_words(stretch.passage.document.text, stretch.span)
    return [word.span() for word in words if fold_verbatim(word.group())]


def _iter_stretches(passages: Iterable[Passage]) -> Iterator[tuple[IndexedStretch, bool]]:
    """Yield each stretch, and whether it continues the one before: passages, nested quotations, then frames."""
    framed: dict[tuple[str, Span], Passage] = {}
    nested: list[Passage] = []
    previous: Passage | None = None
    for passage in passages:
        if passage.frame != passage.span:
            framed.setdefault((passage.document.sha256, passage.frame), passage)
        if previous and passage.document is previous.document and passage.span.start < previous.span.end:
            # A quotation within a quotation: the outer words go on after it.
            nested.append(passage)
            continue
        yield IndexedStretch(passage, passage.span), previous is not None and _follows_on(previous, passage)
        previous = passage
    for passage in nested:
        yield IndexedStretch(passage, passage.span), False
    for passage in framed.values():
        yield IndexedStretch(passage, passage.frame, is_frame=True), False


def _follows_on(previous: Passage, passage: Passage) -> bool:
    """Return whether `passage` continues `previous` in the same voice."""
    document: Document = passage.document
    return (
        document is previous.document
        and passage.voice == previous.voice
        and (passage.kind is Kind.NARRATION) == (previous.kind is Kind.NARRATION)
        and not _WORD_CHARACTER.search(document.text, previous.span.end, passage.span.start)
    )


def _get_key(passage: Passage) -> Hashable:
    """Return a key of a passage that does not depend on whether its speaker is named."""
    return passage.document.id, passage.frame, passage.span, passage.kind


def load_word_index(passages: Iterable[Passage], path: Path | None) -> WordIndex:
    """Map the index of `passages` from the file at `path`; if that is not theirs, build it and save it there.

    Without a `path` it is only built.
    """
    if path is None:
        return build_word_index(passages)
    rows = list(_iter_stretches(passages))
    key = _compute_key(rows)
    arrays = open_arrays(path, key)
    if arrays is None:
        arrays = _build_arrays(rows)
        if save_arrays(path, key, arrays):
            # Mapped, they take no memory until somebody verifies.
            arrays = open_arrays(path, key) or arrays
    return WordIndex([stretch for stretch, _ in rows], arrays)


def _compute_key(rows: Sequence[tuple[IndexedStretch, bool]]) -> str:
    """Compute the key of an index of exactly these stretches, built by exactly this code."""
    documents = {stretch.passage.document.sha256: None for stretch, _ in rows}
    numbers = {sha256: number for number, sha256 in enumerate(documents)}
    places = [(numbers[stretch.passage.document.sha256], *stretch.span, follows_on) for stretch, follows_on in rows]
    digest = hashlib.sha256(_compute_code_digest() + "".join(documents).encode())
    digest.update(np.array(places, np.int64).data)
    return digest.hexdigest()


@cache
def _compute_code_digest() -> bytes:
    """Compute a SHA-256 over the code that splits, folds and indexes words."""
    modules = [*sorted(Path(__file__).parent.glob("*.py*")), Path(bot.text.__file__)]
    return hashlib.sha256(b"".join(module.read_bytes() for module in modules)).digest()


def find_verbatim_words(text: str, span: Span | None = None) -> Iterator[re.Match[str]]:
    """Yield a match for each word within `span` (all of `text` if None), in order.

    >>> [word.group() for word in find_verbatim_words("It’s -5° and £1,000, isn’t it?")]
    ['It’s', '-', '5', 'and', '£', '1,000', 'isn’t', 'it']
    """
    start, end = span or (0, len(text))
    return _WORD.finditer(text, start, end)


# For the words of a text to verify; building an index folds each spelling only once.
@lru_cache(maxsize=1 << 12)
def fold_verbatim(word: str) -> str:
    """Return the form in which all spellings of a word are equal; "" if `word` is none.

    >>> [fold_verbatim(word) for word in ("It’s", "café", "80.5", "％", "per cent", "−", "recog\u00adnise")]
    ['its', 'cafe', '80.5', 'percent', 'percent', '-', 'recognise']
    """
    if word in _MINUS_SIGNS:
        return "-"
    if word in _SIGNS:
        return word
    # A possessive is not just another spelling of its noun.
    ending = "s" if word.casefold().endswith(_POSSESSIVES) else ""
    return fold_accents(normalise(word))[0] + ending
