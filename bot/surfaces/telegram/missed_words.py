"""Words that were asked and stand in no quote, counted for the curator and never with who asked.

A person counts once a day for a word, by a key that is drawn anew each day and
written nowhere. A word is told only once several people asked it within a day,
so nothing that one person alone typed is ever shown. All of it is forgotten
when the process ends.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.replies.catalogue import say
from bot.replies.reply import Piece, Reply, Style
from bot.surfaces.telegram.pseudonyms import Pseudonyms, utc_today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

MIN_ASKERS = 3
MAX_WORDS, MAX_WORD_LENGTH, MAX_LISTED = 1_000, 40, 30


@dataclass(slots=True)
class _MissedWord:
    """A word: today's askers by pseudonym, and the sum of the days on which enough asked it."""

    day: date
    askers: set[str] = field(default_factory=set)
    earlier_count: int = 0

    @property
    def count(self) -> int:
        """How many asked it, on days when enough did that none of them can be told."""
        return self.earlier_count + (len(self.askers) if len(self.askers) >= MIN_ASKERS else 0)

    def start_day(self, day: date) -> None:
        """Forget who asked on a day that is over."""
        if self.day != day:
            self.earlier_count, self.day, self.askers = self.count, day, set()


class MissedWords:
    """Counts words since the start; the longest unasked go first when there are too many."""

    def __init__(self, *, enabled: bool = True, get_day: Callable[[], date] = utc_today) -> None:
        self._enabled = enabled
        self._get_day = get_day
        self._pseudonyms = Pseudonyms(get_day)
        self._entries: OrderedDict[str, _MissedWord] = OrderedDict()

    def record(self, asker_id: int, missed_words: Iterable[str]) -> None:
        """Count that `asker_id` asked for each of these words in vain."""
        if not self._enabled:
            return
        pseudonym, current_day = self._pseudonyms.get_name(asker_id), self._get_day()
        for word in {word.casefold() for word in missed_words if len(word) <= MAX_WORD_LENGTH}:
            entry = self._entries.setdefault(word, _MissedWord(current_day))
            self._entries.move_to_end(word)
            entry.start_day(current_day)
            entry.askers.add(pseudonym)
            if len(self._entries) > MAX_WORDS:
                self._entries.popitem(last=False)

    def count_askers(self) -> dict[str, int]:
        """Return how many asked each word that may be told, the most asked first."""
        for entry in self._entries.values():
            entry.start_day(self._get_day())
        counts = {word: entry.count for word, entry in self._entries.items() if entry.count}
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_LISTED])

    def render_reply(self) -> Reply:
        """Return what an admin is told."""
        if not self._enabled:
            return Reply.from_text(say("missed_words_off"))
        counts = self.count_askers()
        if not counts:
            return Reply.from_text(say("no_missed_words", askers=MIN_ASKERS))
        lines = "\n".join(
            say("missed_word", word=word, askers=count) for word, count in counts.items()
        )
        return Reply(((Piece(say("missed_words"), Style.BOLD),), (Piece(lines),)))
