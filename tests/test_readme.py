"""What the documentation shows is what happens: every command, output, table and path.

In a `console` block lines after `$ ` are commands and the others their output,
where a line `...` stands for any lines. A `bash` block holds commands alone.
Both run in a copy of the tree; `--accept` writes the outputs anew.
"""

from __future__ import annotations

import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.attribution.curation import CorrectionEntry, load_corrections
from bot.corpus.manifest import Manifest
from bot.formats.plain import split_header
from bot.ingest.gathering import ListedSource
from bot.model import PartyEntry, ReadDivision, ResponseEntry, Topic, VoiceEntry
from bot.storage.stores import folder

ROOT = Path(__file__).parents[1]
PAGES = [page for page in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]) if page.name != "CHANGELOG.md"]
BLOCK = re.compile(r"^```(bash|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_COPIED = shutil.ignore_patterns(".*")

# What cannot run within a test runs as far as it can.
INSTEAD = {
    r"git clone \S+ (\S+)": r"ln -sfn . \1",
    # The checks would run themselves, and a bot that polls never ends.
    # The open record is far away; a made one answers in its place.
    r"BOT_FETCH=true python -m bot (gather|reading-list)": r"python -m tests.fake_record \1",
    r"(.*\bmake) (test|endure|run|fix|golden|bench|lock|clean|html|pdf|fast|mcp)\b": r"\1 --dry-run \2",
}


class Block(NamedTuple):
    """A fenced block of `page`: its kind, its text, and where that stands in the page."""

    page: Path
    kind: str
    text: str
    start: int
    end: int


def blocks(page: Path) -> list[Block]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(page, block[1], block[2], block.start(2), block.end(2)) for block in found]


def named(block: Block) -> str:
    line = block.page.read_text(encoding="utf-8")[: block.start].count("\n")
    return f"{block.page.relative_to(ROOT)}:{line}"


def runnable(command: str) -> str:
    for pattern, instead in INSTEAD.items():
        command = re.sub(f"^{pattern}", instead, command, flags=re.MULTILINE)
    return command


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `command` as a reader would, in `folder`; nothing is typed, and stderr joins stdout."""
    # Nor does the make that runs the tests hand its own VENV=... on.
    left_out = ("BOT_", "MAKE")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    return subprocess.run(
        ["bash", "-euc", runnable(command)],
        cwd=folder,
        env=environment | {"PATH": f"{folder}/.venv/bin:{os.environ['PATH']}", "COLUMNS": "88"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def exchanges(text: str) -> list[tuple[str, str]]:
    """Return each command of a `console` block, and the output shown after it."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def shows(shown: str, printed: str) -> bool:
    """Tell whether `shown` is `printed`, where a line `...` stands for any lines.

    Empty lines at the end of either do not count.
    """
    lines = shown.rstrip("\n").splitlines()
    pattern = "".join("(?:.*\n)*" if n == "..." else re.escape(f"{n}\n") for n in lines)
    return re.fullmatch(pattern, ended(printed)) is not None


