"""A quotation is found whole, with who signs it, and whose list it stands in."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.model import Document, Kind
from tests.english import ENGLISH


def find_quoted(text: str) -> list[tuple[str, str | None, float]]:
    """Return the words, the name and the confidence of each quotation of `text`."""
    found = extract_passages(Document("invented", text), language=ENGLISH)
    return [
        (passage.text, passage.voice.name if passage.voice else None, passage.confidence)
        for passage in found
        if passage.kind in (Kind.DIRECT, Kind.FRAGMENT)
    ]


WORDS = {
    "a plural possessive": ("‘The sailors’ pay is late,’ said Ann Low.", ["The sailors’ pay is late,"]),
    "the same, straight": ("'The sailors' pay is late,' said Ann Low.", ["The sailors' pay is late,"]),
    "two of them": ("‘Sailors’ wives’ pay is late,’ said Ann Low.", ["Sailors’ wives’ pay is late,"]),
    "and a clipped word": (
        "‘Sailors’ pay was late, and ’twas cold,’ said Ann Low.",
        ["Sailors’ pay was late, and ’twas cold,"],
    ),
    "and a question": ("‘Is it the owners’ pier?’ asked Ann Low.", ["Is it the owners’ pier?"]),
    "two quotations": (
        "She wrote ‘about the sailors’ and then ‘about the rain.’",
        ["about the sailors", "about the rain."],
    ),
    "no later mark": ("She wrote ‘about the old sailors’ and left.", ["about the old sailors"]),
    "a later mark without a pause": ("‘We are friends’ he told the dogs’ home.", ["We are friends"]),
    "a capital behind": ("‘We are friends’ Ann Low said, ‘as ever.’", ["We are friends", "as ever."]),
    "two backticks": ("Ann Low said: ``We will sail.''", ["We will sail."]),
    "two backticks, twice": ("``We will sail,'' Ann Low said, ``and win.''", ["We will sail,", "and win."]),
    "one backtick": ("`We will sail,' said Ann Low.", ["We will sail,"]),
    "code": ("Type `make` in the sailors' hall.", []),
    "backticks before a blank": ("It is `` not a mark '' here.", []),
    "a possessive and no pause": (
        "Ann Low calls it ‘the sailors’ charter we won’ each day.",
        ["the sailors’ charter we won"],
    ),
    "single marks over paragraphs": ("Ann Low said: ‘We sail. \n\n‘We win.’", ["We sail.", "We win."]),
    "single marks over three": (
        "‘It’s late,’ Ann Low said. ‘We go.\n\n‘Don’t.\n\n‘Sail.’",
        ["It’s late,", "We go.", "Don’t.", "Sail."],
    ),
    "straight marks over paragraphs": ("Ann Low said: 'We sail.\n\n'We win.'", ["We sail.", "We win."]),
    "an apostrophe, then single marks": ("It was ’bout noon.\n\n‘We win,’ said Ann Low.", ["We win,"]),
    "blanks inside the marks": ('Ann Low said: " We sail. "', ["We sail."]),
    "blanks inside both": ('" We sail, " said Ann Low. " We win. "', ["We sail,", "We win."]),
    "blanks inside curly marks": ("Ann Low said: “ We sail. ”", ["We sail."]),
    "blanks inside single marks": ("Ann Low said: ‘ We’ll sail. ’", ["We’ll sail."]),
    "inches": ('The 6" pipe and the 8" pipe burst, said Ann Low.', []),
}


@pytest.mark.parametrize("kind", WORDS)
def test_the_words_between_the_marks_are_whole(kind: str) -> None:
    text, words = WORDS[kind]

    assert [quoted for quoted, _, _ in find_quoted(text)] == words


SIGNED = {
    "a dash": "“I would pay a pound more.” – Ann Low, Orme",
    "a long dash": "“I would pay a pound more.” — Ann Low, chair of Orme Rail",
    "a bar": "“I would pay a pound more.” ― Ann Low",
    "brackets": "“I would pay a pound more.” (Ann Low, Orme)",
    "the next line": "“I would pay a pound more.”\nAnn Low, commuter",
    "a stop": "“I would pay a pound more.” – Ann Low.",
    "an item of a list": "- “I would pay a pound more.” – Ann Low",
}


@pytest.mark.parametrize("kind", SIGNED)
def test_a_signature_behind_a_quotation_names_its_speaker(kind: str) -> None:
    assert find_quoted(SIGNED[kind]) == [("I would pay a pound more.", "Ann Low", 0.9)]


def test_a_signature_may_have_a_given_name_in_no_list() -> None:
    assert find_quoted("“I would pay a pound more.” – Kestrel Low") == [
        ("I would pay a pound more.", "Kestrel Low", 0.9)
    ]


UNSIGNED = {
    "a title": "“The Long Way Home” – Kestrel Low",
    "a sentence": "“I would pay a pound more.” – Ann Low left Orme",
    "one word": "“I would pay a pound more.” – Orme",
    "a body": "“I would pay a pound more.” – Orme Rail Union",
    "a sentence on the next line": "“I would pay a pound more.”\nAnn Low left. Rain fell.",
    "a caption further down": "“I would pay a pound more.”\n\nAnn Low, commuter",
    "no name": "“I would pay a pound more.” – as ever",
    "a quotation on the next line": "“I would pay a pound more.”\n“Ann Low, commuter”",
    "two sentences behind": "“I would pay a pound more.” (Rain fell.) Ann Low, commuter",
    "the end": "“I would pay a pound more.”",
}


@pytest.mark.parametrize("kind", UNSIGNED)
def test_what_is_no_signature_names_nobody_for_certain(kind: str) -> None:
    assert all(name != "Ann Low" or confidence < 0.7 for _, name, confidence in find_quoted(UNSIGNED[kind]))


def test_every_quotation_of_a_list_is_its_introducers() -> None:
    text = "Ann Low told the members:\n\n• “Rates are up.”\n\n• “Shops are shut.”\n\n• “Rain falls.”\n\nBea Orr left."

    assert [(name, confidence) for _, name, confidence in find_quoted(text)] == [("Ann Low", 0.96)] * 3


def test_a_list_ends_with_the_first_paragraph_that_is_none_of_it() -> None:
    text = "Ann Low told the members:\n\n“Rates are up.”\n\nBea Orr left.\n\n“Shops are shut.”"

    assert [confidence >= 0.7 for _, _, confidence in find_quoted(text)] == [True, False]


def test_a_line_with_a_colon_that_names_nobody_introduces_nobody() -> None:
    assert find_quoted("What was heard:\n\n“Rates are up.”") == [("Rates are up.", None, 0.0)]


def test_a_letter_before_a_colon_names_nobody() -> None:
    text = "Q: Will it rain?\n\nA: It will rain.\n\nQ: And then?\n\nA: It will be dry."

    assert {name for _, name, _ in find_quoted(text)} == {None}


def test_a_list_of_names_and_colons_names_each() -> None:
    text = "Ann Low: “Build it now.”\n\nMary Orr: “Delay it, please.”"

    assert [(name, confidence) for _, name, confidence in find_quoted(text)] == [("Ann Low", 0.9), ("Mary Orr", 0.9)]


@pytest.mark.parametrize(
    "text",
    [
        "Ann Low: “Build it now.”",
        "Low: “Build it now.”\n\nOrr: “Delay it, please.”",
        "Ann Low: yes.\n\nMary Orr: “No, no.”",
    ],
)
def test_one_label_alone_may_be_a_headline(text: str) -> None:
    assert all(confidence < 0.7 for _, _, confidence in find_quoted(text))
