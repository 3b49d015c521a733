"""Labels of several people and of nobody, initials and ways of speaking, and names where a line was broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.errors import CorpusError
from bot.formats.transcript import find_turns
from tests.builders import docx, paragraph


def said(path: Path, content: str | bytes) -> list[tuple[str, str | None, str]]:
    """Return each turn's speaker, role and words."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    document = formats.read(path)
    return [(turn.voice.name, turn.voice.role, document.text[slice(*turn.span)]) for turn in document.turns]


@pytest.mark.parametrize(
    "label",
    [
        *("Cy Dell, Jo Fell:", "Cy Dell and Jo Fell:", "Cy Dell & Jo Fell:", "Cy Dell/Jo Fell:", "Cy Dell or Jo Fell:"),
        *("Dell + Fell:", "Cy Dell with Jo Fell:"),
        *("Dell and Fell:", "Cy Dell, Jo Fell and Ada Moor:", "Mr Dell, Ms Fell:", "Mayor Dell and Jo Fell:"),
        *("Lord Dell and Lady Fell:", "Cy Dell and others:", "The Bishop of Pell and Ada Moor:"),
        *("THE WITNESS:", "The Defendant:", "THE COURT:", "A reporter:", "Witness No. 4:", "THE INTERVIEWER:"),
        *("____:", "***:", "Mr ▇▇▇:", "[REDACTED]:", "XXXX:", "Unclear:", "NARRATOR:", "Group of pupils:", "N/A:"),
        *("Conference Room 4:", "Audio clip 2:", "The boy:"),
        *("Possibly Cy Dell:", "Cy Dell?:", "Cy Dell (?):", "Cy Dell (possibly):", "Perhaps Mr Dell:"),
        *("Translation of Cy Dell:", "Question Two:", "Speaker Three:", "Pupil 2:"),
    ],
)
def test_a_label_of_several_or_of_an_unknown_person_names_nobody(tmp_path: Path, label: str) -> None:
    turns = said(tmp_path / "a.transcript", f"Ann Low: One.\n\n{label} Two.\n\nAnn Low: Three.\n")

    assert turns == [("Ann Low", None, "One."), ("Ann Low", None, "Three.")]


@pytest.mark.parametrize(
    ("label", "name", "role"),
    [
        ("Cy Dell (CD):", "Cy Dell", None),
        ("Dr Cy van Dell [C.V.D.]:", "Dr Cy van Dell", None),
        ("Cy Dell (he/him):", "Cy Dell", None),
        ("Cy Dell (Guest):", "Cy Dell", None),
        ("Cy Dell (aside to Ann):", "Cy Dell", None),
        ("Cy Dell (translated):", "Cy Dell", None),
        ("Mr Dell to Ms Low:", "Mr Dell", None),
        ("Cy Dell → Ann Low:", "Cy Dell", None),
        ("Mike Pell (MP):", "Mike Pell", "MP"),
        ("Cy Dell (V.O.):", "Cy Dell", None),
        ("Cy Dell (for Ann Low):", "Cy Dell", None),
        ("Cy Dell (Jo Fell translating):", "Cy Dell", None),
        ("Cyril Dell (Cyril):", "Cyril Dell", None),
        ("Counsel to the Inquiry (Cy Dell):", "Cy Dell", "Counsel to the Inquiry"),
        ("Cy Dell, Tram Users:", "Cy Dell", "Tram Users"),
        ("Cy Dell, Florence Museum:", "Cy Dell", "Florence Museum"),
        ("Cy Dell, Daisy Lane:", "Cy Dell", "Daisy Lane"),
        ("Cy Dell, Dean of Pell:", "Cy Dell", "Dean of Pell"),
        ("Clerk to the Council:", "Clerk to the Council", None),
        ("The Minister for Work and Trams:", "The Minister for Work and Trams", None),
        ("Health and Safety Executive:", "Health and Safety Executive", None),
        ("Member for Leeds and Pell:", "Member for Leeds and Pell", None),
        ("The Earl of Pell and Kelly:", "The Earl of Pell and Kelly", None),
        ("Lord Pell and Rose:", "Lord Pell and Rose", None),
        ("The Lord Bishop of Pell and Orme:", "The Lord Bishop of Pell and Orme", None),
        ("Bishop of Pell and Grace:", "Bishop of Pell and Grace", None),
    ],
)
def test_what_says_nothing_of_the_voice_is_no_role(tmp_path: Path, label: str, name: str, role: str | None) -> None:
    turns = said(tmp_path / "a.transcript", f"Ann Low: One.\n\n{label} Two.\n")

    assert turns[1] == (name, role, "Two.")


