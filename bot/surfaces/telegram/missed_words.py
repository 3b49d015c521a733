"""Missed words: asked about but in no quote, counted for the curator without the askers.

A person counts once a day per word, under a pseudonym that changes every day. A word is
listed only once several people asked about it within a day, so nothing that one person
alone typed is ever shown. All counts are in memory and end with the process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.replies.catalogue import say
from bot.replies.reply import Piece, Reply, Style
from bot.surfaces.telegram.redaction import Pseudonyms, utc_today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

# With two, each of a pair could tell what the other one asked.
MIN_ASKERS = 3
MAX_WORDS = 1_000
MAX_WORD_LENGTH = 40
# About as many lines as fit on a phone's screen.
MAX_LISTED = 30


@dataclass(slots=True)
class _MissedWord:
    """Today's askers of a word by pseudonym, and the count of earlier days with enough of them."""

    day: date
    askers: set[str] = field(default_factory=set)
    earlier_count: int = 0

    @property
    def count(self) -> int:
        """The number of askers, of days with at least `MIN_ASKERS` only."""
        return self.earlier_count + (len(self.askers) if len(self.askers) >= MIN_ASKERS else 0)

    def start_day(self, day: date) -> None:
        """Add up an earlier day and forget its askers."""
        if self.day != day:
            self.earlier_count, self.day, self.askers = self.count, day, set()


class MissedWords:
    """Counts missed words since the start; evicts the least recently asked."""

    def __init__(self, *, enabled: bool = True, get_day: Callable[[], date] = utc_today) -> None:
        self._enabled = enabled
        self._get_day = get_day
        self._pseudonyms = Pseudonyms(get_day)
        self._entries: LRUCache[str, _MissedWord] = LRUCache(MAX_WORDS)

    def record(self, asker_id: int, missed_words: Iterable[str]) -> None:
        """Count `asker_id` for each of these words."""
        if not self._enabled:
            return
        pseudonym, current_day = self._pseudonyms.get_name(asker_id), self._get_day()
        for word in {word.casefold() for word in missed_words if len(word) <= MAX_WORD_LENGTH}:
            entry = self._entries.setdefault(word, _MissedWord(current_day))
            entry.start_day(current_day)
            entry.askers.add(pseudonym)

    def count_askers(self) -> dict[str, int]:
        """Return the number of askers of each word with enough of them, most asked first."""
        for entry in self._entries.values():
            entry.start_day(self._get_day())
        counts = {word: entry.count for word, entry in self._entries.items() if entry.count}
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_LISTED])

    def render_reply(self) -> Reply:
        """Return the reply to /unanswered."""
        if not self._enabled:
            return Reply.from_text(say("missed_words_off"))
        counts = self.count_askers()
        if not counts:
            return Reply.from_text(say("no_missed_words", askers=MIN_ASKERS))
        lines = "\n".join(say("missed_word", word=word, askers=count) for word, count in counts.items())
        return Reply(((Piece(say("missed_words"), Style.BOLD),), (Piece(lines),)))
