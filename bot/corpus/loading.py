"""A folder made into a corpus that can be served, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.corpus.reader import read_corpus
from bot.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from bot.corpus.reader import AttributedDocument, SkippedFile
    from bot.errors import BotError
    from bot.model import Corpus


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
