"""What processes share for a while, in PostgreSQL; where it does not answer each goes on by itself."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias, TypeVar

from bot.errors import StorageError
from bot.storage.shared_state import RateSlot, StateInMemory, schedule_slots
from bot.storage.stores.postgres.database import Connection, Database

Result = TypeVar("Result")
Work: TypeAlias = Callable[[Connection], Awaitable[Result]]
Row: TypeAlias = tuple[Any, ...]
Arguments: TypeAlias = Mapping[str, object] | Sequence[object]

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
        await self._fetch(_KEEP, arguments, _SECONDS if len(value) < _SMALL_BYTES else _LARGE_SECONDS)

    async def find_kept(self, kind: str, key: str) -> bytes | None:
        """Read the value, whoever wrote it."""
        rows = await self._fetch(_FIND, {"kind": kind, "key": key}, _LARGE_SECONDS)
        return await self._own_state.find_kept(kind, key) if rows is None else _get_first(rows)

    async def drop(self, kind: str, key: str) -> bool:
        """Delete the value; one process is told that it did."""
        is_own = await self._own_state.drop(kind, key)
        rows = await self._fetch(_DROP, {"kind": kind, "key": key})
        return is_own if rows is None else bool(_get_first(rows))

    async def list_kept(self, kind: str) -> Mapping[str, bytes]:
        """Read what every process keeps."""
        rows = await self._fetch(_LIST, {"kind": kind})
        return await self._own_state.list_kept(kind) if rows is None else dict(rows)

    async def count_kept(self, kind: str, prefix: str = "") -> Mapping[str, int]:
        """Count what every process keeps."""
        rows = await self._fetch(_COUNT, {"kind": kind, "prefix": prefix})
        return await self._own_state.count_kept(kind, prefix) if rows is None else dict(rows)

    async def claim_first(self, kind: str, key: str, seconds: float, *, strictly: bool = False) -> bool:
        """Insert a value, or replace one that has expired."""
        is_first = await self._own_state.claim_first(kind, key, seconds)
        arguments = {"kind": kind, "key": key, "value": b"", "seconds": seconds}
        if strictly:
            return bool(await self._database.run(partial(fetch_rows, _CLAIM_FIRST, arguments), _SECONDS))
        rows = await self._fetch(_CLAIM_FIRST, arguments)
        return is_first if rows is None else bool(rows)

    async def take_slots(self, slots: Sequence[RateSlot], max_wait: float) -> float | None:
        """Take slots among all processes, by the server's clock."""

        async def take(connection: Connection) -> float | None:
            keys = [slot.key for slot in slots]
            await connection.execute(_INSERT_SLOTS, {"keys": keys})
            rows = await fetch_rows(_LOCK_SLOTS, {"keys": keys}, connection)
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

    async def _fetch(self, statement: str, arguments: Arguments, seconds: float = _SECONDS) -> list[Row] | None:
        """Return the rows of a statement; None where the database does not answer."""
        return await self._run_or(partial(fetch_rows, statement, arguments), None, seconds)

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


async def fetch_rows(statement: str, arguments: Arguments, connection: Connection) -> list[Row]:
    """Return the rows of a statement; none where it returns nothing."""
    cursor = await connection.execute(statement, arguments)
    return await cursor.fetchall() if cursor.description else []


async def fetch_value(statement: str, arguments: Arguments, connection: Connection) -> Any:  # noqa: ANN401 - what the statement says
    """Return the first value of the first row; None where there is none."""
    return _get_first(await fetch_rows(statement, arguments, connection))


def _get_first(rows: Sequence[Row]) -> Any:  # noqa: ANN401 - the same
    return rows[0][0] if rows else None
