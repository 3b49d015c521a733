"""The curator's corrections: read with their lines, made once, refused when they fit badly."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.attribution import extract_passages
from bot.attribution.curation import Correction, draft_correction, load_corrections
from bot.errors import CorpusError
from bot.model import AttributionSource, Document, Kind, Passage, Side, Voice, VoiceEntry
from tests.english import ENGLISH

TEXT = "“The line is late,” said Ann Bell, a driver. “It always is, and was.” Rain fell."
DOCUMENT = Document("invented", TEXT)
LISTED = (VoiceEntry("Bob Low", ("Low",), "clerk", "Testbury Council", Side.FOR),)


def corrected(correction: Correction) -> Passage:
    [passage] = [
        p for p in extract_passages(DOCUMENT, LISTED, [correction], language=ENGLISH) if p.text.startswith("It always")
    ]
    return passage


def always(**changes: object) -> Correction:
    return Correction(first="It always", last="and was.", place="a.voices.toml:1", **changes)


def test_a_file_is_read_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.voices.toml"
    path.write_text(
        '# one\n[[corrections]]\nfirst = "It"\nlast = "was."\nvoice = "Low"\nkind = "fragment"\n'
        '\n[[corrections]]\nfirst = "The"\nlast = "late,"\ndrop = true\n',
        "utf-8",
    )

    assert load_corrections(path) == (
        Correction(first="It", last="was.", voice="Low", kind=Kind.FRAGMENT, place=f"{path}:2"),
        Correction(first="The", last="late,", drop=True, place=f"{path}:8"),
    )


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("x\n", "a.voices.toml:1: not TOML"),
        ('[[corrections]]\nlast = "b"\n', "a.voices.toml:1: corrections.first: missing; add it"),
        (
            '[[corrections]]\nfirst = "a"\nlast = "b"\nside = "for"\n',
            "a.voices.toml:4: corrections.side: unknown key; use first, last, voice",
        ),
    ],
)
def test_a_bad_file_is_told_with_its_line(tmp_path: Path, toml: str, told: str) -> None:
    path = tmp_path / "a.voices.toml"
    path.write_text(toml, "utf-8")

    with pytest.raises(CorpusError) as error:
        load_corrections(path)
    assert str(error.value).removeprefix(f"{tmp_path}/").startswith(told)


def test_another_voice_takes_its_listed_office_and_none_of_the_first_one_s() -> None:
    passage = corrected(always(voice="Low"))

    assert passage.voice == Voice("Bob Low", "clerk", "Testbury Council")
    assert (passage.side, passage.by, passage.confidence) == (Side.FOR, AttributionSource.CURATOR, 1.0)
    assert passage.reason is None


def test_a_role_alone_leaves_the_name() -> None:
    passage = corrected(always(role="conductor", organisation="Trams Ltd"))

    assert passage.voice == Voice("Ann Bell", "conductor", "Trams Ltd")


def test_a_kind_alone_leaves_the_voice() -> None:
    passage = corrected(always(kind=Kind.REPORTED))

    assert passage.kind is Kind.REPORTED
    assert passage.voice == Voice("Ann Bell", "driver")


def test_a_dropped_passage_is_gone() -> None:
    kept = extract_passages(DOCUMENT, (), [always(drop=True)], language=ENGLISH)

    assert len(kept) == len(extract_passages(DOCUMENT, language=ENGLISH)) - 1
    assert all("always" not in p.text for p in kept)


def test_narration_can_be_given_a_voice() -> None:
    correction = Correction(first="Rain", last="fell.", voice="Bob Low")

    assert [p.voice.name for p in extract_passages(DOCUMENT, (), [correction], language=ENGLISH) if p.voice][
        -1
    ] == "Bob Low"


@pytest.mark.parametrize(
    ("correction", "told"),
    [
        (
            Correction(first="No", last="where.", voice="Low", place="f:3"),
            "f:3: no passages begin with 'No' and end with 'where.'; copy them from",
        ),
        (
            Correction(first="R", last=".", role="poet", place="f:3"),
            "f:3: a role or organisation for nobody; add the voice",
        ),
    ],
)
def test_a_correction_that_fits_nothing_is_refused(correction: Correction, told: str) -> None:
    with pytest.raises(CorpusError) as error:
        extract_passages(DOCUMENT, (), [correction], language=ENGLISH)

    assert str(error.value).startswith(told)


def test_a_correction_that_fits_two_passages_is_refused() -> None:
    twice = Document("invented", "“It is late,” said Ann Bell.\n\n“It is late,” said Bob Low.")

    with pytest.raises(CorpusError, match="f:1: 2 passages begin with 'It' and end with 'late,'"):
        extract_passages(
            twice, (), [Correction(first="It", last="late,", voice="Cy Orr", place="f:1")], language=ENGLISH
        )


def test_what_is_pasted_from_the_list_corrects_that_passage(tmp_path: Path) -> None:
    [doubtful] = [p for p in extract_passages(DOCUMENT, language=ENGLISH) if p.text.startswith("It always")]
    path = tmp_path / "a.voices.toml"
    path.write_text(draft_correction(doubtful), "utf-8")

    [pasted] = [
        p for p in extract_passages(DOCUMENT, (), load_corrections(path), language=ENGLISH) if p.span == doubtful.span
    ]

    assert pasted.voice == doubtful.voice
    assert pasted.by is AttributionSource.CURATOR


def test_a_correction_for_nobody_leaves_the_name_to_be_written() -> None:
    [passage] = extract_passages(Document("invented", "Rain fell."), language=ENGLISH)

    assert 'voice = "NAME"' in draft_correction(passage)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("It *always*", "and was."),
        ("It alway", "and _was_"),
        ("it always is", "was there."),
        # Just near enough, by three thousandths.
        ("Italy was", "had it."),
    ],
)
def test_an_entry_that_matches_no_more_names_the_words_that_are_nearest(first: str, last: str) -> None:
    with pytest.raises(CorpusError, match=r"^f:3: no passages .*; the nearest begins with 'It always") as error:
        extract_passages(
            DOCUMENT, (), [Correction(first=first, last=last, voice="Bob Low", place="f:3")], language=ENGLISH
        )
    assert "was.'" in str(error.value).rpartition("ends with")[2]


# The last one just not, by six thousandths.
@pytest.mark.parametrize(
    ("first", "last"), [("Once upon", "a time."), ("It alternates", "zzz qqq xxx kkk"), ("In always", "by the sea")]
)
def test_an_entry_that_is_like_no_passage_is_sent_to_the_list_of_voices(first: str, last: str) -> None:
    with pytest.raises(CorpusError, match="copy them from the list of voices"):
        extract_passages(
            DOCUMENT, (), [Correction(first=first, last=last, voice="Bob Low", place="f:3")], language=ENGLISH
        )


def test_a_document_without_a_passage_has_no_nearest() -> None:
    with pytest.raises(CorpusError, match="copy them from"):
        extract_passages(Document("empty", ""), (), [always(voice="Bob Low")], language=ENGLISH)
