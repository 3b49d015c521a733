"""Storage in one small folder, or in memory alone where no folder is set.

`shown.log` grows by one short line for each quote first shown, each with its
checksum, so a line cut short by a kill costs that line alone; `history.log` in the same way by
one for whatever happened to a quote. `retired.json`,
`holds.json`, `names.json`, `flags.json`,
`chats.json`, `wishes.json`, `arrivals.json` and `words.json` are sealed files; `texts/` holds canonical texts by
their SHA-256: what a quote was cut from, long after its document changed.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, NamedTuple

from bot.storage.base import NoOptions, Storage
from bot.storage.entries import NO_TEXTS, EntryChange, EntryStorage, apply_change, decode_entry
from bot.storage.records import Flag, FlagOutcome, FlagReason, Hold, NameHold, Tombstone, Wish, WordSums
from bot.storage.shared_state import StateInMemory
from bot.storage.state_files import StateFiles

# The setting that names the folder.
ADDRESS = "state_folder"
Options = NoOptions
# What is only ever added to, by its kind.
_LOGS: Final = {"shown": "shown.log", "event": "history.log"}


def _list_fields(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the fields of each value."""
    return [asdict(value) for value in values.values()]


class _SealedFile(NamedTuple):
    """A file of all values of a kind: how its content is made into values by their keys, and back."""

    name: str
    load: Callable[[Any], dict[str, Any]]
    dump: Callable[[Mapping[str, Any]], object] = _list_fields


def _load_wishes(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Wish, ...]]:
    """Group the wishes by their chats."""
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
        self._files = StateFiles(folder)
        # One for all files: writes are rare, and each reads what another process wrote.
        self._write_lock = threading.Lock()
        self._flag_counts: Counter[tuple[FlagReason, FlagOutcome]] = Counter()

    def load(self) -> None:
        """Read what is in the folder.

        Raises:
            StorageError: a file there is damaged, or cannot be read.
        """
        for kind, name in _LOGS.items():
            for value in (decode_entry(kind, entry) for entry in self._files.read_entries(name)):
                self.take_up(EntryChange(kind, value.id if kind == "shown" else value.key, value))
        for kind in _FILES:
            self.get_values(kind).update(self._read_values(kind))
        self.entries["flag"], self._flag_counts = self._read_flags()

    @property
    def is_persistent(self) -> bool:
        """Whether there is a folder."""
        return self._files.folder is not None

    def count_flags(self) -> Mapping[tuple[FlagReason, FlagOutcome], int]:
        """Return how many there ever were."""
        return dict(self._flag_counts)

    async def write(self, changes: Iterable[EntryChange], texts: Mapping[str, str] = NO_TEXTS) -> None:
        """Write in a thread, never two at once."""
        await asyncio.to_thread(self._write, tuple(changes), texts)

    async def read_text(self, sha256: str) -> str | None:
        """Read the text in a thread."""
        return await asyncio.to_thread(self._files.read_text, sha256)

    def _write(self, changes: Sequence[EntryChange], texts: Mapping[str, str]) -> None:
        """Write texts first, since what is shown is of no use without its text."""
        with self._write_lock:
            for sha256, text in texts.items():
                self._files.save_text(sha256, text)
            for kind in dict.fromkeys(change.kind for change in changes):
                if kind in _LOGS:
                    self._append([change for change in changes if change.kind == kind])
                elif kind in _FILES:
                    self._rewrite(kind, changes)
            if any(change.kind == "flag" for change in changes):
                self._rewrite_flags(changes)

    def _append(self, changes: Sequence[EntryChange]) -> None:
        """Append values of one kind to their log; they count for this process even where the disk refuses."""
        for change in changes:
            self.take_up(change)
        self._files.append(_LOGS[changes[0].kind], [asdict(change.value) for change in changes])

    def _rewrite(self, kind: str, changes: Sequence[EntryChange]) -> None:
        """Write the file of a kind anew, unless `changes`, which are all of it, change nothing."""
        values = self._read_values(kind)
        changed = dict(values)
        for change in changes:
            apply_change(changed, change)
        if changed != values:
            self._files.write_sealed(_FILES[kind].name, _FILES[kind].dump(changed))
        self.get_all()[kind] = changed

    def _read_values(self, kind: str) -> dict[str, Any]:
        """Read the values of a kind as they are now, for another process may have changed them."""
        content = self._files.read_sealed(_FILES[kind].name)
        return self.get_values(kind) if content is None else _FILES[kind].load(content)

    def _rewrite_flags(self, changes: Sequence[EntryChange]) -> None:
        """Write the open flags; of one that is closed only that there was one more of its reason and outcome."""
        flags, counts = self._read_flags()
        counts.update(change.value for change in changes if change.kind == "closed_flag" and change.key in flags)
        for change in changes:
            if change.kind == "flag":
                apply_change(flags, change)
        rows = [[reason, outcome, count] for (reason, outcome), count in counts.items()]
        self._files.write_sealed("flags.json", {"open": [asdict(flag) for flag in flags.values()], "counts": rows})
        self.entries["flag"], self._flag_counts = flags, counts

    def _read_flags(self) -> tuple[dict[str, Flag], Counter[tuple[FlagReason, FlagOutcome]]]:
        """Read the open flags and the counts as they are now."""
        content = self._files.read_sealed("flags.json")
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
