"""The catalogue of a stored corpus: made once, when it is indexed, and held in memory by each process that serves it.

It has some ten bytes for each passage (voice, kind, side, paragraph), the facts of each document, and the voices, words
and divisions of them all.
"""

from __future__ import annotations

import io
import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.corpus.stored import SourceWords
from bot.model import (
    PUBLICATION_FIELDS,
    Corpus,
    Division,
    Document,
    HeldPassages,
    Kind,
    Passage,
    Publication,
    Side,
    Voice,
)
from bot.storage.cache_folder import build_decoder, build_row_decoder, list_fields

KINDS, SIDES = tuple(Kind), tuple(Side)
NOBODY = -1
# Fields that are stored with the index, or need decoding of their own.
_LEFT_OUT = frozenset({"documents", "passages", "synonyms", "withheld_words"})
_CORPUS_FIELDS = tuple(item.name for item in fields(Corpus) if item.name not in _LEFT_OUT)
_WORD_SETS = ("words", "lower_words", "acronyms", "compounds")


class FoldedWords(Protocol):
    """The words of one document, folded as those of questions are."""

    @property
    def lower_words(self) -> Iterable[str]:
        """The words printed in small letters."""

    @property
    def acronyms(self) -> Iterable[str]:
        """The words printed in capitals."""

    @property
    def compounds(self) -> Iterable[str]:
        """The words of two parts with a hyphen."""

    def list_words(self) -> set[str]:
        """Return every word, once."""


class PassageColumns(NamedTuple):
    """For each passage the number of its voice (or `NOBODY`), kind, side and paragraph."""

    voices: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    sides: NDArray[np.uint8]
    paragraphs: NDArray[np.int32]


