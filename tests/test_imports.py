"""The rooms import one way, down their list, and one of them alone knows Telegram."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = (
    "errors",
    "model",
    "languages",
    "text",
    "analysis",
    "storage",
    "formats",
    "attribution",
    "corpus",
    "ingest",
    "search",
    "answers",
    "replies",
    "service",
    "settings",
    "log_output",
    "bootstrap",
    "surfaces",
    "command_options",
    "curator_commands",
    "cli",
    "__main__",
)
TELEGRAM = "bot.surfaces.telegram"


def modules() -> dict[str, str]:
    """Return the source of each module, by its dotted name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): (
            path.read_text(encoding="utf-8")
        )
        for path in sorted((ROOT / "bot").rglob("*.py"))
    }


def imported(source: str) -> Iterator[str]:
    """Yield the dotted name of everything that `source` imports, for types too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            yield from (f"{dots}{node.module or ''}.{alias.name}" for alias in node.names)


def room(dotted: str) -> str:
    """Return the room of a module of ours; `bot` itself holds nothing and is none."""
    return [*dotted.split("."), ""][1]


def climbs(module: str, source: str) -> list[str]:
    """Return what `module` imports from a later room, relatively, or of Telegram."""
    rank = ROOMS.index(room(module))
    return [
        name
        for name in imported(source)
        if name.startswith(".")
        or (name.startswith("bot.") and ROOMS.index(room(name)) > rank)
        or (name.split(".")[0] == "telegram" and not f"{module}.".startswith(f"{TELEGRAM}."))
    ]


@pytest.mark.parametrize(("module", "source"), modules().items(), ids=list(modules()))
def test_a_room_imports_only_rooms_before_it(module: str, source: str) -> None:
    found = [] if module == "bot" else climbs(module, source)

    assert found == []


def test_every_room_of_the_tree_has_its_place_in_the_list() -> None:
    rooms = {room(module) for module in modules()} - {""}

    assert rooms == set(ROOMS)


@pytest.mark.parametrize(
    ("module", "source", "climbed"),
    [
        ("bot.model", "from bot.answers.answer import Answer", "bot.answers.answer.Answer"),
        ("bot.model", "def f():\n    import bot.service", "bot.service"),
        ("bot.errors", "if TYPE_CHECKING:\n    from bot import model", "bot.model"),
        ("bot.service", "from bot.surfaces import terminal", "bot.surfaces.terminal"),
        ("bot.attribution.quotation_marks", "from ..corpus import loading", "..corpus.loading"),
        ("bot.replies.html", "from telegram import Message", "telegram.Message"),
        ("bot.surfaces.terminal", "import telegram.ext", "telegram.ext"),
        ("bot.cli", "import telegram", "telegram"),
    ],
)
def test_a_planted_climb_is_caught(module: str, source: str, climbed: str) -> None:
    assert climbs(module, source) == [climbed]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.answers.choosing", "from bot.model import Quote\nfrom bot.answers.answer import Answer"),
        ("bot.surfaces.telegram.handlers", "from telegram.ext import Application"),
        ("bot.surfaces.terminal", "from bot.surfaces import telegram"),
        ("bot.service", "import telegraph"),
    ],
)
def test_a_step_down_or_within_a_room_is_none(module: str, source: str) -> None:
    assert climbs(module, source) == []


def list_loaded(source: str, names: Container[str]) -> set[str]:
    """Return which modules of `names` are loaded while `source` is: what it imports outside functions, types aside."""
    statements = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    candidates = {name for node in statements for name in imported(ast.unparse(node))}
    # What is imported from a module is one itself, or stands in it.
    return {name if name in names else name.rpartition(".")[0] for name in candidates if name.startswith("bot.")}


def test_no_modules_load_each_other_in_a_circle() -> None:
    sources = modules()

    list(TopologicalSorter({name: list_loaded(source, sources) for name, source in sources.items()}).static_order())


def test_a_planted_circle_is_caught() -> None:
    sources = {"bot.a": "from bot.b import f", "bot.b": "from bot import c", "bot.c": "import bot.a"}

    with pytest.raises(CycleError, match="cycle"):
        TopologicalSorter({name: list_loaded(source, sources) for name, source in sources.items()}).prepare()
