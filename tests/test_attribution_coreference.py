"""Surnames, given names and pronouns: whom they mean, and when that is not sure."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.attribution.subjects import Sentence
from bot.attribution.tokens import Tokeniser
from bot.model import Document, Kind, Passage, Span
from tests.english import ENGLISH, ENGLISH_LEXICON

SURE = 0.7
WORDS = "“The line will be late again.”"


def speaker(before: str, cue: str = "she said") -> Passage:
    """Return the quotation that follows `before` and is given to `cue`."""
    text = f"{before}\n\n“The line will be late again,” {cue}."
    return [p for p in extract_passages(Document("invented", text), language=ENGLISH) if p.kind is Kind.DIRECT][-1]


def name(passage: Passage) -> str | None:
    return passage.voice.name if passage.voice else None


MEANT = {
    "by given name": ("Mary Orr and David Low met in the hall.", "she said", "Mary Orr"),
    "by title": ("Ms. Orr met Mr. Low in the hall.", "he said", "Low"),
    "by titles of others": ("Mary Orr came. Lady Low went.", "Orr said", "Mary Orr"),
    "the subject rather": ("Mary Orr left the hall with Susan Low.", "she said", "Mary Orr"),
    "the last quoted": (
        "Susan Low stood in the rain.\n\n“It rains a lot here,” said Mary Orr.",
        "she said",
        "Mary Orr",
    ),
    "by lower-case title": ("The late mayor Quill Zorn left.", "he said", "Quill Zorn"),
    "fullest name": ("Mary Orr came. Mary Ann Orr left.", "Orr said", "Mary Ann Orr"),
    "surname before the full name": ("Orr came. Mary Orr left.", "Orr said", "Mary Orr"),
    "one word only": ("Liberty came.", "Liberty said", "Liberty"),
    "he is none of those named behind him": (
        "David Low came. He has more than Tom Orr, a nurse.",
        "he said",
        "David Low",
    ),
    "she is not whom she helps": ("Mary Orr came. She is for Susan Low, who left.", "she said", "Mary Orr"),
    "whom he names": ("David Low came. Asked who won, he said Tom Orr.", "he said", "David Low"),
    "another’s name before him": ("Tom Orr, a nurse, sat with him.", "he said", "Tom Orr"),
    "whoever speaks behind him": ("David Low left. With what he had, Tom Orr said, it was over.", "he said", "Tom Orr"),
    "said by, behind him": ("David Low left. He was late, said Tom Orr.", "he said", "Tom Orr"),
    "when he came": ("Tom Orr sat. When he came in, Tom Orr sat.", "he said", "Tom Orr"),
    "Mr of two": ("David Low came with Mary Low.", "Mr. Low said", "David Low"),
}


@pytest.mark.parametrize("shape", MEANT)
def test_a_mention_means_the_person_who_fits(shape: str) -> None:
    before, cue, meant = MEANT[shape]

    assert name(speaker(before, cue)) == meant


def test_two_people_of_one_surname_are_not_merged_and_the_doubt_is_told() -> None:
    found = speaker("Mary Low came. Susan Low came.", "Low said")

    assert name(found) == "Susan Low"
    assert found.reason == "more than one person here goes by this name"
    assert found.confidence < 0.75


@pytest.mark.parametrize("who", ["David Low", "David Low Jr."])
def test_a_son_is_not_his_father(who: str) -> None:
    assert name(speaker("David Low Jr. came. David Low left.", f"{who} said")) == who


@pytest.mark.parametrize(
    "before", ["Mary Orr met Susan Low, and Susan Low met Mary Orr.", "New York won. Quill met Zorn."]
)
def test_a_pronoun_that_may_mean_two_or_nobody_is_withheld(before: str) -> None:
    found = speaker(before)

    assert found.confidence < SURE
    assert found.reason


@pytest.mark.parametrize(
    "before",
    [
        "New York came.",
        "Why Trams In This Town Are Always Very Late",
        "LOW AND ORR MEET AGAIN",
        "The University of Leeds came.",
        "Rain fell on Monday.",
    ],
)
def test_a_place_a_headline_a_body_is_nobody_s_she(before: str) -> None:
    assert name(speaker(before)) is None


def test_who_was_named_long_ago_is_not_meant() -> None:
    before = "\n\n".join(["Mary Orr came.", *["Rain fell."] * 9])

    assert name(speaker(before)) is None


def test_who_was_quoted_long_ago_weighs_nothing() -> None:
    before = "\n\n".join(["“It rains a lot here,” said Mary Orr.", *["Rain fell."] * 4, "Susan Low came."])

    assert name(speaker(before)) == "Susan Low"


def test_a_known_sex_is_shown_and_an_unknown_one_is_less_sure() -> None:
    known = speaker("Mary Orr came.")
    unknown = speaker("Mayor Quill Zorn came.", "he said")

    assert known.confidence > unknown.confidence
    assert unknown.reason == "nothing tells that “he” fits"


@pytest.mark.parametrize(
    ("full", "pronoun"),
    [
        ("Agnieszka Nowak", "she"),
        ("Gethin Morris-Lloyd", "he"),
        ("Søren Bak", "he"),
        ("Ngozi Adeyemi", "she"),
        ("Siobhan Kerr", "she"),
        ("Gurdeep Bhatt", "he"),
    ],
)
def test_a_given_name_of_another_language_tells_the_sex(full: str, pronoun: str) -> None:
    other = {"he": "she", "she": "he"}[pronoun]
    before = f"{full}, a chimney sweep, has been on most of the roofs."

    assert name(speaker(before, f"{pronoun} said")) == full
    assert speaker(before, f"{pronoun} said").confidence >= SURE > speaker(before, f"{other} said").confidence


@pytest.mark.parametrize(
    "full",
    [
        "Vincent van Gogh",
        "Bell & Low",
        "University of Leeds",
        "Ministry of Trams",
        "Ann O'Malley",
        "Anne-Marie Low",
        "Ann Bo Cy Di Ed Flo",
    ],
)
def test_names_keep_what_links_them(full: str) -> None:
    assert name(speaker("Rain fell.", f"{full} said")) == full


def test_a_name_of_body_words_keeps_what_looks_like_a_title() -> None:
    assert name(speaker("Rain fell.", "the Democratic National Committee said")) == ("Democratic National Committee")


def test_a_name_at_the_end_of_its_sentence_qualifies_nothing() -> None:
    text = "rain fell on Bell"
    sentence = Sentence(text, Tokeniser(text, ENGLISH_LEXICON).tokenise(Span(0, len(text)), ()), 0, ENGLISH_LEXICON)

    [bell] = sentence.names
    assert not sentence.is_modifier(bell)
    assert sentence.find_main_subject(len(sentence.tokens)) is not None
