"""The first document of the first corpus, against its own gold: words, voices, offices, sides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot import corpus
from bot.model import Kind, Passage, Side

ROOT = Path(__file__).parents[1]
GOLD: list[dict[str, Any]] = json.loads((ROOT / "tests/golden/seed.json").read_text(encoding="utf-8"))["quotes"]
SAID = [entry for entry in GOLD if entry["type"] != "scare"]
CORPUS = corpus.load_corpus(ROOT / "corpus/facial-recognition")
PASSAGES = [p for p in CORPUS.passages if p.document.id == "2020-01-guardian-series"]
KINDS = {"direct": Kind.DIRECT, "partial": Kind.FRAGMENT, "indirect": Kind.REPORTED}
SIDES = {"for": Side.FOR, "against": Side.AGAINST, "neutral-evidence": Side.NEITHER}


def found(entry: dict[str, Any]) -> Passage:
    """Return the passage of the entry's kind that begins where the entry does."""
    return next(p for p in PASSAGES if p.span.start == entry["start"] and p.kind is KINDS[entry["type"]])


def starting(start: int) -> Passage:
    return next(p for p in PASSAGES if p.span.start == start and p.kind is not Kind.NARRATION)


@pytest.mark.parametrize("entry", SAID, ids=[entry["text"][:25] for entry in SAID])
def test_the_words_are_those_of_the_gold(entry: dict[str, Any]) -> None:
    passage = found(entry)

    # A report ends before its sentence's stop; what stands between marks is exact.
    exact = {entry["end"]} | ({entry["end"] - 1} if passage.kind is Kind.REPORTED else set())
    assert passage.span.end in exact
    assert entry["text"].startswith(passage.text)


@pytest.mark.parametrize("entry", SAID, ids=[entry["text"][:25] for entry in SAID])
def test_the_voice_has_the_gold_s_name_role_organisation_and_side(entry: dict[str, Any]) -> None:
    passage = found(entry)

    assert passage.voice is not None
    assert passage.voice.name == entry["name"]
    assert (passage.voice.role, passage.voice.organisation) == (entry["role"], entry["organisation"])
    assert passage.side is SIDES[entry["stance"]]
    assert passage.cue


def test_a_word_held_with_tongs_is_never_offered() -> None:
    [scare] = [entry for entry in GOLD if entry["type"] == "scare"]

    assert all(p.span != (scare["start"], scare["end"]) for p in PASSAGES)


def test_he_added_leads_back_to_the_name_over_three_paragraphs() -> None:
    first = starting(2192)
    text = first.document.text

    assert [text[a:b] for a, b in first.cue] == ["Assistant Commissioner Nick Ephgrave, said", "He added"]
    assert first.chain == "¶9 “Assistant Commissioner Nick Ephgrave, said” → ¶12 “He added”"
    assert starting(2331).chain == f"{first.chain} → ¶13 continues"
    assert starting(2049).chain == ("¶9 “Assistant Commissioner Nick Ephgrave, said” → ¶10 to ¶11 continues")


def test_paragraphs_of_one_quotation_know_each_other() -> None:
    assert [span.start for span in starting(1741).quotation] == [1628, 1741, 2049]
    assert [span.start for span in starting(649).quotation] == [649, 877]
    assert [span.start for span in starting(112).quotation] == [112]


def test_a_report_is_shown_with_the_sentences_that_go_on_with_it() -> None:
    frame = starting(1176).frame

    shown = PASSAGES[0].document.text[frame.start : frame.end]
    assert shown.startswith("The force says LFR cameras")
    assert shown.endswith("leaflets about the activity.")


def test_a_fragment_is_shown_in_its_sentence_and_direct_words_as_they_are() -> None:
    fragment, direct = starting(538), starting(649)

    text = fragment.document.text
    assert text[fragment.frame.start : fragment.frame.end].startswith("However, human rights")
    assert text[fragment.frame.start : fragment.frame.end].endswith("surveillance state.”")
    assert direct.frame == direct.span


def test_who_somebody_is_can_be_answered_from_the_narration() -> None:
    told = [p.text for p in PASSAGES if p.kind is Kind.NARRATION]

    assert "Clare Collier, advocacy director at Liberty, said:" in told


def test_every_voice_of_the_seed_is_sure_enough_to_be_shown() -> None:
    doubtful = [p for p in PASSAGES if p.confidence < 0.7]

    assert doubtful == []
