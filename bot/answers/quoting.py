"""Passages to quotes: whole sentences, never cut, never joined; and how a quote suits a question.

A short passage is shown whole. Of a long one those sentences are shown that match most of the
question, together with the sentence that names the voice. A quote may lack the kind of fact that
was asked for, or differ from the question by a number or a "not".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from threading import Lock
from typing import Any, NamedTuple

from cachetools import LRUCache, cachedmethod

from bot.analysis import Analyser
from bot.answers.answer import Mismatch
from bot.answers.question import Concept, Question, match_concepts
from bot.answers.question_language import Phrase, QuestionLanguage, contains_phrase, to_phrase
from bot.model import Corpus, Document, HeldPassages, Kind, Passage, Quote, Side, Span, VoiceEntry
from bot.text import split_sentences, split_words

_NOT_BLANK = re.compile(r"\S")
# "They do not, I am sorry to say, ever warm the house": beyond so many words a negation concerns something else.
_NEGATION_REACH = 6
_CLAUSE_END = re.compile(r"[,;:.!?–—]")


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

    A name left out here is left out everywhere after: nothing is found by it, and it takes no side
    and is never shown.
    """
    passages = HeldPassages(drop_uncertain_voice(passage, threshold) for passage in corpus.passages)
    return replace(corpus, passages=passages)


def select_quote(passage: Passage, lengths: QuoteLengths) -> Quote | None:
    """Select the longest quote of `passage` that fits `lengths`, the first of equal ones; None if there is none."""
    return pick_best_quote(passage, find_fitting_runs(passage, lengths), lambda _: 0.0)


def find_fitting_runs(passage: Passage, lengths: QuoteLengths) -> list[Span]:
    """Find the runs of whole sentences of `passage` that fit `lengths`, in order.

    A run of a report or a fragment has the words that say whose it is.
    """
    return [run for run in _find_shown_runs(passage, lengths) if lengths.min_characters <= run.end - run.start]


def _find_shown_runs(passage: Passage, lengths: QuoteLengths) -> list[Span]:
    """Find the runs that may be shown, in order: those that fit, and those too short to stand alone."""
    return [
        run
        for run in iter_sentence_runs(passage, lengths)
        if run.end - run.start <= lengths.max_characters and _keeps_cue(passage, run)
    ]


def pick_best_quote(passage: Passage, runs: Iterable[Span], score: Callable[[Span], float]) -> Quote | None:
    """Return the quote of the best-scored of `runs`, which all fit, the longest of equals; None if there are none."""
    best = max(runs, key=lambda run: (score(run), run.end - run.start), default=None)
    return None if best is None else Quote(passage, best)


def has_caveat(quote: Quote, caveat: re.Pattern[str]) -> bool:
    """Return whether the next words, in the same paragraph or quotation, match `caveat`."""
    text, end = quote.passage.document.text, quote.span.end
    next_word = _NOT_BLANK.search(text, end)
    if next_word and "\n" not in text[end : next_word.start()] and caveat.match(text, next_word.start()):
        return True
    following = next((span.start for span in quote.passage.quotation if span.start >= end), None)
    return following is not None and caveat.match(text, following) is not None


def is_lead_in(passage: Passage, run: Span) -> bool:
    """Return whether `run` only introduces somebody's words, or follows them: “Ann Low, of the Boats Trust, said:”."""
    text = passage.document.text
    is_open = text[run.end - 1] == ":" or text[run.start].islower()
    return passage.kind is Kind.NARRATION and passage.turn is None and is_open


def is_overlapping(one: Quote, other: Quote) -> bool:
    """Return whether two quotes share characters of one document."""
    same_document = one.passage.document is other.passage.document
    return same_document and one.span.start < other.span.end and other.span.start < one.span.end


def iter_sentence_runs(passage: Passage, lengths: QuoteLengths) -> Iterator[Span]:
    """Yield every run of whole sentences of the frame, from each sentence on, shortest first.

    No run begins or ends within words that its speaker quotes, or lies in them: it would show somebody else's words
    as the speaker's.
    """
    spans = split_sentences(passage.document.text, passage.frame)
    for first, sentence in enumerate(spans):
        for last in spans[first : first + lengths.max_sentences]:
            run = Span(sentence.start, last.end)
            if not any(_is_broken_by(run, stretch) for stretch in passage.unbroken):
                yield run


