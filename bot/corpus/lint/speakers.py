"""Voices that could be taken for one another: nobody is merged, the curator is told."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.model import Passage, Voice

SURNAME_REMEDY = "name both in full wherever they speak, or correct the passage in .voices.toml"
ROLE_REMEDY = (
    "if the office changed, list the voice once for each, with `since`; else they may be two"
)
ORGANISATION_REMEDY = "list both, so that neither is taken for the other"


def find_namesakes(passages: Iterable[Passage]) -> Iterator[tuple[Passage, str, str]]:
    """Yield a passage, a fact and a remedy for each two voices that could be confused.

    Two people of one surname; one name in two roles or bodies; a body that goes
    by a word of a person's name. The passage is the later one's first.
    """
    first_passages: dict[Voice, Passage] = {}
    for passage in passages:
        if passage.voice:
            first_passages.setdefault(passage.voice, passage)
    for voice, other_voice in combinations(first_passages, 2):
        for fact, remedy in _compare_voices(voice, other_voice):
            yield first_passages[other_voice], fact, remedy


def _compare_voices(voice: Voice, other_voice: Voice) -> Iterator[tuple[str, str]]:
    if voice.name == other_voice.name:
        for attribute in ("role", "organisation"):
            value, other_value = getattr(voice, attribute), getattr(other_voice, attribute)
            if value and other_value and value != other_value:
                yield (
                    f"{voice.name!r} has the {attribute} {value!r} and {other_value!r}",
                    ROLE_REMEDY,
                )
        return
    name_parts, other_name_parts = voice.name.split(), other_voice.name.split()
    if len(name_parts) > 1 and len(other_name_parts) > 1 and name_parts[-1] == other_name_parts[-1]:
        yield f"{voice.name!r} and {other_voice.name!r} share a surname", SURNAME_REMEDY
    for organisation, person_name_parts in ((voice, other_name_parts), (other_voice, name_parts)):
        if (
            _is_organisation(organisation)
            and len(person_name_parts) > 1
            and organisation.name in person_name_parts
        ):
            yield (
                (
                    f"{organisation.name!r} is a body and part of the name "
                    f"{' '.join(person_name_parts)!r}"
                ),
                ORGANISATION_REMEDY,
            )


def _is_organisation(voice: Voice) -> bool:
    return voice.organisation == voice.name
