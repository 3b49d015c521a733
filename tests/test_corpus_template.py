"""A corpus begun with `new`: what it says, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli import main
from bot.corpus.manifest import Manifest, parse_manifest


@pytest.fixture(autouse=True)
def _corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_CORPORA_FOLDER", str(tmp_path))


def test_a_new_corpus_is_accepted_once_title_and_motion_are_filled_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "trams"]) == 0
    assert main(["check", "trams"]) == 1
    assert "title" in capsys.readouterr().out

    path = tmp_path / "trams/corpus.toml"
    filled = path.read_text("utf-8").replace('title = ""', 'title = "Trams"')
    path.write_text(filled.replace('motion = ""', 'motion = "Build it"'), "utf-8")

    assert main(["check", "trams"]) == 0
    assert "no documents yet; add or gather documents" in capsys.readouterr().out


def test_title_and_motion_may_be_given_at_once(tmp_path: Path) -> None:
    assert main(["new", "trams", "--title", 'Trams: "yes" or no', "--motion", "Build it"]) == 0

    toml = (tmp_path / "trams/corpus.toml").read_text("utf-8")
    manifest = parse_manifest(toml, "corpus.toml")
    assert isinstance(manifest, Manifest)
    assert (manifest.title, manifest.motion) == ('Trams: "yes" or no', "Build it")
    assert main(["check", "trams"]) == 0


def test_every_key_that_the_template_explains_is_one(tmp_path: Path) -> None:
    assert main(["new", "trams", "--title", "Trams", "--motion", "Build it"]) == 0
    toml = (tmp_path / "trams/corpus.toml").read_text("utf-8")

    lines = [line.removeprefix("# ") for line in toml.splitlines() if " = " in line or line.startswith(("# [", "["))]
    explained = "\n".join(line for line in lines if line != 'notice = ""')

    manifest = parse_manifest(explained, "corpus.toml")
    assert isinstance(manifest, Manifest)
    assert manifest.parties
    assert manifest.divisions
    assert manifest.synonyms


@pytest.mark.parametrize("name", ["../trams", "Trams!", "", "a" * 61, ".hidden"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", name]) == 2
    assert "cannot be the name of a corpus" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_corpus_that_exists_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["new", "trams"])
    before = (tmp_path / "trams/corpus.toml").read_bytes()

    assert main(["new", "trams", "--title", "Other"]) == 2
    assert "this corpus already exists" in capsys.readouterr().err
    assert (tmp_path / "trams/corpus.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("option", "value", "fact"),
    [
        ("--title", "Trams\nand buses", "title: not one line of text; write it on one line"),
        ("--title", " ", "title: empty; fill it in"),
        ("--motion", "Build\x01it", "motion: not one line of text; write it on one line"),
        ("--motion", "Build \udcff", "half a character in its title or motion; write it again"),
    ],
)
def test_a_title_or_motion_that_no_manifest_may_have_begins_nothing(
    option: str, value: str, fact: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "trams", option, value]) == 2

    assert capsys.readouterr().err.endswith(f": {fact}\n")
    assert not (tmp_path / "trams").exists()
