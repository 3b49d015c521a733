"""Documents kept as they were read and attributed, so that the next start need not read them again.

Each is kept with the digest of every file it was read from, and is reused only while those files are the same: the
reader checks that, as in a reload. It is kept under a digest of all rules and tables that read it, so a document
that another version read, or one with other libraries, is read anew.
"""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import bot
from bot import languages
from bot.corpus.reader import AttributedDocument, AttributionBasis, ReusableParts, SkippedFile
from bot.errors import SkippedError
from bot.model import Document, Passage, Span, VoiceEntry, digest
from bot.storage.cache_folder import CacheFolder
from bot.storage.safe_read import FileDigest
from bot.storage.value_codec import build_decoder, build_row_decoder, field_names, list_fields

# What reads and attributes a document: rooms, and modules beside them.
_ROOMS = ("attribution", "corpus", "formats", "storage", "model")
_MODULES = ("analysis.py", "errors.py", "text.py")
# As an installer writes them, with the stop or without.
_LIBRARIES = frozenset(
    {"lxml", "pdfminer_six", "pdfminer.six", "pdfplumber", "pyspellchecker", "rapidfuzz", "trafilatura"}
)
_SOURCES = frozenset({".py", ".toml", ".npz", ".json", ".csv", ".tsv", ".txt"})
_BASIS_NAME = "basis"
# Of a document kept under other voices: it is attributed anew, and its file need not be parsed again.
_OTHER_BASIS = AttributionBasis((), "")
_PASSAGE_FIELDS = tuple(name for name in field_names(Passage) if name != "document")


class KeptDocuments:
    """The parts of the corpus in `corpus_folder` that `cache` keeps; `reusable` are those read from it."""

    def __init__(self, cache: CacheFolder, corpus_folder: Path) -> None:
        self._cache = cache
        self._key = f"{corpus_folder} {compute_rules_digest()}"
        self.reusable: ReusableParts = MappingProxyType({})

    def load(self) -> None:
        """Read what is kept, whole documents only; the rest is as if it were not there."""
        content = self._cache.read(_BASIS_NAME, self._key)
        try:
            basis = AttributionBasis(build_decoder(tuple[VoiceEntry, ...])(content["voices"]), content["language"])
            document_ids = [str(document_id) for document_id in content["documents"]]
        except (TypeError, KeyError, ValueError):
            return
        parts = {document_id: self._load_part(document_id, basis) for document_id in document_ids}
        self.reusable = {document_id: part for document_id, part in parts.items() if part}

    def save(self, parts: ReusableParts) -> None:
        """Keep `parts` in place of what is kept; those that were read from here are there already."""
        attributed = next((part for part in parts.values() if isinstance(part, AttributedDocument)), None)
        if attributed is None:
            return
        basis = attributed.basis
        changed = [name for name, part in parts.items() if part is not self.reusable.get(name)]
        for document_id in changed:
            encoded = encode_part(parts[document_id])
            self._cache.write(_name_document(document_id), self._key, encoded, list_fields)
        if changed or parts.keys() != self.reusable.keys():
            content = {"voices": basis.listed_voices, "language": basis.language, "documents": list(parts)}
            self._cache.write(_BASIS_NAME, self._key, content, list_fields)
            self._cache.keep_only({_BASIS_NAME, *map(_name_document, parts)})
        self.reusable = parts

    def _load_part(self, document_id: str, basis: AttributionBasis) -> AttributedDocument | SkippedFile | None:
        """Return what was kept of a document; None where nothing was, or it cannot be read."""
        content = self._cache.read(_name_document(document_id), self._key)
        if content is None:
            return None
        try:
            return decode_part(content, basis)
        except (TypeError, KeyError, ValueError, IndexError, AttributeError):
            return None


@cache
def compute_rules_digest() -> str:
    """Compute a SHA-256 over the code, tables and libraries that a document is read and attributed by."""
    root = Path(bot.__path__[0])
    folders = [*(root / room for room in _ROOMS), *map(Path, languages.__path__)]
    files = [root / name for name in _MODULES]
    files += sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in _SOURCES)
    sums = hashlib.sha256(f"{sys.version} {unicodedata.unidata_version} {_list_versions()}".encode())
    for file in files:
        content = file.read_bytes()
        sums.update(f"{file.name} {len(content)}\n".encode() + content)
    return sums.hexdigest()


def _list_versions() -> list[str]:
    """List what an installer names for the versions of `_LIBRARIES`, such as "lxml-6.0.2.dist-info".

    To ask `importlib.metadata` would read a page about each: 5 ms of every start.
    """
    names = (path.name for folder in map(Path, sys.path) for path in folder.glob("*-info"))
    return sorted(name for name in names if name.partition("-")[0].lower() in _LIBRARIES)


def _name_document(document_id: str) -> str:
    """Return the name under which a document is kept."""
    return f"document {document_id}"


def encode_part(part: AttributedDocument | SkippedFile) -> dict[str, Any]:
    """Return `part` as JSON, for `decode_part`."""
    stamps = [(str(path), *stamp) for path, stamp in part.input_stamps.items()]
    if isinstance(part, SkippedFile):
        return {"stamps": stamps, "error": (part.error.place, part.error.fact, part.error.remedy)}
    rows = [[getattr(passage, name) for name in _PASSAGE_FIELDS] for passage in part.passages]
    return {
        "stamps": stamps,
        "document": part.document,
        "passages": rows,
        "basis": _digest_basis(part.basis),
        "fingerprint": part.fingerprint,
    }


def decode_part(content: Mapping[str, Any], basis: AttributionBasis) -> AttributedDocument | SkippedFile:
    """Return the part that was encoded.

    Raises:
        TypeError, KeyError, ValueError, IndexError, AttributeError: it is none.
    """
    stamps = {Path(path): FileDigest(size, sha256) for path, size, sha256 in content["stamps"]}
    if "error" in content:
        return SkippedFile(SkippedError(*content["error"]), stamps)
    document: Document = build_decoder(Document)(content["document"])
    if digest(document.text) != document.sha256:
        raise ValueError("the text is not the one of its digest")
    decode_row = build_row_decoder(Passage, _PASSAGE_FIELDS)
    passages = tuple(Passage(document, **decode_row(row)) for row in content["passages"])
    if not all(has_spans_within(document.text, passage) for passage in passages):
        raise ValueError("a passage lies outside of its document")
    kept_basis = basis if content["basis"] == _digest_basis(basis) else _OTHER_BASIS
    return AttributedDocument(document, passages, kept_basis, stamps, str(content["fingerprint"]))


def has_spans_within(text: str, passage: Passage) -> bool:
    """Return whether every span of `passage` lies within `text`."""
    spans: tuple[Span, ...] = (passage.span, passage.frame, *passage.cue, *passage.quotation, *passage.unbroken)
    return all(0 <= span.start <= span.end <= len(text) for span in spans)


@cache
def _digest_basis(basis: AttributionBasis) -> str:
    return digest(repr(basis))
