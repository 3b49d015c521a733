"""Stretches that one voice holds in an article: interviews, letters, statements."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.model import Document, Kind, Passage, Voice
from tests.english import ENGLISH


def direct(text: str) -> list[Passage]:
    return [p for p in extract_passages(Document("invented", text), language=ENGLISH) if p.kind is Kind.DIRECT]


INTERVIEW = (
    "ANN BELL: Why is the line late?\n\nBOB LOW: It rains on the rails.\n\n"
    "BELL: And when it does not?\n\nBob laughs.\n\nLOW: It snows on them."
)


def test_an_interview_s_lines_are_their_speakers_under_the_longest_label() -> None:
    passages = [passage for passage in direct(INTERVIEW) if not passage.is_doubtful]

    assert [(p.voice.name if p.voice else None, p.text) for p in passages] == [
        ("ANN BELL", "Why is the line late?"),
        ("BOB LOW", "It rains on the rails."),
        ("ANN BELL", "And when it does not?"),
        ("BOB LOW", "It snows on them."),
    ]
    assert [INTERVIEW[a:b] for p in passages for a, b in p.cue] == ["ANN BELL", "BOB LOW", "BELL", "LOW"]


@pytest.mark.parametrize(
    ("before", "behind"), [("[0:15] ", ""), ("10:15 ", ""), ("", " (Labour)"), ("(1:02:03) ", " (Con)")]
)
def test_an_interview_s_labels_may_have_a_time_or_brackets(before: str, behind: str) -> None:
    text = "\n\n".join(f"{before}{name}{behind}: It is late." for name in ("ANN BELL", "BOB LOW") * 2)

    passages = [passage for passage in direct(text) if not passage.is_doubtful]

    assert [p.voice.name for p in passages if p.voice] == ["ANN BELL", "BOB LOW"] * 2
    assert {p.text for p in passages} == {"It is late."}


@pytest.mark.parametrize(
    "text",
    [
        "Bell: Why now?\n\nLow: It rains here.\n\nBell: And when it does not?",
        "Bell: Why is it?\n\nBell: Why was it?\n\nBell: Why so?\n\nBell: Why then?",
        "Bell: 12.\n\nLow: 13.\n\nBell: 14.\n\nLow: 15.",
    ],
)
def test_too_few_lines_one_label_or_a_list_of_figures_are_no_interview(text: str) -> None:
    assert direct(text) == []


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (("MR LOW", "MRS LOW"), ("MR LOW", "MRS LOW")),
        (("ANN LOW", "BOB LOW"), ("ANN LOW", "BOB LOW")),
        (("ANN LOW", "MR LOW"), ("ANN LOW", "MR LOW")),
        (("Lord Low", "Lady Dell"), ("Lord Low", "Lady Dell")),
        (("Dr Low", "Ms Dell"), ("Dr Low", "Ms Dell")),
        (("Mr Karl Low", "MS DELL"), ("Karl Low", "MS DELL")),
    ],
)
def test_labels_of_two_who_share_a_surname_are_two_and_a_surname_alone_has_its_courtesy(
    labels: tuple[str, str], names: tuple[str, str]
) -> None:
    text = "\n\n".join(f"{label}: It is late." for label in labels * 2)

    passages = direct(text)

    assert [p.voice.name for p in passages if p.voice] == list(names * 2)
    assert not any(passage.is_doubtful for passage in passages)


def test_a_surname_that_two_labels_share_is_neither_s() -> None:
    labels = ("ANN LOW", "BOB LOW", "LOW")
    text = "\n\n".join(f"{label}: It is late." for label in labels * 2)

    assert [p.voice.name for p in direct(text) if p.voice] == [*labels] * 2


def test_who_speaks_once_in_an_interview_is_nobody_for_certain_and_not_the_publication() -> None:
    passages = direct(f"{INTERVIEW}\n\nTHE CHAIR: We must stop here.\n\nNote: the hall is cold.")

    assert [(p.text, p.is_doubtful) for p in passages][-1] == ("We must stop here.", True)


def test_a_title_in_a_label_is_a_role() -> None:
    text = INTERVIEW.replace("ANN BELL", "Mayor Ann Bell").replace("BELL:", "Bell:")

    assert direct(text)[0].voice == Voice("Ann Bell", "Mayor")


LETTERS = {
    "name below": "Dear Sir,\n\nThe line is late.\n\nYours sincerely,\n\nAnn Bell, driver",
    "name beside": "To the Editor:\n\nThe line is late.\n\nYours, Ann Bell, driver",
    "statement": "Statement from Ann Bell, driver:\n\nThe line is late.",
    "speech by a title": "Speech by Driver Ann Bell, driver\n\nThe line is late.",
}


@pytest.mark.parametrize("shape", [name for name in LETTERS if "title" not in name])
def test_a_letter_or_statement_is_its_signer_s_words(shape: str) -> None:
    [found] = direct(LETTERS[shape])

    assert found.text == "The line is late."
    assert found.voice == Voice("Ann Bell", "driver")
    assert [found.document.text[a:b] for a, b in found.cue] == ["Ann Bell"]
    assert found.confidence >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "Dear Sir,\n\nThe line is late.",
        "Dear Sir,\n\nThe line is late.\n\nYours sincerely,",
        "Dear Sir,\n\nThe line is late.\n\nYours sincerely,\n\nall of us here",
        "The line is late.\n\nYours sincerely,\n\nAnn Bell",
        "Statement from Ann Bell",
        "Dear Sir,\n\nThe line is late.\n\nYours sincerely,\n\nAnn Bell, driver, Ben Low, guard",
    ],
)
def test_what_nobody_greets_or_signs_is_no_letter(text: str) -> None:
    assert direct(text) == []


def test_a_paragraph_between_two_labels_is_nobodys_for_certain() -> None:
    text = (
        "ORME: Is it late?\n\nMARSH: It is not.\n\nIt can stay.\n\nORME: Why so?\n\nMARSH: Why not, then?\n\nAll left."
    )
    passages = extract_passages(Document("invented", text), language=ENGLISH)

    [between] = [passage for passage in passages if "can stay" in passage.text]
    [trailing] = [passage for passage in passages if "All left" in passage.text]
    assert between.kind is Kind.DIRECT
    assert not between.is_certain(0.0)
    assert trailing.kind is Kind.NARRATION


def test_marked_words_between_two_labels_are_read_as_elsewhere() -> None:
    text = "ORME: Is it late?\n\nMARSH: It is not.\n\n“It is,” said Ann Low.\n\nORME: Why so?\n\nMARSH: It just is."
    passages = extract_passages(Document("invented", text), language=ENGLISH)

    assert [passage.voice.name for passage in passages if passage.text == "It is," and passage.voice] == ["Ann Low"]


def doubtful(text: str) -> list[tuple[str | None, str]]:
    """Return whom a doubtful label may name, and the words behind it; none of them is shown as anybody's."""
    passages = direct(text)
    assert not any(passage.is_certain(0.0) for passage in passages)
    return [(passage.voice.name if passage.voice else None, passage.text) for passage in passages]


