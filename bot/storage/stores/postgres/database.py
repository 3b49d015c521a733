"""One connection to PostgreSQL, which keeps nobody waiting past a time limit, and the shared state behind it.

A server that hangs answers nothing, not even that a request was given up; whatever waits for it is left behind with
its connection cut, and for a moment everybody is told at once. Each process then goes on with a shared state of its
own. The library's pool waits without such an end, and needs one event loop for all its life.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg import AsyncConnection, errors

from bot.errors import SettingsError, StorageError
from bot.storage.shared_state import RateSlot, StateInMemory, schedule_slots
from bot.storage.stores.postgres import ADDRESS

Connection = AsyncConnection[tuple[Any, ...]]
Result = TypeVar("Result")

# How many seconds pass before a database that failed is asked again.
_PAUSE_SECONDS = 2.0
# The server also gives up statements that this process has given up, since the next ones need their locks.
_SERVER_TIMEOUT = "set statement_timeout = '5s'; set idle_in_transaction_session_timeout = '5s'"
_REMEDY = "see that the database is up, then try again"
# The fact and the remedy, without the names and addresses in the server's own words.
_FACTS: dict[type[psycopg.Error], tuple[str, str]] = {
    errors.InvalidPassword: ("the user or the password is refused", f"correct {ADDRESS}"),
    errors.InvalidAuthorizationSpecification: ("the user is refused", f"correct {ADDRESS}"),
    errors.InvalidCatalogName: ("no such database", f"create it, or correct {ADDRESS}"),
    errors.InsufficientPrivilege: ("the user lacks a privilege", "let it create tables and write to them"),
    errors.DiskFull: ("the disk is full", "make room on the database's disk"),
    errors.ReadOnlySqlTransaction: ("the database is read-only", f"let {ADDRESS} lead to the primary"),
    errors.TooManyConnections: ("too many connections", "raise max_connections, or stop other processes"),
}


# The server's words, as a pattern, when it refuses a connection: libpq's exceptions have no code for it.
_REFUSALS: dict[str, type[psycopg.Error]] = {
    "password authentication failed|no password supplied": errors.InvalidPassword,
    'role ".*" (does not exist|is not permitted)|no pg_hba.conf entry': errors.InvalidAuthorizationSpecification,
    'database ".*" does not exist': errors.InvalidCatalogName,
    "permission denied for database": errors.InsufficientPrivilege,
    "too many (clients|connections)|remaining connection slots": errors.TooManyConnections,
}

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
# In seconds: a message waits no longer to learn of other processes' messages before it is sent.
_SECONDS = 0.5
# A document that an admin sent takes longer: 20 MB at most, two seconds on a network of 100 Mbit/s.
_SMALL_BYTES, _LARGE_SECONDS = 1 << 16, 4.0
_EXPIRES = "now() + %(seconds)s * interval '1 s'"
_KEEP = f"""
    insert into passing values (%(kind)s, %(key)s, %(value)s, {_EXPIRES})
    on conflict (kind, key) do update set value = excluded.value, expires = excluded.expires
"""  # noqa: S608 - made of the constant above
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
# Rows are locked in one order, so that no two processes wait for each other.
_LOCK_SLOTS = """
    select key, free_at, extract(epoch from clock_timestamp())::float8 from slots
    where key = any(%(keys)s) order by key for update
"""
_SET_SLOT = "update slots set free_at = %(free_at)s where key = %(key)s"
# No rate in the settings takes an hour to regain its whole burst.
_REMOVE_OLD = """
    delete from passing where expires < now();
    delete from slots where free_at < extract(epoch from now()) - 3600
"""


@dataclass(slots=True)
class _Session:
    """A connection, made when it is first needed, and the lock of the request that uses it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    connection: Connection | None = None

    def cut_off(self) -> None:
        """Close the socket of a request that hangs, which then sees that its connection was lost."""
        if self.connection and not self.connection.closed:
            with suppress(OSError), socket.socket(fileno=os.dup(self.connection.fileno())) as wire:
                wire.shutdown(socket.SHUT_RDWR)


