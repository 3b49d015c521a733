"""Who a transcript says is speaking, and which words are theirs."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import formats
from bot.errors import CorpusError
from bot.ingest.addition import prepare_addition
from bot.model import Document, Publication, Voice
from bot.replies.review import describe_addition


def read(text: str) -> Document:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.transcript"
        path.write_bytes(text.encode())
        return formats.read(path)


def said(text: str) -> list[tuple[str, str]]:
    """Return each turn's speaker and words."""
    document = read(text)
    return [(turn.voice.name, document.text[slice(*turn.span)]) for turn in document.turns]


def voices(text: str) -> list[Voice]:
    return [turn.voice for turn in read(text).turns]


def test_each_label_opens_a_turn() -> None:
    assert said("Ann Bell: Yes.\nBob Low: No.\n") == [("Ann Bell", "Yes."), ("Bob Low", "No.")]


def test_a_turn_runs_on_over_paragraphs_to_the_next_label() -> None:
    text = "+++\n+++\nAnn: One.\nTwo.\r\n\r\nThree. \n\nBob: Four.\n\n"

    assert said(text) == [("Ann", "One.\nTwo.\r\n\r\nThree."), ("Bob", "Four.")]


def test_words_may_begin_on_the_line_after_the_label() -> None:
    assert said("ANN BELL:\nOne.\nBOB:\nTwo.") == [("ANN BELL", "One."), ("BOB", "Two.")]


def test_a_turn_without_words_is_no_turn() -> None:
    assert said("Ann:\n\nBob: Two.\n# End\nCarol:") == [("Bob", "Two.")]


def test_a_label_gives_role_and_organisation_as_printed() -> None:
    assert voices("Ann (clerk, roads and drains, Testbury Council): A.\nBob (chair): B.\nCy (): C.") == [
        Voice("Ann", "clerk, roads and drains", "Testbury Council"),
        Voice("Bob", "chair"),
        Voice("Cy"),
    ]


def test_a_bare_name_keeps_the_role_last_given_with_it() -> None:
    text = "Ann (clerk, Testbury): A.\nAnn: B.\nAnn (mayor, Testbury): C.\nAnn: D."

    assert [voice.role for voice in voices(text)] == ["clerk", "clerk", "mayor", "mayor"]


def test_a_label_is_the_place_of_name_and_brackets_without_the_colon() -> None:
    document = read("+++\n+++\nAnn Bell (clerk): A.\nBob : B.")

    labels = [document.text[slice(*turn.label)] for turn in document.turns]
    assert labels == ["Ann Bell (clerk)", "Bob"]


def test_a_heading_heads_the_turns_after_it_and_ends_the_one_before() -> None:
    text = "Ann: A.\n# Roads\nNobody’s words.\nAnn: B.\nBob: C.\n## Drains \nBob: D.\n#E"

    document = read(text)

    assert [turn.heading for turn in document.turns] == [None, "Roads", "Roads", "Drains"]
    assert said(text) == [("Ann", "A."), ("Ann", "B."), ("Bob", "C."), ("Bob", "D.\n#E")]


def test_a_line_all_in_brackets_is_nobodys_words() -> None:
    text = "Ann: A.\n[Applause.]\n(The bell rang.)\nB.\n(a) one, or (b) two (c)\nBob: C [sic]."

    assert said(text) == [("Ann", "A."), ("Ann", "B.\n(a) one, or (b) two (c)"), ("Bob", "C [sic].")]


@pytest.mark.parametrize(
    "line",
    [
        "Let me be clear: No.",
        "My question is this: Who pays?",
        "At 10:30 we left.",
        "See https://example.org",
        "“Quite So: Yes,” she said.",
        "Is It? No: It is.",
        "A Name That Is Far Too Long To Be One: No.",
        "12: No.",
        "on reflection: No.",
        "three things: Cost, time and rails.",
        "Thank You. I will go on.",
        " Remember: no rails.",
        "\tBob: he said.",
    ],
)
def test_a_sentence_with_a_colon_stays_in_the_turn(line: str) -> None:
    assert said(f"Ann: A.\n{line}") == [("Ann", f"A.\n{line}")]


