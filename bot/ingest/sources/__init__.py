"""Sources that documents are gathered from, one module for each: see `base.Source`."""

from __future__ import annotations

import importlib
import pkgutil
from typing import cast

from bot.errors import NotFoundError
from bot.ingest.sources.base import Source


def list_sources() -> tuple[str, ...]:
    """List the names of all sources: those of the modules here, `base` aside."""
    modules = pkgutil.iter_modules(__path__)
    return tuple(sorted(module.name for module in modules if module.name != "base"))


def load_source(name: str) -> Source:
    """Import the source called `name`.

    Raises:
        NotFoundError: there is no such source.
    """
    if name not in list_sources():
        choices = ", ".join(list_sources())
        raise NotFoundError(name, "there is no such source", f"choose from: {choices or 'none'}")
    return cast("Source", importlib.import_module(f"{__name__}.{name}"))
