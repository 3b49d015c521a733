"""The verdict on each claim of a text: exact, other voice, altered or not found, each with its places.

A claim is exact if one place has every word of it in order, and altered if it has two thirds. No verdict says
whether what was said is true.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby, islice
from math import ceil
from threading import Lock
from typing import NamedTuple

from bot.answers.verification import matching
from bot.answers.verification.claims import MAX_CLAIMS, MIN_QUOTED_WORDS, ClaimedWord, ClaimReader, QuoteClaim
from bot.answers.verification.matching import Alignment, Verdict, Verification, WordDifference, align
from bot.answers.verification.word_index import (
    IndexedStretch,
    WordIndex,
    WordPlace,
    build_word_index,
    find_verbatim_words,
    fold_verbatim,
    list_word_spans,
)
from bot.corpus.stored import is_stored, list_tokens
from bot.corpus.stored.passages import StoredPassages
from bot.languages import load_language
from bot.model import Corpus, HeldPassages, Passage, Span
from bot.text import split_sentences

# Two thirds of the words, and at least six or all of them: a place with fewer has another sentence.
_ALTERED_SHARE = 2 / 3
MIN_ALTERED_WORDS = 6
# A place with half of the words in order is worth showing beside the verdict "not found".
_NEAR_SHARE = 1 / 2
# Of the words that are no stop words: "That is a sad statement, but it is true" shares only stop words with much that
# anybody says. Of 1,504 sentences of other people in nine files of Parliament 12 pass for altered quotes
# at 1/2 and 9 at 2/3, where two changed words of five hide whose quote it was (tests/benchmarks/verification.py).
_MIN_CONTENT_SHARE = 1 / 2
# Each part of a splice has so many of these at least; of two halves only one needs them.
_MIN_SPLICED_CONTENT_WORDS = 2
# Nearly all words of a splice come from somewhere: a sentence with two common phrases is none.
_SPLICED_SHARE = 0.8
# A splice has few parts of several words each: a large corpus has shorter runs of any sentence somewhere.
_MAX_SPLICED_PARTS = 4
_MIN_SPLICED_WORDS = 4
# A splice has at least so many more of the words than the best single place, which is otherwise their source.
_MIN_SPLICED_GAIN = 3
# How many passages of a stored corpus are compared with a claim, for each way of being near it.
_MAX_CANDIDATES = 100
# The first words of a long claim identify it, and a cluster refuses a search for more than 1,024.
_MAX_TOKENS = 500
# As many matches as a reply has room for.
_MAX_MATCHES = 3
# Characters between two parts of a quotation: “We will,” said the minister for transport, who had come late, “do it.”
_MAX_ASIDE_LENGTH = 160
_PAUSE = re.compile(r"[\s,;:.!?…–—\-\"”’'»)\]]*")
_NEXT_WORD = re.compile(r"[^\W\d_]+")


class _ClaimOccurrence(NamedTuple):
    """The places of all the words of a claim, in order; with gaps, one place for each part."""

    places: tuple[WordPlace, ...]
    has_gaps: bool = False


class _SplicePart(NamedTuple):
    """The claimed words [start, end), which are printed unbroken, and all the places where they are."""

    start: int
    end: int
    options: list[list[WordPlace]]


class Verifier:
    """Verifies texts against one corpus; its index of words is built for the first text.

    For a corpus stored with its search index, a word index is built for each claim from the passages near to it.
    """

    def __init__(self, corpus: Corpus, load_index: Callable[[], WordIndex] | None = None) -> None:
        self._corpus = corpus
        self._lock = Lock()
        self._load_index = load_index or (lambda: build_word_index(corpus.passages))
        self._index: WordIndex | None = None
        language = load_language(corpus.language)
        self._limits = language.words("limits", "openings")
        self._stop_words = frozenset(map(fold_verbatim, language.words("stop_words", "words")))
        self._negations = frozenset(map(fold_verbatim, language.words("oppositions", "negations")))

    @cached_property
    def _reader(self) -> ClaimReader:
        """The reader of claims, built for the first text."""
        return ClaimReader(self._corpus)

    def restrict_to(self, corpus: Corpus) -> Verifier:
        """Return a verifier of `corpus` alone, which is this one's with some passages withheld; it shares the index."""
        return Verifier(corpus, lambda: self.get_index().restrict_to(corpus.passages))

    def get_index(self) -> WordIndex:
        """Return the index of words, built now if it was not yet."""
        with self._lock:
            if self._index is None:
                self._index = self._load_index()
            return self._index

    def verify(self, text: str) -> tuple[Verification, ...]:
        """Return a verification of each claim in `text`; none where it has no words.

        A text without quotation marks is looked for as a whole first: it may be a source's sentence about somebody.
        """
        claims = self._reader.read(text)
        if len(claims) > 1 and not claims[-1].is_marked:
            *claims, whole = claims
            verification = self.verify_claim(whole)
            if verification.verdict is Verdict.EXACT:
                return (verification,)
        return tuple(islice(self._verify_claims(claims), MAX_CLAIMS))

    def _verify_claims(self, claims: Iterable[QuoteClaim]) -> Iterator[Verification]:
        """Yield a verification of each claim; one that is not found is followed by those of quotations within it."""
        for claim in claims:
            verification = self.verify_claim(claim)
            yield verification
            if claim.is_marked and verification.verdict is Verdict.NOT_FOUND:
                yield from map(self.verify_claim, self._reader.read_nested(claim))

    def verify_claim(self, claim: QuoteClaim) -> Verification:
        """Return the verdict on one claim, which has words."""
        if is_stored(self._corpus.passages):
            candidates = HeldPassages(_read_candidates(self._corpus.passages, claim))
            return Verifier(replace(self._corpus, passages=candidates)).verify_claim(claim)
        if occurrences := self._find_occurrences(claim):
            return self._judge_occurrences(claim, occurrences)
        aligned = self._find_alignments(claim, _ALTERED_SHARE)
        if splice := self._judge_splice(claim, aligned[0][1].size if aligned else 0):
            return splice
        if aligned:
            match = matching.match_aligned(claim, *aligned[0])
            # Much that anybody says has so few words in order, with others between them.
            return Verification(claim, Verdict.ALTERED, (match,), is_too_short=len(claim.words) < MIN_QUOTED_WORDS)
        nearby = self._find_alignments(claim, _NEAR_SHARE) if len(claim.words) >= _MIN_SPLICED_WORDS else []
        matches = tuple(matching.match_aligned(claim, *each) for each in nearby[:1])
        return Verification(claim, Verdict.NOT_FOUND, matches)

    def _number_words(self, words: Iterable[ClaimedWord]) -> list[int]:
        """Return the number of each of `words` in the index, in order."""
        return self.get_index().number_words(word.folded for word in words)

    def _find_occurrences(self, claim: QuoteClaim) -> list[_ClaimOccurrence]:
        """Find the places of all the words in order: unbroken, or with gaps where the claim marks them."""
        index, numbers = self.get_index(), self._number_words(claim.words)
        runs = index.list_runs(index.find_phrase(numbers), len(numbers))
        if runs or claim.words[-1].part == 0:
            return [_ClaimOccurrence(tuple(places)) for places in runs]
        parts = (group for _, group in groupby(claim.words, key=lambda word: word.part))
        chains = index.find_in_order([self._number_words(part) for part in parts])
        return [_ClaimOccurrence(chain, has_gaps=True) for chain in chains]

    def _judge_occurrences(self, claim: QuoteClaim, occurrences: Sequence[_ClaimOccurrence]) -> Verification:
        """Judge words that are all printed in order, by whose they are and what is right beside them.

        A few words could be anybody's if all are stop words, or if they are in more places than can be shown.
        """
        ranked = sorted(occurrences, key=lambda each: matching.rank_place(claim, each.places[0]))
        best = ranked[0]
        is_right = claim.voice is None or matching.is_by_claimed(claim, best.places)
        is_anybodys = len(ranked) > _MAX_MATCHES and not (claim.voice and is_right)
        is_too_short = len(claim.words) < MIN_QUOTED_WORDS and (is_anybodys or not self._count_content(claim.words))
        if not is_too_short and (altered := self._judge_negation(claim, best)):
            return altered
        if claim.voice is not None and is_right:
            ranked = [each for each in ranked if matching.is_by_claimed(claim, each.places)]
        match = matching.match_parts if best.has_gaps else matching.match_words
        matches = [match(claim, claim.words, each.places) for each in ranked[: 2 * _MAX_MATCHES]]
        matches = matching.drop_repeated(matches)[:_MAX_MATCHES]
        if not is_right:
            # The claimed voice may have said something in nearly these words.
            nearby = self._find_alignments(claim, _ALTERED_SHARE, is_claimed=True)
            nearest = [matching.match_aligned(claim, *each) for each in nearby[:1]]
            matches = [*matches[: _MAX_MATCHES - 1], *nearest]
        return Verification(
            claim,
            Verdict.EXACT if is_right else Verdict.OTHER_VOICE,
            tuple(matches),
            has_gaps=best.has_gaps,
            continues=self._continues(best.places[-1]),
            is_too_short=is_too_short,
        )

    def _judge_negation(self, claim: QuoteClaim, occurrence: _ClaimOccurrence) -> Verification | None:
        """Judge a claim altered if it begins right after a "not" of its sentence or ends right before one."""
        place, last = occurrence.places[0], occurrence.places[-1]
        if place is not last or place.stretch.is_frame:
            return None
        spans, text = list_word_spans(place.stretch), place.stretch.passage.document.text
        sentences = split_sentences(text, place.stretch.span)

        def is_negation(number: int, neighbour: int) -> bool:
            if not 0 <= number < len(spans) or fold_verbatim(text[slice(*spans[number])]) not in self._negations:
                return False
            start, end = min(spans[number], spans[neighbour])[0], max(spans[number], spans[neighbour])[1]
            return any(sentence.start <= start and end <= sentence.end for sentence in sentences)

        match = matching.match_words(claim, claim.words, occurrence.places)
        (start, end), difference = match.span, [*match.difference]
        if is_negation(place.first - 1, place.first):
            start = spans[place.first - 1][0]
            difference.insert(0, WordDifference("insert", "", text[slice(*spans[place.first - 1])]))
        if is_negation(place.last + 1, place.last):
            end = spans[place.last + 1][1]
            difference.append(WordDifference("insert", "", text[slice(*spans[place.last + 1])]))
        if len(difference) == 1:
            return None
        match = matching.build_match(claim, place.stretch, Span(start, end), tuple(difference))
        return Verification(claim, Verdict.ALTERED, (match,))

    def _continues(self, place: WordPlace) -> bool:
        """Return whether the next words after a place, in the same paragraph, limit what it says."""
        passage, end = place.stretch.passage, matching.locate_words(place).end
        limit = max(place.stretch.span.end, passage.frame.end)
        pause = _PAUSE.match(passage.document.text, end, limit)
        word = pause and _NEXT_WORD.match(passage.document.text, pause.end(), limit)
        return bool(word and word.group().casefold() in self._limits)

    def _find_alignments(
        self, claim: QuoteClaim, share: float, *, is_claimed: bool = False
    ) -> list[tuple[IndexedStretch, Alignment]]:
        """Find the stretches that have `share` of the words in order, best first, of equals the claimed voice's first.

        With `is_claimed` only stretches of the claimed voice.
        """
        index, numbers = self.get_index(), self._number_words(claim.words)
        fewest = MIN_ALTERED_WORDS if share == _ALTERED_SHARE else _MIN_SPLICED_WORDS
        wanted = max(ceil(share * len(numbers)), min(fewest, len(numbers)))
        aligned = []
        for number, shared in index.find_similar(numbers, share):
            if shared < wanted:
                # All that follow share no more words, and cannot be better.
                break
            stretch = index.stretches[number]
            if stretch and (not is_claimed or matching.is_by_claimed(claim, [WordPlace(stretch, 0, 0)])):
                alignment = align(numbers, index.list_numbers(number))
                if alignment and alignment.size >= wanted and self._is_of_place(claim.words, alignment):
                    aligned.append((stretch, alignment))
                    wanted = max(wanted, alignment.size)
        aligned.sort(
            key=lambda pair: (-pair[1].size, len(pair[1].blocks), matching.rank_place(claim, WordPlace(pair[0], 0, 0)))
        )
        return aligned

    def _is_of_place(self, words: Sequence[ClaimedWord], alignment: Alignment) -> bool:
        """Return whether the equal words identify the place: they are nearly all, or a run of them is in few places.

        Enough of the words that are no stop words, if there are any, have to be among them.
        """
        runs = [words[place : place + size] for place, _, size in alignment.blocks]
        if sum(map(self._count_content, runs)) < _MIN_CONTENT_SHARE * self._count_content(words):
            return False
        if alignment.size >= _SPLICED_SHARE * len(words):
            return True
        find_phrase = self.get_index().find_phrase
        return any(len(find_phrase(self._number_words(run))) <= _MAX_MATCHES for run in runs)

    def _count_content(self, words: Sequence[ClaimedWord]) -> int:
        """Count the words that are no stop words."""
        return sum(word.folded not in self._stop_words for word in words)

    def _judge_splice(self, claim: QuoteClaim, aligned_size: int) -> Verification | None:
        """Judge words most of which come in unbroken runs from several places; None if they do not."""
        words = claim.words
        parts = self._find_parts(words)
        if len(parts) <= 1:
            parts = self._find_halves(words)
        size = sum(part.end - part.start for part in parts)
        is_most = size >= max(_SPLICED_SHARE * len(words), aligned_size + _MIN_SPLICED_GAIN)
        if not 1 < len(parts) <= _MAX_SPLICED_PARTS or not is_most:
            return None
        runs = [min(part.options, key=lambda run: matching.rank_place(claim, run[0])) for part in parts]
        if size == len(words) and (asides := _find_asides(claim, parts)):
            return self._judge_occurrences(claim, [_ClaimOccurrence(places, has_gaps=True) for places in asides])
        matches = [
            matching.match_words(claim, words[part.start : part.end], run)
            for part, run in zip(parts, runs, strict=True)
        ]
        return Verification(claim, Verdict.ALTERED, tuple(matches))

    def _find_halves(self, words: Sequence[ClaimedWord]) -> list[_SplicePart]:
        """Find two runs that make up all of the words, only one of which may be a common phrase."""
        parts = self._find_parts(words, fewest_content=0, most_left_out=0)
        is_whole = len(parts) == 2 and sum(part.end - part.start for part in parts) == len(words)
        contents = (self._count_content(words[part.start : part.end]) for part in parts)
        return parts if is_whole and max(contents) >= _MIN_SPLICED_CONTENT_WORDS else []

    def _find_parts(
        self,
        words: Sequence[ClaimedWord],
        fewest_content: int = _MIN_SPLICED_CONTENT_WORDS,
        most_left_out: float = 1 - _SPLICED_SHARE,
    ) -> list[_SplicePart]:
        """Find the runs of claimed words that are printed unbroken somewhere, the longest from each word on.

        Nothing is returned where more than a share of `most_left_out` is in no run.
        """
        index, numbers = self.get_index(), self._number_words(words)
        left_out = start = 0
        parts: list[_SplicePart] = []
        while start < len(numbers) and len(parts) <= _MAX_SPLICED_PARTS:
            length, positions = index.find_longest_start(numbers[start:])
            content = self._count_content(words[start : start + length])
            is_part = length >= _MIN_SPLICED_WORDS and content >= fewest_content
            runs = index.list_runs(positions, length) if is_part else []
            if runs:
                parts.append(_SplicePart(start, start + length, runs))
            start += length if runs else 1
            left_out += not runs
            if left_out > most_left_out * len(numbers):
                return []
        return parts


