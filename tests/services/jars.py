"""OpenSearch's jars: fetched from Maven Central, checked against their SHA-256, kept in a folder.

python -m tests.services.jars            fetch, check and compile; prints the folder
python -m tests.services.jars --accept   write `java/jars.sha256` anew; read the diff
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SOURCES = Path(__file__).parent / "java"
CHECKSUMS = SOURCES / "jars.sha256"
# OpenSearch 3 is compiled for it.
MIN_JAVA = 21


class ServiceError(Exception):
    """A service cannot be started here; its message says what is missing."""


class Node(NamedTuple):
    """What a node is started with: a Java, and the folder of its jars and its main class."""

    java: Path
    jars: Path


def prepare(folder: Path = ROOT / ".services/opensearch", *, accept: bool = False) -> Node:
    """Return what starts a node, fetched and compiled into `folder` unless it is there whole.

    Raises:
        ServiceError: there is no Java or Maven, or a jar is not the one expected.
    """
    home = _find_jdk()
    stamp = folder / "checked"
    wanted = _stamp()
    if accept or not stamp.is_file() or stamp.read_text(encoding="ascii") != wanted:
        new = folder.with_name(f"{folder.name}.{os.getpid()}")
        try:
            _fetch(home, new)
            check_jars(new, accept=accept)
            _run([home / "bin/javac", "-cp", f"{new}/*", "-d", new, SOURCES / "SingleNode.java"])
            (new / "checked").write_text(_stamp(), encoding="ascii")
            # Put in place whole, so that what was cut short is begun again.
            shutil.rmtree(folder, ignore_errors=True)
            new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return Node(home / "bin/java", folder)


def _stamp() -> str:
    """Return a digest of all that the folder is made from."""
    digest = hashlib.sha256()
    for source in sorted(SOURCES.iterdir()):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _find_jdk() -> Path:
    homes = [os.environ.get("JAVA_HOME", ""), *sorted(map(str, Path("/usr/lib/jvm").glob("*")))]
    found = [Path(home) for home in homes if home and (_version(Path(home)) >= MIN_JAVA)]
    if not found:
        raise ServiceError(f"OpenSearch needs a JDK of {MIN_JAVA} or newer; set JAVA_HOME to one")
    return found[0]


def _version(home: Path) -> int:
    """Return the major version of the JDK at `home`, 0 where there is none."""
    try:
        answer = subprocess.run([home / "bin/javac", "-version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"javac (\d+)", answer.stdout + answer.stderr)
    return int(number[1]) if number else 0


def _fetch(home: Path, folder: Path) -> None:
    if shutil.which("mvn") is None:
        raise ServiceError("mvn is not here; install Maven (Debian: apt-get install maven)")
    _run(
        [
            *("mvn", "--batch-mode", "--no-transfer-progress", "--quiet", "--strict-checksums"),
            *("--file", SOURCES / "pom.xml", "dependency:copy-dependencies"),
            *(f"-DoutputDirectory={folder}", "-DincludeScope=runtime"),
        ],
        JAVA_HOME=str(home),
    )


def check_jars(folder: Path, *, accept: bool) -> None:
    """Compare every jar in `folder` with its checksum; a jar too many is as wrong as another."""
    lines = sorted(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in folder.glob("*.jar"))
    lines.sort(key=lambda line: line.split()[1])
    if accept:
        CHECKSUMS.write_text("".join(lines), encoding="ascii")
    expected = CHECKSUMS.read_text(encoding="ascii").splitlines(keepends=True)
    if odd := set(lines) ^ set(expected):
        names = sorted({line.split()[1] for line in odd})
        raise ServiceError(f"not the jars of {CHECKSUMS.name}: {', '.join(names)}")


def _run(command: list[str | Path], **environment: str) -> None:
    ran = subprocess.run(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise ServiceError(f"{command[0]}: {(ran.stdout + ran.stderr)[-2000:]}")


if __name__ == "__main__":
    try:
        print(prepare(accept="--accept" in sys.argv).jars)  # noqa: T201
    except ServiceError as error:
        sys.exit(str(error))
