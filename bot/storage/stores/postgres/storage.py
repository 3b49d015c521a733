"""Storage in PostgreSQL, which several processes share.

Values are kept as entries: a kind, a key, and JSON, which takes every character that a title may have, while a column
of text does not. Each writer first increments one counter, and marks its entries with it. The counter's row is locked
until the writer commits, so its order is the order of commits, and a reader that asks for newer entries than it has
misses none. A new kind of entry needs no new table, so two versions can work side by side during a deployment.

Entries are held in memory; `refresh` takes up those that other processes wrote.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from bot.errors import StorageError
from bot.storage.entries import NO_TEXTS, EntryChange, EntryStorage, decode_entry, decode_text, encode_entry
from bot.storage.records import Claim
from bot.storage.stores.postgres.database import (
    TABLES,
    Connection,
    Database,
    StateInDatabase,
    fetch_rows,
    fetch_value,
    remove_expired,
)

log = logging.getLogger(__name__)

# An arbitrary number: the advisory lock for schema changes of this project.
_SCHEMA_LOCK = 7_405_914_331_880_207_361
# Version n of the schema is made by the first n of these. New ones are added only at the end, and must keep all that
# versions of this code since `_OLDEST` use.
_MIGRATIONS = (
    """
    create table entries (
        kind text not null, key text not null, entry text, change bigint not null, place int not null,
        primary key (kind, key)
    );
    create index on entries (change);
    create table changes (last bigint not null);
    insert into changes values (0);
    create table texts (sha256 text primary key, text bytea not null);
    create table claims (
        update_id bigint primary key, owner text not null, since timestamptz not null, done boolean not null
    );
    create index on claims (since);
    """,
    TABLES,
)
# The oldest version of this code that can use the newest schema.
_OLDEST = 1

# A start may read every quote ever shown, and wait for another process that makes the tables.
_LOAD_SECONDS = 60.0
# An answer waits no longer than this for its claim, and for the entries of other processes.
_REFRESH_SECONDS = 0.5
# Telegram repeats an update for a day.
_CLAIM_DAYS = 1

_REPLACE = "update set entry = excluded.entry, change = excluded.change, place = excluded.place"
_CLAIM = """
    insert into claims values (%(id)s, %(owner)s, now(), false)
    on conflict (update_id) do update set owner = excluded.owner, since = excluded.since
        where not claims.done and (claims.owner = excluded.owner or claims.since < now() - %(stale)s * interval '1 s')
    returning 1
