"""Voices that could be taken for one another: nobody is merged, the curator is told."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.model import Passage, Voice

SURNAME = "name both in full wherever they speak, or correct the passage in .voices.toml"
OFFICES = "if the office changed, list the voice once for each, with `since`; else they may be two"
BODY = "list both, so that neither is taken for the other"


def namesakes(passages: Iterable[Passage]) -> Iterator[tuple[Passage, str, str]]:
    """Yield a passage, a fact and a remedy for each two voices that could be confused.

    Two people of one surname; one name in two roles or bodies; a body that goes
    by a word of a person's name. The passage is the later one's first.
    """
    first: dict[Voice, Passage] = {}
    for passage in passages:
        if passage.voice:
            first.setdefault(passage.voice, passage)
    for one, other in combinations(first, 2):
        for fact, remedy in _doubts(one, other):
            yield first[other], fact, remedy


def _doubts(one: Voice, other: Voice) -> Iterator[tuple[str, str]]:
    if one.name == other.name:
        for what in ("role", "organisation"):
            before, after = getattr(one, what), getattr(other, what)
            if before and after and before != after:
                yield f"{one.name!r} has the {what} {before!r} and {after!r}", OFFICES
        return
    words, others = one.name.split(), other.name.split()
    if len(words) > 1 and len(others) > 1 and words[-1] == others[-1]:
        yield f"{one.name!r} and {other.name!r} share a surname", SURNAME
    for body, person in ((one, others), (other, words)):
        if _is_body(body) and len(person) > 1 and body.name in person:
            yield f"{body.name!r} is a body and part of the name {' '.join(person)!r}", BODY


def _is_body(voice: Voice) -> bool:
    return voice.organisation == voice.name
