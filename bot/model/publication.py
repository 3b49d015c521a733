"""Publications and recorded votes, and the types of the values that curators write: a line, a date, an address, an ID.

pydantic checks values read from TOML by these annotations; values made by the code are not checked again.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

WEB_ADDRESS = re.compile(r"https?://[^\s/?#<>\"]+[^\s<>\"]*", re.IGNORECASE)

_QUOTE_ID = re.compile(r"[A-Z2-7]{8}")

_PARTIAL_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")

# Characters that end a line where a message is printed.
_LINE_BREAKING_CATEGORIES = frozenset({"Cc", "Zl", "Zp"})

NO_UNKNOWN_KEYS = ConfigDict(extra="forbid")


def _validate_line(value: str) -> str:
    """Return `value` without white space around it, if it is one line and not empty."""
    text = value.strip()
    if not text:
        raise PydanticCustomError("line", "empty", {"remedy": "fill it in"})
    is_broken = not text.isprintable() and any(unicodedata.category(c) in _LINE_BREAKING_CATEGORIES for c in text)
    if is_broken:
        raise PydanticCustomError("line", "not one line of text", {"remedy": "write it on one line"})
    return text


def _validate_date(value: object) -> str:
    """Return the date in `value` as `2020`, `2020-01` or `2020-01-24`."""
    text = parse_partial_date(str(value)) if type(value) in (str, int, date) else None
    if text is None:
        context = {"written": repr(value), "remedy": 'write "2020", "2020-01" or "2020-01-24"'}
        raise PydanticCustomError("day", "{written} is not a date", context)
    return text


def parse_partial_date(text: str) -> str | None:
    """Return `text` if it is a real year, month or day, else None.

    >>> parse_partial_date("2020-01"), parse_partial_date("2020-02-30")
    ('2020-01', None)
    """
    try:
        is_valid = _PARTIAL_DATE.fullmatch(text) and date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return None
    return text if is_valid else None


def _validate_web_address(value: str) -> str:
    """Return `value`, if it is a web address and nothing else."""
    if not WEB_ADDRESS.fullmatch(value):
        remedy = "give an address that begins with https:// or http://"
        raise PydanticCustomError("url", "not a web address", {"remedy": remedy})
    return value


def _validate_quote_id(value: str) -> str:
    """Return `value` in capitals, if it could be the id of a quote."""
    text = value.strip().upper()
    if not is_quote_id(text):
        raise PydanticCustomError("quote", "not the ID of a quote", {"remedy": "copy it from the quote's context"})
    return text


def is_quote_id(text: str) -> bool:
    """Return whether `text` could be the id of a quote.

    >>> is_quote_id("AW3SAD7O"), is_quote_id("AW3SAD71"), is_quote_id("MARY")
    (True, False, False)
    """
    return _QUOTE_ID.fullmatch(text) is not None


OneLine = Annotated[str, AfterValidator(_validate_line)]
QuoteId = Annotated[str, AfterValidator(_validate_quote_id)]
PartialDate = Annotated[str, BeforeValidator(_validate_date)]
WebAddress = Annotated[OneLine, AfterValidator(_validate_web_address)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Where something was published; `date` is `2020`, `2020-01` or `2020-01-24`.

    `transcript` says of recorded speech whether somebody has compared its words with the recording.
    """

    __pydantic_config__ = NO_UNKNOWN_KEYS

    title: OneLine | None = None
    publisher: OneLine | None = None
    authors: tuple[OneLine, ...] = ()
    date: PartialDate | None = None
    url: WebAddress | None = None
    licence: OneLine | None = None
    transcript: Literal["automatic", "checked"] | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """The facts that are given, by name."""
        return {name: value for name in PUBLICATION_FIELDS if (value := getattr(self, name))}

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the facts that are not given; `transcript` is never among them."""
        return tuple(name for name in PUBLICATION_FIELDS if name != "transcript" and not getattr(self, name))


PUBLICATION_FIELDS = tuple(item.name for item in fields(Publication))


@dataclass(frozen=True, slots=True)
class Voter:
    """A member who voted, as the record lists them; a vote by `proxy` is still the member's own."""

    name: str
    id: str | None = None
    party: str | None = None
    is_teller: bool = False
    proxy: str | None = None


@dataclass(frozen=True, slots=True)
class Division:
    """A recorded vote: the question put, and the members who answered aye and no, tellers included.

    In the Lords an aye is "content", in the Dáil "tá". The counts are those printed, without tellers; a list may be
    incomplete.
    """

    house: str
    date: str | None
    number: str
    question: str | None
    url: str | None
    ayes: tuple[Voter, ...] = ()
    noes: tuple[Voter, ...] = ()
    ayes_count: int | None = None
    noes_count: int | None = None

    @property
    def id(self) -> str:
        """The house, day and number, which every record of this division gives alike."""
        return "-".join(filter(None, (self.house, self.date, self.number)))


class VoteAnswer(StrEnum):
    """A member's answer to the question put."""

    AYE = "aye"
    NO = "no"


@dataclass(frozen=True, slots=True)
class SideEvidence:
    """Why a voice has its side: its `answer` in a division that the curator has read, or the side of a `body`."""

    division: Division | None = None
    answer: VoteAnswer | None = None
    body: str | None = None