def ended(printed: str) -> str:
    """Return `printed` with one line end, if it holds anything."""
    return f"{printed.rstrip(chr(10))}\n" if printed.strip("\n") else ""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tree, set up with the Python that runs the tests."""
    folder = tmp_path_factory.mktemp("copy") / "on-the-record"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    (programs / "python").chmod(0o755)
    for stamp in ("ready", "ready-to-test"):
        (folder / ".venv" / stamp).touch()
    return folder


@pytest.mark.parametrize("block", [b for page in PAGES for b in blocks(page)], ids=named)
def test_what_the_documentation_shows_is_what_happens(block: Block, copy: Path, request: pytest.FixtureRequest) -> None:
    if block.kind == "bash":
        ran = run(block.text, copy)

        assert ran.returncode == 0, ran.stdout
        return
    printed = [(command, run(command, copy).stdout) for command, _ in exchanges(block.text)]
    if request.config.getoption("--accept"):
        accept(block, printed)
        return

    for (command, shown), (_, made) in zip(exchanges(block.text), printed, strict=True):
        assert shows(shown, made), f"$ {command}\n{made}"


def accept(block: Block, printed: list[tuple[str, str]]) -> None:
    """Write what was printed into the page, but for outputs that are right as they stand."""
    written = "".join(
        f"$ {command}\n{shown if shows(shown, made) else ended(made)}"
        for (command, shown), (_, made) in zip(exchanges(block.text), printed, strict=True)
    )
    page = block.page.read_text(encoding="utf-8")
    block.page.write_text(page.replace(block.text, written), encoding="utf-8")


TREE = re.compile(
    r"`((?:bot|tests|docs|config|corpus|deploy|\.ci)/[\w./-]*)`"  # in prose, as code
)
# Earlier decisions name modules as they were called at the time.
CURRENT_PAGES = [page for page in PAGES if not re.match(r"00(0\d|10)-", page.name)]


@pytest.mark.parametrize("page", CURRENT_PAGES, ids=lambda page: page.name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    named_paths = TREE.findall(page.read_text(encoding="utf-8"))

    assert [path for path in named_paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    ("text", "schema", "missing"),
    [
        ("## corpus.toml", Manifest, {"voices", "parties", "divisions", "responses", "topics", "synonyms"}),
        ("\n`[[voices]]`", VoiceEntry, set()),
        ("\n`[[parties]]`", PartyEntry, set()),
        ("\n`[[divisions]]`", ReadDivision, {"for_answer"}),
        ("\n`[[responses]]`", ResponseEntry, set()),
        ("\n`[[topics]]`", Topic, set()),
        ("`NAME.voices.toml`", CorrectionEntry, set()),
        ("`sources.toml`", ListedSource, set()),
    ],
)
def test_the_curators_guide_explains_every_key(text: str, schema: type, missing: set[str]) -> None:
    guide = (ROOT / "docs/curator.md").read_text(encoding="utf-8")
    table = re.search(r"(?:^\|.*\n)+", guide[guide.index(text) :], re.MULTILINE)
    keys = set(re.findall(r"`(\w+)`", table[0] if table else ""))

    fields = set(inspect.get_annotations(schema)) - {"model_config", "__pydantic_config__"}
    assert fields - keys == missing


def test_the_headers_example_is_one() -> None:
    guide = (ROOT / "docs/curator.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^```\n(\+\+\+\n.*?)^```$", guide, re.MULTILINE | re.DOTALL)

    header = split_header(example, "docs/curator.md").header

    assert None not in header.facts.values()
    assert set(header.facts) <= set(re.findall(r"^(\w+) =", example, re.MULTILINE))


def test_the_corrections_example_is_one(tmp_path: Path) -> None:
    guide = (ROOT / "docs/curator.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^```toml\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    (tmp_path / "x.voices.toml").write_text(example, encoding="utf-8")

    [correction] = load_corrections(tmp_path / "x.voices.toml")

    assert correction.voice == "Nick Ephgrave"


@pytest.mark.parametrize("page", ["operator.md", "backup.md"])
def test_every_file_of_the_state_folder_is_explained(page: str) -> None:
    names = set(re.findall(r'"(\w+\.(?:json|log))"', inspect.getsource(folder)))
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")

    assert "shown.log" in names
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


def test_the_readme_holds_examples() -> None:
    assert {block.kind for block in blocks(ROOT / "README.md")} == {"bash", "console"}


def test_one_screen_of_the_readme_has_an_exchange_with_both_sides_and_the_two_commands() -> None:
    screen = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:30])

    shown = [
        screen.find(words) for words in ("$ python -m bot ask", "\nAGAINST · ", "\nFOR · ", "make chat", "make test")
    ]
    assert -1 not in shown
    assert shown == sorted(shown)


def test_the_picture_is_what_the_terminal_draws_now(copy: Path) -> None:
    drawn = run("make exchange", copy)

    assert drawn.returncode == 0, drawn.stdout
    assert (copy / "docs/exchange.svg").read_bytes() == (ROOT / "docs/exchange.svg").read_bytes()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_tree_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("one\ntwo\n", "one\ntwo\n\n"),
        ("one\n...\nfour\n", "one\ntwo\nthree\nfour\n"),
        ("one\n...\n", "one\n"),
        ("\n", ""),
    ],
)
def test_three_dots_stand_for_any_lines(shown: str, printed: str) -> None:
    assert shows(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"), [("one\n", "one\ntwo\n"), ("o.e\n", "one\n"), ("", "one\n"), ("one\n...\nfour\n", "one\n")]
)
def test_an_output_that_changed_is_caught(shown: str, printed: str) -> None:
    assert not shows(shown, printed)
