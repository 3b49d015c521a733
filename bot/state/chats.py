"""Which corpus each chat chose: its id and the corpus's name, nothing else."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bot.state import files

if TYPE_CHECKING:
    from pathlib import Path


class Chats:
    """The choices, in a file where there is a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder and folder / "chats.json"
        self._chosen: dict[str, str] = {}
        self._chosen = self._kept()
        self._writing = threading.Lock()

    def chosen(self, chat_id: int) -> str | None:
        """Return the name of the corpus that the chat chose, if it did."""
        return self._chosen.get(str(chat_id))

    def choose(self, chat_id: int, name: str | None) -> None:
        """Remember the chat's choice, or with None forget it.

        Raises:
            StateError: the disk refused; the choice before holds.
        """
        with self._writing:
            chosen = {known: n for known, n in self._kept().items() if known != str(chat_id)}
            if name is not None:
                chosen[str(chat_id)] = name
            if self._path:
                files.seal(self._path, chosen)
            self._chosen = chosen

    def _kept(self) -> dict[str, str]:
        """Return the choices as they are kept now: another process may have added some."""
        kept = files.unsealed(self._path) if self._path else None
        return dict(kept) if isinstance(kept, dict) else self._chosen
