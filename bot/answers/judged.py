"""What the words of one corpus come to when a quote is judged, worked out once for each place.

The same few places are judged for every question. Only words of the corpus are
remembered here, never a question's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.answers.language import Phrase, phrase
from bot.answers.quoting import fitting
from bot.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.answers.quoting import Lengths
    from bot.model import Corpus, Document, Listed, Passage
    from bot.terms import Analyser, Term

REMEMBERED = 1 << 15


class Judged:
    """The stems and the words of places of `corpus`; all of it is forgotten at `REMEMBERED`."""

    def __init__(self, corpus: Corpus, analyser: Analyser, lengths: Lengths) -> None:
        self._names = _proper_names(corpus)
        self._analyser = analyser
        self._lengths = lengths
        # A passage is kept beside what it comes to, so that its number stays its own.
        self._stems: dict[tuple[int, Span], tuple[Passage, frozenset[str]]] = {}
        self._words: dict[tuple[str, Span], Phrase] = {}
        named = (name for listed in corpus.voices for name in (listed.name, *listed.aliases))
        self._called = {name: phrase(name) for name in named}
        self._runs: dict[int, tuple[Passage, list[Span]]] = {}

    def stems(self, passage: Passage, span: Span) -> frozenset[str]:
        """Return what a quote is judged by: its words, its cue's and its voice's."""
        place = id(passage), span
        if (known := self._stems.get(place)) is None:
            if len(self._stems) >= REMEMBERED:
                self._stems.clear()
            known = self._stems[place] = passage, self._read(passage, span)
        return known[1]

    def runs(self, passage: Passage) -> list[Span]:
        """Return the runs of sentences of `passage` that could be shown."""
        if (known := self._runs.get(id(passage))) is None:
            if len(self._runs) >= REMEMBERED:
                self._runs.clear()
            known = self._runs[id(passage)] = passage, fitting(passage, self._lengths)
        return known[1]

    def words(self, document: Document, span: Span) -> Phrase:
        """Return the words of `span`, folded."""
        place = document.sha256, span
        if (known := self._words.get(place)) is None:
            if len(self._words) >= REMEMBERED:
                self._words.clear()
            known = self._words[place] = phrase(document.text[span.start : span.end])
        return known

    def called(self, voices: Iterable[Listed]) -> set[Phrase]:
        """Return what listed voices go by, folded."""
        names = (name for listed in voices for name in (listed.name, *listed.aliases))
        return {self._called.get(name) or phrase(name) for name in names}

    def _read(self, passage: Passage, span: Span) -> frozenset[str]:
        text, voice = passage.document.text, passage.voice
        stems = {t.stem for p in (span, *passage.cue) for t in self._terms(text, p)}
        for said in (voice.name, voice.role, voice.organisation) if voice else ():
            stems |= {term.stem for term in self._analyser.terms(said or "")}
        return frozenset(stems)

    def _terms(self, text: str, span: Span) -> Iterator[Term]:
        """Yield the terms within `span` but for those of names: Scotland Yard is not Scotland."""
        names = [Span(*found.span()) for found in self._names.finditer(text, *span)]
        for term in self._analyser.terms(text, span):
            if not any(name.start <= term.start < name.end for name in names):
                yield term


def _proper_names(corpus: Corpus) -> re.Pattern[str]:
    """Return a pattern of the listed names of several words, each with a capital."""
    names = {n for v in corpus.voices for n in (v.name, *v.aliases) if " " in n and n.istitle()}
    return re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)) or r"(?!)")