"""


class _NewEntries(NamedTuple):
    """The rows of entries changed after the change numbered `since`, up to `last`."""

    since: int
    last: int
    rows: list[tuple[Any, ...]]


class PostgresStorage(EntryStorage, StateInDatabase):
    """See `Storage`; `owner` names this process among those that claim updates."""

    def __init__(self, database: Database, owner: str) -> None:
        super().__init__()
        self._database = database
        self._owner = owner
        self._change = 0
        self._saved_texts: set[str] = set()

    async def load(self) -> None:
        """Make the tables or bring them up to date, and read them.

        Raises:
            StorageError: the database does not answer, refuses, or is of a newer version.
            SettingsError: its address can never work.
        """
        await self._database.run(migrate, _LOAD_SECONDS)
        await self._database.run(self._read_changes, _LOAD_SECONDS)

    @property
    def is_persistent(self) -> bool:
        """A database keeps everything when the process ends."""
        return True

    async def refresh(self) -> None:
        """Read the entries that other processes wrote, unless the database takes too long."""
        if self._database.is_resting:
            return
        try:
            await self._database.run(self._read_changes, _REFRESH_SECONDS)
        except StorageError as error:
            log.warning("what other processes wrote is not known: %s", error)

    async def write(self, changes: Iterable[EntryChange], texts: Mapping[str, str] = NO_TEXTS) -> None:
        """Write the texts and changes, and take up the entries that others wrote before."""
        changes = tuple(changes)

        async def write(connection: Connection) -> _NewEntries | None:
            """Write all; return the entries changed since the last read, or None where texts are written."""
            for sha256 in texts.keys() - self._saved_texts:
                content = texts[sha256].encode("utf-8", "surrogatepass")
                await connection.execute("insert into texts values (%s, %s) on conflict do nothing", [sha256, content])
            await _write_changes(connection, changes)
            # Texts come with quotes that are shown, which are held already: an answer need not wait for other entries.
            return None if texts else await self._fetch_changes(connection)

        if changes:
            new_entries = await self._database.run(write)
            # Only after the commit: before it, another writer may take the same number, and a text noted as saved is
            # never inserted again.
            self._saved_texts |= texts.keys()
            if new_entries:
                self._take_up_all(new_entries)

    async def read_text(self, sha256: str) -> str | None:
        """Read the text."""
        statement = "select text from texts where sha256 = %s"
        return decode_text(await self._database.run(partial(fetch_value, statement, [sha256])), sha256)

    async def claim(self, update_id: int, stale_seconds: float) -> Claim:
        """Claim an update: the first process may, and another once the first claim is `stale_seconds` old."""

        async def insert(connection: Connection) -> Claim:
            """Insert a claim of the update; where it is claimed already, say whether it is done."""
            await self._read_changes(connection)
            arguments = {"id": update_id, "owner": self._owner, "stale": stale_seconds}
            if await fetch_rows(_CLAIM, arguments, connection):
                return Claim.OURS
            is_done = await fetch_value("select done from claims where update_id = %s", [update_id], connection)
            return Claim.DONE if is_done else Claim.IN_PROGRESS

        return await self._database.run(insert, _REFRESH_SECONDS)

    async def settle(self, update_id: int, *, done: bool) -> None:
        """Mark the claim as done, or withdraw it; remove claims too old for their updates to be repeated."""

        async def update(connection: Connection) -> None:
            """Mark or delete this process's claim; remove old claims, values and slots."""
            statement = (
                "update claims set done = true where update_id = %s and owner = %s"
                if done
                else "delete from claims where update_id = %s and owner = %s and not done"
            )
            await connection.execute(statement, [update_id, self._owner])
            await connection.execute("delete from claims where since < now() - %s * interval '1 day'", [_CLAIM_DAYS])
            await remove_expired(connection)

        await self._database.run(update)

    async def close(self) -> None:
        """Close the connection."""
        await self._database.close()

    async def _read_changes(self, connection: Connection) -> None:
        """Take up all changes since the last one read."""
        self._take_up_all(await self._fetch_changes(connection))

    async def _fetch_changes(self, connection: Connection) -> _NewEntries:
        """Fetch the entries that changed since the last change taken up."""
        last = await fetch_value("select last from changes", [], connection)
        if last == self._change:
            return _NewEntries(last, last, [])
        statement = "select kind, key, entry from entries where change > %s order by change, place"
        return _NewEntries(self._change, last, await fetch_rows(statement, [self._change], connection))

    def _take_up_all(self, new_entries: _NewEntries) -> None:
        """Hold the fetched entries, unless later ones were taken up meanwhile."""
        since, last, rows = new_entries
        if since != self._change:
            return
        for kind, key, entry in rows:
            # Kinds that only a later version knows are ignored.
            if kind in self.get_all():
                self.take_up(EntryChange(kind, key, None if entry is None else decode_entry(kind, json.loads(entry))))
        self._change = last


async def open_postgres(url: str) -> PostgresStorage:
    """Return storage in the database at `url`.

    Raises:
        StorageError: it does not answer, refuses, or is of a newer version.
        SettingsError: `url` is not the address of a database.
    """
    storage = PostgresStorage(Database(url), secrets.token_hex(8))
    try:
        await storage.load()
    except BaseException:
        await storage.close()
        raise
    return storage


async def _write_changes(connection: Connection, changes: Sequence[EntryChange]) -> None:
    """Write the entries under the next change number; None as a value removes an entry."""
    number = await fetch_value("update changes set last = last + 1 returning last", [], connection)
    for place, (kind, key, value, first_counts) in enumerate(changes):
        conflict = "nothing" if first_counts else _REPLACE
        await connection.execute(
            f"insert into entries values (%s, %s, %s, %s, %s) on conflict (kind, key) do {conflict}",  # noqa: S608 - of two
            [kind, key, None if value is None else json.dumps(encode_entry(kind, value)), number, place],
        )


async def migrate(connection: Connection) -> None:
    """Run the missing migrations; if several processes start at once, one does so and the others wait."""
    await connection.execute("select pg_advisory_xact_lock(%s)", [_SCHEMA_LOCK])
    await connection.execute("create table if not exists schema_version (version int primary key, oldest int not null)")
    cursor = await connection.execute("select version, oldest from schema_version order by version desc limit 1")
    version, oldest = await cursor.fetchone() or (0, 0)
    newest = len(_MIGRATIONS)
    if oldest > newest:
        raise StorageError("the database", f"its schema is of version {version}", "start the newer version of the bot")
    for number in range(version + 1, newest + 1):
        await connection.execute(_MIGRATIONS[number - 1])
        await connection.execute("insert into schema_version values (%s, %s)", [number, _OLDEST])
        log.info("database brought to version=%d", number)