def expand_to_whole(passage: Passage, span: Span) -> Span:
    """Return the whole sentences of the frame that hold `span`, and all of any quotation within them."""
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
    """Return whether `run` still says whose words a fragment or a report gives."""
    if passage.kind not in (Kind.FRAGMENT, Kind.REPORTED):
        return True
    cues = [cue for cue in passage.cue if passage.frame.start <= cue.start < passage.frame.end]
    return all(run.start <= cue.start and cue.end <= run.end for cue in cues)


# Enough for every passage of most debates; some 2 kB each. The garbage collector looks through them all: for 32,768
# that takes 0.3 s in the middle of a reply, for 2,048 some 20 ms (tests/benchmarks/odd.py).
_MAX_ENTRIES = 1 << 11


def _runs_key(_: SpanCache, passage: Passage) -> Hashable:
    """Return all that determines the runs of `passage` and their stems."""
    return passage.document.sha256, passage.frame, passage.kind, passage.cue, passage.voice


class PassageStems(NamedTuple):
    """The stems by which each run of a passage is judged, and those of its cue and voice, which all runs share."""

    by_run: Mapping[Span, frozenset[str]]
    shared: frozenset[str]


class SpanCache:
    """Caches the stems and the words of places of `corpus`; the least recently used are dropped first."""

    def __init__(
        self, corpus: Corpus, analyser: Analyser, lengths: QuoteLengths, max_entries: int = _MAX_ENTRIES
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
        """Return the runs of sentences of `passage` that could be shown, each with its stems, and the shared stems.

        A quote is judged by the stems of its words, its cue and its voice.
        """
        runs = _find_shown_runs(passage, self._lengths)
        shared_stems = self._collect_shared_stems(passage)
        # Stemmed once: a sentence is part of as many as ten runs.
        terms = self._stems_outside_names(passage.document.text, passage.frame) if runs else []
        starts, stems = [start for start, _ in terms], [stem for _, stem in terms]
        by_run = {
            run: shared_stems.union(stems[bisect_left(starts, run.start) : bisect_left(starts, run.end)])
            for run in runs
        }
        return PassageStems(by_run, shared_stems)

    def stems(self, quote: Quote) -> frozenset[str]:
        """Return the stems by which `quote` is judged, whether or not it is a run of `read_passage`."""
        passage, text = quote.passage, quote.passage.document.text
        stems = self._stems_outside_names(text, quote.span)
        return self._collect_shared_stems(passage).union(stem for _, stem in stems)

    # By the text, so that documents of the same text share the words.
    @cachedmethod(
        attrgetter("_words_cache"), key=lambda _, document, span: (document.sha256, span), lock=attrgetter("_lock")
    )
    def words(self, document: Document, span: Span) -> Phrase:
        """Return the words of `span`, folded."""
        return to_phrase(document.text[span.start : span.end])

    def has_name(self, passage: Passage, voices: Iterable[VoiceEntry]) -> bool:
        """Return whether `passage` names one of `voices`; a single word needs its capital: “wood” is no Wood."""
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
        """Return the stems within `span` with their places, except those in names: Scotland Yard is not Scotland."""
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


class AnswerChecker:
    """Checks whether quotes of one corpus suit a question: the kinds of fact they have, and how they differ from it."""

    def __init__(self, language: QuestionLanguage, analyser: Analyser, span_cache: SpanCache) -> None:
        self._language = language
        self._analyser = analyser
        self._span_cache = span_cache

    def has_kinds(self, kinds: Collection[str], quote: Quote, matches: Sequence[Concept]) -> bool:
        """Return whether `quote` has something of each of `kinds` in a sentence that also has one of `matches`.

        Where no sentence has any of `matches`, the voice of the quote has them, and all sentences count.
        """
        text = quote.passage.document.text
        sentences = split_sentences(text, quote.span)
        telling = [sentence for sentence in sentences if self._has_any(quote, sentence, matches)]
        parts = [self._drop_reports(quote, sentence, matches) for sentence in telling] or sentences
        has_types = self._language.has_all_answer_types
        return all(any(has_types(frozenset({kind}), text[slice(*part)]) for part in parts) for kind in kinds)

    def spells_out(self, quote: Quote, acronym: str) -> bool:
        """Return whether `quote` prints `acronym` with what it stands for: “Live Facial Recognition (LFR)”."""
        text, span = quote.passage.document.text, quote.span
        is_printed = re.compile(rf"\b{acronym}\b").search(text, *span)
        return is_printed is not None and self._compile_words_of(acronym).search(text, *span) is not None

    def _compile_words_of(self, acronym: str) -> re.Pattern[str]:
        """Return a pattern of words that begin with the letters of `acronym`, with or without small words between."""
        links = "|".join(sorted(map(re.escape, self._language.name_links))) or r"(?!)"
        words = rf"\w*[\s-]+(?:(?:{links})\s+)?".join(acronym)
        return re.compile(rf"\b{words}\w*", re.IGNORECASE)

    def _drop_reports(self, quote: Quote, sentence: Span, matches: Sequence[Concept]) -> Span:
        """Return `sentence` without the part up to "found that", if that part has none of `matches`."""
        start = sentence.start
        for match in self._language.reports.finditer(quote.passage.document.text, *sentence):
            if self._has_any(quote, Span(start, match.end()), matches):
                break
            start = match.end()
        return Span(start, sentence.end)

    def _has_any(self, quote: Quote, part: Span, concepts: Sequence[Concept]) -> bool:
        """Whether any of the concepts stands in this part of the quote."""
        get_words = partial(self._span_cache.words, quote.passage.document, part)
        return bool(match_concepts(concepts, frozenset(map(self._analyser.stem, get_words())), get_words))

    def find_mismatch(self, question: Question, quote: Quote, matched: Sequence[Concept]) -> Mismatch | None:
        """Find whether `quote`, which matches `matched`, differs from a question by a number or a negation.

        A negation only matters to a yes-or-no question or a statement, which it turns into the opposite.
        """
        text, span = quote.passage.document.text, quote.span
        shape = self._language.get_shape("number")
        numbers = [c for c in question.distinctive_concepts if shape.match(c.text)]
        is_missing = any(c not in matched or self._has_other_number(c, quote) for c in numbers)
        if is_missing and shape.search(text, *span):
            return "number"
        asked = {word.normalised for word in split_words(question.text)}
        if not self._language.open_questions.isdisjoint(asked):
            return None
        negations = self._language.negations
        is_quoted = not negations.isdisjoint(self._span_cache.words(quote.passage.document, span))
        if not negations.isdisjoint(asked):
            return None if is_quoted else "asked_negation"
        return "quoted_negation" if is_quoted and self._negates(matched, text, span) else None

    def _has_other_number(self, number: Concept, quote: Quote) -> bool:
        """Return whether `quote` has digits only by a synonym: "81%" by a curator's "80.5 per cent"."""
        get_words = partial(self._span_cache.words, quote.passage.document, quote.span)
        place = number.find_form(self._span_cache.stems(quote), get_words)
        return number.text[0].isdigit() and place is not None and place >= number.literal_count

    def _negates(self, concepts: Sequence[Concept], text: str, span: Span) -> bool:
        """Return whether half of several `concepts` follow a negation in `span` within its clause."""
        words = list(split_words(text, span))
        for place, word in enumerate(words):
            if word.normalised not in self._language.negations:
                continue
            clause = [
                other
                for other in words[place + 1 : place + 1 + _NEGATION_REACH]
                if not _CLAUSE_END.search(text, word.end, other.start)
            ]
            stems = frozenset(self._analyser.stem(other.normalised) for other in clause)
            if len(concepts) > 1 and sum(c.may_match(stems) for c in concepts) * 2 >= len(concepts):
                return True
        return False
