"""The judged questions: floors that only a line in the changelog may lower."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from bot.answers import evaluation
from bot.service import Service
from tests.benchmarks.visits import is_useful, load_service, load_visits

# Of 60; python -m tests.benchmarks.visits tests/relevance/visits.jsonl
LEAST_USEFUL_VISITS = 57

FOLDER = Path(__file__).parent / "relevance"
FLOORS = tomllib.loads((FOLDER / "floors.toml").read_text("utf-8"))


# The sets that are asked of a debate of their own.
CORPORA = {"stoves": "stoves"}


@cache
def figures(desk: Service, name: str) -> dict[str, int]:
    questions = evaluation.load_questions(FOLDER / f"{name}.jsonl")
    asked = load_service(CORPORA[name]) if name in CORPORA else desk
    return evaluation.count_outcomes(evaluation.evaluate(questions, asked.answer))


def test_visitors_are_met_usefully_or_with_rightful_silence() -> None:
    visits = load_visits(FOLDER / "visits.jsonl")

    assert sum(map(is_useful, visits)) >= LEAST_USEFUL_VISITS


@pytest.mark.parametrize(
    ("name", "figure", "floor"), [(name, *floor) for name, floors in FLOORS.items() for floor in floors.items()]
)
def test_no_figure_falls_below_its_floor(desk: Service, name: str, figure: str, floor: int) -> None:
    assert figures(desk, name)[figure] >= floor


@pytest.mark.parametrize("name", FLOORS)
def test_every_character_shown_as_a_quote_is_verbatim(desk: Service, name: str) -> None:
    assert figures(desk, name)["quotes verbatim"] == figures(desk, name)["quotes"] > 0
