"""What changed between two loads of a corpus, for whoever decides to serve the newer."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Side, quote_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Corpus, Passage


@dataclass(frozen=True, slots=True)
class Difference:
    """Document ids, and quote ids of attributed passages, each in the order of its corpus.

    `moved` pairs the old and the new id of quotes whose words one voice says
    now at another place of the same document; they are neither gained nor lost.
    `before` and `after` count attributed passages by side, every side named.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    before: Mapping[Side, int]
    after: Mapping[Side, int]
    moved: tuple[tuple[str, str], ...] = ()


def difference(old: Corpus, new: Corpus) -> Difference:
    """Return what `new` has that `old` has not, and the other way round."""
    was = {document.id: document for document in old.documents}
    now = {document.id: document for document in new.documents}
    had, has = _quotes(old), _quotes(new)
    lost = {known: passage for known, passage in had.items() if known not in has}
    gained = {known: passage for known, passage in has.items() if known not in had}
    moved = _moved(lost, gained)
    arrived = frozenset(moved.values())
    return Difference(
        added=tuple(known for known in now if known not in was),
        removed=tuple(known for known in was if known not in now),
        changed=tuple(
            known for known in now if known in was and not _alike(now[known], was[known])
        ),
        gained=tuple(known for known in gained if known not in arrived),
        lost=tuple(known for known in lost if known not in moved),
        before=balance(old),
        after=balance(new),
        moved=tuple(moved.items()),
    )


def balance(corpus: Corpus) -> dict[Side, int]:
    """Return how many attributed passages stand on each side."""
    counts = Counter(passage.side for passage in _attributed(corpus))
    return {side: counts[side] for side in Side}


def _alike(now: object, was: object) -> bool:
    # What was taken over from an earlier load is the same thing, and need not be compared.
    return now is was or now == was


def _moved(lost: Mapping[str, Passage], gained: Mapping[str, Passage]) -> dict[str, str]:
    """Return the new id of each lost quote that is said again, in order, none twice."""
    arrivals: dict[tuple[str, str | None, str], list[str]] = defaultdict(list)
    for known, passage in gained.items():
        arrivals[_said(passage)].append(known)
    return {
        known: arrivals[said].pop(0)
        for known, passage in lost.items()
        if arrivals.get(said := _said(passage))
    }


def _said(passage: Passage) -> tuple[str, str | None, str]:
    """Return whose words these are, and where: document, voice, words."""
    name = passage.voice.name if passage.voice else None
    span, document = passage.span, passage.document
    return document.id, name, document.text[span.start : span.end]


def _quotes(corpus: Corpus) -> dict[str, Passage]:
    """Return the first passage of each quote id, in order."""
    found: dict[str, Passage] = {}
    for passage in _attributed(corpus):
        found.setdefault(quote_id(passage.document.sha256, passage.span), passage)
    return found


def _attributed(corpus: Corpus) -> list[Passage]:
    return [passage for passage in corpus.passages if passage.voice]
