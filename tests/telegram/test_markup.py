from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.telegram.fake import Refusal, parse
from tests.telegram.fake.units import cut, length


def test_tags_become_entities_counted_in_utf_16() -> None:
    parsed = parse("😀 <b>Liberty &amp; <i>others</i></b>\n<blockquote expandable>q</blockquote>")

    assert parsed.text == "😀 Liberty & others\nq"
    assert parsed.covered("bold") == ["Liberty & others"]
    assert parsed.covered("italic") == ["others"]
    assert parsed.covered("expandable_blockquote") == ["q"]
    assert parsed.entities[0]["offset"] == 3


def test_a_link_keeps_its_address() -> None:
    parsed = parse('<a href="https://example.org/?a=1&amp;b=2">x</a>')

    assert parsed.entities[0]["url"] == "https://example.org/?a=1&b=2"


def test_blanks_at_both_ends_are_not_shown() -> None:
    parsed = parse("\n <b> x </b> \n")

    assert parsed.text == "x"
    assert parsed.entities == ({"type": "bold", "offset": 0, "length": 1},)


def test_an_entity_of_nothing_is_left_out() -> None:
    assert parse("a<b></b>").entities == ()


@pytest.mark.parametrize(
    "html",
    [
        "<br>",
        "<p>x</p>",
        "<3",
        "a < b",
        "<b>x",
        "x</b>",
        "<b><i>x</b></i>",
        "<blockquote><blockquote>x</blockquote></blockquote>",
        "<blockquote><b><blockquote>x</blockquote></b></blockquote>",
        "<code><b>x</b></code>",
        "<pre><b>x</b></pre>",
        "<b class='x'>x</b>",
        '<b onclick="x">x</b>',
        '<a href="x" title="y">x</a>',
    ],
)
def test_what_telegram_cannot_read_is_refused(html: str) -> None:
    with pytest.raises(Refusal, match="can't parse entities"):
        parse(html)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("&lt;b&gt;", "<b>"),
        ("&#8217;&#x2019;", "’’"),
        ("&nbsp; &copy;", "&nbsp; &copy;"),
        ("&#0;x", "&#0;x"),
        ("a & b", "a & b"),
        ("<pre><code>x</code></pre>", "x"),
    ],
)
def test_references_are_read_as_telegram_reads_them(html: str, text: str) -> None:
    assert parse(html).text == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_parses_back_to_itself(text: str) -> None:
    assert parse(f"<b>{escape(text, quote=False)}</b>").text == text.strip()


@given(st.text("a😀\u0301é", max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_a_cut_by_units_is_the_cut_by_characters(text: str, start: int, size: int) -> None:
    before, inside = text[:start], text[start : start + size]

    assert cut(text, length(before), length(inside)) == inside
