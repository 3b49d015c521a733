"""What changed between two loads; the debate is invented."""

from __future__ import annotations

from dataclasses import replace

from bot.corpus import compare_corpora
from bot.model import Corpus, Document, HeldPassages, Kind, Passage, Side, Span, Voice, quote_id


def passage(document: Document, span: Span, side: Side, name: str | None = "Ann") -> Passage:
    voice = Voice(name) if name else None
    return Passage(document, span, span, Kind.DIRECT, 1, voice, side=side)


def corpus(*passages: Passage) -> Corpus:
    documents = tuple(dict.fromkeys(p.document for p in passages))
    return Corpus("bridge", "Bridge", "Mend it", "english", "us", "invented", documents, HeldPassages(passages))


FIRST = Document("a", "Mend it. Do it.", title="A")
SECOND = Document("b", "Never.", title="B")
YES = passage(FIRST, Span(0, 8), Side.FOR)
NOW = passage(FIRST, Span(9, 15), Side.FOR)
NO = passage(SECOND, Span(0, 6), Side.AGAINST, "Bob")
TOLD = passage(SECOND, Span(0, 2), Side.NEITHER, None)


def ids(*passages: Passage) -> tuple[str, ...]:
    return tuple(quote_id(p.document.sha256, p.span) for p in passages)


def test_a_corpus_does_not_differ_from_itself() -> None:
    found = compare_corpora(corpus(YES, NO), corpus(YES, NO))

    assert (
        found.added_documents,
        found.removed_documents,
        found.changed_documents,
        found.gained_quotes,
        found.lost_quotes,
    ) == ((),) * 5
    assert found.sides_before == found.sides_after


def test_a_document_that_came_or_went_brings_or_takes_its_quotes() -> None:
    came = compare_corpora(corpus(YES), corpus(YES, NO))
    went = compare_corpora(corpus(YES, NO), corpus(YES))

    assert (came.added_documents, came.gained_quotes, came.removed_documents, came.lost_quotes) == (
        ("b",),
        ids(NO),
        (),
        (),
    )
    assert (went.removed_documents, went.lost_quotes, went.added_documents, went.gained_quotes) == (
        ("b",),
        ids(NO),
        (),
        (),
    )


def test_a_document_whose_text_changed_gets_new_quote_ids() -> None:
    mended = Document("a", "Mend it! Do it.", title="A")
    new = passage(mended, Span(0, 8), Side.FOR)

    found = compare_corpora(corpus(YES), corpus(new))

    assert (found.changed_documents, found.gained_quotes, found.lost_quotes) == (("a",), ids(new), ids(YES))


def test_a_document_whose_header_changed_keeps_its_quote_ids() -> None:
    renamed = replace(YES, document=replace(FIRST, title="Z"))

    found = compare_corpora(corpus(YES), corpus(renamed))

    assert (found.changed_documents, found.gained_quotes, found.lost_quotes) == (("a",), (), ())


def test_a_quote_may_come_or_go_in_a_document_that_stays() -> None:
    found = compare_corpora(corpus(YES), corpus(NOW))

    assert (found.changed_documents, found.gained_quotes, found.lost_quotes) == ((), ids(NOW), ids(YES))


def test_balance_counts_what_each_side_says_and_no_narration() -> None:
    found = compare_corpora(corpus(YES, TOLD), corpus(YES, NOW, NO, TOLD))

    assert found.sides_before == {Side.FOR: 1, Side.AGAINST: 0, Side.NEITHER: 0}
    assert found.sides_after == {Side.FOR: 2, Side.AGAINST: 1, Side.NEITHER: 0}
