"""Storage in one small folder, or in memory alone where no folder is set.

`shown.log` grows by a short line for each quote first shown, and `history.log` by one for whatever happens to a quote.
Each line has its checksum, so one cut short by a kill costs that line alone. `retired.json`, `holds.json`,
`names.json`, `flags.json`, `chats.json`, `wishes.json`, `arrivals.json` and `words.json` are sealed: such a file is
written beside, synced and put in place at once, and opens with a line that names its version and the SHA-256 of the
rest. One that does not match is refused rather than half believed: a withheld quote must not come back because a disk
lost a byte. `texts/` holds canonical texts by their SHA-256, so a quote can be shown long after its document changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, NamedTuple

from bot.errors import CorpusError, StorageError
from bot.storage import filesystem
from bot.storage.base import NoOptions, Storage
from bot.storage.entries import NO_TEXTS, EntryChange, EntryStorage, apply_change, decode_entry, decode_text
from bot.storage.records import Flag, FlagOutcome, FlagReason, Hold, NameHold, Tombstone, Wish, WordSums
from bot.storage.shared_state import StateInMemory

log = logging.getLogger(__name__)

SEAL_PREFIX = "on-the-record state 1"

# The largest file of state that is read.
_MAX_BYTES = 64 * 1024 * 1024
_APPEND_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW

# The setting that names the folder.
ADDRESS = "state_folder"
Options = NoOptions
# The log of each kind of value that is only ever added to.
_LOGS: Final = {"shown": "shown.log", "event": "history.log"}


def write_raw(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all.

    Raises:
        StorageError: the disk refused; `path` is unchanged.
    """
    try:
        filesystem.write_atomically(path, content)
    except OSError as error:
        raise filesystem.build_storage_error(path, error) from error


def write_sealed(path: Path, content: object) -> None:
    """Write `content` as JSON to `path`, under a line with its version and checksum.

    Raises:
        StorageError: the disk refused.
    """
    body = json.dumps(content, ensure_ascii=False, indent=1).encode()
    write_raw(path, f"{SEAL_PREFIX} {hashlib.sha256(body).hexdigest()}\n".encode() + body)


def read_sealed(path: Path) -> object:
    """Return the content that was sealed at `path`; None if there is no such file.

    Raises:
        StorageError: the file is damaged, of another version, or cannot be read.
    """
    data = read_raw(path)
    if data is None:
        return None
    seal_line, _, body = data.partition(b"\n")
    if seal_line != f"{SEAL_PREFIX} {hashlib.sha256(body).hexdigest()}".encode():
        fact = "damaged, or written by another version"
        raise StorageError(str(path), fact, "put back a copy, or move it away to begin anew")
    return json.loads(body)


def read_raw(path: Path) -> bytes | None:
    """Return the bytes of the file at `path`; None if there is none.

    Raises:
        StorageError: it cannot be read.
    """
    try:
        filesystem.disk.lstat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise filesystem.build_storage_error(path, error) from error
    try:
        return filesystem.read_bytes(path, _MAX_BYTES)
    except CorpusError as error:
        raise StorageError(error.place, error.fact, error.remedy) from error


def append_entries(path: Path, entries: Iterable[dict[str, Any]]) -> None:
    """Append `entries` to the log at `path`, each on a line of its own even after one that was cut short, and sync it.

    Raises:
        StorageError: the disk refused.
    """
    bodies = [json.dumps(entry, ensure_ascii=False).encode() for entry in entries]
    content = b"".join(b"\n%08x %s\n" % (zlib.crc32(body), body) for body in bodies)
    try:
        filesystem.write_synced(path, _APPEND_FLAGS, content)
    except OSError as error:
        raise filesystem.build_storage_error(path, error) from error


def read_entries(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the entries of the log at `path` that are whole; the others are warned of."""
    for line in (read_raw(path) or b"").splitlines():
        checksum, _, body = line.partition(b" ")
        if checksum == b"%08x" % zlib.crc32(body):
            yield json.loads(body)
        elif line:
            log.warning("an entry of %s is damaged, and passed over", path.name)


def _list_fields(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the fields of each value."""
    return [asdict(value) for value in values.values()]


class _SealedFile(NamedTuple):
    """A file of all values of a kind: `load` turns its content into values by key, and `dump` does the reverse."""

    name: str
    load: Callable[[Any], dict[str, Any]]
    dump: Callable[[Mapping[str, Any]], object] = _list_fields


def _load_wishes(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Wish, ...]]:
    """Group the wishes by the numbers of their chats."""
    wishes = decode_entry("wishes", {"wishes": rows})
    return {str(chat): tuple(wish for wish in wishes if wish.chat == chat) for chat in {wish.chat for wish in wishes}}


