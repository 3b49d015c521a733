"""Whether a quote has the kind of fact that was asked for: a month, a number, a sum of money.

It has to be said of what was asked: "In July a study found that the trials failed" dates the study, and no trial.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from bot.answers.question import match_concepts
from bot.model import Span
from bot.text import split_sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bot.analysis import Analyser
    from bot.answers.question import Concept
    from bot.answers.question_language import QuestionLanguage
    from bot.answers.quoting import SpanCache
    from bot.model import Quote


class AnswerKindFinder:
    """Finds the kinds of fact that quotes of one corpus have."""

    def __init__(self, language: QuestionLanguage, analyser: Analyser, span_cache: SpanCache) -> None:
        self._language = language
        self._analyser = analyser
        self._span_cache = span_cache

    def has_kinds(self, kinds: Collection[str], quote: Quote, matches: Sequence[Concept]) -> bool:
        """Return whether `quote` has something of each of `kinds` in a part that has one of `matches` too.

        Where no part has any, they are those of its voice, and all parts count.
        """
        text = quote.passage.document.text
        parts = list(self._split_at_reports(text, quote.span))
        if len(parts) > 1 and matches:
            parts = [part for part in parts if self._has_any(quote, part, matches)] or parts
        has_types = self._language.has_answer_types
        return all(any(has_types(frozenset({kind}), text[slice(*part)]) for part in parts) for kind in kinds)

    def spells_out(self, quote: Quote, acronym: str) -> bool:
        """Return whether `quote` prints `acronym` with what it stands for: “Live Facial Recognition (LFR)”."""
        text, span = quote.passage.document.text, quote.span
        is_printed = re.compile(rf"\b{acronym}\b").search(text, *span)
        return is_printed is not None and self._compile_words_of(acronym).search(text, *span) is not None

    def _compile_words_of(self, acronym: str) -> re.Pattern[str]:
        """Return a pattern of words that begin with the letters of `acronym`, small words between them aside."""
        links = "|".join(sorted(map(re.escape, self._language.name_links))) or r"(?!)"
        words = rf"\w*[\s-]+(?:(?:{links})\s+)?".join(acronym)
        return re.compile(rf"\b{words}\w*", re.IGNORECASE)

    def _split_at_reports(self, text: str, span: Span) -> Iterator[Span]:
        """Yield the parts of `span`: sentences, each again parted behind "found that"."""
        for sentence in split_sentences(text, span):
            start = sentence.start
            for match in self._language.reports.finditer(text, *sentence):
                yield Span(start, match.end())
                start = match.end()
            yield Span(start, sentence.end)

    def _has_any(self, quote: Quote, part: Span, concepts: Sequence[Concept]) -> bool:
        get_words = partial(self._span_cache.words, quote.passage.document, part)
        return bool(match_concepts(concepts, frozenset(map(self._analyser.stem, get_words())), get_words))