def _find_asides(claim: QuoteClaim, parts: Sequence[_SplicePart]) -> list[tuple[WordPlace, ...]]:
    """Find the places where the parts are one quotation, as in “We will,” he said, “do it”."""
    first, *rest = ([run[0] for run in part.options if len(run) == 1 and matching.is_said(run[0])] for part in parts)
    chains: list[tuple[WordPlace, ...]] = [(place,) for place in first]
    for row in rest:
        openings: defaultdict[int, list[WordPlace]] = defaultdict(list)
        for place in row:
            if place.first == 0:
                openings[id(place.stretch.passage.document)].append(place)
        chains = [
            (*chain, place)
            for chain in chains
            for place in openings[id(chain[-1].stretch.passage.document)]
            if _is_aside(chain[-1], place)
        ]
    return sorted(chains, key=lambda places: matching.rank_place(claim, places[0]))


def _is_aside(one: WordPlace, other: WordPlace) -> bool:
    """Return whether one place ends its passage, and the other's, a few words later, is by the same voice."""
    passage, following = one.stretch.passage, other.stretch.passage
    if passage.voice is None or passage.voice != following.voice:
        return False
    text, between = passage.document.text, Span(passage.span.end, following.span.start)
    is_near = 0 <= between.end - between.start <= _MAX_ASIDE_LENGTH and "\n" not in text[slice(*between)]
    return is_near and not any(find_verbatim_words(text, Span(matching.locate_words(one).end, passage.span.end)))


def _read_candidates(passages: StoredPassages, claim: QuoteClaim) -> Iterator[Passage]:
    """Read the passages that may have the words of `claim`, unbroken or most of them, and their neighbours."""
    tokens, store = list_tokens(claim.text[slice(*claim.span)])[:_MAX_TOKENS], passages.store
    voices = [number for number, voice in enumerate(passages.shown_voices) if voice and claim.is_by(voice)]
    numbers = {
        *store.find_tokens(tokens, _MAX_CANDIDATES),
        *store.find_similar(tokens, _MAX_CANDIDATES),
        *(store.find_similar(tokens, _MAX_CANDIDATES, voices) if voices else ()),
    }
    return passages.iterate(sorted({each for number in numbers for each in passages.list_neighbours(number)}))