@pytest.mark.parametrize(
    "name",
    [
        *("THE CHAIR", "Mr Speaker", "Cllr A. B. O’Neill-Smith", "Lord de la Haye"),
        *("Ludwig van Beethoven", "Member for the High Street", "李明", "Émile d'Arcy", "Mac Donald"),
    ],
)
def test_a_name_may_be_any_that_people_bear(name: str) -> None:
    assert said(f"{name}: Yes.\n{name}: no.") == [(name, "Yes."), (name, "no.")]


def test_a_line_that_may_be_a_speaker_or_a_sentence_is_refused() -> None:
    with pytest.raises(CorpusError) as caught:
        read("+++\n+++\nAnn: A.\n\nRemember: no rails.")

    assert str(caught.value).endswith(
        "a.transcript:5: 'Remember:' may be a speaker's label or a speaker's words; write "
        "'Remember (role):', or begin the line with a space to keep it in the turn"
    )


def test_a_speaker_known_from_elsewhere_may_begin_in_lower_case() -> None:
    assert said("Ann: yes.\nAnn (clerk): No.\nBOB: yes.") == [*(("Ann", "yes."), ("Ann", "No.")), ("BOB", "yes.")]


def test_a_transcript_in_which_nobody_speaks_is_refused() -> None:
    with pytest.raises(CorpusError, match="no speaker labels were found; open each turn with 'NAME: '"):
        read("Minutes of the meeting.\n")


