"""TOML as curators write it: read, checked against a model, every fault with its line.

Headers of documents, manifests and corrections all come through here, so a
mistake in any of them is told in the same way.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ValidationError
from pydantic_core import PydanticCustomError

from bot.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[int | str, ...]

_TABLE = re.compile(r"\s*(\[\[?)\s*([\w\-.]+)\s*\]")
_KEY = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|[\w-]+)\s*=")
_AT_LINE = re.compile(r" ?\(at line (\d+), column \d+\)")
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
# Nobody reads more, and each looks for its line.
_MOST_FAULTS = 100
_BREAKS = frozenset({"Cc", "Zl", "Zp"})
# What pydantic calls a fault, and what a curator is told of it.
_TOLD = {
    "dict_type": ("not a table", "write it as a [table]"),
    "enum": (None, "choose one of these"),
    "missing": ("missing", "add it"),
    "model_type": ("not a table", "write it as a [[table]]"),
    "string_type": ("not text", "put it in quotation marks"),
    "tuple_type": ("not a list", 'write it as ["one", "two"]'),
}


def _line(value: str) -> str:
    """Return `value` without blanks at its ends, if it is one line that says something."""
    said = value.strip()
    if not said or any(unicodedata.category(character) in _BREAKS for character in said):
        raise PydanticCustomError(
            "line", "not one line of text", {"remedy": "write it, or leave it out"}
        )
    return said


def _day(value: object) -> str:
    """Return the date in `value` as `2020`, `2020-01` or `2020-01-24`."""
    written = str(value) if type(value) in (str, int, date) else ""
    try:
        known = _DAY.fullmatch(written) and date.fromisoformat(f"{written}-01-01"[:10])
    except ValueError:
        known = None
    if not known:
        raise PydanticCustomError(
            "day",
            "{written} is no date",
            {"written": repr(value), "remedy": 'write "2020", "2020-01" or "2020-01-24"'},
        )
    return written


Line = Annotated[str, AfterValidator(_line)]
Day = Annotated[str, BeforeValidator(_day)]


def parsed(model: type[Model], toml: str, place: str, above: int = 0) -> Model | list[CorpusError]:
    """Return what `toml` says, or all that is wrong with it, in the order of the model's fields.

    `place` names the file; `above` counts its lines before `toml`.
    """
    try:
        return model.model_validate(tomllib.loads(toml))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return [_fault(model, toml, place, above, detail) for detail in details[:_MOST_FAULTS]]
    except (ValueError, RecursionError) as error:
        return [_unreadable(str(error), place, above)]


def line_of(toml: str, at: Place) -> int | None:
    r"""Return the line of the key at `at`, or of what holds it; None where neither is found.

    >>> toml = 'title = "Tram"\n[[voices]]\nname = "Ann"\n[[voices]]\nname = "Bob"\n'
    >>> line_of(toml, ("voices", 1, "name")), line_of(toml, ("voices", 1, "side"))
    (5, 4)
    """
    lines = _lines(toml)
    found = (lines.get(at[:depth]) for depth in range(len(at), 0, -1))
    return next((line for line in found if line), None)


@lru_cache(maxsize=1)
def _lines(toml: str) -> Mapping[Place, int]:
    """Return the line of each table and key, the first one where a place comes twice.

    Of the last text it is remembered: every fault of a file asks for its line.
    """
    lines: dict[Place, int] = {}
    counts: dict[str, int] = {}
    table: Place = ()
    for number, line in enumerate(toml.split("\n"), start=1):
        if opened := _TABLE.match(line):
            name = opened[2]
            table = (name,)
            if opened[1] == "[[":
                lines.setdefault(table, number)
                table = (name, counts.get(name, 0))
                counts[name] = counts.get(name, 0) + 1
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, key[1].strip("\"'")), number)
    return lines


def _fault(
    model: type[BaseModel], toml: str, place: str, above: int, detail: ErrorDetails
) -> CorpusError:
    at = detail["loc"]
    line = line_of(toml, at)
    key = ".".join(part for part in at if isinstance(part, str))
    fact, remedy = _told(model, detail)
    return CorpusError(
        f"{place}:{above + line}" if line else place,
        f"{key if key.isprintable() else ascii(key)}: {fact[:1].lower()}{fact[1:]}",
        remedy,
    )


def _told(model: type[BaseModel], detail: ErrorDetails) -> tuple[str, str]:
    """Return the fact and the remedy."""
    if detail["type"] == "extra_forbidden":
        return "unknown key", f"use {', '.join(_fields(model, detail['loc'][:-1]))}"
    fact, remedy = _TOLD.get(detail["type"], (None, "correct it"))
    return fact or detail["msg"], str(detail.get("ctx", {}).get("remedy", remedy))


def _fields(model: type[BaseModel], at: Sequence[int | str]) -> list[str]:
    """Return the keys that the table at `at` may hold."""
    for name in (part for part in at if isinstance(part, str)):
        model = next(
            kind
            for kind in get_args(model.model_fields[name].annotation)
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        )
    return list(model.model_fields)


def _unreadable(said: str, place: str, above: int) -> CorpusError:
    at = _AT_LINE.search(said)
    return CorpusError(
        f"{place}:{above + int(at[1])}" if at else place,
        f"not TOML: {_AT_LINE.sub('', said)}",
        'write each line as key = "value"',
    )
