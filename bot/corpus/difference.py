"""The difference between two loads of a corpus, for the admin who confirms a reload."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.model import Corpus, Passage, Side, quote_id
from bot.storage import Tombstone


@dataclass(frozen=True, slots=True)
class Difference:
    """Ids of documents, and of quotes of attributed passages, in the order of their corpus.

    `moved_quotes` pairs the old and new ids of quotes that have moved within their document, with the same words and
    voice; they are neither gained nor lost. `sides_before` and `sides_after` count attributed passages by side, with an
    entry for every side.
    """

    added_documents: tuple[str, ...]
    removed_documents: tuple[str, ...]
    changed_documents: tuple[str, ...]
    gained_quotes: tuple[str, ...]
    lost_quotes: tuple[str, ...]
    sides_before: Mapping[Side, int]
    sides_after: Mapping[Side, int]
    moved_quotes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReloadChange:
    """Everything that serving a newly built corpus would change.

    `retired` are quotes that were shown and would no longer exist. `orphaned_holds` are the ids of withheld quotes
    whose words the new corpus does not have, and `unsure_holds` of those of which it has only a part: every passage
    that shares that part is withheld.
    """

    corpus_name: str
    difference: Difference
    retired: tuple[Tombstone, ...]
    orphaned_holds: tuple[str, ...]
    excluded_ids: tuple[str, ...]
    unsure_holds: tuple[str, ...] = ()

    @property
    def is_lossy(self) -> bool:
        """Whether anything served or ever shown would be lost."""
        return bool(
            self.difference.removed_documents
            or self.difference.lost_quotes
            or any(retired.now is None for retired in self.retired)
            or self.orphaned_holds
            or self.unsure_holds
        )


def compare_corpora(old: Corpus, new: Corpus) -> Difference:
    """Compare two loads of a corpus by document and by quote."""
    old_documents = {document.id: document for document in old.documents}
    new_documents = {document.id: document for document in new.documents}
    old_quotes = _map_quotes_by_id(old.passages.leave_out_equal(new.passages))
    new_quotes = _map_quotes_by_id(new.passages.leave_out_equal(old.passages))
    lost_quotes = {key: passage for key, passage in old_quotes.items() if key not in new_quotes}
    gained_quotes = {key: passage for key, passage in new_quotes.items() if key not in old_quotes}
    moved_ids = _match_moved(lost_quotes, gained_quotes)
    moved_to = frozenset(moved_ids.values())
    return Difference(
        added_documents=tuple(key for key in new_documents if key not in old_documents),
        removed_documents=tuple(key for key in old_documents if key not in new_documents),
        changed_documents=tuple(
            key for key in new_documents if key in old_documents and new_documents[key] != old_documents[key]
        ),
        gained_quotes=tuple(key for key in gained_quotes if key not in moved_to),
        lost_quotes=tuple(key for key in lost_quotes if key not in moved_ids),
        sides_before=count_by_side(old),
        sides_after=count_by_side(new),
        moved_quotes=tuple(moved_ids.items()),
    )


def count_by_side(corpus: Corpus) -> dict[Side, int]:
    """Count the attributed passages of each side."""
    counts = Counter(dict.fromkeys(Side, 0))
    for tally in corpus.passages.tallies:
        counts[tally.side] += tally.passage_count if tally.voice else 0
    return {side: counts[side] for side in Side}


def _match_moved(lost_quotes: Mapping[str, Passage], gained_quotes: Mapping[str, Passage]) -> dict[str, str]:
    """Map each lost quote to a gained one of the same statement, in order; each gained one is used once."""
    new_ids: dict[tuple[str, str | None, str], list[str]] = defaultdict(list)
    for key, passage in gained_quotes.items():
        new_ids[_build_statement_key(passage)].append(key)
    return {
        key: new_ids[statement].pop(0)
        for key, passage in lost_quotes.items()
        if new_ids.get(statement := _build_statement_key(passage))
    }


def _build_statement_key(passage: Passage) -> tuple[str, str | None, str]:
    """Return the statement of a passage: the id of its document, the name of its voice, and its words."""
    name = passage.voice.name if passage.voice else None
    span, document = passage.span, passage.document
    return document.id, name, document.text[span.start : span.end]


def _map_quotes_by_id(passages: Iterable[Passage]) -> dict[str, Passage]:
    """Map the id of each attributed passage's words to the first passage that has it, in order."""
    quotes: dict[str, Passage] = {}
    for passage in passages:
        if passage.voice:
            quotes.setdefault(quote_id(passage.document.sha256, passage.span), passage)
    return quotes
