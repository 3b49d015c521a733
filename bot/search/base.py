"""The seam of search: the protocols of an engine and its index.

An engine is one module or package of `bot/search`. Its name there is its name in the settings
(`engine.name`), and its options are the table `[engine.options.NAME]`. Every file of this room
but this one is taken for an engine, so a new one is found without being registered.

The whole of `bot/search/overlap.py`, an engine that counts shared stems, would be:

    class Options(BaseModel):
        model_config = ConfigDict(extra="forbid", frozen=True)

    class OverlapIndex(NamedTuple):
        stems_by_passage: list[tuple[Passage, frozenset[str]]]

        def search(self, query: Query, limit: int) -> list[Hit]:
            matches = ((p, stems & query.weights.keys()) for p, stems in self.stems_by_passage)
            hits = [Hit(p, float(len(shared)), shared) for p, shared in matches if shared]
            return sorted(hits, key=lambda hit: -hit.score)[:limit]

        def idf(self, stem: str) -> float:
            return 1.0 / (1 + sum(stem in stems for _, stems in self.stems_by_passage))

    def build(passages, analyser, options, cache=None):
        texts = [analyser.content_words(p.document.text, p.frame) for p in passages]
        stems = [frozenset(word.stem for word in words) for words in texts]
        return OverlapIndex(list(zip(passages, stems)))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.analysis import Analyser
from bot.model import Corpus, Division, Document, Passage

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bot.corpus.stored.catalogue import FoldedWords


@dataclass(frozen=True, slots=True)
class Query:
    """Weighted stems to search for.

    `pairs` are adjacent stems of the question, in its order. An engine may rank a passage higher
    if they are adjacent there too.
    """

    weights: Mapping[str, float]
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that shares a stem with the query, its score (above zero), and the stems shared."""

    passage: Passage
    score: float
    matched_stems: frozenset[str] = frozenset()


class Index(Protocol):
    """Passages that can be searched; immutable once built, so threads may share it."""

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        """Return up to `limit` hits, best first; ties go to the earlier passage.

        A passage that shares no stem with the query is never a hit. Every passage that shares one
        is, if `limit` allows: by its own words at least, by its voice and title if the engine
        indexes them.

        Raises:
            SearchError: a server that is needed does not answer, or not for all passages.
        """

    def idf(self, stem: str) -> float:
        """Return the stem's weight: above zero, less the more passages have it in their words.

        A stem that no passage has weighs at least as much as any that one has.
        """


class StoredCorpusIndex(Index, Protocol):
    """The index of a stored corpus (see `bot.corpus.stored`), whose passages are numbered."""

    def search_among(self, query: Query, limit: int, ranges: Iterable[tuple[int, int]]) -> Sequence[Hit]:
        """Search as `search` does, among the passages numbered [start, end) in one of `ranges`."""


class FactFinder(Protocol):
    """Finds what else is stored of a document and its passages, besides the words that are searched."""

    def split_words(self, document: Document) -> FoldedWords:
        """Return the folded words of a document: all, and those that it prints small, as acronyms, or in compounds."""

    def join_words(self, document: Document) -> str:
        """Return the folded words of a document in their order, with blanks between them."""

    def find_small_compounds(self, passage: Passage) -> Iterable[tuple[str, ...]]:
        """Return the hyphenated words of a passage whose every part is a stop word, each as its parts."""

    def list_quote_ids(self, passage: Passage) -> Iterable[str]:
        """Return the ids of all quotes of a passage."""


class CorpusStream(Protocol):
    """A corpus read document by document: as often as is wanted, always in the same order."""

    @property
    def corpus(self) -> Corpus:
        """The corpus, without passages, and without the texts of its documents."""

    @property
    def divisions(self) -> Mapping[str, Division]:
        """The divisions that its documents record, by id."""

    def __iter__(self) -> Iterator[tuple[Document, Sequence[Passage]]]:
        """Walk through the documents, each with its passages."""

    def check(self) -> None:
        """Raise the error that keeps the corpus from being served, if any; called after a walk through it."""


class StoredCorpus(NamedTuple):
    """A corpus that is stored with its index, and that index."""

    corpus: Corpus
    search_index: StoredCorpusIndex


class StoringEngine(Protocol):
    """An engine that can also store a corpus with its index, for processes that hold none of its passages."""

    def find_stored(self, key: str, analyser: Analyser, options: BaseModel) -> StoredCorpus | None:
        """Return the corpus that was stored under `key`, None if there is none.

        Raises:
            SearchError: a server that is needed does not answer.
        """

    def store_corpus(
        self, key: str, stream: CorpusStream, finder: FactFinder, analyser: Analyser, options: BaseModel
    ) -> int:
        """Store the corpus of `stream` under `key`, and return how many passages it has.

        Raises:
            BotError: the corpus cannot be served, or the server failed, or refused something.
        """


class EngineModule(Protocol):
    """A module or package of `bot/search`; see the example above.

    `Options` is the pydantic model of its settings: each has a default, so that the engine can be
    chosen by name alone, and any other name is refused.
    """

    Options: type[BaseModel]

    def build(
        self, passages: Sequence[Passage], analyser: Analyser, options: BaseModel, cache: Path | None = None
    ) -> Index:
        """Return an index of `passages`; `options` is an instance of `Options`.

        `cache` names a file in which the engine may keep the index, and from which it may take it
        if that is still one of these passages; None forbids both. An engine that builds quickly ignores `cache`.
        """
