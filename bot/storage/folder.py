"""Storage in one small folder, or in memory alone where no folder is set.

`shown.log` grows by one short line for each quote first shown, each with its
checksum, so a line cut short by a kill costs that line alone; `history.log` in the same way by
one for whatever happened to a quote. `retired.json`,
`holds.json`, `names.json`, `flags.json`,
`chats.json`, `wishes.json`, `arrivals.json` and `words.json` are sealed files; `texts/` holds canonical texts by
their SHA-256: what a quote was cut from, long after its document changed.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.errors import StorageError
from bot.storage.base import (
    Claim,
    Flag,
    FlagOutcome,
    FlagReason,
    Hold,
    NameHold,
    QuoteChange,
    QuoteEvent,
    ShownQuote,
    Tombstone,
)
from bot.storage.held_state import HeldState
from bot.storage.shared_state import StateInMemory
from bot.storage.state_files import StateFiles
from bot.storage.wishes import Wish, WordSums, build_wish, list_entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from bot.model import Quote
    from bot.storage.base import ServedCorpus

log = logging.getLogger(__name__)

# As many as a hundred batches of updates hold: Telegram sends an unconfirmed update again in the next batch.
_MAX_HANDLED = 10_000


class FolderStorage(HeldState, StateInMemory):
    """See `Storage`; without a `folder` everything lasts as long as the process."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self._files = StateFiles(folder)
        # One for all files: writes are rare, and each reads what another process wrote.
        self._write_lock = threading.Lock()
        self._flag_counts: Counter[tuple[FlagReason, FlagOutcome]] = Counter()
        self._arrivals: dict[str, dict[str, str]] = {}
        self._word_sums = WordSums()
        self._handled_updates: LRUCache[int, bool] = LRUCache(_MAX_HANDLED)

    def load(self) -> None:
        """Read what is in the folder.

        Raises:
            StorageError: a file there is damaged, or cannot be read.
        """
        self._shown = {entry["id"]: ShownQuote(**entry) for entry in self._files.read_entries("shown.log")}
        for entry in self._files.read_entries("history.log"):
            self._add_event(QuoteEvent(**entry | {"change": QuoteChange(entry["change"])}))
        self._tombstones = self._read_tombstones()
        self._holds = self._read_holds()
        self._name_holds = self._read_name_holds()
        self._read_flags()
        self._choices = self._read_choices()
        self._wishes, self._arrivals = self._read_wishes(), self._read_arrivals()
        self._word_sums = self._read_word_sums()

    @property
    def is_persistent(self) -> bool:
        """Whether there is a folder."""
        return self._files.folder is not None

    async def record_shown(self, quotes: Iterable[Quote], corpus: str) -> None:
        """Append to the log, and keep the texts."""
        await self._write(self._record_shown, quotes, corpus)

    async def read_words(self, quote_id: str) -> str | None:
        """Read the words of a quote from its kept text."""
        return await asyncio.to_thread(self._read_words, quote_id)

    async def retire(self, tombstones: Iterable[Tombstone]) -> None:
        """Write the tombstones."""
        await self._write(self._retire, tombstones)

    async def add_hold(self, hold: Hold) -> None:
        """Write the holds and one more."""
        await self._write(self._set_hold, hold.id, hold)

    async def remove_hold(self, quote_id: str) -> None:
        """Write the holds without one."""
        await self._write(self._set_hold, quote_id, None)

    async def add_name_hold(self, hold: NameHold) -> None:
        """Write the names and one more."""
        await self._write(self._set_name_hold, hold.key, hold)

    async def remove_name_hold(self, key: str) -> None:
        """Write the names without one."""
        await self._write(self._set_name_hold, key, None)

    async def record_events(self, events: Iterable[QuoteEvent]) -> None:
        """Append to the history, in one write."""
        await self._write(self._record_events, tuple(events))

    def count_flags(self) -> Mapping[tuple[FlagReason, FlagOutcome], int]:
        """Return how many there ever were."""
        return dict(self._flag_counts)

    async def add_flag(self, flag: Flag) -> None:
        """Add the flag, and write them all."""
        await self._write(self._change_flags, (flag,), (), None)

    async def close_flags(self, flags: Iterable[Flag], outcome: FlagOutcome) -> None:
        """Remove the flags, and count their outcomes."""
        await self._write(self._change_flags, (), tuple(flags), outcome)

    async def choose(self, chat_id: int, corpus: str | None) -> None:
        """Write the chat's choice."""
        await self._write(self._choose, str(chat_id), corpus)

    async def set_wishes(self, chat_id: int, wishes: Sequence[Wish]) -> None:
        """Write the wishes with those of one chat replaced."""
        await self._write(self._set_wishes, str(chat_id), tuple(wishes))

    def find_arrivals(self, corpus: str) -> Mapping[str, str]:
        """Return when each document was first served."""
        return dict(self._arrivals.get(corpus, {}))

    async def record_arrivals(self, corpus: str, arrivals: Mapping[str, str]) -> None:
        """Write what arrived, beside what had."""
        await self._write(self._record_arrivals, corpus, arrivals)

    def find_word_sums(self) -> WordSums:
        """Return the sums since the last digest."""
        return self._word_sums

    async def set_word_sums(self, sums: WordSums) -> None:
        """Write the sums."""
        await self._write(self._set_word_sums, sums)

    def find_served(self, corpus: str) -> ServedCorpus | None:
        """Return None: a folder is one process's, which follows nobody."""
        del corpus
        return None

    async def set_served(self, corpus: str, served: ServedCorpus) -> None:
        """Do nothing: nobody follows."""

    async def claim(self, update_id: int, stale_seconds: float) -> Claim:
        """Claim the update for this process, unless it was handled."""
        del stale_seconds
        return Claim.DONE if update_id in self._handled_updates else Claim.OURS

    async def settle(self, update_id: int, *, done: bool) -> None:
        """Remember what was handled, for as long as it can be sent again."""
        if done:
            self._handled_updates[update_id] = True

    async def close(self) -> None:
        """Do nothing: files are closed as soon as they are read or written."""

    async def _write(self, work: Callable[..., None], *arguments: object) -> None:
        """Run `work` in a thread, never two at once."""

        def run_locked() -> None:
            with self._write_lock:
                work(*arguments)

        await asyncio.to_thread(run_locked)

    def _record_shown(self, quotes: Iterable[Quote], corpus: str) -> None:
        """Note quotes that were not shown before; a full disk is logged and stops no answer."""
        new = {quote.id: quote for quote in quotes if quote.id not in self._shown}
        for shown_id, quote in new.items():
            document = quote.passage.document
            shown = ShownQuote(shown_id, corpus, document.id, document.title, document.sha256, *quote.span)
            self._shown[shown_id] = shown
            try:
                self._files.save_text(document.sha256, document.text)
                self._files.append("shown.log", [asdict(shown)])
            except (OSError, StorageError) as error:
                log.warning("not noted as shown id=%s reason=%s", shown_id, error)

    def _record_events(self, events: Sequence[QuoteEvent]) -> None:
        for event in events:
            self._add_event(event)
        try:
            self._files.append("history.log", map(asdict, events))
        except (OSError, StorageError) as error:
            log.warning("history not kept ids=%s reason=%s", ",".join(event.quote for event in events), error)

    def _read_words(self, quote_id: str) -> str | None:
        """Return the words of a quote as it was shown; None where they were not kept."""
        shown = self._shown.get(quote_id)
        text = self._files.read_text(shown.sha256) if shown else None
        return text[shown.start : shown.end] if shown and text is not None else None

    def _retire(self, tombstones: Iterable[Tombstone]) -> None:
        """Add to what became of quotes; nothing is written where that changes nothing."""
        merged = self._read_tombstones() | {tombstone.id: tombstone for tombstone in tombstones}
        if merged != self._tombstones:
            self._files.write_sealed("retired.json", [asdict(tombstone) for tombstone in merged.values()])
        self._tombstones = merged

    def _set_hold(self, quote_id: str, hold: Hold | None) -> None:
        """Withhold a quote for `hold`, or show it again for None."""
        holds = {other: each for other, each in self._read_holds().items() if other != quote_id}
        if hold is not None:
            holds[quote_id] = hold
        self._files.write_sealed("holds.json", [asdict(each) for each in holds.values()])
        self._holds = holds

    def _set_name_hold(self, key: str, hold: NameHold | None) -> None:
        """Withhold a name for `hold`, or show it again for None."""
        holds = {other: each for other, each in self._read_name_holds().items() if other != key}
        if hold is not None:
            holds[key] = hold
        self._files.write_sealed("names.json", [asdict(each) for each in holds.values()])
        self._name_holds = holds

    def _change_flags(self, new: Sequence[Flag], closed: Sequence[Flag], outcome: FlagOutcome | None) -> None:
        """Add flags and remove closed ones; `outcome` is counted for each of them that was still open."""
        self._read_flags()
        counts = self._flag_counts.copy()
        ids = {flag.id for flag in closed} & self._flags.keys()
        counts.update((flag.reason, outcome) for flag in closed if outcome and flag.id in ids)
        flags = {flag.id: flag for flag in (*self._flags.values(), *new) if flag.id not in ids}
        rows = [[reason, result, count] for (reason, result), count in counts.items()]
        self._files.write_sealed("flags.json", {"open": [asdict(flag) for flag in flags.values()], "counts": rows})
        self._flags, self._flag_counts = flags, counts

    def _read_flags(self) -> None:
        """Take up the flags and counts as they are now, for another process may have changed them."""
        content = self._files.read_sealed("flags.json")
        if content is not None:
            flags = (Flag(**row | {"reason": FlagReason(row["reason"])}) for row in content["open"])
            self._flags = {flag.id: flag for flag in flags}
            self._flag_counts = Counter({(FlagReason(r), FlagOutcome(o)): count for r, o, count in content["counts"]})

    def _choose(self, chat_key: str, corpus: str | None) -> None:
        """Set which corpus a chat asks; None forgets its choice."""
        choices = {other: name for other, name in self._read_choices().items() if other != chat_key}
        if corpus is not None:
            choices[chat_key] = corpus
        self._files.write_sealed("chats.json", choices)
        self._choices = choices

    def _set_wishes(self, chat_key: str, wishes: Sequence[Wish]) -> None:
        """Set all that a chat follows; empty, the chat follows nothing."""
        merged = {chat: each for chat, each in self._read_wishes().items() if chat != chat_key}
        if wishes:
            merged[chat_key] = tuple(wishes)
        self._files.write_sealed("wishes.json", list_entries([wish for each in merged.values() for wish in each]))
        self._wishes = merged

    def _record_arrivals(self, corpus: str, arrivals: Mapping[str, str]) -> None:
        """Add when documents first came; what is already known stays."""
        merged = {**self._read_arrivals()}
        merged[corpus] = {**arrivals, **merged.get(corpus, {})}
        self._files.write_sealed("arrivals.json", merged)
        self._arrivals = merged

    def _set_word_sums(self, sums: WordSums) -> None:
        self._files.write_sealed("words.json", asdict(sums))
        self._word_sums = sums

    def _read_wishes(self) -> dict[str, tuple[Wish, ...]]:
        entries = self._files.read_sealed("wishes.json")
        if entries is None:
            return self._wishes
        wishes = [build_wish(entry) for entry in entries]
        chats = {wish.chat for wish in wishes}
        return {str(chat): tuple(wish for wish in wishes if wish.chat == chat) for chat in chats}

    def _read_arrivals(self) -> dict[str, dict[str, str]]:
        arrivals = self._files.read_sealed("arrivals.json")
        return self._arrivals if arrivals is None else dict(arrivals)

    def _read_word_sums(self) -> WordSums:
        sums = self._files.read_sealed("words.json")
        return self._word_sums if sums is None else WordSums(**sums)

    def _read_tombstones(self) -> dict[str, Tombstone]:
        entries = self._files.read_sealed("retired.json")
        return self._tombstones if entries is None else {e["id"]: Tombstone(**e) for e in entries}

    def _read_holds(self) -> dict[str, Hold]:
        entries = self._files.read_sealed("holds.json")
        return self._holds if entries is None else {e["id"]: Hold(**e) for e in entries}

    def _read_name_holds(self) -> dict[str, NameHold]:
        entries = self._files.read_sealed("names.json")
        return self._name_holds if entries is None else {hold.key: hold for hold in (NameHold(**e) for e in entries)}

    def _read_choices(self) -> dict[str, str]:
        choices = self._files.read_sealed("chats.json")
        return self._choices if choices is None else dict(choices)


def open_storage(folder: Path | None = None) -> FolderStorage:
    """Return storage in `folder`, or in memory alone.

    Raises:
        StorageError: a file there is damaged, or cannot be read.
    """
    storage = FolderStorage(folder)
    storage.load()
    return storage
