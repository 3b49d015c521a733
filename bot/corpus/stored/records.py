"""Records of passages and documents, stored with the index by number; and documents that read theirs when needed."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple, Protocol, Self
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

# Values that many passages share are in the catalogue; a record has their numbers or ids.
_SHARED_FIELDS = frozenset({"document", "voice", "side_evidence", "responses"})
_PLAIN_FIELDS = tuple(name for name in field_names(Passage) if name not in _SHARED_FIELDS)

# Some 30 MB of texts, or 250 debates: more than a question finds, and under a tenth of the memory a process may take.
CACHE_CHARACTERS = 30_000_000

_LOG = logging.getLogger(__name__)


class RecordStore(Protocol):
    """Where records are kept; any call may raise a SearchError."""

    def fetch_passages(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """Return the records of the passages with these numbers, each under its number."""

    def fetch_documents(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """Return the records of the documents with these numbers, each under its number."""

    def find_quote(self, quote_id: str) -> Sequence[int]:
        """Return the numbers, in order, of the passages that have a quote with this id; empty if none has."""

    def has_phrase(self, words: Sequence[str]) -> bool:
        """Return whether a document has these folded words next to each other."""

    def find_tokens(self, tokens: Sequence[str], limit: int | None = None) -> Sequence[int]:
        """Return the numbers of passages with `tokens` next to each other, in order; the first `limit`, or all."""

    def find_similar(self, tokens: Sequence[str], limit: int, voices: Sequence[int] | None = None) -> Sequence[int]:
        """Return the numbers of up to `limit` passages that share `tokens`, best first; of these voices, or any."""


@dataclass(slots=True, weakref_slot=True, eq=False)
class Content:
    """The content of a document's record, with the digests of its paragraphs, taken when it was read."""

    text: str
    turns: tuple[Turn, ...]
    divisions: tuple[Division, ...]
    digests: ParagraphDigests = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Take the digests."""
        self.digests = ParagraphDigests(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage(Passage):
    """A passage with its number; it holds the content of its document, which stays in memory as long as it does."""

    number: int
    content: object


def encode_content(document: Document) -> bytes:
    """Return the record of a document: its text, turns and divisions."""
    return _pack([document.text, document.turns, document.divisions])


def decode_content(record: bytes) -> Content:
    """Return the content of a document that `encode_content` encoded.

    Raises:
        ValueError, TypeError, KeyError: `record` is not a document's.
    """
    text, turns, divisions = _unpack(record)
    decode_turns, decode_divisions = build_decoder(tuple[Turn, ...]), build_decoder(tuple[Division, ...])
    return Content(build_decoder(str)(text), decode_turns(turns), decode_divisions(divisions))


def encode_passage(passage: Passage, voice: int, documents: Mapping[str, int]) -> bytes:
    """Return the record of a passage, with the numbers of its voice and of the documents that answer it."""
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
    """Return the passage that `encode_passage` encoded.

    Raises:
        ValueError, TypeError, KeyError, IndexError: `record` is not a passage's.
    """
    row, voice, evidence, responses = _unpack(record)
    division, answer, body = evidence or (None, None, None)
    return StoredPassage(
        **own,
        **build_row_decoder(Passage, _PLAIN_FIELDS)(row),
        voice=voices[voice] if voice >= 0 else None,
        side_evidence=evidence and SideEvidence(division and divisions[division], answer and VoteAnswer(answer), body),
        responses=tuple(
            Response(Span(*span), author, date, documents[document]) for span, author, date, document in responses
        ),
    )


def _pack(value: object) -> bytes:
    """Return `value` as compressed JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=list_fields)
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def _unpack(record: bytes) -> Any:  # noqa: ANN401 - what JSON holds
    """Return the value that `_pack` compressed, its tuples and dataclasses as lists.

    Raises:
        ValueError: `record` is not a packed value.
    """
    try:
        return json.loads(zlib.decompress(record).decode("utf-8", "surrogatepass"))
    except zlib.error as error:
        raise ValueError("no record") from error


class DocumentPlace(NamedTuple):
    """A document's number, the length of its text, and the function that reads its content by its number."""

    number: int
    character_count: int
    load: Callable[[int], Content]


