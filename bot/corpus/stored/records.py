"""Records of passages and documents, which lie with the index by number; documents that read theirs when needed."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple, Protocol, overload
from weakref import ref

from cachetools import LRUCache

from bot.errors import IntegrityError
from bot.model import (
    PUBLICATION_FIELDS,
    Division,
    Document,
    Passage,
    Publication,
    Response,
    SideEvidence,
    Span,
    Turn,
    Voice,
    VoteAnswer,
    digest,
)
from bot.model.passages import ParagraphDigests
from bot.storage.cache_folder import build_decoder, build_row_decoder, field_names, list_fields

# Written apart: what many passages share is in the catalogue, and named by its number or id.
_SHARED_FIELDS = frozenset({"document", "voice", "side_evidence", "responses"})
_PLAIN_FIELDS = tuple(name for name in field_names(Passage) if name not in _SHARED_FIELDS)

# Some 30 MB of texts, or 250 debates: more than a question finds, and less than a tenth of what a process may take.
CACHE_CHARACTERS = 30_000_000

_LOG = logging.getLogger(__name__)


class RecordStore(Protocol):
    """Where records lie; whatever is asked of it may fail with a SearchError."""

    def fetch_passages(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """Return the records of the passages with these numbers, each under its number."""

    def fetch_documents(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """Return the records of the documents with these numbers, each under its number."""

    def find_quote(self, quote_id: str) -> Sequence[int]:
        """Return the numbers, in order, of the passages that have a quote with this id; empty if none has."""

    def has_phrase(self, words: Sequence[str]) -> bool:
        """Return whether a document has these folded words side by side."""

    def find_tokens(self, tokens: Sequence[str], limit: int | None = None) -> Sequence[int]:
        """Return the passages that have all of `tokens` side by side, in order; the first `limit`, or all."""

    def find_similar(self, tokens: Sequence[str], limit: int, voices: Sequence[int] | None = None) -> Sequence[int]:
        """Return the passages that share most of `tokens`, best first; of some voices, or of any."""


class Content(NamedTuple):
    """What a document's record holds."""

    text: str
    turns: tuple[Turn, ...]
    divisions: tuple[Division, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage(Passage):
    """A passage by its number; while it is there, so is the content of its document."""

    number: int
    content: object


def encode_content(document: Document) -> bytes:
    """Return the record of a document: its text, turns and divisions."""
    return _pack([document.text, document.turns, document.divisions])


def decode_content(record: bytes) -> Content:
    """Return what `encode_content` was given.

    Raises:
        ValueError, TypeError, KeyError: it is no such record.
    """
    text, turns, divisions = _unpack(record)
    decode_turns, decode_divisions = build_decoder(tuple[Turn, ...]), build_decoder(tuple[Division, ...])
    return Content(build_decoder(str)(text), decode_turns(turns), decode_divisions(divisions))


def encode_passage(passage: Passage, voice: int, documents: Mapping[str, int]) -> bytes:
    """Return the record of a passage; its voice, and the documents that answer it, by their numbers."""
    evidence = passage.side_evidence
    return _pack(
        [
            [getattr(passage, name) for name in _PLAIN_FIELDS],
            voice,
            evidence and [evidence.division and evidence.division.id, evidence.answer, evidence.body],
            [[each.span, each.author, each.date, documents[each.document.id]] for each in passage.responses],
        ]
    )


def decode_passage(
    record: bytes,
    voices: Sequence[Voice],
    documents: Sequence[Document],
    divisions: Mapping[str, Division],
    **own: Any,  # noqa: ANN401 - `document`, `number` and `content` of a StoredPassage
) -> StoredPassage:
    """Return the passage that `encode_passage` was given.

    Raises:
        ValueError, TypeError, KeyError, IndexError: it is no such record.
    """
    row, voice, evidence, responses = _unpack(record)
    return StoredPassage(
        **own,
        **build_row_decoder(Passage, _PLAIN_FIELDS)(row),
        voice=voices[voice] if voice >= 0 else None,
        side_evidence=evidence and _decode_evidence(evidence, divisions),
        responses=tuple(
            Response(Span(*span), author, date, documents[document]) for span, author, date, document in responses
        ),
    )


def _decode_evidence(row: Sequence[str | None], divisions: Mapping[str, Division]) -> SideEvidence:
    """Return what a side is known by, as a record keeps it."""
    division, answer, body = row
    return SideEvidence(divisions[division] if division else None, VoteAnswer(answer) if answer else None, body)


def _pack(value: object) -> bytes:
    """Return `value` as compressed JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=list_fields)
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def _unpack(record: bytes) -> Any:  # noqa: ANN401 - what JSON holds
    """Return what `_pack` was given, as lists.

    Raises:
        ValueError: it is nothing that was packed.
    """
    try:
        return json.loads(zlib.decompress(record).decode("utf-8", "surrogatepass"))
    except zlib.error as error:
        raise ValueError("no record") from error


class LoadedContent:
    """A text that was read and checked, with the digests of its paragraphs; a class, to be held weakly."""

    __slots__ = ("__weakref__", "content", "digests")

    def __init__(self, content: Content) -> None:
        self.content = content
        self.digests = ParagraphDigests(content.text)


class DocumentPlace(NamedTuple):
    """Where a document lies: its number, how many characters it has, and what reads it."""

    number: int
    character_count: int
    load: Callable[[int], LoadedContent]


class StoredDocument(Document):
    """A document whose text is read when it is wanted."""

    __slots__ = ("_change_turn", "_changed_turns", "place")

    place: DocumentPlace
    _change_turn: Callable[[Turn], Turn] | None
    _changed_turns: tuple[ref[LoadedContent], tuple[Turn, ...]] | None

    def __init__(self, publication: Publication, document_id: str, sha256: str, place: DocumentPlace) -> None:
        """Hold the facts, and where the rest lies."""
        facts = {name: getattr(publication, name) for name in PUBLICATION_FIELDS}
        own = {"id": document_id, "sha256": sha256, "place": place, "_change_turn": None}
        self._set_fields(facts | own | {"_changed_turns": None})

    def _set_fields(self, values: Mapping[str, object]) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        """Return whether it is the same document: comparing texts would read them."""
        if not isinstance(other, StoredDocument):
            return False
        return all(getattr(self, name) == getattr(other, name) for name in ("id", "sha256", *PUBLICATION_FIELDS))

    def __hash__(self) -> int:
        return hash((self.sha256, self.id))

    @property
    def text(self) -> str:
        """The canonical text.

        Raises:
            IntegrityError: it is not the one that was indexed.
        """
        return self.load_content().content.text

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns, in reading order."""
        loaded = self.load_content()
        if self._change_turn is None:
            return loaded.content.turns
        if self._changed_turns is None or self._changed_turns[0]() is not loaded:
            self._set_fields({"_changed_turns": (ref(loaded), tuple(map(self._change_turn, loaded.content.turns)))})
        return self._changed_turns[1] if self._changed_turns else ()

    @property
    def divisions(self) -> tuple[Division, ...]:
        """The divisions that it records."""
        return self.load_content().content.divisions

    @property
    def _digests(self) -> ParagraphDigests:
        return self.load_content().digests

    @property
    def number(self) -> int:
        """Its number among the documents of its corpus."""
        return self.place.number

    @property
    def character_count(self) -> int:
        """How many characters the text has."""
        return self.place.character_count

    def load_content(self) -> LoadedContent:
        """Return the content, read now if nobody holds it."""
        return self.place.load(self.place.number)

    def replace_facts(self, **facts: Any) -> StoredDocument:  # noqa: ANN401  fields of a document
        """Return the same document with other facts; `change_turn` is called for each turn when it is read."""
        change_turn = facts.pop("change_turn", self._change_turn)
        changed = StoredDocument(self, self.id, self.sha256, self.place)
        changed._set_fields(facts | {"_change_turn": change_turn})
        return changed


class DocumentReader:
    """Reads the contents of documents, checks them, and keeps those read last."""

    def __init__(self, store: RecordStore, sha256s: Sequence[str], ids: Sequence[str]) -> None:
        self._store = store
        self._sha256s = sha256s
        self._ids = ids
        self._lock = Lock()
        self._latest: LRUCache[int, LoadedContent] = LRUCache(CACHE_CHARACTERS, lambda each: len(each.content.text) + 1)
        self._held: dict[int, ref[LoadedContent]] = {}
        # Documents whose record is not what was indexed.
        self.damaged: set[int] = set()

    def load(self, number: int) -> LoadedContent:
        """Return the content of one document.

        Raises:
            IntegrityError: it is not the one that was indexed.
            SearchError: it cannot be read now.
        """
        if loaded := self.prefetch([number]).get(number):
            return loaded
        raise IntegrityError(self._ids[number], "the text is not the one that was indexed", "index the corpus again")

    def prefetch(self, numbers: Collection[int]) -> dict[int, LoadedContent]:
        """Return the contents of documents by number, read in one go as far as nobody holds them."""
        contents = {number: loaded for number in numbers if (loaded := self._find(number))}
        if missing := [number for number in dict.fromkeys(numbers) if number not in contents]:
            records = self._store.fetch_documents(missing)
            contents |= {number: loaded for number in missing if (loaded := self._check(number, records.get(number)))}
        return contents

    def list_damaged(self) -> list[int]:
        """List the documents found changed: as they were read, or since, as far as somebody holds them."""
        contents = [(number, loaded) for number, reference in list(self._held.items()) if (loaded := reference())]
        return sorted(self.damaged | {number for number, loaded in contents if loaded.digests.has_mismatch})

    def _find(self, number: int) -> LoadedContent | None:
        """Return a document's content if it is still in memory; None otherwise."""
        with self._lock:
            if loaded := self._latest.get(number):
                return loaded
            reference = self._held.get(number)
        return reference() if reference else None

    def _check(self, number: int, record: bytes | None) -> LoadedContent | None:
        """Keep and return the content in `record`; None, and a line in the log, where it is another one."""
        try:
            content = decode_content(record or b"")
            is_right = digest(content.text) == self._sha256s[number]
        except (ValueError, TypeError, KeyError):
            is_right = False
        if not is_right:
            _LOG.error("not as it was indexed, not shown document=%s", self._ids[number])
            self.damaged.add(number)
            return None
        self.damaged.discard(number)
        loaded = LoadedContent(content)
        with self._lock:
            self._held = {n: each for n, each in self._held.items() if each()} if len(self._held) > 1000 else self._held
            self._held[number] = ref(loaded)
            # One that is larger than all that may be kept lives as long as somebody holds it.
            if len(content.text) < self._latest.maxsize:
                self._latest[number] = loaded
        return loaded


class StoredDocuments(Sequence[StoredDocument]):
    """The documents of a stored corpus, in its order; walking through them reads no text."""

    def __init__(self, documents: Sequence[StoredDocument], reader: DocumentReader) -> None:
        self._documents = documents
        self.reader = reader
        self.by_id = {document.id: document for document in documents}

    def __len__(self) -> int:
        return len(self._documents)

    @overload
    def __getitem__(self, place: int) -> StoredDocument: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[StoredDocument]: ...

    def __getitem__(self, place: int | slice) -> StoredDocument | Sequence[StoredDocument]:
        return self._documents[place]

    def __iter__(self) -> Iterator[StoredDocument]:
        return iter(self._documents)

    @property
    def damaged_ids(self) -> list[str]:
        """The documents found changed since they were indexed."""
        return [self._documents[number].id for number in self.reader.list_damaged()]

    def change(self, change: Callable[[StoredDocument], StoredDocument]) -> StoredDocuments:
        """Return the same documents, each as `change` returns it."""
        return StoredDocuments([change(document) for document in self._documents], self.reader)
