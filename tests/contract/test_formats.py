"""The contract of every format, as `bot/formats/base.py` states it, and a new one in one file.

Each format brings an example. Where several formats share a suffix, the example lies in a folder
called like the format.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import formats
from bot.errors import CorpusError
from bot.formats.base import AddedAs, Format
from bot.model import digest
from bot.text import split_paragraphs

EXAMPLES = Path(__file__).parent / "formats"
ROOT = Path(__file__).parents[2]

NEWCOMER = '''
"""Subtitles."""

from bot.formats.base import AddedAs, Parsed
from bot.model import Document
from bot.storage.filesystem import read_text

SUFFIXES = (".sbv",)
ADDED_AS = AddedAs.EXTRACT


def sniff(content):
    return b" --> " in content[:200]


def parse(path, document_id):
    cues = read_text(path).strip().split("\\n\\n")
    return Parsed(Document(document_id, "\\n\\n".join(cue.split("\\n", 2)[2] for cue in cues)))
'''
SUBTITLES = """\
1
00:00:01,000 --> 00:00:04,000
Ann Bell, a ferry clerk, said: “The crossing was shut for nine days.”

2
00:00:05,000 --> 00:00:06,000
It rained.
"""
UPLOAD = """
import sys
from pathlib import Path
from bot.ingest import sandbox
try:
    content = Path(sys.argv[1]).read_bytes()
    print(sandbox.parse_untrusted("talk" + sys.argv[2], content).voice_counts)
except Exception as error:
    print(error)
