"""Saved web pages: the article, and nothing that the page does not show; all invented."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from bot import formats
from bot.errors import CorpusError
from bot.formats import html
from bot.ingest.addition import Addition
from bot.replies.review import describe_addition
from tests.format_files import refusal

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
        "“It’s a waste of money.”",
        *("It would cost 40 million pounds.", "It would carry 9,000 a day."),
        *("Cost", "40 million"),
    ]


def test_a_report_tells_what_of_the_page_was_left_out(tmp_path: Path) -> None:
    report = formats.parse(page(tmp_path))

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
    report = formats.parse(page(tmp_path, more, head))
    document = report.document

    assert document.date == ("2024-05-01" if told else None)
    assert report.dated_by == told


def test_what_a_page_does_not_say_is_not_guessed(tmp_path: Path) -> None:
    report = formats.parse(page(tmp_path, "<p>It was 3 July 2019 when it began.</p>"))
    document = report.document

    assert document.date is document.publisher is document.url is document.licence is None
    assert {"publisher", "date", "url", "licence"} <= set(report.document.missing)


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
        ("", "cp1252"),
        ("<meta charset=gb2312>", "gb18030"),
        ("<meta charset=GBK>", "gb18030"),
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
        (
            "<meta charset=utf-8>",
            "cp1252",
            ": its text holds bytes that are not in its encoding; save the page as UTF-8",
        ),
        ("<meta charset=rot13>", "utf-8", ": unknown encoding 'rot13'; save the page as UTF"),
        ("<meta charset=iso-77>", "utf-8", ": unknown encoding 'iso-77'; save the page as UTF-8"),
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
        ": reading it needs trafilatura, which is not installed; install the extra: make html, "
        "or pip install 'on-the-record[html]'"
    )


def test_both_suffixes_are_pages() -> None:
    assert html.SUFFIXES == (".html", ".htm")


def article(folder: Path, more: str) -> list[str]:
    """Return the paragraphs of the article after the one that every page here has."""
    return formats.read(page(folder, more)).text.split("\n\n")[2:]


@pytest.mark.parametrize(
    "unseen",
    [
        "<span style='position:absolute;overflow:hidden;clip:rect(0 0 0 0)'>, opens in a new tab</span>",
        "<span style='position:absolute;overflow:hidden;width:1px;height:1px'>, opens in a new tab</span>",
        "<span style='position:absolute;clip: rect(0 0 0 0)'>, opens in a new tab</span>",
        "<span class='sr-only'>, opens in a new tab</span>",
        "<span class='o-link visually-hidden'>, opens in a new tab</span>",
        "<span aria-hidden='true'> ↗</span>",
        "<i class='link-icon'>Opens elsewhere</i>",
        "<sup style='display:none'>see below</sup>",
        "<sup>12</sup>",
        "<sup><a href='#n'>[3]</a></sup>",
        "\x10",
    ],
)
def test_a_paragraph_stands_without_the_words_in_it_that_no_reader_sees(tmp_path: Path, unseen: str) -> None:
    more = f"<p>“We cannot wait for it any longer,” said Ann Low{unseen}, who chairs the council of Testbury.</p>"

    assert article(tmp_path, more) == [
        "“We cannot wait for it any longer,” said Ann Low, who chairs the council of Testbury."
    ]


def test_a_mark_that_the_library_drops_does_not_lose_its_paragraph(tmp_path: Path) -> None:
    words = "“We cannot wait for it any longer,” said Ann Low, who chairs the council [update] of Testbury."

    assert article(tmp_path, f"<p>{words}</p>") == [words]


def test_words_struck_out_are_left_out_and_reported(tmp_path: Path) -> None:
    more = (
        "<p>“We will <s>never</s> build the line, <del>or not</del> as it was drawn,” said Ann Low of the council.</p>"
    )

    report = formats.parse(page(tmp_path, more))

    assert article(tmp_path, more) == ["“We will build the line, as it was drawn,” said Ann Low of the council."]
    assert {"never", "or not"} <= set(report.left_out)


@pytest.mark.parametrize("mark", ["style='text-decoration: line-through'", "class='entry strikethrough'"])
def test_words_are_struck_out_by_style_as_well(tmp_path: Path, mark: str) -> None:
    more = f"<p>“We will <span {mark}>never</span> build the line as it was drawn,” said Ann Low of the council.</p>"

    assert article(tmp_path, more) == ["“We will build the line as it was drawn,” said Ann Low of the council."]


@pytest.mark.parametrize(
    "more",
    [
        "<p>It rained.</p>“We cannot wait,” said <b>Ann Low</b>, who chairs the council.<p>It rained on.</p>",
        "<p>It rained.</p>“We cannot wait,” said <!-- x --><b>Ann Low</b>, who chairs the council.<p>On.</p>",
        "<p>It rained.</p><center>“We cannot wait,” said Ann Low, who chairs the council.</center><p>It rained on.</p>",
        "<p>It rained.</p><i>“We cannot wait,”</i> said Ann Low, who chairs the council.<p>It rained on.</p>",
        "<div>“We cannot wait,” said Ann Low, who chairs the council.<p>It rained on.</p></div>",
    ],
)
def test_words_beside_paragraphs_are_a_paragraph(tmp_path: Path, more: str) -> None:
    assert "“We cannot wait,” said Ann Low, who chairs the council." in article(tmp_path, more)


def test_prose_lost_amid_an_article_is_told_from_lines_of_a_menu(tmp_path: Path) -> None:
    lost = "The tram that ran here until the war was slower than walking, as old riders like to say."
    menus = (f"<nav><p>{lost}</p><p>Home and News</p></nav>", f"<nav><p>{lost} No.</p></nav>")
    more = f"{menus[0]}<p>{LONG.replace('Monday', 'Friday')}</p>{menus[1]}"

    report = formats.parse(page(tmp_path, more))

    assert {lost, f"{lost} No.", "Home and News"} <= set(report.left_out)
    assert report.lost_prose == (lost,)


@pytest.mark.parametrize("sign", ["Share", "Read more:", "Sign up to our daily letter"])
def test_a_sign_beside_paragraphs_is_no_paragraph(tmp_path: Path, sign: str) -> None:
    assert article(tmp_path, f"<p>It rained.</p>{sign}<p>It rained on.</p>") == ["It rained.", "It rained on."]


def test_a_quotation_element_stands_between_marks(tmp_path: Path) -> None:
    more = "<p><q>We cannot wait for <b>it</b> and <q>so</q></q>, said Ann Low, who chairs the council of Testbury.</p>"

    assert article(tmp_path, more) == [
        "“We cannot wait for it and ‘so’”, said Ann Low, who chairs the council of Testbury."
    ]


def test_a_block_quotation_stands_between_marks_and_its_source_behind_it(tmp_path: Path) -> None:
    more = (
        "<p>The chair wrote to the council of Testbury:</p><blockquote><p>We cannot wait for it any longer.</p>"
        "<p>It must be built.</p><footer>Ann Low, in a letter to the council</footer></blockquote>"
        "<blockquote><p>“We can wait for as long as it takes,” wrote Bob Dell in reply to the chair.</p></blockquote>"
    )

    assert article(tmp_path, more) == [
        "The chair wrote to the council of Testbury:",
        "“We cannot wait for it any longer.",
        "“It must be built.”",
        "Ann Low, in a letter to the council",
        "“We can wait for as long as it takes,” wrote Bob Dell in reply to the chair.",
    ]


@pytest.mark.parametrize("tag", ["nobr", "button", "x-term", "blink", "dfn"])
def test_an_element_within_a_line_does_not_tear_it(tmp_path: Path, tag: str) -> None:
    more = f"<p>“We cannot wait for it,” said <{tag}>Ann Low</{tag}>, who chairs the council of Testbury.</p>"

    assert article(tmp_path, more) == ["“We cannot wait for it,” said Ann Low, who chairs the council of Testbury."]


def test_lines_parted_by_breaks_are_paragraphs_and_a_sentence_over_two_lines_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        f"<html><body>{LONG}<br>“We cannot wait for it,”<br>said Ann Low.<br><br>It rained.<br></body></html>"
    )

    assert formats.read(path).text.split("\n\n") == [LONG, "“We cannot wait for it,” said Ann Low.", "It rained."]


def test_a_wrapper_that_a_script_reveals_is_the_article(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<html><body><div style='display:none'><article><p>{LONG}</p></article></div></body></html>")

    assert formats.read(path).text == LONG


def test_a_stray_byte_outside_the_article_does_not_refuse_the_page(tmp_path: Path) -> None:
    path = page(tmp_path, head="<meta charset=utf-8>")
    path.write_bytes(path.read_bytes() + b"<!-- \x93 -->")

    assert LONG in formats.read(path).text


@pytest.mark.parametrize(
    ("head", "authors"),
    [
        (
            "<meta name='citation_author' content='Low, Ann'><meta name='citation_author' content='Dell, Bob C.'>",
            ("Ann Low", "Bob C. Dell"),
        ),
        ("<meta name='author' content='Ann Low, News reporter'>", ("Ann Low",)),
        ("<meta name='author' content='Ann Low, Bob Dell'>", ("Ann Low", "Bob Dell")),
        ("<meta name='author' content='The Gazette'><meta property='og:site_name' content='The Gazette'>", ()),
    ],
)
def test_an_author_is_one_person_whatever_the_order_of_names(tmp_path: Path, head: str, authors: tuple[str]) -> None:
    assert formats.read(page(tmp_path, head=head)).authors == authors


def test_a_sites_name_behind_its_title_is_no_part_of_it(tmp_path: Path) -> None:
    head = "<title>Trams | The Gazette</title><meta property='og:site_name' content='The Gazette'>"
    head += "<meta property='og:title' content='Trams | The Gazette'>"

    assert formats.read(page(tmp_path, head=head)).title == "Trams"


def test_a_page_with_a_heading_for_each_speaker_is_refused(tmp_path: Path) -> None:
    more = (
        "<h3>Ann Low (Ferry East)</h3><p>Mr Speaker, the tram will pay for itself, and I say so.</p>"
        "<h3>Bob Dell (Ferry West)</h3><p>This is why our government is investing in the line.</p>"
    )

    assert refusal(page(tmp_path, more)) == (
        ": it reads like a debate, with a heading for each speaker; save it as .transcript, "
        "with 'NAME: ' before each speech"
    )


def test_a_person_named_once_in_elements_within_each_other_is_no_debates_speaker(tmp_path: Path) -> None:
    cards = "".join(
        f"<div class='speaker'><div><b class='speaker-name'>{name}</b></div></div>" for name in ("Ann Low", "Cy Dell")
    )

    assert LONG in formats.read(page(tmp_path, cards)).text
    with pytest.raises(CorpusError, match="names speakers"):
        formats.read(page(tmp_path, cards * 2))


def test_subheadings_that_name_people_once_are_no_debate(tmp_path: Path) -> None:
    more = "<h3>Ann Low</h3><p>She has chaired it since May.</p><h3>Bob Dell</h3><p>He has been a clerk for years.</p>"

    assert "Bob Dell" in formats.read(page(tmp_path, more)).text


@pytest.mark.parametrize(
    ("container", "speaker"),
    [
        ("class='debate-item debate-item-contributiondebateitem'", "<h2 class='attributed-to-details'>{}</h2>"),
        ("class='debate-speech'", "<h2 class='debate-speech__speaker'>{}</h2>"),
        ("class='contribution'", "<span class='member-name'>{}</span>"),
        ("class='speech'", "<p class='speaker'>{}</p>"),
        ("class='transcriptContribution'", "<span class='memberName'>{}</span>"),
    ],
)
def test_a_debates_page_that_marks_each_contribution_is_read_as_turns(
    tmp_path: Path, container: str, speaker: str
) -> None:
    spoken = [("Ann Low<small>(Ferry East) (Lab)</small>", "<p>It pays.</p><p>Remember: It does.</p>")]
    spoken.append(
        ("The Minister for Trams (Bob Dell)", "<p>I quote:</p><blockquote><p>No.</p></blockquote><p>It is so.</p>")
    )
    more = "".join(f"<div {container}>{speaker.format(name)}{words}</div>" for name, words in spoken)

    document = formats.read(page(tmp_path, more))

    assert [(turn.voice.name, document.text[slice(*turn.span)]) for turn in document.turns] == [
        ("Ann Low", "It pays.\n\n Remember: It does."),
        ("Bob Dell", "I quote:"),
        ("Bob Dell", "It is so."),
    ]
    assert document.turns[0].voice.seat == "Ferry East"


def test_a_contribution_that_opens_with_a_quotation_set_apart_is_not_its_speaker_s(tmp_path: Path) -> None:
    quoted = "<blockquote><p>We will tax every tram by spring.</p></blockquote><p>I do not share it.</p>"
    spoken = [("Ann Low (Ferry East)", quoted), ("Bob Dell (Ferry West)", "<p>I do.</p>")]
    more = "".join(
        f"<div class='contribution'><h3 class='member-name'>{name}</h3>{words}</div>" for name, words in spoken
    )

    document = formats.read(page(tmp_path, more))

    assert [(turn.voice.name, document.text[slice(*turn.span)]) for turn in document.turns] == [
        ("Ann Low", "I do not share it."),
        ("Bob Dell", "I do."),
    ]


def test_what_is_lost_amid_an_article_is_told_first(tmp_path: Path) -> None:
    lost = "The tram that ran here until the war was slower than walking, as old riders like to say."
    path = page(tmp_path, f"<nav><p>{lost}</p></nav><p>{LONG.replace('Monday', 'Friday')}</p>")
    report = formats.parse(path)

    lines = list(describe_addition(Addition(path, b"", report)))

    told = [line for line in lines if line.startswith("left out")]
    assert told[0] == "left out amid the text: 1 paragraphs of prose; to keep them, save the page's text as .txt"
    assert told[1] == f"left out, prose: {lost}"
    assert told.count(f"left out: {lost}") == 0
