"""Which corpus each chat chose: its id and the corpus's name, nothing else."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bot.storage import sealed_files

if TYPE_CHECKING:
    from pathlib import Path


class ChatChoices:
    """The choices, in a file where there is a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder and folder / "chats.json"
        self._choices: dict[str, str] = {}
        self._choices = self._read_choices()
        self._write_lock = threading.Lock()

    def get_choice(self, chat_id: int) -> str | None:
        """Return the name of the corpus that the chat chose, if it did."""
        return self._choices.get(str(chat_id))

    def choose(self, chat_id: int, name: str | None) -> None:
        """Remember the chat's choice, or with None forget it.

        Raises:
            StateError: the disk refused; the choice before holds.
        """
        with self._write_lock:
            choices = {
                other_id: corpus
                for other_id, corpus in self._read_choices().items()
                if other_id != str(chat_id)
            }
            if name is not None:
                choices[str(chat_id)] = name
            if self._path:
                sealed_files.write_sealed(self._path, choices)
            self._choices = choices

    def _read_choices(self) -> dict[str, str]:
        """Return the choices as they are kept now: another process may have added some."""
        stored = sealed_files.read_sealed(self._path) if self._path else None
        return dict(stored) if isinstance(stored, dict) else self._choices
