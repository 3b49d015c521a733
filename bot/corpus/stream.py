"""A corpus that memory does not hold: read from its files once, one by one, then walked through on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from bot.corpus import reader
from bot.corpus.folder import MANIFEST_NAME, FolderContents, compute_folder_version, scan_folder
from bot.corpus.kept_documents import decode_part, encode_part
from bot.corpus.manifest_entries import attach_responses, check_has_passages, check_manifest_used
from bot.corpus.reader import AttributedDocument, AttributionBasis
from bot.corpus.sides import build_side_rules, collect_divisions, set_unlisted_sides
from bot.corpus.withheld_names import list_unnamed
from bot.errors import CorpusError
from bot.model import Corpus, Document, HeldPassages, Passage
from bot.storage.cache_folder import CacheFolder
from bot.storage.value_codec import list_fields

_KEY = ""


class _PartsOnDisk(Sequence[AttributedDocument]):
    """Documents as they were read and attributed, in a folder that nobody else knows."""

    def __init__(self, folder: CacheFolder, basis: AttributionBasis) -> None:
        self._folder = folder
        self._basis = basis
        self._count = 0

    def append(self, part: AttributedDocument) -> None:
        """Write one part behind the others."""
        self._folder.write(str(self._count), _KEY, encode_part(part), list_fields)
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int | slice) -> AttributedDocument:  # type: ignore[override]  # no slice is asked for
        if place not in range(self._count):
            raise IndexError(place)
        content = self._folder.read(str(place), _KEY)
        if content is None:
            raise CorpusError("the temporary folder", "what was read is gone", "see that its disk has room")
        return cast("AttributedDocument", decode_part(content, self._basis))


class _DocumentsOnDisk(Sequence["Document"]):
    """The documents of some parts."""

    def __init__(self, parts: _PartsOnDisk) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return len(self._parts)

    def __getitem__(self, place: int | slice) -> Document:  # type: ignore[override]  # no slice is asked for
        return self._parts[place].document


class StreamedCorpus:
    """A corpus on disk, document by document, each with its passages as they are served.

    `corpus` has no passages, and documents without their texts. `adjust` is called for each passage, last of all.
    """

    def __init__(
        self, parts: _PartsOnDisk, corpus: Corpus, manifest: reader.ManifestFile, adjust: Callable[[Passage], Passage]
    ) -> None:
        self.corpus = corpus
        self.divisions = collect_divisions(corpus.documents)
        self._parts = parts
        self._manifest = manifest
        self._adjust = adjust
        self._rules = build_side_rules(corpus.parties, corpus.divisions, self.divisions if corpus.divisions else {})
        self._by_id = {document.id: document for document in corpus.documents}
        # What tells whether all is there that the manifest lists: a passage of each voice, and those answered.
        self._telling: dict[object, Passage] = {}

    def __iter__(self) -> Iterator[tuple[Document, Sequence[Passage]]]:
        """Walk through the documents in order, each with its passages."""
        for part in self._parts:
            sided = set_unlisted_sides(part.passages, self._rules, self.corpus.voices)
            passages = attach_responses(tuple(sided), self.corpus.responses, self._by_id)
            for passage in passages:
                self._keep_first_of_voice(passage)
            yield part.document, tuple(map(self._adjust, passages))

    def check(self) -> None:
        """Do nothing if the corpus can be served; asked for after a walk.

        Raises:
            CorpusError: it cannot.
        """
        has_unnamed = bool(list_unnamed(self.corpus.voices))
        documents = _DocumentsOnDisk(self._parts) if has_unnamed else self.corpus.documents
        judged = replace(self.corpus, passages=HeldPassages(self._telling.values()), documents=documents)
        reader.raise_first(check_has_passages(judged, str(self._manifest.path.parent)))
        reader.raise_first(check_manifest_used(judged, self._manifest.toml, str(self._manifest.path)))

    def _keep_first_of_voice(self, passage: Passage) -> None:
        """Keep the passage if its voice, with what it responds to, is new."""
        answered = (passage.document.id, *(response.span for response in passage.responses))
        key = passage.voice, answered if passage.responses else ()
        if key not in self._telling:
            self._telling[key] = replace(passage, document=self._by_id[passage.document.id])


def stream_corpus(
    folder: Path, disk: CacheFolder, adjust: Callable[[Passage], Passage] = lambda passage: passage
) -> StreamedCorpus:
    """Read the corpus in `folder`, one document at a time, and keep what was read on `disk`.

    Raises:
        CorpusError: the first error that is met.
    """
    version = compute_folder_version(folder)
    contents = scan_folder(folder)
    reader.raise_first(contents.errors)
    manifest = reader.load_manifest(folder / MANIFEST_NAME)
    parts = _PartsOnDisk(disk, manifest.basis)
    light_parts = [_write_part(part, parts) for part in _read_parts(contents, manifest.basis)]
    if compute_folder_version(folder) != version:
        raise CorpusError(str(folder), "it changes while it is read", "wait until it is written, retry")
    corpus = reader.build_corpus(folder.absolute().name, manifest.manifest, manifest.toml, light_parts)
    return StreamedCorpus(parts, corpus, manifest, adjust)


def _read_parts(contents: FolderContents, basis: AttributionBasis) -> Iterator[AttributedDocument]:
    """Yield the documents of a folder as they are read; skipped files are left out."""
    for document_id, path in contents.documents.items():
        part = reader.read_document(path, document_id, contents.corrections.get(document_id), basis, None)
        if isinstance(part, AttributedDocument):
            yield part


def _write_part(part: AttributedDocument, parts: _PartsOnDisk) -> AttributedDocument:
    """Return `part` without its text, turns and passages, which are written."""
    parts.append(part)
    return replace(part, document=replace(part.document, text="", turns=()), passages=())
