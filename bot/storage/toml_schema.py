"""TOML validated against a schema, every error with its line.

Headers of documents, manifests and corrections are all parsed here, so a mistake in any of them is reported in the same
way. A schema is a pydantic model or a dataclass.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from bot.errors import CorpusError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Schema = TypeVar("Schema")
KeyPath = tuple[int | str, ...]

_TABLE = re.compile(r"\s*(\[\[?)\s*([\w\-.]+)\s*\]")
_KEY = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|[\w-]+)\s*=")
_AT_LINE = re.compile(r" ?\(at line (\d+), column \d+\)")
# Nobody reads more errors at once, and finding the line of each takes time.
_MAX_ERRORS = 100
# The fact and the remedy for each of pydantic's error types; None keeps pydantic's own message.
_EXPLANATIONS = {
    "dataclass_type": ("not a table", "write it as a [[table]]"),
    "dict_type": ("not a table", "write it as a [table]"),
    "enum": (None, "choose one of these"),
    "missing": ("missing", "add it"),
    "model_type": ("not a table", "write it as a [[table]]"),
    "string_type": ("not text", "put it in quotation marks"),
    "tuple_type": ("not a list", 'write it as ["one", "two"]'),
}


def parse_toml(schema: type[Schema], toml: str, place: str, line_offset: int = 0) -> Schema | list[CorpusError]:
    """Parse `toml` into a `schema`, or return all its errors in the order of the schema's fields.

    `place` names the file; `line_offset` counts its lines before `toml`.
    """
    try:
        parsed: Schema = _build_adapter(cast("Any", schema)).validate_python(tomllib.loads(toml))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return [_to_corpus_error(schema, toml, place, line_offset, detail) for detail in details[:_MAX_ERRORS]]
    except (ValueError, RecursionError) as error:
        return [_build_syntax_error(str(error), place, line_offset)]
    return parsed


# Building one takes longer than checking a small file by it: the stoves of tests/relevance load in 0.04 s, not 0.06.
@cache
def _build_adapter(schema: Any) -> TypeAdapter[Any]:  # noqa: ANN401  a type, which mypy holds for unhashable
    """Return pydantic's validator of a schema, built once."""
    return TypeAdapter(schema)


def find_line(toml: str, path: KeyPath) -> int | None:
    r"""Return the line of the key at `path`, or of the table that should hold it, else None.

    >>> toml = 'title = "Tram"\n[[voices]]\nname = "Ann"\n[[voices]]\nname = "Bob"\n'
    >>> find_line(toml, ("voices", 1, "name")), find_line(toml, ("voices", 1, "side"))
    (5, 4)
    """
    lines = _locate_keys(toml)
    candidates = (lines.get(path[:depth]) for depth in range(len(path), 0, -1))
    return next((line for line in candidates if line), None)


@lru_cache(maxsize=1)
def _locate_keys(toml: str) -> Mapping[KeyPath, int]:
    """Map each table and key to its line, the first one where it is written twice.

    Cached for the last text, because every error in a file asks for its line.
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


def _to_corpus_error(schema: type[Any], toml: str, place: str, line_offset: int, detail: ErrorDetails) -> CorpusError:
    """Return the error for one of pydantic's, with the line of its key where it can be found."""
    path = detail["loc"]
    line = find_line(toml, path)
    key = ".".join(part for part in path if isinstance(part, str))
    fact, remedy = _explain(schema, detail)
    return CorpusError(
        f"{place}:{line_offset + line}" if line else place,
        f"{key if key.isprintable() else ascii(key)}: {fact[:1].lower()}{fact[1:]}",
        remedy,
    )


def _explain(schema: type[Any], detail: ErrorDetails) -> tuple[str, str]:
    """Return the fact and the remedy of one error."""
    if detail["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return "unknown key", f"use {', '.join(_list_allowed_keys(schema, detail['loc'][:-1]))}"
    fact, remedy = _EXPLANATIONS.get(detail["type"], (None, "correct it"))
    return fact or detail["msg"], str(detail.get("ctx", {}).get("remedy", remedy))


def _list_allowed_keys(schema: type[Any], path: Sequence[int | str]) -> tuple[str, ...]:
    """Return the keys that the table at `path` may have; each key on the way holds a list of one schema."""
    for name in (part for part in path if isinstance(part, str)):
        schema = get_args(get_type_hints(schema)[name])[0]
    return tuple(f.name for f in fields(schema)) if is_dataclass(schema) else tuple(schema.model_fields)


def _build_syntax_error(message: str, place: str, line_offset: int) -> CorpusError:
    """Build the error for what is not TOML; the line is moved from the parser's message to the place."""
    position = _AT_LINE.search(message)
    return CorpusError(
        f"{place}:{line_offset + int(position[1])}" if position else place,
        f"not TOML: {_AT_LINE.sub('', message)}",
        'write each line as key = "value"',
    )
