"""Every quote that was ever shown, as a place, and what became of those that stand no more.

Showing adds one short line to `shown.log`, each with a checksum, so a line that
a killed process left half written costs that line alone. What was retired, when
and why is a sealed file, written before the corpus that retires it is served.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import zlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bot.errors import StorageError
from bot.model import Span
from bot.storage import sealed_files
from bot.storage.atomic import write_synced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bot.model import Quote
    from bot.storage.texts import TextStore

log = logging.getLogger(__name__)

_APPEND_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """Where a quote stood when it was first shown, and in which corpus."""

    id: str
    corpus: str
    document: str
    title: str | None
    sha256: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The place in the text with this SHA-256."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What became of a quote: when, why, and where its words stand now, if they do.

    `why` is `removed` (the document is gone), `changed` (its text was) or
    `reread` (it is read in another way); `now` is the id of the same words there.
    """

    id: str
    when: str
    why: str
    now: str | None = None


class QuoteRegister:
    """What was shown and what was retired, in files where there is a folder."""

    def __init__(self, folder: Path | None, texts: TextStore) -> None:
        self._log_path = folder and folder / "shown.log"
        self._tombstones_path = folder and folder / "retired.json"
        self._texts = texts
        self._write_lock = threading.Lock()
        self._shown = {shown.id: shown for shown in _read_log(self._log_path)}
        stored = sealed_files.read_sealed(self._tombstones_path) if self._tombstones_path else None
        tombstones = [Tombstone(**entry) for entry in stored] if isinstance(stored, list) else []
        self._tombstones = {tombstone.id: tombstone for tombstone in tombstones}

    def get(self, quote_id: str) -> ShownQuote | None:
        """Return where the quote stood when it was first shown, if it was."""
        return self._shown.get(quote_id)

    def get_tombstone(self, quote_id: str) -> Tombstone | None:
        """Return what became of the quote, if it was retired."""
        return self._tombstones.get(quote_id)

    def list_shown(self, corpus: str) -> tuple[ShownQuote, ...]:
        """Return all that was ever shown of the corpus of this name, oldest first."""
        return tuple(shown for shown in self._shown.values() if shown.corpus == corpus)

    def get_words(self, quote_id: str) -> str | None:
        """Return the words of a quote as they were shown, where their text is kept whole.

        Raises:
            StateError: the kept text cannot be read.
        """
        shown = self._shown.get(quote_id)
        text = self._texts.get_text(shown.sha256) if shown else None
        return text[shown.start : shown.end] if shown and text is not None else None

    def record_shown(self, quotes: Iterable[Quote], corpus: str) -> None:
        """Note that `quotes` are shown; of each the first time counts.

        A disk that refuses costs a warning: an answer is worth more than its entry.
        """
        with self._write_lock:
            new = {quote.id: quote for quote in quotes if quote.id not in self._shown}
            for shown_id, quote in new.items():
                document = quote.passage.document
                shown = ShownQuote(
                    shown_id, corpus, document.id, document.title, document.sha256, *quote.span
                )
                self._shown[shown_id] = shown
                try:
                    self._texts.save(document)
                    if self._log_path:
                        write_synced(self._log_path, _APPEND_FLAGS, _encode_entry(shown))
                except (OSError, StorageError) as error:
                    log.warning("not noted as shown id=%s reason=%s", shown_id, error)

    def retire(self, tombstones: Iterable[Tombstone]) -> None:
        """Keep what became of quotes.

        Raises:
            StateError: the disk refused; nothing changed.
        """
        with self._write_lock:
            merged = {**self._tombstones, **{tombstone.id: tombstone for tombstone in tombstones}}
            if self._tombstones_path and merged != self._tombstones:
                sealed_files.write_sealed(
                    self._tombstones_path, [asdict(tombstone) for tombstone in merged.values()]
                )
            self._tombstones = merged


def _encode_entry(shown: ShownQuote) -> bytes:
    """Return the entry, on a line of its own even after one that was cut short."""
    body = json.dumps(asdict(shown), ensure_ascii=False).encode()
    return b"\n%08x %s\n" % (zlib.crc32(body), body)


def _read_log(path: Path | None) -> Iterator[ShownQuote]:
    """Yield the entries that are whole."""
    for line in ((path and sealed_files.read_raw(path)) or b"").splitlines():
        checksum, _, body = line.partition(b" ")
        if checksum == b"%08x" % zlib.crc32(body):
            yield ShownQuote(**json.loads(body))
        elif line:
            log.warning("an entry of what was shown is damaged, and passed over")
