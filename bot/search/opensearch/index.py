"""An index in a cluster: its name, its metadata, how it is sent, and how it is searched.

The metadata is written last, so an index that was left half built is built again. Several processes may
send the same index at once: the same documents under the same ids.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field

from bot.analysis import Analyser
from bot.errors import SearchError
from bot.model import Passage
from bot.search.base import Hit, Query
from bot.search.bm25.engine import list_stems
from bot.search.bm25.text_ranking import Bm25Options
from bot.search.opensearch.client import Cluster, IndexMissingError
from bot.search.opensearch.features import (
    FIELDS,
    LOW_SUFFIX,
    NUMBER,
    PARENT,
    PASSAGE,
    BulkDocument,
    FeatureQuery,
    build_request,
)
from bot.search.opensearch.indexer import Statistics

# The lower end of what Elastic advises for a bulk request, which a small node can take.
_BULK_BYTES = 1_000_000
# Bodies that the cluster works on while the next is made. Making one takes a little less than indexing it
# (cluster_scale.py), so one would leave the cluster idle now and then, and a third only waits.
_BODIES_SENT = 2
# Segments of one size before they are merged, ten by default: they are merged once in the end, not thrice on the way.
_SEGMENTS_PER_TIER = 50
# Bytes of an archive in one document: base64 makes four of three, and a document stays below `_BULK_BYTES`.
_ARCHIVE_BYTES = 600_000
# How long to wait for copies on other nodes when an index is new.
_COPIES_SECONDS = 60.0
# An index that no process has used for so long is removed.
_UNUSED_AFTER = timedelta(days=7)
# The server's own limit of `from + size`, unless an index says otherwise.
DEFAULT_WINDOW = 10_000
# The field that holds a part of an archive.
ARCHIVE = "statistics"

log = logging.getLogger(__name__)


class Options(Bm25Options):
    """`[engine.options.opensearch]`: the recipe of `bm25`, and where the index lies."""

    prefix: str = Field("on-the-record", pattern=r"^[a-z0-9][a-z0-9-]*$", description="what its indexes are called")
    shards: int = Field(1, gt=0, le=1024, description="parts that an index is divided into")
    copies: int = Field(1, ge=0, le=16, description="copies of each part, as far as nodes allow")
    timeout: float = Field(3.0, gt=0, le=60, description="seconds that one search may take")

    @property
    def recipe(self) -> Bm25Options:
        """The options that change weights: `fast` chooses the embedded engine's scorer, which is not used here."""
        values = self.model_dump(include=set(Bm25Options.model_fields) - {"fast"})
        return Bm25Options(**values, fast=False)


