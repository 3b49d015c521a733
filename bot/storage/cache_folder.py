"""A folder of values that can be computed again, and frozen values as JSON lists of their fields, and back.

Nothing in the folder is needed, so nothing here is an error: a value that cannot be read, has another key or is damaged
is None, and a folder that cannot be written to keeps nothing. A value is JSON under a line with its SHA-256, which
guards against accidents and other versions, not against somebody who may write to the folder: only files that belong
to this process's user are read.

Lists of fields are decoded with the fields that a class has now, so they must be kept with a digest of the code. Values
of nothing but text and numbers are made once and shared.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import sys
import types
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from bot.errors import CorpusError
from bot.storage.filesystem import open_replacement, read_bytes

_LOG = logging.getLogger(__name__)

_MARK = "on-the-record cache 1"
# The values of one document; those of the largest file of Hansard seen take a tenth of this.
_MAX_BYTES = 64 * 1024 * 1024
_SUFFIX = ".json"

Decoder = Callable[[Any], Any]

_SCALARS = (str, int, float, bool)


class CacheFolder:
    """Values by name in one folder; without a `path` nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._is_writable = path is not None

    def read(self, name: str, key: str) -> Any:  # noqa: ANN401 - what JSON holds
        """Return the value last written under `name`, if it was written with `key`; None otherwise."""
        if self._path is None:
            return None
        path = self._path / _build_file_name(name)
        if not is_own_file(path):
            return None
        try:
            seal_line, _, body = read_bytes(path, _MAX_BYTES).partition(b"\n")
            kept_key, value = json.loads(body) if seal_line == build_seal(body) else (None, None)
        except (CorpusError, ValueError, RecursionError, TypeError):
            return None
        return value if kept_key == key else None

    def write(self, name: str, key: str, value: object, default: Callable[[Any], object] | None = None) -> None:
        """Keep `value` under `name`, in place of an earlier one; `default` is passed to `json.dumps`.

        If the folder cannot be written to, that is warned of once, and nothing more is written.
        """
        if self._path is None or not self._is_writable:
            return
        body = json.dumps((key, value), ensure_ascii=False, separators=(",", ":"), default=default)
        content = body.encode("utf-8", "surrogatepass")
        try:
            self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Not synced: a file cut short does not match its SHA-256.
            with open_replacement(self._path / _build_file_name(name)) as file:
                file.write(build_seal(content) + b"\n" + content)
        except OSError as error:
            self._is_writable = False
            _LOG.warning("not kept folder=%s reason=%s", self._path, error.strerror or error)

    def keep_only(self, names: Collection[str]) -> None:
        """Remove the values kept under all names but `names`."""
        if self._path is None:
            return
        kept_names = {_build_file_name(name) for name in names}
        with suppress(OSError):
            for path in self._path.iterdir():
                if path.suffix == _SUFFIX and path.name not in kept_names:
                    path.unlink()


# Keeps nothing.
NO_CACHE = CacheFolder(None)


