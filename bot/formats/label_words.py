"""The words of speakers' labels in all languages, loaded once: what names nobody, what stands around a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.languages import list_languages, load_language


@dataclass(frozen=True, slots=True)
class LabelWords:
    """The lists of `[speaker_labels]` of all languages together: a file's own language is not known yet."""

    unnamed: re.Pattern[str]
    notes: re.Pattern[str]
    manners: re.Pattern[str]
    joints: re.Pattern[str]
    record: frozenset[str]
    verbs: frozenset[str]
    styles: frozenset[str]
    honours: frozenset[str]
    parties: frozenset[str]
    offices: frozenset[str]
    particles: frozenset[str]
    counts: frozenset[str]
    senders: frozenset[str]
    letters: frozenset[str]
    addressees: frozenset[str]
    doubts: frozenset[str]
    prepositions: frozenset[str]
    titles: frozenset[str]
    noble: frozenset[str]
    given_names: frozenset[str]
    bodies: frozenset[str]
    stop_words: frozenset[str]

    @property
    def common(self) -> frozenset[str]:
        """The words of sentences that are no small words of names."""
        return self.stop_words - self.particles


@cache
def load_label_words() -> LabelWords:
    """Load the lists of all languages that have any."""
    languages = [load_language(name) for name in list_languages()]
    labelled_languages = [language for language in languages if language.table("speaker_labels")]

    def join_patterns(key: str) -> re.Pattern[str]:
        patterns = [
            pattern for language in labelled_languages for pattern in language.table("speaker_labels").get(key, ())
        ]
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", re.IGNORECASE)

    def union(table: str, key: str) -> frozenset[str]:
        return frozenset().union(*(language.words(table, key) for language in labelled_languages))

    names = ("record", "verbs", "styles", "honours", "parties", "offices", "particles", "counts", "senders", "letters")
    lists = {name: union("speaker_labels", name) for name in (*names, "addressees", "doubts", "prepositions")}
    return LabelWords(
        join_patterns("unnamed"),
        join_patterns("notes"),
        join_patterns("manners"),
        join_patterns("joints"),
        stop_words=union("stop_words", "words"),
        titles=union("titles", "leading"),
        noble=union("titles", "noble"),
        given_names=union("names", "female") | union("names", "male") | union("names", "unisex"),
        bodies=union("organisations", "words")
        | union("organisations", "place_heads")
        | union("organisations", "heads"),
        **lists,
    )
