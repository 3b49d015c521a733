"""What is wanted of the passages and documents of a corpus, whether they are in memory or lie with the index."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bot.corpus.stored.base import StoredPassages, Tally, list_tokens

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from bot.model import Corpus, Division, Passage, Side, Voice

# Of passages that lie with the index so many are compared that share most words with what is looked for.
_MAX_SIMILAR = 200


def list_divisions(corpus: Corpus) -> Iterable[Division]:
    """Return the divisions that documents record."""
    if isinstance(corpus.passages, StoredPassages):
        return corpus.passages.catalogue.divisions.values()
    return (division for document in corpus.documents for division in document.divisions)


def list_voices(passages: Sequence[Passage]) -> Iterable[Voice]:
    """Return the voices that speak in `passages`, in the order in which they first do; perhaps more than once."""
    if isinstance(passages, StoredPassages):
        return passages.voices
    return (passage.voice for passage in passages if passage.voice)


def list_passages(passages: Sequence[Passage], document_id: str) -> Sequence[Passage]:
    """Return those of `passages` that are of one document."""
    if isinstance(passages, StoredPassages):
        return passages.by_document_id.get(document_id, ())
    return [passage for passage in passages if passage.document.id == document_id]


def select_documents(passages: Sequence[Passage], document_ids: Container[str]) -> Sequence[Passage]:
    """Return those of `passages` that are of some documents."""
    if isinstance(passages, StoredPassages):
        chosen = (each.id for each in passages.documents if each.id in document_ids)
        return passages.restrict_to_documents(chosen)
    return tuple(passage for passage in passages if passage.document.id in document_ids)


def find_similar_passages(passages: Sequence[Passage], words: str) -> Iterable[Passage]:
    """Return those of `passages` that may have these words: all, or of stored ones those that share most of them."""
    if isinstance(passages, StoredPassages):
        return passages.iterate(passages.store.find_similar(list_tokens(words), _MAX_SIMILAR))
    return passages


def group_by_sha256(passages: Sequence[Passage]) -> Mapping[str, Sequence[Passage]]:
    """Return the passages of the documents with each text."""
    if isinstance(passages, StoredPassages):
        return passages.by_sha256
    groups: defaultdict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        groups[passage.document.sha256].append(passage)
    return groups


def group_by_document_id(passages: Sequence[Passage]) -> Mapping[str, Sequence[Passage]]:
    """Return the passages of each document."""
    if isinstance(passages, StoredPassages):
        return passages.by_document_id
    groups: defaultdict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        groups[passage.document.id].append(passage)
    return groups


def tally_passages(passages: Sequence[Passage]) -> Iterable[Tally]:
    """Return how many passages there are of each kind, side and voice, in the order of the first."""
    if isinstance(passages, StoredPassages):
        return passages.tallies
    counts = Counter((passage.kind, passage.side, passage.voice) for passage in passages)
    return [Tally(*key, count) for key, count in counts.items()]


def find_latest_sides(passages: Sequence[Passage]) -> Mapping[str, Side]:
    """Return the side of the last passage in which each voice speaks, by its name."""
    if isinstance(passages, StoredPassages):
        return passages.find_latest_sides()
    return {passage.voice.name: passage.side for passage in passages if passage.voice}


def count_unnamed(passages: Sequence[Passage]) -> int:
    """Count the passages whose voice is not named."""
    if isinstance(passages, StoredPassages):
        return passages.count_unnamed()
    return sum(passage.is_unnamed for passage in passages)


def leave_out_equal(old: Sequence[Passage], new: Sequence[Passage]) -> tuple[Iterable[Passage], Iterable[Passage]]:
    """Return the passages of two loads; of stored ones those alone of documents that differ."""
    if isinstance(old, StoredPassages) and isinstance(new, StoredPassages):
        return old.hide_equal(new), new.hide_equal(old)
    return old, new
