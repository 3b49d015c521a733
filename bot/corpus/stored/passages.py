"""The passages of a stored corpus by number: read when they are needed, and counted without being read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from bot.corpus.stored import SourceWords, list_tokens
from bot.corpus.stored.catalogue import KINDS, NOBODY, SIDES, Catalogue
from bot.corpus.stored.records import (
    Content,
    DocumentPlace,
    DocumentReader,
    RecordStore,
    StoredDocument,
    StoredDocuments,
    StoredPassage,
    decode_passage,
)
from bot.errors import IntegrityError
from bot.model import Corpus, Kind, Passage, PassageSequence, Side, Tally, Voice

_LOG = logging.getLogger(__name__)

# How many passages are compared with a text: those that share most words with it.
_MAX_SIMILAR = 200
# Passages read at once where many are walked through.
_BATCH = 200
# Passages on each side that are read for one quotation, which nearly always ends within three paragraphs.
_NEIGHBOURS = 2
# Paragraphs whose quotations stay in memory for the questions that follow.
_MAX_PARAGRAPHS = 256


class Visibility(NamedTuple):
    """The shown part of a stored corpus: all but the `hidden` passages, each as `change` returns it.

    `voices` has each voice by its number, None for one that may not be named.
    """

    hidden: NDArray[np.bool_]
    voices: Sequence[Voice | None]
    change: Callable[[StoredPassage], StoredPassage | None] | None = None


class StoredPassages(PassageSequence):
    """The passages of a stored corpus that are shown, in order."""

    is_held = False

    def __init__(
        self, catalogue: Catalogue, documents: StoredDocuments, store: RecordStore, visibility: Visibility | None = None
    ) -> None:
        self.catalogue = catalogue
        self.documents = self._whole_documents = documents
        self.store = store
        count = catalogue.columns.voices.size
        self.visibility = visibility or Visibility(np.zeros(count, bool), catalogue.voices)
        self._paragraphs: LRUCache[tuple[int, int], Sequence[Passage]] = LRUCache(_MAX_PARAGRAPHS)
        self._lock = Lock()

    @classmethod
    def open(cls, catalogue: Catalogue, store: RecordStore) -> StoredPassages:
        """Return all passages of a catalogue."""
        reader = DocumentReader(store, catalogue.sha256s, catalogue.document_ids)
        counts = catalogue.character_counts.tolist()
        places = [DocumentPlace(number, count, reader.load) for number, count in enumerate(counts)]
        rows = zip(catalogue.publications, catalogue.document_ids, catalogue.sha256s, places, strict=True)
        documents = [StoredDocument(*row) for row in rows]
        return cls(catalogue, StoredDocuments(documents, reader), store)

    def describe_corpus(self) -> Corpus:
        """Return the corpus of these passages."""
        return replace(self.catalogue.corpus, documents=self.documents, passages=self)

    @cached_property
    def _numbers(self) -> NDArray[np.int64]:
        """The numbers of the passages that are not hidden."""
        return np.flatnonzero(~self.visibility.hidden)

    def __len__(self) -> int:
        return self._numbers.size

    def __getitem__(self, place: int | slice) -> StoredPassage | Sequence[StoredPassage]:  # type: ignore[override]  # no overloads
        """Return a passage, or a sequence that reads each when it is needed.

        Raises:
            IntegrityError: its text is not the one that was indexed.
        """
        if isinstance(place, slice):
            return _Selection(self, self._numbers[place])
        number = int(self._numbers[place])
        passage = next(iter(self.read([number])), None)
        if passage is None:
            document = self.documents[self.find_document(number)]
            raise IntegrityError(document.id, "the text is not the one that was indexed", "index the corpus again")
        return passage

    def __iter__(self) -> Iterator[StoredPassage]:
        return self.iterate(self._numbers)

    @property
    def hidden_count(self) -> int:
        """The number of passages of the corpus that are not shown."""
        return self.visibility.hidden.size - len(self)

    @property
    def words(self) -> SourceWords:
        """The words of all documents."""
        return self.catalogue.words

    def is_hidden(self, number: int) -> bool:
        """Return whether the passage of this number is not shown."""
        return bool(self.visibility.hidden[number])

    def find_document(self, number: int) -> int:
        """Return the number of the document that the passage of this number is in."""
        return int(np.searchsorted(self.catalogue.starts, number, side="right")) - 1

    def iterate(self, numbers: Iterable[int]) -> Iterator[StoredPassage]:
        """Yield the passages with these numbers, read in batches, without those that are hidden or damaged."""
        wanted = [int(number) for number in numbers if not self.is_hidden(number)]
        for start in range(0, len(wanted), _BATCH):
            yield from self.read(wanted[start : start + _BATCH])

    def read(self, numbers: Sequence[int]) -> list[StoredPassage]:
        """Read the passages with these numbers, in this order, without those that are hidden or damaged."""
        wanted = [number for number in numbers if not self.is_hidden(number)]
        passages = self.build(self.store.fetch_passages(wanted)) if wanted else {}
        return [passages[number] for number in wanted if number in passages]

    def build(self, records: Mapping[int, bytes]) -> dict[int, StoredPassage]:
        """Return the passages of these records as they are shown, by number, without those hidden or damaged."""
        documents = {number: self.find_document(number) for number in records if not self.is_hidden(number)}
        contents = self.documents.reader.prefetch(list(documents.values()))
        passages: dict[int, StoredPassage] = {}
        for number, document in documents.items():
            content = contents.get(document)
            passage = content and self._decode(records[number], number, document, content)
            if passage and (shown := self._change(passage)):
                passages[number] = shown
        return passages

    def _decode(self, record: bytes, number: int, document: int, content: Content) -> StoredPassage | None:
        """Return the passage of `record`; log an error and return None if it is not one of this text."""
        documents, catalogue = self._whole_documents, self.catalogue
        own: dict[str, Any] = {"document": documents[document], "number": number, "content": content}
        try:
            passage = decode_passage(record, catalogue.voices, documents, catalogue.divisions, **own)
        except (ValueError, TypeError, KeyError, IndexError):
            passage = None
        if passage is None or not passage.lies_within(content.text):
            _LOG.error("not as it was indexed, not shown document=%s passage=%d", documents[document].id, number)
            return None
        return passage

    def _change(self, passage: StoredPassage) -> StoredPassage | None:
        """Return a passage as it may be shown; None if it may not."""
        change = self.visibility.change
        return change(passage) if change else passage

    def show(self, passage: Passage) -> StoredPassage | None:
        """Return a passage of the whole corpus as it is shown here; None if it is not."""
        if not isinstance(passage, StoredPassage) or self.is_hidden(passage.number):
            return None
        return self._change(passage)

    def restrict(self, visibility: Visibility, documents: StoredDocuments | None = None) -> StoredPassages:
        """Return a copy that also hides what `visibility` hides, and shows the rest as `visibility` says."""
        hidden = self.visibility.hidden | visibility.hidden
        restricted = StoredPassages(
            self.catalogue, self._whole_documents, self.store, visibility._replace(hidden=hidden)
        )
        restricted.documents = documents or self.documents
        return restricted

    def hide(self, passages: Iterable[Passage]) -> StoredPassages:
        """Return a copy without some passages, which were read from here or from the whole corpus."""
        hidden = self.visibility.hidden.copy()
        hidden[[passage.number for passage in passages if isinstance(passage, StoredPassage)]] = True
        return self.restrict(self.visibility._replace(hidden=hidden))

    def list_hidden(self) -> StoredPassages:
        """Return the hidden passages, unchanged."""
        whole = Visibility(~self.visibility.hidden, self.catalogue.voices)
        return StoredPassages(self.catalogue, self._whole_documents, self.store, whole)

    def restrict_to_documents(self, document_ids: Container[str]) -> StoredPassages:
        """Return the passages of these documents only."""
        hidden = np.ones(self.visibility.hidden.size, bool)
        for document in self.documents:
            if document.id in document_ids:
                hidden[slice(*self._get_range(document.number))] = False
        return self.restrict(self.visibility._replace(hidden=hidden))

    @cached_property
    def shown_ranges(self) -> list[tuple[int, int]]:
        """The runs of passages that are shown, as numbers [start, end)."""
        edges = np.flatnonzero(np.diff(np.concatenate([[True], self.visibility.hidden, [True]])))
        return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]

    @cached_property
    def voices(self) -> Sequence[Voice]:
        """The voices that speak, in the order of their first passages, each once."""
        numbers = self.catalogue.columns.voices[self._numbers]
        unique, first = np.unique(numbers, return_index=True)
        in_order = (self.visibility.voices[number] for number in unique[np.argsort(first)].tolist() if number >= 0)
        return list(dict.fromkeys(voice for voice in in_order if voice))

    @cached_property
    def tallies(self) -> Sequence[Tally]:
        """The number of passages of each kind, side and voice, in the order of their first passages."""
        voices, kinds, sides, _ = (column[self._numbers].astype(np.int64) for column in self.catalogue.columns)
        # One number encodes all three; `NOBODY` makes the lowest.
        cells = ((voices - NOBODY) * len(KINDS) + kinds) * len(SIDES) + sides
        unique, first, counts = np.unique(cells, return_index=True, return_counts=True)
        tallies = []
        for place in np.argsort(first).tolist():
            rest, side = divmod(int(unique[place]), len(SIDES))
            voice, kind = divmod(rest, len(KINDS))
            named = self.visibility.voices[voice + NOBODY] if voice else None
            tallies.append(Tally(KINDS[kind], SIDES[side], named, int(counts[place])))
        return tallies

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Passage]]:
        """The passages by the name of the voice, and by the names of its organisation and party."""
        numbers: dict[str, list[int]] = {}
        for number, voice in enumerate(self.visibility.voices):
            for name in dict.fromkeys((voice.name, *voice.bodies)) if voice else ():
                numbers.setdefault(name, []).append(number)
        return _Groups(self, numbers, self.find_by_voices)

    @cached_property
    def by_sha256(self) -> Mapping[str, Sequence[Passage]]:
        """The passages by the SHA-256 of their document."""
        documents: dict[str, list[int]] = {}
        for number, sha256 in enumerate(self.catalogue.sha256s):
            documents.setdefault(sha256, []).append(number)
        return _Groups(self, documents, self._find_by_documents)

    @cached_property
    def by_document_id(self) -> Mapping[str, Sequence[Passage]]:
        """The passages by the id of their document."""
        numbers = {document_id: [number] for number, document_id in enumerate(self.catalogue.document_ids)}
        return _Groups(self, numbers, self._find_by_documents)

    @property
    def shown_voices(self) -> Sequence[Voice | None]:
        """Every voice by its number, None for one that is not named."""
        return self.visibility.voices

    def list_neighbours(self, number: int) -> range:
        """Return the numbers of a passage and its neighbours in its document, as far as a quotation reaches."""
        start, end = self._get_range(self.find_document(number))
        return range(max(start, number - _NEIGHBOURS), min(end, number + _NEIGHBOURS + 1))

    def find_by_quote(self, quote_id: str) -> list[StoredPassage]:
        """Return the passages that have a quote with this id, in order."""
        return self.read(self.store.find_quote(quote_id))

    def find_small_compounds(self, phrase: tuple[str, ...]) -> list[StoredPassage]:
        """Return the passages with this hyphenated word, whose every part is a stop word."""
        return list(self.iterate(self.words.small_compounds.get(phrase, ())))

    def find_similar(self, words: str) -> Iterable[Passage]:
        """Return the passages that share most of these words, best first."""
        return self.iterate(self.store.find_similar(list_tokens(words), _MAX_SIMILAR))

    def read_paragraph(self, passage: Passage) -> Sequence[Passage]:
        """Return the attributed quotations in the paragraph of `passage`; none if there is no other than itself."""
        if not isinstance(passage, StoredPassage):
            return ()
        document = self.find_document(passage.number)
        key = document, passage.paragraph
        with self._lock:
            if key in self._paragraphs:
                return self._paragraphs[key]
        numbers = self._find_quotations(*key)
        quotations = self.read(numbers) if len(numbers) > 1 else []
        with self._lock:
            self._paragraphs[key] = quotations
        return quotations

    def _find_quotations(self, document: int, paragraph: int) -> list[int]:
        """Return the numbers of the attributed quotations in this paragraph; transcripts have none."""
        if self.catalogue.has_turns[document]:
            return []
        columns, (start, end) = self.catalogue.columns, self._get_range(document)
        direct = columns.kinds[start:end] == KINDS.index(Kind.DIRECT)
        is_named = columns.voices[start:end] != NOBODY
        places = np.flatnonzero(direct & is_named & (columns.paragraphs[start:end] == paragraph))
        return (places + start).tolist()

    def _get_range(self, document: int) -> tuple[int, int]:
        """Return the numbers [start, end) of a document's passages."""
        starts = self.catalogue.starts
        return int(starts[document]), int(starts[document + 1])

    def _find_by_documents(self, documents: Iterable[int]) -> NDArray[np.int64]:
        """Return the numbers of the passages of these documents, hidden ones too."""
        ranges = [np.arange(*self._get_range(document)) for document in documents]
        return np.concatenate([np.zeros(0, np.int64), *ranges])

    def find_by_voices(self, voices: Sequence[int]) -> NDArray[np.int64]:
        """Return the numbers of the passages of these voices, hidden ones too."""
        return (
            np.flatnonzero(np.isin(self.catalogue.columns.voices, np.array(voices, np.int32)))
            if voices
            else (np.zeros(0, np.int64))
        )

    def find_latest_sides(self) -> dict[str, Side]:
        """Return the side of each voice in its last passage, by its name."""
        columns = self.catalogue.columns
        voices, sides = columns.voices[self._numbers][::-1], columns.sides[self._numbers][::-1]
        unique, last = np.unique(voices, return_index=True)
        by_name: dict[str, Side] = {}
        for place in np.argsort(last).tolist():
            if (number := int(unique[place])) != NOBODY and (voice := self.shown_voices[number]):
                by_name.setdefault(voice.name, SIDES[sides[last[place]]])
        return by_name

    def count_unnamed(self) -> int:
        """Count the passages whose voice is not named."""
        unnamed = [number for number, voice in enumerate(self.shown_voices) if voice is None]
        return int(np.isin(self.catalogue.columns.voices[self._numbers], np.array(unnamed, np.int32)).sum())

    def leave_out_equal(self, other: PassageSequence) -> Iterable[Passage]:
        """Return the passages without those of documents that are equal in `other`."""
        if not isinstance(other, StoredPassages):
            return self
        mine, others = self.catalogue, {each: n for n, each in enumerate(other.catalogue.document_ids)}
        changed = {
            document_id
            for number, document_id in enumerate(mine.document_ids)
            if document_id not in others or mine.describe(number) != other.catalogue.describe(others[document_id])
        }
        return self.restrict_to_documents(changed)