def _dump_arrivals(arrivals: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Group the arrivals by their corpora."""
    names_by_corpus: dict[str, dict[str, str]] = {}
    for key, when in arrivals.items():
        corpus, _, name = key.partition("/")
        names_by_corpus.setdefault(corpus, {})[name] = when
    return names_by_corpus


_FILES: Final = {
    "tombstone": _SealedFile("retired.json", lambda rows: {row["id"]: Tombstone(**row) for row in rows}),
    "hold": _SealedFile("holds.json", lambda rows: {row["id"]: Hold(**row) for row in rows}),
    "name_hold": _SealedFile("names.json", lambda rows: {hold.key: hold for hold in (NameHold(**row) for row in rows)}),
    "choice": _SealedFile("chats.json", dict, dict),
    "wishes": _SealedFile(
        "wishes.json", _load_wishes, lambda wishes: [asdict(wish) for each in wishes.values() for wish in each]
    ),
    "arrival": _SealedFile(
        "arrivals.json",
        lambda corpora: {f"{corpus}/{name}": when for corpus, each in corpora.items() for name, when in each.items()},
        _dump_arrivals,
    ),
    "word_sums": _SealedFile(
        "words.json", lambda sums: {"": WordSums(**sums)}, lambda sums_by_key: asdict(sums_by_key[""])
    ),
}


class FolderStorage(EntryStorage, StateInMemory):
    """See `Storage`; without a `folder` everything lasts as long as the process."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self._folder = folder
        # One lock for all files: writes are rare, and each first reads what another process wrote.
        self._write_lock = threading.Lock()
        self._flag_counts: Counter[tuple[FlagReason, FlagOutcome]] = Counter()

    def load(self) -> None:
        """Read what is in the folder.

        Raises:
            StorageError: a file there is damaged, or cannot be read.
        """
        if self._folder is None:
            return
        for kind, name in _LOGS.items():
            for value in (decode_entry(kind, entry) for entry in read_entries(self._folder / name)):
                self.take_up(EntryChange(kind, value.id if kind == "shown" else value.key, value))
        for kind in _FILES:
            self.get_values(kind).update(self._read_values(kind))
        self.entries["flag"], self._flag_counts = self._read_flags()

    @property
    def is_persistent(self) -> bool:
        """Whether there is a folder."""
        return self._folder is not None

    def count_flags(self) -> Mapping[tuple[FlagReason, FlagOutcome], int]:
        """Return how many flags were ever closed, by reason and outcome."""
        return dict(self._flag_counts)

    async def write(self, changes: Iterable[EntryChange], texts: Mapping[str, str] = NO_TEXTS) -> None:
        """Write in a thread, never two at once."""
        await asyncio.to_thread(self._write, tuple(changes), texts)

    async def read_text(self, sha256: str) -> str | None:
        """Read the text in a thread."""
        return await asyncio.to_thread(self._read_text, sha256)

    def _write(self, changes: Sequence[EntryChange], texts: Mapping[str, str]) -> None:
        """Write texts first, since the place of a quote is of no use without its text."""
        with self._write_lock:
            for sha256, text in texts.items():
                if self._folder and self._read_text(sha256) is None:
                    write_raw(self._folder / "texts" / f"{sha256}.txt", text.encode("utf-8", "surrogatepass"))
            for kind in dict.fromkeys(change.kind for change in changes):
                if kind in _LOGS:
                    self._append([change for change in changes if change.kind == kind])
                elif kind in _FILES:
                    self._rewrite(kind, changes)
            if any(change.kind == "flag" for change in changes):
                self._rewrite_flags(changes)

    def _append(self, changes: Sequence[EntryChange]) -> None:
        """Append values of one kind to their log; this process knows them even where the disk refuses."""
        for change in changes:
            self.take_up(change)
        if self._folder:
            append_entries(self._folder / _LOGS[changes[0].kind], [asdict(change.value) for change in changes])

    def _read_text(self, sha256: str) -> str | None:
        """Return the text with this SHA-256; None if there is none, or it is damaged."""
        return decode_text(read_raw(self._folder / "texts" / f"{sha256}.txt") if self._folder else None, sha256)

    def _rewrite(self, kind: str, changes: Sequence[EntryChange]) -> None:
        """Rewrite the file of a kind, unless `changes`, all of that kind, change nothing."""
        values = self._read_values(kind)
        changed = dict(values)
        for change in changes:
            apply_change(changed, change)
        if changed != values and self._folder:
            write_sealed(self._folder / _FILES[kind].name, _FILES[kind].dump(changed))
        self.get_all()[kind] = changed

    def _read_values(self, kind: str) -> dict[str, Any]:
        """Return the values of a kind in their file, where another process may have changed them, or else in memory."""
        content: Any = self._folder and read_sealed(self._folder / _FILES[kind].name)
        return self.get_values(kind) if content is None else _FILES[kind].load(content)

    def _rewrite_flags(self, changes: Sequence[EntryChange]) -> None:
        """Write the open flags, and how many were closed of each reason and outcome; nothing else is kept of those."""
        flags, counts = self._read_flags()
        counts.update(change.value for change in changes if change.kind == "closed_flag" and change.key in flags)
        for change in changes:
            if change.kind == "flag":
                apply_change(flags, change)
        if self._folder:
            rows = [[reason, outcome, count] for (reason, outcome), count in counts.items()]
            write_sealed(self._folder / "flags.json", {"open": _list_fields(flags), "counts": rows})
        self.entries["flag"], self._flag_counts = flags, counts

    def _read_flags(self) -> tuple[dict[str, Flag], Counter[tuple[FlagReason, FlagOutcome]]]:
        """Return the open flags and the counts in their file, or else copies of those in memory."""
        content: Any = self._folder and read_sealed(self._folder / "flags.json")
        if content is None:
            return dict(self.entries["flag"]), self._flag_counts.copy()
        flags = {row["id"]: decode_entry("flag", row) for row in content["open"]}
        return flags, Counter({(FlagReason(r), FlagOutcome(o)): count for r, o, count in content["counts"]})


def open_storage(folder: Path | None = None) -> FolderStorage:
    """Return storage in `folder`, or in memory alone.

    Raises:
        StorageError: a file there is damaged, or cannot be read.
    """
    storage = FolderStorage(folder)
    storage.load()
    return storage


async def open_store(address: str, _: NoOptions) -> Storage:
    """Open the folder at `address`; "" keeps everything in memory."""
    return open_storage(Path(address) if address else None)
