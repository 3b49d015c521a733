"""The CPU of a second `ask`, of one with a file changed, and of one on the bundled corpus, against the first.

    python tests/benchmarks/second_start.py PATH

PATH is a folder of TheyWorkForYou XML, of which the 24 latest by the date in their names are copied and served.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.corpora import ADDED, MANIFEST, QUESTION

ROOT = Path(__file__).parents[2]
FILES = 24
MOST_AGAIN, MOST_CHANGED, MOST_BUNDLED = 0.30, 0.40, 0.4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path", type=Path)
    with tempfile.TemporaryDirectory() as made:
        return measure(parser.parse_args().path, Path(made))


def measure(source: Path, made: Path) -> int:
    folder = made / "corpora/hansard"
    folder.mkdir(parents=True)
    latest = sorted(source.glob("*.xml"), key=lambda path: (re.findall(r"\d{4}-\d\d-\d\d\w*", path.name), path.name))
    for path in latest[-FILES:]:
        shutil.copy(path, folder)
        (folder / path.name).chmod(0o644)
    (folder / "corpus.toml").write_text(MANIFEST, "utf-8")
    variables = {"XDG_CACHE_HOME": str(made / "cache"), "BOT_CORPORA_FOLDER": str(folder.parent)}
    asked = ("--corpus", "hansard", QUESTION)
    # Python's own files are written, and read by the disk, before anything is measured.
    spend(*asked, **variables, BOT_ENGINE__CACHE="none")
    bundled = "What does Liberty say about privacy?"
    spend(bundled, XDG_CACHE_HOME=str(made / "cache"))
    first, again = spend(*asked, **variables), spend(*asked, **variables)
    changed_file = sorted(folder.glob("*.xml"), key=lambda path: path.stat().st_size)[FILES // 2]
    changed_file.write_text(changed_file.read_text("utf-8").replace("</speech>", ADDED, 1), "utf-8")
    changed = spend(*asked, **variables)
    seconds = spend(bundled, XDG_CACHE_HOME=str(made / "cache"))
    print(f"first {first:.2f} s of CPU; again {again:.2f} ({again / first:.0%}); ", end="")
    print(f"one file changed {changed:.2f} ({changed / first:.0%}); bundled, again {seconds:.2f}")
    return int(again > MOST_AGAIN * first or changed > MOST_CHANGED * first or seconds > MOST_BUNDLED)


def spend(*arguments: str, **variables: str) -> float:
    """Run `ask` once and return its seconds of CPU."""
    environment = {**os.environ, **variables}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    child = subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"ask: status {child.returncode}")
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
