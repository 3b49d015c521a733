"""Reading a corpus as far as possible, with every error that stops it from being served.

Loading and lint both begin here, so lint reports all at once the errors that a load raises one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot import formats
from bot.attribution import extract_passages
from bot.corpus.folder import CORRECTIONS_SUFFIX, MANIFEST_NAME, FolderContents, compute_folder_version, scan_folder
from bot.corpus.manifest import (
    Manifest,
    attach_responses,
    build_notice,
    check_has_passages,
    check_manifest_used,
    parse_manifest,
)
from bot.corpus.sides import build_side_rules, collect_divisions, set_unlisted_sides
from bot.errors import BotError, CorpusError, SkippedError, find_program_name
from bot.languages import DEFAULT_LANGUAGE, load_language
from bot.languages.base import Language
from bot.model import Corpus, Document, HeldPassages, Passage, VoiceEntry, digest
from bot.storage import filesystem
from bot.storage.filesystem import FileDigest

if TYPE_CHECKING:  # loaded only where a document is corrected
    from bot.attribution.curation import Correction

ReusableParts = Mapping[str, "AttributedDocument | SkippedFile"]


class AttributionBasis(NamedTuple):
    """The parts of a manifest that attribution depends on."""

    listed_voices: tuple[VoiceEntry, ...]
    language: str


class ManifestFile(NamedTuple):
    """A manifest, and the file that it was read from."""

    path: Path
    toml: str
    manifest: Manifest

    @property
    def basis(self) -> AttributionBasis:
        """The parts of it that attribution depends on."""
        return AttributionBasis(self.manifest.voices, self.manifest.language)


@dataclass(frozen=True, slots=True)
class AttributedDocument:
    """A document with its passages, and everything that they were made from.

    `input_stamps` gives the digest of each file that was read for them. `fingerprint` changes with anything that is
    shown of the document.
    """

    document: Document
    passages: tuple[Passage, ...]
    basis: AttributionBasis
    input_stamps: Mapping[Path, FileDigest]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file among the documents which, its format says, is not a document."""

    error: SkippedError
    input_stamps: Mapping[Path, FileDigest]


@dataclass(frozen=True, slots=True)
class PartialCorpus:
    """The readable part of a corpus, in the order of document ids.

    `corpus` is None if the manifest is invalid, and with `errors` it is incomplete. `toml` is the
    manifest as written. By document id, `paths` are the files, `reusable` the parts that a later
    reading may reuse, and `document_errors` the errors that leaving the document out would fix.
    """

    corpus: Corpus | None = None
    toml: str = ""
    paths: Mapping[str, Path] = field(default_factory=dict)
    errors: tuple[BotError, ...] = ()
    reusable: Mapping[str, AttributedDocument | SkippedFile] = field(default_factory=dict)
    document_errors: Mapping[str, BotError] = field(default_factory=dict)


class CorpusTooLargeError(CorpusError):
    """A corpus has more passages than may be held in memory."""

    def __init__(self, folder: Path, limit: int) -> None:
        fact = f"more than {limit:,} passages, which are not held in memory"
        super().__init__(str(folder), fact, f"run `{find_program_name()} index` first, or raise engine.in_memory")


class BrokenDocumentsError(CorpusError):
    """A corpus cannot be served, but could be served without its broken documents.

    `document_errors` gives the error of each broken document by its id.
    """

    def __init__(self, document_errors: Mapping[str, BotError]) -> None:
        first = next(iter(document_errors.values()))
        super().__init__(first.place, first.fact, first.remedy)
        self.document_errors = document_errors


class ReusableSource(Protocol):
    """The parts of an earlier reading, in this process or from a cache on disk."""

    @property
    def reusable(self) -> ReusableParts:
        """The parts by document id; each is used only while its files are unchanged."""


@dataclass(frozen=True, slots=True)
class LoadedCorpus:
    """A corpus, and the parts that a later reading may reuse."""

    corpus: Corpus
    reusable: Mapping[str, AttributedDocument | SkippedFile] = field(default_factory=lambda: MappingProxyType({}))


def read_corpus(
    folder: Path,
    reusable: ReusableParts = MappingProxyType({}),
    excluded_ids: Collection[str] = (),
    limit: int | None = None,
) -> PartialCorpus:
    """Read the corpus in `folder` as far as possible, and collect all errors; see `load_incrementally`.

    Parts in `reusable` whose files are unchanged, byte for byte, are not read again. The documents in `excluded_ids`
    are ignored; voices that are never quoted are then no error. A folder that is replaced or changed meanwhile is read
    again, so that no reading mixes two releases.

    Raises:
        CorpusTooLargeError: it has more than `limit` passages.
    """
    for _ in range(filesystem.MAX_ATTEMPTS):
        version = compute_folder_version(folder)
        result = _read_once(folder, reusable, excluded_ids, limit)
        if compute_folder_version(folder) == version:
            return result
        reusable = {**reusable, **result.reusable}
    error = CorpusError(str(folder), "it changes while it is read", "wait until it is written, retry")
    return PartialCorpus(errors=(error,))


