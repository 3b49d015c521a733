"""Places into matches: the whole sentences to show, and what differs in them from the words claimed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.answers.quoting import QuoteLengths, expand_to_whole, iter_sentence_runs
from bot.answers.verification.alignment import Texts, compare_words, widen
from bot.answers.verification.verdict import Match, WordDifference
from bot.answers.verification.word_index import list_word_spans
from bot.model import Kind, Quote, Span
from bot.text import split_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answers.verification.alignment import Alignment
    from bot.answers.verification.claims import ClaimedWord, QuoteClaim
    from bot.answers.verification.word_index import IndexedStretch, WordPlace
    from bot.model import Passage

_LENGTHS = QuoteLengths()


def match_words(claim: QuoteClaim, words: Sequence[ClaimedWord], places: Sequence[WordPlace]) -> Match:
    """Return the match of `words` that stand together, over as many stretches as there are `places`."""
    first, last = places[0], places[-1]
    span = Span(locate_words(first).start, locate_words(last).end)
    text = first.stretch.passage.document.text
    equal = WordDifference("equal", cut_words(claim, words), text[slice(*span)])
    return build_match(claim, first.stretch, span, (equal,))


def match_parts(claim: QuoteClaim, words: Sequence[ClaimedWord], places: Sequence[WordPlace]) -> Match:
    """Return the match of words in parts, each at one of `places` in order, with what stands between them."""
    text = places[0].stretch.passage.document.text
    difference: list[WordDifference] = []
    start, end = 0, None
    for place in places:
        span = locate_words(place)
        part = words[start : start + place.last - place.first + 1]
        if end is not None:
            difference.append(WordDifference("insert", "", text[end : span.start].strip()))
        difference.append(WordDifference("equal", cut_words(claim, part), text[slice(*span)]))
        start, end = start + len(part), span.end
    whole = Span(locate_words(places[0]).start, locate_words(places[-1]).end)
    return build_match(claim, places[0].stretch, whole, tuple(difference))


def match_aligned(
    claim: QuoteClaim, words: Sequence[ClaimedWord], stretch: IndexedStretch, alignment: Alignment
) -> Match:
    """Return the match of a claim's `words` with a `stretch` that has only some of them; `alignment` pairs those."""
    spans = list_word_spans(stretch)
    texts = Texts(claim.text, [(word.start, word.end) for word in words], stretch.passage.document.text, spans)
    first, last = widen(alignment, len(words), len(spans))
    span = Span(spans[first][0], spans[last][1])
    return build_match(claim, stretch, span, compare_words(alignment, texts))


def build_match(
    claim: QuoteClaim, stretch: IndexedStretch, span: Span, difference: tuple[WordDifference, ...]
) -> Match:
    """Return the match of a claim whose words stand at `span` of a stretch."""
    passage = stretch.passage
    is_framing = stretch.is_frame and not (passage.span.start <= span.start and span.end <= passage.span.end)
    is_claimed = None if claim.voice is None else not is_framing and claim.is_by(passage.voice)
    return Match(select_shown_quote(passage, span), span, difference, is_claimed, is_framing)


def select_shown_quote(passage: Passage, span: Span) -> Quote:
    """Select the whole sentences to show for `span`: all that hold it, or as many as a quote may have.

    Of more sentences those are shown that hold most of it, the first of equal ones.
    """
    whole = expand_to_whole(passage, Span(span.start, min(span.end, passage.frame.end)))
    if len(split_sentences(passage.document.text, whole)) <= _LENGTHS.max_sentences:
        return Quote(passage, whole)
    runs = iter_sentence_runs(passage, _LENGTHS)
    best = max(runs, key=lambda run: min(run.end, span.end) - max(run.start, span.start), default=passage.span)
    return Quote(passage, best)


def locate_words(place: WordPlace) -> Span:
    """Return where in its document the words of a place stand."""
    spans = list_word_spans(place.stretch)
    return Span(spans[place.first][0], spans[place.last][1])


def cut_words(claim: QuoteClaim, words: Sequence[ClaimedWord]) -> str:
    """Return claimed words as they are written, with what stands between them."""
    return claim.text[words[0].start : words[-1].end]


def split_parts(words: Sequence[ClaimedWord]) -> list[list[ClaimedWord]]:
    """Return the words between the ellipses of a claim."""
    return [list(part) for _, part in groupby(words, key=lambda word: word.part)]


def is_said(place: WordPlace) -> bool:
    """Return whether the words of a place are a voice's, and not the publication's around them."""
    return not place.stretch.is_frame and place.stretch.passage.kind is not Kind.NARRATION


def rank_place(claim: QuoteClaim, place: WordPlace) -> tuple[bool, bool, bool]:
    """Rank whoever is claimed first, then whoever else said it, and last the publication's own words."""
    return (not is_by_claimed(claim, [place]), place.stretch.is_frame, place.stretch.passage.voice is None)


def is_by_claimed(claim: QuoteClaim, places: Sequence[WordPlace]) -> bool:
    """Whether all words stand in what the claimed voice says, and none in the frame around it."""
    return all(not place.stretch.is_frame and claim.is_by(place.stretch.passage.voice) for place in places)


def drop_repeated(matches: Sequence[Match]) -> list[Match]:
    """Leave out what stands in a passage, where it is shown already as in the sentence around it."""
    unique: dict[tuple[str, Span], Match] = {}
    for match in matches:
        unique.setdefault((match.quote.passage.document.sha256, match.span), match)
    return list(unique.values())
