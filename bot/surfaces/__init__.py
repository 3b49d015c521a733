"""Where the bot speaks: one module or package for each surface; `base` holds the seam."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import cast

from bot import settings
from bot.errors import SettingsError
from bot.surfaces.base import Surface

__all__ = ["Surface", "list_surfaces", "load_settings", "load_surface"]


def list_surfaces() -> list[str]:
    """Return the name of each surface, in alphabetical order."""
    return sorted(name for _, name, _ in pkgutil.iter_modules(__path__) if name != "base")


def load_surface(name: str) -> Surface:
    """Import what the surface called `name`, one of `list_surfaces`, declares; it imports its library when it runs."""
    return cast("Surface", import_module(f"{__name__}.{name}"))


def load_settings(corpus: str | None = None) -> settings.Settings:
    """Load the settings of a command line that may name the corpus.

    Raises:
        SettingsError: as `settings.load`; or they have a table for a surface that is not there.
    """
    config = settings.load(_load_variables, **({"corpus": corpus} if corpus else {}))
    names = list_surfaces()
    for name in config.surfaces:
        if name not in names:
            place, remedy = f"surfaces.{name}", f"use {', '.join(names)}"
            raise SettingsError(settings.find_place(place), "no such surface", remedy)
    return config


def _load_variables() -> frozenset[str]:
    """Return the variables that the surfaces read by themselves."""
    return frozenset().union(*(load_surface(name).VARIABLES for name in list_surfaces()))
