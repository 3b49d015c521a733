"""Captions: who is speaking when, in whole sentences; all invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.errors import CorpusError
from bot.formats.subtitles import MAX_PARAGRAPH_LENGTH, PARAGRAPH_LENGTH
from bot.model import Document

TIME = "00:0{}:0{}.000 --> 00:09:00.000"


def file(folder: Path, *captions: str, suffix: str = ".vtt", head: str = "WEBVTT\n\n") -> Path:
    path = folder / f"talk{suffix}"
    numbered = [f"{TIME.format(n, n)}\n{words}" for n, words in enumerate(captions)]
    path.write_text(head + "\n\n".join(numbered) + "\n", encoding="utf-8")
    return path


def said(document: Document) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(turn.voice.name, document.text[slice(*turn.span)], turn.addresses) for turn in document.turns]


def test_captions_of_one_voice_are_joined_and_keep_the_time_of_the_first(tmp_path: Path) -> None:
    document = formats.read(
        file(
            tmp_path,
            "<v Ann Low>It is",
            "<v Ann Low>late.</v>",
            "<v.loud Bob Dell>No, <i>it</i>",
            "<v Bob Dell>is not.",
        )
    )

    assert said(document) == [("Ann Low", "It is late.", ("0:00",)), ("Bob Dell", "No, it is not.", ("2:02",))]
    assert document.transcript == "automatic"


def test_references_to_characters_are_read_as_a_player_shows_them(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, "<v D&amp;L>Trams &lt;3 &amp; ships."))

    assert said(document) == [("D&L", "Trams <3 & ships.", ("0:00",))]


def test_two_speakers_in_one_caption_are_not_the_first(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, "ANN LOW: It is late.", "BOB DELL: No. ANN LOW: It is."))

    assert [words for _, words, _ in said(document)] == ["It is late."]


@pytest.mark.parametrize("label", ["Ann Low: ", "ANN LOW: ", ">> ANN LOW: ", "[Ann Low]: ", "- Ann Low: "])
def test_a_label_in_a_caption_names_its_speaker(tmp_path: Path, label: str) -> None:
    document = formats.read(file(tmp_path, f"{label}It is", "late.", "Bob Dell: No.", suffix=".srt", head="1\n"))

    assert [(name.title(), words) for name, words, _ in said(document)] == [
        ("Ann Low", "It is late."),
        ("Bob Dell", "No."),
    ]


@pytest.mark.parametrize(
    "opening", [">> No.", "- No.", "Speaker 2: No.", "[Music]", "♪ la la ♪", "(applause)", "A man: No."]
)
def test_whoever_is_not_named_is_not_the_last_speaker(tmp_path: Path, opening: str) -> None:
    document = formats.read(file(tmp_path, "Ann Low: It is late.", opening, "Ann Low: It is."))

    assert [words for _, words, _ in said(document)] == ["It is late.", "It is."]


def test_words_before_the_first_voice_and_in_a_caption_without_one_are_nobodys(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, "Hello.", "Good day. <v Ann Low>It is late.", "It rained."))

    assert [words for _, words, _ in said(document)] == ["It is late."]


def test_a_rolling_caption_is_read_once(tmp_path: Path) -> None:
    document = formats.read(
        file(tmp_path, "Ann Low: it is", "Ann Low: it is\nlate<00:00:01.000><c> again</c>", "late again\nshe said")
    )

    assert [words for _, words, _ in said(document)] == ["it is late again she said"]


def test_a_paragraph_ends_with_a_sentence_once_it_is_long_enough(tmp_path: Path) -> None:
    long, longer = "x" * (PARAGRAPH_LENGTH - 2) + ".", "x" * (PARAGRAPH_LENGTH - 1) + "."

    assert len(said(formats.read(file(tmp_path, f"Ann Low: {long}", "Yes.")))) == 1
    assert len(said(formats.read(file(tmp_path, f"Ann Low: {longer}", "Yes.")))) == 2


def test_captions_without_stops_end_somewhere(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, f"Ann Low: {'x' * MAX_PARAGRAPH_LENGTH}", "and so on"))

    assert [words for _, words, _ in said(document)][1] == "and so on"


def test_notes_and_styles_are_no_captions(tmp_path: Path) -> None:
    head = "WEBVTT - A talk\nKind: captions\n\nNOTE\nmade by a machine\n\nSTYLE\n::cue { color: red }\n\n"

    assert formats.read(file(tmp_path, "Ann Low: It is late.", head=head)).text == "[0:00] Ann Low: It is late."


@pytest.mark.parametrize(
    ("captions", "told"),
    [
        (("It is late.", "It is."), "its captions do not name who speaks; write 'NAME: ' before the words of each"),
        (("Speaker 1: It is late.",), "its captions do not name who speaks"),
        ((), "it has no captions with times; export it again as .vtt or .srt"),
    ],
)
def test_captions_in_which_nobody_is_named_are_refused(tmp_path: Path, captions: tuple[str], told: str) -> None:
    with pytest.raises(CorpusError, match=told):
        formats.read(file(tmp_path, *captions))


@pytest.mark.parametrize(
    "content",
    [
        b"WEBVTT\n\n" + b"00:00:01.000 --> " * 20_000,
        b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + b"<v " * 100_000,
        b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + b"<v A>" * 50_000,
        b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + b"((" * 100_000,
        b"WEBVTT\n\n99999:99:99.999 --> 00:00:02.000\nAnn: " + b"a:" * 100_000,
    ],
    ids=range(5),
)
@pytest.mark.timeout(20)
def test_a_file_made_to_harm_is_read_or_refused_in_time(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "talk.vtt"
    path.write_bytes(content)

    with pytest.raises(CorpusError):
        formats.read(path)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("Ann Low: One.", "[Bob Dell] Two.", "Ann Low: Three."), ["One.", "Three."]),
        (("Ann Low: One.", "(Bob Dell) Two.", "Three."), ["One."]),
        (("Ann Low: I told", "The Council: listen.", "Ann Low: Three."), ["I told", "Three."]),
        (("Ann Low: One.", ">> THANK YOU.", "Ann Low: Three."), ["One.", "Three."]),
        (("Ann Low: one", "Bob Dell: two", "Ann Low: three"), ["one", "two", "three"]),
        (("Ann Low: One.", "Bob Dell: well, two."), ["One.", "well, two."]),
    ],
)
def test_a_name_that_may_be_a_label_and_is_not_read_as_one_ends_the_turn(
    tmp_path: Path, lines: tuple[str, ...], words: list[str]
) -> None:
    document = formats.read(file(tmp_path, *lines))

    assert [said_words for _, said_words, _ in said(document)] == words


def test_a_sentence_in_capitals_behind_a_change_of_speaker_is_kept(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, "ANN LOW: ONE.", ">> THE TRAM COSTS MORE EVERY YEAR."))

    assert "[THE TRAM COSTS MORE EVERY YEAR.]" in document.text
