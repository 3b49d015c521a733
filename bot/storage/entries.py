"""Entries: values by kind and key, looked up in memory, wherever a store writes them."""

from __future__ import annotations

import hashlib
import logging
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypedDict, cast

from bot.errors import StorageError
from bot.model import Document, Quote
from bot.storage.records import (
    Flag,
    FlagOutcome,
    FlagReason,
    Hold,
    NameHold,
    QuoteChange,
    QuoteEvent,
    ServedCorpus,
    ShownQuote,
    Tombstone,
    Wish,
    WishKind,
    WordSums,
    create_shown,
)

log = logging.getLogger(__name__)

NO_TEXTS: Final[Mapping[str, str]] = MappingProxyType({})


class Entries(TypedDict):
    """The values of each kind by their keys."""

    shown: dict[str, ShownQuote]
    tombstone: dict[str, Tombstone]
    hold: dict[str, Hold]
    name_hold: dict[str, NameHold]
    event: dict[str, QuoteEvent]
    flag: dict[str, Flag]
    closed_flag: dict[str, tuple[FlagReason, FlagOutcome]]
    choice: dict[str, str]
    wishes: dict[str, tuple[Wish, ...]]
    arrival: dict[str, str]
    word_sums: dict[str, WordSums]
    served: dict[str, ServedCorpus]


class EntryChange(NamedTuple):
    """A value as it is written: None removes an earlier one; with `first_counts` an earlier one is left as it is."""

    kind: str
    key: str
    value: Any
    first_counts: bool = False


# Makes a value of each kind from its JSON.
_DECODERS: dict[str, Callable[[Any], object]] = {
    "shown": lambda entry: ShownQuote(**entry),
    "tombstone": lambda entry: Tombstone(**entry),
    "hold": lambda entry: Hold(**entry),
    "name_hold": lambda entry: NameHold(**entry),
    "event": lambda entry: QuoteEvent(**entry | {"change": QuoteChange(entry["change"])}),
    "flag": lambda entry: Flag(**entry | {"reason": FlagReason(entry["reason"])}),
    "closed_flag": lambda entry: (FlagReason(entry["reason"]), FlagOutcome(entry["outcome"])),
    "choice": lambda entry: entry["corpus"],
    "wishes": lambda entry: tuple(Wish(**each | {"kind": WishKind(each["kind"])}) for each in entry["wishes"]),
    "arrival": lambda entry: entry["when"],
    "word_sums": lambda entry: WordSums(**entry),
    "served": lambda entry: ServedCorpus(entry["fingerprint"], tuple(entry["excluded_ids"])),
}
# For values that are no dataclasses; any other value is written as its fields.
_ENCODERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "closed_flag": lambda closed: {"reason": closed[0], "outcome": closed[1]},
    "choice": lambda corpus: {"corpus": corpus},
    "wishes": lambda wishes: {"wishes": [asdict(wish) for wish in wishes]},
    "arrival": lambda when: {"when": when},
}