class IndexPlace:
    """Where an index lies, whether it is whole, and how it is sent there."""

    def __init__(self, cluster: Cluster, name: str, analyser: Analyser, options: Options) -> None:
        self.cluster = cluster
        self.name = name
        self.analyser = analyser
        self.options = options
        self._touched_on = ""

    def find_stems(self, passage: Passage, stems: frozenset[str]) -> frozenset[str]:
        """Return which of `stems` the passage is found by, without asking the cluster."""
        return stems and stems & list_stems(passage, self.analyser, self.options.recipe)

    def open(self) -> Mapping[str, Any] | None:
        """Return the metadata of the index, None if it is not whole; note that it is used, and set its copies.

        Raises:
            SearchError: the cluster failed, or refused something.
        """
        meta = self.cluster.read_meta(self.name)
        if not meta or not meta.get("complete") or self.cluster.count(self.name) != meta["documents"]:
            return None
        self.touch()
        self.cluster.set_copies(self.name, self.options.copies)
        return meta

    def create(self, passage_count: int, properties: Mapping[str, Any] | None = None) -> None:
        """Create the index, unless it is there; `properties` are of fields beside those of passages.

        Raises:
            SearchError: the cluster failed, or refused something.
        """
        self.cluster.create_index(self.name, _build_index_body(self.options, passage_count, properties or {}))

    def send(self, documents: Iterable[BulkDocument]) -> int:
        """Send `documents`, and return how many they are; the next are made while the cluster takes the last.

        Raises:
            SearchError: the cluster failed, or refused something.
        """
        bodies: deque[Future[None]] = deque()
        sent = 0
        with ThreadPoolExecutor(_BODIES_SENT, "bulk") as executor:
            for lines, count in _batch_documents(documents):
                if len(bodies) == _BODIES_SENT:
                    bodies.popleft().result()
                bodies.append(executor.submit(self.cluster.send, self.name, lines))
                sent += count
        for body in bodies:
            body.result()
        return sent

    def finish(self, sent: int, archives: Mapping[str, bytes]) -> None:
        """Send `archives`, then mark the index as complete if it holds them and the `sent` documents before them.

        Raises:
            SearchError: the cluster failed, or refused something.
        """
        chunks = {name: list(_encode_chunks(data)) for name, data in archives.items()}
        sent += self.send(
            BulkDocument(f"{name}-{part}", f"{name}-{part}", f'{{"{ARCHIVE}":"{chunk}"}}')
            for name, parts in chunks.items()
            for part, chunk in enumerate(parts)
        )
        if (stored := self.cluster.finish_index(self.name)) != sent:
            fact = f"{stored} documents of {sent} are there"
            raise SearchError("OpenSearch", fact, "load the corpus again")
        # Copied when it is whole, which is quicker.
        self.cluster.set_copies(self.name, self.options.copies)
        if not self.cluster.wait_for_copies(self.name, _COPIES_SECONDS):
            log.warning("index has no copies yet name=%s", self.name)
        self._touched_on = get_today()
        meta = {"complete": True, "documents": sent, "used": self._touched_on}
        self.cluster.write_meta(self.name, meta | {name: len(parts) for name, parts in chunks.items()})

    def read_archive(self, meta: Mapping[str, Any], name: str) -> bytes:
        """Return the archive that `finish` was given under this name.

        Raises:
            SearchError: the cluster failed.
        """
        chunks = (self.cluster.read_stored(self.name, f"{name}-{part}", ARCHIVE) for part in range(meta[name]))
        return b"".join(map(base64.b64decode, chunks))

    def touch(self) -> None:
        """Note once a day that the index is used; a cluster that refuses costs nothing else."""
        if (today := get_today()) == self._touched_on:
            return
        self._touched_on = today
        try:
            if meta := self.cluster.read_meta(self.name):
                self.cluster.write_meta(self.name, meta | {"used": today})
        except SearchError as error:
            log.warning("index not noted as used: %s", error)

    def remove_unused(self) -> None:
        """Remove the other indexes with this prefix that nobody has used for a week; if that fails, only warn."""
        oldest = (datetime.now(UTC) - _UNUSED_AFTER).date().isoformat()
        try:
            for name, meta in self.cluster.read_all_meta(f"{self.options.prefix}-*").items():
                if name != self.name and meta.get("used", oldest) < oldest:
                    self.cluster.delete_index(name)
                    log.info("index removed, unused since=%s name=%s", meta["used"], name)
        except SearchError as error:
            log.warning("unused indexes not removed: %s", error)


