"""Missed words: asked about but in no quote, counted for the curator without the askers.

A person counts once a day per word, under a pseudonym that changes every day. A word is
listed only once several people asked about it within a day, so nothing that one person
alone typed is ever shown. Nor is it kept: until then a word is counted under a digest, keyed like
the pseudonyms by what only the bot's processes know. What is counted is forgotten after a month.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from bot.replies.catalogue import say
from bot.replies.reply import Piece, Reply, Style
from bot.storage import SharedState, StateInMemory, Storage, WordSums
from bot.surfaces.telegram.redaction import hash_for_day, utc_today

# With two, each of a pair could tell what the other one asked.
MIN_ASKERS = 3
MAX_WORD_LENGTH = 40
# About as many lines as fit on a phone's screen.
MAX_LISTED = 30
# A week's worth of a busy bot; what is asked least is left out.
MAX_SUMS = 1_000
# A word that nothing matched a month ago is asked for again if it is still wanted.
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
        asker = hash_for_day(str(asker_id), day, self._key)
        for word in {word.casefold() for word in missed_words if len(word) <= MAX_WORD_LENGTH}:
            place = f"{day}/{hash_for_day(word, day, self._key)}"
            await self._state.keep(_ASKED, f"{place}/{asker}", b"", KEPT_SECONDS)
            counts = await self._state.count_kept(_ASKED, f"{place}/")
            if counts.get(place, 0) >= MIN_ASKERS:
                await self._state.keep(_WORD, place, word.encode("utf-8", "surrogatepass"), KEPT_SECONDS)

    async def count_askers(self) -> dict[str, int]:
        """Count who asked for each word, on days with enough askers; most asked first."""
        words, askers = await self._state.list_kept(_WORD), await self._state.count_kept(_ASKED)
        counts: Counter[str] = Counter()
        for place, word in words.items():
            counts[word.decode("utf-8", "surrogatepass")] += askers.get(place, 0)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_LISTED])

    async def take_digest(self, storage: Storage) -> Reply | None:
        """Return the words nothing matched since the last digest, weekly; add up the days that are over until then.

        Of those days words and numbers are kept, so a restart loses none. None where no digest is due, or it would
        be empty. Of several processes one gets it.

        Raises:
            StorageError: the sums cannot be kept; then no digest is due.
        """
        if not self._enabled:
            return None
        await self._add_past_days(storage)
        sums, week = storage.find_word_sums(), f"{self._get_day():%G-W%V}"
        if sums.week == week or not await self._state.claim_first("digest", week, KEPT_SECONDS):
            return None
        await storage.set_word_sums(WordSums(week))
        # The first week has only begun when the bot is started for the first time.
        return _render_counts(say("missed_words_digest"), sums.counts) if sums.week and sums.counts else None

    async def _add_past_days(self, storage: Storage) -> None:
        """Add each day that is over to the sums that are kept, once."""
        words, askers = await self._state.list_kept(_WORD), await self._state.count_kept(_ASKED)
        today = f"{self._get_day()}/"
        sums = storage.find_word_sums()
        counts = Counter(sums.counts)
        for place, word in words.items():
            if not place.startswith(today) and await self._state.claim_first("summed", place, KEPT_SECONDS):
                counts[word.decode("utf-8", "surrogatepass")] += askers.get(place, 0)
        if counts != sums.counts:
            await storage.set_word_sums(WordSums(sums.week, dict(counts.most_common(MAX_SUMS))))

    async def render_reply(self) -> Reply:
        """Return the reply to /unanswered."""
        if not self._enabled:
            return Reply.from_text(say("missed_words_off"))
        counts = await self.count_askers()
        if not counts:
            return Reply.from_text(say("no_missed_words", askers=MIN_ASKERS))
        return _render_counts(say("missed_words"), counts)


def _render_counts(heading: str, counts: Mapping[str, int]) -> Reply:
    most_asked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_LISTED]
    lines = "\n".join(say("missed_word", word=word, askers=count) for word, count in most_asked)
    return Reply(((Piece(heading, Style.BOLD),), (Piece(lines),)))
