"""Passages to quotes: whole sentences, never cut, never joined.

A short passage is shown whole. Of a long one those sentences are shown that match most of the
question, together with the sentence that names the voice.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from threading import Lock
from typing import Any, NamedTuple

from cachetools import LRUCache, cachedmethod

from bot.analysis import Analyser
from bot.answers.question_language import Phrase, contains_phrase, to_phrase
from bot.corpus.stored import is_stored
from bot.model import Corpus, Document, HeldPassages, Kind, Passage, PassageSequence, Quote, Side, Span, VoiceEntry
from bot.text import split_sentences

_NOT_BLANK = re.compile(r"\S")
# Of a sentence that goes on behind "she said".
_OPEN_ENDS = ",;:–—-"


class QuoteLengths(NamedTuple):
    """How long a quote may be: characters, both ends included, and sentences."""

    # Shorter sentences ("Yes, I do.") mean nothing away from the question they reply to, unless they say
    # all that is asked; from 60 on three good quotes of tests/relevance/further.jsonl are lost.
    min_characters: int = 40
    # Four quotes of this length, with who said them, still fit one Telegram message (4,096
    # characters); at 300 one good quote of tests/relevance/further.jsonl is lost.
    max_characters: int = 700
    # The contract: a quote is one to four whole sentences.
    max_sentences: int = 4


def drop_uncertain_voices(corpus: Corpus, threshold: float) -> Corpus:
    """Return `corpus` with the voice left out of every passage below `threshold` (0 to 1).

    A name that is left out here is left out everywhere after: it is not searched by, takes no
    side and is never shown.
    """
    passages = HeldPassages(drop_uncertain_voice(passage, threshold) for passage in corpus.passages)
    return replace(corpus, passages=passages)


def select_quote(passage: Passage, lengths: QuoteLengths, score: Callable[[Span], float]) -> Quote | None:
    """Select the quote to show of `passage`; None if no whole sentences fit `lengths`.

    Among the runs of sentences that fit, the one of greatest `score` is taken, then the longest,
    then the first. A run of a report holds the words that say whose report it is.
    """
    return pick_best_quote(passage, find_fitting_runs(passage, lengths), score)


def find_fitting_runs(passage: Passage, lengths: QuoteLengths) -> list[Span]:
    """Find the runs of whole sentences of `passage` that fit, in order; see `select_quote`."""
    return [run for run in find_shown_runs(passage, lengths) if lengths.min_characters <= run.end - run.start]


def find_shown_runs(passage: Passage, lengths: QuoteLengths) -> list[Span]:
    """Find the runs that may be shown, in order: those that fit, and those that are short of standing alone."""
    return [
        run
        for run in iter_sentence_runs(passage, lengths)
        if run.end - run.start <= lengths.max_characters and _keeps_cue(passage, run)
    ]


def pick_best_quote(passage: Passage, runs: Iterable[Span], score: Callable[[Span], float]) -> Quote | None:
    """Return the quote of the best-scored of `runs`, all of which fit; of equals the longest; None without any."""
    best = max(runs, key=lambda run: (score(run), run.end - run.start), default=None)
    return None if best is None else Quote(passage, best)


class UtteranceIndex:
    """Finds the other halves of an utterance around "he said": of one voice, in one paragraph that records no turns.

    Each half is a quote of its own; how much of a question they meet is counted together.
    """

    def __init__(self, passages: PassageSequence) -> None:
        self._stored = passages if is_stored(passages) else None
        self._halves: dict[tuple[str, Span], tuple[Passage, ...]] = {}
        if self._stored:
            return
        by_paragraph: defaultdict[tuple[str, int], list[Passage]] = defaultdict(list)
        for passage in passages:
            if passage.kind is Kind.DIRECT and passage.voice and not passage.document.turns:
                by_paragraph[passage.document.sha256, passage.paragraph].append(passage)
        for quotations in by_paragraph.values():
            for passage in quotations:
                if halves := tuple(other for other in quotations if _is_other_half(other, passage)):
                    self._halves[passage.document.sha256, passage.span] = halves

    def find_other_halves(self, passage: Passage) -> tuple[Passage, ...]:
        """Return the other quotations of this voice in the paragraph of `passage`; none where nobody is named."""
        if passage.kind is not Kind.DIRECT or passage.voice is None:
            return ()
        if self._stored:
            return tuple(other for other in self._stored.read_paragraph(passage) if _is_other_half(other, passage))
        return self._halves.get((passage.document.sha256, passage.span), ())

    def find_rest(self, quote: Quote) -> tuple[Quote | None, Quote | None]:
        """Return the halves in which a sentence of `quote` begins, and goes on: “I train two,” she said, “and both …”.

        A half opens with a small letter, or breaks off at a comma, where its sentence is not whole.
        """
        halves = self.find_other_halves(quote.passage)
        text, (start, end) = quote.passage.document.text, quote.span
        earlier = [half for half in halves if half.span.end <= start and _breaks_off(text, half.span.end)]
        later = [half for half in halves if half.span.start >= end and text[half.span.start].islower()]
        is_begun = text[start].islower() and start == quote.passage.span.start
        is_open = _breaks_off(text, end) and end == quote.passage.span.end
        opening = max(earlier, key=attrgetter("span"), default=None) if is_begun else None
        ending = min(later, key=attrgetter("span"), default=None) if is_open else None
        return Quote(opening, opening.span) if opening else None, Quote(ending, ending.span) if ending else None


def _breaks_off(text: str, end: int) -> bool:
    """Return whether the words up to `end` stop within their sentence."""
    return text[end - 1] in _OPEN_ENDS or text[end - 1].isalnum()


def _is_other_half(one: Passage, other: Passage) -> bool:
    """Return whether two quotations of a paragraph are of one voice, one behind the other on the same line."""
    first, second = sorted((one.span, other.span))
    is_beside = first.end <= second.start and "\n" not in one.document.text[first.end : second.start]
    return is_beside and bool(one.voice and other.voice and one.voice.is_same_person(other.voice))


def has_caveat(quote: Quote, caveat: re.Pattern[str]) -> bool:
    """Return whether the next words, in the same paragraph or quotation, match `caveat`."""
    text, end = quote.passage.document.text, quote.span.end
    next_word = _NOT_BLANK.search(text, end)
    if next_word and "\n" not in text[end : next_word.start()] and caveat.match(text, next_word.start()):
        return True
    following = next((span.start for span in quote.passage.quotation if span.start >= end), None)
    return following is not None and caveat.match(text, following) is not None


def is_lead_in(passage: Passage, run: Span) -> bool:
    """Return whether `run` only leads to what somebody says, or from it: “Ann Low, of the Boats Trust, said:”."""
    text = passage.document.text
    is_open = text[run.end - 1] == ":" or text[run.start].islower()
    return passage.kind is Kind.NARRATION and passage.turn is None and is_open


def is_overlapping(one: Quote, other: Quote) -> bool:
    """Return whether two quotes share characters of one document."""
    same_document = one.passage.document is other.passage.document
    return same_document and one.span.start < other.span.end and other.span.start < one.span.end


def iter_sentence_runs(passage: Passage, lengths: QuoteLengths) -> Iterator[Span]:
    """Yield every run of whole sentences of the frame, from each sentence on, shortest first.

    No run begins or ends within what its speaker quotes, or holds nothing else: alone those would be a speaker's
    words that are somebody else's.
    """
    spans = split_sentences(passage.document.text, passage.frame)
    for first, sentence in enumerate(spans):
        for last in spans[first : first + lengths.max_sentences]:
            run = Span(sentence.start, last.end)
            if not any(_is_broken_by(run, stretch) for stretch in passage.unbroken):
                yield run


def expand_to_whole(passage: Passage, span: Span) -> Span:
    """Return the whole sentences of the frame that hold `span`, and all that the speaker quotes in them."""
    sentences = split_sentences(passage.document.text, passage.frame)
    overlapping = [sentence for sentence in sentences if sentence.start < span.end and span.start < sentence.end]
    run = Span(overlapping[0].start, overlapping[-1].end)
    for stretch in passage.unbroken:
        within = Span(max(stretch.start, passage.frame.start), min(stretch.end, passage.frame.end))
        if _is_broken_by(run, stretch) and not (within.start >= run.start and within.end <= run.end):
            return expand_to_whole(passage, Span(min(run.start, within.start), max(run.end, within.end)))
    return run


def _is_broken_by(run: Span, stretch: Span) -> bool:
    """Return whether `run` begins or ends within `stretch`, or lies in it."""
    begins_within = stretch.start < run.start < stretch.end
    ends_within = stretch.start < run.end < stretch.end
    return begins_within or ends_within or (stretch.start <= run.start and run.end <= stretch.end)


def drop_uncertain_voice(passage: Passage, threshold: float) -> Passage:
    """Return `passage` without its voice, if that is not certain at `threshold`; see `drop_uncertain_voices`."""
    if passage.kind is Kind.NARRATION or passage.is_certain(threshold):
        return passage
    return replace(passage, voice=None, side=Side.NEITHER)


def _keeps_cue(passage: Passage, run: Span) -> bool:
    """Return whether `run` still says whose words a fragment or report are."""
    if passage.kind not in (Kind.FRAGMENT, Kind.REPORTED):
        return True
    cues = [cue for cue in passage.cue if passage.frame.start <= cue.start < passage.frame.end]
    return all(run.start <= cue.start and cue.end <= run.end for cue in cues)


# Enough for every passage of most debates; some 2 kB each. The garbage collector looks through them all: of 32,768 that
# takes 0.3 s in the middle of a reply, of 2,048 some 20 ms (tests/benchmarks/odd.py).
MAX_ENTRIES = 1 << 11


def _runs_key(_: SpanCache, passage: Passage) -> Hashable:
    """Return all that the runs of `passage` and their stems follow from."""
    return passage.document.sha256, passage.frame, passage.kind, passage.cue, passage.voice


def _words_key(_: SpanCache, document: Document, span: Span) -> Hashable:
    """Key the words by the text, so that documents of the same text share them."""
    return document.sha256, span


class PassageStems(NamedTuple):
    """The stems by which each run of a passage is judged, and those that all share, of its cue and voice."""

    by_run: Mapping[Span, frozenset[str]]
    shared: frozenset[str]


class SpanCache:
    """The stems and the words of places of `corpus`; the least recently used is dropped first."""

    def __init__(
        self, corpus: Corpus, analyser: Analyser, lengths: QuoteLengths, max_entries: int = MAX_ENTRIES
    ) -> None:
        self._proper_names = _compile_proper_names(corpus)
        self._analyser = analyser
        self._lengths = lengths
        names = (name for voice in corpus.voices for name in (voice.name, *voice.aliases))
        self._normalised_names = {name: to_phrase(name) for name in names}
        self._runs_cache: LRUCache[Any, PassageStems] = LRUCache(max_entries)
        self._words_cache: LRUCache[Any, Phrase] = LRUCache(max_entries)
        # Questions are answered in several threads, and an LRU cache changes when it is read.
        self._lock = Lock()

    @cachedmethod(attrgetter("_runs_cache"), key=_runs_key, lock=attrgetter("_lock"))
    def read_passage(self, passage: Passage) -> PassageStems:
        """Return the runs of sentences of `passage` that could be shown, each with its stems, and those they share.

        A quote is judged by the stems of its words, its cue and its voice.
        """
        runs = find_shown_runs(passage, self._lengths)
        shared_stems = self._collect_shared_stems(passage)
        # Read once: a sentence stands in as many as ten of the runs.
        terms = self._stems_outside_names(passage.document.text, passage.frame) if runs else []
        starts, stems = [start for start, _ in terms], [stem for _, stem in terms]
        by_run = {
            run: shared_stems.union(stems[bisect_left(starts, run.start) : bisect_left(starts, run.end)])
            for run in runs
        }
        return PassageStems(by_run, shared_stems)

    def stems(self, quote: Quote) -> frozenset[str]:
        """Return the stems by which `quote` is judged, whether it is one of those runs or not."""
        passage, text = quote.passage, quote.passage.document.text
        stems = self._stems_outside_names(text, quote.span)
        return self._collect_shared_stems(passage).union(stem for _, stem in stems)

    @cachedmethod(attrgetter("_words_cache"), key=_words_key, lock=attrgetter("_lock"))
    def words(self, document: Document, span: Span) -> Phrase:
        """Return the words of `span`, folded."""
        return to_phrase(document.text[span.start : span.end])

    def has_name(self, passage: Passage, voices: Iterable[VoiceEntry]) -> bool:
        """Return whether `passage` names one of `voices`; a name of one word with its capital: “wood” is no Wood."""
        words = self.words(passage.document, passage.frame)
        for name in (name for voice in voices for name in (voice.name, *voice.aliases)):
            phrase = self._normalised_names.get(name) or to_phrase(name)
            if contains_phrase(words, phrase):
                is_capital = len(phrase) == 1 and name[0].isupper()
                if not is_capital or passage.document.text.find(name, *passage.frame) >= 0:
                    return True
        return False

    def _collect_shared_stems(self, passage: Passage) -> frozenset[str]:
        """Return the stems of the cue and the voice."""
        text, voice = passage.document.text, passage.voice
        stems = {stem for span in passage.cue for _, stem in self._stems_outside_names(text, span)}
        for description in voice.descriptions if voice else ():
            stems |= {word.stem for word in self._analyser.content_words(description)}
        return frozenset(stems)

    def _stems_outside_names(self, text: str, span: Span) -> list[tuple[int, str]]:
        """Return the stems within `span`, and where, except those of names: Scotland Yard is not Scotland."""
        stems = self._analyser.stems_by_place(text, span)
        name_spans = [Span(*match.span()) for match in self._proper_names.finditer(text, *span)]
        if not name_spans:
            return stems
        return [
            (start, stem) for start, stem in stems if not any(name.start <= start < name.end for name in name_spans)
        ]


def _compile_proper_names(corpus: Corpus) -> re.Pattern[str]:
    """Compile a pattern of the listed names of several words, each with one capital, its first letter."""
    names = {
        alias for voice in corpus.voices for alias in (voice.name, *voice.aliases) if " " in alias and alias.istitle()
    }
    # One boundary before all of them: with one before each, a parliament's 650 names are tried at
    # every character.
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b" if names else r"(?!)")
