"""What is known of stored corpora where none is served: little is loaded for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TOKEN = re.compile(r"\w+")


class SourceWords(NamedTuple):
    """The words of all documents; `small_compounds` has the passages of hyphenated words of stop words alone."""

    words: frozenset[str]
    lower_words: frozenset[str]
    acronyms: frozenset[str]
    compounds: frozenset[str]
    small_compounds: Mapping[tuple[str, ...], Sequence[int]]


def list_tokens(text: str) -> list[str]:
    """Return the runs of letters and digits of `text`, in small letters.

    >>> list_tokens("O’Brien’s co-operation")
    ['o', 'brien', 's', 'co', 'operation']
    """
    return _TOKEN.findall(text.casefold())