@pytest.mark.parametrize(
    "text",
    [
        "Ann Low: One.\n\nQuestion 2. Who pays?\n",
        "Ann Low: One.\n\nSpeaker 3 – Nobody pays.\n",
        "Ann Low: One.\n\nQuestion Two. Who pays?\n",
        "Ann Low: One.\n\nFor the ferries, Ben Dell: We pay.\n",
        "Ann Low: One.\n\nCaller from Leeds: We pay.\n",
        "Ann Low: One.\n\nBen Dell on behalf of the Tram Users: We pay.\n",
        "Ann Low: One.\n   Cy Dell: Two.\n",
        "Ann Low: One.\n\nCy Dell said:\n\nTwo.\n",
        "Ann Low: One.\n\nMs. Dell’s counsel: We pay.\n",
        "Ann Low: One.\n\nCounsel for the board: We pay.\n",
        "Ann Low: One.\n\nBen Dell then said: We pay.\n",
        "Ann Low: One.\n\nBen Dell… We pay.\n",
        "Ann Low: One.\n\n\tCy Dell: Two.\n",
        "Ann Low: I thanked\nCy Dell: he paid for it.\n\nCy Dell: Two.\n",
        "ANN LOW: I thanked\nCY DELL: he paid for it.\nCY DELL: Two.\n",
        "Ann Low: I thanked my friend\nCy Dell. He paid for it.\n\nCy Dell: Two.\n",
        "Ann Low: I thanked my friend\nCy Dell – He paid for it.\n\nCy Dell – Two.\n\nCy Dell – No.\n",
        "Ann Low: We saw the trams and\nthe boats of that old\nCy Dell: The Second of them sank.\n\nCy Dell: Two.\n",
    ],
)
def test_what_may_be_a_label_or_a_sentence_refuses_the_transcript(tmp_path: Path, text: str) -> None:
    with pytest.raises(CorpusError, match=r"a\.transcript:[23]: '.+' .*(?:may be|looks like)"):
        said(tmp_path / "a.transcript", text)


@pytest.mark.parametrize(
    "text",
    [
        "Ann Low: I thought that we—\nCy Dell: No.\n",
        "Ann Low: I thought so\nCy Dell: No.\n",
        "Ann Low: it was late\nCy Dell (clerk): not at all\nANN LOW: well\n",
        "Ann Low: One\n[0:12] Cy Dell: well, no.\n",
        "Ann Low: One and\ntwo and\nthree.\nCy Dell: No.\n",
        "Ann Low: One.\n* * *\nCy Dell: No.\n",
        "Ann Low: One.\n Cy Orr: two.\n  Remember: three.\n  the old Cy: four.\nCy Dell: No.\n",
        "Ann Low: One and\ntwo and so\nCY DELL: No.\n",
        "0:03\nAnn Low: One\n0:12\nCy Dell: No.\n",
    ],
)
def test_a_label_behind_a_line_that_ends_no_sentence_is_one_where_its_shape_tells(tmp_path: Path, text: str) -> None:
    names = {name for name, *_ in said(tmp_path / "a.transcript", text)}

    assert {name.title() for name in names} == {"Ann Low", "Cy Dell"}


def test_times_and_notes_of_software_in_lines_of_their_own_are_no_words(tmp_path: Path) -> None:
    text = (
        "Ann Low: One.\n00:05:00\nCy Dell: Two.\n[10:12]\nThree.\nTranscription ended after 00:12:44\n\n"
        "This editable transcript was computer generated and might contain errors.\n"
    )

    assert said(tmp_path / "a.transcript", text) == [
        ("Ann Low", None, "One."),
        ("Cy Dell", None, "Two."),
        ("Cy Dell", None, "Three."),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Mr Dell and Ms Fell have asked for it.",
        "Words of that kind help nobody.",
        "Evidence from the tram board shows that it works",
        "Group of men that it was, it paid.",
        "Ann and Ben came here",
        "Ferries and trams",
        "many people: they came",
        "My Lords, I agree with the Earl: it is late.",
        "Mr Speaker, you and I know this: it is late.",
        "So, we start with a tram: the late one.",
        "Yes, my Lords, they have it: it is late.",
        "Ferries – we like them: they float.",
        "The hon. Lady is right.",
        "It says: we float.",
        "The Ferry Board that we had was no good one. It sank.",
    ],
)
def test_a_sentence_that_opens_like_a_label_of_nobody_stays_in_the_turn(tmp_path: Path, line: str) -> None:
    [first, _] = said(tmp_path / "a.transcript", f"Ann Low: One.\n{line}\n\nCy Dell: Two.\n")

    assert first == ("Ann Low", None, f"One.\n{line}")


