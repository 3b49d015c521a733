"""What commands share: options that several take, how JSON is printed, and how a file is written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.errors import NotFoundError

CorpusName = Annotated[str | None, typer.Option(help="The corpus, in place of the set one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def print_json(objects: Iterable[dict[str, Any]]) -> None:
    """Print each of `objects` on a line of its own."""
    for item in objects:
        print(json.dumps(item, ensure_ascii=False))


def write_file(file: Path, text: str) -> None:
    """Write `text` to the file that an option names; what UTF-8 cannot hold is written as its number.

    Raises:
        NotFoundError: it cannot be written.
    """
    try:
        file.write_text(text, "utf-8", "backslashreplace")
    except OSError as error:
        fact = (error.strerror or str(error)).lower()
        raise NotFoundError(str(file), fact, "name a file that can be written") from error
