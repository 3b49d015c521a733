"""Words searched besides a typed one: corrections of its spelling, everyday synonyms, and what the curator lists.

Everyday synonyms are searched only for a word that no source has: speakers who use the asker's own word mean it.
A curator's synonyms belong to one debate, and win where both lists have a word.

A word of the language, by the lists of pyspellchecker, is no misspelling. The library keeps each word with its
frequency, 30 MB of a process for English. Here only the 64 bits of a word's hash are kept, an eighth of a megabyte for
16,000 words: one unknown word in 10^14 is taken for a known one.
"""

from __future__ import annotations

import gzip
import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from threading import Lock
from typing import NamedTuple

import numpy as np
import Stemmer
from numpy.typing import NDArray

from bot.analysis import Analyser, WordForms, load_word_forms
from bot.answers.document_words import HYPHEN
from bot.answers.question_language import Phrase, PhraseMatcher, to_phrase
from bot.errors import LanguageError
from bot.languages import load_language
from bot.model import Corpus

# A slip in a shorter word too often makes another word ("cast", "cost").
_MIN_LENGTH_ONE_EDIT = 5
_MIN_LENGTH_TWO_EDITS = 8


class SpellingCorrector:
    """Finds the words of a vocabulary, folded, that are a slip or two away from one that no source has."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._words_by_affix: defaultdict[tuple[int, str, str], list[str]] = defaultdict(list)
        for word in vocabulary:
            for key in _affix_keys(word, len(word)):
                self._words_by_affix[key].append(word)

    def suggest(self, normalised: str) -> tuple[str, ...]:
        """Return the words that are fewest slips from `normalised`, in alphabetical order.

        A slip is a letter left out, added, replaced, or swapped with the next. One is forgiven, two in words of eight
        letters or more, none in fewer than five letters or in a number. The first two letters or the last two must be
        right, which leaves few words to compare; another first letter makes another word ("fracking", "tracking").

        >>> corrector = SpellingCorrector(["privacy", "private"])
        >>> corrector.suggest("pirvacy"), corrector.suggest("rivacy"), corrector.suggest("mrivacy")
        (('privacy',), ('privacy',), ())
        """
        if len(normalised) < _MIN_LENGTH_ONE_EDIT or normalised[0].isdigit():
            return ()
        max_edits = 2 if len(normalised) >= _MIN_LENGTH_TWO_EDITS else 1
        lengths = range(len(normalised) - max_edits, len(normalised) + max_edits + 1)
        keys = (key for length in lengths for key in _affix_keys(normalised, length))
        words = {word for key in keys for word in self._words_by_affix.get(key, ())}
        likely_words = [word for word in words if word[0] in normalised[:2] or normalised[0] in word[:2]]
        return tuple(sorted(find_nearest(normalised, likely_words, max_edits)))


def find_nearest(word: str, candidates: Collection[str], max_edits: int) -> list[str]:
    """Return those of `candidates` that are fewest slips from `word`, at most `max_edits`, in the given order.

    >>> find_nearest("ferry", ["fery", "merry", "berries"], 1)
    ['fery', 'merry']
    """
    # Loaded late: the library has 47 modules, and a question whose words are all known needs none of them.
    process, distance = import_module("rapidfuzz.process"), import_module("rapidfuzz.distance.OSA").distance
    matches = process.extract(word, candidates, scorer=distance, score_cutoff=max_edits, limit=None)
    fewest_edits = min((edits for _, edits, _ in matches), default=0)
    return [candidate for candidate, edits, _ in matches if edits == fewest_edits]


def _affix_keys(word: str, length: int) -> tuple[tuple[int, str, str], ...]:
    """Return the keys of the words of this length that share the first or the last two letters of `word`."""
    return (length, word[:2], ""), (length, "", word[-2:])


# From the names of Snowball to the codes of pyspellchecker.
_LANGUAGE_CODES = {
    "arabic": "ar",
    "basque": "eu",
    "dutch": "nl",
    "english": "en",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
}
# Without it, questions asked at once after the start would each read the whole list.
_LOAD_LOCK = Lock()
_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:')


def is_word(word: str, language: str) -> bool:
    """Return whether `word` is a word of `language`; False without a word list.

    >>> is_word("masks", "english"), is_word("privcy", "english"), is_word("masks", "tamil")
    (True, False, False)
    """
    with _LOAD_LOCK:
        # A memory view: its items are Python's own numbers, which for one word is quicker than numpy.
        hashes, value = load_word_list(language).data, hash(word)
    place = bisect_left(hashes, value)
    return place < len(hashes) and hashes[place] == value


@cache
def load_word_list(language: str) -> NDArray[np.int64]:
    """Load the words of `language` as their hashes in this process, ascending; none where there is no list."""
    code = _LANGUAGE_CODES.get(language)
    return np.unique(np.fromiter(map(hash, _read_words(code) if code else ()), np.int64))


def _read_words(code: str) -> Iterator[str]:
    """Yield each word of a list, which is a JSON object of a word and its frequency a line."""
    path = files("spellchecker") / "resources" / f"{code}.json.gz"
    with path.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        for line in lines:
            for key in _KEY.findall(line):
                yield (json.loads(f'"{key}"') if "\\" in key else key).lower()


class Synonym(NamedTuple):
    """A synonym as listed, with the stems that match it; with a `phrase`, only these words do."""

    text: str
    form: frozenset[str]
    phrase: Phrase | None


class SynonymFinder:
    """Finds the synonyms that the sources have; `table` has what may be asked, by its stems."""

    def __init__(
        self,
        language: str,
        analyser: Analyser,
        find_printed: Callable[[Phrase], list[Phrase]],
        list_relatives: Callable[[str], tuple[list[str], bool]],
    ) -> None:
        """Look a synonym up by the two functions of `bot.answers.expansion.Vocabulary`."""
        self._find_printed, self._list_relatives = find_printed, list_relatives
        self._analyser = analyser
        self._forms = load_word_forms(language)
        self.table = load_synonyms(language)

    def find(self, stems: Phrase) -> Iterator[Synonym]:
        """Yield the synonyms of these stems that the sources have, each once for every way to match it."""
        for text in self.table.get(stems, ()):
            phrase = to_phrase(text)
            for last in self._forms.list_forms(phrase[-1]):
                yield from self._find_ways(text, (*phrase[:-1], last))

    def _find_ways(self, text: str, phrase: Phrase) -> Iterator[Synonym]:
        """Yield the ways to match a synonym: by its stem, or by its words for a phrase or a stem that has strangers."""
        stem, stop_words = self._analyser.stem, self._analyser.stop_words
        if len(phrase) > 1:
            for printed in self._find_printed(phrase):
                yield Synonym(text, frozenset(stem(word) for word in printed if word not in stop_words), printed)
            return
        relatives, are_all = self._list_relatives(phrase[0])
        form = frozenset([stem(phrase[0])])
        yield from (Synonym(text, form, None if are_all else (word,)) for word in relatives[: 1 if are_all else None])


@cache
def load_synonyms(language: str) -> Mapping[Phrase, tuple[str, ...]]:
    """Return the synonyms of each word and phrase, by the stems of all its words, in every form of it.

    >>> table = load_synonyms("english")
    >>> "GP" in table["doctor",], ("gp",) in table, table.get(("motion",)), load_synonyms("tamil")
    (True, True, None, {})
    """
    synonyms = read_synonyms(language)
    if not synonyms:
        return {}
    forms, stem = load_word_forms(language), Stemmer.Stemmer(language).stemWord
    table: defaultdict[Phrase, dict[str, None]] = defaultdict(dict)
    for text, others in synonyms.items():
        phrase = to_phrase(text)
        for last in forms.list_forms(phrase[-1]):
            table[tuple(map(stem, (*phrase[:-1], last)))] |= others
    return {key: tuple(others) for key, others in table.items()}


def read_synonyms(language: str) -> Mapping[str, dict[str, None]]:
    """Return the synonyms of each word and phrase in the table of `language`, in its order.

    Raises:
        LanguageError: a line joins nothing.
    """
    synonyms: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for line, heads, others in _read_lines(language):
        if not others or not all(map(to_phrase, {*heads, *others})):
            fact = f"[synonyms] {line!r} joins nothing"
            raise LanguageError(f"languages/{language}", fact, "write WORD, WORD in same, WORD: WORD, WORD in wider")
        for head in heads:
            synonyms[head] |= dict.fromkeys(other for other in others if other != head)
    return synonyms


def _read_lines(language: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each line, with the words that may be asked and the words searched for them."""
    table = load_language(language).table("synonyms")
    for line in table.get("same", ()):
        words = _split_words(line)
        yield line, words, words if len(words) > 1 else []
    for line in table.get("wider", ()):
        head, _, others = line.partition(":")
        yield line, [head.strip()], _split_words(others)


