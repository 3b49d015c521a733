"""What is known of stored corpora where none is served: little is loaded for it."""

from __future__ import annotations

import re
from abc import ABCMeta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.corpus.stored.passages import StoredPassages
    from bot.model import Kind, Side, Voice
else:
    # Stands for the class of that name until it is loaded, and registered here: that costs every start some time.
    StoredPassages = ABCMeta("StoredPassages", (), {})

__all__ = ["SourceWords", "StoredPassages", "Tally", "list_tokens"]

_TOKEN = re.compile(r"\w+")


class Tally(NamedTuple):
    """How many passages are of one kind, on one side, and in one voice."""

    kind: Kind
    side: Side
    voice: Voice | None
    passage_count: int


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
