"""`sources.toml` beside a corpus: what it would hold if it held all it should, as facts.

A reading list holds no text. It says what there is, by whom, when and where,
which side it serves, and how all that was checked, so that a curator can get it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from bot.errors import CorpusError
from bot.formats import source
from bot.formats.header import web_address
from bot.formats.tables import Day, Line, parsed

if TYPE_CHECKING:
    from pathlib import Path

NAME = "sources.toml"


class Position(StrEnum):
    """What a source is to the motion, as the curator declares it; never guessed from its text."""

    FOR = "for"
    AGAINST = "against"
    OVERSIGHT = "oversight"
    EVIDENCE = "evidence"


class Source(BaseModel):
    """`[[sources]]`: one publication; what is not known is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Line
    who: Line
    date: Day | None = None
    url: Annotated[Line, AfterValidator(web_address)] | None = None
    positions: tuple[Position, ...] = ()
    facts: Line | None = None
    checked: Line


class ReadingList(BaseModel):
    """The whole of `sources.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: Line | None = None
    sources: tuple[Source, ...] = ()


def reading_list(folder: Path) -> ReadingList:
    """Return the reading list of the corpus in `folder`.

    Raises:
        CorpusError: there is none, or it says something that no list can.
    """
    path = folder / NAME
    found = parsed(ReadingList, source.text(path), str(path))
    if isinstance(found, list):
        raise found[0]
    seen: set[str] = set()
    for each in found.sources:
        if each.url and each.url in seen:
            raise CorpusError(str(path), f"'{each.url}' is listed twice", "keep one of them")
        seen.add(each.url or "")
    return found
