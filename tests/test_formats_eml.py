"""E-mails: the writer's own words, and nobody's address; all invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.formats import eml
from bot.ingest.addition import prepare_addition, write_addition
from tests.format_files import refusal

HEAD = """From: Ann Low <ann@press.example>
To: Cy Dell <cy@paper.example>
Cc: desk@paper.example
Date: Fri, 02 May 2031 09:00:00 +0100
Subject: Trams: a statement
"""


def file(folder: Path, body: str, head: str = HEAD) -> Path:
    path = folder / "a.eml"
    path.write_bytes(f"{head}\n{body}".encode())
    return path


def test_a_message_gives_its_words_its_writer_its_subject_and_its_day(tmp_path: Path) -> None:
    report = formats.parse(file(tmp_path, "The tram\nis late.\n\nIt is always late.\n"))
    document = report.document

    assert document.text == "The tram is late.\n\nIt is always late."
    assert (document.title, document.authors, document.date) == ("Trams: a statement", ("Ann Low",), "2031-05-02")
    assert report.dated_by == "its Date"


@pytest.mark.parametrize(
    "thread",
    [
        "On Friday, 2 May 2031, Cy Dell wrote:\n> Is it late?\n",
        "-----Original Message-----\nFrom: Cy Dell\n\nIs it late?\n",
        "From: Cy Dell [mailto:cy@paper.example]\nSent: Friday\n\nIs it late?\n",
        "> Is it late?\n> Is it?\n",
        "On Friday, 2 May 2031 at 10:00, Cy Dell\n<cy@paper.example> wrote:\n\nIs it late?\n",
        "Le ven. 2 mai 2031 à 10:00, Cy Dell a écrit :\n\nIs it late?\n",
        "Am Freitag, 2. Mai 2031, schrieb Cy Dell:\n\nIs it late?\n",
        "Von: Cy Dell\nGesendet: Freitag, 2. Mai 2031\nAn: Ann\n\nIs it late?\n",
        "**From:** Cy Dell\n**Date:** Friday\n\nIs it late?\n",
        "________________________________\nFrom: Cy Dell\nIs it late?\n",
        "Begin forwarded message:\n\nIs it late?\n",
        "-- \nAnn Low, Trams Ltd\nIs it late?",
    ],
)
def test_a_quoted_thread_and_a_signature_are_not_kept(tmp_path: Path, thread: str) -> None:
    report = formats.parse(file(tmp_path, f"It is late.\n\n{thread}"))
    document = report.document

    assert document.text == "It is late."
    assert report.left_out == ("the thread that it quotes",)


def test_a_line_that_only_opens_like_a_header_is_the_writers_own(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, "It is late.\n\nFrom: the tram union.\n\nIt stays late.\n"))

    assert document.text == "It is late.\n\nFrom: the tram union.\n\nIt stays late."


@pytest.mark.parametrize(
    "thread",
    ['<blockquote type="cite">Is it?</blockquote>', '<div class="gmail_quote">Is it?</div>', "<p hidden>Is it?</p>",
     '<p style="display: none">Is it?</p>'],
)  # fmt: skip
def test_a_thread_and_hidden_words_of_a_message_in_html_are_not_kept(tmp_path: Path, thread: str) -> None:
    head = HEAD.replace("text/plain", "text/html") if "text/plain" in HEAD else f"{HEAD}Content-Type: text/html\n"

    assert formats.read(file(tmp_path, f"<p>It is late.</p>{thread}<blockquote>So.</blockquote>", head)).text == (
        "It is late.\n\n“So.”"
    )


def test_nobodys_address_is_kept_in_the_corpus(tmp_path: Path) -> None:
    message = file(tmp_path, "It is late.\n\nContact: press@trams.example, 01234 567.\n")
    folder = tmp_path / "corpus"
    folder.mkdir()

    write_addition(prepare_addition(folder, message, document_id="tram"))

    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"It is late." in kept
    assert b"@" not in kept
    assert b"Cy Dell" not in kept


def multipart(*parts: str, kind: str = "mixed") -> str:
    joined = "".join(f"--b\n{part}\n" for part in parts)
    return f"{HEAD}MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=b\n\n{joined}--b--\n"


PLAIN = "Content-Type: text/plain; charset=utf-8\n\nIt is late.\n"
PAGE = "Content-Type: text/html; charset=utf-8\n\n<p>It <b>is</b> early.</p><p>So.</p><img src='https://x.example/a'>\n"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((PAGE, PLAIN), "It is late."),
        ((PAGE,), "It is early.\n\nSo."),
        (
            ("Content-Type: text/plain\nContent-Disposition: attachment\n\nSecret.\n", PLAIN),
            "It is late.",
        ),
        (("Content-Type: message/rfc822\n\nSubject: x\n\nSecret.\n", PLAIN), "It is late."),
        (("Content-Type: text/plain; charset=nonsense\n\nIt is late.\n",), "It is late."),
    ],
)
def test_the_text_is_read_and_no_attachment_is_opened(tmp_path: Path, parts: tuple[str], text: str) -> None:
    path = tmp_path / "a.eml"
    path.write_text(multipart(*parts), "utf-8")

    assert formats.read(path).text == text


def test_a_sender_without_a_name_and_a_day_that_never_was_are_not_given(tmp_path: Path) -> None:
    head = "From: ann@press.example\nDate: soon\nSubject: Trams\n"

    document = formats.read(file(tmp_path, "It is late.", head))

    assert (document.authors, document.date) == ((), None)


def test_a_message_without_words_of_its_own_is_refused(tmp_path: Path) -> None:
    assert refusal(file(tmp_path, "> Is it late?\n")) == ": it contains no text of its own; save its text as .txt"


@pytest.mark.parametrize(
    "content",
    [
        multipart(*[PLAIN] * (eml.MAX_PARTS + 1)),
        HEAD + "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000)),
        multipart("Content-Type: application/zip\nContent-Disposition: attachment\n\nPK\n"),
        f"{HEAD}Content-Transfer-Encoding: base64\n\n!!!!",
        f"{HEAD}Content-Type: text/html\n\n" + "<div>" * 100_000,
    ],
    ids=range(5),
)
@pytest.mark.timeout(30)
def test_a_message_made_to_harm_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.eml"
    path.write_text(content, "utf-8")

    assert refusal(path)


@pytest.mark.parametrize(
    ("block", "printed"),
    [("It is late.", "“It is late.”"), ("“It is late,” he said.", "“It is late,” he said."), ('"No."', '"No."')],
)
def test_a_block_quotation_in_a_message_stands_in_marks(tmp_path: Path, block: str, printed: str) -> None:
    head = f"{HEAD}Content-Type: text/html; charset=utf-8\n"

    document = formats.read(file(tmp_path, f"<p>Ann Low said:</p><blockquote><p>{block}</p></blockquote>", head))

    assert document.text == f"Ann Low said:\n\n{printed}"
