"""The curator's last word on who said what: `NAME.voices.toml` beside a document.

A correction is keyed by the first and last words of a passage rather than by
offsets, so it survives a re-ingestion of the source:

    [[corrections]]
    first = "We all want to live"
    last = "to stop criminals."
    voice = "Nick Ephgrave"
    role = "Assistant Commissioner"

It sets `voice`, `role`, `organisation` or `kind`, or drops the passage. One
that finds no passage, or two, would silently correct the wrong words one day,
so both are errors.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from bot.errors import CorpusError
from bot.formats import source
from bot.formats.tables import Line, line_of, parsed
from bot.model import By, Kind, Voice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.model import Passage
    from bot.voices.roster import Roster

_KEYED_BY = 5


@dataclass(frozen=True, slots=True)
class Correction:
    """What one entry sets; None leaves things as they were found. `place` is file and line."""

    first: str
    last: str
    voice: str | None = None
    role: str | None = None
    organisation: str | None = None
    kind: Kind | None = None
    drop: bool = False
    place: str = field(default="", repr=False)


class _Entry(BaseModel):
    """One `[[corrections]]` table as written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: Line
    last: Line
    voice: Line | None = None
    role: Line | None = None
    organisation: Line | None = None
    kind: Kind | None = None
    drop: bool = False


class _File(BaseModel):
    """A whole `NAME.voices.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    corrections: tuple[_Entry, ...] = ()


def load(path: Path) -> tuple[Correction, ...]:
    """Return the corrections in the file at `path`, in its order.

    Raises:
        CorpusError: the file cannot be read, is not TOML, or has a key that is
            unknown or missing.
    """
    toml = source.text(path)
    found = parsed(_File, toml, str(path))
    if isinstance(found, list):
        raise found[0]
    return tuple(
        Correction(**dict(entry), place=f"{path}:{line_of(toml, ('corrections', number))}")
        for number, entry in enumerate(found.corrections)
    )


def corrected(
    found: Sequence[Passage], corrections: Sequence[Correction], known: Roster
) -> list[Passage]:
    """Return `found` with every correction made; a dropped passage is gone.

    Raises:
        CorpusError: a correction finds no passage, or more than one.
    """
    out = list(found)
    for correction in corrections:
        at = _only(out, correction)
        if correction.drop:
            del out[at]
        else:
            out[at] = _set(out[at], correction, known)
    return out


def pasteable(passage: Passage) -> str:
    """Return a correction of `passage`, ready to paste and to fill in.

    Where nobody is named the name is left for the curator to write.
    """
    words = _said(passage).split()
    voice = passage.voice or Voice("NAME")
    lines = {
        "first": " ".join(words[:_KEYED_BY]),
        "last": " ".join(words[-_KEYED_BY:]),
        "voice": voice.name,
        "role": voice.role,
        "organisation": voice.organisation,
    }
    written = (f"{key} = {_quoted(value)}" for key, value in lines.items() if value)
    return "\n".join(("[[corrections]]", *written))


def _only(found: Sequence[Passage], correction: Correction) -> int:
    first, last = _folded(correction.first), _folded(correction.last)
    matching = [
        at
        for at, passage in enumerate(found)
        if (said := _said(passage)).startswith(first) and said.endswith(last)
    ]
    if len(matching) == 1:
        return matching[0]
    fact = f"{len(matching) or 'no'} passages begin with {first!r} and end with {last!r}"
    remedy = "give more of its words" if matching else "copy them from the list of voices"
    raise CorpusError(correction.place, fact, remedy)


def _set(passage: Passage, correction: Correction, known: Roster) -> Passage:
    voice, side = passage.voice, passage.side
    if correction.voice or correction.role or correction.organisation:
        voice, side = known.voice(_voice(passage, correction))
    return replace(
        passage,
        voice=voice,
        side=side,
        kind=correction.kind or passage.kind,
        confidence=1.0,
        by=By.CURATOR,
        reason=None,
    )


def _voice(passage: Passage, correction: Correction) -> Voice:
    """Return the voice set; another name does not inherit the role of the one replaced."""
    before = passage.voice
    if correction.voice and (before is None or correction.voice != before.name):
        before = Voice(correction.voice)
    if before is None:
        remedy = "add the voice whose it is"
        raise CorpusError(correction.place, "a role or organisation for nobody", remedy)
    return replace(
        before,
        role=correction.role or before.role,
        organisation=correction.organisation or before.organisation,
    )


def _said(passage: Passage) -> str:
    span = passage.span
    return _folded(passage.document.text[span.start : span.end])


def _folded(text: str) -> str:
    return " ".join(text.split())


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
