"""Persistent state: quotes that were shown, tombstones, holds, old texts, each chat's corpus.

It stands in one small folder, if one is set; otherwise it lasts as long as the
process. Several processes share it in a database. `base` holds the protocol,
`folder` and `postgres` its implementations.
"""

from bot.storage.base import (
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
    Storage,
    Tombstone,
    create_hold,
)
from bot.storage.folder import open_storage
from bot.storage.shared_state import RateSlot, SharedState, StateInMemory
from bot.storage.wishes import Wish, WishKind, WordSums

__all__ = [
    "Claim",
    "Flag",
    "FlagOutcome",
    "FlagReason",
    "Hold",
    "NameHold",
    "QuoteChange",
    "QuoteEvent",
    "RateSlot",
    "ServedCorpus",
    "SharedState",
    "ShownQuote",
    "StateInMemory",
    "Storage",
    "Tombstone",
    "Wish",
    "WishKind",
    "WordSums",
    "create_hold",
    "open_storage",
]
