"""Cache of stems and folded words per span: the same few places are judged for every question.

Only words of the corpus are kept here, never a question's.
"""

from __future__ import annotations

import re
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache, cachedmethod

from bot.answers.question_language import Phrase, to_phrase
from bot.answers.quoting import find_fitting_runs
from bot.model import Span

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from bot.analysis import Analyser
    from bot.answers.quoting import QuoteLengths
    from bot.model import Corpus, Document, Passage, Quote, VoiceEntry

# Enough for every passage of a debate of ten large documents; about 1 kB each.
MAX_ENTRIES = 1 << 15


def _runs_key(_: SpanCache, passage: Passage) -> Hashable:
    """Return all that the runs of `passage` and their stems follow from."""
    return passage.document.sha256, passage.frame, passage.kind, passage.cue, passage.voice


def _words_key(_: SpanCache, document: Document, span: Span) -> Hashable:
    return document.sha256, span


class SpanCache:
    """The stems and the words of places of `corpus`; the least recently used is dropped first."""

    def __init__(
        self,
        corpus: Corpus,
        analyser: Analyser,
        lengths: QuoteLengths,
        max_entries: int = MAX_ENTRIES,
    ) -> None:
        self._proper_names = _compile_proper_names(corpus)
        self._analyser = analyser
        self._lengths = lengths
        names = (name for voice in corpus.voices for name in (voice.name, *voice.aliases))
        self._normalised_names = {name: to_phrase(name) for name in names}
        self._runs_cache: LRUCache[Any, Mapping[Span, frozenset[str]]] = LRUCache(max_entries)
        self._words_cache: LRUCache[Any, Phrase] = LRUCache(max_entries)
        # Questions are answered in several threads, and an LRU cache changes when it is read.
        self._lock = Lock()

    @cachedmethod(attrgetter("_runs_cache"), key=_runs_key, lock=attrgetter("_lock"))
    def runs(self, passage: Passage) -> Mapping[Span, frozenset[str]]:
        """Return the runs of sentences of `passage` that could be shown, each with its stems.

        A quote is judged by the stems of its words, its cue and its voice.
        """
        runs = find_fitting_runs(passage, self._lengths)
        shared_stems = self._collect_shared_stems(passage) if runs else frozenset()
        text = passage.document.text
        return {run: shared_stems.union(self._stems_outside_names(text, run)) for run in runs}

    def stems(self, quote: Quote) -> frozenset[str]:
        """Return the stems by which `quote` is judged, whether it is one of those runs or not."""
        passage, text = quote.passage, quote.passage.document.text
        words = self._stems_outside_names(text, quote.span)
        return self._collect_shared_stems(passage).union(words)

    @cachedmethod(attrgetter("_words_cache"), key=_words_key, lock=attrgetter("_lock"))
    def words(self, document: Document, span: Span) -> Phrase:
        """Return the words of `span`, folded."""
        return to_phrase(document.text[span.start : span.end])

    def normalised_names(self, voices: Iterable[VoiceEntry]) -> set[Phrase]:
        """Return the names and aliases of `voices`, folded."""
        names = (name for voice in voices for name in (voice.name, *voice.aliases))
        return {self._normalised_names.get(name) or to_phrase(name) for name in names}

    def _collect_shared_stems(self, passage: Passage) -> frozenset[str]:
        """Return the stems of the cue and the voice."""
        text, voice = passage.document.text, passage.voice
        stems = {stem for span in passage.cue for stem in self._stems_outside_names(text, span)}
        for attribute in (voice.name, voice.role, voice.organisation) if voice else ():
            stems |= {term.stem for term in self._analyser.terms(attribute or "")}
        return frozenset(stems)

    def _stems_outside_names(self, text: str, span: Span) -> Iterator[str]:
        """Yield the stems within `span` except those of names: Scotland Yard is not Scotland."""
        name_spans = [Span(*match.span()) for match in self._proper_names.finditer(text, *span)]
        for term in self._analyser.terms(text, span):
            if not any(name.start <= term.start < name.end for name in name_spans):
                yield term.stem


def _compile_proper_names(corpus: Corpus) -> re.Pattern[str]:
    """Compile a pattern of the listed names of several words, each with a capital."""
    names = {
        alias
        for voice in corpus.voices
        for alias in (voice.name, *voice.aliases)
        if " " in alias and alias.istitle()
    }
    return re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)) or r"(?!)")