class _Selection(Sequence[StoredPassage]):
    """Some passages by number, read when they are walked through."""

    def __init__(self, passages: StoredPassages, numbers: NDArray[np.int64]) -> None:
        self._passages = passages
        self._numbers = numbers

    def __len__(self) -> int:
        return self._numbers.size

    def __getitem__(self, place: int | slice) -> StoredPassage | Sequence[StoredPassage]:  # type: ignore[override]  # no overloads
        if isinstance(place, slice):
            return _Selection(self._passages, self._numbers[place])
        return self._passages.read([int(self._numbers[place])])[0]

    def __iter__(self) -> Iterator[StoredPassage]:
        return self._passages.iterate(self._numbers)


class _Groups(Mapping[str, Sequence[StoredPassage]]):
    """Groups of passages by a common key, found when they are needed; a key without shown passages is left out."""

    def __init__(
        self, passages: StoredPassages, numbers: Mapping[str, list[int]], find: Callable[[list[int]], NDArray[np.int64]]
    ) -> None:
        self._passages = passages
        self._numbers = numbers
        self._find = find

    def __getitem__(self, key: str) -> Sequence[StoredPassage]:
        numbers = self._find(self._numbers[key])
        shown = numbers[[not self._passages.is_hidden(number) for number in numbers]] if numbers.size else numbers
        if not shown.size:
            raise KeyError(key)
        return _Selection(self._passages, shown)

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._numbers if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
