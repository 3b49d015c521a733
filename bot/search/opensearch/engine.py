"""Passages in a cluster: an index named by its content, complete or not used.

The name is a digest of the passages and of the recipe, so a hit's number can only mean the passage
that this process holds under it; an alias, which another process may turn to other passages,
decides nothing. Several processes may build the same index at once: they send the same documents
under the same ids. What the index says of itself is written last, so one that was left half built
is built again.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import threading
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from pydantic import Field

from bot.errors import SearchError
from bot.search.base import Hit
from bot.search.bm25 import engine as bm25
from bot.search.bm25.text_ranking import Bm25Options
from bot.search.opensearch.client import Cluster, IndexMissingError, connect
from bot.search.opensearch.impacts import (
    FIELDS,
    LOW_SUFFIX,
    PARENT,
    PASSAGE,
    BulkDocument,
    feature_name,
)
from bot.search.opensearch.indexer import CorpusIndexer
from bot.search.opensearch.statistics import Statistics, statistics_from_bytes, statistics_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.analysis import Analyser
    from bot.model import Passage
    from bot.search.base import Query

_FORMAT_VERSION = 1  # raise it when documents, mappings or statistics are laid out in another way
# As large as Elastic's own advice for a bulk request's lower end: a small node takes it.
_BULK_BYTES = 1_000_000
# base64 makes four bytes of three, and a document stays below what a bulk request should have.
_STATISTICS_BYTES = 600_000
# How long a copy on a second node is waited for, when an index is new.
_COPIES_SECONDS = 60.0
# What no process has used for so long is removed.
_UNUSED_AFTER = timedelta(days=7)
# The server's own limit of `from + size`, unless an index says otherwise.
_DEFAULT_WINDOW = 10_000

log = logging.getLogger(__name__)


class Options(Bm25Options):
    """`[engine.options.opensearch]`: the recipe of `bm25`, and where the index lies."""

    prefix: str = Field("on-the-record", pattern=r"^[a-z0-9][a-z0-9-]*$", description="what its indexes are called")
    shards: int = Field(1, gt=0, le=1024, description="parts that an index is divided into")
    copies: int = Field(1, ge=0, le=16, description="copies of each part, as far as nodes allow")
    timeout: float = Field(3.0, gt=0, le=60, description="seconds that one search may take")


class OpenSearchIndex:
    """Passages by number, and the index that finds their numbers."""

    def __init__(self, builder: IndexBuilder, statistics: Statistics) -> None:
        self._builder = builder
        self._statistics = statistics
        self._rebuilding = threading.Lock()

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        """Return up to `limit` hits, best first; ties go to the earlier passage.

        Raises:
            SearchError: the cluster cannot be searched now.
        """
        _refuse_event_loop()
        terms, further_stems = self._select_terms(query)
        if limit < 1 or not terms:
            return ()
        passages, builder = self._builder.passages, self._builder
        size = min(limit, len(passages))
        body = _build_request(terms, query.pairs[: builder.options.terms], size)
        try:
            hits = builder.cluster.search(builder.name, body)
        except IndexMissingError:
            self._rebuild()
            raise
        builder.touch()
        return tuple(
            Hit(
                passage := passages[hit["sort"][1]],
                hit["_score"],
                frozenset(terms[int(number)][0] for number in hit["matched_queries"])
                | builder.find_stems(passage, further_stems),
            )
            for hit in hits
        )

    def idf(self, stem: str) -> float:
        """Return the idf of `stem`: above zero, most for a stem no passage has."""
        return self._statistics.get_idf(stem)

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """Every folded word, and in how many passages it stands."""
        return self._statistics.read_vocabulary()

    def _select_terms(self, query: Query) -> tuple[list[tuple[str, float]], frozenset[str]]:
        """Return each known stem with its weight; of too many, the most telling, and the others."""
        terms = [
            (stem, weight) for stem, weight in query.weights.items() if weight > 0 and self._statistics.has_stem(stem)
        ]
        if len(terms) > self._builder.options.terms:
            terms.sort(key=lambda term: -term[1] * self.idf(term[0]))
        limit = self._builder.options.terms
        return terms[:limit], frozenset(stem for stem, _ in terms[limit:])

    def _rebuild(self) -> None:
        """Build the index again beside all else, if nobody does."""
        if self._rebuilding.acquire(blocking=False):
            threading.Thread(target=self._run_rebuild, name="rebuild", daemon=True).start()

    def _run_rebuild(self) -> None:
        try:
            self._builder.build()
            log.warning("index was missing and is built again name=%s", self._builder.name)
        except SearchError as error:
            log.warning("index is missing and not built name=%s reason=%s", self._builder.name, error)
        finally:
            self._rebuilding.release()


class IndexBuilder:
    """What an index is made from, and where it lies."""

    def __init__(self, cluster: Cluster, passages: Sequence[Passage], analyser: Analyser, options: Options) -> None:
        self.cluster = cluster
        self.passages = passages
        self.options = options
        self._analyser = analyser
        # Only the options that change weights: `fast` chooses the embedded engine's scorer, which is not used here.
        recipe = options.model_dump(include=set(Bm25Options.model_fields) - {"fast"})
        self._recipe = Bm25Options(**recipe, fast=False)
        key = bm25.compute_cache_key(passages, analyser, self._recipe)
        digest = hashlib.sha256(f"{_FORMAT_VERSION} {options.shards} {key}".encode()).hexdigest()
        self.name = f"{options.prefix}-{digest[:40]}"
        self._touched_on = ""

    def find_stems(self, passage: Passage, stems: frozenset[str]) -> frozenset[str]:
        """Return which of `stems` the passage is found by, without asking the cluster."""
        return stems and stems & bm25.list_stems(passage, self._analyser, self._recipe)

    def open_or_build(self) -> Statistics:
        """Return the statistics of the index, which is whole when this returns.

        Raises:
            SearchError: the cluster failed, or refused something.
        """
        meta = self.cluster.read_meta(self.name)
        if meta and meta.get("complete") and self.cluster.count(self.name) == meta["documents"]:
            self.touch()
            self.cluster.set_copies(self.name, self.options.copies)
            return self._read_statistics(meta)
        return self.build()

    def build(self) -> Statistics:
        """Send every document, and say that the index is complete when it is.

        Raises:
            SearchError: the cluster failed, or refused something.
        """
        indexer = CorpusIndexer(self.passages, self._analyser, self._recipe)
        statistics = indexer.count()
        chunks = list(_split(statistics_to_bytes(statistics)))
        self.cluster.create_index(self.name, _index_body(self.options, len(self.passages)))
        sent = 0
        for lines, count in _batch(chain(indexer.render(), _list_statistics(chunks))):
            self.cluster.send(self.name, lines)
            sent += count
        if (stored := self.cluster.finish_index(self.name)) != sent:
            fact = f"{stored} documents of {sent} are there"
            raise SearchError("OpenSearch", fact, "load the corpus again")
        # Copied when it is whole, which is quicker.
        self.cluster.set_copies(self.name, self.options.copies)
        if not self.cluster.wait_for_copies(self.name, _COPIES_SECONDS):
            log.warning("index has no copies yet name=%s", self.name)
        self._touched_on = _today()
        meta = {"complete": True, "documents": sent, "statistics": len(chunks)}
        self.cluster.write_meta(self.name, meta | {"used": self._touched_on})
        return statistics

    def touch(self) -> None:
        """Note once a day that the index is used; a cluster that refuses costs nothing else."""
        if (today := _today()) == self._touched_on:
            return
        self._touched_on = today
        try:
            if meta := self.cluster.read_meta(self.name):
                self.cluster.write_meta(self.name, meta | {"used": today})
        except SearchError as error:
            log.warning("index not noted as used: %s", error)

    def remove_unused(self) -> None:
        """Remove the indexes that nobody has used for a week."""
        oldest = (datetime.now(UTC) - _UNUSED_AFTER).date().isoformat()
        try:
            for name, meta in self.cluster.read_all_meta(f"{self.options.prefix}-*").items():
                if name != self.name and meta.get("used", oldest) < oldest:
                    self.cluster.delete_index(name)
                    log.info("index removed, unused since=%s name=%s", meta["used"], name)
        except SearchError as error:
            log.warning("unused indexes not removed: %s", error)

    def _read_statistics(self, meta: Mapping[str, Any]) -> Statistics:
        chunks = (
            self.cluster.read_stored(self.name, _build_statistics_id(number), "statistics")
            for number in range(meta["statistics"])
        )
        return statistics_from_bytes(b"".join(map(base64.b64decode, chunks)))


def build(
    passages: Sequence[Passage],
    analyser: Analyser,
    options: Options,
    cache: Path | None = None,  # noqa: ARG001  the cluster keeps the index
) -> OpenSearchIndex:
    """Return the index of `passages` in the cluster, built there unless it is.

    Raises:
        SettingsError: no address of a cluster is set.
        SearchError: the cluster failed, or refused something.
    """
    cluster = connect(options.timeout)
    cluster.check_version()
    builder = IndexBuilder(cluster, tuple(passages), analyser, options)
    index = OpenSearchIndex(builder, builder.open_or_build())
    builder.remove_unused()
    return index


def _index_body(options: Options, passage_count: int) -> dict[str, Any]:
    """Return the settings and mappings of an index that is not complete yet."""
    features = [f"{field}{suffix}" for field in FIELDS for suffix in ("", LOW_SUFFIX)]
    return {
        "settings": {
            "number_of_shards": options.shards,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            # What a crash loses is built again, so no write waits for the disk.
            "translog.durability": "async",
            "max_result_window": max(passage_count, _DEFAULT_WINDOW),
        },
        "mappings": {
            "dynamic": "strict",
            "_source": {"enabled": False},
            "_meta": {"complete": False, "used": _today()},
            "properties": {
                "number": {"type": "integer"},
                "kind": {"type": "join", "relations": {PARENT: PASSAGE}},
                "statistics": {"type": "binary", "store": True},
                **{name: {"type": "rank_features"} for name in features},
            },
        },
    }


def _build_request(terms: Sequence[tuple[str, float]], pairs: Sequence[tuple[str, str]], limit: int) -> dict[str, Any]:
    """Return the search for `terms`; a hit has one of them itself, all else only raises it."""
    weights = [(feature_name(stem), weight) for stem, weight in terms]
    pair_weights = [(feature_name(left) + feature_name(right), 1.0) for left, right in pairs]
    finding = _build_feature_clauses("direct", weights)
    for number, clause in enumerate(finding):
        clause["rank_feature"]["_name"] = str(number)
    parent = _build_feature_clauses(PARENT, weights) + _build_feature_clauses(PARENT + LOW_SUFFIX, weights)
    raising = [
        *_build_feature_clauses("direct" + LOW_SUFFIX, weights),
        *_build_feature_clauses("raise", weights),
        *_build_feature_clauses("raise" + LOW_SUFFIX, weights),
        *_build_feature_clauses("pairs", pair_weights),
        *_build_feature_clauses("pairs" + LOW_SUFFIX, pair_weights),
        {"has_parent": {"parent_type": PARENT, "score": True, "query": _match_any_of(parent)}},
    ]
    return {
        "size": limit,
        "query": {"bool": {"must": _match_any_of(finding), "should": raising}},
        "sort": ["_score", {"number": "asc"}],
        "track_scores": True,
        "track_total_hits": False,
        "_source": False,
    }


def _build_feature_clauses(field: str, weights: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"rank_feature": {"field": f"{field}.{name}", "linear": {}, "boost": weight}} for name, weight in weights]


def _match_any_of(clauses: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"bool": {"should": clauses}}


def _list_statistics(chunks: Sequence[str]) -> Iterator[BulkDocument]:
    for number, chunk in enumerate(chunks):
        name = _build_statistics_id(number)
        yield BulkDocument(name, name, f'{{"statistics":"{chunk}"}}')


def _batch(documents: Iterable[BulkDocument]) -> Iterator[tuple[str, int]]:
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


def _split(data: bytes) -> Iterator[str]:
    for start in range(0, len(data), _STATISTICS_BYTES):
        yield base64.b64encode(data[start : start + _STATISTICS_BYTES]).decode()


def _build_statistics_id(number: int) -> str:
    return f"statistics-{number}"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _refuse_event_loop() -> None:
    """Raise where waiting would keep everybody else waiting: a defect, not a fault."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("a search over the network must not run in the event loop")
