"""What changed between two loads of a corpus, for whoever decides to serve the newer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Side, quote_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Corpus, Passage


@dataclass(frozen=True, slots=True)
class Difference:
    """Document ids, and quote ids of attributed passages, each in the order of its corpus.

    A document whose text changed loses all of its quote ids and gains new ones.
    `before` and `after` count attributed passages by side, every side named.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    before: Mapping[Side, int]
    after: Mapping[Side, int]


def difference(old: Corpus, new: Corpus) -> Difference:
    """Return what `new` has that `old` has not, and the other way round."""
    was = {document.id: document for document in old.documents}
    now = {document.id: document for document in new.documents}
    had, has = _quotes(old), _quotes(new)
    return Difference(
        added=tuple(known for known in now if known not in was),
        removed=tuple(known for known in was if known not in now),
        changed=tuple(known for known in now if known in was and now[known] != was[known]),
        gained=tuple(known for known in has if known not in had),
        lost=tuple(known for known in had if known not in has),
        before=balance(old),
        after=balance(new),
    )


def balance(corpus: Corpus) -> dict[Side, int]:
    """Return how many attributed passages stand on each side."""
    counts = Counter(passage.side for passage in _attributed(corpus))
    return {side: counts[side] for side in Side}


def _quotes(corpus: Corpus) -> dict[str, None]:
    """Return each quote id once, in order."""
    return dict.fromkeys(quote_id(p.document.sha256, p.span) for p in _attributed(corpus))


def _attributed(corpus: Corpus) -> list[Passage]:
    return [passage for passage in corpus.passages if passage.voice]
