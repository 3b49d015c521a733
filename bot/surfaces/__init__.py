"""Where the bot speaks: one module or package for each surface; `base` holds the seam."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import cast

from bot import settings
from bot.errors import SettingsError
from bot.surfaces.base import Surface

__all__ = ["Surface", "list_surfaces", "load_settings"]


def list_surfaces() -> dict[str, Surface]:
    """Import what each surface declares, by name; none imports its library yet."""
    names = sorted(name for _, name, _ in pkgutil.iter_modules(__path__) if name != "base")
    return {name: cast("Surface", import_module(f"{__name__}.{name}")) for name in names}


def load_settings(corpus: str | None = None) -> settings.Settings:
    """Load the settings of a command line that may name the corpus.

    Raises:
        SettingsError: as `settings.load`; or they have a table for a surface that is not there.
    """
    surfaces = list_surfaces()
    variables = {name for surface in surfaces.values() for name in surface.VARIABLES}
    config = settings.load(variables, **({"corpus": corpus} if corpus else {}))
    for name in config.surfaces:
        if name not in surfaces:
            place, remedy = f"surfaces.{name}", f"use {', '.join(surfaces)}"
            raise SettingsError(settings.find_place(place), "no such surface", remedy)
    return config
