"""A corpus as far as it can be read, and everything that stops it from being served.

Loading and checking both begin here, so that a check finds whatever a load
would raise, and all of it at once.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bot import formats
from bot.attribution import extract_passages
from bot.attribution.curation import load_corrections, normalise_name
from bot.corpus.folder import CORRECTIONS_SUFFIX, MANIFEST_NAME, FolderContents, scan_folder
from bot.corpus.manifest import Manifest, locate_key, parse_manifest
from bot.errors import BotError, CorpusError, SkippedError
from bot.languages import DEFAULT_LANGUAGE, load_language
from bot.model import Corpus, Document, Passage, VoiceEntry, digest
from bot.storage import safe_read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.languages.base import Language
    from bot.storage.safe_read import FileDigest

    ReusableParts = Mapping[str, "AttributedDocument | SkippedFile"]


class AttributionBasis(NamedTuple):
    """What a manifest gives to the attribution of its documents."""

    listed_voices: tuple[VoiceEntry, ...]
    language: str


@dataclass(frozen=True, slots=True)
class AttributedDocument:
    """A document, its passages, and all that they were made from.

    `input_stamps` are the files that were read for them, with the stamp of each; `fingerprint`
    changes with anything of the document that is served.
    """

    document: Document
    passages: tuple[Passage, ...]
    basis: AttributionBasis
    input_stamps: Mapping[Path, FileDigest]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that lies with documents and is none, as its format says."""

    error: SkippedError
    input_stamps: Mapping[Path, FileDigest]


@dataclass(frozen=True, slots=True)
class PartialCorpus:
    """What was read, in the order of document ids.

    `corpus` is None where the manifest cannot be read; with `errors` it lacks
    what could not be read. `toml` is the manifest as written, and `paths` leads
    from a document's id to its file. By such ids too: `reusable` are what a later
    draft may take over, and `document_errors` those of the errors that leaving the
    document out would mend.
    """

    corpus: Corpus | None = None
    toml: str = ""
    paths: Mapping[str, Path] = field(default_factory=dict)
    errors: tuple[BotError, ...] = ()
    reusable: Mapping[str, AttributedDocument | SkippedFile] = field(default_factory=dict)
    document_errors: Mapping[str, BotError] = field(default_factory=dict)


class BrokenDocumentsError(CorpusError):
    """A corpus that cannot be served, of which every fault lies in a document by itself.

    `document_errors` tells what is wrong with each, by its id: without them the rest can be served.
    """

    def __init__(self, document_errors: Mapping[str, BotError]) -> None:
        first = next(iter(document_errors.values()))
        super().__init__(first.place, first.fact, first.remedy)
        self.document_errors = document_errors


@dataclass(frozen=True, slots=True)
class LoadedCorpus:
    """A corpus, and the parts that a later reading may take over from it."""

    corpus: Corpus
    reusable: Mapping[str, AttributedDocument | SkippedFile] = field(
        default_factory=lambda: MappingProxyType({})
    )


def read_corpus(
    folder: Path, reusable: ReusableParts = MappingProxyType({}), excluded_ids: Collection[str] = ()
) -> PartialCorpus:
    """Return what can be read of the corpus in `folder`; what cannot is in its errors.

    Of the parts `reusable` over from an earlier draft those whose files are the
    same, byte for byte, are not read again. The documents `excluded_ids` are passed
    over, and nobody is then said never to speak.
    """
    try:
        folder_contents = scan_folder(folder)
    except CorpusError as error:
        return PartialCorpus(errors=(error,))
    errors: list[BotError] = [*folder_contents.errors]
    manifest_path = folder / MANIFEST_NAME
    toml, manifest = _read_manifest(manifest_path, errors)
    basis = AttributionBasis(
        manifest.voices if manifest else (),
        manifest.language if manifest else DEFAULT_LANGUAGE,
    )
    results = _read_documents(folder_contents, basis, reusable, excluded_ids)
    if reusable and _skipped_ids(results) != _skipped_ids(reusable):
        # What is passed over may be what others look things up in, so they are read again.
        results = _read_documents(folder_contents, basis, {}, excluded_ids)
    document_errors = {
        document_id: part for document_id, part in results.items() if isinstance(part, BotError)
    }
    parts = {
        document_id: part for document_id, part in results.items() if not isinstance(part, BotError)
    }
    errors.extend(document_errors.values())
    if manifest is None:
        return PartialCorpus(
            None, toml, folder_contents.documents, tuple(errors), parts, document_errors
        )
    corpus = _build_corpus(
        folder.absolute().name,
        manifest,
        toml,
        [part for part in parts.values() if isinstance(part, AttributedDocument)],
    )
    if not errors:
        errors.extend(_check_has_passages(corpus, str(folder)))
        errors.extend(
            () if excluded_ids else _check_voices_quoted(corpus, toml, str(manifest_path))
        )
    return PartialCorpus(
        corpus, toml, folder_contents.documents, tuple(errors), parts, document_errors
    )


