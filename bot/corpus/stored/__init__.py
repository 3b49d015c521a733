"""A corpus whose texts and passages lie with its index: what a process holds of it, and how it reads the rest.

`catalogue` is what is counted of all passages once, and held. `documents` and `passages` are sequences that read what
is asked for from a `RecordStore` of `records`, and let it go again. Nothing of them is imported here: where no
corpus is stored, little is loaded for it.
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


def is_stored(passages: PassageSequence) -> TypeGuard[StoredPassages]:
    """Return whether `passages` lie with their index; asked only where the index is searched instead of walking."""
    return not passages.is_held
