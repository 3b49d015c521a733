"""Compounds of stop words alone are found, and only where they may stand is anything read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.answers.document_words import find_passages_of_compound
from bot.answers.question_language import Phrase
from bot.model import Corpus, HeldPassages, Passage, Side
from tests.invented_debate import RIDERS, corpus

STOP_WORDS = frozenset({"has", "been", "out", "of", "it", "in"})
LINES = (
    "He is a has-been on every quay.",
    "It has been out of it for years.",
    "They looked out\u2010of-it, and in-out it went.",
    "Nobody has seen it.",
)


def gather_documents(*lines: str) -> Corpus:
    """Return a debate in which each line is a document of its own."""
    debates = [corpus((line, RIDERS, Side.FOR)) for line in lines]
    return replace(
        debates[0],
        documents=tuple(document for debate in debates for document in debate.documents),
        passages=HeldPassages(passage for debate in debates for passage in debate.passages),
    )


@pytest.mark.parametrize(
    ("phrase", "places"),
    [
        (("has", "been"), [0]),
        (("out", "of", "it"), [2]),
        (("in", "out"), [2]),
        (("of", "it"), []),
        (("it",), []),
        (("been", "in", "it"), []),
    ],
)
def test_a_compound_is_found_where_it_has_its_hyphens(phrase: Phrase, places: list[int]) -> None:
    debate = gather_documents(*LINES)

    passages = find_passages_of_compound(debate, phrase, STOP_WORDS)

    assert [*passages] == [debate.passages[place] for place in places]


class UnreadPassages(HeldPassages):
    """Passages that nobody may go through."""

    def __iter__(self) -> Iterator[Passage]:
        raise AssertionError


def test_no_passage_is_gone_through_for_a_compound_that_no_document_has() -> None:
    debate = replace(gather_documents(*LINES), passages=UnreadPassages())

    assert not find_passages_of_compound(debate, ("it", "has"), STOP_WORDS)
    with pytest.raises(AssertionError):
        find_passages_of_compound(debate, ("has", "been"), STOP_WORDS)
