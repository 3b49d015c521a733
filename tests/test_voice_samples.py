"""Which shown voices tests/benchmarks/voice_samples.py draws for a person to read."""

from __future__ import annotations

from bot.model import Document, Kind, Passage, Span, Voice
from tests.benchmarks import voice_samples

ARTICLES = [Document(f"article-{number}", "“It is late,” said Ann Bell.") for number in range(2 * voice_samples.DRAWN)]


def shown(document: Document, name: str = "Ann Bell") -> Passage:
    """Return the first words of a document in a voice."""
    return Passage(document, Span(1, 12), Span(1, 12), Kind.DIRECT, 1, Voice(name, "mayor"), confidence=0.9)


def test_a_place_that_is_shown_no_more_costs_the_draw_that_place_alone() -> None:
    pool = [shown(document) for document in ARTICLES]
    drawn = voice_samples.draw(pool, voice_samples.SEED)
    withheld = drawn[7]

    again = voice_samples.draw([passage for passage in pool if passage is not withheld], voice_samples.SEED)

    assert len(drawn) == voice_samples.DRAWN
    assert again[:-1] == [*drawn[:7], *drawn[8:]]


def test_what_is_claimed_of_a_place_does_not_change_the_draw_and_the_seed_does() -> None:
    first = voice_samples.draw([shown(document) for document in ARTICLES], voice_samples.SEED)
    renamed = voice_samples.draw([shown(document, "Karl Low") for document in reversed(ARTICLES)], voice_samples.SEED)
    other_seed = voice_samples.draw([shown(document) for document in ARTICLES], 8)

    assert [passage.document for passage in renamed] == [passage.document for passage in first]
    assert {passage.document.id for passage in other_seed} != {passage.document.id for passage in first}
