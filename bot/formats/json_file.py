"""JSON as the record's interfaces answer it, and the answers that lie beside a document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

from bot.errors import CorpusError
from bot.storage import safe_read

# What JSON may hold: the shape is asked for where it is read.
Json: TypeAlias = Any

MAX_BYTES = 20 * 1024 * 1024
RELATED_FOLDER = ".record"


def opens_object(content: bytes, *keys: bytes) -> bool:
    """Return whether `content` opens as a JSON object does, and has all of these `keys`."""
    return content.lstrip().startswith(b"{") and all(key in content for key in keys)


def load_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in the file at `path`.

    Raises:
        CorpusError: the file cannot be read, or holds no JSON object.
    """
    try:
        value = json.loads(safe_read.read_bytes(path, MAX_BYTES))
    except (ValueError, RecursionError):
        raise CorpusError(str(path), "not JSON", "fetch the file again") from None
    if not isinstance(value, dict):
        raise CorpusError(str(path), "not a JSON object", "fetch the file again")
    return value


def load_related(path: Path) -> list[Any]:
    """Return the contents of the answers fetched with the document at `path`; an empty list without any.

    Raises:
        CorpusError: the file that holds them cannot be read.
    """
    related_path = find_related(path)
    if not related_path.is_file():
        return []
    return [answer.get("content") for answer in get_objects(load_object(related_path), "answers")]


def find_related(path: Path) -> Path:
    """Return where the answers lie that belong to the document at `path`."""
    return path.parent / RELATED_FOLDER / f"{path.stem}.json"


def get_text(item: object, key: str) -> str:
    """Return the text that a JSON object has under `key`; "" where it has none, or is no object."""
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, str) else ""


def get_object(item: object, key: str) -> dict[str, Any]:
    """Return the object that a JSON object has under `key`; an empty one where it has none, or is no object."""
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, dict) else {}


def get_objects(item: object, key: str) -> list[dict[str, Any]]:
    """Return the objects in the list that a JSON object has under `key`, without what else stands there."""
    value = item.get(key) if isinstance(item, dict) else None
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
