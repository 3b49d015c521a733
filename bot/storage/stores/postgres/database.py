"""One connection to PostgreSQL, which keeps nobody waiting past a time limit.

A server that hangs answers nothing, not even that it was given up; what waits for it is left behind
with its connection cut, and for a moment everybody is told at once. The library's pool waits
without such an end, and needs one event loop for all its life.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg
from psycopg import AsyncConnection, errors

from bot.errors import SettingsError, StorageError
from bot.storage.stores.postgres import ADDRESS

Connection = AsyncConnection[tuple[Any, ...]]
Result = TypeVar("Result")

# For how many seconds a database that failed is not asked again.
_PAUSE_SECONDS = 2.0
# The server gives up what this process has given up or abandoned; the next statement needs its locks.
_SERVER_TIMEOUT = "set statement_timeout = '5s'; set idle_in_transaction_session_timeout = '5s'"
_REMEDY = "see that the database is up, then try again"
# What the server's own words would say with names and addresses in them.
_FACTS: dict[type[psycopg.Error], tuple[str, str]] = {
    errors.InvalidPassword: ("the user or the password is refused", f"correct {ADDRESS}"),
    errors.InvalidAuthorizationSpecification: ("the user is refused", f"correct {ADDRESS}"),
    errors.InvalidCatalogName: ("no such database", f"create it, or correct {ADDRESS}"),
    errors.InsufficientPrivilege: ("the user lacks a privilege", "let it create tables and write to them"),
    errors.DiskFull: ("the disk is full", "make room on the database's disk"),
    errors.ReadOnlySqlTransaction: ("the database is read-only", f"let {ADDRESS} lead to the primary"),
    errors.TooManyConnections: ("too many connections", "raise max_connections, or stop other processes"),
}


# What a server says of a connection that it does not take; libpq's exceptions have no code for it.
_REFUSALS: tuple[tuple[re.Pattern[str], type[psycopg.Error]], ...] = (
    (re.compile("password authentication failed|no password supplied"), errors.InvalidPassword),
    (
        re.compile('role ".*" does not exist|role ".*" is not permitted|no pg_hba.conf entry'),
        errors.InvalidAuthorizationSpecification,
    ),
    (re.compile('database ".*" does not exist'), errors.InvalidCatalogName),
    (re.compile("permission denied for database"), errors.InsufficientPrivilege),
    (re.compile("too many (clients|connections)|remaining connection slots"), errors.TooManyConnections),
)


@dataclass(slots=True)
class _Session:
    """A connection, made when it is first needed, and who may use it now."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    connection: Connection | None = None

    def cut_off(self) -> None:
        """Close the socket under whoever waits for it, who then sees a connection that was lost."""
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
        """Whether it failed a moment ago and is not asked now."""
        return self._clock() < self._retry_at

    async def run(self, work: Callable[[Connection], Awaitable[Result]], seconds: float | None = None) -> Result:
        """Return what `work` returns, run in a transaction; it is run again if the connection was lost.

        `seconds` count from its turn, and it waits for that no longer than a request may take.

        Raises:
            StorageError: the database refused, or did not answer in `seconds`, or failed a moment ago.
        """
        # Of one that is cancelled the end is awaited still: a connection that hangs is cut off for the others.
        return await asyncio.shield(self._run_in_time(work, seconds))

    async def _run_in_time(self, work: Callable[[Connection], Awaitable[Result]], seconds: float | None) -> Result:
        if self.is_resting:
            raise StorageError("the database", "it failed a moment ago", _REMEDY)
        session = self._open_session()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = asyncio.ensure_future(self._run_in_turn(session, work, turn))
        await asyncio.wait({turn}, timeout=self._seconds)
        if not turn.done():
            # The queue is long and the server is not to blame: no connection is closed.
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
        """Close the connection; it is made again where it is needed again."""
        if self._session.connection:
            await self._session.connection.close()
        self._session = _Session()

    def _open_session(self) -> _Session:
        """Return the session of this event loop; a new one takes over the connection."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # A start and a run are two loops; a lock belongs to one.
            self._session = _Session(connection=self._session.connection)
            self._loop = loop
        return self._session

    def _abandon(self, session: _Session, task: asyncio.Future[Any]) -> None:
        """Leave a hanging task behind, with its session, and try again only after a pause."""
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        session.cut_off()
        self._session = _Session()
        self._retry_at = self._clock() + _PAUSE_SECONDS

    async def _run_in_turn(
        self, session: _Session, work: Callable[[Connection], Awaitable[Result]], turn: asyncio.Future[None]
    ) -> Result:
        """Run `work` once the works before it are done; once more where the server was started anew meanwhile."""
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
                # The server was started anew since this connection was last used. Every work may be
                # done twice: it inserts what is not there, or writes what was there before.
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
        """Connect; an address that no server can make right raises a SettingsError."""
        try:
            # Poolers that hand a connection from one to another know no prepared statements.
            connection = await AsyncConnection.connect(
                self._url, connect_timeout=max(1, round(self._seconds)), prepare_threshold=None, autocommit=True
            )
        except (psycopg.Error, UnicodeError) as error:
            # libpq says this only of a port that is not a number, which no server can fix.
            if isinstance(error, psycopg.OperationalError) and "connection option" not in str(error):
                raise
            # The message may quote the address, with a password in it.
            raise SettingsError(
                ADDRESS, "no address of a database", "write postgresql://user:password@host/name"
            ) from None
        await connection.execute(_SERVER_TIMEOUT)
        return connection


def _explain(error: psycopg.Error) -> tuple[str, str]:
    """Return the fact and the remedy; the server's own words may hold names or what was written."""
    for kind, explanation in _FACTS.items():
        if isinstance(error, kind):
            return explanation
    if isinstance(error, psycopg.OperationalError) and not error.sqlstate:
        # psycopg gives a failed connection no code, only the server's words.
        words = str(error)
        kinds = (kind for pattern, kind in _REFUSALS if pattern.search(words))
        return _FACTS.get(next(kinds, psycopg.OperationalError), ("not reached", _REMEDY))
    return f"it refused ({type(error).__name__})", _REMEDY
