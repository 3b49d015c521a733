"""Headers, bytes and lines of plain documents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import formats
from bot.errors import CorpusError
from bot.formats.plain import split_header
from bot.model import Publication
from bot.storage import filesystem
from tests.format_files import refusal, written

FULL = """\
+++
title = "Trams: a beginner’s guide"
publisher = "The Test Gazette"
authors = ["Ann Bell", "Bob Low"]
date = "2020-01"
url = "https://example.org/a?b=c#d"
licence = "CC BY 4.0"
+++
"""


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be a user who may not read everything, which root may."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_header_says_where_a_document_was_published(tmp_path: Path) -> None:
    document = formats.read(written(tmp_path, f"{FULL}Words."))

    assert document.title == "Trams: a beginner’s guide"
    assert document.publisher == "The Test Gazette"
    assert document.authors == ("Ann Bell", "Bob Low")
    assert document.date == "2020-01"
    assert document.url == "https://example.org/a?b=c#d"
    assert document.licence == "CC BY 4.0"
    assert document.text == "Words."


def test_a_file_without_a_header_is_its_own_text(tmp_path: Path) -> None:
    document = formats.read(written(tmp_path, "Words.\n+++\ntitle = 1\n+++\n"))

    assert document.text == "Words.\n+++\ntitle = 1\n+++\n"
    assert document.title is None


@given(body=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
@example(body="\n\n  “one.\r\ntwo\rthree\u2028+++\n\ufeff ")
def test_every_character_under_the_header_stands_as_published(body: str) -> None:
    assert split_header(f"{FULL}{body}", "a.txt").text == body
    assert split_header(FULL.replace("\n", "\r\n") + body, "a.txt").text == body


def test_no_byte_of_a_body_is_changed_on_the_way_in(tmp_path: Path) -> None:
    body = '“Straight" ‘curly’\r\n\tblanks  kept \n\n\rend'.encode()

    assert formats.read(written(tmp_path, FULL.encode() + body)).text.encode() == body


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert formats.read(written(tmp_path, b"\xef\xbb\xbfWords.")).text == "Words."
    assert formats.read(written(tmp_path, b"\xef\xbb\xbf" + FULL.encode())).date == "2020-01"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"One.\n\nIt\x92s two.", ": not UTF-8: byte 0x92 at offset 8, line 3"),
        ("“Hello”".encode("utf-16"), ": not UTF-8: byte 0xff at offset 0, line 1"),
        ("Hello".encode("utf-16-le"), ": a NUL, which no text has, at offset 1, line 1"),
        (b"One.\nTwo\0", ": a NUL, which no text has, at offset 8, line 2"),
    ],
)
def test_what_is_not_utf_8_is_refused_with_its_place(tmp_path: Path, content: bytes, told: str) -> None:
    assert refusal(written(tmp_path, content)) == f"{told}; save the file as UTF-8"


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ('title = "a"\n', ":1: the header is not closed; end it with a line of +++"),
        ("a." * 40_000 + "b = 1\n+++\n", ":1: the header has more than 65,536 characters; give each"),
        ("title = a\n+++\n", ':2: not TOML: Invalid value; write each line as key = "value"'),
        ("title\n+++\n", ":2: not TOML: Expected '=' after a key in a key/value pair; write each"),
        ('a = """\n+++\n', ": not TOML: Unterminated string (at end of document); write"),
        ("a = " + "[" * 9000 + "\n+++\n", ": not TOML: maximum recursion depth exceeded"),
        ("date = " + "9" * 5000 + "\n+++\n", ": not TOML: Exceeds the limit"),
        ('\ntitel = "a"\n+++\n', ":3: titel: unknown key; use title, publisher, authors, date,"),
        ("title = 7\n+++\n", ":2: title: not text; put it in quotation marks"),
        ('title = " "\n+++\n', ":2: title: empty; fill it in"),
        ('title = "a\\nb"\n+++\n', ":2: title: not one line of text; write it on one line"),
        ('authors = "Ann"\n+++\n', ":2: authors: not a list; write it as ["),
        ('url = "ftp://example.org"\n+++\n', ":2: url: not a web address; give an address that be"),
        ('url = "https:///path"\n+++\n', ":2: url: not a web address; give an address that begins"),
        ('url = "javascript:alert(1)"\n+++\n', ":2: url: not a web address; give an address that"),
        ('"a\\nb" = 1\n+++\n', ":"),
    ],
)
def test_a_malformed_header_is_refused_with_its_line(tmp_path: Path, header: str, told: str) -> None:
    said = refusal(written(tmp_path, f"+++\n{header}"))

    assert said.startswith(told)
    assert said.isprintable()


