"""The curator's voices: one voice however it is called, as of each document's date."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.attribution.curated_voices import build_curated_voices
from bot.model import Document, Kind, Side, Voice, VoiceEntry
from tests.english import ENGLISH

LISTED = (
    VoiceEntry("Tram Union", ("the union", "TU"), "trade union", "Tram Union", Side.AGAINST),
    VoiceEntry("Ann Bell", ("Bell",), "driver", "Tram Union", Side.FOR),
    VoiceEntry("Ann Bell", ("Bell",), "minister", None, Side.AGAINST, since="2024-06"),
    VoiceEntry("Cy Orr", ("C",)),
    VoiceEntry("Cy Low", ("C",)),
)


@pytest.mark.parametrize("called", ["Tram Union", "tram union", "The union", "TU", "the  TU"])
def test_a_voice_goes_by_its_name_and_aliases(called: str) -> None:
    voice, side = build_curated_voices(LISTED, "2024").complete_voice(Voice(called))

    assert voice == Voice("Tram Union", "trade union", "Tram Union")
    assert side is Side.AGAINST


def test_what_is_printed_wins_over_what_is_listed() -> None:
    voice, _ = build_curated_voices(LISTED, "2023").complete_voice(Voice("Bell", "conductor"))

    assert voice == Voice("Ann Bell", "conductor", "Tram Union")


def test_a_voice_nobody_listed_stays_as_printed_on_neither_side() -> None:
    assert build_curated_voices(LISTED, None).complete_voice(Voice("Dee Fox")) == (Voice("Dee Fox"), Side.NEITHER)


def test_a_listed_voice_without_a_side_takes_neither() -> None:
    assert build_curated_voices(LISTED, None).complete_voice(Voice("Cy Orr"))[1] is Side.NEITHER


@pytest.mark.parametrize(
    ("date", "side"),
    [
        ("2023", Side.FOR),
        ("2024-05-31", Side.FOR),
        ("2024-06", Side.AGAINST),
        ("2024", Side.AGAINST),
        ("2025-01-01", Side.AGAINST),
        (None, Side.AGAINST),
    ],
)
def test_the_latest_entry_not_after_the_document_holds(date: str | None, side: Side) -> None:
    assert build_curated_voices(LISTED, date).complete_voice(Voice("Ann Bell"))[1] is side


def test_an_alias_that_two_share_leads_nowhere() -> None:
    assert build_curated_voices(LISTED, None).find("C") is None


def test_a_listed_group_is_sure_enough_to_be_shown() -> None:
    document = Document("invented", "The union said: “The line will be late again.”")

    [bare] = [p for p in extract_passages(document, language=ENGLISH) if p.kind is Kind.DIRECT]
    [listed] = [p for p in extract_passages(document, LISTED, language=ENGLISH) if p.kind is Kind.DIRECT]
    assert bare.confidence < 0.7 < listed.confidence
    assert (listed.voice, listed.side) == (Voice("Tram Union", "trade union", "Tram Union"), Side.AGAINST)
