"""What commands share: options that several take, and how JSON is printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

CorpusName = Annotated[str | None, typer.Option(help="The corpus, in place of the set one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def print_json(objects: Iterable[dict[str, Any]]) -> None:
    """Print each of `objects` on a line of its own."""
    for item in objects:
        print(json.dumps(item, ensure_ascii=False))
