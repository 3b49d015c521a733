"""A corpus whose texts and passages lie with its index: what a process holds of it, and how it reads the rest.

`catalogue` is what is counted of all passages once, and held. `documents` and `passages` are sequences that read what
is asked for from a `RecordStore` of `records`, and let it go again. Nothing is imported here: where no corpus is
stored, `base` alone is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from bot.corpus.stored.passages import StoredPassages
    from bot.model import PassageSequence


def is_stored(passages: PassageSequence) -> TypeGuard[StoredPassages]:
    """Return whether `passages` lie with their index; asked only where the index is searched instead of walking."""
    return not passages.is_held
