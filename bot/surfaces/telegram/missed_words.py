"""Missed words: asked about but in no quote, counted for the curator without the askers.

A person counts once a day per word, under a pseudonym that changes every day. A word is
listed only once several people asked about it within a day, so nothing that one person
alone typed is ever shown. Nor is it kept: until then a word is counted under a digest, keyed like
the pseudonyms by what only the bot's processes know. What is counted is forgotten after a month.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from bot.replies.catalogue import say
from bot.replies.reply import Piece, Reply, Style
from bot.storage import StateInMemory
from bot.surfaces.telegram.redaction import utc_today

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from bot.storage import SharedState

# With two, each of a pair could tell what the other one asked.
MIN_ASKERS = 3
MAX_WORD_LENGTH = 40
# About as many lines as fit on a phone's screen.
MAX_LISTED = 30
# What was asked in vain a month ago is asked again if it is still wanted.
KEPT_SECONDS = 30 * 86_400.0
# The kinds of what is kept: an asker of a word on a day, and a word that enough asked.
_ASKED, _WORD = "asked", "missed word"


class MissedWords:
    """Counts missed words of the last month, of all processes that know `secret`."""

    def __init__(
        self,
        state: SharedState | None = None,
        secret: bytes = b"",
        *,
        enabled: bool = True,
        get_day: Callable[[], date] = utc_today,
    ) -> None:
        self._state = state or StateInMemory()
        self._key = hashlib.sha256(b"missed words" + secret).digest()
        self._enabled = enabled
        self._get_day = get_day

    async def record(self, asker_id: int, missed_words: Iterable[str]) -> None:
        """Count `asker_id` for each of these words."""
        if not self._enabled:
            return
        day = self._get_day()
        asker = self._hash_day(day, str(asker_id))
        for word in {word.casefold() for word in missed_words if len(word) <= MAX_WORD_LENGTH}:
            place = f"{day}/{self._hash_day(day, word)}"
            await self._state.keep(_ASKED, f"{place}/{asker}", b"", KEPT_SECONDS)
            counts = await self._state.count_kept(_ASKED, f"{place}/")
            if counts.get(place, 0) >= MIN_ASKERS:
                await self._state.keep(_WORD, place, word.encode("utf-8", "surrogatepass"), KEPT_SECONDS)

    async def count_askers(self) -> dict[str, int]:
        """Return the number of askers of each word, of days with enough of them, most asked first."""
        words, askers = await self._state.list_kept(_WORD), await self._state.count_kept(_ASKED)
        counts: Counter[str] = Counter()
        for place, word in words.items():
            counts[word.decode("utf-8", "surrogatepass")] += askers.get(place, 0)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_LISTED])

    async def render_reply(self) -> Reply:
        """Return the reply to /unanswered."""
        if not self._enabled:
            return Reply.from_text(say("missed_words_off"))
        counts = await self.count_askers()
        if not counts:
            return Reply.from_text(say("no_missed_words", askers=MIN_ASKERS))
        lines = "\n".join(say("missed_word", word=word, askers=count) for word, count in counts.items())
        return Reply(((Piece(say("missed_words"), Style.BOLD),), (Piece(lines),)))

    def _hash_day(self, day: date, text: str) -> str:
        """Return a digest of `text` that no other day's can be matched with."""
        content = f"{day} {text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(content, key=self._key, digest_size=8).hexdigest()
