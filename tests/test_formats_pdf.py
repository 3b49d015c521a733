"""Printed pages: paragraphs, columns, hyphens and running heads; every page here is invented."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from bot import formats
from bot.errors import CorpusError
from bot.formats import pdf as room
from tests.builders import pdf, printed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.builders import Printed

LEFT = [f"Left {n} runs on and on to its" for n in range(10)]
RIGHT = [f"Right {n} runs on and on to its" for n in range(10)]


def file(folder: Path, pages: Sequence[Sequence[Printed]], about: str = "") -> Path:
    path = folder / "a.pdf"
    path.write_bytes(pdf(pages, about))
    return path


def blocks(folder: Path, *pages: Sequence[Printed]) -> list[str]:
    return formats.read(file(folder, pages)).text.split("\n\n")


def refusal(path: Path) -> str:
    with pytest.raises(CorpusError) as caught:
        formats.read(path)
    return str(caught.value).removeprefix(str(path))


def headed(page: int, words: Sequence[str], head: str = "Trams: a report") -> list[Printed]:
    """Return a page of `words` with a running head, and its number at the foot."""
    return [(72, 810, 8, head), *printed(words), (280, 30, 8, f"Page {page}")]


def test_lines_are_joined_and_a_gap_parts_paragraphs(tmp_path: Path) -> None:
    found = blocks(tmp_path, printed(["The tram is", "late.", "", "It is always", "late, she", "said"]))

    assert found == ["The tram is late.", "It is always late, she said"]


def test_a_change_of_size_parts_paragraphs(tmp_path: Path) -> None:
    page = [*printed(["Trams"], size=14), *printed(["They are late"], top=748)]

    assert blocks(tmp_path, page) == ["Trams", "They are late"]


def test_an_indented_line_after_a_stop_begins_a_paragraph(tmp_path: Path) -> None:
    page = [
        *printed(["One line here.", "and on"]),
        *printed(["Two, indented"], left=90, top=736),
        *printed(["goes on.”"], top=724),
        *printed(["Three"], left=90, top=712),
    ]

    assert blocks(tmp_path, page) == ["One line here. and on Two, indented goes on.”", "Three"]


def test_a_bullet_begins_a_paragraph(tmp_path: Path) -> None:
    assert blocks(tmp_path, printed(["We want", "• trams", "• rails", "of steel"])) == [
        *("We want", "• trams", "• rails of steel")
    ]


def test_a_page_of_short_paragraphs_is_not_one(tmp_path: Path) -> None:
    assert blocks(tmp_path, printed(["Yes.", "", "No.", "", "Perhaps."])) == ["Yes.", "No.", "Perhaps."]


def test_lines_set_far_apart_are_still_one_paragraph(tmp_path: Path) -> None:
    assert blocks(tmp_path, printed(["The tram", "is late", "again"], step=24)) == ["The tram is late again"]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["the long-", "term plan"], "the long-term plan"),
        (["trans-", "port"], "trans-port"),
        (["a line –", "or two"], "a line – or two"),
        (["minus -", "one"], "minus - one"),
    ],
)
def test_a_hyphen_at_a_lines_end_stays_as_printed(tmp_path: Path, lines: list[str], joined: str) -> None:
    assert blocks(tmp_path, printed(lines)) == [joined]


def test_a_paragraph_goes_on_over_a_pages_end_until_it_stops(tmp_path: Path) -> None:
    found = blocks(tmp_path, printed(["It goes", "on and"]), printed(["on."]), printed(["New."]))

    assert found == ["It goes on and on.", "New."]


def test_running_heads_and_page_numbers_are_left_out_and_told(tmp_path: Path) -> None:
    pages = [headed(1, ["One goes", "on and"]), headed(2, ["on."]), headed(3, ["Page 3"])]

    document, report = formats.parse(file(tmp_path, pages))

    assert document.text == "One goes on and on.\n\nPage 3"
    assert report.left_out == tuple(words for number in (1, 2, 3) for words in ("Trams: a report", f"Page {number}"))


def test_heads_that_change_from_left_to_right_are_left_out(tmp_path: Path) -> None:
    heads = ["Trams", "The Test Gazette"] * 3
    pages = [headed(n, [f"Word {'x' * n}."], head) for n, head in enumerate(heads, start=1)]

    assert blocks(tmp_path, *pages) == [f"Word {'x' * n}." for n in range(1, 7)]


def test_roman_page_numbers_are_left_out(tmp_path: Path) -> None:
    pages = [[*printed(["Word."]), (280.0, 30.0, 8.0, number)] for number in ("i", "ii", "iii")]

    assert blocks(tmp_path, *pages) == ["Word."] * 3


def test_what_stands_once_at_a_pages_edge_is_kept(tmp_path: Path) -> None:
    pages = [[(72.0, 810.0, 14.0, "Trams"), *printed(["Word."])], [(72.0, 30.0, 8.0, "1863")]]

    assert blocks(tmp_path, *pages) == ["Trams", "Word.", "1863"]


def test_what_stands_again_within_pages_is_kept(tmp_path: Path) -> None:
    assert blocks(tmp_path, *[printed(["Yes."])] * 3) == ["Yes."] * 3


@pytest.mark.parametrize("shift", [0, 5])
def test_columns_are_read_one_after_the_other(tmp_path: Path, shift: int) -> None:
    page = [
        *printed(["A title across the whole of the page, from the left to the right"], top=780),
        *printed(LEFT),
        *printed(RIGHT, left=320, top=760 - shift),
        *printed(["A foot across the whole of the page, from the left to the right."], top=600),
    ]

    found = " ".join(blocks(tmp_path, page))

    assert found == " ".join(
        [
            *("A title across the whole of the page, from the left to the right", *LEFT, *RIGHT),
            "A foot across the whole of the page, from the left to the right.",
        ]
    )


def test_a_table_of_figures_is_no_page_of_columns(tmp_path: Path) -> None:
    page = [*printed(LEFT), *printed([f"{n}00" for n in range(10)], left=320)]

    assert blocks(tmp_path, page)[0].startswith(f"{LEFT[0]} 000 {LEFT[1]} 100")


def test_a_file_tells_its_title_and_author(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, [printed(["Yes."])], "/Title(Trams)/Author(Ann Bell)"))

    assert (document.title, document.authors, document.date) == ("Trams", ("Ann Bell",), None)


@pytest.mark.parametrize("about", ["", "/Title(untitled)/Author(anonymous)", "/Title()/Author 7"])
def test_a_title_put_in_by_a_program_is_none(tmp_path: Path, about: str) -> None:
    document = formats.read(file(tmp_path, [printed(["Yes."])], about))

    assert document.title is None


def test_a_file_that_asks_for_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    locked = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'00' * 32}>/U<{'00' * 32}>>>/ID[<00><00>]"
    path.write_bytes(pdf([printed(["Yes."])], trailer=locked))

    assert refusal(path) == ": it is password-protected; save it without a password"


def test_a_file_without_text_is_refused(tmp_path: Path) -> None:
    empty: list[list[list[Printed]]] = [[], [[]], [[(280, 30, 8, "1")]]]
    for pages in empty:
        assert refusal(file(tmp_path, pages)) == (
            ": it contains no text, only scanned pages; transcribe it and save it as .txt"
        )


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4\n", b"<html>", b"%PDF-1.4\n1 0 obj\n<<"])
def test_what_is_no_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)

    assert "download the file again" in refusal(path) or "holds no text" in refusal(path)


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as written:
        written.truncate(1024**3)

    assert f"more than {room.MAX_BYTES:,} bytes" in refusal(path)


def test_without_the_library_a_file_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pdfplumber", None)

    assert refusal(file(tmp_path, [printed(["Yes."])])) == (
        ": reading it needs pdfplumber, which is not installed; install the pdf extra with: make pdf"
    )