class Database:
    """The database at `url`; one request at a time, each within `seconds`."""

    def __init__(self, url: str, seconds: float = 3.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._seconds = seconds
        self._clock = clock
        self._session = _Session()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._retry_at = 0.0

    @property
    def is_resting(self) -> bool:
        """Whether the database failed a moment ago, and is not asked now."""
        return self._clock() < self._retry_at

    async def run(self, work: Callable[[Connection], Awaitable[Result]], seconds: float | None = None) -> Result:
        """Run `work` in a transaction, again if the connection was lost, and return its result.

        `seconds` count from its turn, for which it waits no longer than a request may take.

        Raises:
            StorageError: the database refused, or did not answer in `seconds`, or failed a moment ago.
        """
        # Even if the caller is cancelled the request is awaited, so a connection that hangs is cut for the others.
        return await asyncio.shield(self._run_in_time(work, seconds))

    async def _run_in_time(self, work: Callable[[Connection], Awaitable[Result]], seconds: float | None) -> Result:
        """Run `work` as `run` does; a task that gets no answer in time is abandoned with its session."""
        if self.is_resting:
            raise StorageError("the database", "it failed a moment ago", _REMEDY)
        session = self._open_session()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = asyncio.ensure_future(self._run_in_turn(session, work, turn))
        await asyncio.wait({turn}, timeout=self._seconds)
        if not turn.done():
            # The queue is too long, which is not the server's fault: the connection stays open.
            task.cancel()
            raise StorageError("the database", "too many requests wait for it", _REMEDY)
        done, _ = await asyncio.wait({task}, timeout=seconds or self._seconds)
        if not done:
            self._abandon(session, task)
            raise StorageError("the database", "no answer in time", _REMEDY)
        try:
            return task.result()
        except psycopg.Error as error:
            if isinstance(error, psycopg.OperationalError):
                self._retry_at = self._clock() + _PAUSE_SECONDS
            raise StorageError("the database", *_explain(error)) from None

    async def close(self) -> None:
        """Close the connection; it is made again when it is needed."""
        if self._session.connection:
            await self._session.connection.close()
        self._session = _Session()

    def _open_session(self) -> _Session:
        """Return the session of this event loop; that of a new loop takes over the connection."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # The start and the run have loops of their own, and a lock belongs to one loop.
            self._session = _Session(connection=self._session.connection)
            self._loop = loop
        return self._session

    def _abandon(self, session: _Session, task: asyncio.Future[Any]) -> None:
        """Abandon a task that hangs, with its session, and try again only after a pause."""
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        session.cut_off()
        self._session = _Session()
        self._retry_at = self._clock() + _PAUSE_SECONDS

    async def _run_in_turn(
        self, session: _Session, work: Callable[[Connection], Awaitable[Result]], turn: asyncio.Future[None]
    ) -> Result:
        """Run `work` after those before it; run it once more if the server was restarted since the last of them."""
        async with session.lock:
            turn.set_result(None)
            if session is not self._session:
                raise errors.QueryCanceled("the session before this one hung")
            is_fresh = session.connection is None
            try:
                return await self._run_once(session, work)
            except psycopg.OperationalError:
                if is_fresh or session is not self._session:
                    raise
                # The server was restarted since this connection was last used. All work may be done twice: it inserts
                # only what is missing, or writes the same values again.
                return await self._run_once(session, work)
            finally:
                if session is not self._session and session.connection:
                    await session.connection.close()

    async def _run_once(self, session: _Session, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Run `work` in one transaction; a connection that fails is closed and forgotten."""
        try:
            connection = session.connection = session.connection or await self._connect()
            async with connection.transaction():
                return await work(connection)
        except psycopg.OperationalError:
            if session.connection:
                await session.connection.close()
                session.connection = None
            raise

    async def _connect(self) -> Connection:
        """Connect; raise a SettingsError for an address that can never work."""
        try:
            # Poolers that share connections between clients do not support prepared statements.
            connection = await AsyncConnection.connect(
                self._url, connect_timeout=max(1, round(self._seconds)), prepare_threshold=None, autocommit=True
            )
        except (psycopg.Error, UnicodeError) as error:
            # libpq says this only if the port is not a number, which is a fault of the address.
            if isinstance(error, psycopg.OperationalError) and "connection option" not in str(error):
                raise
            # The message may quote the address, with a password in it.
            raise SettingsError(
                ADDRESS, "no address of a database", "write postgresql://user:password@host/name"
            ) from None
        await connection.execute(_SERVER_TIMEOUT)
        return connection


def _explain(error: psycopg.Error) -> tuple[str, str]:
    """Return the fact and the remedy of `error`, without the server's words, which may have names or values in them."""
    for kind, explanation in _FACTS.items():
        if isinstance(error, kind):
            return explanation
    if isinstance(error, psycopg.OperationalError) and not error.sqlstate:
        # A connection that failed has no code, only the server's words.
        kinds = (kind for pattern, kind in _REFUSALS.items() if re.search(pattern, str(error)))
        return _FACTS.get(next(kinds, psycopg.OperationalError), ("not reached", _REMEDY))
    return f"it refused ({type(error).__name__})", _REMEDY


class StateInDatabase:
    """See `SharedState`; where the database does not answer, each process goes on with a state of its own."""

    _database: Database

    def __init__(self) -> None:
        self._own_state = StateInMemory()

    @property
    def is_shared(self) -> bool:
        """All processes that use the database see it."""
        return True

    async def keep(self, kind: str, key: str, value: bytes, seconds: float) -> None:
        """Write the value for all processes, and keep it in memory too."""
        await self._own_state.keep(kind, key, value, seconds)
        arguments = {"kind": kind, "key": key, "value": value, "seconds": seconds}
        await self._fetch(_KEEP, arguments, _SECONDS if len(value) < _SMALL_BYTES else _LARGE_SECONDS)

    async def find_kept(self, kind: str, key: str) -> bytes | None:
        """Read the value, whichever process wrote it."""
        rows = await self._fetch(_FIND, {"kind": kind, "key": key}, _LARGE_SECONDS)
        return await self._own_state.find_kept(kind, key) if rows is None else _get_first(rows)

    async def drop(self, kind: str, key: str) -> bool:
        """Delete the value, and return whether this process did: of several at once, one does."""
        is_own = await self._own_state.drop(kind, key)
        rows = await self._fetch(_DROP, {"kind": kind, "key": key})
        return is_own if rows is None else bool(_get_first(rows))

    async def list_kept(self, kind: str) -> Mapping[str, bytes]:
        """Read the values of all processes."""
        rows = await self._fetch(_LIST, {"kind": kind})
        return await self._own_state.list_kept(kind) if rows is None else dict(rows)

    async def count_kept(self, kind: str, prefix: str = "") -> Mapping[str, int]:
        """Count the values of all processes."""
        rows = await self._fetch(_COUNT, {"kind": kind, "prefix": prefix})
        return await self._own_state.count_kept(kind, prefix) if rows is None else dict(rows)

    async def claim_first(self, kind: str, key: str, seconds: float, *, strictly: bool = False) -> bool:
        """Insert an empty value, or replace one that has expired; return whether either was done."""
        is_first = await self._own_state.claim_first(kind, key, seconds)
        arguments = {"kind": kind, "key": key, "value": b"", "seconds": seconds}
        if strictly:
            return bool(await self._database.run(partial(fetch_rows, _CLAIM_FIRST, arguments), _SECONDS))
        rows = await self._fetch(_CLAIM_FIRST, arguments)
        return is_first if rows is None else bool(rows)

    async def take_slots(self, slots: Sequence[RateSlot], max_wait: float) -> float | None:
        """Take slots shared by all processes, by the server's clock; only this process's own if it does not answer."""

        async def take(connection: Connection) -> float | None:
            """Schedule the slots under a lock of their rows; take none where that would exceed `max_wait`."""
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
        """Return the rows of a statement; None if the database does not answer."""
        return await self._run_or(partial(fetch_rows, statement, arguments), None, seconds)

    async def _run_or(self, work: Work[Result], own: Result, seconds: float = _SECONDS) -> Result:
        """Return the result of `work`, or `own` if the database does not answer."""
        is_resting = self._database.is_resting
        try:
            return await self._database.run(work, seconds)
        except StorageError as error:
            if not is_resting:
                log.warning("not shared with other processes: %s", error)
            return own


async def remove_expired(connection: Connection) -> None:
    """Delete values and slots that have expired."""
    await connection.execute(_REMOVE_OLD)


async def fetch_rows(statement: str, arguments: Arguments, connection: Connection) -> list[Row]:
    """Return the rows of a statement; none if it returns nothing."""
    cursor = await connection.execute(statement, arguments)
    return await cursor.fetchall() if cursor.description else []


async def fetch_value(statement: str, arguments: Arguments, connection: Connection) -> Any:  # noqa: ANN401 - what the statement says
    """Return the first value of the first row; None if there are no rows."""
    return _get_first(await fetch_rows(statement, arguments, connection))


def _get_first(rows: Sequence[Row]) -> Any:  # noqa: ANN401 - what the statement says
    """Return the first value of the first row; None if there are no rows."""
    return rows[0][0] if rows else None
