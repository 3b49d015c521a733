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
from bot.model import Document, Voice


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
        " Remember: no rails.",
        "\tBob: he said.",
    ],
)
def test_a_sentence_with_a_colon_stays_in_the_turn(line: str) -> None:
    assert said(f"Ann: A.\n{line}") == [("Ann", f"A.\n{line}")]


@pytest.mark.parametrize(
    "name",
    [
        *("THE CHAIR", "Q1", "Mr Speaker", "Speaker 2", "Cllr A. B. O’Neill-Smith", "Lord de la Haye"),
        *("Ludwig van Beethoven", "Member for the High Street", "李明", "Émile d'Arcy", "Mac Donald, MP"),
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


@given(text=st.lists(st.sampled_from(["Ann: ", "Bob (c): ", "# H", "[n]", "X.", "\n", "\r\n", " "])))
def test_every_word_of_a_transcript_is_spoken_once_or_stands_outside_turns(text: list[str]) -> None:
    whole = "Ann: X.\n" + "".join(text)

    spans = [turn.span for turn in read(whole).turns]

    assert sorted(spans) == spans
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(whole[slice(*span)].strip() == whole[slice(*span)] != "" for span in spans)
