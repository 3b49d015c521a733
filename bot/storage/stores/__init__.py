"""Where the bot keeps its state: one module or package for each store; `bot.storage.base` holds the seam."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import cast

from bot.storage.base import StoreModule


def list_stores() -> list[str]:
    """Return the name of each store, in alphabetical order."""
    return sorted(name for _, name, _ in pkgutil.iter_modules(__path__))


def load_store(name: str) -> StoreModule:
    """Import what the store called `name`, one of `list_stores`, declares; it imports its library when it is opened."""
    return cast("StoreModule", import_module(f"{__name__}.{name}"))
