"""One statement printed in two wordings: the same voice, nearly the same words.

Newsrooms tidy quotations, and print them in part or twice. Both wordings are
kept and neither is merged; a reply that shows one can say that there is
another. What differs in a number, a name, a "not" or an opposite is another
statement, however alike it looks; so is an excerpt in the very same words,
which is no other wording at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from bot.analysis import Analyser
from bot.languages import load_language
from bot.model import Kind, Passage, Span
from bot.text import normalise_name, split_sentences, split_words

# The Dice coefficient of two statements' stems: of twenty pairs of either sort in test_attribution_paraphrases it
# sorts every one.
MIN_SIMILARITY = 0.72
# “Yes, I agree.” is said in too many ways to be the same statement.
_MIN_STEMS = 3
# Of the statements that share a stem the last ones: the time grows with the passages alone.
_MAX_COMPARED = 40
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+")


class ParaphrasePair(NamedTuple):
    """Two passages, in reading order, and the sentences in them that say the same thing."""

    first: Passage
    second: Passage
    spans: tuple[Span, Span]


class _Opposition(NamedTuple):
    """What makes two statements of one language two, however alike they look."""

    negations: frozenset[str]
    pairs: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence of a passage, taken apart for comparing."""

    passage: Passage
    span: Span
    normalised_words: tuple[str, ...]
    stems: frozenset[str]
    names: frozenset[str]

    @property
    def numbers(self) -> frozenset[str]:
        """The words that begin with a digit."""
        return frozenset(word for word in self.normalised_words if word[0].isdigit())

    def count_negations(self, opposition: _Opposition) -> int:
        """Count the words that are negations."""
        return sum(word in opposition.negations for word in self.normalised_words)


def find_paraphrases(passages: Iterable[Passage], language: str = "english") -> tuple[ParaphrasePair, ...]:
    """Return the pairs of statements of one voice that differ in wording alone.

    Passages may come from several documents; those without a voice, and
    narration, are left out. Words met in many of a voice's statements lead to
    no comparison, so the time grows with the passages and not with their square.
    """
    statements_by_voice: dict[str, list[_Statement]] = defaultdict(list)
    for passage in passages:
        if passage.voice and passage.kind is not Kind.NARRATION:
            statements_by_voice[normalise_name(passage.voice.name)].extend(_split_statements(passage, language))
    opposition = _load_opposition(language)
    return tuple(pair for statements in statements_by_voice.values() for pair in _find_pairs(statements, opposition))


def _split_statements(passage: Passage, language: str) -> Iterator[_Statement]:
    """Yield the sentences of a passage that have enough stems to be compared."""
    text = passage.document.text
    for span in split_sentences(text, passage.span):
        normalised_words = tuple(word.normalised for word in split_words(text, span))
        stems = frozenset(term.stem for term in _get_analyser(language).terms(text, span))
        if len(stems) >= _MIN_STEMS:
            names = frozenset(name.group() for name in _NAME.finditer(text, *span))
            yield _Statement(passage, span, normalised_words, stems, names)


@cache
def _load_opposition(language: str) -> _Opposition:
    """Return the negations and the pairs of opposites of `language`, read once."""
    loaded = load_language(language)
    pairs = loaded.table("oppositions").get("pairs", ())
    return _Opposition(loaded.words("oppositions", "negations"), tuple(frozenset(pair.split()) for pair in pairs))


@cache
def _get_analyser(language: str) -> Analyser:
    """Return the analyser of `language`, built once."""
    return Analyser(language)


def _find_pairs(statements: Sequence[_Statement], opposition: _Opposition) -> Iterator[ParaphrasePair]:
    """Yield each pair of paraphrases, the earlier statement first."""
    postings: dict[str, list[int]] = defaultdict(list)
    for index, statement in enumerate(statements):
        earlier = {position for stem in statement.stems for position in postings[stem][-_MAX_COMPARED:]}
        for first in (statements[position] for position in sorted(earlier)):
            if _is_paraphrase(first, statement, opposition):
                yield ParaphrasePair(first.passage, statement.passage, (first.span, statement.span))
        for stem in statement.stems:
            postings[stem].append(index)


def _is_paraphrase(first: _Statement, second: _Statement, opposition: _Opposition) -> bool:
    """Whether most stems are shared, no number, name, negation or opposite differs, and neither is an excerpt."""
    if first.numbers != second.numbers or first.count_negations(opposition) != second.count_negations(opposition):
        return False
    if first.names - second.names and second.names - first.names:
        return False
    only_first, only_second = first.stems - second.stems, second.stems - first.stems
    shared = len(first.stems & second.stems)
    if 2 * shared < MIN_SIMILARITY * (len(first.stems) + len(second.stems)):
        return False
    return (
        not _has_opposites(first, second, opposition)
        and not _is_excerpt(first.normalised_words, second.normalised_words)
        # What was put in place of something else is little beside what stayed.
        and min(len(only_first), len(only_second)) * 3 <= shared
    )


def _has_opposites(first: _Statement, second: _Statement, opposition: _Opposition) -> bool:
    """Whether each has a word of a pair of opposites, and not the same one."""
    first_words, second_words = set(first.normalised_words), set(second.normalised_words)
    return any(
        pair & first_words and pair & second_words and pair & first_words != pair & second_words
        for pair in opposition.pairs
    )


def _is_excerpt(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether the shorter stands word for word in the longer: one wording, not two."""
    shorter, longer = sorted((first, second), key=len)
    return f" {' '.join(shorter)} " in f" {' '.join(longer)} "
