"""Printed pages: paragraphs, columns, hyphens and running heads; every page here is invented."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pdfplumber
import pytest

from bot import formats
from bot.formats import pdf as room
from tests.builders import pdf, printed
from tests.format_files import refusal

if TYPE_CHECKING:
    from tests.builders import Printed

LEFT = [f"Left {n} runs on and on to its" for n in range(10)]
RIGHT = [f"Right {n} runs on and on to its" for n in range(10)]


def file(folder: Path, pages: Sequence[Sequence[Printed]], about: str = "") -> Path:
    path = folder / "a.pdf"
    path.write_bytes(pdf(pages, about))
    return path


def blocks(folder: Path, *pages: Sequence[Printed]) -> list[str]:
    return formats.read(file(folder, pages)).text.split("\n\n")


def headed(page: int, words: Sequence[str], head: str = "Trams: a report") -> list[Printed]:
    """Return a page of `words` with a running head, and its number at the foot."""
    return [(72, 810, 8, head), *printed(words), (280, 30, 8, f"Page {page}")]


def test_lines_are_joined_and_a_gap_parts_paragraphs(tmp_path: Path) -> None:
    found = blocks(tmp_path, printed(["The tram is", "late.", "", "It is always", "late, she", "said"]))

    assert found == ["The tram is late.", "It is always late, she said"]


def test_a_change_of_size_parts_paragraphs(tmp_path: Path) -> None:
    page = [*printed(["Trams"], size=14), *printed(["They are late"], top=748)]

    assert blocks(tmp_path, page) == ["Trams", "They are late"]


@pytest.mark.parametrize(
    ("last", "gap", "indent", "is_parted"),
    [
        ("runs on", 16.5, 0, False),
        ("runs on", 17.1, 0, True),
        ("runs on", 12, 9, False),
        ("it stops.", 12, 7.5, False),
        ("it stops.", 12, 8.5, True),
    ],
)
def test_a_paragraph_is_parted_by_the_gap_or_after_a_stop_by_the_indent(
    tmp_path: Path, last: str, gap: float, indent: float, *, is_parted: bool
) -> None:
    """From a gap of 1.4 usual ones on, or an indent of 0.8 of the type's size."""
    first = ["One line", "and on", "and on", last]
    page = [*printed(first), *printed(["The next", "of them"], left=72 + indent, top=760 - 3 * 12 - gap)]

    assert len(blocks(tmp_path, page)) == 1 + is_parted


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

    report = formats.parse(file(tmp_path, pages))
    document = report.document

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


@pytest.mark.parametrize(("count", "left"), [(4, 300), (7, 300), (3, 300), (7, 172)])
def test_short_columns_of_prose_are_read_one_after_the_other(tmp_path: Path, count: int, left: int) -> None:
    first = ["The tram is late for", *["all who stand waiting"] * (count - 1)]
    second = ["It is not, they are", *["early for its evening"] * (count - 1)]
    page = [*printed(first, left=72), *printed(second, left=left)]

    text = " ".join(blocks(tmp_path, page))

    assert (text == " ".join([*first, *second])) is (count > 3 and left == 300)


def test_short_columns_of_a_table_are_read_row_by_row(tmp_path: Path) -> None:
    rows = ["Trams of the north", "Buses of the south", "Ships of the estuary", "Trains of the city"]
    page = [*printed(rows, left=72), *printed([row.upper() for row in rows], left=300)]

    assert "north TRAMS OF" in " ".join(blocks(tmp_path, page))


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
        ": reading it needs pdfplumber, which is not installed; install the extra: make pdf, "
        "or pip install 'on-the-record[pdf]'"
    )


@pytest.mark.parametrize("gap", [200, 250, 290, 330])
def test_words_that_no_character_parts_are_parted_by_the_print(tmp_path: Path, gap: float) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([printed(["The tram is late again, she said."])], word_gap=gap))

    assert formats.read(path).text == "The tram is late again, she said."


@pytest.mark.parametrize("shift", [0.0, 0.2, 0.4, 0.6, 0.8])
def test_characters_printed_twice_for_boldness_are_read_once(tmp_path: Path, shift: float) -> None:
    words = ["The committee was keen on trams."]

    assert blocks(tmp_path, [*printed(words), *printed(words, left=72 + shift)]) == words


