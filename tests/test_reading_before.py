"""What the version before showed and withheld is found again where this one reads the documents better; all invented.

`reading_before/` is its state folder, with the documents as they were then; `make_fixture.py` tells how it was made.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from bot import bootstrap
from bot.replies.catalogue import say
from bot.service import Service
from bot.settings import Settings
from bot.text import fold_letters
from tests.corpus_folders import text

HERE = Path(__file__).parent / "reading_before"
SHOWN: dict[str, dict[str, str]] = json.loads((HERE / "shown.json").read_text("utf-8"))
UNMARKED = ("*", "")
REWRITTEN = ("*mill* has stood", "*mill* stood idle")


def start(folder: Path, *changes: tuple[str, str]) -> Service:
    """Start this version on that state, with the article's text changed."""
    for name in ("corpus", "state"):
        shutil.copytree(HERE / name, folder / name)
    article = folder / "corpus" / "weir" / "courier.md"
    words = article.read_text("utf-8")
    for before, after in changes:
        words = words.replace(before, after)
    article.write_text(words, "utf-8")
    settings = Settings(corpus="weir", corpora_folder=folder / "corpus", state_folder=str(folder / "state"))
    return asyncio.run(bootstrap.build_service(settings))


def letters(words: str) -> str:
    return fold_letters(words).folded


@pytest.mark.parametrize("changes", [(), (UNMARKED,)], ids=["as it is read now", "read without its marks"])
@pytest.mark.parametrize("kind", SHOWN)
def test_an_old_link_shows_its_quote_or_where_its_words_stand_now(
    tmp_path: Path, kind: str, changes: tuple[tuple[str, str], ...]
) -> None:
    service, shown = start(tmp_path, *changes), SHOWN[kind]

    reply = text(asyncio.run(service.show_quote(shown["id"])))

    if shown.get("withheld"):
        assert letters(shown["text"]) not in letters(reply)
        assert "disputed" in reply
    else:
        assert letters(shown["text"]) in letters(reply)


@pytest.mark.parametrize("changes", [(), (UNMARKED,)], ids=["as it is read now", "read without its marks"])
@pytest.mark.parametrize("kind", [kind for kind, shown in SHOWN.items() if shown.get("withheld")])
def test_an_old_hold_still_withholds(tmp_path: Path, kind: str, changes: tuple[tuple[str, str], ...]) -> None:
    service, shown = start(tmp_path, *changes), SHOWN[kind]

    quotes = service.answer(shown["question"]).quotes

    assert not any(letters(shown["text"]) in letters(chosen.quote.text) for chosen in quotes)
    assert service.admin.take_alerts() == []


def test_an_old_link_to_words_that_were_rewritten_says_what_became_of_them(tmp_path: Path) -> None:
    service = start(tmp_path, REWRITTEN)

    reply = text(asyncio.run(service.show_quote(SHOWN["another Markdown quote"]["id"])))

    assert say("retired_words") in reply
    assert "has stood without a weir" in reply


def test_words_that_a_member_reads_out_are_that_member_s_no_longer(tmp_path: Path) -> None:
    passages = start(tmp_path).corpus.passages

    voices = {passage.voice.name for passage in passages if passage.voice and "beside the sluice" in passage.text}
    assert voices == set()


def test_a_hold_of_the_version_before_can_be_released(tmp_path: Path) -> None:
    service, shown = start(tmp_path, UNMARKED), SHOWN["a Markdown quote"]

    asyncio.run(service.admin.release(shown["id"]))

    [chosen] = service.answer(shown["question"]).quotes
    assert letters(chosen.quote.text) == letters(shown["text"])