@pytest.mark.parametrize("introduction", ["Cy Dell said:", "The Minister replied:", "It says:", "Mr Dell asked:"])
def test_a_name_that_introduces_a_quotation_is_said_by_whoever_reads_it_out(tmp_path: Path, introduction: str) -> None:
    text = f"Ann Low: One.\n\n{introduction}\n\n“Two of the trams.”\n\nThree.\n\nCy Dell: Four.\n"

    turns = said(tmp_path / "a.transcript", text)

    assert [name for name, *_ in turns] == ["Ann Low", "Cy Dell"]
    assert turns[0][2].endswith("“Two of the trams.”\n\nThree.")


def test_in_a_hearing_a_name_and_a_verb_of_saying_begin_no_turn_and_end_one(tmp_path: Path) -> None:
    lines = ("Chair: One.", "Dr Low: Two.", "Chair: Three.", "Cy Dell said:", "Four.", "Dr Low: Five.")

    turns = said(tmp_path / "a.docx", docx("".join(map(paragraph, lines))))

    assert [words for *_, words in turns] == ["One.", "Two.", "Three.", "Five."]


@pytest.mark.parametrize(
    "note",
    [
        "The witness withdrew.",
        "Examination of witnesses",
        "Jo Fell, sworn.",
        "Cross-examined by Mr Dell",
        "The witness was called",
    ],
)
def test_what_a_hearing_s_record_says_of_its_witnesses_is_no_word_of_a_turn(tmp_path: Path, note: str) -> None:
    assert said(tmp_path / "a.transcript", f"Ann Low: One.\n{note}\nTwo.\n") == [
        ("Ann Low", None, "One."),
        ("Ann Low", None, "Two."),
    ]


def test_a_line_without_a_letter_is_no_word_of_a_turn(tmp_path: Path) -> None:
    assert said(tmp_path / "a.transcript", "Ann Low: One.\n* * *\nTwo.\n—\n") == [
        ("Ann Low", None, "One."),
        ("Ann Low", None, "Two."),
    ]


def test_in_a_hearing_the_witness_and_two_who_answer_are_nobody(tmp_path: Path) -> None:
    lines = ("MR LOW: One.", "THE WITNESS: Two.", "MR LOW: Three.", "THE WITNESS: Four.", "Cy Dell, Jo Fell: Five.")

    turns = said(tmp_path / "a.docx", docx("".join(map(paragraph, lines))))

    assert turns == [("MR LOW", None, "One."), ("MR LOW", None, "Three.")]


def test_beside_numbered_questions_who_answers_once_speaks(tmp_path: Path) -> None:
    lines = ("Witnesses: Cy Dell", "Q1 Chair: One.", "Cy Dell: Two.", "Q2 Jo Fell: Three.", "Ada Moor: Four.")

    turns = said(tmp_path / "a.docx", docx("".join(map(paragraph, lines))))

    assert [name for name, *_ in turns] == ["Chair", "Cy Dell", "Jo Fell", "Ada Moor"]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (
            ("Chair: One.", "Dr Dell: Two.", "Chair: Three.", "Ben Fell: Four."),
            ["Chair", "Dr Dell", "Chair", "Ben Fell"],
        ),
        (("Ann Low: One.", "Dr Dell: Two.", "Ann Low: Three.", "Ben Fell: Four."), ["Ann Low", "Dr Dell"] * 2),
        (("Email: One.", "Press Desk: Two.", "Email: Three.", "Further Notes: Four."), []),
    ],
)
def test_where_one_comes_again_who_is_known_for_a_person_speaks_once(
    tmp_path: Path, lines: tuple[str, ...], names: list[str]
) -> None:
    turns = said(tmp_path / "a.docx", docx("".join(map(paragraph, lines))))

    assert [name for name, *_ in turns] == [*names[:3], *(["Ben Fell"] if names else [])]


def test_entries_of_minutes_are_no_speakers(tmp_path: Path) -> None:
    lines = ("Action: One.", "Decision: Two.", "Action: Three.", "Decision: Four.")

    assert said(tmp_path / "a.docx", docx("".join(map(paragraph, lines)))) == []


@pytest.mark.parametrize("name", ["\x1f", "\x1f\x1f", "\x1f / \x1f", "\x1f, \x1f", "/", "&", "a\x1f, b"])
@pytest.mark.parametrize("mark", [":", ". No.", " – No.", ": No.", "?: No.", " (\x1f): No.", ""])
def test_a_name_of_blanks_alone_breaks_nothing(name: str, mark: str) -> None:
    text = f"Ann Low: One.\n\n{name}{mark}\n\nAnn Low: Two.\n"

    turns, doubts = find_turns(text)

    assert turns[0].voice.name == "Ann Low"
    assert all(fact for _, fact, _ in doubts)