def column(name: str) -> list[str]:
    return [f"{name} {n} goes on to its end" for n in range(10)]


@pytest.mark.parametrize("lefts", [(50, 170), (50, 330), (40, 160, 280), (40, 205, 400), (30, 150, 270, 390)])
def test_any_number_of_columns_is_read_one_after_the_other(tmp_path: Path, lefts: tuple[int]) -> None:
    names = ["Alpha", "Brav", "Charl", "Delta"][: len(lefts)]
    page = [line for name, left in zip(names, lefts, strict=True) for line in printed(column(name), left, size=9)]

    assert " ".join(blocks(tmp_path, page)) == " ".join(line for name in names for line in column(name))


def width(folder: Path, words: str, size: float = 10) -> float:
    """Return how wide `words` are when they are printed."""
    with pdfplumber.open(file(folder, [printed([words], size=size)])) as opened:
        characters = opened.pages[0].chars
        return float(characters[-1]["x1"] - characters[0]["x0"])


def test_a_gutter_narrower_than_the_type_parts_columns_and_a_wide_space_does_not(tmp_path: Path) -> None:
    end = 72 + width(tmp_path, LEFT[0])
    narrow = [*printed(LEFT), *printed(RIGHT, left=end + 7)]
    wide = [*printed(LEFT), *printed(RIGHT, left=end + 5)]

    assert " ".join(blocks(tmp_path, narrow)) == " ".join([*LEFT, *RIGHT])
    assert blocks(tmp_path, wide)[0].startswith(f"{LEFT[0]} {RIGHT[0]}")


HEARING = [
    "MR DELL: Thank you. When did you",
    "know that it was late?",
    "A. I knew in May, and I told",
    "nobody of it.",
    "Q. Why?",
]
HEARING += ["A. I was asked not to.", "MR DELL: By whom?", "MS LOW: I object.", "MR DELL: I go on.", "MS LOW: He may."]


def numbered(words: list[str], first: int = 1) -> list[str]:
    return [f"{n} {line}" for n, line in enumerate(words, start=first)]


@pytest.mark.parametrize(("first", "step"), [(1, 24), (1, 14), (15, 24)])
def test_the_numbers_of_lines_are_no_words_of_a_hearing(tmp_path: Path, first: int, step: float) -> None:
    document = formats.read(file(tmp_path, [printed(numbered(HEARING, first), step=step, size=11)]))

    assert [(turn.voice.name, document.text[slice(*turn.span)]) for turn in document.turns] == [
        ("MR DELL", "Thank you. When did you know that it was late?"),
        ("MR DELL", "By whom?"),
        ("MS LOW", "I object."),
        ("MR DELL", "I go on."),
        ("MS LOW", "He may."),
    ]
    assert "I told nobody of it." in document.text


def test_a_list_with_numbers_keeps_them(tmp_path: Path) -> None:
    page = printed(["1 Trams", "2 Rails", "and more", "of them", "3 Costs", "to bear", "4 End"])

    assert blocks(tmp_path, page) == ["1 Trams 2 Rails and more of them 3 Costs to bear 4 End"]


@pytest.mark.parametrize("mark", ["1", "12", "123", "4,5"])
def test_a_raised_number_of_a_note_is_no_part_of_a_quotation(tmp_path: Path, mark: str) -> None:
    # "She said “to the end" in 10 points is 91.2 points wide.
    page = [
        (72.0, 760.0, 10.0, "She said to the end"),
        (158.0, 764.0, 6.0, mark),
        (170.0, 760.0, 10.0, ", and we win."),
    ]

    assert blocks(tmp_path, page) == ["She said to the end, and we win."]


def test_an_exponent_of_a_unit_stays(tmp_path: Path) -> None:
    left = 72 + width(tmp_path, "It has 40 m")
    area = [(72.0, 760.0, 10.0, "It has 40 m"), (left, 764.0, 6.0, "2"), (left + 7, 760.0, 10.0, "of floor.")]

    assert blocks(tmp_path, area) == ["It has 40 m2 of floor."]


