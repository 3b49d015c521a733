"""What outlives a run: quotes that were shown, those withheld, old texts, each group's corpus.

All of it stands in one small folder, if one is set; else it lasts as long as
the process. No question, name or asker is ever among it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.storage.chats import ChatChoices
from bot.storage.holds import Holds
from bot.storage.shown_quotes import QuoteRegister
from bot.storage.texts import TextStore

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Storage:
    """The parts, each guarding its own file; `is_persistent` tells whether there are files."""

    register: QuoteRegister
    holds: Holds
    chats: ChatChoices
    is_persistent: bool = False


def open_storage(folder: Path | None = None) -> Storage:
    """Return the state kept in `folder`, or one that is kept nowhere.

    Raises:
        StateError: a file there is damaged, or cannot be read.
    """
    texts = TextStore(folder)
    return Storage(
        QuoteRegister(folder, texts), Holds(folder), ChatChoices(folder), folder is not None
    )
