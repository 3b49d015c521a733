"""The judged questions: floors that only a line in the changelog may lower."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answers import evaluation

if TYPE_CHECKING:
    from bot.desk import Desk

FOLDER = Path(__file__).parent / "relevance"


@pytest.fixture(scope="module")
def figures(desk: Desk) -> dict[str, int]:
    questions = evaluation.load(FOLDER / "facial-recognition.jsonl")
    return evaluation.figures(evaluation.evaluate(questions, desk.answer))


@pytest.mark.parametrize(
    ("figure", "floor"), tomllib.loads((FOLDER / "floors.toml").read_text("utf-8")).items()
)
def test_no_figure_falls_below_its_floor(figures: dict[str, int], figure: str, floor: int) -> None:
    assert figures[figure] >= floor


def test_every_character_shown_as_a_quote_is_verbatim(figures: dict[str, int]) -> None:
    assert figures["quotes verbatim"] == figures["quotes"] > 0