@pytest.mark.parametrize("note", ["1 See page 12.", "* See the report.", "12. Ibid.", "[3] See there.", "12 Trams."])
def test_a_quotation_goes_on_over_a_note_at_a_pages_foot(tmp_path: Path, note: str) -> None:
    words = printed(["She said: “We will go on and on and on", "until"])
    first = [*words, (72.0, 90.0, 8.0, note), (72.0, 80.0, 8.0, "and so on")]

    report = formats.parse(file(tmp_path, [first, printed(["the end.”"])]))
    document = report.document

    assert document.text == "She said: “We will go on and on and on until the end.”"
    assert report.left_out == (note, "and so on")


def test_small_print_that_opens_without_a_sign_is_kept(tmp_path: Path) -> None:
    page = [*printed(["She said: “Yes.”"] * 4), (72.0, 90.0, 8.0, "Printed by The Test Press.")]

    assert blocks(tmp_path, page)[-1] == "Printed by The Test Press."


def test_a_file_whose_words_run_together_is_refused(tmp_path: Path) -> None:
    words = ["Thetramislateagainandnobodyknowswhy.", "It is late."]

    assert refusal(file(tmp_path, [printed(words)])) == (
        ": its words run together; use another edition, or save its text as .txt"
    )


def test_a_long_word_among_many_is_no_reason_to_refuse(tmp_path: Path) -> None:
    words = ["It is called Llanfairpwllgwyngyllgogery.", *["We went to see it by tram, and saw all of it."] * 20]

    assert "Llanfairpwllgwyngyllgogery" in formats.read(file(tmp_path, [printed(words)])).text


def test_a_file_of_codes_is_refused(tmp_path: Path) -> None:
    assert refusal(file(tmp_path, [printed(["(cid:12)(cid:7) is late."])])) == (
        ": its fonts do not say which characters they print; use another edition, or save its text as .txt"
    )


@pytest.mark.parametrize(
    "about",
    [
        *(
            "/Title(Microsoft Word - 102314.docx)",
            "/Title(10811.exe)",
            "/Title(report_final_v2.pdf)",
            "/Title(scan0001)",
        ),
        *(
            "/Title(Untitled-1)",
            "/Author(anonymous)",
            "/Author(e516160)",
            "/Author(office-2007)",
            "/Author(W:CAR:MP:FP)",
        ),
        *("/Author(ARRAY\\(0x2c7cf020\\))", "/Author(admin)", "/Author(User)"),
    ],
)
def test_what_a_program_wrote_into_the_file_is_neither_title_nor_author(tmp_path: Path, about: str) -> None:
    document = formats.read(file(tmp_path, [printed(["Yes."])], about))

    assert (document.title, document.authors) == (None, ())


def test_committee_evidence_is_read_as_turns_and_its_title_page_is_nobodys(tmp_path: Path) -> None:
    words = ["Oral evidence: Trams", "", "Date: Monday 5 May", "", "Witness: Ann Low.", ""]
    words += ["Q1 Chair: Welcome. Who begins?", "", "Ann Low: I do. It is late.", "", "It is very late.", ""]
    words += ["Q2 Chair: Why is that?", "", "Ann Low: I cannot say.", "", "Cy Dell – I can.", "", "It rains."]

    document = formats.read(file(tmp_path, [printed(words)]))

    assert [(turn.voice.name, document.text[slice(*turn.span)]) for turn in document.turns] == [
        ("Chair", "Welcome. Who begins?"),
        ("Ann Low", "I do. It is late.\n\nIt is very late."),
        ("Chair", "Why is that?"),
        ("Ann Low", "I cannot say."),
    ]


def test_labels_without_a_gap_between_them_open_turns_behind_a_sentence(tmp_path: Path) -> None:
    words = ["Q1 Chair: Why is it", "late?", "Ann Low: It is: Cy", "Dell: knows.", "Q2 Chair: So?", "Ann Low: So."]

    turns = formats.read(file(tmp_path, [printed(words)])).turns

    assert [turn.voice.name for turn in turns] == ["Chair", "Ann Low", "Chair", "Ann Low"]


def test_an_article_with_a_list_of_names_is_no_hearing(tmp_path: Path) -> None:
    words = ["Who said what.", "", "Ann Low: Yes.", "", "Cy Dell: No.", "", "It rained, and they went home."]

    assert formats.read(file(tmp_path, [printed(words)])).turns == ()
