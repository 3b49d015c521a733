"""What outlives a run: quotes that were shown, those withheld, old texts, each group's corpus.

All of it stands in one small folder, if one is set; else it lasts as long as
the process. No question, name or asker is ever among it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.state.chats import Chats
from bot.state.holds import Holds
from bot.state.shown import Register
from bot.state.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class State:
    """The parts, each guarding its own file; `kept` tells whether there are files."""

    register: Register
    holds: Holds
    chats: Chats
    kept: bool = False


def opened(folder: Path | None = None) -> State:
    """Return the state kept in `folder`, or one that is kept nowhere.

    Raises:
        StateError: a file there is damaged, or cannot be read.
    """
    texts = Texts(folder)
    return State(Register(folder, texts), Holds(folder), Chats(folder), folder is not None)
