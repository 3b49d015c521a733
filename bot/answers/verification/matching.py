"""Claims and the places that match them: the verdict, the whole sentences to show, and what differs, word by word.

The longest block of equal words is found first, so that a difference reads as an editor would mark it. Words that
both have by chance, far from the rest, do not count as equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise
from typing import Literal, NamedTuple

from bot.answers.quoting import QuoteLengths, expand_to_whole, iter_sentence_runs
from bot.answers.verification.claims import MIN_QUOTED_WORDS, ClaimedWord, QuoteClaim
from bot.answers.verification.word_index import IndexedStretch, WordPlace, list_word_spans
from bot.model import Kind, Passage, Quote, Span
from bot.text import split_sentences

Tag = Literal["equal", "insert", "delete", "replace"]
Spans = Sequence[tuple[int, int]]
Block = tuple[int, int, int]
_LENGTHS = QuoteLengths()
# Equal words further from the rest than so many times their number are there by chance: "the", five words before the
# quotation. A claim that silently leaves out as much between two long halves is still found in one place.
_MAX_GAP_PER_WORD = 3


class Verdict(StrEnum):
    """How the words of a claim compare with the corpus; never whether what they say is true."""

    EXACT = "exact"
    ALTERED = "altered"
    OTHER_VOICE = "other_voice"
    NOT_FOUND = "not_found"


class WordDifference(NamedTuple):
    """A stretch of equal words, or an edit that turns the claimed words into the printed ones.

    `insert`: printed but not claimed; `delete`: claimed but not printed.
    """

    tag: Tag
    claimed: str
    printed: str


@dataclass(frozen=True, slots=True)
class Match:
    """A place that has the claimed words, or comes nearest to them.

    `quote` has the whole sentences to show, `span` is the place of the words themselves. `is_voice_claimed` is None
    where nobody is claimed to have said them. `is_framing`: some of them are the publication's own, around what it
    quotes or reports.
    """

    quote: Quote
    span: Span
    difference: tuple[WordDifference, ...]
    is_voice_claimed: bool | None = None
    is_framing: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """A claim and its verdict, with the places, the best first.

    `has_gaps`: the claim leaves words out, and marks the gaps. `continues`: the source goes on to limit what is
    claimed. `is_too_short`: so few words could be anybody's. A splice is `altered`, with a match for each of its parts.
    For `not_found` the match is the nearest place, if there is one.
    """

    claim: QuoteClaim
    verdict: Verdict
    matches: tuple[Match, ...] = ()
    has_gaps: bool = False
    continues: bool = False
    is_too_short: bool = False

    @property
    def is_of_quote(self) -> bool:
        """Whether it is about a quotation at all: a word or two may be a subject to search for."""
        if self.claim.voice is not None and len(self.claim.words) > 1:
            return True
        is_long = len(self.claim.words) >= MIN_QUOTED_WORDS
        return is_long and (self.claim.is_marked or self.verdict is not Verdict.NOT_FOUND)

    def leave_out_damaged(self) -> Verification:
        """Return this without places whose text has changed since loading; not found if none, or no splice, is left."""
        intact = tuple(match for match in self.matches if match.quote.is_intact)
        if len(intact) == len(self.matches):
            return self
        if not intact or self.is_splice:
            return Verification(self.claim, Verdict.NOT_FOUND)
        return replace(self, matches=intact)

    @property
    def is_splice(self) -> bool:
        """Whether the claim joins words of several places."""
        return self.verdict is Verdict.ALTERED and len(self.matches) > 1


def match_words(claim: QuoteClaim, words: Sequence[ClaimedWord], places: Sequence[WordPlace]) -> Match:
    """Return the match of unbroken `words`, which may run over several stretches: one for each of `places`."""
    first, last = places[0], places[-1]
    span = Span(locate_words(first).start, locate_words(last).end)
    text = first.stretch.passage.document.text
    equal = WordDifference("equal", _cut_words(claim, words), text[slice(*span)])
    return build_match(claim, first.stretch, span, (equal,))


def match_parts(claim: QuoteClaim, words: Sequence[ClaimedWord], places: Sequence[WordPlace]) -> Match:
    """Return the match of words in parts, each at one of `places`, in order, with the printed words in between."""
    text = places[0].stretch.passage.document.text
    difference: list[WordDifference] = []
    start, end = 0, None
    for place in places:
        span = locate_words(place)
        part = words[start : start + place.last - place.first + 1]
        if end is not None:
            difference.append(WordDifference("insert", "", text[end : span.start].strip()))
        difference.append(WordDifference("equal", _cut_words(claim, part), text[slice(*span)]))
        start, end = start + len(part), span.end
    whole = Span(locate_words(places[0]).start, locate_words(places[-1]).end)
    return build_match(claim, places[0].stretch, whole, tuple(difference))


def match_aligned(claim: QuoteClaim, stretch: IndexedStretch, alignment: Alignment) -> Match:
    """Return the match of a claim with a `stretch` that has only some of its words; `alignment` pairs those.

    Claimed words at an end that are not printed are compared with as many printed ones, which they stand for.
    """
    text, spans = stretch.passage.document.text, list_word_spans(stretch)
    claimed_spans = [(word.start, word.end) for word in claim.words]
    difference = tuple(
        WordDifference(tag, _cut_text(claim.text, claimed_spans, claimed), _cut_text(text, spans, printed))
        for tag, claimed, printed in _list_stretches(alignment, len(claimed_spans), len(spans))
    )
    first, last = _widen(alignment, len(claimed_spans), len(spans))
    return build_match(claim, stretch, Span(spans[first][0], spans[last][1]), difference)


def build_match(
    claim: QuoteClaim, stretch: IndexedStretch, span: Span, difference: tuple[WordDifference, ...]
) -> Match:
    """Return the match of a claim with the words at `span` of a stretch."""
    passage = stretch.passage
    is_framing = stretch.is_frame and not (passage.span.start <= span.start and span.end <= passage.span.end)
    is_claimed = None if claim.voice is None else not is_framing and claim.is_by(passage.voice)
    return Match(_select_shown_quote(passage, span), span, difference, is_claimed, is_framing)


def _select_shown_quote(passage: Passage, span: Span) -> Quote:
    """Select the whole sentences to show for `span`: all that hold it, if a quote may have so many.

    Otherwise the run of sentences that holds most of it is shown, the first of equal ones.
    """
    whole = expand_to_whole(passage, Span(span.start, min(span.end, passage.frame.end)))
    if len(split_sentences(passage.document.text, whole)) <= _LENGTHS.max_sentences:
        return Quote(passage, whole)
    runs = iter_sentence_runs(passage, _LENGTHS)
    best = max(runs, key=lambda run: min(run.end, span.end) - max(run.start, span.start), default=passage.span)
    return Quote(passage, best)


def locate_words(place: WordPlace) -> Span:
    """Return the span of a place in its document."""
    spans = list_word_spans(place.stretch)
    return Span(spans[place.first][0], spans[place.last][1])


def _cut_words(claim: QuoteClaim, words: Sequence[ClaimedWord]) -> str:
    """Return claimed words as written, with all that is between them."""
    return claim.text[words[0].start : words[-1].end]


def is_said(place: WordPlace) -> bool:
    """Return whether the words of a place are a voice's, not the publication's around them."""
    return not place.stretch.is_frame and place.stretch.passage.kind is not Kind.NARRATION


def rank_place(claim: QuoteClaim, place: WordPlace) -> tuple[bool, bool, bool]:
    """Return a key that sorts the claimed voice first, then other voices, then the publication's own words."""
    return (not is_by_claimed(claim, [place]), place.stretch.is_frame, place.stretch.passage.voice is None)


