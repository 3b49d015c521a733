"""Storage in PostgreSQL, which several processes share.

What is kept is entries: a kind, a key, and JSON, which takes every character that a title may have
where a column of text would not. Every writer raises one counter first and marks its entries with
it. That row is locked until the writer commits, so the counter's order is the order of commits, and
a reader that asks for what is newer than it has misses nothing. A new kind of entry needs no new
table, so the version before can work beside it while a deploy is under way.

Entries are held in memory, and what others wrote is taken up by `refresh`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.errors import StorageError
from bot.storage.base import (
    Claim,
    Flag,
    FlagOutcome,
    FlagReason,
    Hold,
    NameHold,
    QuoteChange,
    QuoteEvent,
    ServedCorpus,
    ShownQuote,
    Tombstone,
)
from bot.storage.database import Database
from bot.storage.held_state import HeldState
from bot.storage.postgres_schema import migrate
from bot.storage.postgres_state import StateInDatabase, remove_expired
from bot.storage.wishes import Wish, WordSums, build_wish, list_entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.model import Document, Quote
    from bot.storage.database import Connection

log = logging.getLogger(__name__)

# A start may read all that was ever shown, and wait for another process that makes the tables.
_LOAD_SECONDS = 60.0
# An answer waits no longer than this to be claimed, and to learn what other processes wrote.
_REFRESH_SECONDS = 0.5
# Telegram sends an update again for a day.
_CLAIM_DAYS = 1

_REPLACE = "update set entry = excluded.entry, change = excluded.change, place = excluded.place"
_CLAIM = """
    insert into claims values (%(id)s, %(owner)s, now(), false)
    on conflict (update_id) do update set owner = excluded.owner, since = excluded.since
        where not claims.done and (claims.owner = excluded.owner or claims.since < now() - %(stale)s * interval '1 s')
    returning 1