def is_own_file(path: Path) -> bool:
    """Return whether `path` is a regular file, no link, that belongs to the user of this process."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()


def find_cache_folder(state_folder: Path | None, purpose: str) -> Path | None:
    """Find or make a folder for values that can be computed again: beside `state_folder`, or in the user's cache.

    In the user's cache each `purpose` has a folder of its own. None if neither can be written to.
    """
    candidates = [get_user_cache_root() / "on-the-record" / hashlib.sha256(purpose.encode()).hexdigest()[:12]]
    if state_folder is not None:
        candidates.insert(0, state_folder.with_name(f"{state_folder.name}-cache"))
    return next((folder for folder in candidates if _can_write(folder)), None)


def get_user_cache_root() -> Path:
    """Return the folder for the caches of all the user's programs."""
    if xdg_folder := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg_folder)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is no home
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def _can_write(folder: Path) -> bool:
    """Make `folder` if it is missing, and return whether it is this user's and can be written to."""
    if not folder.is_absolute():
        folder = Path.cwd() / folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def _build_file_name(name: str) -> str:
    """Return a file name that any disk takes, since a document's own may be as long as a disk allows."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32] + _SUFFIX


def build_seal(body: bytes) -> bytes:
    """Return the first line of a file, above `body`: its mark and the SHA-256."""
    return f"{_MARK} {hashlib.sha256(body).hexdigest()}".encode()


def list_fields(value: Any) -> list[Any]:  # noqa: ANN401 - any dataclass
    """List the fields of a dataclass, for `json.dumps`, which writes tuples and enumerations by itself.

    Raises:
        TypeError: `value` is not a dataclass.
    """
    kind: Any = type(value)
    return [getattr(value, name) for name in field_names(kind)]


@cache
def field_names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a class
    """Return the names of the fields that a dataclass is initialised with."""
    return tuple(field.name for field in fields(kind) if field.init)


@cache
def build_decoder(kind: Any) -> Decoder:  # noqa: ANN401 - a type or what `typing` makes of one
    """Build the function that decodes values of type `kind`, encoded by `list_fields` and `json.dumps`.

    The function raises ValueError, TypeError or KeyError for anything else; it takes None for an empty tuple.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return build_decoder(arguments[0])
    if origin in {Union, types.UnionType}:
        (decode,) = (build_decoder(part) for part in arguments if part is not types.NoneType)
        return lambda value: None if value is None else decode(value)
    if origin is tuple:
        item, rest = arguments
        if rest is not Ellipsis:
            raise TypeError("no decoder for tuples of a fixed length")
        decode_item = build_decoder(item)
        return lambda values: tuple(map(decode_item, values)) if values else ()
    return _build_plain_decoder(kind)


def _build_plain_decoder(kind: Any) -> Decoder:  # noqa: ANN401
    """Build the decoder of a text, number, literal or enumeration, or of a NamedTuple or a dataclass."""
    if get_origin(kind) is Literal:
        return {value: value for value in get_args(kind)}.__getitem__
    if kind in _SCALARS:
        return partial(_check_type, kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {str(member): member for member in kind}.__getitem__
    if isinstance(kind, type) and issubclass(kind, tuple):
        return partial(_decode_numbers, kind)
    if is_dataclass(kind):
        return _build_dataclass_decoder(kind)
    raise TypeError(f"no decoder for {kind}")


def _check_type(kind: type, value: Any) -> Any:  # noqa: ANN401
    """Return `value`, a text or number of exactly this type; a float may be written as an int."""
    if type(value) is not kind and not (kind is float and type(value) is int):
        raise TypeError(f"no {kind.__name__}")
    return value


def _decode_numbers(kind: Any, values: Any) -> Any:  # noqa: ANN401
    """Decode a NamedTuple of numbers, such as a span."""
    if not all(type(value) is int for value in values):
        raise TypeError(f"no {kind.__name__}")
    return kind._make(values)


@cache
def build_row_decoder(kind: Any, names: tuple[str, ...]) -> Callable[[Any], dict[str, Any]]:  # noqa: ANN401
    """Build the function that decodes a row into the values of these fields of a dataclass, by name."""
    hints = get_type_hints(kind, include_extras=True)
    decoders = [(name, build_decoder(hints[name])) for name in names]
    return lambda row: {name: decode(value) for (name, decode), value in zip(decoders, row, strict=True)}


def _build_dataclass_decoder(kind: Any) -> Decoder:  # noqa: ANN401
    """Build the decoder of a dataclass, encoded as its fields in their order."""
    hints, names = get_type_hints(kind, include_extras=True), field_names(kind)
    decode_row = build_row_decoder(kind, names)

    def decode(values: Any) -> Any:  # noqa: ANN401
        """Return the value of type `kind` whose fields are `values`."""
        return kind(**decode_row(values))

    return _share_values(decode) if all(_is_scalar(hints[name]) for name in names) else decode


def _share_values(decode: Decoder) -> Decoder:
    """Return `decode` with a cache for equal rows: a record names the same people over and over."""
    values_by_row: dict[tuple[Any, ...], Any] = {}

    def decode_shared(values: Any) -> Any:  # noqa: ANN401
        """Return the value decoded earlier from an equal row, or decode this one."""
        key = tuple(values)
        if key not in values_by_row:
            values_by_row[key] = decode(values)
        return values_by_row[key]

    return decode_shared


def _is_scalar(kind: Any) -> bool:  # noqa: ANN401
    """Return whether a type, or each part of a union apart from None, is a text or number."""
    return kind in _SCALARS or all(part is types.NoneType or part in _SCALARS for part in get_args(kind) or [None])
