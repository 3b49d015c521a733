"""Persistent state: quotes that were shown, tombstones, holds, old texts, each chat's corpus.

It stands in one small folder, if one is set; otherwise it lasts as long as the
process. `base` holds the protocol, `folder` its implementation.
"""

from bot.storage.base import Hold, ShownQuote, Storage, Tombstone, create_hold
from bot.storage.folder import open_storage

__all__ = ["Hold", "ShownQuote", "Storage", "Tombstone", "create_hold", "open_storage"]
