r'''The seam of storage: the protocol of what survives a restart, and of the module that opens it.

A store is one module or package in `bot/storage/stores`, where it is found by its name. The same name is used in the
settings, `[stores.NAME]`, and the store is chosen by setting its address. A complete store that appends each change to
one file, `bot/storage/stores/journal.py`:

    ADDRESS = "BOT_JOURNAL_FILE"

    class Options(BaseModel):
        model_config = ConfigDict(extra="forbid", frozen=True)
        encoding: str = "utf-8"

    class JournalStorage(EntryStorage, StateInMemory):
        """Changes as lines of JSON; the last of a kind and key counts."""

        is_persistent = True

        def __init__(self, path, encoding):
            super().__init__()
            self._path, self._encoding, self._texts = path, encoding, {}

        def load(self):
            for line in self._path.read_text(self._encoding).splitlines() if self._path.exists() else ():
                kind, key, entry, first_counts = json.loads(line)
                if kind == "text":
                    self._texts[key] = entry
                else:
                    self.take_up(EntryChange(kind, key, entry and decode_entry(kind, entry), first_counts))

        async def write(self, changes, texts=NO_TEXTS):
            rows = [["text", sha256, text, True] for sha256, text in texts.items()]
            for change in changes:
                rows.append([*change[:2], change.value and encode_entry(*change[::2]), change.first_counts])
            with self._path.open("a", encoding=self._encoding) as file:
                file.writelines(json.dumps(row) + "\n" for row in rows)
            self._texts |= texts
            for change in changes:
                self.take_up(change)

        async def read_text(self, sha256):
            return self._texts.get(sha256)

    async def open_store(address, options):
        storage = JournalStorage(Path(address), options.encoding)
        storage.load()
        return storage
'''

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from bot.model import Quote
from bot.storage.records import (
    Claim,
    Flag,
    FlagOutcome,
    FlagReason,
    Hold,
    NameHold,
    QuoteEvent,
    ServedCorpus,
    ShownQuote,
    Tombstone,
    Wish,
    WordSums,
)
from bot.storage.shared_state import SharedState


