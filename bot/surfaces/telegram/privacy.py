"""Privacy: no words, ids or tokens in the log, and people counted under pseudonyms that change every day.

The library's HTTP client logs every URL it calls, and the token is part of it; its own
loggers print whole updates. Both are silenced, and a filter on every handler rewrites the rest.
An error's message may quote a question, so of a traceback only places and types are kept.

Missed words, asked about but in no quote, are counted for the curator without the askers. A person counts once a day
for each word. A word is listed only once several people asked about it within a day, so nothing that one person
alone typed is ever shown. Nor is it kept: until then a word is counted under a digest, keyed like the pseudonyms by
what only the bot's processes know. Counts are forgotten after a month.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import TracebackType

from pydantic import SecretStr

from bot.errors import StorageError
from bot.replies.catalogue import say
from bot.replies.reply import Piece, Reply, Style
from bot.storage import SharedState, Storage, WordSums

PLACEHOLDER = "[token]"
QUIET_LEVELS = {
    # It logs each job as it is added, and each time that it runs.
    "apscheduler": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.WARNING,
    # Below this it logs responses that are not JSON: other people's messages.
    "telegram.request": logging.CRITICAL,
    # Tornado logs each caller and request.
    "tornado": logging.CRITICAL,
}

# How many people must ask about a word in a day for it to be listed. With two, each could tell what the other asked.
MIN_ASKERS = 3
# In characters; a longer word is not counted.
MAX_WORD_LENGTH = 40
# Words in one list: about as many lines as fit on a phone's screen.
MAX_LISTED = 30
# Words whose counts are added up: a week's worth of a busy bot. The words asked about least are left out.
MAX_SUMS = 1_000
_DAY_SECONDS = 86_400.0
# How long a missed word is counted: one that is still wanted after a month is asked about again.
KEPT_SECONDS = 30 * _DAY_SECONDS
# The kinds under which the shared state keeps an asker of a word on a day, and a word that enough people asked about.
_ASKED, _WORD = "asked", "missed word"


@dataclass(frozen=True, slots=True, repr=False)
class RedactionFilter(logging.Filter):
    """Replaces the secret half of the token, and `extra_secrets`, by `[token]` in every record."""

    secret: str
    extra_secrets: tuple[str, ...] = ()

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the message, its arguments and its traceback, and let the record pass."""
        record.msg, record.args = self.hide_secrets(record.getMessage()), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = _format_traceback(record.exc_info[1])
            record.exc_info = None
        record.exc_text = self.hide_secrets(record.exc_text) if record.exc_text else None
        record.stack_info = self.hide_secrets(record.stack_info) if record.stack_info else None
        return True

    def hide_secrets(self, text: str) -> str:
        """Return `text` with every secret replaced."""
        for secret in (self.secret, *self.extra_secrets):
            text = text.replace(secret, PLACEHOLDER)
        return text

    def excepthook(self, _: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        """Print an uncaught error without secrets or messages."""
        sys.stderr.write(f"{self.hide_secrets(_format_traceback(error))}\n")


def install_redaction(token: SecretStr, *extra_secrets: str) -> None:
    """Redact `token` and `extra_secrets` in log records and uncaught errors from now on, and quieten the libraries."""
    redaction_filter = RedactionFilter(token.get_secret_value().partition(":")[2], extra_secrets)
    for handler in filter(None, (*logging.getLogger().handlers, logging.lastResort)):
        handler.addFilter(redaction_filter)
    for name, level in QUIET_LEVELS.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook = redaction_filter.excepthook


def _format_traceback(error: BaseException) -> str:
    """Return the places and types of `error` and its causes, the first cause first."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.insert(0, current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join("".join(traceback.format_tb(e.__traceback__)) + type(e).__name__ for e in chain)


def hash_for_day(text: str, day: date, key: bytes) -> str:
    """Return a digest of `text` that cannot be matched with that of another day or another key."""
    content = f"{day} {text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, key=key, digest_size=8).hexdigest()


def utc_today() -> date:
    """Return the current date in UTC."""
    return datetime.now(UTC).date()


@dataclass(slots=True)
class Pseudonyms:
    """Turns an id into eight hexadecimal digits, keyed by a random key that changes every day.

    Two log lines of one day can be matched to one chat. The key is never written,
    so nobody can tell which chat it is, or match one day with the next.
    """

    get_day: Callable[[], date] = utc_today
    _key: bytes = field(init=False, repr=False, default=b"")
    _key_day: date | None = field(init=False, default=None)

    def get_name(self, entity_id: int) -> str:
        """Return today's pseudonym of `entity_id`."""
        if self._key_day != (day := self.get_day()):
            self._key, self._key_day = secrets.token_bytes(32), day
        return hashlib.blake2b(str(entity_id).encode(), key=self._key, digest_size=4).hexdigest()


@dataclass(frozen=True, slots=True)
class ReportLimit:
    """Counts a person's reports of a day, in all processes that know `secret`, by the day's pseudonym alone."""

    state: SharedState
    secret: bytes
    most: int
    get_day: Callable[[], date] = utc_today

    async def take_one(self, person_id: int) -> bool:
        """Return whether the person may report one more quote today, and count it."""
        key = hashlib.sha256(b"reports" + self.secret).digest()
        pseudonym = hash_for_day(str(person_id), self.get_day(), key)
        for number in range(self.most):
            if await self.state.claim_first("report", f"{pseudonym}/{number}", _DAY_SECONDS):
                return True
        return False


@dataclass(frozen=True, slots=True)
class MissedWords:
    """Counts missed words of the last month, of all processes that know `secret`; none unless it `is_on`."""

    state: SharedState
    secret: bytes
    is_on: bool = True
    get_day: Callable[[], date] = utc_today

    async def record(self, asker_id: int, missed_words: Iterable[str]) -> None:
        """Count `asker_id` for each of these words, once a day; words that are too long are left out."""
        if not self.is_on:
            return
        day, key = self.get_day(), hashlib.sha256(b"missed words" + self.secret).digest()
        asker = hash_for_day(str(asker_id), day, key)
        for word in {word.casefold() for word in missed_words if len(word) <= MAX_WORD_LENGTH}:
            place = f"{day}/{hash_for_day(word, day, key)}"
            await self.state.keep(_ASKED, f"{place}/{asker}", b"", KEPT_SECONDS)
            counts = await self.state.count_kept(_ASKED, f"{place}/")
            if counts.get(place, 0) >= MIN_ASKERS:
                await self.state.keep(_WORD, place, word.encode("utf-8", "surrogatepass"), KEPT_SECONDS)

    async def count_askers(self) -> Counter[str]:
        """Return how many asked about each word, summed over the days on which enough people did."""
        words, askers = await self.state.list_kept(_WORD), await self.state.count_kept(_ASKED)
        counts: Counter[str] = Counter()
        for place, word in words.items():
            counts[word.decode("utf-8", "surrogatepass")] += askers.get(place, 0)
        return counts

    async def take_digest(self, storage: Storage) -> Reply | None:
        """Return the missed words of the last week, once a week; None where no digest is due, or it would be empty.

        The days that are over are first added to sums of words and numbers, which a restart does not lose. Of several
        processes one gets the digest.

        Raises:
            StorageError: the sums cannot be kept; then no digest is due.
        """
        if not self.is_on:
            return None
        await self._add_past_days(storage)
        sums, week = storage.find_word_sums(), f"{self.get_day():%G-W%V}"
        if sums.week == week or not await self.state.claim_first("digest", week, KEPT_SECONDS):
            return None
        await self._set_sums(storage, WordSums(week), "digest", [week])
        # At the very first start no week lies behind: this one is only noted, and nothing is sent.
        return _render_counts(say("missed_words_digest"), sums.counts) if sums.week and sums.counts else None

    async def _add_past_days(self, storage: Storage) -> None:
        """Add to the kept sums how many asked for each missed word on the days that are over; each day once."""
        words, askers = await self.state.list_kept(_WORD), await self.state.count_kept(_ASKED)
        today = f"{self.get_day()}/"
        sums = storage.find_word_sums()
        counts, claimed_places = Counter(sums.counts), list[str]()
        for place, word in words.items():
            if not place.startswith(today) and await self.state.claim_first("summed", place, KEPT_SECONDS):
                claimed_places.append(place)
                counts[word.decode("utf-8", "surrogatepass")] += askers.get(place, 0)
        if counts != sums.counts:
            new_sums = WordSums(sums.week, dict(counts.most_common(MAX_SUMS)))
            await self._set_sums(storage, new_sums, "summed", claimed_places)

    async def _set_sums(self, storage: Storage, sums: WordSums, kind: str, claimed_keys: Iterable[str]) -> None:
        """Keep the sums; where that fails give back the keys that were claimed for it, so that it is tried again."""
        try:
            await storage.set_word_sums(sums)
        except StorageError:
            for key in claimed_keys:
                await self.state.drop(kind, key)
            raise

    async def render_reply(self) -> Reply:
        """Return the reply to /unanswered."""
        if not self.is_on:
            return Reply.from_text(say("missed_words_off"))
        counts = await self.count_askers()
        if not counts:
            return Reply.from_text(say("no_missed_words", askers=MIN_ASKERS))
        return _render_counts(say("missed_words"), counts)


def _render_counts(heading: str, counts: Mapping[str, int]) -> Reply:
    """List up to `MAX_LISTED` words with their counts under `heading`, the largest first, ties by the alphabet."""
    most_asked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_LISTED]
    lines = "\n".join(say("missed_word", word=word, askers=count) for word, count in most_asked)
    return Reply(((Piece(heading, Style.BOLD),), (Piece(lines),)))
