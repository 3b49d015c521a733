"""Types of what a curator writes as TOML: one line, a date, a web address, the ID of a quote.

pydantic checks values by these annotations; values made by the code are not checked again.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

WEB_ADDRESS = re.compile(r"https?://[^\s/?#<>\"]+[^\s<>\"]*", re.IGNORECASE)

_QUOTE_ID = re.compile(r"[A-Z2-7]{8}")

_PARTIAL_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")

# What would end a line where a message is printed.
_LINE_BREAKING_CATEGORIES = frozenset({"Cc", "Zl", "Zp"})

NO_UNKNOWN_KEYS = ConfigDict(extra="forbid")


def _validate_line(value: str) -> str:
    """Return `value` stripped of white space, if it is one line that is not empty."""
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
    """Return `text` if it is a year, a month or a day that there is, else None.

    >>> parse_partial_date("2020-01"), parse_partial_date("2020-02-30")
    ('2020-01', None)
    """
    try:
        is_valid = _PARTIAL_DATE.fullmatch(text) and date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return None
    return text if is_valid else None


def _validate_web_address(value: str) -> str:
    """Return `value`, if it is a web address."""
    if not WEB_ADDRESS.fullmatch(value):
        remedy = "give an address that begins with https:// or http://"
        raise PydanticCustomError("url", "not a web address", {"remedy": remedy})
    return value


def _validate_quote_id(value: str) -> str:
    """Return `value` in capitals; raise an error where it cannot be the id of a quote."""
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