def find_language(folder: Path) -> Language:
    """Return the language of the corpus in `folder`; the default one where no manifest says."""
    path = folder / MANIFEST_NAME
    manifest = _read_manifest(path, [])[1] if path.is_file() else None
    return load_language(manifest.language if manifest else DEFAULT_LANGUAGE)


def load_corpus(folder: Path) -> Corpus:
    """Return the corpus in `folder`; its name is the folder's.

    Documents are ordered by id, a document's id being its file's name without
    the suffix, so that links to it survive a move of the corpus. The
    fingerprint changes with the manifest, a document, its header or its
    corrections, and with nothing else.

    Raises:
        CorpusError: the first of whatever `check` would call an error.
    """
    return load_incrementally(folder).corpus


def load_incrementally(
    folder: Path, previous: LoadedCorpus | None = None, excluded_ids: Collection[str] = ()
) -> LoadedCorpus:
    """Return the corpus in `folder`, and what a later reading may take over.

    What is the same in `previous` is taken over from it, not read again. The
    documents `excluded_ids` are left out; nobody need speak then.

    Raises:
        BrokenError: leaving out the documents that it names would mend all.
        CorpusError: the first of whatever else `check` would call an error.
    """
    result = read_corpus(folder, previous.reusable if previous else {}, excluded_ids)
    if result.document_errors and len(result.document_errors) == len(result.errors):
        raise BrokenDocumentsError(result.document_errors)
    if result.errors or result.corpus is None:
        raise result.errors[0]
    return LoadedCorpus(result.corpus, result.reusable)


def is_quoted_in(listed_voice: VoiceEntry, passages: Iterable[Passage]) -> bool:
    """Return whether `listed_voice` speaks in `passages`, or has someone who does, by any name."""
    keys = name_keys(listed_voice)
    return any(
        normalise_name(passage.voice.name) in keys
        or normalise_name(passage.voice.organisation or "") in keys
        for passage in passages
        if passage.voice
    )


def name_keys(listed_voice: VoiceEntry) -> frozenset[str]:
    """Return the keys of all that `listed_voice` goes by."""
    return frozenset(normalise_name(name) for name in (listed_voice.name, *listed_voice.aliases))


def _read_manifest(path: Path, errors: list[BotError]) -> tuple[str, Manifest | None]:
    with _collect_errors(errors):
        toml = safe_read.read_text(path)
        result = parse_manifest(toml, str(path))
        if isinstance(result, Manifest):
            return toml, result
        errors.extend(result)
    return "", None


def _read_documents(
    folder_contents: FolderContents,
    basis: AttributionBasis,
    reusable: ReusableParts,
    excluded_ids: Collection[str],
) -> dict[str, AttributedDocument | SkippedFile | BotError]:
    """Return each document's part, or why it has none, by its id."""
    results: dict[str, AttributedDocument | SkippedFile | BotError] = {}
    for document_id, path in folder_contents.documents.items():
        if document_id not in excluded_ids:
            corrections_path = folder_contents.corrections.get(document_id)
            try:
                results[document_id] = _read_document(
                    path, document_id, corrections_path, basis, reusable.get(document_id)
                )
            except BotError as error:
                results[document_id] = error
    return results