def _read_once(
    folder: Path, reusable: ReusableParts, excluded_ids: Collection[str], limit: int | None
) -> PartialCorpus:
    """Read the folder as it is now; errors are part of the result."""
    try:
        folder_contents = scan_folder(folder)
    except CorpusError as error:
        return PartialCorpus(errors=(error,))
    errors: list[BotError] = [*folder_contents.errors]
    manifest_file = read_manifest(folder, errors)
    basis = manifest_file.basis if manifest_file else AttributionBasis((), DEFAULT_LANGUAGE)
    results = _read_documents(folder_contents, basis, reusable, excluded_ids, limit)
    if reusable and _list_skipped_ids(results) != _list_skipped_ids(reusable):
        # Documents may look names up in a skipped file, so all are read again.
        results = _read_documents(folder_contents, basis, {}, excluded_ids, limit)
    document_errors = {document_id: part for document_id, part in results.items() if isinstance(part, BotError)}
    parts = {document_id: part for document_id, part in results.items() if not isinstance(part, BotError)}
    errors.extend(document_errors.values())
    if manifest_file is None:
        return PartialCorpus(None, "", folder_contents.documents, tuple(errors), parts, document_errors)
    attributed = [part for part in parts.values() if isinstance(part, AttributedDocument)]
    corpus = build_corpus(manifest_file, attributed)
    if not errors:
        errors.extend(check_corpus_used(corpus, manifest_file, is_whole=not excluded_ids))
    return PartialCorpus(corpus, manifest_file.toml, folder_contents.documents, tuple(errors), parts, document_errors)


def check_corpus_used(corpus: Corpus, manifest_file: ManifestFile, *, is_whole: bool) -> Iterator[BotError]:
    """Yield an error where nothing is said at all, and, of a corpus that `is_whole`, those of `check_manifest_used`."""
    yield from check_has_passages(corpus, str(manifest_file.path.parent))
    if is_whole:
        yield from check_manifest_used(corpus, manifest_file.toml, str(manifest_file.path))


def find_language(folder: Path) -> Language:
    """Return the language of the corpus in `folder`, the default one without a valid manifest."""
    manifest_file = read_manifest(folder, [])
    return load_language(manifest_file.manifest.language if manifest_file else DEFAULT_LANGUAGE)


def load_corpus(folder: Path) -> Corpus:
    """Load the corpus in `folder`, whose name it takes.

    Documents are ordered by id. An id is a file's name without its suffix, so links survive a move of the corpus. The
    fingerprint changes with the manifest, a document, its header or its corrections, and with nothing else.

    Raises:
        CorpusError: the first error that `check` would report.
    """
    return load_incrementally(folder).corpus


def load_incrementally(
    folder: Path, previous: ReusableSource | None = None, excluded_ids: Collection[str] = (), limit: int | None = None
) -> LoadedCorpus:
    """Load the corpus in `folder`, reusing the parts of `previous` that are unchanged.

    The documents in `excluded_ids` are left out; voices that are never quoted are then no error.

    Raises:
        CorpusTooLargeError: it has more than `limit` passages.
        BrokenDocumentsError: leaving out the documents that it names would fix every error.
        CorpusError: the first error that `check` would report.
    """
    result = read_corpus(folder, previous.reusable if previous else {}, excluded_ids, limit)
    if result.document_errors and len(result.document_errors) == len(result.errors):
        raise BrokenDocumentsError(result.document_errors)
    if result.errors or result.corpus is None:
        raise result.errors[0]
    return LoadedCorpus(result.corpus, result.reusable)


def read_manifest(folder: Path, errors: list[BotError]) -> ManifestFile | None:
    """Read the manifest of a corpus; None where it is wrong, with the reasons added to `errors`."""
    path = folder / MANIFEST_NAME
    try:
        toml = filesystem.read_text(path)
    except CorpusError as error:
        errors.append(error)
        return None
    result = parse_manifest(toml, str(path))
    if isinstance(result, Manifest):
        return ManifestFile(path, toml, result)
    errors.extend(result)
    return None


