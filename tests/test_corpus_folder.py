"""Corpora come with the program; a folder's own win, and a wrong name is answered by the right ones."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import bot
from bot.cli import EXIT_BAD_INPUT, main
from bot.corpus.folder import DEFAULT_CORPORA_FOLDER, find_bundled_corpora, find_corpus, find_own_corpus, list_corpora
from bot.errors import NotFoundError
from tests import corpus_folders

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_where_a_folder_has_no_corpus_of_that_name_the_bundled_one_is_served(tmp_path: Path) -> None:
    assert find_corpus(DEFAULT_CORPORA_FOLDER, "facial-recognition") == ROOT / "corpus/facial-recognition"
    assert list_corpora(DEFAULT_CORPORA_FOLDER) == ["facial-recognition", "tram"]

    corpus_folders.corpus(tmp_path / "corpus", "facial-recognition")

    assert find_corpus(DEFAULT_CORPORA_FOLDER, "facial-recognition") == Path("corpus/facial-recognition")
    assert find_corpus(DEFAULT_CORPORA_FOLDER, "tram") == ROOT / "corpus/tram"


def test_a_bundled_corpus_is_written_to_once_it_was_copied(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as refusal:
        find_own_corpus(DEFAULT_CORPORA_FOLDER, "tram")

    assert str(refusal.value).startswith("corpus/tram: it comes with the program, which is not written to; copy it: ")
    subprocess.run(["sh", "-c", refusal.value.remedy.partition("copy it: ")[2]], check=True, cwd=tmp_path)
    assert find_own_corpus(DEFAULT_CORPORA_FOLDER, "tram") == Path("corpus/tram")
    assert list_corpora(Path("corpus")) == ["facial-recognition", "tram"]
    assert (tmp_path / "corpus/tram/corpus.toml").is_file()


def test_what_is_set_or_new_is_written_to(tmp_path: Path) -> None:
    assert find_own_corpus(DEFAULT_CORPORA_FOLDER, "ferry") == Path("corpus/ferry")
    assert find_own_corpus(tmp_path, "tram") == tmp_path / "tram"


@pytest.mark.parametrize(
    "arguments",
    [["add", "note.txt", "--corpus", "tram"], ["gather", "fares", "--corpus", "tram"], ["reading-list", "--fetch"]],
)
def test_a_command_that_writes_says_what_to_copy(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == EXIT_BAD_INPUT

    told = capsys.readouterr().err
    assert "it comes with the program, which is not written to; copy it: mkdir -p corpus && cp -r /" in told


def test_commands_that_read_need_no_copy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reading-list"]) == 0
    assert main(["voices", "--draft", "--corpus", "tram"]) == 0

    assert "# [[topics]]" in capsys.readouterr().out


def test_where_the_folder_of_corpora_is_set_nothing_bundled_is_served(tmp_path: Path) -> None:
    corpus_folders.corpus(tmp_path / "mine")

    assert list_corpora(tmp_path / "mine") == ["bridge"]
    with pytest.raises(NotFoundError, match="choose from bridge; or begin it with"):
        find_corpus(tmp_path / "mine", "tram")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("facial-recogntion", "choose from facial-recognition, tram; or begin it"),
        ("trams", "choose from tram, facial-recognition; or begin it"),
        ("tarm", "choose from tram, facial-recognition; or begin it"),
        ("TRAM", "choose from facial-recognition, tram; or begin it"),
        ("x", "choose from facial-recognition, tram; or begin it with: python -m bot new x"),
    ],
)
def test_a_wrong_name_is_answered_by_the_right_ones_the_nearest_first(name: str, told: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        find_corpus(DEFAULT_CORPORA_FOLDER, name)

    assert str(caught.value).startswith(f"corpus/{name}: there is no such corpus; {told}")


def test_installed_as_a_command_a_remedy_names_that_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/usr/local/bin/on-the-record", "ask"])

    with pytest.raises(NotFoundError, match=r"or begin it with: on-the-record new x$"):
        find_corpus(DEFAULT_CORPORA_FOLDER, "x")


def test_where_there_is_none_at_all_one_is_to_be_begun(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"there is no such corpus; begin it with: python -m bot new tram$"):
        find_corpus(tmp_path / "nothing", "tram")


def test_in_a_wheel_the_corpora_lie_within_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bot/bundled/corpus").mkdir(parents=True)
    monkeypatch.setattr(bot, "__path__", [str(tmp_path / "bot")])

    assert find_bundled_corpora() == tmp_path / "bot/bundled/corpus"


def test_installed_as_a_wheel_the_command_works_in_any_folder(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="the wheel is built by it")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = (tmp_path / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"bot/bundled/config/bot.toml", "bot/bundled/corpus/tram/corpus.toml"} <= {*names}
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]
    # A wheel's content as an installer lays it out, with this environment's libraries.
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    (tmp_path / "empty").mkdir()
    code = "import sys; from importlib.metadata import entry_points as e; sys.argv = ['on-the-record', *sys.argv[1:]]; "
    code += "next(iter(e(group='console_scripts', name='on-the-record'))).load()()"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        variables = {"PYTHONPATH": str(site), "BOT_ENGINE__CACHE": "none", "PATH": ""}
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(
            command, cwd=tmp_path / "empty", env=variables, check=False, capture_output=True, text=True
        )

    assert "FOR" in run("ask", "What about privacy?").stdout
    assert run("--version").stdout == "0.1.0\n"
    assert "usage: on-the-record" in run("--help").stdout.lower()
    assert "choose from tram, facial-recognition" in run("ask", "privacy", "--corpus", "trm").stderr
    assert not [*(tmp_path / "empty").iterdir()]