def is_by_claimed(claim: QuoteClaim, places: Sequence[WordPlace]) -> bool:
    """Return whether all words are the claimed voice's, and none the publication's around them."""
    return all(not place.stretch.is_frame and claim.is_by(place.stretch.passage.voice) for place in places)


def drop_repeated(matches: Sequence[Match]) -> list[Match]:
    """Return `matches` with each place once: a fragment is also part of the sentence around it."""
    unique: dict[tuple[str, Span], Match] = {}
    for match in matches:
        unique.setdefault((match.quote.passage.document.sha256, match.span), match)
    return list(unique.values())


class Alignment(NamedTuple):
    """Blocks (claimed, printed, size), in order: equal words of a claim and a stretch, from these two places on."""

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
    # Once the place is known, words are only looked for there.
    first, last = _widen(Alignment(blocks), len(claimed), len(printed))
    nearby = _find_blocks(claimed, printed[first : last + 1])
    return Alignment(tuple((place, first + start, size) for place, start, size in nearby))


def _find_blocks(claimed: Sequence[int], printed: Sequence[int]) -> tuple[Block, ...]:
    """Find the runs of words that both have, in order, except those there by chance."""
    matcher = SequenceMatcher(None, claimed, printed, autojunk=False)
    blocks = [(block.a, block.b, block.size) for block in matcher.get_matching_blocks() if block.size]
    return tuple(_drop_strays(blocks))


