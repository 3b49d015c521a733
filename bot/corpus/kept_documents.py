"""Documents kept on disk as they were read and attributed: for the next start, or because memory does not hold them.

For the next start each is kept with the digest of every file it was read from, and is reused only while those files
are the same: the reader checks that, as in a reload. It is kept under a digest of all rules and tables that read it, so
a document that was read by another version, or with other libraries, is read again. A corpus that memory does not hold
is read from its files once, one by one, then walked through on disk.
"""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

import bot
from bot import languages
from bot.corpus.folder import compute_folder_version, scan_folder
from bot.corpus.manifest import attach_responses
from bot.corpus.reader import (
    AttributedDocument,
    AttributionBasis,
    ManifestFile,
    ReusableParts,
    SkippedFile,
    build_corpus,
    check_corpus_used,
    read_document,
    read_manifest,
)
from bot.corpus.sides import build_side_rules, collect_divisions, set_unlisted_sides
from bot.corpus.withheld_names import list_unnamed
from bot.errors import BotError, CorpusError, SkippedError
from bot.model import Corpus, Document, HeldPassages, Passage, VoiceEntry, digest
from bot.storage.cache_folder import CacheFolder, build_decoder, build_row_decoder, field_names, list_fields
from bot.storage.filesystem import FileDigest

# The code that reads and attributes a document: rooms, and modules beside them.
_ROOMS = ("attribution", "corpus", "formats", "storage", "model")
_MODULES = ("analysis.py", "errors.py", "text.py")
# As an installer writes them, with the stop or without.
_LIBRARIES = frozenset(
    {"lxml", "pdfminer_six", "pdfminer.six", "pdfplumber", "pyspellchecker", "rapidfuzz", "trafilatura"}
)
_SOURCES = frozenset({".py", ".toml", ".npz", ".json", ".csv", ".tsv", ".txt"})
_BASIS_NAME = "basis"
# Marks a document kept under other voices: it is attributed again, but its file need not be parsed again.
_OTHER_BASIS = AttributionBasis((), "")
_PASSAGE_FIELDS = tuple(name for name in field_names(Passage) if name != "document")

_STREAM_KEY = ""
Item = TypeVar("Item")


class KeptDocuments:
    """The parts of the corpus in `corpus_folder` that `cache` keeps; `reusable` are those read from it."""

    def __init__(self, cache: CacheFolder, corpus_folder: Path) -> None:
        self._cache = cache
        self._corpus_folder = corpus_folder
        self.reusable: ReusableParts = MappingProxyType({})

    @cached_property
    def _key(self) -> str:
        """The key of kept documents: those of another folder or version are not read."""
        return f"{self._corpus_folder} {compute_rules_digest()}"

    def load(self) -> None:
        """Read the documents that are kept whole into `reusable`; ignore the rest."""
        content = self._cache.read(_BASIS_NAME, self._key)
        try:
            basis = AttributionBasis(build_decoder(tuple[VoiceEntry, ...])(content["voices"]), content["language"])
            document_ids = [str(document_id) for document_id in content["documents"]]
        except (TypeError, KeyError, ValueError):
            return
        parts = {document_id: self._load_part(document_id, basis) for document_id in document_ids}
        self.reusable = {document_id: part for document_id, part in parts.items() if part}

    def save(self, parts: ReusableParts) -> None:
        """Keep `parts` and no others; those that were read from here are not written again."""
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
        """Return a document as it was kept; None if it was not, or cannot be read."""
        try:
            return decode_part(self._cache.read(_name_document(document_id), self._key), basis)
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
    """List the installer's folders that name the versions of `_LIBRARIES`, such as "lxml-6.0.2.dist-info".

    Asking `importlib.metadata` would read a page about each library: 5 ms of every start.
    """
    names = (path.name for folder in map(Path, sys.path) for path in folder.glob("*-info"))
    return sorted(name for name in names if name.partition("-")[0].lower() in _LIBRARIES)


def _name_document(document_id: str) -> str:
    """Return the name under which a document is kept."""
    return f"document {document_id}"


def encode_part(part: AttributedDocument | SkippedFile) -> dict[str, Any]:
    """Return `part` as `json.dumps` takes it with `list_fields`, for `decode_part`."""
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
    """Return the part that was encoded; one of another basis than `basis` is marked to be attributed again.

    Raises:
        TypeError, KeyError, ValueError, IndexError, AttributeError: `content` is not an encoded part.
    """
    stamps = {Path(path): FileDigest(size, sha256) for path, size, sha256 in content["stamps"]}
    if "error" in content:
        return SkippedFile(SkippedError(*content["error"]), stamps)
    document: Document = build_decoder(Document)(content["document"])
    if digest(document.text) != document.sha256:
        raise ValueError("the text is not the one of its digest")
    decode_row = build_row_decoder(Passage, _PASSAGE_FIELDS)
    passages = tuple(Passage(document, **decode_row(row)) for row in content["passages"])
    if not all(passage.lies_within(document.text) for passage in passages):
        raise ValueError("a passage lies outside of its document")
    kept_basis = basis if content["basis"] == _digest_basis(basis) else _OTHER_BASIS
    return AttributedDocument(document, passages, kept_basis, stamps, str(content["fingerprint"]))


