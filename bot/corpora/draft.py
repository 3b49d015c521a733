"""A corpus as far as it can be read, and everything that stops it from being served.

Loading and checking both begin here, so that a check finds whatever a load
would raise, and all of it at once.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot import formats
from bot.corpora.folder import CORRECTIONS, MANIFEST, Contents, contents
from bot.corpora.manifest import Manifest, manifest, spot
from bot.errors import BotError, CorpusError, SkippedError
from bot.formats import source
from bot.model import Corpus, Document, Listed, Passage, digest
from bot.voices import corrections, passages
from bot.voices.roster import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.formats.source import Stamp

    Taken = Mapping[str, "Part | PassedOver"]


@dataclass(frozen=True, slots=True)
class Part:
    """A document, its passages, and all that they were made from.

    `inputs` are the files that were read for them, with the stamp of each; `mark`
    changes with anything of the document that is served.
    """

    document: Document
    passages: tuple[Passage, ...]
    listed: tuple[Listed, ...]
    inputs: Mapping[Path, Stamp]
    mark: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that lies with documents and is none, as its format says."""

    why: SkippedError
    inputs: Mapping[Path, Stamp]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read, in the order of document ids.

    `corpus` is None where the manifest cannot be read; with `errors` it lacks
    what could not be read. `toml` is the manifest as written, and `paths` leads
    from a document's id to its file. By such ids too: `parts` are what a later
    draft may take over, and `broken` those of the errors that leaving the
    document out would mend.
    """

    corpus: Corpus | None = None
    toml: str = ""
    paths: Mapping[str, Path] = field(default_factory=dict)
    errors: tuple[BotError, ...] = ()
    parts: Mapping[str, Part | PassedOver] = field(default_factory=dict)
    broken: Mapping[str, BotError] = field(default_factory=dict)


def draft(
    folder: Path, taken: Taken = MappingProxyType({}), without: Collection[str] = ()
) -> Draft:
    """Return what can be read of the corpus in `folder`; what cannot is in its errors.

    Of the parts `taken` over from an earlier draft those whose files are the
    same, byte for byte, are not read again. The documents `without` are passed
    over, and nobody is then said never to speak.
    """
    try:
        found = contents(folder)
    except CorpusError as error:
        return Draft(errors=(error,))
    errors: list[BotError] = [*found.errors]
    place = folder / MANIFEST
    toml, written = _manifest(place, errors)
    listed = written.listed if written else ()
    read = _read(found, listed, taken, without)
    if taken and _passed_over(read) != _passed_over(taken):
        # What is passed over may be what others look things up in, so they are read again.
        read = _read(found, listed, {}, without)
    broken = {known: part for known, part in read.items() if isinstance(part, BotError)}
    parts = {known: part for known, part in read.items() if not isinstance(part, BotError)}
    errors.extend(broken.values())
    if written is None:
        return Draft(None, toml, found.documents, tuple(errors), parts, broken)
    corpus = _corpus(
        folder.absolute().name,
        written,
        toml,
        [part for part in parts.values() if isinstance(part, Part)],
    )
    if not errors:
        errors.extend(_unserved(corpus, str(folder)))
        errors.extend(() if without else _unheard(corpus, toml, str(place)))
    return Draft(corpus, toml, found.documents, tuple(errors), parts, broken)


def heard(listed: Listed, passages: Iterable[Passage]) -> bool:
    """Return whether `listed`, under any name, speaks in `passages` or has someone who does."""
    own = names(listed)
    return any(
        key(passage.voice.name) in own or key(passage.voice.organisation or "") in own
        for passage in passages
        if passage.voice
    )


def names(listed: Listed) -> frozenset[str]:
    """Return the keys of all that `listed` goes by."""
    return frozenset(key(name) for name in (listed.name, *listed.aliases))


def _manifest(path: Path, errors: list[BotError]) -> tuple[str, Manifest | None]:
    with _noting(errors):
        toml = source.text(path)
        found = manifest(toml, str(path))
        if isinstance(found, Manifest):
            return toml, found
        errors.extend(found)
    return "", None


def _read(
    found: Contents,
    listed: tuple[Listed, ...],
    taken: Taken,
    without: Collection[str],
) -> dict[str, Part | PassedOver | BotError]:
    """Return each document's part, or why it has none, by its id."""
    read: dict[str, Part | PassedOver | BotError] = {}
    for document_id, path in found.documents.items():
        if document_id not in without:
            corrected = found.corrections.get(document_id)
            try:
                read[document_id] = _part(
                    path, document_id, corrected, listed, taken.get(document_id)
                )
            except BotError as error:
                read[document_id] = error
    return read


