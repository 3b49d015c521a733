"""What the words of one corpus come to when a quote is judged, worked out once for each place.

The same few places are judged for every question. Only words of the corpus are
remembered here, never a question's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.answers.question_language import Phrase, to_phrase
from bot.answers.quoting import find_fitting_runs
from bot.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.analysis import Analyser, Term
    from bot.answers.quoting import QuoteLengths
    from bot.model import Corpus, Document, Passage, VoiceEntry

MAX_ENTRIES = 1 << 15


class SpanCache:
    """The stems and the words of places of `corpus`; all of it is forgotten at `MAX_ENTRIES`."""

    def __init__(self, corpus: Corpus, analyser: Analyser, lengths: QuoteLengths) -> None:
        self._proper_names = _compile_proper_names(corpus)
        self._analyser = analyser
        self._lengths = lengths
        # A passage is kept beside what it comes to, so that its number stays its own.
        self._stems: dict[tuple[int, Span], tuple[Passage, frozenset[str]]] = {}
        self._words: dict[tuple[str, Span], Phrase] = {}
        names = (name for voice in corpus.voices for name in (voice.name, *voice.aliases))
        self._normalised_names = {name: to_phrase(name) for name in names}
        self._runs: dict[int, tuple[Passage, list[Span]]] = {}

    def stems(self, passage: Passage, span: Span) -> frozenset[str]:
        """Return what a quote is judged by: its words, its cue's and its voice's."""
        key = id(passage), span
        if (entry := self._stems.get(key)) is None:
            if len(self._stems) >= MAX_ENTRIES:
                self._stems.clear()
            entry = self._stems[key] = passage, self._collect_stems(passage, span)
        return entry[1]

    def fitting_runs(self, passage: Passage) -> list[Span]:
        """Return the runs of sentences of `passage` that could be shown."""
        if (entry := self._runs.get(id(passage))) is None:
            if len(self._runs) >= MAX_ENTRIES:
                self._runs.clear()
            entry = self._runs[id(passage)] = passage, find_fitting_runs(passage, self._lengths)
        return entry[1]

    def words(self, document: Document, span: Span) -> Phrase:
        """Return the words of `span`, folded."""
        key = document.sha256, span
        if (entry := self._words.get(key)) is None:
            if len(self._words) >= MAX_ENTRIES:
                self._words.clear()
            entry = self._words[key] = to_phrase(document.text[span.start : span.end])
        return entry

    def normalised_names(self, voices: Iterable[VoiceEntry]) -> set[Phrase]:
        """Return what listed voices go by, folded."""
        names = (name for voice in voices for name in (voice.name, *voice.aliases))
        return {self._normalised_names.get(name) or to_phrase(name) for name in names}

    def _collect_stems(self, passage: Passage, span: Span) -> frozenset[str]:
        text, voice = passage.document.text, passage.voice
        stems = {
            t.stem
            for evidence in (span, *passage.cue)
            for t in self._terms_outside_names(text, evidence)
        }
        for attribute in (voice.name, voice.role, voice.organisation) if voice else ():
            stems |= {term.stem for term in self._analyser.terms(attribute or "")}
        return frozenset(stems)

    def _terms_outside_names(self, text: str, span: Span) -> Iterator[Term]:
        """Yield the terms within `span` but for those of names: Scotland Yard is not Scotland."""
        name_spans = [Span(*match.span()) for match in self._proper_names.finditer(text, *span)]
        for term in self._analyser.terms(text, span):
            if not any(name.start <= term.start < name.end for name in name_spans):
                yield term


def _compile_proper_names(corpus: Corpus) -> re.Pattern[str]:
    """Return a pattern of the listed names of several words, each with a capital."""
    names = {
        alias
        for voice in corpus.voices
        for alias in (voice.name, *voice.aliases)
        if " " in alias and alias.istitle()
    }
    return re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)) or r"(?!)")
