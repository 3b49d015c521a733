"""What lies with the index: a record of each passage and of each document, by number, and how it is written."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from bot.model import Division, Document, Passage, Response, SideEvidence, Span, Turn, Voice, VoteAnswer
from bot.storage.value_codec import build_decoder, build_row_decoder, field_names, list_fields

# Written apart: what many passages share is in the catalogue, and named by its number or id.
_SHARED_FIELDS = frozenset({"document", "voice", "side_evidence", "responses"})
_PLAIN_FIELDS = tuple(name for name in field_names(Passage) if name not in _SHARED_FIELDS)


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
