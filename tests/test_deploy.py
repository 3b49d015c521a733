"""What is deployed is linted, and says of the bot what is true of it.

Each linter is used where it is installed; where CI is set it must be.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.settings import list_variables
from bot.surfaces import list_surfaces, load_surface

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "on-the-record.service"
# The scale of systemd-analyze goes to 100, for a unit without hardening about 96.
MOST_EXPOSED = 20


def find_program(name: str) -> str:
    """Return where the linter `name` is; skip where there is none, unless this is CI."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    found = shutil.which(name, path=path)
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"{name} is not installed")
    assert found, f"CI lacks {name}"
    return found


def lint(*command: str) -> str:
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def load_compose(name: str) -> dict[str, Any]:
    find_program("compose-lint")  # it reads YAML, and brings what does
    yaml = pytest.importorskip("yaml")
    return dict(yaml.safe_load((DEPLOY / name).read_text("utf-8")))


def test_the_dockerfile_is_linted() -> None:
    assert lint(find_program("hadolint"), "deploy/Dockerfile") == ""


def test_the_compose_files_hold_to_the_schema(tmp_path: Path) -> None:
    check = (find_program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec")
    misspelt = tmp_path / "compose.yaml"
    misspelt.write_text((DEPLOY / "compose.yaml").read_text("utf-8").replace("read_only:", "readonly:"), "utf-8")

    lint(*check, "deploy/compose.yaml", "deploy/compose.servers.yaml")
    with pytest.raises(AssertionError, match="'readonly' was unexpected"):
        lint(*check, str(misspelt))


@pytest.mark.parametrize("name", ["compose.yaml", "compose.servers.yaml"])
def test_the_compose_files_are_linted(name: str) -> None:
    lint(find_program("compose-lint"), "check", "--fail-on", "high", f"deploy/{name}")


def test_the_unit_is_verified_and_hardened(tmp_path: Path) -> None:
    program = find_program("systemd-analyze")
    # The program itself is not installed here.
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace("/opt/on-the-record/bin/on-the-record", "/bin/true"), "utf-8")

    assert lint(program, "verify", str(unit)) == ""
    lint(program, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit))


def test_the_container_is_not_root_and_writes_to_nothing_but_its_volumes() -> None:
    bot = load_compose("compose.yaml")["services"]["bot"]
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")

    assert bot["read_only"]
    assert bot["cap_drop"] == ["ALL"]
    assert bot["user"] == "10001:10001"
    assert re.findall(r"^USER (\w+)$", dockerfile, re.MULTILINE) == ["10001"]
    volumes = {volume.partition(":")[2] for volume in bot["volumes"]}
    assert volumes == {"/srv/corpus", "/srv/state"} == {*re.findall(r'"(/srv/\w+)"', dockerfile)}
    written = re.findall(r"BOT_(?:STATE_FOLDER|ENGINE__CACHE)=(\S+)", dockerfile)
    assert [path.startswith("/srv/state") for path in written] == [True, True]


def test_every_process_is_given_the_time_that_stopping_takes() -> None:
    from bot.surfaces.telegram.lifecycle import _FORCED_EXIT_SECONDS  # noqa: PLC0415  needs telegram

    bot = load_compose("compose.yaml")["services"]["bot"]
    [seconds] = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT.read_text("utf-8"), re.MULTILINE)

    assert int(bot["stop_grace_period"].rstrip("s")) > _FORCED_EXIT_SECONDS
    assert int(seconds) > _FORCED_EXIT_SECONDS


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_every_variable_is_one_that_the_bot_reads(path: Path) -> None:
    of_surfaces = {variable for name in list_surfaces() for variable in load_surface(name).VARIABLES}
    # Compose's own, for the tag of the image.
    known = {*list_variables(), *of_surfaces, "BOT_VERSION"}

    assert {*re.findall(r"BOT_[A-Z_]+", path.read_text("utf-8"))} <= known


def test_the_servers_are_asked_by_the_names_that_they_have_there() -> None:
    services = load_compose("compose.servers.yaml")["services"]
    given = services["bot"]["environment"]

    assert given["OPENSEARCH_URL"] == "http://opensearch:9200"
    assert "@postgres:5432/bot" in given["DATABASE_URL"]
    assert {*services["bot"]["depends_on"]} == {"opensearch", "postgres"} <= services.keys()
    assert given["BOT_ENGINE__NAME"] in {"bm25", "opensearch"}
    lock = (ROOT / services["bot"]["build"]["args"]["REQUIREMENTS"]).read_text("utf-8")
    assert "psycopg" in lock
    assert "opensearch-py" in lock


def test_what_the_image_copies_is_there_and_let_through() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (\w+) ", dockerfile, re.MULTILINE)
    let_through = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split()

    assert copied == ["bot", "config", "corpus"]
    assert all((ROOT / name).is_dir() and f"!{name}" in let_through for name in copied)
    assert "!requirements*.txt" in let_through
