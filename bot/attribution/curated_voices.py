"""The curator's voices, as they hold for a document.

A name as printed leads to the voice that a manifest lists, whatever it is called by. What a
document prints of role and organisation wins, since offices change; the manifest fills what
it leaves out. An alias that two entries share leads to neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.model import Side, Voice, VoiceEntry
from bot.text import normalise_name


@dataclass(frozen=True, slots=True)
class CuratedVoices:
    """The curator's voices as they hold for one document's date, by name and alias as `normalise_name` writes them."""

    by_name: dict[str, VoiceEntry]

    def find(self, name: str) -> VoiceEntry | None:
        """Return the entry that goes by `name`, its articles and case aside; None without one."""
        return self.by_name.get(normalise_name(name))

    def complete_voice(self, voice: Voice) -> tuple[Voice, Side]:
        """Return `voice` under its listed name, completed from its entry, and its side."""
        entry = self.find(voice.name)
        if entry is None:
            return voice, Side.NEITHER
        role = voice.role or entry.role
        organisation = voice.organisation or entry.organisation
        return replace(voice, name=entry.name, role=role, organisation=organisation), entry.side or Side.NEITHER


def build_curated_voices(voices: Iterable[VoiceEntry], date: str | None) -> CuratedVoices:
    """Return `voices` as of `date`: of one name's entries, the latest `since` not after it.

    Without a date the latest of all counts; an alias that two entries share leads to neither.
    """
    current: dict[str, VoiceEntry] = {}
    for entry in sorted(voices, key=lambda voice: voice.since or ""):
        if entry.since and date and entry.since[: len(date)] > date:
            continue
        current[normalise_name(entry.name)] = entry
    by_name: dict[str, VoiceEntry] = {}
    ambiguous: set[str] = set()
    for entry in current.values():
        for alias in {normalise_name(alias) for alias in entry.aliases} - current.keys():
            if alias in by_name:
                ambiguous.add(alias)
            by_name[alias] = entry
    return CuratedVoices({name: e for name, e in by_name.items() if name not in ambiguous} | current)
