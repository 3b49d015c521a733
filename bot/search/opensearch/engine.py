"""The engine: passages in a cluster that this process holds too, or a corpus that lies there whole.

An index is named by its content: a digest of the passages and of the recipe, so a hit's number can only mean the
passage that this process holds under it; an alias, which another process may turn to other passages, decides nothing.

A process that serves a stored corpus holds none of its texts. Beside its features a passage has its record, the ids of
its quotes and its words as they are spelt. A document has its record, and its words as questions are compared with
them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from bot.analysis import Analyser
from bot.corpus.stored import list_tokens
from bot.corpus.stored.catalogue import Catalogue, CatalogueBuilder
from bot.corpus.stored.passages import StoredPassages
from bot.corpus.stored.records import encode_content, encode_passage
from bot.errors import SearchError
from bot.model import Document, Passage
from bot.search.base import CorpusStream, FactFinder, Hit, Query, StoredCorpus
from bot.search.bm25 import engine as bm25
from bot.search.bm25.engine import compute_code_digest
from bot.search.opensearch.client import Cluster, connect
from bot.search.opensearch.features import NUMBER, BulkDocument
from bot.search.opensearch.index import ClusterIndex, IndexPlace, Options, refuse_event_loop
from bot.search.opensearch.indexer import CorpusIndexer, Statistics, statistics_from_bytes, statistics_to_bytes

FORMAT_VERSION = 2  # raise it when documents, mappings or archives are laid out in another way
STATISTICS = "statistics"
CATALOGUE = "catalogue"
# Records fetched by one request, so that its answer stays below some MB.
_PASSAGE_BATCH, _DOCUMENT_BATCH = 500, 50
# Passages fetched for one quote: what a speaker quotes stands in several, of which the first is shown.
_MAX_BEARERS = 64
_PLAIN_TEXT = {"type": "text", "analyzer": "whitespace", "norms": False}
_PROPERTIES = {
    "record": {"type": "binary", "store": True},
    "quotes": {"type": "keyword", "doc_values": False},
    "voice": {"type": "integer", "doc_values": False},
    "tokens": _PLAIN_TEXT,
    "words": _PLAIN_TEXT,
}

log = logging.getLogger(__name__)

__all__ = ["IndexBuilder", "OpenSearchIndex", "Options", "build"]


class OpenSearchIndex(ClusterIndex):
    """Passages by number, and the index that finds their numbers."""

    def __init__(self, builder: IndexBuilder, statistics: Statistics) -> None:
        super().__init__(builder, statistics)
        self._builder = builder
        self._rebuilding = threading.Lock()

    def _read_passages(self, hits: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Mapping[str, Any], Passage]]:
        """Return each hit with the passage that this process holds under its number."""
        return ((hit, self._builder.passages[hit["sort"][1]]) for hit in hits)

    def _note_missing(self) -> None:
        """Rebuild the index in the background, unless that is under way."""
        if self._rebuilding.acquire(blocking=False):
            threading.Thread(target=self._run_rebuild, name="rebuild", daemon=True).start()

    def _run_rebuild(self) -> None:
        """Rebuild the index, log the outcome, and let the next rebuild begin."""
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
        """Send every document, mark the index as complete when it is, and return its statistics.

        Raises:
            SearchError: the cluster failed, or refused something.
        """
        indexer = CorpusIndexer(self.analyser, self.options.recipe)
        statistics = indexer.count(self.passages)
        self.create(len(self.passages))
        self.finish(self.send(indexer.render(self.passages)), {STATISTICS: statistics_to_bytes(statistics)})
        return statistics


def build_name(options: Options, key: str) -> str:
    """Return the name of the index of this content."""
    digest = hashlib.sha256(f"{FORMAT_VERSION} {options.shards} {key}".encode()).hexdigest()
    return f"{options.prefix}-{digest[:40]}"


def build(
    passages: Sequence[Passage],
    analyser: Analyser,
    options: Options,
    cache: Path | None = None,  # noqa: ARG001  the cluster keeps the index
) -> OpenSearchIndex:
    """Return the index of `passages` in the cluster, which is built unless it is there.

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


