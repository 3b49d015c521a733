"""Replies as HTML: what a chat parses is what was meant, within its limits."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies.html import MAX_ENTITIES, count_utf16_units, render_messages
from bot.replies.reply import Piece, Reply, Style

TAGS = {"b", "i", "blockquote", "a", "pre"}


class Chat(HTMLParser):
    """Parses a message as a chat would: the text, the marks, and whether they are balanced."""

    def __init__(self, message: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []
        self.marks: list[tuple[str, str | None]] = []
        self.feed(message)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        self.open.append(tag)
        self.marks.append((tag, dict(attrs).get("href")))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def link(quote_id: str) -> str:
    return f"https://example.org/{quote_id}"


WORDS = st.text(alphabet="ab <>&\"'“”/\n👍é\u202e", min_size=1, max_size=60)
PIECES = st.builds(
    Piece,
    WORDS,
    st.sampled_from(Style),
    st.sampled_from([None, "https://a.example/?a=1&b='\"<", "javascript:alert(1)"]),
    st.sampled_from([None, "ABCDEFGH"]),
)
REPLIES = st.builds(Reply, st.lists(st.lists(PIECES, min_size=1, max_size=5).map(tuple), max_size=9).map(tuple))


def intended(reply: Reply) -> str:
    return "".join(piece.text for block in reply.blocks for piece in block)


@given(REPLIES, st.integers(130, 4096))
def test_what_a_chat_parses_is_what_was_meant(reply: Reply, limit: int) -> None:
    parsed = [Chat(message) for message in render_messages(reply, limit, link)]

    shown = "".join("".join(chat.text.split()) for chat in parsed)
    assert shown == "".join(intended(reply).split())
    assert all(count_utf16_units(chat.text) <= limit for chat in parsed)
    assert all(len(chat.marks) <= MAX_ENTITIES for chat in parsed)


@given(REPLIES)
def test_no_link_leads_anywhere_but_to_the_web(reply: Reply) -> None:
    hrefs = [href for m in render_messages(reply, 4096, link) for tag, href in Chat(m).marks if tag == "a"]

    assert all(href and href.startswith("https://") for href in hrefs)


def test_blocks_stand_apart_and_a_quote_is_a_blockquote() -> None:
    reply = Reply(
        (
            (Piece("A & B", Style.BOLD),),
            (Piece("one <two>", Style.QUOTE), Piece("ID", quote_id="ID")),
            (Piece("source", Style.ITALIC, url="https://a.example/"),),
        )
    )

    assert render_messages(reply, 4096, link) == [
        (
            "<b>A &amp; B</b>\n\n"
            '<blockquote>one &lt;two&gt;</blockquote><a href="https://example.org/ID">ID</a>\n\n'
            '<i><a href="https://a.example/">source</a></i>'
        )
    ]


def test_messages_part_between_blocks_before_the_limit() -> None:
    reply = Reply(tuple((Piece("👍" * 30),) for _ in range(3)))

    assert render_messages(reply, 130, link) == ["👍" * 30 + "\n\n" + "👍" * 30, "👍" * 30]


def test_a_long_block_parts_between_its_lines() -> None:
    reply = Reply(((Piece("a line of words\n" * 30),),))

    parts = render_messages(reply, 100, link)

    assert "".join(parts) == "a line of words\n" * 30
    assert all(part.endswith("words\n") for part in parts)


def test_a_block_of_too_many_marks_is_parted() -> None:
    reply = Reply((tuple(Piece("x", Style.BOLD) for _ in range(150)),))

    assert [len(Chat(message).marks) for message in render_messages(reply, 4096, link)] == [100, 50]


def test_a_quote_is_never_cut() -> None:
    with pytest.raises(ValueError, match="a quote of 200 units in messages of 100"):
        render_messages(Reply(((Piece("x" * 200, Style.QUOTE),),)), 100, link)


def test_a_quote_in_a_long_block_stays_whole() -> None:
    block = (Piece("before\n" * 10), Piece("q" * 90, Style.QUOTE), Piece("after\n" * 10))

    assert any("q" * 90 in message for message in render_messages(Reply((block,)), 100, link))


def test_an_empty_reply_is_no_message() -> None:
    assert render_messages(Reply(()), 4096, link) == []
