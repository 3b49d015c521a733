"""What the curator of a corpus has searched besides each word: the words of a topic, and synonyms."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bot.answers.document_words import HYPHEN
from bot.answers.question_language import PhraseMatcher, to_phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.analysis import Analyser, WordForms
    from bot.answers.question_language import Phrase
    from bot.model import Corpus


class CuratedWords:
    """The curator's words and what is searched for them, by the words, their stems, and the first word of a phrase."""

    def __init__(self, corpus: Corpus, analyser: Analyser, forms: WordForms) -> None:
        expansions = _collect_expansions(corpus)
        texts = {word for words in expansions.values() for word in words} | expansions.keys()
        # Looked at for every question.
        stems = {text: tuple(word.stem for word in analyser.content_words(text)) for text in texts}
        self.stems_by_text = stems
        # What stop words alone lead to or from would match every quote.
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
        # "Mess up" is not asked by "mess": a phrase of one word and stop words has these beside it, "mess it up" too.
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
    """Collect the words of topics, each for itself, the topics' names, and the synonyms, which win."""
    expansions: dict[str, tuple[str, ...]] = {word: (word,) for topic in corpus.topics for word in topic.words}
    expansions |= {topic.name: topic.words for topic in corpus.topics}
    return expansions | corpus.synonyms


def collect_sizes(phrases: Iterable[Phrase]) -> dict[str, list[int]]:
    """Return how many words the phrases have that begin with each word, the longest first."""
    sizes: defaultdict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        sizes[phrase[0]].add(len(phrase))
    return {word: sorted(lengths, reverse=True) for word, lengths in sizes.items()}


def _group_by_first(phrases: Iterable[Phrase]) -> dict[str, list[Phrase]]:
    """Return the phrases that begin with each word, the longest first."""
    groups: defaultdict[str, list[Phrase]] = defaultdict(list)
    for phrase in sorted(phrases, key=len, reverse=True):
        groups[phrase[0]].append(phrase)
    return groups
