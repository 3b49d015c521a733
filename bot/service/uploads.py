"""Documents that admins send: read apart, looked at, and added to the corpus or not.

One waits at a time; a newer one takes its place. Nothing is written before an
admin says so.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING, NamedTuple

from bot.corpus.reader import find_language
from bot.errors import BotError
from bot.ingest import sandbox
from bot.ingest.addition import ParsedFile, build_addition, write_addition
from bot.replies import admin
from bot.replies.catalogue import say
from bot.replies.reply import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from bot.ingest.addition import Addition

log = logging.getLogger(__name__)


class _PendingUpload(NamedTuple):
    token: str
    addition: Addition


class Uploads:
    """Documents sent for the corpus in `folder`; parsing one may take up to `seconds`."""

    def __init__(self, folder: Path, seconds: float = sandbox.TIMEOUT_SECONDS) -> None:
        self._folder = folder
        self._seconds = seconds
        self._pending: _PendingUpload | None = None
        self._lock = asyncio.Lock()

    async def receive(self, name: str, content: bytes) -> Reply:
        """Return what the file called `name` holds, and ask whether to add it."""
        async with self._lock:
            self._pending = None
            try:
                language = await asyncio.to_thread(find_language, self._folder)
                result = await asyncio.to_thread(sandbox.parse_untrusted, name, content, self._seconds, language.name)
                addition = await asyncio.to_thread(self._prepare_addition, name, content, result)
            except BotError as error:
                log.info("upload refused")
                return Reply.with_heading(say("upload_refused"), str(error))
            token = hashlib.sha256(content).hexdigest()[:8]
            self._pending = _PendingUpload(token, addition)
            return admin.render_upload(addition.document, addition.report, result.voice_counts, result.issues, token)

    async def add(self, token: str) -> Reply:
        """Add what waits under `token` to the corpus; a reload serves it."""
        pending, self._pending = self._pending, None
        if pending is None or pending.token != token.strip():
            self._pending = pending
            return Reply.with_heading(say("no_pending_upload"))
        try:
            await asyncio.to_thread(write_addition, pending.addition)
        except BotError as error:
            log.warning("upload not added: %s", error)
            return Reply.with_heading(say("upload_refused"), str(error))
        return admin.render_added(pending.addition.document.id)

    async def discard(self, token: str) -> Reply:
        """Forget what waits under `token`."""
        if self._pending is None or self._pending.token != token.strip():
            return Reply.with_heading(say("no_pending_upload"))
        self._pending = None
        return Reply.with_heading(say("upload_discarded"))

    def _prepare_addition(self, name: str, content: bytes, result: sandbox.SandboxResult) -> Addition:
        suffix = f".{name.rpartition('.')[2].lower()}"
        stem = name.rpartition("/")[2].rpartition(".")[0]
        parsed_file = ParsedFile(suffix, content, result.document, result.report)
        document_id = None if result.document.title else stem
        return build_addition(self._folder, parsed_file, document_id=document_id)
