"""How questions are put in one language: its asking words, and the shapes of what is asked for.

The words are the tables `questions`, `numbers` and `calendar` of `bot/languages`. A language
without them has stop words and stems alone: its questions are answered, with less of the asking
taken off first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.languages import load_language
from bot.text import split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.languages.base import Language

Phrase = tuple[str, ...]
Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class QuestionLanguage:
    """The asking words of one language, folded; a phrase is a run of folded words.

    `filler` never counts as a subject; `light_filler` words count where a source has them.
    `number_words` are the numbers in words, from 2 on. `by_speaker_patterns` have the groups
    `name` and `topic`. `answer_shapes` find something of the kind asked for.
    """

    filler: frozenset[str]
    light_filler: frozenset[str]
    pronouns: frozenset[str]
    loaded_words: frozenset[str]
    speech_words: frozenset[str]
    attribution_words: frozenset[str]
    articles: frozenset[str]
    number_words: Phrase
    follow_up_openings: tuple[Phrase, ...]
    side_phrases: dict[str, tuple[Phrase, ...]]
    answer_type_phrases: dict[str, tuple[Phrase, ...]]
    task_phrases: tuple[Phrase, ...]
    task_verbs: frozenset[str]
    by_speaker_patterns: tuple[re.Pattern[str], ...]
    capitalised_run: re.Pattern[str]
    caveat: re.Pattern[str]
    answer_shapes: dict[str, re.Pattern[str]] = field(repr=False)

    def has_answer_types(self, answer_types: frozenset[str], text: str) -> bool:
        """Return whether `text` has something of every kind in `answer_types` that has a shape.

        A question for a date that is shown no date has not been answered, however many of its
        words are matched.

        >>> english = load_question_language("english")
        >>> english.has_answer_types(frozenset({"number"}), "ten trials")
        True
        >>> english.has_answer_types(frozenset({"date"}), "soon")
        False
        """
        shapes = self.answer_shapes
        return all(shapes[kind].search(text) for kind in answer_types if kind in shapes)


@cache
def load_question_language(name: str) -> QuestionLanguage:
    """Return the asking words of the language `name`; empty where it has no table.

    >>> "said" in load_question_language("english").filler, load_question_language("tamil").filler
    (True, frozenset())
    """
    language = load_language(name)
    table = language.table("questions")
    tasks = table.get("tasks", {})

    def fold(*keys: str) -> frozenset[str]:
        words = (word for key in keys for word in language.words("questions", key))
        return frozenset(to_phrase(" ".join(words)))

    return QuestionLanguage(
        filler=fold("filler", "shorthand", "speech"),
        light_filler=fold("light"),
        pronouns=fold("pronouns"),
        loaded_words=fold("loaded"),
        speech_words=fold("speech"),
        attribution_words=fold("sources"),
        articles=fold("articles"),
        number_words=to_phrase(language.table("numbers").get("from_two", "")),
        follow_up_openings=_parse_phrases(table.get("openings", [])),
        side_phrases=_parse_phrase_lists(table.get("sides", {})),
        answer_type_phrases=_parse_phrase_lists(table.get("answer_types", {})),
        task_phrases=_parse_phrases(tasks.get("phrases", [])),
        task_verbs=frozenset(to_phrase(tasks.get("verbs", ""))),
        by_speaker_patterns=tuple(re.compile(p, re.IGNORECASE) for p in table.get("by", [])),
        capitalised_run=_compile_capitalised_run(language),
        caveat=re.compile(rf"[\s\"“”‘’']*(?:{_match_any(language, 'questions', 'caveats')})\b"),
        answer_shapes=_compile_answer_shapes(language),
    )


def _compile_capitalised_run(language: Language) -> re.Pattern[str]:
    """Return a pattern of words with a capital, which a name's small words may link."""
    links = _match_any(language, "questions", "name_links")
    return re.compile(rf"[A-Z][\w’'-]*(?:\s+(?:(?:{links})\s+)?[A-Z][\w’'-]*)*")


def _compile_answer_shapes(language: Language) -> dict[str, re.Pattern[str]]:
    number = rf"\d|\b(?:{_match_any(language, 'numbers', 'amounts')})\b"
    unit = _match_any(language, "calendar", "units")
    # A year is of the 19th to the 21st century: any other four digits count something.
    named_dates = "|".join(_match_any(language, "calendar", key) for key in ("months", "weekdays"))
    currency = _match_any(language, "numbers", "currencies")
    return {
        "number": re.compile(number, re.IGNORECASE),
        "date": re.compile(rf"\b(?:(?:1[89]|20)\d\d|{named_dates})\b"),
        "duration": re.compile(rf"(?:{number})[\w\s,.-]*?\b(?:{unit})\b", re.IGNORECASE),
        "money": re.compile(rf"[£$€]|\b(?:{currency})\b", re.IGNORECASE),
    }


def _match_any(language: Language, table: str, key: str) -> str:
    """Return the alternatives of a pattern that any of these words matches; none, no text."""
    words = language.words(table, key)
    return "|".join(re.escape(word) for word in sorted(words)) or r"(?!)"


def to_phrase(text: str) -> Phrase:
    """Return `text` as a run of folded words."""
    return tuple(word.normalised for word in split_words(text))


def contains_phrase(tokens: Phrase, part: Phrase) -> bool:
    """Return whether `tokens` contain `part`, unbroken.

    >>> contains_phrase(("a", "b", "c"), ("b", "c")), contains_phrase(("a", "b", "c"), ("a", "c"))
    (True, False)
    """
    if part and part[0] not in tokens:
        return False
    length = len(part)
    return any(tokens[start : start + length] == part for start in range(len(tokens) - length + 1))


class PhraseMatcher(Generic[Meaning]):
    """Finds many phrases, each with a meaning, in a run of words by their first word."""

    def __init__(self, meanings: Iterable[tuple[Phrase, Meaning]]) -> None:
        self._by_first_word: dict[str, list[tuple[Phrase, Meaning]]] = {}
        for part, meaning in meanings:
            if part:
                self._by_first_word.setdefault(part[0], []).append((part, meaning))

    def find_matches(self, tokens: Phrase) -> Iterator[tuple[int, Phrase, Meaning]]:
        """Yield position, phrase and meaning of each phrase in `tokens`, in text order.

        >>> list(PhraseMatcher([(("b", "c"), 1), (("c",), 2)]).find_matches(("a", "b", "c")))
        [(1, ('b', 'c'), 1), (2, ('c',), 2)]
        """
        for start, word in enumerate(tokens):
            for part, meaning in self._by_first_word.get(word, ()):
                if tokens[start : start + len(part)] == part:
                    yield start, part, meaning


def _parse_phrases(texts: list[str]) -> tuple[Phrase, ...]:
    return tuple(to_phrase(text) for text in texts)


def _parse_phrase_lists(lists: dict[str, list[str]]) -> dict[str, tuple[Phrase, ...]]:
    return {name: _parse_phrases(texts) for name, texts in lists.items()}
