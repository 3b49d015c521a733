"""The words a corpus knows: phrases as typed, by stems, and what a slip may mean."""

from __future__ import annotations

import pytest

from bot.analysis import Analyser
from bot.answers.expansion import Vocabulary, is_word
from bot.answers.question_language import to_phrase
from bot.answers.question_parser import QuestionParser
from bot.model import Document
from tests.invented_debate import FERRY, corpus

SYNONYMS = {
    "cost": ("taxes",),
    "freedom of speech": ("wake the harbour",),
    "get on with": ("household",),
    "work": ("noisy engines",),
    "low pay": ("nurses",),
    "watch list": (),
}


@pytest.fixture(scope="module")
def reader() -> QuestionParser:
    return QuestionParser(
        corpus(synonyms=SYNONYMS, documents=FERRY.documents), Analyser("english"), lambda stem: 2.0 + (not stem)
    )


def found(reader: QuestionParser, text: str) -> dict[str, tuple[str, ...]]:
    return {concept.text: concept.expansions for concept in reader.parse(text).concepts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("freedom of speech", {"freedom of speech": ("wake the harbour",)}),
        ("the freedoms of speeches", {"freedoms of speeches": ("wake the harbour",)}),
        ("freedom of the speech", {"freedom": ()}),
        ("can we get on with it", {"get on with": ("household",)}),
    ],
)
def test_a_phrase_is_known_as_typed_or_by_near_stems(
    reader: QuestionParser, text: str, expected: dict[str, tuple[str, ...]]
) -> None:
    assert found(reader, text) == expected


def test_an_asking_word_is_a_subject_only_where_the_curator_lists_that_very_word(reader: QuestionParser) -> None:
    assert found(reader, "does it work") == {"work": ("noisy engines",)}
    assert found(reader, "how are they working") == {}


def test_a_longer_phrase_wins_over_a_name_in_it(reader: QuestionParser) -> None:
    question = reader.parse("is low pay why Low speaks")

    assert [voice.name for voice in question.voices] == ["Ann Low"]
    assert [concept.text for concept in question.concepts] == ["low pay"]


def test_a_phrase_without_synonyms_is_kept_together(reader: QuestionParser) -> None:
    assert found(reader, "is there a watch list") == {"watch list": ()}


def test_a_good_word_is_never_put_right(reader: QuestionParser) -> None:
    assert found(reader, "takes") == {}
    assert found(reader, "nursed") == {"nursed": ()}
    assert found(reader, "nurzes") == {"nurzes": ("nurses",)}


def test_a_language_without_a_list_has_no_words() -> None:
    assert not is_word("nurses", "tamil")


@pytest.mark.parametrize(
    ("name", "is_known"), [("Slow Tide", True), ("Low Tide", False), ("Tide Low", False), ("Slow Tid", False)]
)
def test_a_name_is_known_by_whole_words_side_by_side(name: str, *, is_known: bool) -> None:
    document = Document("sea", "A slow tide. The tide is never low at this quay.")
    vocabulary = Vocabulary(corpus(documents=(document,)), Analyser("english"), lambda _: 1.0)

    assert vocabulary.has_phrase(to_phrase(name)) is is_known