class StoredDocument(Document):
    """A document whose text, turns and divisions are read when they are needed."""

    __slots__ = ("_change_turn", "_changed_turns", "place")

    place: DocumentPlace
    _change_turn: Callable[[Turn], Turn] | None
    _changed_turns: tuple[ref[Content], tuple[Turn, ...]] | None

    def __init__(self, publication: Publication, document_id: str, sha256: str, place: DocumentPlace) -> None:
        """Hold the facts, and the place of the rest."""
        facts = {name: getattr(publication, name) for name in PUBLICATION_FIELDS}
        own = {"id": document_id, "sha256": sha256, "place": place, "_change_turn": None}
        self._set_fields(facts | own | {"_changed_turns": None})

    def _set_fields(self, values: Mapping[str, object]) -> None:
        """Set fields of this document, although it is frozen."""
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        """Compare the facts and SHA-256s: comparing the texts would read them."""
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
        return self.load_content().text

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns, in reading order."""
        content = self.load_content()
        if self._change_turn is None:
            return content.turns
        if self._changed_turns is None or self._changed_turns[0]() is not content:
            self._set_fields({"_changed_turns": (ref(content), tuple(map(self._change_turn, content.turns)))})
        return self._changed_turns[1] if self._changed_turns else ()

    @property
    def divisions(self) -> tuple[Division, ...]:
        """The divisions that it records."""
        return self.load_content().divisions

    @property
    def _digests(self) -> ParagraphDigests:
        """The digests of the paragraphs, taken when the content was read."""
        return self.load_content().digests

    @property
    def number(self) -> int:
        """Its number among the documents of its corpus."""
        return self.place.number

    @property
    def character_count(self) -> int:
        """How many characters the text has."""
        return self.place.character_count

    def load_content(self) -> Content:
        """Return the content, which is read now if nobody holds it."""
        return self.place.load(self.place.number)

    def replace_facts(self, **facts: Any) -> StoredDocument:  # noqa: ANN401  fields of a document
        """Return the same document with other facts; of these `change_turn` is applied to each turn that is read."""
        change_turn = facts.pop("change_turn", self._change_turn)
        changed = StoredDocument(self, self.id, self.sha256, self.place)
        changed._set_fields(facts | {"_change_turn": change_turn})
        return changed


class DocumentReader:
    """Reads and checks the contents of documents, and keeps the latest in memory."""

    def __init__(self, store: RecordStore, sha256s: Sequence[str], ids: Sequence[str]) -> None:
        self._store = store
        self._sha256s = sha256s
        self._ids = ids
        self._lock = Lock()
        self._latest: LRUCache[int, Content] = LRUCache(CACHE_CHARACTERS, lambda content: len(content.text) + 1)
        self._held: dict[int, ref[Content]] = {}
        # Documents whose record has another text than was indexed.
        self.damaged: set[int] = set()

    def load(self, number: int) -> Content:
        """Return the content of one document.

        Raises:
            IntegrityError: its text is not the one that was indexed.
            SearchError: it cannot be read now.
        """
        if content := self.prefetch([number]).get(number):
            return content
        raise IntegrityError(self._ids[number], "the text is not the one that was indexed", "index the corpus again")

    def prefetch(self, numbers: Collection[int]) -> dict[int, Content]:
        """Return the contents of documents by number, without damaged ones; those not in memory are read in one go."""
        contents = {number: content for number in numbers if (content := self._find(number))}
        if missing := [number for number in dict.fromkeys(numbers) if number not in contents]:
            records = self._store.fetch_documents(missing)
            contents |= {number: content for number in missing if (content := self._check(number, records.get(number)))}
        return contents

    def list_damaged(self) -> list[int]:
        """List the documents found changed: when they were read, or since then in memory."""
        contents = [(number, content) for number, reference in list(self._held.items()) if (content := reference())]
        return sorted(self.damaged | {number for number, content in contents if content.digests.has_mismatch})

    def _find(self, number: int) -> Content | None:
        """Return a document's content if it is still in memory; None otherwise."""
        with self._lock:
            if content := self._latest.get(number):
                return content
            reference = self._held.get(number)
        return reference() if reference else None

    def _check(self, number: int, record: bytes | None) -> Content | None:
        """Keep and return the content in `record`; log an error and return None if it has another text."""
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
        with self._lock:
            self._held = {n: each for n, each in self._held.items() if each()} if len(self._held) > 1000 else self._held
            self._held[number] = ref(content)
            # A text larger than the whole cache stays in memory only as long as somebody holds it.
            if len(content.text) < self._latest.maxsize:
                self._latest[number] = content
        return content


class StoredDocuments(tuple[StoredDocument, ...]):  # noqa: SLOT001  it has a reader
    """The documents of a stored corpus, in its order; walking through them reads no text."""

    reader: DocumentReader
    by_id: Mapping[str, StoredDocument]

    def __new__(cls, documents: Iterable[StoredDocument], reader: DocumentReader) -> Self:
        """Hold `documents`, which `reader` reads."""
        made = super().__new__(cls, documents)
        made.reader, made.by_id = reader, {document.id: document for document in made}
        return made

    @property
    def damaged_ids(self) -> list[str]:
        """The ids of documents found changed since they were indexed."""
        return [self[number].id for number in self.reader.list_damaged()]

    def change(self, change: Callable[[StoredDocument], StoredDocument]) -> StoredDocuments:
        """Return the same documents, each as `change` returns it."""
        return StoredDocuments(map(change, self), self.reader)