@cache
def _digest_basis(basis: AttributionBasis) -> str:
    """Return a digest that is equal for equal bases."""
    return digest(repr(basis))


class _LazySequence(Sequence[Item]):
    """A sequence of `length` items, each read whenever it is needed."""

    def __init__(self, length: int, read: Callable[[int], Item]) -> None:
        self._length = length
        self._read = read

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, place: int | slice) -> Item:  # type: ignore[override]  # no slices
        if isinstance(place, slice) or not 0 <= place < self._length:
            raise IndexError(place)
        return self._read(place)


class StreamedCorpus:
    """A corpus on disk, document by document, each with its passages as they are served.

    `corpus` has no passages, and documents without their texts. `adjust` returns each passage as it is served, and is
    applied last.
    """

    def __init__(
        self,
        parts: Sequence[AttributedDocument],
        corpus: Corpus,
        manifest: ManifestFile,
        adjust: Callable[[Passage], Passage],
    ) -> None:
        self.corpus = corpus
        self.divisions = collect_divisions(corpus.documents)
        self._parts = parts
        self._manifest = manifest
        self._adjust = adjust
        self._rules = build_side_rules(corpus.parties, corpus.divisions, self.divisions if corpus.divisions else {})
        self._by_id = {document.id: document for document in corpus.documents}
        # Enough to check the manifest by: the first passage of each voice, and those that are answered.
        self._samples: dict[object, Passage] = {}

    def __iter__(self) -> Iterator[tuple[Document, Sequence[Passage]]]:
        """Walk through the documents in order, each with its passages."""
        for part in self._parts:
            sided = set_unlisted_sides(part.passages, self._rules, self.corpus.voices)
            passages = attach_responses(tuple(sided), self.corpus.responses, self._by_id)
            for passage in passages:
                self._keep_first_of_voice(passage)
            yield part.document, tuple(map(self._adjust, passages))

    def check(self) -> None:
        """Check, after a walk, that the corpus can be served.

        Raises:
            CorpusError: the first reason why it cannot.
        """
        documents = self.corpus.documents
        if list_unnamed(self.corpus.voices):
            documents = _LazySequence(len(documents), lambda place: self._parts[place].document)
        sample = replace(self.corpus, passages=HeldPassages(self._samples.values()), documents=documents)
        for error in check_corpus_used(sample, self._manifest, is_whole=True):
            raise error

    def _keep_first_of_voice(self, passage: Passage) -> None:
        """Keep the passage if its voice, with what it responds to, is new."""
        answered = (passage.document.id, *(response.span for response in passage.responses))
        key = passage.voice, answered if passage.responses else ()
        if key not in self._samples:
            self._samples[key] = replace(passage, document=self._by_id[passage.document.id])


def stream_corpus(
    folder: Path, disk: CacheFolder, adjust: Callable[[Passage], Passage] = lambda passage: passage
) -> StreamedCorpus:
    """Read the corpus in `folder`, one document at a time, and keep what was read on `disk`.

    Raises:
        CorpusError: the first error that is met.
    """
    version = compute_folder_version(folder)
    contents = scan_folder(folder)
    errors: list[BotError] = [*contents.errors]
    manifest = read_manifest(folder, errors)
    if manifest is None or errors:
        raise errors[0]
    basis, light_parts = manifest.basis, list[AttributedDocument]()
    for document_id, path in contents.documents.items():
        part = read_document(path, document_id, contents.corrections.get(document_id), basis, None)
        if isinstance(part, AttributedDocument):
            disk.write(str(len(light_parts)), _STREAM_KEY, encode_part(part), list_fields)
            light_parts.append(replace(part, document=replace(part.document, text="", turns=()), passages=()))
    if compute_folder_version(folder) != version:
        raise CorpusError(str(folder), "it changes while it is read", "wait until it is written, retry")

    def read_part(place: int) -> AttributedDocument:
        content = disk.read(str(place), _STREAM_KEY)
        if content is None:
            raise CorpusError("the temporary folder", "what was read is gone", "see that its disk has room")
        return cast("AttributedDocument", decode_part(content, basis))

    parts = _LazySequence(len(light_parts), read_part)
    return StreamedCorpus(parts, build_corpus(manifest, light_parts), manifest, adjust)
