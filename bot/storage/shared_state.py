"""State that processes share for a while: values that expire, first claims, and slots of a rate.

Nothing is needed after it expires, so a folder, which belongs to one process, keeps it in memory. A database keeps it
for all processes; if that does not answer, each goes on by itself.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from cachetools import LRUCache

from bot.storage.records import Claim

# Values held of each kind: as many message numbers as two thousand answers an hour make in five hours; one forgotten
# too soon costs an edit or a notice, never an answer.
MAX_VALUES = 10_000
# Keys of rates held: one that is forgotten has its whole burst again.
MAX_SLOTS = 10_000
# Updates remembered, a hundred batches: Telegram sends an unconfirmed update again in the next batch.
_MAX_HANDLED = 10_000


class RateSlot(NamedTuple):
    """The rate of `key`: `burst` slots at once, then one every `every` seconds."""

    key: str
    burst: int
    every: float


class SharedState(Protocol):
    """Values by kind and key, and slots; all of them are forgotten in time.

    await state.keep("answer", "5/7", b"8", seconds=60)
    await state.find_kept("answer", "5/7") == b"8"
    """

    @property
    def is_shared(self) -> bool:
        """Whether other processes see the same state."""

    async def keep(self, kind: str, key: str, value: bytes, seconds: float) -> None:
        """Keep `value` for this many seconds, in place of an earlier one."""

    async def find_kept(self, kind: str, key: str) -> bytes | None:
        """Return the value; None if there is none, or it has expired."""

    async def drop(self, kind: str, key: str) -> bool:
        """Forget the value, and return whether this call did: of two at once, one does."""

    async def list_kept(self, kind: str) -> Mapping[str, bytes]:
        """Return every value of a kind, by its key."""

    async def count_kept(self, kind: str, prefix: str = "") -> Mapping[str, int]:
        """Count the keys that begin with `prefix`, grouped by the part before their last slash."""

    async def claim_first(self, kind: str, key: str, seconds: float, *, strictly: bool = False) -> bool:
        """Return whether this is the first claim of the key, by any process, within this many seconds.

        Raises:
            StorageError: other processes cannot be asked now, and `strictly` requires it.
        """

    async def take_slots(self, slots: Sequence[RateSlot], max_wait: float) -> float | None:
        """Take one slot of each rate, and return the seconds until all are due.

        If that is longer than `max_wait`, take none and return None.
        """


def schedule_slots(
    slots: Sequence[RateSlot], free_at: Mapping[str, float], now: float, max_wait: float
) -> tuple[float, dict[str, float]] | None:
    """Return the seconds to wait for all of `slots`, and when each is free again; None beyond `max_wait`.

    The virtual scheduling of ITU-T I.371: in any t seconds a key gets at most burst + t / every slots.

    >>> schedule_slots([RateSlot("a", 2, 1.0)], {"a": 101.5}, now=100.0, max_wait=9)
    (0.5, {'a': 102.5})
    """
    start = max((free_at.get(key, 0.0) - (burst - 1) * every for key, burst, every in slots), default=now)
    wait = max(0.0, start - now)
    if wait > max_wait:
        return None
    return wait, {key: max(free_at.get(key, 0.0), now + wait) + every for key, _, every in slots}


def count_by_parent(keys: Iterable[str]) -> dict[str, int]:
    """Count `keys` by their part before the last slash.

    >>> count_by_parent(["a/x", "a/y", "b/x"])
    {'a': 2, 'b': 1}
    """
    return dict(Counter(key.rpartition("/")[0] for key in keys))


class _ExpiringValue(NamedTuple):
    value: bytes
    expires: float


class _CountedCache(LRUCache[str, _ExpiringValue]):
    """A cache that also holds the expiry of its keys, grouped by each part of a key before a slash.

    Without these groups, looking for the keys under one part took 5 ms for each missed word when the cache was full.
    """

    def __init__(self, maxsize: int) -> None:
        super().__init__(maxsize)
        self.expiry_by_parent: defaultdict[str, dict[str, float]] = defaultdict(dict)

    def __setitem__(self, key: str, value: _ExpiringValue, **options: Any) -> None:  # noqa: ANN401 - the library's
        super().__setitem__(key, value, **options)
        for parent in _list_parents(key):
            self.expiry_by_parent[parent][key] = value.expires

    def __delitem__(self, key: str, **options: Any) -> None:  # noqa: ANN401 - the library's
        super().__delitem__(key, **options)
        for parent in _list_parents(key):
            self.expiry_by_parent[parent].pop(key, None)
            if not self.expiry_by_parent[parent]:
                del self.expiry_by_parent[parent]


def _list_parents(key: str) -> list[str]:
    """List the parts of `key` before each of its slashes.

    >>> _list_parents("a/b/c"), _list_parents("a")
    (['a', 'a/b'], [])
    """
    parts = key.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


class StateInMemory:
    """See `SharedState`, and claims of updates as in `Storage`: one process's own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # A cache for each kind, so that many values of one never evict those of another.
        self._values: defaultdict[str, _CountedCache] = defaultdict(lambda: _CountedCache(MAX_VALUES))
        self._free_at: LRUCache[str, float] = LRUCache(MAX_SLOTS)
        self._handled_updates: LRUCache[int, bool] = LRUCache(_MAX_HANDLED)

    @property
    def is_shared(self) -> bool:
        """Nobody else sees this process's memory."""
        return False

    async def keep(self, kind: str, key: str, value: bytes, seconds: float) -> None:
        """Keep the value in memory."""
        self._values[kind][key] = _ExpiringValue(value, self._clock() + seconds)

    async def find_kept(self, kind: str, key: str) -> bytes | None:
        """Return the value in memory; None if there is none, or it has expired."""
        entry = self._values[kind].get(key)
        return entry.value if entry and entry.expires > self._clock() else None

    async def drop(self, kind: str, key: str) -> bool:
        """Forget the value, and return whether there was one that had not expired."""
        entry = self._values[kind].pop(key, None)
        return entry is not None and entry.expires > self._clock()

    async def list_kept(self, kind: str) -> Mapping[str, bytes]:
        """Return the values in memory that have not expired, by key."""
        return self._list_values(kind)

    async def count_kept(self, kind: str, prefix: str = "") -> Mapping[str, int]:
        """Count the keys in memory; those below a `prefix` that ends with a slash are looked up, not searched."""
        if not prefix.endswith("/"):
            return count_by_parent(key for key in self._list_values(kind) if key.startswith(prefix))
        now, expiry = self._clock(), self._values[kind].expiry_by_parent.get(prefix[:-1], {})
        return count_by_parent(key for key, expires in expiry.items() if expires > now)

    async def claim_first(self, kind: str, key: str, seconds: float, *, strictly: bool = False) -> bool:
        """Return whether this is the first claim by this process."""
        del strictly
        if await self.find_kept(kind, key) is not None:
            return False
        await self.keep(kind, key, b"", seconds)
        return True

    async def take_slots(self, slots: Sequence[RateSlot], max_wait: float) -> float | None:
        """Take this process's own slots."""
        if (scheduled := schedule_slots(slots, self._free_at, self._clock(), max_wait)) is None:
            return None
        wait, free_at = scheduled
        self._free_at.update(free_at)
        return wait

    async def claim(self, update_id: int, stale_seconds: float) -> Claim:
        """Claim the update for this process, unless it was handled."""
        del stale_seconds
        return Claim.DONE if update_id in self._handled_updates else Claim.OURS

    async def settle(self, update_id: int, *, done: bool) -> None:
        """Remember an update that is `done` for as long as it can be sent again; do nothing for another."""
        if done:
            self._handled_updates[update_id] = True

    async def close(self) -> None:
        """Do nothing: nothing is open."""

    def _list_values(self, kind: str) -> dict[str, bytes]:
        """Return the values of a kind that have not expired, by key."""
        now = self._clock()
        return {key: entry.value for key, entry in tuple(self._values[kind].items()) if entry.expires > now}
