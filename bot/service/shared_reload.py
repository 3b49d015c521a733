"""What the reload of one process leaves for the others: what was prepared, and what was found broken.

A button may be pressed at any process. One that prepared nothing reads the documents itself, and
switches only if they are those that were prepared, so that the admin gets what was listed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.storage import ServedCorpus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.storage import SharedState

# An admin who has not decided within a day prepares another.
WAITING_SECONDS = 86_400.0
# The kinds of what is kept under the corpus's name.
_PREPARED, _BROKEN = "prepared", "broken"


class SharedReload:
    """The reload that waits for an admin, of the corpus of this name."""

    def __init__(self, corpus: str, state: SharedState) -> None:
        self._corpus = corpus
        self._state = state

    async def note_prepared(self, prepared: ServedCorpus) -> None:
        """Let any process switch to this."""
        content = json.dumps([prepared.fingerprint, *prepared.excluded_ids]).encode("ascii")
        await self._state.keep(_PREPARED, self._corpus, content, WAITING_SECONDS)

    async def find_prepared(self) -> ServedCorpus | None:
        """Return what was prepared last, and neither switched to nor cancelled."""
        if (content := await self._state.find_kept(_PREPARED, self._corpus)) is None:
            return None
        fingerprint, *excluded_ids = json.loads(content)
        return ServedCorpus(fingerprint, tuple(excluded_ids))

    async def note_broken(self, document_ids: Sequence[str]) -> None:
        """Let an admin leave these documents out; no others may be."""
        content = json.dumps(list(document_ids)).encode("ascii")
        await self._state.keep(_BROKEN, self._corpus, content, WAITING_SECONDS)

    async def find_broken(self) -> tuple[str, ...]:
        """Return the documents that the last reload found broken."""
        return tuple(json.loads(await self._state.find_kept(_BROKEN, self._corpus) or b"[]"))

    async def forget(self) -> bool:
        """Forget both, and return whether anything was prepared."""
        await self._state.drop(_BROKEN, self._corpus)
        return await self._state.drop(_PREPARED, self._corpus)
