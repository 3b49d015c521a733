"""Where the bot speaks: one module or package for each surface; `base` holds the seam."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import cast

from bot import settings
from bot.errors import SettingsError
from bot.storage.stores import list_stores, load_store
from bot.surfaces.base import Surface

__all__ = ["Surface", "list_surfaces", "load_settings", "load_surface"]


def list_surfaces() -> list[str]:
    """Return the name of each surface, in alphabetical order."""
    return sorted(name for _, name, _ in pkgutil.iter_modules(__path__) if name != "base")


def load_surface(name: str) -> Surface:
    """Import and return the surface called `name`, one of `list_surfaces`; its library is imported when it runs."""
    return cast("Surface", import_module(f"{__name__}.{name}"))


def load_settings(corpus: str | None = None) -> settings.Settings:
    """Load the settings; a `corpus` that the command line names takes precedence.

    Raises:
        SettingsError: as `settings.load` does, or a table is for a surface or store that does not exist.
    """
    config = settings.load(_load_variables, **({"corpus": corpus} if corpus else {}))
    _check_tables("surface", config.surfaces, list_surfaces())
    _check_tables("store", config.stores, list_stores())
    return config


def _load_variables() -> frozenset[str]:
    """Return the names of the environment variables that the surfaces and stores read by themselves."""
    addresses = {load_store(name).ADDRESS for name in list_stores()}
    return frozenset(addresses).union(*(load_surface(name).VARIABLES for name in list_surfaces()))


def _check_tables(kind: str, tables: Iterable[str], names: Sequence[str]) -> None:
    """Raise a SettingsError for the first of `tables`, as the settings name them, that is none of `names`."""
    for name in tables:
        if name not in names:
            place, remedy = settings.find_place(f"{kind}s.{name}"), f"use {', '.join(names)}"
            raise SettingsError(place, f"no such {kind}", remedy)
