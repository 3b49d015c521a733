"""What can go wrong, as one tree; anything else that is raised is a defect.

BotError                 a clear line: place, fact, remedy
├── CorpusError          a manifest, document or correction cannot be served
│   └── SkippedError     a file that lies with documents and is none to serve
├── LanguageError        a table of words contradicts itself, or cannot be read
├── SettingsError        config/bot.toml or a BOT_ variable
├── NotFoundError        a document, quote or corpus that was asked for by name
├── StateError           what is kept between runs cannot be read or written
└── IntegrityError       a document's text no longer matches its SHA-256
"""

from __future__ import annotations


class BotError(Exception):
    """A fault that its reader can mend: `<place>: <fact>; <remedy>`.

    >>> str(CorpusError("corpus/tram", "the folder is empty", "add a document"))
    'corpus/tram: the folder is empty; add a document'
    """

    def __init__(self, place: str, fact: str, remedy: str) -> None:
        super().__init__(f"{place}: {fact}; {remedy}")
        self.place = place
        self.fact = fact
        self.remedy = remedy


class CorpusError(BotError):
    """A manifest, document or correction that cannot be served."""


class SkippedError(CorpusError):
    """A file rightly passed over: a superseded version, or a list that transcripts refer to."""


class LanguageError(BotError):
    """A table of words that contradicts itself or cannot be read."""


class SettingsError(BotError):
    """A setting that is missing, unknown or out of range."""


class NotFoundError(BotError):
    """Nothing goes by the name or id that was asked for."""


class StorageError(BotError):
    """What is kept between runs is damaged, or cannot be read or written."""


class IntegrityError(BotError):
    """A document's text is not the text that was loaded."""
