"""After a reload the passages of a document that did not change are not read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.analysis import Analyser, ContentWord
from bot.model import Document, Kind, Passage, Span, Voice
from bot.search import Query
from bot.search.bm25 import engine
from bot.search.bm25.engine import Bm25Options, build

if TYPE_CHECKING:
    import pytest

OPTIONS = Bm25Options(fast=False)


class Counting(Analyser):
    """An analyser that tells how many texts it read."""

    def __init__(self) -> None:
        super().__init__("english")
        self.read = 0

    def content_words(self, text: str, span: Span | None = None) -> list[ContentWord]:
        self.read += 1
        return super().content_words(text, span)


def spoken(name: str, *lines: str, title: str = "Ferry") -> tuple[Passage, ...]:
    """Return the passages of an invented document, one for each of `lines`."""
    document = Document(name, "\n".join(lines), title=title)
    starts = (document.text.index(line) for line in lines)
    spans = [Span(start, start + len(line)) for start, line in zip(starts, lines, strict=True)]
    return tuple(Passage(document, span, span, Kind.DIRECT, n, Voice("Ann Low")) for n, span in enumerate(spans, 1))


OLD = spoken("a", "The quay at Testbury is cold.", "Ferries sail to Harwick at night.")
ONE = spoken("b", "Taxes in Testbury will rise.")
OTHER = spoken("b", "Taxes in Harwick fell, and ferries sail.")


def reads(passages: Sequence[Passage]) -> int:
    analyser = Counting()
    build(passages, analyser, OPTIONS)
    return analyser.read


def test_only_what_changed_is_read_again() -> None:
    afresh = reads(ONE)
    before = build((*OLD, *ONE), Counting(), OPTIONS)
    analyser = Counting()

    after = build((*OLD, *OTHER), analyser, OPTIONS)

    assert 0 < analyser.read <= afresh
    assert len(before.document_texts) == len(after.document_texts) == 2


def test_what_is_taken_over_ranks_and_counts_as_if_read_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    before = build((*OLD, *ONE), Counting(), OPTIONS)
    taken = build((*OLD, *OTHER), Counting(), OPTIONS)
    monkeypatch.setattr(engine, "_MAX_CACHED_PASSAGES", 0)
    afresh = build((*OLD, *OTHER), Counting(), OPTIONS)

    assert before.document_texts
    assert not afresh.document_texts
    stems = [word.stem for word in Counting().content_words("ferries sail Testbury taxes")]
    query = Query(dict.fromkeys(stems, 1.0), ())
    assert [(hit.passage, hit.score) for hit in taken.search(query, 9)] == [
        (hit.passage, hit.score) for hit in afresh.search(query, 9)
    ]


def test_a_voice_or_a_title_set_anew_is_read_again() -> None:
    before = build(OLD, Counting(), OPTIONS)
    corrected = (replace(OLD[0], voice=Voice("Bob High")), *OLD[1:])

    assert before.document_texts
    assert reads(OLD) == 0
    for changed in (corrected, spoken("a", *(p.text for p in OLD), title="Quay")):
        assert reads(changed) > 0


def test_nothing_is_remembered_that_no_index_holds() -> None:
    lines = spoken("c", "A lighthouse nobody ever lit.")
    afresh = reads(lines)

    assert reads(lines) == afresh > 0
