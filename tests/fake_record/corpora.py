"""A new corpus that documents are gathered into, by a fetcher that need not wait for a site on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import main
from bot.ingest.fetching import PoliteFetcher

if TYPE_CHECKING:
    import pytest


def begin_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Begin the corpus "trams" by the command, and return its folder."""
    for name, value in {
        "BOT_CORPORA_FOLDER": str(tmp_path),
        "BOT_CORPUS": "trams",
        "BOT_FETCH": "true",
        "BOT_FETCH_RATE": "10000",
        "BOT_FETCH_WAIT": "0",
    }.items():
        monkeypatch.setenv(name, value)
    assert main(["new", "trams", "--title", "Night trams", "--motion", "Bells are right"]) == 0
    return tmp_path / "trams"


def polite() -> PoliteFetcher:
    return PoliteFetcher(per_second=10_000, first_wait=0)
