"""The tree of errors that a user can fix; any other exception is a defect.

BotError                 one line: place, fact, remedy
├── CorpusError          a manifest, document or correction cannot be served
│   └── SkippedError     a file among the documents that is not one to serve
├── LanguageError        a table of words contradicts itself, or cannot be read
├── SettingsError        config/bot.toml or a BOT_ variable
├── SearchError          an index on a server cannot be searched or built now
├── NotFoundError        no document, quote or corpus has this name or id
├── StorageError         persistent state cannot be read or written
└── IntegrityError       a document's text no longer matches its SHA-256
"""

from __future__ import annotations

import sys
from pathlib import Path


class BotError(Exception):
    """An error that the user can fix: `<place>: <fact>; <remedy>`.

    >>> str(CorpusError("corpus/tram", "the folder is empty", "add a document"))
    'corpus/tram: the folder is empty; add a document'
    """

    def __init__(self, place: str, fact: str, remedy: str) -> None:
        super().__init__(f"{place}: {fact}; {remedy}")
        self.place = place
        self.fact = fact
        self.remedy = remedy


class CorpusError(BotError):
    """A manifest, document or correction cannot be served."""


class SkippedError(CorpusError):
    """A file among the documents is to be skipped: a superseded version, or a list that transcripts refer to."""


class LanguageError(BotError):
    """A table of words contradicts itself, or cannot be read."""


class SettingsError(BotError):
    """A setting is missing, unknown or out of range."""


class NotFoundError(BotError):
    """No document, quote or corpus has this name or id."""


class SearchError(BotError):
    """An index on a server cannot be searched or built now; that is never taken for finding nothing."""


class StorageError(BotError):
    """Persistent state is damaged, or cannot be read or written."""


class IntegrityError(BotError):
    """A document's text changed in memory after it was loaded."""


def find_program_name() -> str:
    """Return the command that this program was started by, for usage lines and remedies."""
    name = Path(sys.argv[0]).name
    return name if name == "on-the-record" else "python -m bot"