@pytest.mark.parametrize(
    ("given_as", "date"),
    [
        ('"2020"', "2020"),
        ('"2020-01"', "2020-01"),
        ('"2020-01-24"', "2020-01-24"),
        ("2020", "2020"),
        ("2020-01-24", "2020-01-24"),
    ],
)
def test_a_date_is_a_year_a_month_or_a_day(tmp_path: Path, given_as: str, date: str) -> None:
    assert formats.read(written(tmp_path, f"+++\ndate = {given_as}\n+++\n")).date == date


@pytest.mark.parametrize(
    "given_as",
    [
        *('"24 January 2020"', '"2020-1"', '"2020-13"', '"2020-02-30"', '"0000"', '"２０２０"', '""'),
        *("20", "true", "2020.5", "2020-01-24T10:00:00", '"2020-01-24T10:00:00"', '["2020"]'),
    ],
)
def test_any_other_date_is_refused_with_what_to_write(tmp_path: Path, given_as: str) -> None:
    said = refusal(written(tmp_path, f"+++\ndate = {given_as}\n+++\n"))

    assert said.startswith(":2: date: ")
    assert said.endswith(' is not a date; write "2020", "2020-01" or "2020-01-24"')


def test_a_document_says_only_what_its_header_says() -> None:
    assert split_header("+++\n+++\nWords.", "a.txt") == (Publication(), "Words.", 2)


def test_a_file_over_the_cap_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"12345")

    assert filesystem.read_text(path, limit=5) == "12345"
    with pytest.raises(CorpusError, match="more than 4 bytes; divide it"):
        filesystem.read_text(path, limit=4)


class Swapped(PosixPath):
    """A path that was a regular file when it was looked at, and is not when it is opened."""

    def lstat(self) -> os.stat_result:
        return Path(__file__).lstat()


def test_a_file_that_is_swapped_before_it_is_opened_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(__file__)

    with pytest.raises(CorpusError, match="a pipe, not a file; put a file in its place"):
        filesystem.read_bytes(Swapped(tmp_path / "pipe"))
    with pytest.raises(CorpusError, match="too many levels of symbolic links; check the name"):
        filesystem.read_bytes(Swapped(tmp_path / "link"))


def test_a_link_is_told_from_a_file_before_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(__file__)

    with pytest.raises(CorpusError, match="a symbolic link, not a file; put a file in its place"):
        filesystem.read_bytes(tmp_path / "link")


def test_a_name_the_system_will_not_open_is_told_in_its_words(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="file name too long; check the name"):
        formats.read(tmp_path / f"{'a' * 300}.txt")
    with pytest.raises(CorpusError, match=r"embedded null .*; check the name"):
        filesystem.require_regular_file(tmp_path / "a\0.txt")


def test_a_fault_while_reading_is_told_in_the_systems_words() -> None:
    with pytest.raises(CorpusError, match="/proc/self/mem: input/output error; check the name"):
        filesystem.read_bytes(Path("/proc/self/mem"))


def test_a_file_that_may_not_be_read_is_told_so(tmp_path: Path) -> None:
    path = written(tmp_path, "Words.")
    path.chmod(0)

    with unprivileged():
        assert refusal(path) == ": permission denied; check the name and who may read it"


TIMED = "Ann Low  0:03\nIt is late.\n\nBob Dell  0:09\nI am against it.\n\nAnn Low  0:15\nThank you.\n"


@pytest.mark.parametrize(
    "text",
    [
        TIMED,
        "[10:02] Ann Low: It is late.\n[10:03] Bob Dell: No.\n[10:04] Ann Low: Yes.\n",
        "0:00\nwelcome to\n0:05\nthe meeting\n0:11\nof the council\n",
    ],
)
def test_a_transcript_by_another_name_is_refused_with_the_name_it_wants(text: str, tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_text(f"+++\ntitle = 'Talk'\n+++\n{text}", "utf-8")

    with pytest.raises(CorpusError, match=r"talk\.txt:4: its lines have times.*name it talk\.transcript"):
        formats.read(path)


@pytest.mark.parametrize(
    "text",
    [
        "The day in short.\n\n10:30\n\nThe council meets.\n\n11:45\n\nIt votes.\n\n12:10\n\nIt is over.\n",
        "At 10:30 we left.\nAt 11:30 we met.\nAt 12:30 we ate.\n",
        TIMED.partition("\n\nAnn")[0],
    ],
)
def test_a_report_that_tells_the_hours_is_prose(text: str, tmp_path: Path) -> None:
    path = tmp_path / "day.txt"
    path.write_text(text, "utf-8")

    assert formats.read(path).text == text