def _read_document(
    path: Path,
    document_id: str,
    corrections_path: Path | None,
    basis: AttributionBasis,
    previous: AttributedDocument | SkippedFile | None,
) -> AttributedDocument | SkippedFile:
    if previous and _is_unchanged(previous, path, corrections_path):
        if isinstance(previous, SkippedFile) or previous.basis == basis:
            return previous
        document, input_stamps = previous.document, dict(previous.input_stamps)
        entries = load_corrections(corrections_path) if corrections_path else ()
    else:
        with safe_read.record_digests() as input_stamps:
            try:
                document = formats.read(path, document_id)
            except SkippedError as error:
                return SkippedFile(error, input_stamps)
            entries = load_corrections(corrections_path) if corrections_path else ()
    metadata = replace(document, text="", turns=())
    if metadata == Document(document_id, "", sha256=document.sha256):
        remedy = "open it with a header between +++ lines that gives its title and publisher"
        raise CorpusError(str(path), "nothing says where it was published", remedy)
    fingerprint = repr((document.sha256, metadata, entries))
    return AttributedDocument(
        document,
        extract_passages(
            document, basis.listed_voices, entries, language=load_language(basis.language)
        ),
        basis,
        input_stamps,
        fingerprint,
    )


def _is_unchanged(
    previous: AttributedDocument | SkippedFile, path: Path, corrections_path: Path | None
) -> bool:
    """Return whether the folder holds exactly the files `previous` was read from, unchanged."""
    # A file that cannot be read any more is read again: that says what is wrong with it.
    expected_paths = {path} if corrections_path is None else {path, corrections_path}
    return (
        expected_paths <= set(previous.input_stamps)
        # What was damaged in memory is read again, though its file is as it was.
        and (isinstance(previous, SkippedFile) or previous.document.matches_sha256())
        and (corrections_path is not None or not _has_corrections(previous))
        and all(
            safe_read.matches_digest(input_path, stamp)
            for input_path, stamp in previous.input_stamps.items()
        )
    )


def _skipped_ids(results: Mapping[str, object]) -> frozenset[str]:
    return frozenset(
        document_id for document_id, part in results.items() if isinstance(part, SkippedFile)
    )


def _has_corrections(part: AttributedDocument | SkippedFile) -> bool:
    return any(path.name.endswith(CORRECTIONS_SUFFIX) for path in part.input_stamps)


def _build_corpus(
    name: str, manifest: Manifest, toml: str, parts: Sequence[AttributedDocument]
) -> Corpus:
    return Corpus(
        name=name,
        title=manifest.title,
        motion=manifest.motion,
        language=manifest.language,
        curator=manifest.curator,
        basis=manifest.basis,
        documents=tuple(part.document for part in parts),
        passages=tuple(passage for part in parts for passage in part.passages),
        voices=manifest.voices,
        topics=manifest.topics,
        synonyms=manifest.synonyms,
        notice=manifest.notice,
        fingerprint=digest("\n".join([digest(toml), *(part.fingerprint for part in parts)])),
    )


def _check_has_passages(corpus: Corpus, place: str) -> Iterator[CorpusError]:
    if not corpus.passages:
        yield CorpusError(place, "no document contains any words", "add a document with text")


def _check_voices_quoted(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error for each voice that was given a side and never speaks."""
    for index, listed_voice in enumerate(corpus.voices):
        if listed_voice.side and not is_quoted_in(listed_voice, corpus.passages):
            yield CorpusError(
                locate_key(toml, place, ("voices", index, "side")),
                f"a side for '{listed_voice.name}', who never speaks",
                "add an alias that the documents use, or remove the voice",
            )


@contextmanager
def _collect_errors(errors: list[BotError]) -> Iterator[None]:
    """Note what goes wrong within, and go on after it."""
    try:
        yield
    except BotError as error:
        errors.append(error)
