"""Servers that cannot be used: the start ends with one line and status 2, and no secret is ever printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.storage.stores.postgres.storage import open_postgres
from tests.conftest import ROOT
from tests.services.databases import create_database
from tests.services.test_postgres import run_sql
from tests.test_opensearch_client import VERSION, Said, StubServer

pytestmark = [pytest.mark.services, pytest.mark.timeout(120)]

SECRET = "pa55-word"


def ask(**environment: str) -> str:
    """Return the one line that ends the start."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "privacy"],
        env=clean | {"BOT_LOG_LEVEL": "DEBUG"} | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2, ran
    assert SECRET not in ran.stdout + ran.stderr
    [line] = [line for line in ran.stderr.splitlines() if line.startswith("bot: ")]
    assert "Traceback" not in ran.stderr
    return line


@pytest.mark.parametrize(
    ("address", "fact"),
    [
        (f"postgresql://bot:{SECRET}@127.0.0.1:9/bot", "bot: the database: not reached; "),
        (f"postgresql://bot:{SECRET}@no-such-host.invalid/bot", "bot: the database: not reached; "),
        (f"postgresql://bot:{SECRET}@127.0.0.1:port/bot", "bot: DATABASE_URL: no address of a database; "),
        (f"{SECRET}", "bot: DATABASE_URL: no address of a database; "),
        (f"https://bot:{SECRET}@host/bot", "bot: DATABASE_URL: no address of a database; "),
        (f"postgresql://postgres:{SECRET}@{{host}}/nowhere", "bot: the database: no such database; "),
        (f"postgresql://nobody:{SECRET}@{{host}}/postgres", "bot: the database: the user is refused; "),
    ],
)
def test_a_wrong_address_of_a_database_is_one_line(database_url: str, address: str, fact: str) -> None:
    host = urlsplit(database_url).netloc.rpartition("@")[2]

    assert ask(DATABASE_URL=address.format(host=host)).startswith(fact)


async def test_a_user_without_a_privilege_is_one_line(database_url: str, tmp_path: Path) -> None:
    url = await create_database(tmp_path.name)
    name = f"reader_{os.getpid()}"
    await run_sql(url, f"create role {name} login password '{SECRET}'", "revoke create on schema public from public")
    host, path = urlsplit(database_url).netloc.rpartition("@")[2], urlsplit(url).path

    line = ask(DATABASE_URL=f"postgresql://{name}:{SECRET}@{host}{path}")

    assert line == "bot: the database: the user lacks a privilege; let it create tables and write to them"


async def test_a_schema_of_a_newer_version_is_one_line(tmp_path: Path) -> None:
    url = await create_database(tmp_path.name)
    await (await open_postgres(url)).close()
    await run_sql(url, "insert into schema_version values (99, 99)")

    assert ask(DATABASE_URL=url) == (
        "bot: the database: its schema is of version 99; start the newer version of the bot"
    )


@pytest.fixture
def stub() -> Iterator[StubServer]:
    server = StubServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ask_cluster(address: str) -> str:
    return ask(OPENSEARCH_URL=address, BOT_ENGINE__NAME="opensearch", BOT_ENGINE__CACHE="none")


@pytest.mark.parametrize(
    ("script", "fact"),
    [
        ([Said(401, "Unauthorized")], "bot: OpenSearch: the user or the password is refused; "),
        ([Said(403, {"error": "no permissions"})], "bot: OpenSearch: the user lacks a privilege; "),
        ([Said(200, VERSION), Said(403, {"error": "no permissions"})], "bot: OpenSearch: the user lacks a privilege; "),
        (
            [Said(200, {"version": {"number": "1.3.20", "distribution": "opensearch"}})],
            "bot: OpenSearch: version 1.3.20",
        ),
        ([Said(200, {"version": {"number": "8.15.0"}})], "bot: OpenSearch: the server is another one; "),
        ([Said(200, "<html>It works</html>")], "bot: OpenSearch: "),
        ([Said(200, json.dumps([]))], "bot: OpenSearch: "),
        ([Said(503, "down")], "bot: OpenSearch: answered 503; "),
    ],
)
def test_a_cluster_that_refuses_is_one_line(stub: StubServer, script: list[Said], fact: str) -> None:
    stub.script = script

    assert ask_cluster(f"http://bot:{SECRET}@127.0.0.1:{stub.server_port}").startswith(fact)


@pytest.mark.parametrize(
    ("address", "fact"),
    [
        (f"http://bot:{SECRET}@127.0.0.1:9", "bot: OpenSearch: not reached; "),
        (f"https://bot:{SECRET}@no-such-host.invalid:9200", "bot: OpenSearch: not reached; "),
        (f"http://bot:{SECRET}@127.0.0.1:port", "bot: OPENSEARCH_URL: "),
        (SECRET, "bot: OPENSEARCH_URL: "),
        (f"ftp://bot:{SECRET}@127.0.0.1", "bot: OPENSEARCH_URL: "),
    ],
)
def test_a_wrong_address_of_a_cluster_is_one_line(address: str, fact: str) -> None:
    assert ask_cluster(address).startswith(fact)
