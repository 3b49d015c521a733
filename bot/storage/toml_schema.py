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
KeyPath = tuple[int | str, ...]

_TABLE = re.compile(r"\s*(\[\[?)\s*([\w\-.]+)\s*\]")
_KEY = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|[\w-]+)\s*=")
_AT_LINE = re.compile(r" ?\(at line (\d+), column \d+\)")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
# Nobody reads more, and each looks for its line.
_MAX_FAULTS = 100
_CONTROL_CATEGORIES = frozenset({"Cc", "Zl", "Zp"})
# What pydantic calls a fault, and what a curator is told of it.
_EXPLANATIONS = {
    "dict_type": ("not a table", "write it as a [table]"),
    "enum": (None, "choose one of these"),
    "missing": ("missing", "add it"),
    "model_type": ("not a table", "write it as a [[table]]"),
    "string_type": ("not text", "put it in quotation marks"),
    "tuple_type": ("not a list", 'write it as ["one", "two"]'),
}


def _check_line(value: str) -> str:
    """Return `value` without blanks at its ends, if it is one line that says something."""
    text = value.strip()
    if not text or any(
        unicodedata.category(character) in _CONTROL_CATEGORIES for character in text
    ):
        raise PydanticCustomError(
            "line", "not one line of text", {"remedy": "write it, or leave it out"}
        )
    return text


def _check_date(value: object) -> str:
    """Return the date in `value` as `2020`, `2020-01` or `2020-01-24`."""
    text = str(value) if type(value) in (str, int, date) else ""
    try:
        valid = _DATE.fullmatch(text) and date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        valid = None
    if not valid:
        raise PydanticCustomError(
            "day",
            "{written} is no date",
            {"written": repr(value), "remedy": 'write "2020", "2020-01" or "2020-01-24"'},
        )
    return text


OneLine = Annotated[str, AfterValidator(_check_line)]
PartialDate = Annotated[str, BeforeValidator(_check_date)]


def parse_toml(
    model: type[Model], toml: str, place: str, line_offset: int = 0
) -> Model | list[CorpusError]:
    """Return what `toml` says, or all that is wrong with it, in the order of the model's fields.

    `place` names the file; `line_offset` counts its lines before `toml`.
    """
    try:
        return model.model_validate(tomllib.loads(toml))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return [
            _to_corpus_error(model, toml, place, line_offset, detail)
            for detail in details[:_MAX_FAULTS]
        ]
    except (ValueError, RecursionError) as error:
        return [_syntax_error(str(error), place, line_offset)]


def find_line(toml: str, path: KeyPath) -> int | None:
    r"""Return the line of the key at `path`, or of what holds it; None where neither is found.

    >>> toml = 'title = "Tram"\n[[voices]]\nname = "Ann"\n[[voices]]\nname = "Bob"\n'
    >>> find_line(toml, ("voices", 1, "name")), find_line(toml, ("voices", 1, "side"))
    (5, 4)
    """
    lines = _locate_keys(toml)
    candidates = (lines.get(path[:depth]) for depth in range(len(path), 0, -1))
    return next((line for line in candidates if line), None)


@lru_cache(maxsize=1)
def _locate_keys(toml: str) -> Mapping[KeyPath, int]:
    """Return the line of each table and key, the first one where a place comes twice.

    Of the last text it is remembered: every fault of a file asks for its line.
    """
    lines: dict[KeyPath, int] = {}
    counts: dict[str, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(toml.split("\n"), start=1):
        if table_match := _TABLE.match(line):
            name = table_match[2]
            table = (name,)
            if table_match[1] == "[[":
                lines.setdefault(table, number)
                table = (name, counts.get(name, 0))
                counts[name] = counts.get(name, 0) + 1
            lines.setdefault(table, number)
        elif key_match := _KEY.match(line):
            lines.setdefault((*table, key_match[1].strip("\"'")), number)
    return lines


def _to_corpus_error(
    model: type[BaseModel], toml: str, place: str, line_offset: int, detail: ErrorDetails
) -> CorpusError:
    path = detail["loc"]
    line = find_line(toml, path)
    key = ".".join(part for part in path if isinstance(part, str))
    fact, remedy = _explain(model, detail)
    return CorpusError(
        f"{place}:{line_offset + line}" if line else place,
        f"{key if key.isprintable() else ascii(key)}: {fact[:1].lower()}{fact[1:]}",
        remedy,
    )


def _explain(model: type[BaseModel], detail: ErrorDetails) -> tuple[str, str]:
    """Return the fact and the remedy."""
    if detail["type"] == "extra_forbidden":
        return "unknown key", f"use {', '.join(_allowed_keys(model, detail['loc'][:-1]))}"
    fact, remedy = _EXPLANATIONS.get(detail["type"], (None, "correct it"))
    return fact or detail["msg"], str(detail.get("ctx", {}).get("remedy", remedy))


def _allowed_keys(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    """Return the keys that the table at `path` may hold."""
    for name in (part for part in path if isinstance(part, str)):
        model = next(
            kind
            for kind in get_args(model.model_fields[name].annotation)
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        )
    return list(model.model_fields)


def _syntax_error(message: str, place: str, line_offset: int) -> CorpusError:
    position = _AT_LINE.search(message)
    return CorpusError(
        f"{place}:{line_offset + int(position[1])}" if position else place,
        f"not TOML: {_AT_LINE.sub('', message)}",
        'write each line as key = "value"',
    )
