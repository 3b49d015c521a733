"""Saved web pages: the article, and nothing that the page does not show; all invented."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import pytest

from bot import formats
from bot.errors import CorpusError
from bot.formats import html

if TYPE_CHECKING:
    from pathlib import Path

LONG = (
    "Testbury Council will vote on a tram line on Monday, after two years of argument about"
    " what it would cost and who would ride it."
)
PAGE = """<!DOCTYPE html><html><head>{head}</head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Trams for Testbury</h1><p>{long}</p>{more}</article>
<footer>Copyright of The Test Gazette. All rights reserved.</footer></body></html>"""


def page(folder: Path, more: str = "", head: str = "", encoding: str = "utf-8") -> Path:
    path = folder / "a.html"
    path.write_bytes(PAGE.format(head=head, long=LONG, more=more).encode(encoding))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(CorpusError) as caught:
        formats.read(path)
    return str(caught.value).removeprefix(str(path))


def test_an_article_is_read_paragraph_by_paragraph(tmp_path: Path) -> None:
    more = (
        "<p>“We <b>cannot</b>\n wait,” said&nbsp;Ann&#32;Low.<br>“The buses are &#147;full&#148;.”"
        "</p><blockquote><p>It’s a <i>waste</i> of money.</p></blockquote>"
        "<ul><li>It would cost 40 million pounds.</li><li>It would carry 9,000 a day.</li></ul>"
        "<table><tr><td>Cost</td><td>40 million</td></tr></table>"
    )

    document = formats.read(page(tmp_path, more))

    assert document.text.split("\n\n") == [
        *("Trams for Testbury", LONG),
        "“We cannot wait,” said Ann Low. “The buses are “full”.”",
        "It’s a waste of money.",
        *("It would cost 40 million pounds.", "It would carry 9,000 a day."),
        *("Cost", "40 million"),
    ]


def test_a_report_tells_what_of_the_page_was_left_out(tmp_path: Path) -> None:
    _, report = formats.parse(page(tmp_path))

    assert report.left_out == ("Home News", "Copyright of The Test Gazette. All rights reserved.")
    assert 0.5 < report.kept_share < 0.9


def test_a_page_tells_where_it_was_published(tmp_path: Path) -> None:
    head = """<title>Trams - The Test Gazette</title>
    <meta property="og:title" content="Trams for Testbury">
    <meta property="og:site_name" content="The Test Gazette">
    <link rel="canonical" href="https://example.org/trams">
    <meta property="article:published_time" content="2024-05-01T09:00:00Z">
    <meta name="author" content="Ann Bell"><meta name="author" content="Bob Low">"""

    document = formats.read(page(tmp_path, head=head))

    assert document.title == "Trams for Testbury"
    assert document.publisher == "The Test Gazette"
    assert document.authors == ("Ann Bell", "Bob Low")
    assert document.date == "2024-05-01"
    assert document.url == "https://example.org/trams"


@pytest.mark.parametrize(
    ("head", "more", "told"),
    [
        ("<meta name='date' content='2024-05-01'>", "", "date of its meta"),
        (
            "<meta content='2024-05-01T09:00' property='article:published_time'>",
            "",
            "article:published_time of its meta",
        ),
        (
            ('<script type=\'application/ld+json\'>{"@type": "NewsArticle", "datePublished": "2024-05-01"}</script>'),
            "",
            "datePublished of its JSON-LD",
        ),
        ("", "<time datetime='2024-05-01'>1 May</time>", "a time element"),
        ("<link rel='canonical' href='https://x.org/2024/05/01/tram'>", "", "its address"),
        ("", "<p>Published: 2024-05-01</p>", "its text"),
        ("", "", None),
    ],
)
def test_a_date_is_told_with_what_it_rests_on(tmp_path: Path, head: str, more: str, told: str | None) -> None:
    document, report = formats.parse(page(tmp_path, more, head))

    assert document.date == ("2024-05-01" if told else None)
    assert report.dated_by == told


def test_what_a_page_does_not_say_is_not_guessed(tmp_path: Path) -> None:
    document, report = formats.parse(page(tmp_path, "<p>It was 3 July 2019 when it began.</p>"))

    assert document.date is document.publisher is document.url is document.licence is None
    assert {"publisher", "date", "url", "licence"} <= set(report.missing)


@pytest.mark.parametrize(
    "unseen",
    [
        "<p hidden>{}</p>",
        "<div style='color: red; display : none'><p>{}</p></div>",
        "<noscript><p>{}</p></noscript>",
        "<template><p>{}</p></template>",
    ],
)
def test_words_that_no_reader_sees_are_never_kept(tmp_path: Path, unseen: str) -> None:
    words = "The line was cancelled in secret a week ago, and nobody was told anything of it."

    assert words not in formats.read(page(tmp_path, unseen.format(words))).text


def test_words_that_the_library_draws_from_a_script_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    words = "The line was cancelled in secret. " * 20
    path.write_text(
        '<html><head><script type="application/ld+json">{"@type": "NewsArticle", "articleBody":'
        f' "{words}"}}</script></head><body><p>Read on.</p></body></html>',
        encoding="utf-8",
    )

    assert refusal(path) == ": no article was found in the page; save its text as .txt"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("<meta charset=iso-8859-15>", "utf-16"),
        ('<meta charset="windows-1252">', "cp1252"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=ISO-8859-1'>", "cp1252"),
        ("<META CHARSET='us-ascii'>", "cp1252"),
        ("<meta charset=iso-8859-15>", "iso-8859-15"),
    ],
)
def test_the_encoding_is_the_one_declared(tmp_path: Path, head: str, encoding: str) -> None:
    more = "<p>“It’s €5 at the café,” said Ann Bell, clerk at Testbury Council.</p>"
    quotes = encoding != "iso-8859-15"
    more = more if quotes else more.translate(str.maketrans("“”’", '""\''))

    document = formats.read(page(tmp_path, more, head, encoding))

    assert "€5 at the café," in document.text
    assert ("“It’s" in document.text) == quotes


@pytest.mark.parametrize(
    ("head", "encoding", "told"),
    [
        ("", "cp1252", ": it is not in utf-8; save the page as UTF-8"),
        ("<meta charset=utf-8>", "cp1252", ": it is not in utf-8; save the page as UTF-8"),
        ("<meta charset=rot13>", "utf-8", ": unknown encoding 'rot13'; save the page as UTF"),
        ("<meta charset=iso-77>", "utf-8", ": it is not in iso-77; save the page as UTF-8"),
    ],
)
def test_bytes_that_are_not_what_they_are_called_are_refused(
    tmp_path: Path, head: str, encoding: str, told: str
) -> None:
    assert refusal(page(tmp_path, "<p>“Yes.”</p>", head, encoding)).startswith(told)


@pytest.mark.parametrize("content", ["", " ", "<html></html>", "<p></p>", "\0", "<?xml", "<!--"])
def test_a_page_without_an_article_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.html"
    path.write_text(content, encoding="utf-8")

    assert refusal(path) == ": no article was found in the page; save its text as .txt"


def test_a_page_whose_every_word_is_hidden_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<html><body hidden><article><p>{LONG}</p></article></body></html>")

    assert refusal(path) == ": no article was found in the page; save its text as .txt"


def test_a_page_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<div>" * 50_000 + LONG, encoding="utf-8")

    assert refusal(path) == ": no article was found in the page; save its text as .txt"


def test_no_entity_leads_out_of_a_page(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret kept beside the page", encoding="utf-8")
    path = page(tmp_path, "<p>&a; is what it says in the file beside this page.</p>")
    bomb = f"<!DOCTYPE html [<!ENTITY a SYSTEM '{secret}'>]>"
    path.write_text(path.read_text("utf-8").replace("<!DOCTYPE html>", bomb), encoding="utf-8")

    assert "a secret kept" not in formats.read(path).text


def test_reading_asks_nothing_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def called(*_: object) -> None:
        pytest.fail("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", called)
    more = "<p><img src='https://example.org/a.png'> A picture of the tram, as it was drawn.</p>"

    assert LONG in formats.read(page(tmp_path, more)).text


def test_without_the_library_a_page_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)

    assert refusal(page(tmp_path)) == (
        ": reading it needs trafilatura, which is not installed; install the html extra with: make html"
    )


def test_both_suffixes_are_pages() -> None:
    assert html.SUFFIXES == (".html", ".htm")
