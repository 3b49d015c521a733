"""Two sides of a topic, voice by voice; and one voice through time, on both sides of a motion."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.model import Side
from bot.replies.reply import AnswerRef, Command
from bot.service import Service, commands
from tests import corpus_folders
from tests.corpus_folders import HEADER, buttons, text

if TYPE_CHECKING:
    import pytest


MANIFEST = """\
title = "The Testbury bridge (invented example)"
motion = "Testbury should mend the bridge"
language = "english"
curator = "the tests"
basis = "invented"
"""
VOICES = {"Ann Bell": "for", "Cy Orr": "for", "Dot Ray": "for", "Bob Low": "against", "Eve Hay": "against"}
SAID = {
    "Ann Bell": [
        "The toll on the bridge is fair to all of us in the town.",
        "The toll pays for the bridge and its lamps too.",
    ],
    "Cy Orr": ["A toll of ten pence on the bridge would hurt nobody at all."],
    "Dot Ray": ["We have asked for a toll on that bridge for twenty years."],
    "Bob Low": ["The toll on the bridge falls on the poorest of the town."],
    "Eve Hay": ["No town nearby has a toll on its bridge, and all are mended."],
}
# What one voice says in three years, and on which side from when on.
TURNS = {
    "2019-05-01": "The toll on the bridge is a tax on bread and on the sick.",
    "2021": "The toll on the bridge is late, and so is everybody here.",
    "2023-02-01": "The toll on the bridge has paid for itself by now, I find.",
}


def write(folder: Path, name: str, quotes: list[str], date: str = "") -> None:
    stated = f'date = "{date}"\n' if date else ""
    header = HEADER.format(title=f"{name} {date}").replace("+++\n", f"+++\n{stated}", 1)
    paragraphs = [f"{name}, of Testbury, said: “{quote}”\n" for quote in quotes]
    (folder / f"{name.partition(' ')[0].lower()}{date[:4]}.txt").write_text(header + "\n".join(paragraphs), "utf-8")


async def serve(tmp_path: Path, voices: dict[str, str], extra: str = "") -> Service:
    folder = tmp_path / "bridge"
    folder.mkdir()
    listed = "".join(f'\n[[voices]]\nname = "{name}"\nside = "{side}"\n' for name, side in voices.items())
    for name in voices:
        write(folder, name, SAID[name])
    if extra:
        for date, quote in TURNS.items():
            write(folder, "Flo Gee", [quote], date)
    (folder / "corpus.toml").write_text(f"{MANIFEST}{listed}{extra}", "utf-8")
    return await corpus_folders.desk(tmp_path)


def list_voices(service: Service, topic: str, page: int = 1) -> list[tuple[Side, str]]:
    quotes = [chosen.quote.passage for chosen in service.compare_sides(topic, page).quotes]
    return [(passage.side, passage.voice.name) for passage in quotes if passage.voice]


async def test_each_voice_stands_once_and_sides_have_equally_many(tmp_path: Path) -> None:
    service = await serve(tmp_path, VOICES)

    voices = list_voices(service, "toll on the bridge")

    assert len(voices) == len(set(voices)) == 4
    assert [side for side, _ in voices] in (
        [Side.FOR, Side.FOR, Side.AGAINST, Side.AGAINST],
        [Side.AGAINST, Side.AGAINST, Side.FOR, Side.FOR],
    )
    assert not service.compare_sides("toll on the bridge").has_more


async def test_which_side_stands_first_alternates_by_the_topic(tmp_path: Path) -> None:
    service = await serve(tmp_path, VOICES)

    first = {
        list_voices(service, topic)[0][0] for topic in ("toll", "bridge toll", "the toll", "a toll", "toll bridge")
    }

    assert first == {Side.FOR, Side.AGAINST}


async def test_a_side_without_a_quote_is_named_and_the_other_goes_on_page_by_page(tmp_path: Path) -> None:
    voices = {name: side for name, side in VOICES.items() if side == "for"}
    service = await serve(tmp_path, voices)

    reply = await commands.run_command(service, Command("sides", "toll"))

    assert "No quote AGAINST matches these words." in text(reply)
    assert {name for _, name in list_voices(service, "toll")} == set(voices)
    assert list_voices(service, "toll", page=9) == list_voices(service, "toll")


async def test_more_shows_the_next_voices_of_both_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_ANSWERS__QUOTES", "2")
    service = await serve(tmp_path, VOICES)
    first = await commands.run_command(service, Command("sides", "toll on the bridge"))

    second = await commands.run_command(service, Command("more"), first.answer_ref)

    assert "More ▸" in buttons(first)
    assert len(first.answer_ref.quote_ids) == len(second.answer_ref.quote_ids) == 2
    assert not set(first.answer_ref.quote_ids) & set(second.answer_ref.quote_ids)
    assert "More ▸" not in buttons(second)


async def test_a_topic_that_nobody_speaks_to_and_no_topic_are_told(tmp_path: Path) -> None:
    service = await serve(tmp_path, VOICES)

    assert text(await service.answer_by_sides("pensions")).startswith("Nobody here is quoted on that.")
    assert text(await commands.run_command(service, Command("sides"))) == "Use /sides TOPIC, e.g. /sides privacy"


async def test_how_to_ask_is_told_by_a_topic_of_the_corpus(tmp_path: Path) -> None:
    service = await serve(tmp_path, VOICES, '\n[[topics]]\nname = "toll"\nwords = ["toll"]\n')

    assert "Ask a question, e.g. /ask toll\n" in text(service.help())
    assert text(await service.answer_by_sides(" ")) == "Use /sides TOPIC, e.g. /sides toll"


FLO = """
[[voices]]
name = "Flo Gee"
side = "against"

[[voices]]
name = "Flo Gee"
side = "for"
since = "2022"
"""


async def test_one_voice_on_both_sides_is_shown_as_a_pair_called_nothing_and_years_stand_between(
    tmp_path: Path,
) -> None:
    service = await serve(tmp_path, VOICES, FLO)

    reply = await commands.run_command(service, Command("by", "Flo Gee toll"))

    told = text(reply)
    assert told.startswith("Flo Gee · AGAINST, FOR · 1–3 of 3")
    order = [
        told.index(words)
        for words in ("2021 · 1 February 2023", "is late", "paid for itself", "\n2019\n", "tax on bread")
    ]
    assert order == sorted(order)
    assert not re.search(r"contradict|changed|u-turn|flip", told, re.IGNORECASE)
    assert len(reply.answer_ref.quote_ids) == 3


async def test_one_voice_on_one_side_has_years_and_no_pair(tmp_path: Path) -> None:
    service = await serve(tmp_path, VOICES, FLO.partition('\n[[voices]]\nname = "Flo Gee"\nside = "for"')[0] + "\n")

    told = text(await commands.run_command(service, Command("by", "Flo Gee toll")))

    years = [told.index(f"\n{year}\n") for year in (2019, 2021, 2023)]
    assert years == sorted(years)
    assert " · 1 February 2023\n\n1" not in told


async def test_all_of_a_voice_without_a_topic_has_no_years_between(tmp_path: Path) -> None:
    service = await serve(tmp_path, VOICES, FLO)

    told = text(await commands.run_command(service, Command("by", "Flo Gee"), AnswerRef()))

    assert "\n2019\n" not in told
    assert told.index("tax on bread") < told.index("is late") < told.index("paid for itself")


async def test_quotes_without_a_date_stand_under_no_year(tmp_path: Path) -> None:
    service = await serve(tmp_path, VOICES)

    assert "date not given\n\n1 FOR" in text(await commands.run_command(service, Command("by", "Ann Bell toll")))
