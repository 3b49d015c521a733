"""Rich text: a stream of groups and words; all invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.formats import rtf
from tests.format_files import refusal


def file(folder: Path, body: str, head: str = r"\ansi\ansicpg1252") -> Path:
    path = folder / "a.rtf"
    path.write_bytes(b"{\\rtf1" + f"{head}{body}}}".encode("cp1252"))
    return path


def blocks(folder: Path, body: str, head: str = r"\ansi\ansicpg1252") -> list[str]:
    return formats.read(file(folder, body, head)).text.split("\n\n")


def test_paragraphs_and_cells_are_lines(tmp_path: Path) -> None:
    body = r"{\fonttbl{\f0 Times;}}\pard One {\b two}\par Three\line four\par\trowd A\cell B\cell\row\pard End"

    assert blocks(tmp_path, body) == ["One two", "Three four", "A", "B", "End"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\ldblquote It\rquote s late\rdblquote .", "“It’s late”."),
        (r"caf\'e9 \'93so\'94", "café “so”"),
        (r"caf\u233?, \u8220\'93so\u8221\'94", "café, “so”"),
        (r"\uc2 \u8212--dash", "—dash"),
        (r"\u-10179?\u-8704?", "\U0001f600"),
        (r"a\~b\_c \{d\}", "a b-c {d}"),
    ],
)
def test_a_character_is_read_however_it_is_written(tmp_path: Path, written: str, read: str) -> None:
    assert blocks(tmp_path, written) == [read]


def test_the_code_page_is_the_one_declared(tmp_path: Path) -> None:
    assert blocks(tmp_path, r"\'f1", r"\ansi\ansicpg1251") == ["с"]
    assert blocks(tmp_path, r"\'f1", r"\ansi\ansicpg99999") == ["ñ"]


@pytest.mark.parametrize(
    "hidden", [r"{\strike never }", r"{\v never }", r"\strike never \strike0 ", r"{\striked1 never }"]
)
def test_words_struck_through_or_hidden_are_left_out_and_reported(tmp_path: Path, hidden: str) -> None:
    report = formats.parse(file(tmp_path, rf"We will {hidden}wait."))
    document = report.document

    assert document.text == "We will wait."
    assert report.left_out == ("never",)


@pytest.mark.parametrize(
    "skipped",
    [
        r"{\*\generator Word;}",
        r"{\pict 89504e47}",
        r"{\object{\objdata 00ff}}",
    ],
)
def test_what_is_no_text_is_skipped(tmp_path: Path, skipped: str) -> None:
    assert blocks(tmp_path, rf"Yes{skipped}.") == ["Yes."]


@pytest.mark.parametrize("name", ["footnote", "header", "footerf"])
def test_text_beside_the_text_is_left_out_and_reported(tmp_path: Path, name: str) -> None:
    report = formats.parse(file(tmp_path, rf"Yes{{\{name} \plain See\par \'93there\'94}}{{\v never}}."))
    document = report.document

    assert (document.text, report.left_out) == ("Yes.", ("See “there”never",))


def test_the_words_of_a_text_box_are_paragraphs(tmp_path: Path) -> None:
    box = r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt It is late.\par So.}}}"

    assert blocks(tmp_path, rf"One{box}\par Two\webhidden no\webhidden0 .") == ["One", "It is late.", "So.", "Two."]


def test_a_file_states_its_title_and_author(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, r"{\info{\title Caf\'e9s}{\author Ann Bell}}Yes."))

    assert (document.title, document.authors, document.text) == ("Cafés", ("Ann Bell",), "Yes.")


def test_a_hearing_is_read_as_turns(tmp_path: Path) -> None:
    body = r"Q1 Chair: Who?\par Ann Low: I.\par Q2 Chair: Why?\par Ann Low: I know."

    assert [turn.voice.name for turn in formats.read(file(tmp_path, body)).turns] == ["Chair", "Ann Low"] * 2


@pytest.mark.parametrize("change", [r"{\deleted never }", r"{\revised never }"])
def test_tracked_changes_are_refused(tmp_path: Path, change: str) -> None:
    assert (
        refusal(file(tmp_path, f"We will {change}wait."))
        == ": it contains tracked changes; accept or reject them first"
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{" * (rtf.MAX_DEPTH + 1), "groups nested more than 200 deep"),
        ("", "it contains no text"),
        (r"{\*\x " + "y" * 500_000, "it contains no text"),
        (r"\u" * 200_000, "it contains no text"),
        (r"{\pict " + "{" * 150 + "ff" * 100_000, "it contains no text"),
        ("}" * 100_000 + r"{\object{\objdata " + "00" * 10_000 + "}}", "it contains no text"),
    ],
    ids=range(6),
)
@pytest.mark.timeout(20)
def test_a_file_made_to_harm_is_refused_in_time(tmp_path: Path, body: str, told: str) -> None:
    assert told in refusal(file(tmp_path, body))


def test_what_is_no_rich_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(b"{\\rt")

    assert refusal(path) == ": not a valid .rtf file; save it again"


def test_groups_may_nest_to_the_limit(tmp_path: Path) -> None:
    assert blocks(tmp_path, "{" * (rtf.MAX_DEPTH - 1) + "Yes.") == ["Yes."]