def _read_documents(
    folder_contents: FolderContents,
    basis: AttributionBasis,
    reusable: ReusableParts,
    excluded_ids: Collection[str],
    limit: int | None,
) -> dict[str, AttributedDocument | SkippedFile | BotError]:
    """Map the id of each document to its part, or to the error that reading it raised.

    Raises:
        CorpusTooLargeError: they have more than `limit` passages.
    """
    passage_count = 0
    results: dict[str, AttributedDocument | SkippedFile | BotError] = {}
    for document_id, path in folder_contents.documents.items():
        if document_id not in excluded_ids:
            corrections_path = folder_contents.corrections.get(document_id)
            try:
                part = read_document(path, document_id, corrections_path, basis, reusable.get(document_id))
            except BotError as error:
                results[document_id] = error
                continue
            results[document_id] = part
            passage_count += len(part.passages) if isinstance(part, AttributedDocument) else 0
            if limit is not None and passage_count > limit:
                raise CorpusTooLargeError(path.parent, limit)
    return results


def read_document(
    path: Path,
    document_id: str,
    corrections_path: Path | None,
    basis: AttributionBasis,
    previous: AttributedDocument | SkippedFile | None,
) -> AttributedDocument | SkippedFile:
    """Read and attribute one file, or return `previous` if neither the file nor its corrections have changed.

    Raises:
        BotError: the document cannot be served.
    """
    if previous and _is_unchanged(previous, path, corrections_path):
        if isinstance(previous, SkippedFile) or previous.basis == basis:
            return previous
        document, input_stamps = previous.document, dict(previous.input_stamps)
        entries = _load_corrections(corrections_path)
    else:
        with filesystem.record_digests() as input_stamps:
            try:
                document = formats.read(path, document_id)
            except SkippedError as error:
                return SkippedFile(error, input_stamps)
            entries = _load_corrections(corrections_path)
    metadata = _read_metadata(document, path)
    fingerprint = repr((document.sha256, metadata, entries, document.divisions))
    return AttributedDocument(
        document,
        extract_passages(document, basis.listed_voices, entries, language=load_language(basis.language)),
        basis,
        input_stamps,
        fingerprint,
    )


def _load_corrections(path: Path | None) -> Sequence[Correction]:
    """Load the corrections in the file at `path`, if there is one; the module for it is imported only here."""
    corrections: Sequence[Correction] = import_module("bot.attribution.curation").load_corrections(path) if path else ()
    return corrections


def _read_metadata(document: Document, path: Path) -> Document:
    """Return `document` without its text, turns and divisions; raise a CorpusError where nothing else is known."""
    metadata = replace(document, text="", turns=(), divisions=())
    if metadata == Document(document.id, "", sha256=document.sha256):
        remedy = "open it with a header between +++ lines that gives its title and publisher"
        raise CorpusError(str(path), "it has no metadata", remedy)
    return metadata


def _is_unchanged(previous: AttributedDocument | SkippedFile, path: Path, corrections_path: Path | None) -> bool:
    """Return whether `previous` was read from the same files, and they are unchanged."""
    # A file that can no longer be read counts as changed; reading it again reports the error.
    expected_paths = {path} if corrections_path is None else {path, corrections_path}
    has_corrections = any(input_path.name.endswith(CORRECTIONS_SUFFIX) for input_path in previous.input_stamps)
    return (
        expected_paths <= set(previous.input_stamps)
        # A text damaged in memory is read again although its file is unchanged.
        and (isinstance(previous, SkippedFile) or previous.document.matches_sha256())
        and (corrections_path is not None or not has_corrections)
        and all(filesystem.matches_digest(input_path, stamp) for input_path, stamp in previous.input_stamps.items())
    )


def _list_skipped_ids(result_by_id: Mapping[str, object]) -> frozenset[str]:
    """Return the ids of the files that were skipped."""
    return frozenset(document_id for document_id, result in result_by_id.items() if isinstance(result, SkippedFile))


def build_corpus(manifest_file: ManifestFile, parts: Sequence[AttributedDocument]) -> Corpus:
    """Build the corpus of `parts`, with the sides and responses that the manifest gives, and its folder's name.

    The other fields of the manifest have the same names in the corpus.
    """
    path, toml, manifest = manifest_file
    documents = tuple(part.document for part in parts)
    divisions = collect_divisions(documents) if manifest.divisions else {}
    rules = build_side_rules(manifest.parties, manifest.divisions, divisions)
    sided = set_unlisted_sides((passage for part in parts for passage in part.passages), rules, manifest.voices)
    by_id = {document.id: document for document in documents}
    return Corpus(
        **dict(manifest) | {"notice": build_notice(manifest.notice, documents)},
        name=path.absolute().parent.name,
        documents=documents,
        passages=HeldPassages(attach_responses(tuple(sided), manifest.responses, by_id)),
        fingerprint=digest("\n".join([digest(toml), *(part.fingerprint for part in parts)])),
    )
