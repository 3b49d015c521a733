"""Every limit that is no setting is in docs/limits.md, with its value and the reason."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("formats", "storage", "corpus", "ingest")
ROW = re.compile(r"^\| `(bot/[\w/]+\.py)` \| `(\w+)` \| ([\d.]+) \| (.+) \|$", re.MULTILINE)
REASONS = ("guard: ", "measure: ", "wait: ", "memory: ")


def list_limits() -> dict[tuple[str, str], float]:
    """Return the value of each number of a module that is called a maximum, by its file and name."""
    limits = {}
    for room in ROOMS:
        for path in sorted((ROOT / "bot" / room).rglob("*.py")):
            relative = str(path.relative_to(ROOT))
            targets = [
                target.id
                for node in ast.parse(path.read_text("utf-8")).body
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name) and re.match(r"_?MAX_", target.id)
            ]
            for name in targets:
                module = import_module(relative.removesuffix(".py").replace("/", "."))
                limits[relative, name] = getattr(module, name)
    return limits


def test_every_limit_that_is_no_setting_is_listed_with_its_value_and_a_reason() -> None:
    rows = ROW.findall((ROOT / "docs/limits.md").read_text("utf-8"))

    assert {(path, name): float(value) for path, name, value, _ in rows} == list_limits()
    assert [reason for *_, reason in rows if not reason.startswith(REASONS)] == []
