"""The stores that keep the bot's state, one module or package each; `bot.storage.base` holds the protocol."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import cast

from bot.storage.base import StoreModule


def list_stores() -> list[str]:
    """Return the name of each store, in alphabetical order."""
    return sorted(name for _, name, _ in pkgutil.iter_modules(__path__))


def load_store(name: str) -> StoreModule:
    """Import the store called `name`, one of `list_stores`; it imports its library only when it is opened."""
    return cast("StoreModule", import_module(f"{__name__}.{name}"))