@dataclass(frozen=True)
class Catalogue:
    """The facts of a stored corpus; `corpus` is without documents and passages.

    `starts` has the number of the first passage of each document, and at its end the number of all passages.
    """

    corpus: Corpus
    document_ids: tuple[str, ...]
    sha256s: tuple[str, ...]
    publications: tuple[Publication, ...]
    starts: NDArray[np.int64]
    has_turns: NDArray[np.bool_]
    character_counts: NDArray[np.int64]
    columns: PassageColumns
    voices: tuple[Voice, ...]
    divisions: Mapping[str, Division]
    words: SourceWords

    def describe(self, number: int) -> tuple[object, ...]:
        """Return values that are equal for two documents with the same text, divided into passages alike."""
        span = slice(int(self.starts[number]), int(self.starts[number + 1]))
        return self.sha256s[number], self.columns.kinds[span].tobytes(), self.columns.paragraphs[span].tobytes()

    def to_bytes(self) -> bytes:
        """Encode the catalogue as a numpy archive."""
        corpus = [getattr(self.corpus, name) for name in _CORPUS_FIELDS]
        publications = [[getattr(each, name) for name in PUBLICATION_FIELDS] for each in self.publications]
        small_compounds = [[words, numbers] for words, numbers in self.words.small_compounds.items()]
        content = {
            "corpus": [corpus, self.corpus.synonyms],
            "documents": [self.document_ids, self.sha256s, publications],
            "voices": self.voices,
            "divisions": list(self.divisions.values()),
            "words": [*(sorted(getattr(self.words, name)) for name in _WORD_SETS), small_compounds],
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=list_fields)
        file, data = io.BytesIO(), np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
        np.savez_compressed(
            file,
            content=data,
            starts=self.starts,
            has_turns=self.has_turns,
            character_counts=self.character_counts,
            **self.columns._asdict(),
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Catalogue:
        """Decode the catalogue from a numpy archive, which cannot contain code."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            content = json.loads(arrays["content"].tobytes().decode("utf-8", "surrogatepass"))
            columns = PassageColumns(*(arrays[name] for name in PassageColumns._fields))
            numbers = arrays["starts"], arrays["has_turns"], arrays["character_counts"]
        document_ids, sha256s, publications = content["documents"]
        *word_sets, small_compounds = content["words"]
        divisions = build_decoder(tuple[Division, ...])(content["divisions"])
        decode_publication = build_row_decoder(Publication, PUBLICATION_FIELDS)
        return cls(
            _decode_corpus(*content["corpus"]),
            tuple(document_ids),
            tuple(sha256s),
            tuple(Publication(**decode_publication(row)) for row in publications),
            *numbers,
            columns,
            build_decoder(tuple[Voice, ...])(content["voices"]),
            {division.id: division for division in divisions},
            SourceWords(
                **dict(zip(_WORD_SETS, map(frozenset, word_sets), strict=True)),
                small_compounds={tuple(words): numbers for words, numbers in small_compounds},
            ),
        )


class CatalogueBuilder:
    """Builds a catalogue from documents with their passages, added in order."""

    def __init__(self) -> None:
        self._documents: list[tuple[str, str, Publication]] = []
        self._starts = array("q", [0])
        self._has_turns: list[bool] = []
        self._character_counts = array("q")
        # Their types are those of the columns as arrays of numpy.
        self._columns = array("i"), array("B"), array("B"), array("i")
        self._voices: dict[Voice, int] = {}
        self._word_sets: dict[str, set[str]] = {name: set() for name in _WORD_SETS}
        self._small_compounds: dict[tuple[str, ...], list[int]] = {}
        self.document_numbers: dict[str, int] = {}

    def add(
        self,
        document: Document,
        passages: Sequence[Passage],
        words: FoldedWords,
        small_compounds: Iterable[tuple[tuple[str, ...], int]],
    ) -> None:
        """Add the next document; `small_compounds` are hyphenated words, each with a place in `passages`."""
        publication = Publication(**{name: getattr(document, name) for name in PUBLICATION_FIELDS})
        self.document_numbers[document.id] = len(self._documents)
        self._documents.append((document.id, document.sha256, publication))
        self._has_turns.append(bool(document.turns))
        self._character_counts.append(len(document.text))
        first = self._starts[-1]
        self._starts.append(first + len(passages))
        voices, kinds, sides, paragraphs = self._columns
        for passage in passages:
            voices.append(self.number_voice(passage.voice))
            kinds.append(KINDS.index(passage.kind))
            sides.append(SIDES.index(passage.side))
            paragraphs.append(passage.paragraph)
        self._word_sets["words"] |= words.list_words()
        for name in _WORD_SETS[1:]:
            self._word_sets[name].update(getattr(words, name))
        for compound, place in small_compounds:
            self._small_compounds.setdefault(compound, []).append(first + place)

    def number_voice(self, voice: Voice | None) -> int:
        """Return the number of a voice; a new voice gets the next."""
        return NOBODY if voice is None else self._voices.setdefault(voice, len(self._voices))

    @property
    def passage_count(self) -> int:
        """The number of passages added."""
        return self._starts[-1]

    @property
    def voices(self) -> Iterable[Voice]:
        """The voices of the passages added, in the order of their first passages."""
        return self._voices

    def build(self, corpus: Corpus, divisions: Mapping[str, Division]) -> Catalogue:
        """Return the catalogue of the documents added; `corpus` gives the other facts."""
        document_ids, sha256s, publications = zip(*self._documents, strict=True)
        return Catalogue(
            corpus,
            document_ids,
            sha256s,
            publications,
            np.array(self._starts, np.int64),
            np.array(self._has_turns, bool),
            np.array(self._character_counts, np.int64),
            PassageColumns(*map(np.array, self._columns)),
            tuple(self._voices),
            divisions,
            SourceWords(
                **{name: frozenset(self._word_sets[name]) for name in _WORD_SETS}, small_compounds=self._small_compounds
            ),
        )


def _decode_corpus(row: Sequence[Any], synonyms: Mapping[str, Sequence[str]]) -> Corpus:
    """Return the corpus whose `_CORPUS_FIELDS` are in `row`, without documents and passages."""
    tuples = {word: tuple(others) for word, others in synonyms.items()}
    values = build_row_decoder(Corpus, _CORPUS_FIELDS)(row)
    return Corpus(**values, documents=(), passages=HeldPassages(), synonyms=tuples)
