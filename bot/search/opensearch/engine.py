"""Passages in a cluster, held by the process too: an index named by its content, complete or not used.

The name is a digest of the passages and of the recipe, so a hit's number can only mean the passage
that this process holds under it; an alias, which another process may turn to other passages,
decides nothing.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.analysis import Analyser
from bot.errors import SearchError
from bot.model import Passage
from bot.search.bm25 import engine as bm25
from bot.search.opensearch.client import Cluster, connect
from bot.search.opensearch.index import ClusterIndex, IndexPlace, Options
from bot.search.opensearch.indexer import CorpusIndexer
from bot.search.opensearch.statistics import Statistics, statistics_from_bytes, statistics_to_bytes

FORMAT_VERSION = 2  # raise it when documents, mappings or archives are laid out in another way
STATISTICS = "statistics"

log = logging.getLogger(__name__)

__all__ = ["IndexBuilder", "OpenSearchIndex", "Options", "build"]


class OpenSearchIndex(ClusterIndex):
    """Passages by number, and the index that finds their numbers."""

    def __init__(self, builder: IndexBuilder, statistics: Statistics) -> None:
        super().__init__(builder, statistics)
        self._builder = builder
        self._rebuilding = threading.Lock()

    def _read_passages(self, hits: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Mapping[str, Any], Passage]]:
        return ((hit, self._builder.passages[hit["sort"][1]]) for hit in hits)

    def _note_missing(self) -> None:
        """Rebuild the index in the background, unless that is under way."""
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


class IndexBuilder(IndexPlace):
    """What an index is made from, and where it lies."""

    def __init__(self, cluster: Cluster, passages: Sequence[Passage], analyser: Analyser, options: Options) -> None:
        key = bm25.compute_cache_key(passages, analyser, options.recipe)
        super().__init__(cluster, build_name(options, key), analyser, options)
        self.passages = passages

    def open_or_build(self) -> Statistics:
        """Return the statistics of the index, which is whole when this returns.

        Raises:
            SearchError: the cluster failed, or refused something.
        """
        meta = self.open()
        return statistics_from_bytes(self.read_archive(meta, STATISTICS)) if meta else self.build()

    def build(self) -> Statistics:
        """Send every document, and say that the index is complete when it is.

        Raises:
            SearchError: the cluster failed, or refused something.
        """
        indexer = CorpusIndexer(self.analyser, self.options.recipe)
        statistics = indexer.count(self.passages)
        self.create(len(self.passages))
        self.finish(self.send(indexer.render(self.passages)), {STATISTICS: statistics_to_bytes(statistics)})
        return statistics


def build_name(options: Options, key: str) -> str:
    """Return what the index of this content is called."""
    digest = hashlib.sha256(f"{FORMAT_VERSION} {options.shards} {key}".encode()).hexdigest()
    return f"{options.prefix}-{digest[:40]}"


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
