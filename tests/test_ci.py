"""What CI runs, on stand-ins for the Pythons of a machine and for make."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def stand_in(program: Path, script: str) -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Return a folder with the tree, its environment of 3.11, and an empty home beside it."""
    shutil.copytree(ROOT / ".ci", tmp_path / "tree/.ci")
    answer = f'case "$2" in *ensurepip*) echo 3.11 ;; *) echo {tmp_path}/home ;; esac'
    stand_in(tmp_path / "tree/.venv/bin/python", answer)
    stand_in(tmp_path / "programs/make", 'echo "make $*"')
    stand_in(tmp_path / "programs/mvn", "")
    (tmp_path / "programs/dirname").symlink_to(str(shutil.which("dirname")))
    return tmp_path


def run_ci(machine: Path, **environment: str) -> list[str]:
    ran = subprocess.run(
        [machine / "tree/.ci/run"],
        env={"PATH": f"{machine}/programs"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return ran.stdout.splitlines()


def test_ci_checks_types_and_tests_once_on_every_other_python(machine: Path) -> None:
    versions = machine / "home/.pyenv/versions"
    stand_in(machine / "programs/python3.11", "echo 3.11")
    stand_in(machine / "programs/python3.12", "echo 3.12")
    stand_in(versions / "3.12.1/bin/python3.12", "echo 3.12")
    stand_in(versions / "3.13.0/bin/python3.13", "echo 3.13")

    printed = run_ci(machine)

    on_path, of_pyenv = machine / "programs/python3.12", versions / "3.13.0/bin/python3.13"
    assert [line for line in printed if line.startswith("make")] == [
        "make .venv/ready",
        "make test",
        f"make types-and-tests PYTHON={on_path} VENV=.venv-3.12",
        f"make types-and-tests PYTHON={of_pyenv} VENV=.venv-3.13",
        "make services",
        "make endure",
    ]
    assert f"Every check on Python 3.11; types and tests alone on: {on_path} {of_pyenv}" in printed


def test_ci_leaves_out_a_python_that_is_too_old_or_does_not_start(machine: Path) -> None:
    stand_in(machine / "home/.pyenv/versions/3.10.13/bin/python3.10", "exit 1")
    stand_in(machine / "programs/python3.12", "echo 3.12; exit 127")

    printed = run_ci(machine)

    assert "Every check on Python 3.11; types and tests alone on: no other Python here" in printed


def test_ci_checks_the_rest_where_opensearch_cannot_be_had(machine: Path) -> None:
    stand_in(machine / "tree/.venv/bin/python", f'case "$2" in *jars*) exit 1 ;; *) echo {machine}/home ;; esac')

    printed = run_ci(machine)

    assert [line for line in printed if line.startswith("make")][-2:] == [
        "make services: left out, since OpenSearch's jars cannot be had here",
        "make endure",
    ]


def test_ci_starts_the_servers_once_more_where_they_missed_a_deadline(machine: Path) -> None:
    first = machine / "first"
    begun = f'echo "make $*"; [ "$1" != services ] || [ -e {first} ] || {{ : > {first}; exit 2; }}'
    stand_in(machine / "programs/make", begun)

    assert run_ci(machine)[-3:] == ["make services", "make services", "make endure"]


@pytest.mark.parametrize(("release", "is_enough"), [("17.0.15", False), ("20", False), ("21", True), ("25.0.1", True)])
def test_ci_installs_what_the_servers_lack(machine: Path, release: str, *, is_enough: bool) -> None:
    (machine / "programs/mvn").unlink()
    stand_in(machine / "jdk/bin/javac", f"echo javac {release}")
    log = machine / "installed"
    stand_in(machine / "programs/apt-get", f'echo "$@" >> {log}')
    # Its lists are there once they were updated.
    stand_in(machine / "programs/apt-cache", f'[ -e {log} ] && [ "$2" = openjdk-21-jdk-headless ]')
    run = (machine / "tree/.ci/run").read_text()
    (machine / "tree/.ci/run").write_text(run.replace("/usr/lib/jvm/*", str(machine / "jvm/*")))

    run_ci(machine, JAVA_HOME=str(machine / "jdk"))

    update, install = log.read_text().splitlines()
    assert update == "--quiet update"
    assert install.startswith("--quiet --yes install ")
    assert "maven" in install.split()
    assert ("openjdk-21-jdk-headless" in install.split()) is not is_enough
