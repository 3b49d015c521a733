"""What processes share for a while, in PostgreSQL; where it does not answer each goes on by itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from bot.errors import StorageError
from bot.storage.shared_state import StateInMemory, schedule_slots

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.storage.database import Connection, Database
    from bot.storage.shared_state import RateSlot

    Result = TypeVar("Result")
    Work: TypeAlias = Callable[[Connection], Awaitable[Result]]

log = logging.getLogger(__name__)

TABLES = """
    create table passing (
        kind text not null, key text not null, value bytea not null, expires timestamptz not null,
        primary key (kind, key)
    );
    create index on passing (expires);
    create table slots (key text primary key, free_at double precision not null);
"""
# A message that waits to be sent waits no longer than this to learn of other processes' messages.
_SECONDS = 0.5
# A document that an admin sent takes longer on its way: 20 MB at the most, over a network of 100 Mbit/s in two.
_SMALL_BYTES, _LARGE_SECONDS = 1 << 16, 4.0
_EXPIRES = "now() + %(seconds)s * interval '1 s'"
_KEEP = f"""
    insert into passing values (%(kind)s, %(key)s, %(value)s, {_EXPIRES})
    on conflict (kind, key) do update set value = excluded.value, expires = excluded.expires
"""  # noqa: S608 - of what stands above
_CLAIM_FIRST = f"{_KEEP} where passing.expires <= now() returning 1"
_FIND = "select value from passing where kind = %(kind)s and key = %(key)s and expires > now()"
_DROP = "delete from passing where kind = %(kind)s and key = %(key)s returning expires > now()"
_LIST = "select key, value from passing where kind = %(kind)s and expires > now()"
_COUNT = """
    select regexp_replace(key, '/?[^/]*$', ''), count(*) from passing
    where kind = %(kind)s and starts_with(key, %(prefix)s) and expires > now() group by 1
"""
_INSERT_SLOTS = """
    insert into slots select key, 0 from unnest(%(keys)s::text[]) as key order by key on conflict do nothing
"""
# In one order, so that no two wait for each other.
_LOCK_SLOTS = """
    select key, free_at, extract(epoch from clock_timestamp())::float8 from slots
    where key = any(%(keys)s) order by key for update
"""
_SET_SLOT = "update slots set free_at = %(free_at)s where key = %(key)s"
# No rate in the settings has a burst that takes an hour to be whole again.
_REMOVE_OLD = """
    delete from passing where expires < now();
    delete from slots where free_at < extract(epoch from now()) - 3600
"""


class StateInDatabase:
    """See `SharedState`."""

    _database: Database

    def __init__(self) -> None:
        self._own_state = StateInMemory()

    @property
    def is_shared(self) -> bool:
        """All that use the database see it."""
        return True

    async def keep(self, kind: str, key: str, value: bytes, seconds: float) -> None:
        """Write the value for every process, and remember it here."""
        await self._own_state.keep(kind, key, value, seconds)
        arguments = {"kind": kind, "key": key, "value": value, "seconds": seconds}
        await self._run_or(_execute(_KEEP, arguments), None, _SECONDS if len(value) < _SMALL_BYTES else _LARGE_SECONDS)

    async def find_kept(self, kind: str, key: str) -> bytes | None:
        """Read the value, whoever wrote it."""
        fetch = _fetch_first(_FIND, {"kind": kind, "key": key})
        return await self._run_or(fetch, await self._own_state.find_kept(kind, key), _LARGE_SECONDS)

    async def drop(self, kind: str, key: str) -> bool:
        """Delete the value; one process is told that it did."""
        is_own = await self._own_state.drop(kind, key)
        return bool(await self._run_or(_fetch_first(_DROP, {"kind": kind, "key": key}), is_own))

    async def list_kept(self, kind: str) -> Mapping[str, bytes]:
        """Read what every process keeps."""
        fetch: Work[dict[str, bytes]] = _plan_fetching_pairs(_LIST, {"kind": kind})
        return await self._run_or(fetch, dict(await self._own_state.list_kept(kind)))

    async def count_kept(self, kind: str, prefix: str = "") -> Mapping[str, int]:
        """Count what every process keeps."""
        fetch: Work[dict[str, int]] = _plan_fetching_pairs(_COUNT, {"kind": kind, "prefix": prefix})
        return await self._run_or(fetch, dict(await self._own_state.count_kept(kind, prefix)))

    async def claim_first(self, kind: str, key: str, seconds: float, *, strictly: bool = False) -> bool:
        """Insert a value, or replace one that has expired."""
        is_first = await self._own_state.claim_first(kind, key, seconds)
        insert = _fetch_first(_CLAIM_FIRST, {"kind": kind, "key": key, "value": b"", "seconds": seconds})
        if strictly:
            return bool(await self._database.run(insert, _SECONDS))
        return bool(await self._run_or(insert, is_first))

    async def take_slots(self, slots: Sequence[RateSlot], max_wait: float) -> float | None:
        """Take slots among all processes, by the server's clock."""

        async def take(connection: Connection) -> float | None:
            keys = [slot.key for slot in slots]
            await connection.execute(_INSERT_SLOTS, {"keys": keys})
            rows = await (await connection.execute(_LOCK_SLOTS, {"keys": keys})).fetchall()
            free_at, now = {key: free for key, free, _ in rows}, max(row[2] for row in rows)
            if (scheduled := schedule_slots(slots, free_at, now, max_wait)) is None:
                return None
            for key, free in scheduled[1].items():
                await connection.execute(_SET_SLOT, {"key": key, "free_at": free})
            return scheduled[0]

        if not slots:
            return 0.0
        own_wait = await self._own_state.take_slots(slots, max_wait)
        return await self._run_or(take, own_wait)

    async def _run_or(self, work: Work[Result], own: Result, seconds: float = _SECONDS) -> Result:
        """Return what `work` returns, or `own` where the database does not answer."""
        is_resting = self._database.is_resting
        try:
            return await self._database.run(work, seconds)
        except StorageError as error:
            if not is_resting:
                log.warning("not shared with other processes: %s", error)
            return own


async def remove_expired(connection: Connection) -> None:
    """Delete what has expired."""
    await connection.execute(_REMOVE_OLD)


def _execute(statement: str, arguments: Mapping[str, object]) -> Work[None]:
    async def execute(connection: Connection) -> None:
        await connection.execute(statement, arguments)

    return execute


def _fetch_first(statement: str, arguments: Mapping[str, object]) -> Work[Any]:
    """Return what fetches the first value of the first row."""

    async def fetch(connection: Connection) -> Any:  # noqa: ANN401 - what the statement says
        row = await (await connection.execute(statement, arguments)).fetchone()
        return row[0] if row else None

    return fetch


def _plan_fetching_pairs(statement: str, arguments: Mapping[str, object]) -> Work[dict[str, Any]]:
    """Return the work that fetches rows of two columns as a mapping."""

    async def fetch(connection: Connection) -> dict[str, Any]:
        return dict(await (await connection.execute(statement, arguments)).fetchall())

    return fetch
