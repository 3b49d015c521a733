"""Query expansion: the vocabulary of a corpus, synonyms, spelling correction and word lists."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakValueDictionary

from spellchecker import SpellChecker

from bot.analysis import SpellingCorrector
from bot.answers.question import Concept, Form
from bot.answers.question_language import load_question_language, to_phrase
from bot.text import split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.analysis import Analyser
    from bot.answers.question_language import Phrase
    from bot.model import Corpus, Document

# Words of a curator's phrase may have one stop word between them: "freedoms of speech". At 1 a
# question of tests/relevance/facial-recognition.jsonl is answered no more; at 3 a phrase may join
# words of two clauses.
_MAX_GAP = 2
# Snowball names languages, pyspellchecker gives codes.
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
# Questions asked at once at the start would each read the whole list.
_LOAD_LOCK = Lock()


class QuestionToken(NamedTuple):
    """A word of a question: its number, its place, its folded form and its stem."""

    position: int
    start: int
    end: int
    normalised: str
    stem: str


class _DocumentWords:
    """A document's words, folded; a class, since neither a str nor a set can be held weakly."""

    __slots__ = ("__weakref__", "_folded_text", "lower_words", "words")

    def __init__(self, text: str) -> None:
        words = tuple(split_words(text))
        phrase = tuple(word.normalised for word in words)
        self.words = frozenset(phrase)
        self.lower_words = frozenset(word.normalised for word in words if text[word.start].islower())
        self._folded_text = _join_words(phrase)

    def contains(self, phrase: Phrase) -> bool:
        """Return whether the words of `phrase` occur here side by side."""
        return self.words.issuperset(phrase) and _join_words(phrase) in self._folded_text


def _join_words(words: Phrase) -> str:
    # No folded word holds a line break, so a match never begins or ends inside a word.
    return "\n".join(("", *words, ""))


# By the SHA-256 of the text, for as long as some vocabulary holds them: after a reload the words
# of a document that did not change are not split again.
_WORDS_BY_SHA256: WeakValueDictionary[str, _DocumentWords] = WeakValueDictionary()


def _load_document_words(document: Document) -> _DocumentWords:
    entry = _WORDS_BY_SHA256.get(document.sha256)
    if entry is None:
        entry = _WORDS_BY_SHA256[document.sha256] = _DocumentWords(document.text)
    return entry