class Storage(SharedState, Protocol):
    """State that survives a restart and is shared by processes: quotes shown, tombstones, holds, texts, choices.

    Methods that find and list answer from memory and never wait, so storage that hangs delays no answer. Methods that
    write are awaited; where a value cannot be kept they change nothing and raise StorageError, except `record_shown`
    and `record_events`, which only warn: an answer is worth more than its entry. A write keeps what other processes
    wrote.

        await storage.record_shown([quote], "tram")
        storage.find_shown(quote.id).span == quote.span
    """

    @property
    def is_persistent(self) -> bool:
        """Whether anything is kept when the process ends."""

    def find_shown(self, quote_id: str) -> ShownQuote | None:
        """Return where the quote stood when it was first shown, if it was."""

    def list_shown(self, corpus: str) -> Sequence[ShownQuote]:
        """Return every quote ever shown of the corpus of this name, oldest first."""

    def find_tombstone(self, quote_id: str) -> Tombstone | None:
        """Return what became of the quote, if it was retired."""

    def find_hold(self, quote_id: str) -> Hold | None:
        """Return the hold on the quote, if there is one."""

    def list_holds(self) -> Sequence[Hold]:
        """Return the holds, oldest first."""

    def find_served(self, corpus: str) -> ServedCorpus | None:
        """Return what a process last switched to in the corpus of this name; None if no other process could follow."""

    def find_choice(self, chat_id: int) -> str | None:
        """Return the name of the corpus that the chat chose, if it did."""

    async def record_shown(self, quotes: Iterable[Quote], corpus: str) -> None:
        """Record that `quotes` are shown, and keep their texts; the first time counts."""

    async def read_words(self, quote_id: str) -> str | None:
        """Return the words of a quote as they were shown; None if their text is not kept, or damaged.

        Raises:
            StorageError: the kept text cannot be read.
        """

    async def retire(self, tombstones: Iterable[Tombstone]) -> None:
        """Record what became of quotes; a later tombstone replaces an earlier one on the same quote."""

    async def add_hold(self, hold: Hold) -> None:
        """Add a hold, in place of an earlier one on the same quote."""

    async def remove_hold(self, quote_id: str) -> None:
        """Remove the hold on the quote, if there is one."""

    def list_name_holds(self) -> Sequence[NameHold]:
        """Return the names that are withheld, oldest first."""

    async def add_name_hold(self, hold: NameHold) -> None:
        """Add a hold on a name, in place of an earlier one on the same name."""

    async def remove_name_hold(self, key: str) -> None:
        """Remove the hold with this key, if there is one."""

    def list_events(self, quote_id: str) -> Sequence[QuoteEvent]:
        """Return what happened to the quote, oldest first."""

    async def record_events(self, events: Iterable[QuoteEvent]) -> None:
        """Record what happened to quotes; where that cannot be kept, only warn, as `record_shown` does."""

    def list_flags(self) -> Sequence[Flag]:
        """Return the flags that nobody has decided on, oldest first."""

    def count_flags(self) -> Mapping[tuple[FlagReason, FlagOutcome], int]:
        """Count all flags ever closed, by reason and outcome; nothing else is kept of them."""

    async def add_flag(self, flag: Flag) -> None:
        """Keep a flag until it is closed."""

    async def close_flags(self, flags: Iterable[Flag], outcome: FlagOutcome) -> None:
        """Forget `flags`, and count each by its reason and this outcome."""

    def list_wishes(self) -> Sequence[Wish]:
        """Return what every chat follows: each wish is for a voice or a topic."""

    async def set_wishes(self, chat_id: int, wishes: Sequence[Wish]) -> None:
        """Record the wishes of a chat in place of its earlier ones; no wishes forget the chat."""

    def find_arrivals(self, corpus: str) -> Mapping[str, str]:
        """Return when each document of the corpus was first served, by its id."""

    async def record_arrivals(self, corpus: str, arrivals: Mapping[str, str]) -> None:
        """Record when documents were first served; the first time counts."""

    def find_word_sums(self) -> WordSums:
        """Return how many people asked for each unmatched word since the last weekly digest."""

    async def set_word_sums(self, sums: WordSums) -> None:
        """Record the sums of unmatched words in place of the earlier ones."""

    async def choose(self, chat_id: int, corpus: str | None) -> None:
        """Record the corpus that the chat chose; None forgets it."""

    async def set_served(self, corpus: str, served: ServedCorpus) -> None:
        """Record what this process switched to, so that the others can follow."""

    async def refresh(self) -> None:
        """Take up what other processes wrote; give up soon if the storage hangs."""

    async def claim(self, update_id: int, stale_seconds: float) -> Claim:
        """Claim an update for this process alone, before it is handled; and take up what others wrote.

        A claim of another process holds for `stale_seconds`; after that the process is taken to have ended.
        """

    async def settle(self, update_id: int, *, done: bool) -> None:
        """Record that an update claimed by this process is handled; or give it back, to be claimed again."""

    async def close(self) -> None:
        """Close all connections; they are opened again when needed."""


class NoOptions(BaseModel):
    """No options: a table that must be empty."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class StoreModule(Protocol):
    """A module or package of `bot/storage/stores`; see the example above.

    `ADDRESS` is the environment variable, or the setting, that gives the store's address; the store whose variable is
    set is used. `Options` is the pydantic model of its table in the settings: each option has a default, and any other
    name is refused. Every command reads both, so a heavy library is imported only by `open_store`.
    """

    ADDRESS: str
    Options: type[BaseModel]

    @staticmethod
    async def open_store(address: str, options: Any) -> Storage:  # noqa: ANN401  an instance of its own `Options`
        """Open the store at `address`, and read what is in it.

        Raises:
            BotError: it cannot be used, in one line that says why, without the secrets of its address.
        """
