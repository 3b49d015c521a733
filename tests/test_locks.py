"""The locks: all that pyproject.toml asks for, every file by its hash, and from no address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
ASKED = {
    "requirements.txt": RUNTIME,
    "requirements-dev.txt": RUNTIME + PROJECT["dependency-groups"]["dev"],
    **{f"requirements-{extra}.txt": RUNTIME + EXTRAS[extra] for extra in ("html", "pdf", "fast", "mcp")},
    "requirements-services.txt": RUNTIME + EXTRAS["opensearch"] + EXTRAS["postgres"],
}


def name(requirement: str) -> str:
    """Return what a requirement asks for, as a lock spells it."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def locked(lock: str) -> dict[str, str]:
    """Return each entry of a lock by name: its first line, and its hashes."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name(entry): entry for entry in re.split(r"\n(?=\S)", text)}


@pytest.mark.parametrize("lock", ASKED)
def test_a_lock_holds_all_that_is_asked_for(lock: str) -> None:
    assert {name(requirement) for requirement in ASKED[lock]} <= locked(lock).keys()


@pytest.mark.parametrize("lock", ASKED)
def test_every_entry_of_a_lock_is_one_version_with_its_hashes(lock: str) -> None:
    loose = [
        entry
        for entry in locked(lock).values()
        if not re.match(r"[\w.-]+==\S+( ;.*)? \\\n    --hash=sha256:[0-9a-f]{64}", entry)
    ]

    assert loose == []


@pytest.mark.parametrize("lock", ASKED)
def test_a_lock_has_the_versions_that_the_checks_run_with(lock: str) -> None:
    checked = {entry.partition(" ")[0] for entry in locked("requirements-dev.txt").values()}

    assert {entry.partition(" ")[0] for entry in locked(lock).values()} <= checked


@pytest.mark.parametrize("lock", ASKED)
def test_a_lock_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert re.findall(r"\S*://\S*|--(?:extra-)?index\S*|--find-links\S*", text) == []
