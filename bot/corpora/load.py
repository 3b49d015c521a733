"""A folder made into a corpus that can be served, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.corpora.draft import draft
from bot.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from bot.corpora.draft import Part, PassedOver
    from bot.errors import BotError
    from bot.model import Corpus


class BrokenError(CorpusError):
    """A corpus that cannot be served, of which every fault lies in a document by itself.

    `broken` tells what is wrong with each, by its id: without them the rest can be served.
    """

    def __init__(self, broken: Mapping[str, BotError]) -> None:
        first = next(iter(broken.values()))
        super().__init__(first.place, first.fact, first.remedy)
        self.broken = broken


@dataclass(frozen=True, slots=True)
class Reading:
    """A corpus, and the parts that a later reading may take over from it."""

    corpus: Corpus
    parts: Mapping[str, Part | PassedOver] = field(default_factory=lambda: MappingProxyType({}))


def load(folder: Path) -> Corpus:
    """Return the corpus in `folder`; its name is the folder's.

    Documents are ordered by id, a document's id being its file's name without
    the suffix, so that links to it survive a move of the corpus. The
    fingerprint changes with the manifest, a document, its header or its
    corrections, and with nothing else.

    Raises:
        CorpusError: the first of whatever `check` would call an error.
    """
    return read(folder).corpus


def read(folder: Path, before: Reading | None = None, without: Collection[str] = ()) -> Reading:
    """Return the corpus in `folder`, and what a later reading may take over.

    What is the same in `before` is taken over from it, not read again. The
    documents `without` are left out; nobody need speak then.

    Raises:
        BrokenError: leaving out the documents that it names would mend all.
        CorpusError: the first of whatever else `check` would call an error.
    """
    found = draft(folder, before.parts if before else {}, without)
    if found.broken and len(found.broken) == len(found.errors):
        raise BrokenError(found.broken)
    if found.errors or found.corpus is None:
        raise found.errors[0]
    return Reading(found.corpus, found.parts)
