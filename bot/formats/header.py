"""The header of a text document: where it was published, as TOML between `+++` lines."""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from bot.errors import CorpusError
from bot.storage.toml_schema import OneLine, PartialDate, parse_toml

MAX_HEADER_LENGTH = 65_536

_OPENING_LINE = re.compile(r"\+\+\+[ \t]*(?:\r?\n|\Z)")
_CLOSING_LINE = re.compile(r"^\+\+\+[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_URL = re.compile(r"https?://[^\s/?#<>\"]+[^\s<>\"]*", re.IGNORECASE)


def validate_web_address(value: str) -> str:
    """Return `value`, if it is the address of something on the web."""
    if not _URL.fullmatch(value):
        remedy = "give an address that begins with https:// or http://"
        raise PydanticCustomError("url", "not a web address", {"remedy": remedy})
    return value


class Header(BaseModel):
    """What a document says of its own publication; what it does not say is None."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: OneLine | None = None
    publisher: OneLine | None = None
    authors: tuple[OneLine, ...] = ()
    date: PartialDate | None = None
    url: Annotated[OneLine, AfterValidator(validate_web_address)] | None = None
    licence: OneLine | None = None


class HeaderAndText(NamedTuple):
    """A text file in its two parts: `line_offset` counts the lines before the canonical text."""

    header: Header
    text: str
    line_offset: int


def split_header(text: str, place: str) -> HeaderAndText:
    """Return the header and the canonical text of the file named `place`, which holds `text`.

    Raises:
        CorpusError: the header is not closed, is not TOML, or says something
            that no document can.
    """
    opening = _OPENING_LINE.match(text)
    if not opening:
        return HeaderAndText(Header(), text, 0)
    closing = _CLOSING_LINE.search(text, opening.end())
    if not closing:
        raise CorpusError(f"{place}:1", "the header is not closed", "end it with a line of +++")
    if closing.start() > MAX_HEADER_LENGTH:
        fact = f"a header of more than {MAX_HEADER_LENGTH:,} characters"
        raise CorpusError(f"{place}:1", fact, "give each fact once, and end it with a line of +++")
    header = parse_toml(Header, text[opening.end() : closing.start()], place, line_offset=1)
    if isinstance(header, list):
        raise header[0]
    return HeaderAndText(header, text[closing.end() :], text.count("\n", 0, closing.end()))