"""


def _module_names() -> list[str]:
    room = Path(formats.__file__).parent
    return sorted(path.stem for path in room.glob("*.py") if path.stem != "__init__")


def _module(name: str) -> ModuleType:
    return import_module(f"bot.formats.{name}")


def _roots(name: str) -> tuple[str, ...]:
    return getattr(_module(name), "ROOTS", ())


FOUND = sorted(EXAMPLES.rglob("example.*"))
FORMAT_NAMES = [name for name in _module_names() if hasattr(_module(name), "SUFFIXES")]

each_format = pytest.mark.parametrize("example", FOUND, ids=lambda path: str(path.relative_to(EXAMPLES)))


@pytest.mark.parametrize("suffix", formats.list_suffixes())
def test_a_suffix_has_an_example(suffix: str) -> None:
    assert suffix in {path.suffix for path in FOUND}


@pytest.mark.parametrize("name", [name for name in _module_names() if _roots(name)])
def test_a_format_chosen_by_its_root_has_an_example(name: str) -> None:
    assert EXAMPLES / name in {path.parent for path in FOUND}


@each_format
def test_a_format_has_an_example_that_it_reads(example: Path) -> None:
    document = formats.read(example)

    assert document.id == "example"
    assert document.text.strip()
    assert document.sha256 == digest(document.text)


@each_format
def test_a_document_takes_the_id_it_is_given(example: Path) -> None:
    assert formats.read(example, "other").id == "other"


@each_format
def test_an_example_looks_like_a_file_of_its_format(example: Path) -> None:
    formats.check_suffix_matches_content("example", example.suffix, example.read_bytes())


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_a_format_offers_the_whole_protocol(name: str) -> None:
    module = _module(name)

    assert isinstance(module, Format)
    assert all(re.fullmatch(r"\.[a-z0-9]+", suffix) for suffix in module.SUFFIXES)
    assert {formats.find_added_as(suffix) for suffix in module.SUFFIXES} == {module.ADDED_AS}


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_only_a_format_kept_as_text_takes_any_text_for_its_own(name: str) -> None:
    module = _module(name)

    for content in (b"", b"Ann Bell: It is late.", b"< 5", b"\xff\xfe", b"a,b\n1,2\n"):
        assert not module.sniff(content) or module.ADDED_AS is AddedAs.TEXT


@each_format
def test_a_file_read_twice_gives_one_document(example: Path) -> None:
    assert formats.read(example) == formats.read(example)


@each_format
def test_a_suffix_in_capitals_is_the_same_suffix(example: Path, tmp_path: Path) -> None:
    loud = tmp_path / f"example{example.suffix.upper()}"
    loud.write_bytes(example.read_bytes())

    assert formats.read(loud) == formats.read(example)


@each_format
def test_turns_stand_in_order_each_after_its_label(example: Path) -> None:
    document = formats.read(example)

    reached = 0
    for turn in document.turns:
        assert turn.label.start < turn.label.end <= turn.span.start < turn.span.end
        assert reached <= turn.span.start
        assert turn.span.end <= len(document.text)
        assert document.text[slice(*turn.span)].strip() == document.text[slice(*turn.span)]
        assert turn.voice.name in document.text[slice(*turn.label)]
        reached = turn.span.end


@each_format
def test_whatever_is_no_regular_file_is_refused_without_waiting(example: Path, tmp_path: Path) -> None:
    folder, pipe, link = (tmp_path / f"{name}{example.suffix}" for name in ("folder", "pipe", "link"))
    folder.mkdir()
    os.mkfifo(pipe)
    link.symlink_to(example)

    for path in (folder, pipe, link, tmp_path / f"missing{example.suffix}"):
        with pytest.raises(CorpusError) as caught:
            formats.read(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)


@each_format
def test_a_file_cut_off_anywhere_is_read_or_refused_in_one_line(example: Path, tmp_path: Path) -> None:
    whole = example.read_bytes()
    path = tmp_path / f"cut{example.suffix}"
    for length in range(0, len(whole), max(1, len(whole) // 150)):
        path.write_bytes(whole[:length])
        assert _read_or_refused(path)


@each_format
@given(junk=st.binary(max_size=200) | st.text("+= \"'[]\n:#()Aa1\r“”").map(str.encode))
def test_any_bytes_are_read_or_refused_in_one_line(example: Path, junk: bytes) -> None:
    with TemporaryDirectory() as folder:
        for content in (junk, b"+++\n" + junk + b"\n+++\nText", b"+++\n+++\n" + junk):
            path = Path(folder) / f"junk{example.suffix}"
            path.write_bytes(content)
            assert _read_or_refused(path)


def test_no_two_formats_read_one_suffix_and_one_root() -> None:
    claims = [
        (suffix, root)
        for name in _module_names()
        for suffix in getattr(_module(name), "SUFFIXES", ())
        for root in _roots(name)
    ]

    assert len(set(claims)) == len(claims)


@each_format
def test_formats_of_one_suffix_without_roots_are_told_apart_by_content(example: Path) -> None:
    candidates = [name for name in FORMAT_NAMES if example.suffix in _module(name).SUFFIXES and not _roots(name)]
    content = example.read_bytes()

    assert len(candidates) < 2 or [_module(name).sniff(content) for name in candidates].count(True) == 1


@each_format
def test_a_report_counts_what_the_document_holds(example: Path) -> None:
    report = formats.parse(example)
    document = report.document

    assert document == formats.read(example)
    assert report.paragraph_count == len(split_paragraphs(document.text))
    kept, left_out = (len("".join(text.split())) for text in (document.text, "".join(report.left_out)))
    assert report.kept_share == kept / (kept + left_out) > 0
    assert ("title" in report.document.missing) == (document.title is None)
    assert (report.dated_by is None) == (document.date is None)


def test_a_suffix_that_no_format_reads_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "okafor.doc"
    path.touch()

    with pytest.raises(CorpusError) as caught:
        formats.read(path)

    assert str(caught.value) == (
        f"{path}: no format reads '.doc'; move it, or save it as {', '.join(formats.list_suffixes())}"
    )


def test_a_file_without_a_suffix_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "okafor"
    path.touch()

    with pytest.raises(CorpusError, match="no format reads a file without a suffix"):
        formats.read(path)


def test_a_device_is_refused() -> None:
    null = Path("/dev/null")
    assert stat.S_ISCHR(null.stat().st_mode)

    with pytest.raises(CorpusError, match="a device, not a file"):
        formats.read(null)


@pytest.fixture(scope="module")
def tree_with_newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tree in which one file was added: a format without metadata."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("bot", "config", "corpus"):
        shutil.copytree(ROOT / name, tree / name)
    (tree / "bot/formats/newcomer.py").write_text(NEWCOMER, "utf-8")
    (tree / "talk.sbv").write_text(SUBTITLES, "utf-8")
    return tree


def _run(tree: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    return ran.stdout + ran.stderr


def test_voices_reads_a_new_format(tree_with_newcomer: Path) -> None:
    lines = _run(tree_with_newcomer, "-m", "bot", "voices", "talk.sbv", "--json").splitlines()

    voices = [json.loads(line)["voice"] for line in lines]
    assert {"name": "Ann Bell", "role": "ferry clerk", "organisation": None} in voices


def test_add_takes_a_new_format_and_keeps_the_original(tree_with_newcomer: Path) -> None:
    arguments = ("-m", "bot", "add", "talk.sbv", "--title", "Talk", "--id", "talk")

    assert "wrote corpus/facial-recognition/talk.txt" in _run(tree_with_newcomer, *arguments)
    folder = tree_with_newcomer / "corpus/facial-recognition"
    assert formats.read(folder / "talk.txt").text.endswith("days.”\n\nIt rained.")
    assert [path.read_text("utf-8") for path in (folder / ".raw").glob("talk.*")] == [SUBTITLES]


def test_an_upload_of_a_new_format_is_read_and_its_content_checked(tree_with_newcomer: Path) -> None:
    (tree_with_newcomer / "article.txt").write_text("It rained.", "utf-8")

    assert _run(tree_with_newcomer, "-c", UPLOAD, "talk.sbv", ".sbv") == "{'Ann Bell': 1}\n"
    assert "its content is that of a .sbv file, not that of a .pdf file" in _run(
        tree_with_newcomer, "-c", UPLOAD, "talk.sbv", ".pdf"
    )
    assert "its content is that of a .txt file, not that of a .sbv file" in _run(
        tree_with_newcomer, "-c", UPLOAD, "article.txt", ".sbv"
    )


def _read_or_refused(path: Path) -> bool:
    try:
        return formats.read(path).id == path.stem
    except CorpusError as error:
        return str(error).isprintable() and str(error).startswith(str(path))
