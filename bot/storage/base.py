r'''The seam of storage: the protocol of what survives a restart, and of the module that opens it.

A store is one module or package of `bot/storage/stores`, found by looking there. Its name there is its name in the
settings, `[stores.NAME]`, and it is chosen where its address is set. All of a store that appends each change to one
file, `bot/storage/stores/journal.py`:

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
    """What survives a restart, and what processes share: quotes shown, tombstones, holds, texts, choices, claims.

    Finding and listing answer from memory and never wait, so that storage that
    hangs delays no answer. What writes is awaited and raises StorageError, having
    changed nothing, where it cannot be kept; `record_shown` and `record_events` only warn, for
    an answer is worth more than its entry. Writes keep what another process wrote.

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
        """Return what any process last switched to of the corpus of this name; None where no other could follow."""

    def find_choice(self, chat_id: int) -> str | None:
        """Return the name of the corpus that the chat chose, if it did."""

    async def record_shown(self, quotes: Iterable[Quote], corpus: str) -> None:
        """Record that `quotes` are shown, and keep their texts; the first time counts."""

    async def read_words(self, quote_id: str) -> str | None:
        """Return the words of a quote as they were shown; None where their text is not kept whole.

        Raises:
            StorageError: the kept text cannot be read.
        """

    async def retire(self, tombstones: Iterable[Tombstone]) -> None:
        """Record what became of quotes; of two on one quote the later counts."""

    async def add_hold(self, hold: Hold) -> None:
        """Add a hold, in place of an earlier one on the same quote."""

    async def remove_hold(self, quote_id: str) -> None:
        """Remove the hold on the quote, if there is one."""

    def list_name_holds(self) -> Sequence[NameHold]:
        """Return the names that are withheld, oldest first."""

    async def add_name_hold(self, hold: NameHold) -> None:
        """Add a hold on a name, in place of an earlier one on the same."""

    async def remove_name_hold(self, key: str) -> None:
        """Remove the hold with this key, if there is one."""

    def list_events(self, quote_id: str) -> Sequence[QuoteEvent]:
        """Return what happened to the quote, oldest first."""

    async def record_events(self, events: Iterable[QuoteEvent]) -> None:
        """Record what happened to quotes; like `record_shown` this only warns where it cannot be kept."""

    def list_flags(self) -> Sequence[Flag]:
        """Return the flags that nobody has decided on, oldest first."""

    def count_flags(self) -> Mapping[tuple[FlagReason, FlagOutcome], int]:
        """Return how many flags there ever were of each reason and outcome; of those nothing else is kept."""

    async def add_flag(self, flag: Flag) -> None:
        """Keep a flag until it is closed."""

    async def close_flags(self, flags: Iterable[Flag], outcome: FlagOutcome) -> None:
        """Forget `flags`, but that there was one more of its reason with this outcome."""

    def list_wishes(self) -> Sequence[Wish]:
        """Return every chat's wishes."""

    async def set_wishes(self, chat_id: int, wishes: Sequence[Wish]) -> None:
        """Record the wishes of a chat in place of those it had; none forgets the chat."""

    def find_arrivals(self, corpus: str) -> Mapping[str, str]:
        """Return when each document of the corpus was first served, by its id."""

    async def record_arrivals(self, corpus: str, arrivals: Mapping[str, str]) -> None:
        """Record when documents were first served; the first time counts."""

    def find_word_sums(self) -> WordSums:
        """Return the sums since the last digest."""

    async def set_word_sums(self, sums: WordSums) -> None:
        """Record the sums in place of those there were."""

    async def choose(self, chat_id: int, corpus: str | None) -> None:
        """Record the corpus that the chat chose; None forgets it."""

    async def set_served(self, corpus: str, served: ServedCorpus) -> None:
        """Record what was switched to, for the other processes to follow."""

    async def refresh(self) -> None:
        """Take up what other processes wrote. Storage that hangs is waited for briefly, and then not known of."""

    async def claim(self, update_id: int, stale_seconds: float) -> Claim:
        """Claim an update, before it is handled, for this process alone; and take up what others wrote.

        One that another process has claimed is its own, until it has had `stale_seconds`: then it has ended.
        """

    async def settle(self, update_id: int, *, done: bool) -> None:
        """Record that an update that this process claimed is handled; or give it back, to be claimed anew."""

    async def close(self) -> None:
        """Close what is open; it opens again when it is needed."""


class NoOptions(BaseModel):
    """The options of a store that has none."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class StoreModule(Protocol):
    """A module or package of `bot/storage/stores`; see the example above.

    `ADDRESS` is the environment variable, or the setting, that says where the store keeps things: of two stores the
    one whose variable is set is chosen. `Options` is the pydantic model of its table in the settings: each option has
    a default, and any other name is refused. Every command reads both, so a heavy library is imported by
    `open_store` alone.
    """

    ADDRESS: str
    Options: type[BaseModel]

    @staticmethod
    async def open_store(address: str, options: Any) -> Storage:  # noqa: ANN401  an instance of its own `Options`
        """Open the store at `address`, and read what is in it.

        Raises:
            BotError: it cannot be used, in one line that says why, without the secrets of its address.
        """