@pytest.mark.parametrize(
    ("label", "voice"),
    [
        ("Mr Dell (Ferry East) (Lab):", Voice("Mr Dell", party="Lab", seat="Ferry East")),
        ("Mr Dell (Ferry East, Con):", Voice("Mr Dell", party="Con", seat="Ferry East")),
        ("Cy Dell [Green]:", Voice("Cy Dell", party="Green")),
        ("[Cy Dell]:", Voice("Cy Dell")),
        ("**Cy Dell:**", Voice("Cy Dell")),
        ("**Cy Dell**:", Voice("Cy Dell")),
        ("__Cy Dell__", Voice("Cy Dell")),
        (">> CY DELL:", Voice("CY DELL")),
        ("[1:15] Cy Dell:", Voice("Cy Dell")),
        ("00:01:15 - 00:01:20 Cy Dell:", Voice("Cy Dell")),
        ("Cy Dell [10:15]:", Voice("Cy Dell")),
        ("Cy Dell @ 00:10:15:", Voice("Cy Dell")),
        ("<Cy Dell>", Voice("Cy Dell")),
        ("*Cy Dell:*", Voice("Cy Dell")),
        ("Mr Dell, 10.15am:", Voice("Mr Dell")),
        ("10:15:02 AM Cy Dell:", Voice("Cy Dell")),
        ("10:15:02 From Cy Dell :", Voice("Cy Dell")),
        ("\u200eCy Dell\u200b:", Voice("Cy Dell")),
        ("🎤 Cy Dell 🎤:", Voice("Cy Dell")),
        ("(4) Cy Dell:", Voice("Cy Dell")),
        ("4.12 Cy Dell:", Voice("Cy Dell")),
        ("Cy Dell∶", Voice("Cy Dell")),
        ("Cy Dell::", Voice("Cy Dell")),
        ("Cy Dell, 42:", Voice("Cy Dell")),
        ("Cy Dell (12 May 2031):", Voice("Cy Dell")),
        ("Cy Dell (interrupting Ann):", Voice("Cy Dell")),
        ("Cy Dell (acting chair):", Voice("Cy Dell", "acting chair")),
        ("Cy Dell, Ph.D.:", Voice("Cy Dell")),
        ("[12/05/2031, 10:15:02] Cy Dell:", Voice("Cy Dell")),
        ("12/05/2031, 10:15 - Cy Dell:", Voice("Cy Dell")),
        ("Cy Dell  10:15 AM\n", Voice("Cy Dell")),
        ("CY DELL 00:12:01:05\n", Voice("CY DELL")),
        ("Cy Dell (Lab. – Ferry East):", Voice("Cy Dell", party="Lab", seat="Ferry East")),
        ("Dell, Cy (Lab):", Voice("Dell, Cy", party="Lab")),
        ("Dell, Mayor (Lab):", Voice("Dell", "Mayor", party="Lab")),
        ("Cy Dell (via video link):", Voice("Cy Dell")),
        ("Cy Dell [V]:", Voice("Cy Dell")),
        ("Q17 Cy Dell:", Voice("Cy Dell")),
        ("3. Cy Dell:", Voice("Cy Dell")),
        ("- Cy Dell:", Voice("Cy Dell")),
        ("• Cy Dell:", Voice("Cy Dell")),
        ("“Cy Dell”:", Voice("Cy Dell")),
        ("Cy Dell：", Voice("Cy Dell")),
        ("Cy Dell said:", Voice("Cy Dell")),
        ("Hon. C. DELL.-", Voice("C. DELL")),
        ("The CHAIR.—", Voice("The CHAIR")),
        ("Dame Cy van der Dell DBE KC:", Voice("Dame Cy van der Dell")),
        ("The Rt Hon Cy Dell MP, Secretary of State for Ferries:", Voice("Cy Dell", "Secretary of State for Ferries")),
        ("The Minister for Ferries (Cy Dell):", Voice("Cy Dell", "Minister for Ferries")),
        ("Clerk to the Council (Cy Dell):", Voice("Cy Dell", "Clerk to the Council")),
        ("Cy Dell – Harbour Master:", Voice("Cy Dell", "Harbour Master")),
        ("CY DELL:—", Voice("CY DELL")),
        ("Ms DELL (Ferry East—Minister for Trams) (14:02):", Voice("Ms DELL", "Minister for Trams", seat="Ferry East")),
        ("Dell, Cy:", Voice("Dell, Cy")),
        ("<v Cy Dell>", Voice("Cy Dell")),
    ],
)
def test_a_label_of_another_shape_is_read(label: str, voice: Voice) -> None:
    turns = read(f"Ann: A.\n\n{label} I am against it.\n\nAnn: B.").turns

    assert [turn.voice for turn in turns] == [Voice("Ann"), voice, Voice("Ann")]


def test_no_blank_is_needed_behind_a_colon_that_follows_two_words() -> None:
    assert said("Ann: A.\nCy Dell:No.\nCy Dell:“Never.”") == [
        ("Ann", "A."),
        ("Cy Dell", "No."),
        ("Cy Dell", "“Never.”"),
    ]


@pytest.mark.parametrize(
    "label",
    ["Cy Dell 0:12", "0:12 Cy Dell", "[00:00:12] Cy Dell", "Cy Dell  [0:12]", "[Cy Dell] 10:02:33", "**Cy Dell**"],
)
def test_a_label_may_have_a_line_of_its_own(label: str) -> None:
    assert said(f"Ann: A.\n\n{label}\nNo.") == [("Ann", "A."), ("Cy Dell", "No.")]


@pytest.mark.parametrize(
    "label",
    [
        *("Several hon. Members:", "Questioner from the floor:", "An unidentified speaker:", "Man in the third row:"),
        *("A woman in the gallery:", "Speaker 1:", "Speaker 2 (0:12):", "Q.", "A.", "Q:", "Q12", "Unknown speaker:"),
        *("BY MR DELL:", "From Cy Dell to Everyone:", "Q  ", "R:", ">>", ">", "A.\n", "Question 4 (Cy Dell):"),
        *("Woman 2:", "Witness B:", "Speaker_03:"),
        *("A Member:", "Noble Lords:", "Audience member:", "RESOLVED:", "Voice from the back:", "Participant 3:"),
        *("Letter from Cy Dell:", "10:15 From Cy Dell to Ann (Direct Message):", "Crowd:", "+44 7700 900123   0:30\n"),
    ],
)
def test_the_words_of_a_label_that_names_nobody_are_in_no_turn(label: str) -> None:
    assert said(f"Ann: A.\n\n{label} I am against it.\n\nAnn: B.") == [("Ann", "A."), ("Ann", "B.")]


