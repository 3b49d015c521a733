"""A database of its own for each test, in the server that `make services` started."""

from __future__ import annotations

import os
import re

import psycopg
from psycopg import sql

VARIABLE = "TEST_DATABASE_URL"


async def create_database(name: str) -> str:
    """Return the address of the database called `name`, created unless it is there."""
    server = os.environ[VARIABLE]
    name = re.sub(r"\W", "_", name.lower())[-60:]
    async with await psycopg.AsyncConnection.connect(server, autocommit=True) as connection:
        found = await connection.execute("select 1 from pg_database where datname = %s", [name])
        if await found.fetchone() is None:
            await connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    root, _, _ = server.rpartition("/")
    return f"{root}/{name}"