@pytest.mark.parametrize(
    "labels",
    [
        ("Ann Low – {}", "Ben Dell – {}"),
        ("Ann Low -- {}", "Ben Dell -- {}"),
        ("Ann Low | {}", "Ben Dell | {}"),
        ("Kit Orme — {}", "Wyn Fell — {}"),
        ("Ann Low\n\n{}", "Ben Dell\n\n{}"),
        ("Ann Low (Ferry East) (Lab)\n\n{}", "Ben Dell (Con)\n\n{}"),
        ("Mr Low – {}", "Ms Dell – {}"),
        ("[Ann Low] {}", "<Ben Dell> {}"),
        ("• Ann Low – {}", "12:30 Ben Dell – {}"),
        ("12:30 Ann Low\n\n{}", "12:31 Ben Dell\n\n{}"),
        ("Headline: {}", "Summary: {}"),
    ],
)
def test_words_behind_a_dash_or_below_a_name_are_somebody_s_and_nobody_s_for_certain(labels: tuple[str, str]) -> None:
    sentences = ("It is late.", "It is not.", "It was so.", "It was not.")
    text = "\n\n".join(label.format(words) for label, words in zip(labels * 2, sentences, strict=True))

    found = doubtful(text)

    assert [words for _, words in found] == list(sentences)
    assert len({name for name, _ in found}) == 2


def test_people_who_each_open_one_paragraph_are_doubtful_too() -> None:
    text = "Ann Low: It is late.\n\nBen Dell: (It is not.)\n\nMary Fell – It was so.\n\nAll left."

    assert doubtful(text) == [("Ann Low", "It is late."), ("Ben Dell", "(It is not.)"), ("Mary Fell", "It was so.")]


