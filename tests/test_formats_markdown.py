"""Markdown: words without marks; all invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import formats
from bot.formats.markdown import remove_marks


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("“We **cannot** wait,” said *Ann* __Low__ and _Bob_.", "“We cannot wait,” said Ann Low and Bob."),
        ("***So***, **“it *is* late,”** she said.", "So, “it is late,” she said."),
        ("un**believ**able", "unbelievable"),
        ("## Trams ##\nIt is late.\n", "Trams\nIt is late.\n"),
        (
            'See [the *report*](https://x.example/a_b "Title") or [this][1].\n\n[1]: https://x.example\n',
            "See the report or this.\n\n",
        ),
        ("![A tram](tram.png)It is late[^1].\n\n[^1]: A note.", "It is late.\n\n"),
        ("It is `late`, and <https://x.example/a_b_c>.", "It is late, and https://x.example/a_b_c."),
        ("We will ~~never ~~wait, ~~or not~~ today.", "We will wait, today."),
        ("5 * 3 * 2 and a_b_c, *not closed, 2\\*3\\_4", "5 * 3 * 2 and a_b_c, *not closed, 2*3_4"),
        ("> It is late.\n> So it is.\n>\n> Truly.\n\nHe left.", "“It is late.\nSo it is.\n\n“Truly.”\n\nHe left."),
        ("> “It is late,” said Ann.\n", "“It is late,” said Ann.\n"),
        ("- One\n- Two\n\n1. Three\n", "- One\n- Two\n\n1. Three\n"),
        ("It<!-- never --> is late.", "It is late."),
        ("We will <del>never</del> wait, <s>or not</s> today.", "We will wait, today."),
        ('It<span style="display: none"> never</span> is<b hidden> not</b> late.', "It is late."),
        ("It is late.\n\n```python\nprint('late')\n```\n\nSo.", "It is late.\n\n\n\nSo."),
        ('\\"It is late\\", \\& so.', '"It is late", & so.'),
    ],
)
def test_marks_are_no_part_of_the_words(written: str, read: str) -> None:
    assert remove_marks(written) == read


def test_the_header_stays_and_struck_words_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text('+++\ntitle = "A *title*"\n+++\nWe **will** ~~never~~ wait.\r\n', newline="")

    report = formats.parse(path)
    document = report.document

    assert (document.title, document.text) == ("A *title*", "We will wait.\r\n")
    assert report.left_out == ("never",)


def test_words_in_code_in_notes_hidden_or_struck_by_a_tag_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("It <del>was</del> is <i hidden>not</i> late[^1].\n\n~~~\ncode\n~~~\n\n[^1]: A note.\n")

    report = formats.parse(path)
    document = report.document

    assert document.text.split() == ["It", "is", "late."]
    assert report.left_out == ("was", "not", "code", "A note.")


@given(text=st.lists(st.sampled_from(["Ann", " ", "\n", "\n\n", ".", "“", "”", "2", ",", "’s"])).map("".join))
def test_a_text_without_marks_is_as_it_was(text: str) -> None:
    assert remove_marks(text) == text


@pytest.mark.timeout(20)
@pytest.mark.parametrize("mark", ["*", "_", "[", "![", "`", "~~", "> ", "<!--", "**a", "\\", "[a](", "*a "])
def test_marks_without_end_cost_little(mark: str) -> None:
    assert remove_marks(mark * 20_000) is not None
