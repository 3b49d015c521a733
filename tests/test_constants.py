"""Every number that decides what is shown has its reason in a comment above it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("answers",)


def find_constants(source: str) -> Iterator[tuple[str, bool]]:
    """Yield each numeric constant of a module or class, and whether a comment is above it."""
    lines = source.splitlines()
    for body in (node.body for node in ast.walk(ast.parse(source)) if hasattr(node, "body")):
        is_above_commented = False
        for node in body if isinstance(body, list) else ():
            name = next((n.id for n in ast.walk(node) if isinstance(n, ast.Name)), "")
            value = getattr(node, "value", None)
            if isinstance(node, ast.Assign | ast.AnnAssign) and _is_numeric(name, node, value):
                is_commented = lines[node.lineno - 2].lstrip().startswith("#")
                # One comment may stand above two neighbours.
                is_adjacent = is_above_commented and lines[node.lineno - 2].strip() != ""
                is_above_commented = is_commented or is_adjacent
                yield name, is_above_commented
            else:
                is_above_commented = False


def _is_numeric(name: str, node: ast.Assign | ast.AnnAssign, value: ast.expr | None) -> bool:
    """Tell whether a number, but for the neutral 0 and 1, is a constant or a setting's default."""
    if value is None or not (name.isupper() or isinstance(node, ast.AnnAssign)):
        return False
    numbers = [n.value for n in ast.walk(value) if isinstance(n, ast.Constant)]
    return any(type(number) in {int, float} and number not in {0, 1} for number in numbers)


@pytest.mark.parametrize("room", ROOMS)
def test_every_number_that_decides_has_its_reason_above_it(room: str) -> None:
    constants = [
        (f"{path.name}: {name}", has_reason)
        for path in sorted((ROOT / "bot" / room).rglob("*.py"))
        for name, has_reason in find_constants(path.read_text(encoding="utf-8"))
    ]

    assert len(constants) > 15
    assert [name for name, has_reason in constants if not has_reason] == []


def test_a_number_without_a_reason_is_found() -> None:
    source = "# Why.\nGOOD = 0.5\n\nBAD = 0.7\nNAME = 'x'\n"

    assert dict(find_constants(source)) == {"GOOD": True, "BAD": False}
