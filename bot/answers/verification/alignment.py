"""Claimed words beside printed ones: the blocks that are equal, and word by word what differs.

The longest block is found first, so that a difference reads as an editor would mark it; words that stand in both by
chance, far from the rest, are none.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from bot.answers.verification.verdict import WordDifference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Spans = Sequence[tuple[int, int]]
    Block = tuple[int, int, int]

# What is as many times further from the rest than it has words stands there by chance: "the", five words ahead of
# what was quoted. A claim that silently leaves out so much between two long halves is still seen to be of one place.
_MAX_GAP_PER_WORD = 3


class Alignment(NamedTuple):
    """The claimed words [claimed, claimed + size) that stand at [printed, printed + size) of a stretch, in order."""

    blocks: tuple[Block, ...]

    @property
    def size(self) -> int:
        """How many words are equal, in order."""
        return _count_words(self.blocks)

    @property
    def first(self) -> int:
        """The first printed word that is equal."""
        return self.blocks[0][1]

    @property
    def last(self) -> int:
        """The last printed word that is equal."""
        return self.blocks[-1][1] + self.blocks[-1][2] - 1


def align(claimed: Sequence[int], printed: Sequence[int]) -> Alignment | None:
    """Align the numbers of claimed words with those of a stretch; None where nothing is equal.

    >>> align([5, 6, 7], [1, 5, 9, 7]).blocks
    ((0, 1, 1), (2, 3, 1))
    """
    blocks = _find_blocks(claimed, printed)
    if not blocks:
        return None
    # Once it is known where they stand, a word is looked for there alone.
    first, last = widen(Alignment(blocks), len(claimed), len(printed))
    nearby = _find_blocks(claimed, printed[first : last + 1])
    return Alignment(tuple((place, first + start, size) for place, start, size in nearby))


def _find_blocks(claimed: Sequence[int], printed: Sequence[int]) -> tuple[Block, ...]:
    """Find the runs of words that both have, in order, without strays."""
    matcher = SequenceMatcher(None, claimed, printed, autojunk=False)
    blocks = [(block.a, block.b, block.size) for block in matcher.get_matching_blocks() if block.size]
    return tuple(_drop_strays(blocks))


def _drop_strays(blocks: Sequence[Block]) -> Sequence[Block]:
    """Leave out what stands too far ahead of the rest or behind it, the fewer words first."""
    for split in range(1, len(blocks)):
        parts = blocks[:split], blocks[split:]
        fewer, more = sorted(parts, key=_count_words)
        one, other = blocks[split - 1], blocks[split]
        gap = other[1] - one[1] - one[2] - (other[0] - one[0] - one[2])
        if gap > _MAX_GAP_PER_WORD * _count_words(fewer):
            return _drop_strays(more)
    return blocks


def _count_words(blocks: Sequence[Block]) -> int:
    return sum(size for _, _, size in blocks)


class Texts(NamedTuple):
    """Two texts, and where the words of each stand."""

    claimed: str
    claimed_spans: Spans
    printed: str
    printed_spans: Spans


def compare_words(alignment: Alignment, texts: Texts) -> tuple[WordDifference, ...]:
    """Return what makes the claimed words the printed ones, as both are spelt.

    Claimed words at an end that are not printed stand beside as many printed ones, which they were put in place of.
    """
    return tuple(
        WordDifference(
            tag,  # type: ignore[arg-type]  # the library's own word for it, one of the four
            _cut_text(texts.claimed, texts.claimed_spans, claimed),
            _cut_text(texts.printed, texts.printed_spans, printed),
        )
        for tag, claimed, printed in _list_stretches(alignment, len(texts.claimed_spans), len(texts.printed_spans))
    )


def widen(alignment: Alignment, claimed_count: int, printed_count: int) -> tuple[int, int]:
    """Return the first and last printed word that claimed ones stand beside, equal or not."""
    ahead = alignment.blocks[0][0]
    trailing = claimed_count - alignment.blocks[-1][0] - alignment.blocks[-1][2]
    return max(0, alignment.first - ahead), min(printed_count - 1, alignment.last + trailing)


def _list_stretches(
    alignment: Alignment, claimed_count: int, printed_count: int
) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Yield each stretch, equal ones too: its tag, and its [start, end) in the claimed and in the printed words."""
    first, last = widen(alignment, claimed_count, printed_count)
    blocks = [(0, first, 0), *alignment.blocks, (claimed_count, last + 1, 0)]
    for one, other in pairwise(blocks):
        claimed, printed = (one[0] + one[2], other[0]), (one[1] + one[2], other[1])
        if claimed[0] < claimed[1] or printed[0] < printed[1]:
            yield _name_tag(claimed, printed), claimed, printed
        if other[2]:
            yield "equal", (other[0], other[0] + other[2]), (other[1], other[1] + other[2])


def _name_tag(claimed: tuple[int, int], printed: tuple[int, int]) -> str:
    """Return what became of the words: "insert" without claimed ones, "delete" without printed ones, else "replace"."""
    if claimed[0] == claimed[1]:
        return "insert"
    return "delete" if printed[0] == printed[1] else "replace"


def _cut_text(text: str, spans: Spans, words: tuple[int, int]) -> str:
    """Return the words [first, end) of `text`, as they are spelt, with what stands between them."""
    first, end = words
    return text[spans[first][0] : spans[end - 1][1]] if first < end else ""
