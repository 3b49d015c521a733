"""Surfaces: what each declares, and that a surface or a language is one new file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.surfaces import Surface, list_surfaces, load_surface
from tests.corpus_folders import HEADER

ROOT = Path(__file__).parents[2]
SURFACE = '''\
"""Answers each line of stdin by a line of JSON."""

import asyncio
import json
import os
import sys

from pydantic import BaseModel, ConfigDict

from bot import bootstrap
from bot.replies.reply import Command
from bot.service import commands

COMMAND = "jsonlines"
VARIABLES = frozenset({"BOT_JSON_TOKEN"})
SWITCHES = {"pages": "Add which page each reply is."}


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    most: int = 9


def run(settings, options, *, pages=False):
    """Answer each line of stdin by a line of JSON."""
    asyncio.run(_answer_lines(settings, options, pages))


async def _answer_lines(settings, options, pages):
    service = await bootstrap.build_service(settings)
    for line in sys.stdin:
        reply = await commands.run_command(service, Command.parse(line))
        blocks = ["".join(piece.text for piece in block) for block in reply.blocks]
        record = {"token": os.environ["BOT_JSON_TOKEN"], "blocks": blocks[: options.most]}
        print(json.dumps(record | ({"page": reply.page} if pages else {})))
'''
LANGUAGE = """\
[stop_words]
words = "ir bet apie"
"""
MANIFEST = """\
title = "The bridge (invented example)"
motion = "The bridge should be mended"
language = "lithuanian"
curator = "the tests"
basis = "invented"
"""


@pytest.mark.parametrize("name", list_surfaces())
def test_a_surface_declares_its_command_variables_switches_and_options(name: str) -> None:
    surface: Surface = load_surface(name)

    assert surface.COMMAND.isidentifier()
    assert all(variable.startswith("BOT_") for variable in surface.VARIABLES)
    assert all(switch.isidentifier() and text for switch, text in surface.SWITCHES.items())
    assert issubclass(surface.Options, BaseModel)
    surface.Options.model_validate({})
    assert (surface.run.__doc__ or "").endswith(".")


def test_no_two_surfaces_share_a_command() -> None:
    commands = [load_surface(name).COMMAND for name in list_surfaces()]

    assert len(commands) == len(set(commands))


def test_a_command_of_another_surface_does_not_import_a_chat_s_library() -> None:
    loaded = _run(ROOT, "-c", "import sys, bot.cli; print('telegram' in sys.modules)")

    assert loaded.stdout == "False\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of the tree, to which a test adds one file."""
    for name in ("bot", "config", "corpus"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def _run(tree: Path, *arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), **environment},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_surface_is_one_file_with_its_command_option_variable_and_switch(tree: Path) -> None:
    (tree / "bot/surfaces/jsonlines.py").write_text(SURFACE, "utf-8")
    settings_file = tree / "config/bot.toml"
    settings_file.write_text(settings_file.read_text("utf-8") + "\n[surfaces.jsonlines]\nmost = 1\n", "utf-8")

    ran = _run(tree, "-m", "bot", "jsonlines", "--pages", typed="privacy\n/help\n", BOT_JSON_TOKEN="x")
    described = _run(tree, "-m", "bot", "--help").stdout

    assert ran.stderr == ""
    answer, _ = records = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(record["token"], record["page"]) for record in records] == [("x", 1), ("x", 1)]
    assert [len(record["blocks"]) for record in records] == [1, 1]
    assert answer["blocks"][0].startswith(("FOR · ", "AGAINST · "))
    assert "jsonlines" in described
    assert "Answer each line of stdin by a line of JSON." in described


def test_a_new_surface_s_options_and_variables_are_checked_as_any_other_s(tree: Path) -> None:
    (tree / "bot/surfaces/jsonlines.py").write_text(SURFACE, "utf-8")

    wrong = _run(tree, "-m", "bot", "jsonlines", BOT_SURFACES__JSONLINES__LEAST="1")
    unknown = _run(tree, "-m", "bot", "jsonlines", BOT_JSON_TOKN="x")

    assert wrong.stderr.startswith("bot: BOT_SURFACES__JSONLINES__LEAST: no such setting")
    assert unknown.stderr.startswith("bot: BOT_JSON_TOKN: no such setting")
    assert (wrong.returncode, unknown.returncode) == (2, 2)


def test_a_new_language_of_documents_is_one_file(tree: Path) -> None:
    folder = tree / "corpus/tiltas"
    folder.mkdir()
    (folder / "corpus.toml").write_text(MANIFEST, "utf-8")
    body = "Tiltas ir keltas yra nesaugūs, bet apie tai niekas nekalba miesto taryboje.\n"
    (folder / "a.txt").write_text(HEADER.format(title="Tiltas") + body, "utf-8")
    arguments = ("-m", "bot", "ask", "tiltas ir keltas", "--corpus", "tiltas", "--json")
    before = json.loads(_run(tree, *arguments).stdout)

    (tree / "bot/languages/lithuanian").mkdir()
    (tree / "bot/languages/lithuanian/lithuanian.toml").write_text(LANGUAGE, "utf-8")
    after = json.loads(_run(tree, *arguments).stdout)

    assert before["searched"] == ["tiltas", "ir", "keltas"]
    assert after["searched"] == ["tiltas", "keltas"]