class ClusterIndex(ABC):
    """An index in a cluster: it finds what matches a query; a subclass reads the passage of each hit."""

    def __init__(self, place: IndexPlace, statistics: Statistics) -> None:
        self._place = place
        self._statistics = statistics

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        """Return up to `limit` hits, best first; ties go to the earlier passage.

        Raises:
            SearchError: the cluster cannot be searched now.
        """
        return self._search(query, limit, ())

    @abstractmethod
    def _read_passages(self, hits: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Mapping[str, Any], Passage]]:
        """Return each of `hits` that can be shown, with its passage."""

    @abstractmethod
    def _note_missing(self) -> None:
        """React to finding that the index is missing, before the error is raised."""

    # The stored field that a hit brings besides its number.
    _stored_field = "_none_"

    def _search(self, query: Query, limit: int, filters: Sequence[Mapping[str, Any]]) -> Sequence[Hit]:
        """Search as `search` does, for passages that match all `filters`."""
        refuse_event_loop()
        terms, further_stems = self._select_terms(query)
        if limit < 1 or not terms:
            return ()
        place = self._place
        size = min(limit, self._statistics.text_count.item())
        features = FeatureQuery(terms, query.pairs[: place.options.terms], filters, self._stored_field)
        try:
            hits = place.cluster.search(place.name, build_request(features, size))
        except IndexMissingError:
            self._note_missing()
            raise
        place.touch()
        return tuple(
            Hit(
                passage,
                hit["_score"],
                frozenset(terms[int(number)][0] for number in hit["matched_queries"])
                | place.find_stems(passage, further_stems),
            )
            for hit, passage in self._read_passages(hits)
        )

    def idf(self, stem: str) -> float:
        """Return the idf of `stem`: above zero, most for a stem no passage has."""
        return self._statistics.get_idf(stem)

    def _select_terms(self, query: Query) -> tuple[list[tuple[str, float]], frozenset[str]]:
        """Return each known stem with its weight; of too many, the most telling, and the rest as stems alone."""
        terms = [
            (stem, weight) for stem, weight in query.weights.items() if weight > 0 and self._statistics.has_stem(stem)
        ]
        limit = self._place.options.terms
        if len(terms) > limit:
            terms.sort(key=lambda term: -term[1] * self.idf(term[0]))
        return terms[:limit], frozenset(stem for stem, _ in terms[limit:])


def _build_index_body(options: Options, passage_count: int, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings and mappings of a new index, whose metadata say that it is not complete."""
    features = [f"{field}{suffix}" for field in FIELDS for suffix in ("", LOW_SUFFIX)]
    return {
        "settings": {
            "number_of_shards": options.shards,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            # What a crash loses is built again, so no write waits for the disk.
            "translog.durability": "async",
            "merge.policy.segments_per_tier": _SEGMENTS_PER_TIER,
            "max_result_window": max(passage_count, DEFAULT_WINDOW),
        },
        "mappings": {
            "dynamic": "strict",
            "_source": {"enabled": False},
            "_meta": {"complete": False, "used": get_today()},
            "properties": {
                NUMBER: {"type": "integer"},
                "kind": {"type": "join", "relations": {PARENT: PASSAGE}},
                ARCHIVE: {"type": "binary", "store": True},
                **properties,
                **{name: {"type": "rank_features"} for name in features},
            },
        },
    }


def _batch_documents(documents: Iterable[BulkDocument]) -> Iterator[tuple[str, int]]:
    """Yield bodies for the bulk API, and how many documents each holds."""
    lines: list[str] = []
    size = count = 0
    for document in documents:
        action = f'{{"index":{{"_id":"{document.id}","routing":"{document.routing}"}}}}'
        lines += action, document.source
        size += len(action) + len(document.source)
        count += 1
        if size >= _BULK_BYTES:
            yield "\n".join(lines) + "\n", count
            lines, size, count = [], 0, 0
    if lines:
        yield "\n".join(lines) + "\n", count


def _encode_chunks(data: bytes) -> Iterator[str]:
    """Yield `data` in base64, `_ARCHIVE_BYTES` of it at a time."""
    for start in range(0, len(data), _ARCHIVE_BYTES):
        yield base64.b64encode(data[start : start + _ARCHIVE_BYTES]).decode()


def get_today() -> str:
    """Return today's date in UTC, as indexes note it."""
    return datetime.now(UTC).date().isoformat()


def refuse_event_loop() -> None:
    """Raise a RuntimeError in the event loop, where a search would keep everybody waiting: a defect of the caller."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("a search over the network must not run in the event loop")