def _part(
    path: Path,
    document_id: str,
    corrected: Path | None,
    listed: tuple[Listed, ...],
    before: Part | PassedOver | None,
) -> Part | PassedOver:
    if before and _stands(before, path, corrected):
        if isinstance(before, PassedOver) or before.listed == listed:
            return before
        document, inputs = before.document, dict(before.inputs)
        entries = corrections.load(corrected) if corrected else ()
    else:
        with source.noting() as inputs:
            try:
                document = formats.read(path, document_id)
            except SkippedError as error:
                return PassedOver(error, inputs)
            entries = corrections.load(corrected) if corrected else ()
    bare = replace(document, text="", turns=())
    if bare == Document(document_id, "", sha256=document.sha256):
        remedy = "open it with a header between +++ lines, its title and publisher first"
        raise CorpusError(str(path), "nothing says where it was published", remedy)
    mark = repr((document.sha256, bare, entries))
    return Part(document, passages(document, listed, entries), listed, inputs, mark)


def _stands(before: Part | PassedOver, path: Path, corrected: Path | None) -> bool:
    """Return whether all that `before` was read from is there, byte for byte, and nothing else."""
    # A file that cannot be read any more is read again: that says what is wrong with it.
    own = {path} if corrected is None else {path, corrected}
    return (
        own <= set(before.inputs)
        and (corrected is not None or not _was_corrected(before))
        and all(source.bears(read, stamp) for read, stamp in before.inputs.items())
    )


def _passed_over(read: Mapping[str, object]) -> frozenset[str]:
    return frozenset(known for known, part in read.items() if isinstance(part, PassedOver))


def _was_corrected(part: Part | PassedOver) -> bool:
    return any(path.name.endswith(CORRECTIONS) for path in part.inputs)


def _corpus(name: str, written: Manifest, toml: str, parts: Sequence[Part]) -> Corpus:
    return Corpus(
        name=name,
        title=written.title,
        motion=written.motion,
        language=written.language,
        curator=written.curator,
        basis=written.basis,
        documents=tuple(part.document for part in parts),
        passages=tuple(passage for part in parts for passage in part.passages),
        voices=written.listed,
        topics=written.named,
        synonyms=written.synonyms,
        notice=written.notice,
        fingerprint=digest("\n".join([digest(toml), *(part.mark for part in parts)])),
    )


def _unserved(corpus: Corpus, place: str) -> Iterator[CorpusError]:
    if not corpus.passages:
        yield CorpusError(place, "no document holds a word", "write something in one of them")


def _unheard(corpus: Corpus, toml: str, place: str) -> Iterator[CorpusError]:
    """Yield an error for each voice that was given a side and never speaks."""
    for n, listed in enumerate(corpus.voices):
        if listed.side and not heard(listed, corpus.passages):
            yield CorpusError(
                spot(toml, place, ("voices", n, "side")),
                f"a side for '{listed.name}', who never speaks",
                "add an alias that the documents use, or leave the voice out",
            )


@contextmanager
def _noting(errors: list[BotError]) -> Iterator[None]:
    """Note what goes wrong within, and go on after it."""
    try:
        yield
    except BotError as error:
        errors.append(error)
