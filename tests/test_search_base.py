"""The seam of search: the example in its docstring, saved as a file, is an engine."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from bot import search
from bot.cli import main
from bot.search import base, list_engines

IMPORTS = """\
from collections import Counter
from typing import NamedTuple
from pydantic import BaseModel, ConfigDict
from bot.model import Passage
from bot.search.base import Hit, Query

"""


@pytest.fixture
def overlap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write the engine of the docstring where engines are found, and return its name."""
    example = (base.__doc__ or "").partition("would be:\n")[2]
    (tmp_path / "overlap.py").write_text(IMPORTS + textwrap.dedent(example), encoding="utf-8")
    monkeypatch.setattr(search, "__path__", [*search.__path__, str(tmp_path)])
    return "overlap"


def test_a_new_file_is_an_engine_that_the_settings_choose_by_its_name(
    overlap: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_ENGINE__NAME", overlap)

    status = main(["ask", "What does Liberty say about privacy?", "--json"])

    answer = json.loads(capsys.readouterr().out)
    assert (status, answer["status"]) == (0, "answered")
    # Stems are counted, so that every score is a whole number, unlike BM25's.
    assert all(quote["score"] == int(quote["score"]) > 0 for quote in answer["quotes"])


def test_options_that_a_new_engine_does_not_have_are_refused_by_place(
    overlap: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_ENGINE__NAME", overlap)
    monkeypatch.setenv("BOT_ENGINE__OPTIONS__OVERLAP__K1", "1.5")

    status = main(["ask", "privacy"])

    assert status == 2
    assert "BOT_ENGINE__OPTIONS__OVERLAP__K1: no such setting" in capsys.readouterr().err


def test_an_unknown_engine_is_refused_with_the_names_of_those_there_are(
    overlap: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_ENGINE__NAME", "base")

    status = main(["ask", "privacy"])

    assert status == 2
    assert f"no such engine; use bm25, opensearch, {overlap}" in capsys.readouterr().err


def test_the_seam_itself_is_no_engine() -> None:
    assert "base" not in list_engines()
    assert "bm25" in list_engines()
