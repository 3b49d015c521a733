"""Storage in a real PostgreSQL: several processes at once, and a server that refuses."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.errors import BotError, SettingsError, StorageError
from bot.model import Document, Kind, Passage, Quote, Span
from bot.storage import Claim, RateSlot, create_hold
from bot.storage.stores.postgres import storage as module
from bot.storage.stores.postgres.database import Database
from bot.storage.stores.postgres.storage import PostgresStorage, open_postgres
from tests.invented_debate import FERRY
from tests.services.databases import create_database

pytestmark = [pytest.mark.services, pytest.mark.timeout(120)]

QUOTES = [Quote(passage, passage.frame) for passage in FERRY.passages[:3]]
HOLD = create_hold(QUOTES[0], "disputed", "2031-01-01")


@pytest.fixture
async def url(tmp_path: Path) -> str:
    return await create_database(tmp_path.name)


async def run_sql(url: str, *statements: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for statement in statements:
            await connection.execute(statement.encode())


async def count_rows(url: str, table: str) -> int:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        row = await (await connection.execute(f"select count(*) from {table}".encode())).fetchone()
        return int(row[0]) if row else -1


async def close_all(storages: list[PostgresStorage]) -> None:
    for storage in storages:
        await storage.close()


async def test_processes_that_start_at_once_make_the_tables_once(url: str) -> None:
    storages = await asyncio.gather(*(open_postgres(url) for _ in range(6)))

    await asyncio.gather(*(storage.choose(number, "tram") for number, storage in enumerate(storages)))

    await storages[0].refresh()
    assert [storages[0].find_choice(number) for number in range(6)] == ["tram"] * 6
    await close_all(storages)


async def test_of_many_that_claim_an_update_one_has_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # With time enough for a hundred that wait in a line, however busy the machine is.
    storages = [PostgresStorage(Database(url, seconds=60.0), name) for name in ("one", "two", "three")]
    for storage in storages:
        await storage.load()
    monkeypatch.setattr(module, "_REFRESH_SECONDS", 60.0)

    claims = await asyncio.gather(*(storages[n % 3].claim(n // 3, 60) for n in range(300)))

    assert claims.count(Claim.OURS) == 100
    assert claims.count(Claim.IN_PROGRESS) == 200
    await storages[0].settle(0, done=True)
    assert {await each.claim(0, 60) for each in storages} <= {Claim.DONE, Claim.IN_PROGRESS, Claim.OURS}
    await close_all(storages)


async def test_what_an_ended_process_had_claimed_is_claimed_by_another(url: str) -> None:
    one, other = await open_postgres(url), await open_postgres(url)
    await one.claim(7, 60)
    assert await other.claim(7, 60) is Claim.IN_PROGRESS
    await asyncio.sleep(0.05)

    assert await other.claim(7, 0.01) is Claim.OURS

    # Too late: the update is the other's now.
    await one.settle(7, done=True)
    assert await one.claim(7, 60) is Claim.IN_PROGRESS
    await other.settle(7, done=True)
    assert await one.claim(7, 0) is Claim.DONE
    await close_all([one, other])


async def test_claims_that_no_update_can_meet_are_removed(url: str) -> None:
    storage = await open_postgres(url)
    await storage.claim(1, 60)
    await storage.settle(1, done=True)
    await run_sql(url, "update claims set since = since - interval '25 hours'")

    await storage.claim(2, 60)
    await storage.settle(2, done=True)

    assert await storage.claim(1, 60) is Claim.OURS
    await storage.close()


async def test_every_character_that_a_text_may_have_is_kept(url: str) -> None:
    document = Document(id="\ud800", title="NUL \0, a surrogate \udfff, and 😀", text="a\0b \ud800c “d”")
    passage = Passage(document, Span(0, 5), Span(0, 5), Kind.NARRATION, 1)
    quote = Quote(passage, Span(0, len(document.text)))
    before = await open_postgres(url)
    await before.record_shown([quote], "odd\0")

    after = await open_postgres(url)

    [shown] = after.list_shown("odd\0")
    assert (shown.title, shown.document) == (document.title, document.id)
    assert await after.read_words(quote.id) == document.text
    await close_all([before, after])


async def test_a_text_that_was_changed_in_the_database_is_not_shown(url: str) -> None:
    storage = await open_postgres(url)
    await storage.record_shown(QUOTES, "ferry")
    await run_sql(url, "update texts set text = text || 'x'")

    assert await storage.read_words(QUOTES[0].id) is None
    await run_sql(url, "delete from texts")
    assert await storage.read_words(QUOTES[0].id) is None
    await storage.close()


# Says no when a transaction that wrote entries is committed, as a disk does that is full just then.
REFUSE_COMMITS = (
    "create function refuse() returns trigger language plpgsql as 'begin raise exception $$full$$; end'",
    """
    create constraint trigger refuse after insert or update on entries deferrable initially deferred
    for each row execute function refuse()
    """,
)
TAKE_COMMITS = "drop trigger refuse on entries"


async def test_what_was_not_committed_is_not_held_and_hides_nothing_that_others_write(url: str) -> None:
    one, other = await open_postgres(url), await open_postgres(url)
    await run_sql(url, *REFUSE_COMMITS)

    with pytest.raises(StorageError, match="it refused"):
        await one.choose(1, "tram")

    assert one.find_choice(1) is None
    await run_sql(url, TAKE_COMMITS)
    await other.add_hold(HOLD)
    await one.refresh()
    assert one.list_holds() == (HOLD,)
    await close_all([one, other])


async def test_texts_that_were_not_committed_are_kept_with_the_next(url: str) -> None:
    storage = await open_postgres(url)
    await run_sql(url, *REFUSE_COMMITS)
    await storage.record_shown(QUOTES, "ferry")
    await run_sql(url, TAKE_COMMITS)

    await storage.record_shown([], "ferry")

    assert await storage.read_words(QUOTES[0].id) == QUOTES[0].text
    await storage.close()


async def test_what_was_read_before_a_later_change_undoes_none(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    storage, run = await open_postgres(url), Database.run

    async def run_and_be_outdone(database: Database, work: Any, *seconds: Any) -> Any:
        result = await run(database, work, *seconds)
        with monkeypatch.context() as patch:
            patch.setattr(Database, "run", run)
            await storage.choose(1, "ferry")
        return result

    monkeypatch.setattr(Database, "run", run_and_be_outdone)
    await storage.choose(1, "tram")

    assert storage.find_choice(1) == "ferry"
    await storage.close()


async def test_a_document_of_the_largest_size_is_kept_for_another_process(url: str) -> None:
    one, other = await open_postgres(url), await open_postgres(url)
    content = bytes(range(256)) * (20 << 12)

    await one.keep("upload", "ferry", content, 60)

    assert await other.find_kept("upload", "ferry") == content
    await close_all([one, other])


async def test_what_nobody_asks_for_any_longer_is_removed(url: str) -> None:
    storage = await open_postgres(url)
    await storage.keep("answer", "1/2", b"3", 0)
    await storage.take_slots([RateSlot("a", 1, -7200)], 0)
    await storage.claim(1, 60)

    await storage.settle(1, done=True)

    for table in ("passing", "slots"):
        assert await count_rows(url, table) == 0
    await storage.close()


async def test_storage_goes_on_in_another_event_loop(url: str) -> None:
    def use_elsewhere() -> str | None:
        async def use() -> str | None:
            storage = await open_postgres(url)
            await storage.choose(1, "tram")
            box.append(storage)
            return storage.find_choice(1)

        return asyncio.run(use())

    box: list[PostgresStorage] = []
    await asyncio.to_thread(use_elsewhere)
    [storage] = box

    await storage.choose(1, "ferry")

    assert storage.find_choice(1) == "ferry"
    await storage.close()


async def test_a_schema_that_only_a_newer_version_can_use_is_refused(url: str) -> None:
    await (await open_postgres(url)).close()
    newer = len(module._MIGRATIONS) + 1  # noqa: SLF001
    await run_sql(url, f"insert into schema_version values ({newer}, 1)", "alter table entries add hint text")

    # Of the version that came next, which left standing what this one uses.
    storage = await open_postgres(url)
    await storage.choose(1, "tram")
    await run_sql(url, "insert into entries values ('later', 'x', '{}', 1000, 0)", "update changes set last = 1000")
    await storage.refresh()
    assert storage.find_choice(1) == "tram"
    await storage.close()

    await run_sql(url, f"insert into schema_version values ({newer + 1}, {newer + 1})")
    with pytest.raises(StorageError, match=f"its schema is of version {newer + 1}; start the newer version"):
        await open_postgres(url)


@pytest.mark.parametrize(
    ("address", "fact"),
    [
        ("postgresql://bot:secret@127.0.0.1:9/bot", "the database: not reached"),
        ("postgresql://postgres:secret@{host}/nowhere", "the database: no such database"),
        ("postgresql://nobody:secret@{host}/postgres", "the database: "),
        ("postgresql://bot:secret@127.0.0.1:port/bot", "DATABASE_URL: no address of a database"),
        ("secret", "DATABASE_URL: no address of a database"),
        ("mysql://bot:secret@host/bot", "DATABASE_URL: no address of a database"),
    ],
)
async def test_a_database_that_cannot_be_used_is_one_line_without_its_secrets(
    database_url: str, address: str, fact: str
) -> None:
    with pytest.raises((SettingsError, StorageError)) as caught:
        await open_postgres(address.format(host=urlsplit(database_url).netloc.rpartition("@")[2]))

    assert str(caught.value).startswith(fact)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("statement", "fact"),
    [
        ("alter database {name} set default_transaction_read_only = on", "the database is read-only"),
        ("drop table entries", "it refused (UndefinedTable)"),
        ("alter table entries add constraint full_up check (false) not valid", "it refused (CheckViolation)"),
    ],
)
async def test_what_the_database_refuses_is_not_said_to_be_kept(url: str, statement: str, fact: str) -> None:
    storage = await open_postgres(url)
    await storage.close()
    await run_sql(url, statement.format(name=urlsplit(url).path[1:]))

    with pytest.raises(StorageError) as caught:
        await storage.add_hold(HOLD)

    assert caught.value.fact == fact
    assert storage.list_holds() == ()
    await storage.close()


@pytest.mark.parametrize(
    ("error", "fact"),
    [
        (psycopg.errors.InvalidPassword(), "the user or the password is refused"),
        (psycopg.errors.InsufficientPrivilege(), "the user lacks a privilege"),
        (psycopg.errors.DiskFull(), "the disk is full"),
        (psycopg.errors.TooManyConnections(), "too many connections"),
        (psycopg.OperationalError('FATAL: password authentication failed for user "bot"'), "the user or the password"),
        (psycopg.OperationalError('FATAL:  role "bot" does not exist'), "the user is refused"),
        (
            psycopg.OperationalError('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "bot"'),
            "the user is refused",
        ),
        (psycopg.OperationalError('FATAL:  role "bot" is not permitted to log in'), "the user is refused"),
        (psycopg.OperationalError('FATAL:  database "bot" does not exist'), "no such database"),
        (psycopg.OperationalError("FATAL:  sorry, too many clients already"), "too many connections"),
        (psycopg.OperationalError('FATAL:  permission denied for database "bot"'), "the user lacks a privilege"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), "not reached"),
    ],
)
async def test_each_refusal_has_its_own_fact(url: str, error: psycopg.Error, fact: str) -> None:
    async def refuse(_: object) -> None:
        raise error

    database = Database(url)
    with pytest.raises(BotError) as caught:
        await database.run(refuse)

    assert caught.value.fact.startswith(fact)
    await database.close()