def test_a_paragraph_between_two_doubtful_labels_is_doubtful_and_marked_words_are_read_as_elsewhere() -> None:
    text = (
        "Ann Low – It is late.\n\nIt can stay.\n\nBen Dell – It is not.\n\nAnn Low – “It is so,” said Cy Orr.\n\n"
        "Ben Dell – It was not."
    )

    certain = [(p.voice.name, p.text) for p in direct(text) if p.voice and p.is_certain(0.7)]
    assert certain == [("Cy Orr", "It is so,")]
    assert "It can stay." in [passage.text for passage in direct(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Ann Low – It is late.\n\nBen Dell – It is not.",
        "Ann Low – It is late.\n\nAnn Low – It is not.\n\nAnn Low – It was so.",
        "South East – It is late.\n\nNorth West – It is not.\n\nSouth West – It was so.",
        "Ann Low\n\nShe is a clerk.\n\nBen Dell\n\nHe is a driver.\n\nMary Fell\n\nShe is the mayor.",
        "Ann Low – clerk\n\nBen Dell – driver\n\nMary Fell – mayor of Orme",
        "It is late.\n\nAnn Low.\n\nIt is not.\n\nBen Dell.\n\nIt was so.\n\nAnn Low.\n\nIt was not.\n\nBen Dell.",
        "It is late.\n\nAnn Low",
    ],
)
def test_few_names_places_portraits_lists_and_signatures_are_no_turns(text: str) -> None:
    assert direct(text) == []


def test_an_interview_s_label_may_have_brackets_honours_or_a_line_of_its_own() -> None:
    text = (
        "Ann Low MP (Ferry East) (Lab): It is late.\n\nBen Dell (Con):\n\nIt is not.\n\nAnn Low: [0:12] It was so.\n\n"
        "Ben Dell:\n\nIt was not.\n\nBen Dell:"
    )

    passages = [passage for passage in direct(text) if passage.is_certain(0.7)]
    assert [(p.voice and p.voice.name, p.text) for p in passages] == [
        ("Ann Low", "It is late."),
        ("Ben Dell", "It is not."),
        ("Ann Low", "It was so."),
        ("Ben Dell", "It was not."),
    ]


def certain(text: str) -> list[tuple[str | None, str | None, str]]:
    """Return whose the words are that are shown as somebody's: name, role and words."""
    shown = [passage for passage in direct(text) if passage.is_certain(0.7)]
    return [(p.voice.name if p.voice else None, p.voice.role if p.voice else None, p.text) for p in shown]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ANN LOW, HOST: {}", "BEN DELL, TRAM USERS: {}"),
        ("Ann Low, chair:\n\n{}", "Ben Dell, clerk to the board:\n\n{}"),
        ("- Ann Low: {}", "- Ben Dell: {}"),
        ("Mr Low: {}", "Ms Dell: {}"),
    ],
)
def test_a_label_may_have_a_role_a_bullet_or_a_courtesy(first: str, second: str) -> None:
    sentences = ("It is late.", "It is not.", "It was so.", "It was not.")
    text = "\n\n".join(label.format(words) for label, words in zip((first, second) * 2, sentences, strict=True))

    found = certain(text)

    assert [words for *_, words in found] == list(sentences)
    assert [name.split()[-1].title() for name, *_ in found if name] == ["Low", "Dell"] * 2
    assert {role for _, role, _ in found} == {None}


@pytest.mark.parametrize(
    "behind", [", Ben Dell", ", Mr Dell", ", of Tram Users, said", ", who chairs it, told us", ", Ben"]
)
def test_a_second_person_or_a_verb_of_saying_behind_the_name_ends_no_label(behind: str) -> None:
    text = INTERVIEW + f"\n\nBob Low{behind}: It thaws.\n\nBELL: Does it?"

    assert "It thaws." not in [words for *_, words in certain(text)]


def test_a_role_before_words_in_marks_is_read_as_a_cue() -> None:
    text = "Ann Low, chair: “It is late here.”\n\nBen Dell, clerk: “It is not so.”\n\n" * 2

    assert [name for name, _, words in certain(text) if words.startswith("It")] in (["Ann Low", "Ben Dell"] * 2, [])


@pytest.mark.parametrize("label", ["Interviewer", "THE WITNESS", "Reporter", "Q"])
def test_who_is_not_named_in_an_interview_is_nobody(label: str) -> None:
    text = f"{label}: Is it late?\n\nAnn Low: It is.\n\n{label}: Is it so?\n\nAnn Low: It is not."

    assert certain(text) == [("Ann Low", None, "It is."), ("Ann Low", None, "It is not.")]
