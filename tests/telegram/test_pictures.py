"""Pictures of conversations: what is drawn is what was said, and a machine without a browser is told in a line."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.telegram import pictures
from tests.telegram.pictures import CHROMIUM, CONVERSATIONS, MAX_PICTURE_BYTES, draw_markup, draw_speaker, main

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

PICTURES = sorted(Path("docs").glob("telegram-*.png"))


def test_there_are_eight_pictures_at_most_and_none_is_heavy() -> None:
    assert {picture.stem.partition("-")[2] for picture in PICTURES} == set(CONVERSATIONS)
    assert len(PICTURES) <= 8
    assert max(picture.stat().st_size for picture in PICTURES) <= MAX_PICTURE_BYTES


@pytest.mark.usefixtures("bot")
async def test_a_drawing_holds_every_word_and_button_of_the_conversation(telegram: FakeTelegram) -> None:
    drawn = await draw_speaker(telegram)

    shown = html.unescape(re.sub("<[^>]*>", "\n", drawn))
    [answer] = [each for each in telegram.world.messages.values() if each["from"]["is_bot"]]
    words = {line for line in answer["text"].split("\n") if "·" not in line}
    assert all(word in shown for word in words)
    labels = [button["text"] for row in answer["reply_markup"]["inline_keyboard"] for button in row]
    assert labels[:3] == ["Context 1", "Context 2", "Context 3"]
    assert all(f"<span>{label}</span>" in drawn for label in labels)


@pytest.mark.parametrize(
    ("markup", "drawn"),
    [
        ("Try /by Ann", 'Try <span class="entity">/by</span> Ann'),
        ('<a href="https://t.me/x?text=%2Fask">A</a>/B', '<a href="https://t.me/x?text=%2Fask">A</a>/B'),
        ("A\n<blockquote>B</blockquote>\nC", "A<blockquote>B</blockquote>C"),
        ("for/against", "for/against"),
    ],
)
def test_commands_are_coloured_and_a_quotation_has_its_line_end(markup: str, drawn: str) -> None:
    assert draw_markup(markup) == drawn


def test_without_a_browser_there_is_one_line_and_no_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pictures, "CHROMIUM", None)

    assert main(tmp_path) == 0
    assert capsys.readouterr().out == "no pictures of conversations: Chromium is not installed\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="no Chromium here")
def test_a_picture_is_a_png_and_one_that_weighs_too_much_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CHROMIUM, "CI installs Chromium"
    drawn = {"short": '<div class="chat"><div class="bot"><div class="bubble">Nobody is quoted.</div></div></div>'}

    pictures.write_pictures(drawn, tmp_path, CHROMIUM)

    assert (tmp_path / "telegram-short.png").read_bytes().startswith(b"\x89PNG")
    monkeypatch.setattr(pictures, "MAX_PICTURE_BYTES", 100)
    with pytest.raises(ValueError, match="short: the picture has more than 100 bytes"):
        pictures.write_pictures(drawn, tmp_path, CHROMIUM)
