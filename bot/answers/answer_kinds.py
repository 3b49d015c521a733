"""Whether a quote has the kind of fact that was asked for: a month, a number, a sum of money.

It has to be said of what was asked: "In July a study found that the trials failed" dates the study, and no trial.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import partial

from bot.analysis import Analyser
from bot.answers.question import Concept, match_concepts
from bot.answers.question_language import QuestionLanguage
from bot.answers.quoting import SpanCache
from bot.model import Quote, Span
from bot.text import split_sentences


class AnswerKindFinder:
    """Finds the kinds of fact that quotes of one corpus have."""

    def __init__(self, language: QuestionLanguage, analyser: Analyser, span_cache: SpanCache) -> None:
        self._language = language
        self._analyser = analyser
        self._span_cache = span_cache

    def has_kinds(self, kinds: Collection[str], quote: Quote, matches: Sequence[Concept]) -> bool:
        """Return whether `quote` has something of each of `kinds` in a sentence that has one of `matches` too.

        Where no sentence has any, they are those of its voice, and all sentences count.
        """
        text = quote.passage.document.text
        sentences = split_sentences(text, quote.span)
        telling = [sentence for sentence in sentences if self._has_any(quote, sentence, matches)]
        parts = [self._drop_reports(quote, sentence, matches) for sentence in telling] or sentences
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

    def _drop_reports(self, quote: Quote, sentence: Span, matches: Sequence[Concept]) -> Span:
        """Return `sentence` without what stands before "found that", where that has none of `matches`."""
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