class ClusterStore:
    """Records in a cluster; see `RecordStore`."""

    def __init__(self, place: IndexPlace, passage_count: int) -> None:
        self._place = place
        self._passage_count = passage_count

    def fetch_passages(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """Return the records of these passages, by number."""
        return self._fetch("", numbers, _PASSAGE_BATCH)

    def fetch_documents(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """Return the records of these documents, by number."""
        return self._fetch("d", numbers, _DOCUMENT_BATCH)

    def find_quote(self, quote_id: str) -> Sequence[int]:
        """Return the numbers, in order, of the passages that have a quote with this id; empty if none has."""
        return self._find({"term": {"quotes": quote_id}}, _MAX_BEARERS)

    def has_phrase(self, words: Sequence[str]) -> bool:
        """Return whether a document has these folded words side by side."""
        refuse_event_loop()
        body = {"size": 1, "query": _build_phrase("words", words), "stored_fields": "_none_", "track_total_hits": False}
        return bool(self._search_index(body))

    def find_tokens(self, tokens: Sequence[str], limit: int | None = None) -> Sequence[int]:
        """Return the numbers of passages with `tokens` side by side, ascending; of the first `limit`, or all."""
        return self._find(_build_phrase("tokens", tokens), limit or self._passage_count)

    def find_similar(self, tokens: Sequence[str], limit: int, voices: Sequence[int] | None = None) -> Sequence[int]:
        """Return the numbers of up to `limit` passages that share `tokens`, best first; of some voices, or any."""
        refuse_event_loop()
        voice_filter = [] if voices is None else [{"terms": {"voice": list(voices)}}]
        query = {"bool": {"must": {"match": {"tokens": " ".join(tokens)}}, "filter": voice_filter}}
        body = {"size": limit, "query": query, "sort": ["_score", {NUMBER: "asc"}], "stored_fields": "_none_"}
        return [hit["sort"][1] for hit in self._search_index(body | {"track_total_hits": False})]

    def _find(self, query: Mapping[str, Any], limit: int) -> list[int]:
        """Return the numbers of up to `limit` passages that match `query`, ascending."""
        refuse_event_loop()
        body = {"size": limit, "query": query, "sort": [{NUMBER: "asc"}]}
        hits = self._search_index(body | {"stored_fields": "_none_", "track_total_hits": False})
        return [hit["sort"][0] for hit in hits]

    def _fetch(self, prefix: str, numbers: Sequence[int], batch: int) -> dict[int, bytes]:
        """Return the records under the ids of `prefix` and a number, by that number; `batch` of them in a request."""
        records: dict[int, bytes] = {}
        for start in range(0, len(numbers), batch):
            ids = [f"{prefix}{number}" for number in numbers[start : start + batch]]
            body = {"size": len(ids), "query": {"ids": {"values": ids}}, "stored_fields": ["record"]}
            for hit in self._search_index(body | {"track_total_hits": False}):
                records[int(hit["_id"].removeprefix(prefix))] = _read_record(hit)
        return records

    def _search_index(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the hits of the search `body` in the index of this corpus."""
        return self._place.cluster.search(self._place.name, body)


class StoredIndex(ClusterIndex):
    """The index of a corpus that lies with it: each hit brings its passage."""

    _stored_field = "record"

    def __init__(self, place: IndexPlace, archive: bytes, passages: StoredPassages) -> None:
        super().__init__(place, statistics_from_bytes(archive))
        self._passages = passages

    def search_among(self, query: Query, limit: int, ranges: Iterable[tuple[int, int]]) -> Sequence[Hit]:
        """Return up to `limit` hits among the passages numbered [start, end) of one of `ranges`.

        Raises:
            SearchError: the cluster cannot be searched now.
        """
        parts = [{"range": {NUMBER: {"gte": start, "lt": end}}} for start, end in ranges]
        return self._search(query, limit, [{"bool": {"should": parts}}]) if parts else ()

    def _read_passages(self, hits: Sequence[Mapping[str, Any]]) -> Iterable[tuple[Mapping[str, Any], Passage]]:
        """Return each hit with the passage in its record, without those that are hidden or damaged."""
        records = {hit["sort"][1]: _read_record(hit) for hit in hits}
        passages = self._passages.build(records)
        return [(hit, passages[hit["sort"][1]]) for hit in hits if hit["sort"][1] in passages]

    def _note_missing(self) -> None:
        """Warn that the corpus has to be indexed again, which no search can do."""
        log.warning("index is missing, and it alone holds the corpus: index it again name=%s", self._place.name)


def find_stored(key: str, analyser: Analyser, options: Options) -> StoredCorpus | None:
    """Return the corpus that was stored under `key`, None if there is none.

    Raises:
        SettingsError: no address of a cluster is set.
        SearchError: the cluster failed, or refused something.
    """
    place = _connect(key, analyser, options)
    meta = place.open()
    if meta is None:
        return None
    catalogue = Catalogue.from_bytes(place.read_archive(meta, CATALOGUE))
    passages = StoredPassages.open(catalogue, ClusterStore(place, catalogue.columns.voices.size))
    corpus = passages.describe_corpus()
    return StoredCorpus(corpus, StoredIndex(place, place.read_archive(meta, STATISTICS), passages))


def store_corpus(key: str, stream: CorpusStream, finder: FactFinder, analyser: Analyser, options: Options) -> int:
    """Store the corpus of `stream` under `key`, and return how many passages it has.

    Raises:
        SettingsError: no address of a cluster is set.
        BotError: the corpus cannot be served, the cluster failed, or refused something.
    """
    place, builder = _connect(key, analyser, options), CatalogueBuilder()
    indexer = CorpusIndexer(analyser, options.recipe)
    statistics = indexer.count(_count_documents(stream, builder, finder))
    stream.check()
    place.create(builder.passage_count, _PROPERTIES)
    all_passages = chain.from_iterable(passages for _, passages in stream)
    sent = place.send(indexer.render(all_passages, lambda passage: _render_passage(passage, builder, finder)))
    sent += place.send(_render_document(number, document, finder) for number, (document, _) in enumerate(stream))
    archives = {
        STATISTICS: statistics_to_bytes(statistics),
        CATALOGUE: builder.build(stream.corpus, stream.divisions).to_bytes(),
    }
    place.finish(sent, archives)
    place.remove_unused()
    return builder.passage_count


def _count_documents(stream: CorpusStream, builder: CatalogueBuilder, finder: FactFinder) -> Iterator[Passage]:
    """Yield the passages of `stream`, and add each document to `builder` on the way."""
    for document, passages in stream:
        compounds = (
            (compound, place) for place, each in enumerate(passages) for compound in finder.find_small_compounds(each)
        )
        builder.add(document, passages, finder.split_words(document), compounds)
        yield from passages


def _render_passage(passage: Passage, builder: CatalogueBuilder, finder: FactFinder) -> str:
    """Return what a passage's document in the cluster holds beside its features, as JSON after a comma."""
    voice = builder.number_voice(passage.voice)
    start = min(passage.span.start, passage.frame.start)
    text = passage.document.text[start : max(passage.span.end, passage.frame.end)]
    fields = {
        "record": _encode(encode_passage(passage, voice, builder.document_numbers)),
        "quotes": list(finder.list_quote_ids(passage)),
        "voice": voice,
        "tokens": _replace_surrogates(" ".join(list_tokens(text))),
    }
    return f",{json.dumps(fields)[1:-1]}"


def _render_document(number: int, document: Document, finder: FactFinder) -> BulkDocument:
    """Return what the cluster keeps of a document: its record and its folded words."""
    fields = {"record": _encode(encode_content(document)), "words": _replace_surrogates(finder.join_words(document))}
    return BulkDocument(f"d{number}", f"d{number}", json.dumps(fields))


def _connect(key: str, analyser: Analyser, options: Options) -> IndexPlace:
    """Connect to the cluster, and return the place of the index of the corpus stored under `key`."""
    cluster = connect(options.timeout)
    cluster.check_version()
    content = f"stored {key} {compute_code_digest()} {analyser.fingerprint} {options.recipe!r}"
    return IndexPlace(cluster, build_name(options, content), analyser, options)


def _build_phrase(field: str, words: Sequence[str]) -> dict[str, Any]:
    """Build the query for documents of the cluster that have `words` side by side in `field`."""
    return {"match_phrase": {field: _replace_surrogates(" ".join(words))}}


def _replace_surrogates(text: str) -> str:
    """Return `text` with a question mark for each lone surrogate, which JSON for the cluster cannot hold."""
    return text.encode("utf-8", "replace").decode()


def _encode(record: bytes) -> str:
    """Return `record` in base64, as a binary field takes it."""
    return base64.b64encode(record).decode()


def _read_record(hit: Mapping[str, Any]) -> bytes:
    """Return the record that a hit brings."""
    return base64.b64decode(hit["fields"]["record"][0])