"""


class _WrittenEntry(NamedTuple):
    """An entry as it is written: None removes what was there; `first_counts` leaves it as it is."""

    kind: str
    key: str
    entry: Mapping[str, Any] | None
    first_counts: bool = False


class _NewEntries(NamedTuple):
    """The rows of entries that changed after the change `since`, up to `last`."""

    since: int
    last: int
    rows: list[tuple[Any, ...]]


class PostgresStorage(HeldState, StateInDatabase):
    """See `Storage`; `owner` names this process among those that claim updates."""

    def __init__(self, database: Database, owner: str) -> None:
        super().__init__()
        self._database = database
        self._owner = owner
        self._change = 0
        looked_up: dict[str, dict[str, Any]] = {
            "shown": self._shown,
            "tombstone": self._tombstones,
            "hold": self._holds,
            "name_hold": self._name_holds,
            "flag": self._flags,
            "choice": self._choices,
            "wishes": self._wishes,
        }
        self._entries = {kind: looked_up.get(kind, {}) for kind in _READERS}
        self._saved_texts: set[str] = set()
        self._unsaved: dict[str, tuple[ShownQuote, Document]] = {}

    async def load(self) -> None:
        """Make the tables, or bring them up to date, and read what is in them.

        Raises:
            StorageError: the database does not answer, refuses, or is of a newer version.
            SettingsError: its address is none.
        """
        await self._database.run(migrate, _LOAD_SECONDS)
        await self._database.run(self._read_changes, _LOAD_SECONDS)

    @property
    def is_persistent(self) -> bool:
        """A database keeps everything."""
        return True

    def find_served(self, corpus: str) -> ServedCorpus | None:
        """Return what was switched to last."""
        return self._entries["served"].get(corpus)

    async def refresh(self) -> None:
        """Read what other processes wrote, unless the database keeps this one waiting."""
        if self._database.is_resting:
            return
        try:
            await self._database.run(self._read_changes, _REFRESH_SECONDS)
        except StorageError as error:
            log.warning("what other processes wrote is not known: %s", error)

    async def record_shown(self, quotes: Iterable[Quote], corpus: str) -> None:
        """Insert the quotes and their texts; those that could not be are inserted with the next."""
        for quote in quotes:
            document = quote.passage.document
            shown = ShownQuote(quote.id, corpus, document.id, document.title, document.sha256, *quote.span)
            if quote.id not in self._shown:
                self._shown[quote.id] = shown
                self._unsaved[quote.id] = shown, document
        pending = dict(self._unsaved)
        if not pending:
            return
        try:
            await self._database.run(lambda connection: self._insert_shown(connection, pending))
        except StorageError as error:
            log.warning("not noted as shown ids=%s reason=%s", ",".join(pending), error)
            return
        # Not before it is committed: a text that is taken for saved is never inserted again.
        for quote_id, (_, document) in pending.items():
            self._unsaved.pop(quote_id, None)
            self._saved_texts.add(document.sha256)

    async def read_words(self, quote_id: str) -> str | None:
        """Read the words of a quote from its kept text."""
        if not (shown := self.find_shown(quote_id)):
            return None

        async def read(connection: Connection) -> bytes | None:
            cursor = await connection.execute("select text from texts where sha256 = %s", [shown.sha256])
            row = await cursor.fetchone()
            return row[0] if row else None

        data = await self._database.run(read)
        # Bytes with the digest of the text that was shown are that text, so they can be decoded.
        if data is None or hashlib.sha256(data).hexdigest() != shown.sha256:
            return None
        return data.decode("utf-8", "surrogatepass")[slice(*shown.span)]

    async def retire(self, tombstones: Iterable[Tombstone]) -> None:
        """Write the tombstones."""
        await self._write(_WrittenEntry("tombstone", each.id, asdict(each)) for each in tombstones)

    async def add_hold(self, hold: Hold) -> None:
        """Write the hold."""
        await self._write([_WrittenEntry("hold", hold.id, asdict(hold))])

    async def remove_hold(self, quote_id: str) -> None:
        """Remove the hold."""
        await self._write([_WrittenEntry("hold", quote_id, None)])

    async def add_name_hold(self, hold: NameHold) -> None:
        """Write the hold on a name."""
        await self._write([_WrittenEntry("name_hold", hold.key, asdict(hold))])

    async def remove_name_hold(self, key: str) -> None:
        """Remove the hold on the name."""
        await self._write([_WrittenEntry("name_hold", key, None)])

    async def record_events(self, events: Iterable[QuoteEvent]) -> None:
        """Write what happened; where the database refuses, warn."""
        changes = [_WrittenEntry("event", event.key, asdict(event), first_counts=True) for event in events]
        try:
            await self._write(changes)
        except StorageError as error:
            log.warning("history not kept: %s", error)

    def count_flags(self) -> Mapping[tuple[FlagReason, FlagOutcome], int]:
        """Return how many there ever were."""
        return Counter(self._entries["closed_flag"].values())

    async def add_flag(self, flag: Flag) -> None:
        """Write the flag."""
        await self._write([_WrittenEntry("flag", flag.id, asdict(flag))])

    async def close_flags(self, flags: Iterable[Flag], outcome: FlagOutcome) -> None:
        """Remove the flags, and count the reason and outcome of each once, whichever processes close it."""
        await self._write(
            change
            for flag in flags
            for change in (
                _WrittenEntry("flag", flag.id, None),
                _WrittenEntry("closed_flag", flag.id, {"reason": flag.reason, "outcome": outcome}, first_counts=True),
            )
        )

    async def choose(self, chat_id: int, corpus: str | None) -> None:
        """Write the chat's choice."""
        await self._write([_WrittenEntry("choice", str(chat_id), None if corpus is None else {"corpus": corpus})])

    async def set_served(self, corpus: str, served: ServedCorpus) -> None:
        """Write what is served now."""
        await self._write([_WrittenEntry("served", corpus, asdict(served))])

    async def set_wishes(self, chat_id: int, wishes: Sequence[Wish]) -> None:
        """Write the wishes of one chat."""
        entry = {"wishes": list_entries(wishes)} if wishes else None
        await self._write([_WrittenEntry("wishes", str(chat_id), entry)])

    def find_arrivals(self, corpus: str) -> Mapping[str, str]:
        """Return when each document was first served."""
        prefix = f"{corpus}/"
        entries = tuple(self._entries["arrival"].items())
        return {key.removeprefix(prefix): when for key, when in entries if key.startswith(prefix)}

    async def record_arrivals(self, corpus: str, arrivals: Mapping[str, str]) -> None:
        """Write what arrived, each by itself."""
        await self._write(
            _WrittenEntry("arrival", f"{corpus}/{name}", {"when": when}, first_counts=True)
            for name, when in arrivals.items()
        )

    def find_word_sums(self) -> WordSums:
        """Return the sums since the last digest."""
        sums: WordSums = self._entries["word_sums"].get("", WordSums())
        return sums

    async def set_word_sums(self, sums: WordSums) -> None:
        """Write the sums."""
        await self._write([_WrittenEntry("word_sums", "", asdict(sums))])

    async def claim(self, update_id: int, stale_seconds: float) -> Claim:
        """Claim an update with the first to ask, or with one that asks long after another began."""

        async def insert(connection: Connection) -> Claim:
            await self._read_changes(connection)
            arguments = {"id": update_id, "owner": self._owner, "stale": stale_seconds}
            cursor = await connection.execute(_CLAIM, arguments)
            if await cursor.fetchone():
                return Claim.OURS
            cursor = await connection.execute("select done from claims where update_id = %s", [update_id])
            row = await cursor.fetchone()
            return Claim.DONE if row and row[0] else Claim.IN_PROGRESS

        return await self._database.run(insert, _REFRESH_SECONDS)

    async def settle(self, update_id: int, *, done: bool) -> None:
        """Mark the claim as done, or take it back; claims that no update can meet are removed."""

        async def update(connection: Connection) -> None:
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

    async def _write(self, changes: Iterable[_WrittenEntry]) -> None:
        """Write `changes`, and take up what others wrote before them."""
        changes = tuple(changes)

        async def write(connection: Connection) -> _NewEntries:
            await _write_changes(connection, changes)
            return await self._fetch_changes(connection)

        if changes:
            # Once they are committed: the number of changes that were not is the next writer's.
            self._take_up(await self._database.run(write))

    async def _insert_shown(self, connection: Connection, pending: Mapping[str, tuple[ShownQuote, Document]]) -> None:
        """Keep the quotes, and the texts they stand in, that are not kept yet."""
        documents = {document.sha256: document for _, document in pending.values()}
        for sha256 in documents.keys() - self._saved_texts:
            content = documents[sha256].text.encode("utf-8", "surrogatepass")
            await connection.execute("insert into texts values (%s, %s) on conflict do nothing", [sha256, content])
        changes = [_WrittenEntry("shown", shown.id, asdict(shown), first_counts=True) for shown, _ in pending.values()]
        await _write_changes(connection, changes)

    async def _read_changes(self, connection: Connection) -> None:
        """Take up what any process changed since the last change that was read."""
        self._take_up(await self._fetch_changes(connection))

    async def _fetch_changes(self, connection: Connection) -> _NewEntries:
        cursor = await connection.execute("select last from changes")
        row = await cursor.fetchone()
        last = row[0] if row else 0
        if last == self._change:
            return _NewEntries(last, last, [])
        cursor = await connection.execute(
            "select kind, key, entry from entries where change > %s order by change, place", [self._change]
        )
        return _NewEntries(self._change, last, await cursor.fetchall())

    def _take_up(self, new_entries: _NewEntries) -> None:
        """Hold the entries that were fetched, unless later ones were taken up meanwhile."""
        since, last, rows = new_entries
        if since != self._change:
            return
        for kind, key, entry in rows:
            # Of a kind that only a later version knows.
            if (entries := self._entries.get(kind)) is None:
                continue
            entries.pop(key, None)
            if entry is not None:
                entries[key] = _READERS[kind](json.loads(entry))
            if kind == "event" and key in entries:
                self._add_event(entries[key])
        self._change = last


_READERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "shown": lambda entry: ShownQuote(**entry),
    "tombstone": lambda entry: Tombstone(**entry),
    "hold": lambda entry: Hold(**entry),
    "event": lambda entry: QuoteEvent(**entry | {"change": QuoteChange(entry["change"])}),
    "flag": lambda entry: Flag(**entry | {"reason": FlagReason(entry["reason"])}),
    "closed_flag": lambda entry: (FlagReason(entry["reason"]), FlagOutcome(entry["outcome"])),
    "name_hold": lambda entry: NameHold(**entry),
    "wishes": lambda entry: tuple(map(build_wish, entry["wishes"])),
    "arrival": lambda entry: entry["when"],
    "word_sums": lambda entry: WordSums(**entry),
    "choice": lambda entry: entry["corpus"],
    "served": lambda entry: ServedCorpus(entry["fingerprint"], tuple(entry["excluded_ids"])),
}


async def open_postgres(url: str) -> PostgresStorage:
    """Return storage in the database at `url`.

    Raises:
        StorageError: it does not answer, refuses, or is of a newer version.
        SettingsError: `url` is no address of one.
    """
    storage = PostgresStorage(Database(url), secrets.token_hex(8))
    try:
        await storage.load()
    except BaseException:
        await storage.close()
        raise
    return storage


async def _write_changes(connection: Connection, changes: Sequence[_WrittenEntry]) -> None:
    """Write the entries under the next number of a change; None as an entry removes it."""
    cursor = await connection.execute("update changes set last = last + 1 returning last")
    row = await cursor.fetchone()
    number = row[0] if row else 0
    for place, (kind, key, entry, first_counts) in enumerate(changes):
        conflict = "nothing" if first_counts else _REPLACE
        await connection.execute(
            f"insert into entries values (%s, %s, %s, %s, %s) on conflict (kind, key) do {conflict}",  # noqa: S608 - of two
            [kind, key, None if entry is None else json.dumps(entry), number, place],
        )
