"""A corpus whose texts and passages are stored with its index.

`catalogue` holds the facts and counts that stay in memory. `records` and `passages` have sequences of documents and
passages that are read from a `RecordStore` when they are needed. Neither is imported here, so where no corpus is
stored, little is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from bot.model import PassageSequence

if TYPE_CHECKING:
    from bot.corpus.stored.passages import StoredPassages

_TOKEN = re.compile(r"\w+")


class SourceWords(NamedTuple):
    """The words of all documents, and the numbers of the passages with each hyphenated word of stop words alone."""

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


def is_stored(passages: PassageSequence) -> TypeGuard[StoredPassages]:
    """Return whether `passages` are stored with their index, and are searched rather than walked through."""
    return not passages.is_held
