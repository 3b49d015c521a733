"""Reported speech: what counts as a statement, where it begins and ends, and what is none."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.model import Document, Kind, Passage
from tests.english import ENGLISH


def reported(text: str) -> list[Passage]:
    return [p for p in extract_passages(Document("invented", text), language=ENGLISH) if p.kind is Kind.REPORTED]


STATED = {
    "that": ("Ann Bell said that the line is late.", "the line is late"),
    "clause": ("Ann Bell says the line is late.", "the line is late"),
    "clause of an -ed verb": ("Ann Bell claims trams jolted past.", "trams jolted past"),
    "that after a time": ("Ann Bell said on Monday that it is late.", "it is late"),
    "clause after a date": ("Ann Bell said on May 5 it is late now.", "it is late now"),
    "that after a place": ("Ann Bell said in a speech that it is late.", "it is late"),
    "to a listener": ("Ann Bell told the new council that it is late.", "it is late"),
    "behind": ("The line is late, Ann Bell said.", "The line is late"),
    "behind, inverted": ("The line is late, said Ann Bell.", "The line is late"),
    "behind an opening": ("In most of the cases, Ann Bell said, the line is late.", "the line is late"),
    "behind and a link": ("But the line is late, Ann Bell said.", "the line is late"),
    "according to": ("The line is late, according to Ann Bell.", "The line is late"),
    "according to, no comma": ("The line is late according to Ann Bell.", "The line is late"),
    "according to first": ("According to Ann Bell, the line is late.", "the line is late"),
    "according to between": (
        "Trams, according to Ann Bell, are late on each and every day of the week.",
        "are late on each and every day of the week",
    ),
    "and according to": ("Trams are old, and according to Ann Bell, the line is late.", None),
    "found": ("A study by Ann Bell found that the line is late.", "the line is late"),
    "which she said": ("The line, which Ann Bell said was late, opened.", "was late, opened"),
    "to act": ("Ann Bell promised to open the line.", "to open the line"),
    "asked": ("Ann Bell asked the council to open the line.", "to open the line"),
    "called for": ("Ann Bell called for a new line.", "for a new line"),
    "act": ("Ann Bell criticised the new line.", "the new line"),
    "saying": ("Ann Bell left, saying the line is late.", "the line is late"),
    "asked about it": ("Asked about it, Ann Bell said, the line is late.", "the line is late"),
    "no stop": ("Ann Bell says the line is late", "the line is late"),
    "pointed out": ("Ann Bell pointed out that the line is late.", "the line is late"),
    "there": ("Ann Bell said there have been delays.", "there have been delays"),
    "there, then": ("Ann Bell said then that the line is late.", "the line is late"),
    "a contraction": ("Ann Bell said he’d be late again.", "he’d be late again"),
    "told him": ("Ann Bell told him the line was late.", "the line was late"),
    "told reporters": ("Ann Bell told reporters the line was late.", "the line was late"),
    "told a name": ("Ann Bell told Bob Low the line was late.", "the line was late"),
    "told an editor": ("Ann Bell told the Courier editor Bob Low she was late.", "she was late"),
    "told behind": ("The line is late, Ann Bell told the Courier.", "The line is late"),
    "as said": ("The line, it seems, is late, as Ann Bell said.", "The line, it seems, is late"),
    "went on, continued": ("Ann Bell continued to insist that the line is late.", "the line is late"),
    "reminded, contracted": ("Ann Bell reminded Bob Low he’d be late again.", "he’d be late again"),
    "explained why": ("Ann Bell explained why the line is late.", "why the line is late"),
    "opening participle": ("Claiming that the line is late, Ann Bell left the town.", "the line is late"),
    "opening, while": ("While saying that the line is late, Ann Bell was calm.", "the line is late"),
    "opening, having": ("Having announced that the line is late, Ann Bell was calm.", "the line is late"),
    "opening, over two commas": (
        "Claiming that the line, in fact, is late, Ann Bell was calm.",
        "the line, in fact, is late",
    ),
    "not another's": (
        "Ann Bell said the line is late, while Bob Low was calm.",
        "the line is late, while Bob Low was calm",
    ),
    "to me": ("Ann Bell suggested to me that the line is late.", "the line is late"),
    "behind a fraction in marks": ("Ann Bell spoke on “Today” but said the line is late.", "the line is late"),
    "as she said on Monday": ("As Ann Bell said on Monday, the line is late.", "the line is late"),
    "and as she said": ("It rained, and as Ann Bell noted, the line is late.", "the line is late"),
    "points out": ("The line, as Ann Bell points out, is late.", "The line, as Ann Bell points out, is late"),
    "a seat in a bracket": ("Ann Bell (D-R.I.), said that the line is late.", "the line is late"),
    "an abbreviation and a comma": ("Ann Bell, of Marlow, Bucks., said that the line is late.", "the line is late"),
    "as noted first": ("As Ann Bell noted, the line is late.", "the line is late"),
    "a condition of the line": (
        "If the rain stops, Ann Bell said, the line will open.",
        "If the rain stops, Ann Bell said, the line will open",
    ),
    "a place, then a clause": ("In the town, the line is late, Ann Bell said.", "In the town, the line is late"),
    "a past tense in no list": ("It effectively disbanded in May, Ann Bell said.", "It effectively disbanded in May"),
    "said after it": ("Ann Bell said after the match she would stay there.", "she would stay there"),
    "said after it, and no clause": ("Ann Bell said after the match that she would stay.", "she would stay"),
    "to a question of marked words": (
        "To a question on the “sale of trams”, Ann Bell said private lines are late.",
        "private lines are late",
    ),
    "then adding": ("The line is late, Ann Bell said, adding: “It is old.”", "The line is late"),
    "a promise": ("Ann Bell left the hall, promising to open the line.", "to open the line"),
    "is backing": ("Ann Bell is backing the new line.", "the new line"),
    "warned against": ("Ann Bell warned against the new line.", "against the new line"),
    "a verb for a given name": ("Mark Ann Bell said the line is late.", "the line is late"),
    "a poll": ("Ann Bell’s poll shows the line is late.", "the line is late"),
}


@pytest.mark.parametrize("shape", [name for name, (_, stated) in STATED.items() if stated])
def test_a_statement_is_cut_from_its_sentence(shape: str) -> None:
    text, stated = STATED[shape]

    [passage] = reported(text)
    assert passage.text == stated
    assert passage.voice is not None
    assert "Ann Bell" in passage.voice.name
    assert passage.cue


NOT_STATED = {
    "would": "Ann Bell would say the line is late.",
    "not": "Ann Bell did not say that the line is late.",
    "passive": "The line was said to be late by then.",
    "too short": "Ann Bell said so.",
    "nothing follows": "It is what Ann Bell said",
    "no clause": "Ann Bell believes in trams.",
    "no verb": "Ann Bell claims victory for trams, again and again.",
    "no verb for long": "Ann Bell claims the big old red new long thin wide deep flat round "
    "tall dark "
    "grey tram line house bridge yard by",
    "nobody says": "Says the line is late again today.",
    "act of nobody": "Called for a new line.",
    "relative act": "Ann Bell, who criticised the line, left.",
    "infinitive act": "It was hard to criticise the line.",
    "asked nobody": "Ann Bell asked the new council nothing.",
    "according alone": "It was built according.",
    "according to nobody": "It was built according to.",
    "according to a plan": "According to Ann Bell.",
    "cue of a quotation": "“It is late,” Ann Bell said the other day in Leeds.",
    "opening phrase alone": "In the rain, Ann Bell said.",
    "quotation": "Ann Bell said it was “late again today”.",
    "there, at the end": "It is what Ann Bell said is there.",
    "it is worth saying": "It is worth noting that the line is late.",
    "it shows": "It shows that the line is late.",
    "you say": "You say the line is late.",
    "as said of nothing": "As Ann Bell said.",
    "told nobody": "Ann Bell told",
    "told them all": "Ann Bell told them all.",
    "a cue of marked words": "“Trams are old,” Ann Bell said the line is late.",
    "tag goes on": "The line is late, Ann Bell said quietly they.",
}


@pytest.mark.parametrize("shape", NOT_STATED)
def test_what_states_nothing_is_left_as_narration(shape: str) -> None:
    assert reported(NOT_STATED[shape]) == []


@pytest.mark.parametrize("pronoun", ["They say", "It said"])
def test_what_they_or_it_said_is_nobodys_for_certain(pronoun: str) -> None:
    [passage] = reported(f"{pronoun} the line is late.")

    assert passage.text == "the line is late"
    assert passage.voice is None
    assert passage.confidence == 0


def test_two_verbs_of_one_subject_make_two_statements() -> None:
    text = "Ann Bell insists the line is late, and says the trams are old."

    assert [p.text for p in reported(text)] == ["the line is late", "the trams are old"]


@pytest.mark.parametrize("link", ["while", "whereas", "but", "and", "though"])
def test_what_another_says_is_no_part_of_a_statement(link: str) -> None:
    found = reported(f"Ann Bell said the toll is dear, {link} Bob Low said the bridge is old.")

    assert [(p.voice.name, p.text) for p in found if p.voice] == [
        ("Ann Bell", "the toll is dear"),
        ("Bob Low", "the bridge is old"),
    ]


def test_a_statement_with_marked_words_before_a_participle_is_left_to_them() -> None:
    found = reported("Ann Bell blamed it on a “bad line,” claiming she had called the town.")

    assert [p.text for p in found] == ["she had called the town"]


def test_a_report_goes_on_until_the_next_cue_or_quotation() -> None:
    text = "Ann Bell says the line is late. Trams are old. Bob Low disagrees with it. It rains."

    [passage] = [p for p in reported(text) if p.voice and p.voice.name == "Ann Bell"]
    shown = text[passage.frame.start : passage.frame.end]
    assert shown == "Ann Bell says the line is late. Trams are old."


def test_a_pronoun_s_report_proves_its_name_first() -> None:
    text = "Ann Bell arrived. She said the line is late."

    [passage] = reported(text)
    assert [text[a:b] for a, b in passage.cue] == ["Ann Bell", "She said"]


def test_a_study_speaks_through_its_authors() -> None:
    text = "A new study by Dr Ann Bell, for the University of Leeds, found that trams are late."

    [passage] = reported(text)
    assert passage.voice is not None
    assert passage.voice.name == "Dr Ann Bell"
    assert passage.voice.role == "author of A new study"
    assert passage.voice.organisation == "University of Leeds"


def test_a_study_without_authors_speaks_itself() -> None:
    [passage] = reported("The study by officials found that trams are late.")

    assert passage.voice is not None
    assert passage.voice.name.startswith("The study")


SPLIT = {
    "a phrase and its verb": (
        "The new toll, Ann Bell claimed, is far too high.",
        "The new toll, Ann Bell claimed, is far too high",
    ),
    "inverted": ("The new toll, said Ann Bell, was far too high.", "The new toll, said Ann Bell, was far too high"),
    "a verb in no list": (
        "The toll on the bridge, Ann Bell said, breaks the law.",
        "The toll on the bridge, Ann Bell said, breaks the law",
    ),
    "an opening phrase": ("In the end, Ann Bell said, the toll was far too high.", "the toll was far too high"),
    "no verb behind": ("The new toll, Ann Bell said, far too high for us.", "far too high for us"),
    "a clause within": (
        "The toll that they raised, Ann Bell said, is far too high.",
        "The toll that they raised, Ann Bell said, is far too high",
    ),
    "a verb before the cue": (
        "It was, Ann Bell said, a blow to the town.",
        "It was, Ann Bell said, a blow to the town",
    ),
    "that, behind": (
        "It is no wonder, Ann Bell said, that they left the town.",
        "It is no wonder, Ann Bell said, that they left the town",
    ),
    "because, behind": (
        "The toll is high, Ann Bell said, because the bridge is old.",
        "The toll is high, Ann Bell said, because the bridge is old",
    ),
    "as, behind": ("The toll is high, Ann Bell said, as she left the town.", "The toll is high"),
    "a verb before": ("The toll is high, Ann Bell said, and unfair.", "The toll is high"),
}


@pytest.mark.parametrize("kind", SPLIT)
def test_a_statement_split_by_its_cue_is_whole(kind: str) -> None:
    text, statement = SPLIT[kind]
    found = extract_passages(Document("invented", text), language=ENGLISH)

    assert [passage.text for passage in found if passage.kind is Kind.REPORTED] == [statement]


@pytest.mark.parametrize(
    "text",
    [
        "Ann Bell wants to say that the toll is far too high.",
        "If Ann Bell says that the toll is far too high, it falls.",
        "Unless Ann Bell says that the toll is far too high, it stays.",
        "Ann Bell fears that the toll is far too high.",
        "Ann Bell would say that the toll is far too high.",
        "Ann Bell could continue to say that the toll is far too high.",
        "Claiming that the toll is far too high may be wrong, as the town is.",
        "Claiming that the toll is far too high, it rained.",
    ],
)
def test_an_intention_a_condition_or_a_fear_is_no_statement(text: str) -> None:
    found = extract_passages(Document("invented", text), language=ENGLISH)

    assert [passage.text for passage in found if passage.kind is Kind.REPORTED] == []


@pytest.mark.parametrize(
    "text",
    [
        "Ann Bell went on to say that the toll is far too high.",
        "Ann Bell backs the new toll on the bridge.",
        "Ann Bell opposed the new toll on the bridge.",
        "Ann Bell called for an end to the toll.",
        "Ann Bell supports a lower toll on the bridge.",
        "Ann Bell continued to defend the toll on the bridge.",
        "Ann Bell outlined a lower toll on the bridge.",
    ],
)
def test_a_position_and_what_somebody_went_on_to_say_are_statements(text: str) -> None:
    found = extract_passages(Document("invented", text), language=ENGLISH)

    assert [passage.voice.name for passage in found if passage.kind is Kind.REPORTED and passage.voice] == ["Ann Bell"]