def encode_entry(kind: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - of any kind
    """Encode a value as an object of JSON."""
    entry: dict[str, Any] = _ENCODERS.get(kind, asdict)(value)
    return entry


def decode_entry(kind: str, entry: Any) -> Any:  # noqa: ANN401 - of any kind
    """Decode a value from the JSON that `encode_entry` gave."""
    return _DECODERS[kind](entry)


def decode_text(content: bytes | None, sha256: str) -> str | None:
    """Decode a text that was kept under its digest; None if there is none, or it is damaged."""
    # The digest was taken of the encoded text, so bytes that match it can be decoded.
    if content is None or hashlib.sha256(content).hexdigest() != sha256:
        return None
    return content.decode("utf-8", "surrogatepass")


class EntryStorage(ABC):
    """The part of a `Storage` that handles entries: a store has only to write them, and take up those it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.entries = cast("Entries", {kind: {} for kind in _DECODERS})
        self._events: dict[str, dict[str, QuoteEvent]] = {}
        self._unsaved: dict[str, tuple[ShownQuote, Document]] = {}

    @abstractmethod
    async def write(self, changes: Iterable[EntryChange], texts: Mapping[str, str] = NO_TEXTS) -> None:
        """Write the texts, each under its SHA-256, then the changes; take up the result.

        Raises:
            StorageError: they cannot be kept; nothing has changed.
        """

    @abstractmethod
    async def read_text(self, sha256: str) -> str | None:
        """Return the text that is kept under this SHA-256; None if there is none, or it is damaged.

        Raises:
            StorageError: it cannot be read.
        """

    async def refresh(self) -> None:  # noqa: B027 - most stores have nothing to do
        """Do nothing: no other process writes."""

    def take_up(self, change: EntryChange) -> None:
        """Apply a change to the values in memory, in place; a written value comes after earlier ones."""
        apply_change(self.get_values(change.kind), change)
        if change.kind == "event":
            self._events.setdefault(change.value.quote, {}).setdefault(change.key, change.value)

    def get_values(self, kind: str) -> dict[str, Any]:
        """Return the values of a kind by their keys: the dictionary itself, no copy."""
        return self.get_all()[kind]

    def get_all(self) -> dict[str, dict[str, Any]]:
        """Return the values of each kind: the dictionaries themselves, no copies."""
        return cast("dict[str, dict[str, Any]]", self.entries)

    def find_shown(self, quote_id: str) -> ShownQuote | None:
        """Return where the quote was first shown."""
        return self.entries["shown"].get(quote_id)

    def list_shown(self, corpus: str) -> Sequence[ShownQuote]:
        """Return every quote shown of the corpus, oldest first."""
        return tuple(shown for shown in tuple(self.entries["shown"].values()) if shown.corpus == corpus)

    def find_tombstone(self, quote_id: str) -> Tombstone | None:
        """Return what became of the quote."""
        return self.entries["tombstone"].get(quote_id)

    def find_hold(self, quote_id: str) -> Hold | None:
        """Return the hold on the quote."""
        return self.entries["hold"].get(quote_id)

    def list_holds(self) -> Sequence[Hold]:
        """Return the holds, oldest first."""
        return tuple(self.entries["hold"].values())

    def list_name_holds(self) -> Sequence[NameHold]:
        """Return the names that are withheld, oldest first."""
        return tuple(self.entries["name_hold"].values())

    def list_events(self, quote_id: str) -> Sequence[QuoteEvent]:
        """Return what happened to the quote, oldest first."""
        return tuple(sorted(self._events.get(quote_id, {}).values(), key=lambda event: event.when))

    def list_flags(self) -> Sequence[Flag]:
        """Return the flags that nobody has decided on, oldest first."""
        return tuple(self.entries["flag"].values())

    def count_flags(self) -> Mapping[tuple[FlagReason, FlagOutcome], int]:
        """Count the flags that were closed."""
        return Counter(self.entries["closed_flag"].values())

    def find_choice(self, chat_id: int) -> str | None:
        """Return the corpus that the chat chose."""
        return self.entries["choice"].get(str(chat_id))

    def find_served(self, corpus: str) -> ServedCorpus | None:
        """Return what was switched to last."""
        return self.entries["served"].get(corpus)

    def list_wishes(self) -> Sequence[Wish]:
        """Return what every chat follows."""
        return tuple(wish for wishes in tuple(self.entries["wishes"].values()) for wish in wishes)

    def find_arrivals(self, corpus: str) -> Mapping[str, str]:
        """Return when each document was first served, by its id."""
        prefix = f"{corpus}/"
        arrivals = tuple(self.entries["arrival"].items())
        return {key.removeprefix(prefix): when for key, when in arrivals if key.startswith(prefix)}

    def find_word_sums(self) -> WordSums:
        """Return the sums of unmatched words since the last weekly digest."""
        return self.entries["word_sums"].get("", WordSums())

    async def record_shown(self, quotes: Iterable[Quote], corpus: str) -> None:
        """Write the quotes and their texts; those that cannot be written are tried again with the next."""
        for quote in quotes:
            if quote.id not in self.entries["shown"]:
                shown = self.entries["shown"][quote.id] = create_shown(quote, corpus)
                self._unsaved[quote.id] = shown, quote.passage.document
        pending, self._unsaved = self._unsaved, {}
        if not pending:
            return
        texts = {document.sha256: document.text for _, document in pending.values()}
        try:
            await self.write(
                [EntryChange("shown", shown.id, shown, first_counts=True) for shown, _ in pending.values()], texts
            )
        except StorageError as error:
            self._unsaved = pending | self._unsaved
            log.warning("not noted as shown ids=%s reason=%s", ",".join(pending), error)

    async def read_words(self, quote_id: str) -> str | None:
        """Read the words of a quote from its kept text."""
        shown = self.find_shown(quote_id)
        text = await self.read_text(shown.sha256) if shown else None
        return text[slice(*shown.span)] if shown and text is not None else None

    async def record_events(self, events: Iterable[QuoteEvent]) -> None:
        """Write the events; warn if they cannot be kept."""
        changes = [EntryChange("event", event.key, event, first_counts=True) for event in events]
        try:
            await self.write(changes)
        except StorageError as error:
            ids = ",".join(change.value.quote for change in changes)
            log.warning("history not kept ids=%s reason=%s", ids, error)

    async def retire(self, tombstones: Iterable[Tombstone]) -> None:
        """Write the tombstones."""
        await self.write([EntryChange("tombstone", each.id, each) for each in tombstones])

    async def add_hold(self, hold: Hold) -> None:
        """Write the hold."""
        await self.write([EntryChange("hold", hold.id, hold)])

    async def remove_hold(self, quote_id: str) -> None:
        """Remove the hold."""
        await self.write([EntryChange("hold", quote_id, None)])

    async def add_name_hold(self, hold: NameHold) -> None:
        """Write the hold on a name."""
        await self.write([EntryChange("name_hold", hold.key, hold)])

    async def remove_name_hold(self, key: str) -> None:
        """Remove the hold on the name."""
        await self.write([EntryChange("name_hold", key, None)])

    async def add_flag(self, flag: Flag) -> None:
        """Write the flag."""
        await self.write([EntryChange("flag", flag.id, flag)])

    async def close_flags(self, flags: Iterable[Flag], outcome: FlagOutcome) -> None:
        """Remove the flags, and count each once, however many processes close it."""
        flags = tuple(flags)
        closed = [EntryChange("closed_flag", flag.id, (flag.reason, outcome), first_counts=True) for flag in flags]
        await self.write([*closed, *(EntryChange("flag", flag.id, None) for flag in flags)])

    async def choose(self, chat_id: int, corpus: str | None) -> None:
        """Write the chat's choice."""
        await self.write([EntryChange("choice", str(chat_id), corpus)])

    async def set_served(self, corpus: str, served: ServedCorpus) -> None:
        """Write what is served now."""
        await self.write([EntryChange("served", corpus, served)])

    async def set_wishes(self, chat_id: int, wishes: Sequence[Wish]) -> None:
        """Write the wishes of one chat."""
        await self.write([EntryChange("wishes", str(chat_id), tuple(wishes) or None)])

    async def record_arrivals(self, corpus: str, arrivals: Mapping[str, str]) -> None:
        """Write an entry for each arrival."""
        await self.write(
            [EntryChange("arrival", f"{corpus}/{name}", when, first_counts=True) for name, when in arrivals.items()]
        )

    async def set_word_sums(self, sums: WordSums) -> None:
        """Write how many asked for each missed word."""
        await self.write([EntryChange("word_sums", "", sums)])


def apply_change(values: dict[str, Any], change: EntryChange) -> None:
    """Apply `change` in place to `values`, those of its kind; a written value comes last."""
    if change.first_counts and change.key in values:
        return
    values.pop(change.key, None)
    if change.value is not None:
        values[change.key] = change.value