def _drop_strays(blocks: Sequence[Block]) -> Sequence[Block]:
    """Return `blocks` without those too far before or after the rest; of two parts the shorter one is dropped."""
    for split in range(1, len(blocks)):
        parts = blocks[:split], blocks[split:]
        fewer, more = sorted(parts, key=_count_words)
        one, other = blocks[split - 1], blocks[split]
        gap = other[1] - one[1] - one[2] - (other[0] - one[0] - one[2])
        if gap > _MAX_GAP_PER_WORD * _count_words(fewer):
            return _drop_strays(more)
    return blocks


def _count_words(blocks: Sequence[Block]) -> int:
    """Count the words of all `blocks` together."""
    return sum(size for _, _, size in blocks)


def _widen(alignment: Alignment, claimed_count: int, printed_count: int) -> tuple[int, int]:
    """Return the first and last printed word that claimed words correspond to, equal or not."""
    ahead = alignment.blocks[0][0]
    trailing = claimed_count - alignment.blocks[-1][0] - alignment.blocks[-1][2]
    return max(0, alignment.first - ahead), min(printed_count - 1, alignment.last + trailing)


def _list_stretches(
    alignment: Alignment, claimed_count: int, printed_count: int
) -> Iterator[tuple[Tag, tuple[int, int], tuple[int, int]]]:
    """Yield each run of edited or equal words: its tag, and its [start, end) in the claimed and printed words."""
    first, last = _widen(alignment, claimed_count, printed_count)
    blocks = [(0, first, 0), *alignment.blocks, (claimed_count, last + 1, 0)]
    for one, other in pairwise(blocks):
        claimed, printed = (one[0] + one[2], other[0]), (one[1] + one[2], other[1])
        if claimed[0] < claimed[1] or printed[0] < printed[1]:
            yield _name_tag(claimed, printed), claimed, printed
        if other[2]:
            yield "equal", (other[0], other[0] + other[2]), (other[1], other[1] + other[2])


def _name_tag(claimed: tuple[int, int], printed: tuple[int, int]) -> Tag:
    """Return the tag of an edit: "insert" without claimed words, "delete" without printed ones, else "replace"."""
    if claimed[0] == claimed[1]:
        return "insert"
    return "delete" if printed[0] == printed[1] else "replace"


def _cut_text(text: str, spans: Spans, words: tuple[int, int]) -> str:
    """Return the words [first, end) of `text` as printed, with all that is between them; "" for none."""
    first, end = words
    return text[spans[first][0] : spans[end - 1][1]] if first < end else ""
