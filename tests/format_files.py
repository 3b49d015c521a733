"""Files of any format, as tests write them, and the line with which they are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.errors import CorpusError


def written(folder: Path, content: str | bytes, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> str:
    """Return why the file at `path` is refused, without the path."""
    with pytest.raises(CorpusError) as caught:
        formats.read(path)
    return str(caught.value).removeprefix(str(path))
