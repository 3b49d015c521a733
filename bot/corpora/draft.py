"""A corpus as far as it can be read, and everything that stops it from being served.

Loading and checking both begin here, so that a check finds whatever a load
would raise, and all of it at once.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot import formats
from bot.corpora.folder import MANIFEST, Contents, contents
from bot.corpora.manifest import Manifest, manifest, spot
from bot.errors import BotError, CorpusError
from bot.formats import source
from bot.model import Corpus, Document, Listed, Passage, digest
from bot.voices import corrections, passages
from bot.voices.roster import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read, in the order of document ids.

    `corpus` is None where the manifest cannot be read; with `errors` it lacks
    what could not be read. `toml` is the manifest as written, and `paths` leads
    from a document's id to its file.
    """

    corpus: Corpus | None = None
    toml: str = ""
    paths: Mapping[str, Path] = field(default_factory=dict)
    errors: tuple[BotError, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A document, its passages, and the mark that changes with anything they are made from."""

    document: Document
    passages: tuple[Passage, ...]
    mark: str


def draft(folder: Path) -> Draft:
    """Return what can be read of the corpus in `folder`; what cannot is in its errors."""
    try:
        found = contents(folder)
    except CorpusError as error:
        return Draft(errors=(error,))
    errors: list[BotError] = [*found.errors]
    place = folder / MANIFEST
    toml, written = _manifest(place, errors)
    parts = _parts(found, written.listed if written else (), errors)
    if written is None:
        return Draft(None, toml, found.documents, tuple(errors))
    corpus = _corpus(folder.absolute().name, written, toml, parts)
    if not errors:
        errors.extend(_unserved(corpus, str(folder)))
        errors.extend(_unheard(corpus, toml, str(place)))
    return Draft(corpus, toml, found.documents, tuple(errors))


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


def _parts(found: Contents, listed: Sequence[Listed], errors: list[BotError]) -> list[_Part]:
    parts: list[_Part] = []
    for document_id, path in found.documents.items():
        with _noting(errors):
            parts.append(_part(path, document_id, found.corrections.get(document_id), listed))
    return parts


def _part(path: Path, document_id: str, corrected: Path | None, listed: Sequence[Listed]) -> _Part:
    document = formats.read(path, document_id)
    bare = replace(document, text="", turns=())
    if bare == Document(document_id, "", sha256=document.sha256):
        remedy = "open it with a header between +++ lines, its title and publisher first"
        raise CorpusError(str(path), "nothing says where it was published", remedy)
    entries = corrections.load(corrected) if corrected else ()
    mark = repr((document.sha256, bare, entries))
    return _Part(document, passages(document, listed, entries), mark)


def _corpus(name: str, written: Manifest, toml: str, parts: Sequence[_Part]) -> Corpus:
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
