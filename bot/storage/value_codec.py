"""Frozen values as JSON lists of their fields, and back: what a cache of documents is written in.

What is written is read with the fields that a class has now, so whoever keeps such lists keeps a digest of the code
beside them. Values that hold nothing but text and numbers are made once and shared.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

Decoder = Callable[[Any], Any]

_SCALARS = (str, int, float, bool)


def list_fields(value: Any) -> list[Any]:  # noqa: ANN401 - any dataclass
    """List what `value` was made of, for `json.dumps`, which writes tuples and enumerations by itself.

    Raises:
        TypeError: it is no dataclass.
    """
    kind: Any = type(value)
    return [getattr(value, name) for name in field_names(kind)]


@cache
def field_names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a class
    """Return the names of the fields that a dataclass is made of."""
    return tuple(field.name for field in fields(kind) if field.init)


@cache
def build_decoder(kind: Any) -> Decoder:  # noqa: ANN401 - a type or what `typing` makes of one
    """Build the function that makes a value of type `kind` from what `list_fields` and JSON made of one.

    The function raises ValueError, TypeError or KeyError for what is no such value.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return build_decoder(arguments[0])
    if origin in {Union, types.UnionType}:
        return _build_optional_decoder(arguments)
    if origin is tuple:
        return _build_tuple_decoder(arguments)
    if origin is Literal or kind in _SCALARS:
        return _build_scalar_decoder(kind)
    return _build_class_decoder(kind)


def _build_class_decoder(kind: Any) -> Decoder:  # noqa: ANN401
    """Build the decoder of an enumeration, a NamedTuple or a dataclass."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {str(member): member for member in kind}.__getitem__
    if isinstance(kind, type) and issubclass(kind, tuple):
        return _build_named_decoder(kind)
    if is_dataclass(kind):
        return _build_dataclass_decoder(kind)
    raise TypeError(f"no decoder for {kind}")


def _build_scalar_decoder(kind: Any) -> Decoder:  # noqa: ANN401
    """Build the decoder of a text or number, which lets nothing else through."""
    if get_origin(kind) is Literal:
        return {value: value for value in get_args(kind)}.__getitem__

    def decode(value: Any) -> Any:  # noqa: ANN401
        if type(value) is not kind and not (kind is float and type(value) is int):
            raise TypeError(f"no {kind.__name__}")
        return value

    return decode


def _build_optional_decoder(arguments: tuple[Any, ...]) -> Decoder:
    """Build the decoder of a type that may be None."""
    (inner,) = (build_decoder(kind) for kind in arguments if kind is not types.NoneType)
    return lambda value: None if value is None else inner(value)


def _build_tuple_decoder(arguments: tuple[Any, ...]) -> Decoder:
    """Build the decoder of a tuple of any length; None decodes to an empty one."""
    item, rest = arguments
    if rest is not Ellipsis:
        raise TypeError("no decoder for tuples of a fixed length")
    decode_item = build_decoder(item)
    return lambda values: tuple(map(decode_item, values)) if values else ()


def _build_named_decoder(kind: Any) -> Decoder:  # noqa: ANN401
    """Build the decoder of a NamedTuple of numbers, such as a span."""
    make = kind._make

    def decode(values: Any) -> Any:  # noqa: ANN401
        if not all(type(value) is int for value in values):
            raise TypeError(f"no {kind.__name__}")
        return make(values)

    return decode


@cache
def build_row_decoder(kind: Any, names: tuple[str, ...]) -> Callable[[Any], dict[str, Any]]:  # noqa: ANN401
    """Build the function that makes of a row the values of these fields of a dataclass, by their names."""
    hints = get_type_hints(kind, include_extras=True)
    decoders = [(name, build_decoder(hints[name])) for name in names]
    return lambda row: {name: decode(value) for (name, decode), value in zip(decoders, row, strict=True)}


def _build_dataclass_decoder(kind: Any) -> Decoder:  # noqa: ANN401
    """Build the decoder of a dataclass, whose fields come in their order."""
    hints, names = get_type_hints(kind, include_extras=True), field_names(kind)
    decode_row = build_row_decoder(kind, names)

    def decode(values: Any) -> Any:  # noqa: ANN401
        return kind(**decode_row(values))

    return _share_values(decode) if all(_is_scalar(hints[name]) for name in names) else decode


def _share_values(decode: Decoder) -> Decoder:
    """Return `decode` with a memory, for as long as the decoder is: a record names the same people over and over."""
    values_by_row: dict[tuple[Any, ...], Any] = {}

    def decode_shared(values: Any) -> Any:  # noqa: ANN401
        key = tuple(values)
        if key not in values_by_row:
            values_by_row[key] = decode(values)
        return values_by_row[key]

    return decode_shared


def _is_scalar(kind: Any) -> bool:  # noqa: ANN401
    """Whether a type, or each part of a union but None, is a plain value."""
    return kind in _SCALARS or all(part is types.NoneType or part in _SCALARS for part in get_args(kind) or [None])