class Vocabulary:
    """The words of `corpus` and its curator; `idf` gives the weight of a stem."""

    def __init__(self, corpus: Corpus, analyser: Analyser, idf: Callable[[str], float]) -> None:
        self._analyser = analyser
        self._stems_by_text: dict[str, Phrase] = {}
        self._idf = idf
        self.language = corpus.language
        self._number_words = load_question_language(corpus.language).number_words
        self._document_words = tuple(_load_document_words(document) for document in corpus.documents)
        source_words: frozenset[str] = frozenset().union(*(document.words for document in self._document_words))
        self._source_words = source_words
        self.lower_words = frozenset().union(*(document.lower_words for document in self._document_words))
        self.stems = frozenset(map(analyser.stem, source_words))
        self._motion_stems = frozenset(self.content_stems(f"{corpus.title} {corpus.motion}"))
        expansions: dict[str, tuple[str, ...]] = {word: (word,) for topic in corpus.topics for word in topic.words}
        expansions |= {topic.name: topic.words for topic in corpus.topics}
        expansions |= corpus.synonyms
        # The curator's own words, which are looked at for every question.
        curated_texts = {word for words in expansions.values() for word in words} | expansions.keys()
        self._stems_by_text = {word: self.content_stems(word) for word in curated_texts}
        self._expansions_by_words = {to_phrase(key): expansion for key, expansion in expansions.items()}
        self._expansions_by_stems = {self.content_stems(key): expansion for key, expansion in expansions.items()}
        self._known_words = source_words | {word for key in self._expansions_by_words for word in key}
        self._spelling = SpellingCorrector(dict.fromkeys(self._known_words, 1))
        self._max_phrase_length = max(map(len, self._expansions_by_words), default=0)

    def has_phrase(self, phrase: Phrase) -> bool:
        """Return whether a document has `phrase`, unbroken."""
        return any(document.contains(phrase) for document in self._document_words)

    def has_word(self, word: str) -> bool:
        """Return whether a source has this very word, folded."""
        return word in self._source_words

    def has_correction(self, word: str) -> bool:
        """Return whether `word` is a slip of a word that the sources have."""
        return bool(self._find_nearest(word, self._spelling))

    def content_stems(self, text: str) -> Phrase:
        """Return the stems of the words of `text` that are no stop words."""
        known_stems = self._stems_by_text.get(text)
        return known_stems or tuple(term.stem for term in self._analyser.terms(text))

    def is_known(self, token: QuestionToken) -> bool:
        """Return whether a source, the motion or the curator has the word of `token`."""
        is_in_sources = token.stem in self.stems or token.stem in self._motion_stems
        return is_in_sources or (token.stem,) in self._expansions_by_stems or token.normalised[0].isdigit()

    def is_common(self, stem: str) -> bool:
        """Return whether the whole debate is about it."""
        return stem in self._motion_stems

    def is_curated(self, word: str) -> bool:
        """Return whether the curator lists this very word."""
        return (word,) in self._expansions_by_words

    def find_phrases(self, normalised_words: Phrase) -> list[range]:
        """Find the curator's phrases of several words in `normalised_words`."""
        return [
            range(start, start + size)
            for size in range(2, self._max_phrase_length + 1)
            for start in range(len(normalised_words) - size + 1)
            if normalised_words[start : start + size] in self._expansions_by_words
        ]

    def match_curated(self, tokens: Sequence[QuestionToken]) -> int:
        """Return how many of `tokens`, from the first, the curator lists as one thing; 0 if none.

        A phrase is known as typed, or by its stems with at most one stop word
        between two of them, as in "freedoms of speech".
        """
        max_length = min(self._max_phrase_length, len(tokens))
        for size in range(max_length, 0, -1):
            part = tokens[:size]
            if _is_contiguous(part, 1) and tuple(t.normalised for t in part) in self._expansions_by_words:
                return size
        if tokens[0].normalised in self._analyser.stop_words:
            return 0
        content = [n for n, t in enumerate(tokens) if t.normalised not in self._analyser.stop_words]
        for size in range(min(self._max_phrase_length, len(content)), 0, -1):
            part = [tokens[n] for n in content[:size]]
            if _is_contiguous(part, _MAX_GAP) and tuple(t.stem for t in part) in self._expansions_by_stems:
                return content[size - 1] + 1
        return 0

    def build_concept(self, text: str, tokens: Sequence[QuestionToken], boost: float = 1.0) -> Concept:
        """Build the concept of `tokens`, typed as `text`; `boost` multiplies its weight."""
        stems = tuple(t.stem for t in tokens if t.normalised not in self._analyser.stop_words)
        typed_words = tuple(token.normalised for token in tokens)
        stems = stems or typed_words
        expansions = self._expansions_by_words.get(typed_words, self._expansions_by_stems.get(stems, ()))
        if (
            not expansions
            and len(stems) == 1
            and stems[0] not in self.stems
            and typed_words not in self._expansions_by_words
        ):
            expansions = self._suggest_corrections(typed_words[0])
        expansions = tuple(word for word in expansions if self.content_stems(word) != stems)
        expansions = expansions or tuple(
            variant for variant in _number_variants(typed_words, self._number_words) if variant in self._known_words
        )
        forms = (Form(stems), *(Form(self.content_stems(word)) for word in expansions))
        is_common = any(form <= self._motion_stems for form in forms)
        return Concept(text, forms, expansions, self._compute_weight(forms) * boost, is_common)

    def _compute_weight(self, forms: Sequence[Form]) -> float:
        """Return the idf of the most common form; the maximum if none occurs."""
        weights = [max(map(self._idf, form)) for form in forms if form and form <= self.stems]
        return min(weights, default=self._idf(""))

    def _suggest_corrections(self, normalised: str) -> tuple[str, ...]:
        """Suggest corrections of a misspelt word, and their synonyms."""
        corrections = self._find_nearest(normalised, self._spelling)
        expansions = (self._expansions_by_stems.get(self.content_stems(word), ()) for word in corrections)
        return tuple(dict.fromkeys([*corrections, *(word for words in expansions for word in words)]))

    def is_misspelling(self, token: QuestionToken, spelling: SpellingCorrector) -> bool:
        """Return whether `token` is no known word, but a misspelling of one of `spelling`."""
        return not self.is_known(token) and bool(self._find_nearest(token.normalised, spelling))

    def _find_nearest(self, word: str, spelling: SpellingCorrector) -> tuple[str, ...]:
        """Return those of `spelling` nearest to `word`, which is no word of the language."""
        nearest = spelling.suggest(word)
        return () if nearest and is_word(word, self.language) else nearest


def _number_variants(words: Phrase, number_words: Phrase) -> tuple[str, ...]:
    """Return a small number in words for its digits, and the other way round.

    >>> _number_variants(("3",), ("two", "three")), _number_variants(("two",), ("two", "three"))
    (('three',), ('2',))
    """
    text = " ".join(words)
    return tuple(
        variant
        for digits, number_word in enumerate(number_words, start=2)
        for original, variant in ((number_word, str(digits)), (str(digits), number_word))
        if text == original
    )


def _is_contiguous(tokens: Sequence[QuestionToken], max_gap: int) -> bool:
    return all(after.position - before.position <= max_gap for before, after in pairwise(tokens))


def is_word(word: str, language: str) -> bool:
    """Return whether `word` is a word of `language`; never, where no list is at hand.

    >>> is_word("masks", "english"), is_word("privcy", "english"), is_word("masks", "tamil")
    (True, False, False)
    """
    with _LOAD_LOCK:
        return word in _load_words(language)


@cache
def _load_words(language: str) -> frozenset[str]:
    code = _LANGUAGE_CODES.get(language)
    return frozenset(SpellChecker(language=code).word_frequency.words()) if code else frozenset()