@pytest.mark.parametrize(
    "line",
    [
        "cy dell: No.",
        "press officer: No.",
        "Cy Dell – no.",
        "Cy Dell. No.",
        "Cy Dell; no.",
        "Cy Dell;\nNo.",
        "Cy Dell\tNo.",
        "12 Cy Dell: No.",
        "CY DELL",
        "Cy Dell (chair). No.",
        "Cy Dell → No.",
        "Cy Dell ~ No.",
        "@cydell: No.",
        "{Cy Dell}: No.",
        "[Cy Dell] No.",
        "(Cy Dell) No.",
        "| Cy Dell | No. |",
        '"Cy Dell","No."',
        "<b>Cy Dell:</b> No.",
        "[b]Cy Dell:[/b] No.",
        "'''Cy Dell:''' No.",
        "Cy Dell (0:12) No.",
        "[Cy Dell 0:12] No.",
        "We are for it. CY DELL: No.",
        "We are for it.\x85CY DELL: No.",
        "We are for it. Ann: B.",
        "EXAMINATION BY MR DELL",
    ],
)
def test_a_line_that_looks_like_a_label_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(CorpusError) as caught:
        read(f"Ann: A.\n\n{line}\n\nAnn: B.")

    assert ":3: '" in str(caught.value)


@pytest.mark.parametrize("line", ["Cy Dell – no.", "Cy Dell; no.", "CY DELL\nno.", "Cy Dell. no."])
def test_a_name_that_speaks_elsewhere_may_be_followed_by_another_mark(line: str) -> None:
    assert said(f"Cy Dell: A.\n\n{line}")[1][1] == "no."


def test_names_in_a_column_of_their_own_are_labels_where_they_recur() -> None:
    assert said("Ann Low\tA.\nCy Dell\tB.\nAnn Low\tC.\nCy Dell\tD.")[:2] == [("Ann Low", "A."), ("Cy Dell", "B.")]


@pytest.mark.parametrize(
    "line",
    [
        "Hear, hear: (Yes.) No.",
        "12.5 pounds: no.",
        "[Applause] No.",
        "IT IS LATE.",
        "First: It is late.",
        "- so no.",
        "(Hear, hear.) No.",
    ],
)
def test_an_odd_line_that_no_name_opens_stays_in_the_turn(line: str) -> None:
    assert said(f"Ann: A.\n\n{line}\n\nAnn: B.")[0][1].endswith(line.lstrip("- "))


@pytest.mark.parametrize("line_break", ["\f", "\v", "\n\f"])
def test_a_label_behind_any_break_of_lines_opens_a_turn(line_break: str) -> None:
    assert said(f"Ann: A.\n{line_break}Cy Dell: B.") == [("Ann", "A."), ("Cy Dell", "B.")]


def test_a_time_in_brackets_is_no_word_of_a_turn() -> None:
    text = (
        "Ann: [0:03] A. [0:05]\n\n[0:07] B. 0:09\n\n0:11 - it was."
        "\n\nBo Low joined the meeting\n\nCy Dell: At 10:15 I left at 10:20"
    )

    assert said(text) == [("Ann", "A."), ("Ann", "B."), ("Ann", "it was."), ("Cy Dell", "At 10:15 I left at 10:20")]
    assert [turn.addresses for turn in read(text).turns] == [("0:03",), ("0:07",), ("0:11",), ()]


