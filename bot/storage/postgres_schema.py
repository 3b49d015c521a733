"""The tables of the database, made and brought up to date by the first process that starts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.errors import StorageError
from bot.storage.postgres_state import TABLES

if TYPE_CHECKING:
    from bot.storage.database import Connection

log = logging.getLogger(__name__)

# Any number: what schema changes of this project are locked with.
_SCHEMA_LOCK = 7_405_914_331_880_207_361
# Version n is what these statements make, from the first to the n-th. A version is only ever added to
# the end, and must leave standing what `_OLDEST` and later use.
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
# The oldest version of this code that can use a database of this one's.
_OLDEST = 1


async def migrate(connection: Connection) -> None:
    """Run the migrations that are missing; of several processes at once one does, and the others wait."""
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
