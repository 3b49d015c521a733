"""Search: passages into an index. `base` holds the seam, every other module is one engine."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import cast

from bot.search.base import EngineModule, Hit, Index, Query

__all__ = ["EngineModule", "Hit", "Index", "Query", "list_engines", "load_engine"]


def list_engines() -> list[str]:
    """Return the name of each engine, in alphabetical order."""
    return [name for _, name, _ in pkgutil.iter_modules(__path__) if name != "base"]


def load_engine(name: str) -> EngineModule:
    """Import the engine called `name`, one of `list_engines`."""
    return cast("EngineModule", import_module(f"{__name__}.{name}"))