@pytest.mark.parametrize("piece", ["1.1.1", "1.", "<1>", "(1", ". A", "[a]", "\u200b", "(1:00) ", "1/1/1 "])
@pytest.mark.timeout(10)
def test_a_line_made_to_harm_is_read_in_time(piece: str) -> None:
    assert said(f"Ann: A.\n\nSo {piece * 20_000}\n\n{piece * 20_000}x\n\nAnn: B.")[-1] == ("Ann", "B.")


def test_a_date_before_a_colon_is_no_label() -> None:
    assert said("Ann: A.\n12 May 2031: We met.") == [("Ann", "A.\n12 May 2031: We met.")]


def test_a_name_before_a_dash_is_a_label_where_it_recurs_and_a_short_sentence_is_none() -> None:
    assert said("Ann Low – A.\nAnn Low – B.") == [("Ann Low", "A."), ("Ann Low", "B.")]
    assert said("Ann: A.\nAbsolutely – yes.\nAbsolutely. Yes.") == [("Ann", "A.\nAbsolutely – yes.\nAbsolutely. Yes.")]


def test_a_line_broken_within_a_sentence_is_no_label() -> None:
    assert said("Ann: I spoke to\nCy Dell. He is\nagainst it.") == [("Ann", "I spoke to\nCy Dell. He is\nagainst it.")]


def test_numbers_of_questions_are_no_part_of_names() -> None:
    assert said("Q1 Chair: A?\n\nAnn Low: B.\n\nQ2 Chair: C?")[::2] == [("Chair", "A?"), ("Chair", "C?")]


def test_a_time_is_the_address_of_its_turn_and_links_to_its_moment() -> None:
    header = '+++\nurl = "https://youtu.be/abc"\n+++\n'
    document = read(f"{header}[1:15] Ann: A.\nBob: B.\nCy Dell 1:02:03\nC.\n")

    assert [(turn.url, turn.addresses) for turn in document.turns] == [
        ("https://youtu.be/abc?t=75s", ("1:15",)),
        (None, ()),
        ("https://youtu.be/abc?t=3723s", ("1:02:03",)),
    ]


def test_numbers_and_times_of_captions_are_nobodys_words() -> None:
    text = "1\n00:00:01,000 --> 00:00:04,000\nANN: One.\n\n2\n00:00:05,000 --> 00:00:07,000\nTwo.\n\nBOB: In 3 years."

    assert said(text) == [("ANN", "One."), ("ANN", "Two."), ("BOB", "In 3 years.")]
    assert [turn.addresses for turn in read(text).turns] == [("00:00:01,000",), ("00:00:05,000",), ()]


@given(text=st.lists(st.sampled_from(["Ann: ", "Bob (c): ", "# H", "[n]", "X.", "\n", "\r\n", " "])))
def test_every_word_of_a_transcript_is_spoken_once_or_stands_outside_turns(text: list[str]) -> None:
    whole = "Ann: X.\n" + "".join(text)

    try:
        spans = [turn.span for turn in read(whole).turns]
    except CorpusError as error:
        assert "a speaker's label" in str(error)  # noqa: PT017 - read, or refused for what may be a label
        return

    assert sorted(spans) == spans
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(whole[slice(*span)].strip() == whole[slice(*span)] != "" for span in spans)


def test_review_names_lines_of_a_turn_that_look_like_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.transcript"
    path.write_text("Ann: I met\nCy Dell – never.\n")
    addition = prepare_addition(tmp_path, path, Publication(title="A talk"), "talk")

    lines = list(describe_addition(addition))

    assert (
        "line 2 of its text: 'Cy Dell' is read as part of the speech of 'Ann'; if it is a speaker's label, "
        "write it as 'NAME: '" in lines
    )


@pytest.mark.parametrize(
    "line", ["by mass: nearly all of it.", "many people: they know.", "man in the street: he knows."]
)
def test_a_sentence_that_goes_on_in_lower_case_names_nobody(line: str) -> None:
    assert said(f"Ann: It is so for\n{line}") == [("Ann", f"It is so for\n{line}")]
