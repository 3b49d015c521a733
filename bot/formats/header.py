"""The header of a text document: where it was published, as TOML between `+++` lines."""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from bot.errors import CorpusError
from bot.formats.tables import Day, Line, parsed

MOST_HEADER = 65_536

_OPENING = re.compile(r"\+\+\+[ \t]*(?:\r?\n|\Z)")
_CLOSING = re.compile(r"^\+\+\+[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_URL = re.compile(r"https?://[^\s/?#<>\"]+[^\s<>\"]*", re.IGNORECASE)


def web_address(value: str) -> str:
    """Return `value`, if it is the address of something on the web."""
    if not _URL.fullmatch(value):
        remedy = "give an address that begins with https:// or http://"
        raise PydanticCustomError("url", "not a web address", {"remedy": remedy})
    return value


class Header(BaseModel):
    """What a document says of its own publication; what it does not say is None."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Line | None = None
    publisher: Line | None = None
    authors: tuple[Line, ...] = ()
    date: Day | None = None
    url: Annotated[Line, AfterValidator(web_address)] | None = None
    licence: Line | None = None


class Opened(NamedTuple):
    """A text file in its two parts: `above` counts the lines before the canonical text."""

    header: Header
    text: str
    above: int


def opened(text: str, place: str) -> Opened:
    """Return the header and the canonical text of the file named `place`, which holds `text`.

    Raises:
        CorpusError: the header is not closed, is not TOML, or says something
            that no document can.
    """
    opening = _OPENING.match(text)
    if not opening:
        return Opened(Header(), text, 0)
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        raise CorpusError(f"{place}:1", "the header is not closed", "end it with a line of +++")
    if closing.start() > MOST_HEADER:
        fact = f"a header of more than {MOST_HEADER:,} characters"
        raise CorpusError(f"{place}:1", fact, "give each fact once, and end it with a line of +++")
    found = parsed(Header, text[opening.end() : closing.start()], place, above=1)
    if isinstance(found, list):
        raise found[0]
    return Opened(found, text[closing.end() :], text.count("\n", 0, closing.end()))
