"""Documents that admins send: read apart, looked at, and added to the corpus or not.

One waits at a time; a newer one takes its place. Nothing is written before an
admin says so.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING, NamedTuple

from bot.corpora import sandbox
from bot.corpora.adding import Read, made, write
from bot.errors import BotError
from bot.replies import admin, uploads, words

if TYPE_CHECKING:
    from pathlib import Path

    from bot.corpora.adding import Addition
    from bot.replies.reply import Reply

log = logging.getLogger(__name__)


class _Waiting(NamedTuple):
    token: str
    addition: Addition


class Inbox:
    """What was sent to be added to the corpus in `folder`; each is read for so many `seconds`."""

    def __init__(self, folder: Path, seconds: float = sandbox.SECONDS) -> None:
        self._folder = folder
        self._seconds = seconds
        self._waiting: _Waiting | None = None
        self._reading = asyncio.Lock()

    async def receive(self, name: str, content: bytes) -> Reply:
        """Return what the file called `name` holds, and ask whether to add it."""
        async with self._reading:
            self._waiting = None
            try:
                read = await asyncio.to_thread(sandbox.parsed, name, content, self._seconds)
                addition = await asyncio.to_thread(self._addition, name, content, read)
            except BotError as error:
                log.info("upload refused")
                return uploads.refused(str(error))
            token = hashlib.sha256(content).hexdigest()[:8]
            self._waiting = _Waiting(token, addition)
            return uploads.received(
                addition.document, addition.report, read.voices, read.doubts, token
            )

    async def add(self, token: str) -> Reply:
        """Add what waits under `token` to the corpus; a reload serves it."""
        waiting, self._waiting = self._waiting, None
        if waiting is None or waiting.token != token.strip():
            self._waiting = waiting
            return admin.told(words.NOTHING_WAITS)
        try:
            await asyncio.to_thread(write, waiting.addition)
        except BotError as error:
            log.warning("upload not added: %s", error)
            return uploads.refused(str(error))
        return uploads.added(waiting.addition.document.id)

    async def discard(self, token: str) -> Reply:
        """Forget what waits under `token`."""
        if self._waiting is None or self._waiting.token != token.strip():
            return admin.told(words.NOTHING_WAITS)
        self._waiting = None
        return admin.told(words.DISCARDED)

    def _addition(self, name: str, content: bytes, read: sandbox.Parsed) -> Addition:
        suffix = f".{name.rpartition('.')[2].lower()}"
        stem = name.rpartition("/")[2].rpartition(".")[0]
        found = Read(suffix, content, read.document, read.report)
        wished = None if read.document.title else stem
        return made(self._folder, found, document_id=wished)
