"""Persistent state: quotes that were shown, tombstones, holds, old texts, each chat's corpus.

It is kept in a small folder if one is set; otherwise it lasts as long as the process. Several processes share it in a
database. `base` holds the protocol, `stores` its implementations.
"""

from bot.storage.base import Storage
from bot.storage.records import (
    Claim,
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
    create_hold,
)
from bot.storage.shared_state import RateSlot, SharedState, StateInMemory
from bot.storage.stores.folder import open_storage

__all__ = [
    "Claim", "Flag", "FlagOutcome", "FlagReason", "Hold", "NameHold", "QuoteChange", "QuoteEvent", "RateSlot",
    "ServedCorpus", "SharedState", "ShownQuote", "StateInMemory", "Storage", "Tombstone", "Wish", "WishKind",
    "WordSums", "create_hold", "open_storage",
]  # fmt: skip
