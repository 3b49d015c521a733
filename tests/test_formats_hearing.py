"""Hearings in documents and pages: captions of Word, records on web pages, and names in markup that opens nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.errors import CorpusError
from tests.builders import docx, paragraph

WORDS = ("It is late today, as it was before.", "It is not late at all.", "It was so last year.", "It was never so.")
NAMES = ("Ann Low", "Cy Dell") * 2


def said(path: Path, content: str | bytes) -> list[tuple[str, str]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    document = formats.read(path)
    return [(turn.voice.name, document.text[slice(*turn.span)]) for turn in document.turns]


def page(body: str) -> str:
    return f"<!DOCTYPE html><html><head><title>Trams</title></head><body><article><h1>Trams</h1>{body}</article></body>"


def lines(*of_a_line: str) -> str:
    """Return one paragraph of Word with breaks of lines in it."""
    return paragraph("</w:t><w:br/><w:t>".join(of_a_line))


@pytest.mark.parametrize("time", ["0:0:{}.120 --> 0:0:{}.9", "00:00:0{}.120 --> 00:00:0{}.900", "0:{}.1 --> 0:{}.9"])
def test_a_caption_of_word_is_its_speaker_s_in_one_paragraph_or_in_three(tmp_path: Path, time: str) -> None:
    captions = [(time.format(n, n), *spoken) for n, spoken in enumerate(zip(NAMES, WORDS, strict=True), start=1)]

    for body in (
        "".join(lines(*caption) for caption in captions),
        "".join(paragraph(line) for caption in captions for line in caption),
    ):
        assert said(tmp_path / "a.docx", docx(body)) == list(zip(NAMES, WORDS, strict=True))
        assert formats.read(tmp_path / "a.docx").turns[1].addresses == ("0:00:02",)


def test_captions_that_name_nobody_are_no_turns(tmp_path: Path) -> None:
    captions = [(f"0:0:{n}.1 --> 0:0:{n}.9", words, "and so it is.") for n, words in enumerate(WORDS)]

    assert said(tmp_path / "a.docx", docx("".join(lines(*caption) for caption in captions))) == []


def test_one_caption_in_five_may_lack_its_name(tmp_path: Path) -> None:
    named = [(f"0:0:{n}.1 --> 0:0:{n}.9", NAMES[n], WORDS[n]) for n in range(4)]

    body = "".join(lines(*caption) for caption in [*named, ("0:0:7.1 --> 0:0:7.9", "It is over now.")])
    assert len(said(tmp_path / "a.docx", docx(body))) >= len(WORDS)
    body = "".join(lines(*caption) for caption in [*named[:3], ("0:0:7.1 --> 0:0:7.9", "It is over now.")])
    assert said(tmp_path / "a.docx", docx(body)) == []


@pytest.mark.parametrize(
    "labels",
    [
        ("<b>Ann Low (Ferry East) (Lab):</b> ", "<b>The Minister for Trams (Cy Dell):</b> ", "Ann Low: ", "Cy Dell: "),
        ("<b>Ann Low (Lab):</b></p><p>", "<b>Cy Dell (Con):</b></p><p>", "<b>Ann Low:</b></p><p>", "Cy Dell: "),
        ("Q1 Ann Low: ", "Cy Dell: ", "Q2 Ann Low: ", "Cy Dell: "),
        ("Ann Low AM (Chair): ", "Cy Dell (Clerk): ", "Ann Low AM (Chair): ", "Cy Dell (Clerk): "),
    ],
)
def test_a_record_on_a_page_is_read_as_turns(tmp_path: Path, labels: tuple[str, ...]) -> None:
    body = "".join(f"<p>{label}{words}</p>" for label, words in zip(labels, WORDS, strict=True))

    assert said(tmp_path / "a.html", page(body)) == list(zip(NAMES, WORDS, strict=True))


def test_an_interview_on_a_page_stays_an_article(tmp_path: Path) -> None:
    body = "".join(f"<p>{name}: {words}</p>" for name, words in zip(NAMES, WORDS, strict=True))

    assert said(tmp_path / "a.html", page(f"<p>They met in the hall by the old tram.</p>{body}")) == []


def test_a_page_whose_markup_names_speakers_and_no_speech_is_refused(tmp_path: Path) -> None:
    rows = [
        f"<div><b class='speakerName'><i class='speaker'>{name}</i></b><p>{words}</p></div>"
        for name, words in zip(NAMES, WORDS, strict=True)
    ]

    with pytest.raises(CorpusError, match="its markup names speakers, and does not say where a speech begins"):
        said(tmp_path / "a.html", page("".join(rows)))
    assert said(tmp_path / "a.html", page("".join(rows[:2]))) == []
