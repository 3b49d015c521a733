"""From a name as printed to the voice a curator listed: one voice, however it is called.

What a document prints of role and organisation wins, since offices change; the
manifest fills what it leaves out. Two entries that share an alias are told
apart by nobody, so such an alias leads nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.model import Side, Voice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Listed

_ARTICLES = ("the ", "a ", "an ")


@dataclass(frozen=True, slots=True)
class Roster:
    """The curator's voices as they hold for one document's date."""

    entries: dict[str, Listed]

    def find(self, name: str) -> Listed | None:
        """Return the entry that goes by `name`, its articles and case aside."""
        return self.entries.get(key(name))

    def voice(self, voice: Voice) -> tuple[Voice, Side]:
        """Return `voice` under its listed name, completed from its entry, and its side."""
        entry = self.find(voice.name)
        if entry is None:
            return voice, Side.NEITHER
        role = voice.role or entry.role
        organisation = voice.organisation or entry.organisation
        return replace(
            voice, name=entry.name, role=role, organisation=organisation
        ), entry.side or Side.NEITHER


def roster(listed: Iterable[Listed], date: str | None) -> Roster:
    """Return `listed` as of `date`: of one name's entries, the latest `since` not after it."""
    current: dict[str, Listed] = {}
    for entry in sorted(listed, key=lambda each: each.since or ""):
        if entry.since and date and entry.since[: len(date)] > date:
            continue
        current[key(entry.name)] = entry
    entries: dict[str, Listed] = {}
    shared: set[str] = set()
    for entry in current.values():
        for alias in {key(alias) for alias in entry.aliases} - current.keys():
            if alias in entries:
                shared.add(alias)
            entries[alias] = entry
    return Roster({name: e for name, e in entries.items() if name not in shared} | current)


def key(name: str) -> str:
    """Return `name` as it is compared: no case, no leading article, one kind of apostrophe.

    >>> key("The  Met’s")
    "met's"
    """
    plain = " ".join(name.casefold().replace("’", "'").split())
    for article in _ARTICLES:
        plain = plain.removeprefix(article)
    return plain
