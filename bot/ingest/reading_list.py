"""`sources.toml` beside a corpus: what it would hold if it held all it should, as facts.

A reading list holds no text. It says what there is, by whom, when and where,
which side it serves, and how all that was checked, so that a curator can get it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from bot.errors import CorpusError
from bot.model import OneLine, PartialDate, WebAddress
from bot.storage import safe_read
from bot.storage.toml_schema import parse_toml

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "sources.toml"


class Position(StrEnum):
    """What a source is to the motion, as the curator declares it; never guessed from its text."""

    FOR = "for"
    AGAINST = "against"
    OVERSIGHT = "oversight"
    EVIDENCE = "evidence"


class ListedSource(BaseModel):
    """`[[sources]]`: one publication; what is not known is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: OneLine
    who: OneLine
    date: PartialDate | None = None
    url: WebAddress | None = None
    positions: tuple[Position, ...] = ()
    facts: OneLine | None = None
    checked: OneLine


class ReadingList(BaseModel):
    """The whole of `sources.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: OneLine | None = None
    sources: tuple[ListedSource, ...] = ()


def load_reading_list(folder: Path) -> ReadingList:
    """Return the reading list of the corpus in `folder`.

    Raises:
        CorpusError: there is none, or it says something that no list can.
    """
    path = folder / FILE_NAME
    result = parse_toml(ReadingList, safe_read.read_text(path), str(path))
    if isinstance(result, list):
        raise result[0]
    seen_urls: set[str] = set()
    for entry in result.sources:
        if entry.url and entry.url in seen_urls:
            raise CorpusError(str(path), f"'{entry.url}' is listed twice", "keep one of them")
        seen_urls.add(entry.url or "")
    return result
