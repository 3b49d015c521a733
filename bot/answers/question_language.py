"""How questions are put in one language, read from `languages/<language>.toml`.

A language without a file of its own has stop words and stems alone: its
questions are answered, with less of the asking taken off first.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.text import split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FOLDER = Path(__file__).parent / "languages"


Phrase = tuple[str, ...]
Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class QuestionLanguage:
    """The asking words of one language, folded; a phrase is a run of folded words.

    `filler` never counts as a subject; `light_filler` words count where a source has them.
    `by_speaker_patterns`
    are regular expressions with the groups `name` and `topic`.
    """

    filler: frozenset[str] = frozenset()
    light_filler: frozenset[str] = frozenset()
    pronouns: frozenset[str] = frozenset()
    loaded_words: frozenset[str] = frozenset()
    speech_words: frozenset[str] = frozenset()
    attribution_words: frozenset[str] = frozenset()
    follow_up_openings: tuple[Phrase, ...] = ()
    side_phrases: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)
    answer_type_phrases: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)
    task_phrases: tuple[Phrase, ...] = ()
    task_verbs: frozenset[str] = frozenset()
    by_speaker_patterns: tuple[str, ...] = ()


@cache
def load_question_language(name: str) -> QuestionLanguage:
    """Return the asking words of the language `name`; empty where it has no file.

    >>> "said" in load_question_language("english").filler, load_question_language("tamil").filler
    (True, frozenset())
    """
    path = _FOLDER / f"{name}.toml"
    if not path.is_file():
        return QuestionLanguage()
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return QuestionLanguage(
        filler=_parse_words(" ".join(table[key] for key in ("filler", "shorthand", "speech"))),
        light_filler=_parse_words(table["light"]),
        pronouns=_parse_words(table["pronouns"]),
        loaded_words=_parse_words(table["loaded"]),
        speech_words=_parse_words(table["speech"]),
        attribution_words=_parse_words(table["sources"]),
        follow_up_openings=_parse_phrases(table["openings"]),
        side_phrases={side: _parse_phrases(phrases) for side, phrases in table["sides"].items()},
        answer_type_phrases={
            kind: _parse_phrases(phrases) for kind, phrases in table["asks"].items()
        },
        task_phrases=_parse_phrases(table["tasks"]["phrases"]),
        task_verbs=_parse_words(table["tasks"]["verbs"]),
        by_speaker_patterns=tuple(table["by"]),
    )


def to_phrase(text: str) -> Phrase:
    """Return `text` as a run of folded words."""
    return tuple(word.normalised for word in split_words(text))


def contains_phrase(tokens: Phrase, part: Phrase) -> bool:
    """Tell whether `part` stands in `tokens`, unbroken.

    >>> contains_phrase(("a", "b", "c"), ("b", "c")), contains_phrase(("a", "b", "c"), ("a", "c"))
    (True, False)
    """
    if part and part[0] not in tokens:
        return False
    length = len(part)
    return any(tokens[start : start + length] == part for start in range(len(tokens) - length + 1))


class PhraseMatcher(Generic[Meaning]):
    """Many phrases, each with what it means, found in a run of words by their first."""

    def __init__(self, meanings: Iterable[tuple[Phrase, Meaning]]) -> None:
        self._by_first_word: dict[str, list[tuple[Phrase, Meaning]]] = {}
        for part, meaning in meanings:
            if part:
                self._by_first_word.setdefault(part[0], []).append((part, meaning))

    def find_matches(self, tokens: Phrase) -> Iterator[tuple[int, Phrase, Meaning]]:
        """Yield where in `tokens` which phrase stands, unbroken, and its meaning, in text order.

        >>> list(PhraseMatcher([(("b", "c"), 1), (("c",), 2)]).find_matches(("a", "b", "c")))
        [(1, ('b', 'c'), 1), (2, ('c',), 2)]
        """
        for start, word in enumerate(tokens):
            for part, meaning in self._by_first_word.get(word, ()):
                if tokens[start : start + len(part)] == part:
                    yield start, part, meaning


def _parse_words(text: str) -> frozenset[str]:
    return frozenset(to_phrase(text))


def _parse_phrases(texts: list[str]) -> tuple[Phrase, ...]:
    return tuple(to_phrase(text) for text in texts)