def _split_words(line: str) -> list[str]:
    """Return the words between the commas of a line."""
    return [word.strip() for word in line.split(",") if word.strip()]


class CuratedWords:
    """The curator's words and what is searched for each, by their words, their stems and the first word of a phrase."""

    def __init__(self, corpus: Corpus, analyser: Analyser, forms: WordForms) -> None:
        expansions = _collect_expansions(corpus)
        texts = {word for words in expansions.values() for word in words} | expansions.keys()
        # Looked at for every question.
        stems = {text: tuple(word.stem for word in analyser.content_words(text)) for text in texts}
        self.stems_by_text = stems
        # Stop words alone would match every quote.
        expansions = {
            key: tuple(word for word in words if stems[word] or HYPHEN.search(word))
            for key, words in expansions.items()
            if stems[key]
        }
        self.by_words = {
            to_phrase(key): words
            for key, words in expansions.items()
            if not set(to_phrase(key)) <= analyser.small_words
        }
        # "Mess" does not ask for "mess up": a phrase of one word and stop words needs these too, as in "mess it up".
        phrasal = {key for key in expansions if len(stems[key]) == 1 < len(to_phrase(key))}
        self.by_stems = {stems[key]: words for key, words in expansions.items() if key not in phrasal}
        self.by_all_stems = {
            tuple(map(analyser.stem, (form, *others))): expansions[key]
            for key in expansions
            if key in phrasal
            for first, *others in [to_phrase(key)]
            for form in forms.list_forms(first)
        }
        self.phrase_matcher = PhraseMatcher((key, None) for key in self.by_words if len(key) > 1)
        self.sizes_by_word = collect_sizes(self.by_words)
        self.sizes_by_stem = collect_sizes(self.by_stems)
        self.phrasal_by_stem = _group_by_first(self.by_all_stems)


def _collect_expansions(corpus: Corpus) -> Mapping[str, tuple[str, ...]]:
    """Collect the words of topics, each for itself, then the topics' names, then the synonyms; later ones win."""
    expansions: dict[str, tuple[str, ...]] = {word: (word,) for topic in corpus.topics for word in topic.words}
    expansions |= {topic.name: topic.words for topic in corpus.topics}
    return expansions | corpus.synonyms


def collect_sizes(phrases: Iterable[Phrase]) -> dict[str, list[int]]:
    """Return for each word the lengths of the phrases that begin with it, the longest first."""
    sizes: defaultdict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        sizes[phrase[0]].add(len(phrase))
    return {word: sorted(lengths, reverse=True) for word, lengths in sizes.items()}


def _group_by_first(phrases: Iterable[Phrase]) -> dict[str, list[Phrase]]:
    """Return for each word the phrases that begin with it, the longest first."""
    groups: defaultdict[str, list[Phrase]] = defaultdict(list)
    for phrase in sorted(phrases, key=len, reverse=True):
        groups[phrase[0]].append(phrase)
    return groups
