"""An engine that holds corpora with their indexes, in this process: what a cluster holds, without a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.analysis import Analyser
from bot.corpus.stored import list_tokens
from bot.corpus.stored.catalogue import Catalogue, CatalogueBuilder
from bot.corpus.stored.passages import StoredPassages
from bot.corpus.stored.records import encode_content, encode_passage
from bot.model import Passage
from bot.search import Hit, Index, Query, bm25
from bot.search.base import CorpusStream, FactFinder, StoredCorpus


@dataclass
class MemoryStore:
    """Records by number; `reads` counts how often they were asked for."""

    passages: list[bytes] = field(default_factory=list)
    documents: list[bytes] = field(default_factory=list)
    quote_ids: list[list[str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    tokens: list[list[str]] = field(default_factory=list)
    voices: list[int] = field(default_factory=list)
    reads: int = 0

    def fetch_passages(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        self.reads += 1
        return {number: self.passages[number] for number in numbers}

    def fetch_documents(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        self.reads += 1
        return {number: self.documents[number] for number in numbers}

    def find_quote(self, quote_id: str) -> Sequence[int]:
        return [number for number, ids in enumerate(self.quote_ids) if quote_id in ids]

    def has_phrase(self, words: Sequence[str]) -> bool:
        return any(f" {' '.join(words)} " in f" {line} " for line in self.lines)

    def find_tokens(self, tokens: Sequence[str], limit: int | None = None) -> Sequence[int]:
        phrase = f" {' '.join(tokens)} "
        return [number for number, each in enumerate(self.tokens) if phrase in f" {' '.join(each)} "][:limit]

    def find_similar(self, tokens: Sequence[str], limit: int, voices: Sequence[int] | None = None) -> Sequence[int]:
        shared = {number: len({*tokens} & {*each}) for number, each in enumerate(self.tokens)}
        chosen = [number for number in shared if shared[number] and (voices is None or self.voices[number] in voices)]
        return sorted(chosen, key=lambda number: (-shared[number], number))[:limit]


class MemoryIndex:
    """The embedded engine's hits, each with its passage as it is stored."""

    def __init__(self, index: Index, numbers: Mapping[int, int], passages: StoredPassages) -> None:
        self._index, self._numbers, self._passages = index, numbers, passages
        self.idf = index.idf

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        hits = self._index.search(query, limit)
        found = {self._numbers[id(hit.passage)]: hit for hit in hits}
        passages = self._passages.build(self._passages.store.fetch_passages(list(found)))
        return [Hit(passages[n], hit.score, hit.matched_stems) for n, hit in found.items() if n in passages]

    def search_among(self, query: Query, limit: int, ranges: Iterable[tuple[int, int]]) -> Sequence[Hit]:
        wanted = {number for each in ranges for number in range(*each)}
        hits = self.search(query, len(self._numbers))
        return [hit for hit in hits if (shown := self._passages.show(hit.passage)) and shown.number in wanted][:limit]


class MemoryEngine:
    """The embedded engine, with a shelf of stored corpora beside it."""

    Options = bm25.Options
    build = staticmethod(bm25.build)

    def __init__(self) -> None:
        self.shelf: dict[str, tuple[bytes, MemoryStore, tuple[Passage, ...]]] = {}

    def find_stored(self, key: str, analyser: Analyser, options: bm25.Options) -> StoredCorpus | None:
        if key not in self.shelf:
            return None
        catalogue, store, held = self.shelf[key]
        passages = StoredPassages.open(Catalogue.from_bytes(catalogue), store)
        numbers = {id(passage): number for number, passage in enumerate(held)}
        index = MemoryIndex(bm25.build(held, analyser, options), numbers, passages)
        return StoredCorpus(passages.describe_corpus(), index)

    def store_corpus(
        self, key: str, stream: CorpusStream, finder: FactFinder, _analyser: Analyser, _options: bm25.Options
    ) -> int:
        builder, store = CatalogueBuilder(), MemoryStore()
        held: list[Passage] = []
        for document, passages in stream:
            compounds = ((c, n) for n, passage in enumerate(passages) for c in finder.find_small_compounds(passage))
            builder.add(document, passages, finder.split_words(document), compounds)
            store.documents.append(encode_content(document))
            store.lines.append(finder.join_words(document))
            held += passages
        stream.check()
        for passage in held:
            voice = builder.number_voice(passage.voice)
            store.passages.append(encode_passage(passage, voice, builder.document_numbers))
            store.quote_ids.append([*finder.list_quote_ids(passage)])
            start, end = min(passage.span.start, passage.frame.start), max(passage.span.end, passage.frame.end)
            store.tokens.append(list_tokens(passage.document.text[start:end]))
            store.voices.append(voice)
        self.shelf[key] = builder.build(stream.corpus, stream.divisions).to_bytes(), store, tuple(held)
        return builder.passage_count
