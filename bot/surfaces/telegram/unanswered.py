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

from bot.replies import words
from bot.replies.reply import Piece, Reply, Style
from bot.surfaces.telegram.pseudonyms import Pseudonyms, today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

FEWEST = 3
MOST, LONGEST, LISTED = 1_000, 40, 30


@dataclass(slots=True)
class _Word:
    """A word: today's askers by pseudonym, and the sum of the days on which enough asked it."""

    day: date
    askers: set[str] = field(default_factory=set)
    before: int = 0

    @property
    def count(self) -> int:
        """How many asked it, on days when enough did that none of them can be told."""
        return self.before + (len(self.askers) if len(self.askers) >= FEWEST else 0)

    def turn(self, day: date) -> None:
        """Forget who asked on a day that is over."""
        if self.day != day:
            self.before, self.day, self.askers = self.count, day, set()


class Unanswered:
    """Counts words since the start; the longest unasked go first when there are too many."""

    def __init__(self, *, counting: bool = True, day: Callable[[], date] = today) -> None:
        self._counting = counting
        self._day = day
        self._names = Pseudonyms(day)
        self._words: OrderedDict[str, _Word] = OrderedDict()

    def note(self, asker: int, missed: Iterable[str]) -> None:
        """Count that `asker` asked for each of these words in vain."""
        if not self._counting:
            return
        name, today = self._names.name(asker), self._day()
        for word in {word.casefold() for word in missed if len(word) <= LONGEST}:
            known = self._words.setdefault(word, _Word(today))
            self._words.move_to_end(word)
            known.turn(today)
            known.askers.add(name)
            if len(self._words) > MOST:
                self._words.popitem(last=False)

    def told(self) -> dict[str, int]:
        """Return how many asked each word that may be told, the most asked first."""
        for known in self._words.values():
            known.turn(self._day())
        counts = {word: known.count for word, known in self._words.items() if known.count}
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:LISTED])

    def reply(self) -> Reply:
        """Return what an admin is told."""
        if not self._counting:
            return Reply(((Piece(words.UNANSWERED_OFF),),))
        told = self.told()
        if not told:
            return Reply(((Piece(words.UNANSWERED_NONE.format(askers=FEWEST)),),))
        lines = "\n".join(
            words.UNANSWERED_WORD.format(word=word, askers=count) for word, count in told.items()
        )
        return Reply(((Piece(words.UNANSWERED, Style.BOLD),), (Piece(lines),)))
