"""Libraries that only some formats need: an extra each, loaded when a file asks for it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from bot.errors import CorpusError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


def import_optional(name: str, extra: str, path: Path) -> ModuleType:
    """Return the library called `name`, which reading `path` takes.

    Raises:
        CorpusError: it is not installed; `extra` is what brings it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise CorpusError(
            str(path),
            f"reading it needs {name}, which is not installed",
            f"install the {extra} extra: pip install '.[{extra}]'",
        ) from error
