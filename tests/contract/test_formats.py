"""What every format keeps to; a newcomer is found by its suffix, and brings an example."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import formats
from bot.errors import CorpusError
from bot.model import digest

EXAMPLES = Path(__file__).parent / "formats"

each_format = pytest.mark.parametrize("suffix", formats.SUFFIXES)


def example(suffix: str) -> Path:
    return EXAMPLES / f"example{suffix}"


@each_format
def test_a_format_has_an_example_that_it_reads(suffix: str) -> None:
    document = formats.read(example(suffix))

    assert document.id == "example"
    assert document.text.strip()
    assert document.sha256 == digest(document.text)


@each_format
def test_a_document_takes_the_id_it_is_given(suffix: str) -> None:
    assert formats.read(example(suffix), "other").id == "other"


@each_format
def test_an_example_says_where_it_was_published(suffix: str) -> None:
    document = formats.read(example(suffix))

    assert document.title
    assert document.publisher
    assert document.date
    assert document.url


@each_format
def test_a_file_read_twice_gives_one_document(suffix: str) -> None:
    assert formats.read(example(suffix)) == formats.read(example(suffix))


@each_format
def test_a_suffix_in_capitals_is_the_same_suffix(suffix: str, tmp_path: Path) -> None:
    loud = tmp_path / f"example{suffix.upper()}"
    loud.write_bytes(example(suffix).read_bytes())

    assert formats.read(loud) == formats.read(example(suffix))


@each_format
def test_turns_stand_in_order_each_after_its_label(suffix: str) -> None:
    document = formats.read(example(suffix))

    reached = 0
    for turn in document.turns:
        assert turn.label.start < turn.label.end <= turn.span.start < turn.span.end
        assert reached <= turn.span.start
        assert turn.span.end <= len(document.text)
        assert document.text[slice(*turn.span)].strip() == document.text[slice(*turn.span)]
        assert turn.voice.name in document.text[slice(*turn.label)]
        reached = turn.span.end


@each_format
def test_whatever_is_no_regular_file_is_refused_without_waiting(
    suffix: str, tmp_path: Path
) -> None:
    folder, pipe, link = (tmp_path / f"{name}{suffix}" for name in ("folder", "pipe", "link"))
    folder.mkdir()
    os.mkfifo(pipe)
    link.symlink_to(example(suffix))

    for path in (folder, pipe, link, tmp_path / f"missing{suffix}"):
        with pytest.raises(CorpusError) as caught:
            formats.read(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)


@each_format
def test_a_file_cut_off_anywhere_is_read_or_refused_in_one_line(
    suffix: str, tmp_path: Path
) -> None:
    whole = example(suffix).read_bytes()
    path = tmp_path / f"cut{suffix}"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert _read_or_refused(path)


@each_format
@given(junk=st.binary(max_size=200) | st.text("+= \"'[]\n:#()Aa1\r“”").map(str.encode))
def test_any_bytes_are_read_or_refused_in_one_line(suffix: str, junk: bytes) -> None:
    with TemporaryDirectory() as folder:
        for content in (junk, b"+++\n" + junk + b"\n+++\nText", b"+++\n+++\n" + junk):
            path = Path(folder) / f"junk{suffix}"
            path.write_bytes(content)
            assert _read_or_refused(path)


def test_no_two_formats_read_one_suffix() -> None:
    modules = [__import__(f"bot.formats.{name}", fromlist=["x"]) for name in _module_names()]
    suffixes = [suffix for module in modules for suffix in getattr(module, "SUFFIXES", ())]

    assert sorted(suffixes) == list(formats.SUFFIXES)


def test_a_suffix_that_no_format_reads_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "okafor.doc"
    path.touch()

    with pytest.raises(CorpusError) as caught:
        formats.read(path)

    assert str(caught.value) == (
        f"{path}: no format reads '.doc'; move it, or save it as .md, .transcript, .txt"
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


def _module_names() -> list[str]:
    room = Path(formats.__file__).parent
    return [path.stem for path in room.glob("*.py") if path.stem != "__init__"]


def _read_or_refused(path: Path) -> bool:
    try:
        return formats.read(path).id == path.stem
    except CorpusError as error:
        return str(error).isprintable() and str(error).startswith(str(path))
