"""Documents that admins send: parsed in a sandbox, reviewed, and added to the corpus or discarded.

One waits at a time; a newer one takes its place. Nothing is written before an
admin says so, whichever process gets the press of the button.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from pathlib import Path
from typing import NamedTuple, Self

from bot.corpus.reader import find_language
from bot.errors import BotError
from bot.ingest import sandbox
from bot.ingest.addition import Addition, ParsedFile, build_addition, write_addition
from bot.replies import admin
from bot.replies.catalogue import describe_error, say
from bot.replies.reply import Reply
from bot.storage import SharedState, StateInMemory

log = logging.getLogger(__name__)


# An admin who has not decided within a day can send the document again.
WAITING_SECONDS = 86_400.0
# The kind of the shared state's entry for a document that waits.
_UPLOAD = "upload"


class _PendingUpload(NamedTuple):
    """A document as it was sent, for any process to read again."""

    token: str
    name: str
    content: bytes

    def to_bytes(self) -> bytes:
        """Return a line of JSON, and after it the document."""
        return json.dumps([self.token, self.name]).encode("ascii") + b"\n" + self.content

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode what `to_bytes` encoded."""
        header, _, content = data.partition(b"\n")
        token, name = json.loads(header)
        return cls(token, name, content)


class Uploads:
    """Documents sent for the corpus in `folder`; parsing one may take up to `seconds`."""

    def __init__(
        self, folder: Path, seconds: float = sandbox.TIMEOUT_SECONDS, state: SharedState | None = None
    ) -> None:
        self._folder = folder
        self._seconds = seconds
        self._state = state or StateInMemory()
        # The last that was read here; one that was read elsewhere is read again.
        self._addition: tuple[str, Addition] | None = None
        self._lock = asyncio.Lock()

    async def receive(self, name: str, content: bytes) -> Reply:
        """Parse the file called `name`, let it wait in place of any other, and ask whether to add it."""
        async with self._lock:
            await self._state.drop(_UPLOAD, self._folder.name)
            try:
                result, addition = await self._parse(name, content)
            except BotError as error:
                log.info("upload refused")
                return Reply.with_heading(say("upload_refused"), describe_error(error))
            token = hashlib.sha256(content).hexdigest()[:8]
            self._addition = token, addition
            pending = _PendingUpload(token, name, content)
            await self._state.keep(_UPLOAD, self._folder.name, pending.to_bytes(), WAITING_SECONDS)
            return admin.render_upload(addition.report, result.voice_counts, result.issues, token)

    async def add(self, token: str) -> Reply:
        """Write what waits under `token` into the corpus's folder; the next reload serves it."""
        pending = await self._take(token)
        if pending is None:
            return Reply.with_heading(say("no_pending_upload"))
        try:
            addition = await self._find_addition(pending)
            await asyncio.to_thread(write_addition, addition)
        except BotError as error:
            log.warning("upload not added: %s", error)
            await self._put_back(pending)
            return Reply.with_heading(say("upload_refused"), describe_error(error))
        return admin.render_added(addition.document.id)

    async def discard(self, token: str) -> Reply:
        """Forget what waits under `token`."""
        if await self._take(token) is None:
            return Reply.with_heading(say("no_pending_upload"))
        return Reply.with_heading(say("upload_discarded"))

    async def _take(self, token: str) -> _PendingUpload | None:
        """Return what waits under `token`, to the first who asks alone, so that it is decided on once."""
        content = await self._state.find_kept(_UPLOAD, self._folder.name)
        pending = _PendingUpload.from_bytes(content) if content else None
        if pending is None or pending.token != token.strip():
            return None
        return pending if await self._state.drop(_UPLOAD, self._folder.name) else None

    async def _put_back(self, pending: _PendingUpload) -> None:
        """Let a document wait again that could not be added now, unless another was received meanwhile."""
        async with self._lock:
            if await self._state.find_kept(_UPLOAD, self._folder.name) is None:
                await self._state.keep(_UPLOAD, self._folder.name, pending.to_bytes(), WAITING_SECONDS)

    async def _find_addition(self, pending: _PendingUpload) -> Addition:
        """Return what a waiting document would add, read when it came, or now if another process received it."""
        if self._addition and self._addition[0] == pending.token:
            return self._addition[1]
        return (await self._parse(pending.name, pending.content))[1]

    async def _parse(self, name: str, content: bytes) -> tuple[sandbox.SandboxResult, Addition]:
        """Parse a document in the sandbox, and prepare what would be added."""
        language = await asyncio.to_thread(find_language, self._folder)
        result = await asyncio.to_thread(sandbox.parse_untrusted, name, content, self._seconds, language.name)
        return result, await asyncio.to_thread(self._prepare_addition, name, content, result)

    def _prepare_addition(self, name: str, content: bytes, result: sandbox.SandboxResult) -> Addition:
        """Build what would be added, and write nothing; a file without a title has its id from its name."""
        stem, _, suffix = name.rpartition("/")[2].rpartition(".")
        parsed_file = ParsedFile(f".{suffix.lower()}", content, result.report)
        return build_addition(self._folder, parsed_file, document_id=None if result.document.title else stem)
