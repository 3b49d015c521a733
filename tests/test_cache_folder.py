"""What can be made again is kept whole or not at all, and nothing there is needed or an error."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.model import Document, Kind, Publication, Span, Turn, Voice
from bot.storage import cache_folder
from bot.storage.cache_folder import CacheFolder, build_decoder, find_cache_folder, list_fields

VALUE = {"words": ["ferry", "\ud800", "a\u0000b"], "count": 3}


@pytest.fixture
def cache(tmp_path: Path) -> CacheFolder:
    return CacheFolder(tmp_path / "cache")


def only_file(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "cache").iterdir()
    return path


def test_a_value_is_read_as_it_was_written(cache: CacheFolder) -> None:
    cache.write("a/../b", "key", VALUE)

    assert cache.read("a/../b", "key") == VALUE


def test_a_value_of_another_key_or_name_is_not_read(cache: CacheFolder) -> None:
    cache.write("ferry", "key", VALUE)

    assert cache.read("ferry", "other key") is None
    assert cache.read("tram", "key") is None


def test_without_a_folder_nothing_is_kept() -> None:
    cache = CacheFolder(None)
    cache.write("ferry", "key", VALUE)
    cache.keep_only(())

    assert cache.read("ferry", "key") is None


def test_a_file_with_any_byte_changed_or_cut_is_not_believed(cache: CacheFolder, tmp_path: Path) -> None:
    cache.write("ferry", "key", VALUE)
    path = only_file(tmp_path)
    whole = path.read_bytes()

    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert cache.read("ferry", "key") is None, place
        path.write_bytes(whole[:place])
        assert cache.read("ferry", "key") is None, place


@pytest.mark.parametrize(
    "content",
    ["5", "null", "[]", '["key"]', "{}", '["key",1,2]', "[" * 20_000, "\ud800", "nan"],
    ids=["number", "null", "no item", "one item", "object", "three items", "nested deep", "surrogate", "no JSON"],
)
def test_a_sealed_file_of_something_else_is_not_believed(cache: CacheFolder, tmp_path: Path, content: str) -> None:
    cache.write("ferry", "key", VALUE)
    path = only_file(tmp_path)
    body = content.encode("utf-8", "surrogatepass")
    path.write_bytes(cache_folder.build_seal(body) + b"\n" + body)

    assert cache.read("ferry", "key") is None


def put_pipe(path: Path) -> None:
    os.mkfifo(path)


def put_link(path: Path) -> None:
    other = path.with_name("elsewhere")
    other.write_bytes(b"x")
    path.symlink_to(other)


def put_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def put_folder(path: Path) -> None:
    path.mkdir()


def put_socket(path: Path) -> None:
    # The whole path may be longer than a socket's may.
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)


@pytest.mark.parametrize("put", [put_pipe, put_link, put_link_to_itself, put_folder, put_socket])
def test_whatever_stands_in_place_of_a_value_is_none(
    cache: CacheFolder, tmp_path: Path, put: Callable[[Path], None]
) -> None:
    cache.write("ferry", "key", VALUE)
    path = only_file(tmp_path)
    path.unlink()
    put(path)

    assert cache.read("ferry", "key") is None
    cache.write("ferry", "key", VALUE)
    assert cache.read("ferry", "key") == (None if put is put_folder else VALUE)


def test_another_users_value_is_not_believed(cache: CacheFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write("ferry", "key", VALUE)
    monkeypatch.setattr(os, "geteuid", lambda: 4242)

    assert cache.read("ferry", "key") is None


def test_a_folder_that_refuses_is_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = CacheFolder(tmp_path / "file")
    for name in ("ferry", "tram"):
        cache.write(name, "key", VALUE)

    assert caplog.text.count("not kept folder=") == 1


def test_what_is_no_longer_wanted_is_removed_and_nothing_else(cache: CacheFolder, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/of-others.txt").write_text("x")
    for name in ("ferry", "tram"):
        cache.write(name, "key", VALUE)
    cache.keep_only({"tram"})

    assert cache.read("ferry", "key") is None
    assert cache.read("tram", "key") == VALUE
    assert (tmp_path / "cache/of-others.txt").exists()


def test_no_half_written_file_is_left(cache: CacheFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    cache.write("ferry", "key", VALUE)

    assert not list((tmp_path / "cache").iterdir())


def test_the_folder_is_beside_the_state_else_the_users_else_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    assert find_cache_folder(tmp_path / "state", "a") == tmp_path / "state-cache"
    first, second = find_cache_folder(None, "a"), find_cache_folder(None, "b")
    assert first
    assert second
    assert first.parent == second.parent == tmp_path / "user/on-the-record"
    assert first != second

    (tmp_path / "file").write_text("")
    assert find_cache_folder(tmp_path / "file/state", "a") == first
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert find_cache_folder(tmp_path / "file/state", "a") is None
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert (found := find_cache_folder(None, "a"))
    assert found.is_relative_to(tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    assert find_cache_folder(Path("state"), "a") == Path("state-cache")


DOCUMENT = Document(
    "minutes",
    "Ann Low: We met.\n\nAnd parted.",
    (Turn(Span(9, 16), Span(0, 7), Voice("Ann Low", role="clerk"), addresses=("1", "")),),
    title="Minutes",
    transcript="checked",
)


def test_a_document_is_the_same_after_it_was_written_as_json() -> None:
    written = json.dumps(DOCUMENT, default=list_fields)

    assert build_decoder(Document)(json.loads(written)) == DOCUMENT


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (Span, [0, "1"]),
        (Span, [0]),
        (Span, [0, True]),
        (Kind, "sung"),
        (Kind, 5),
        (Voice, ["Ann"]),
        (Voice, ["Ann", 5, None, None, None, None]),
        (Voice, 5),
        (tuple[Voice, ...], [None]),
        (Publication, [None] * 6 + ["certain"]),
        (float, "1"),
        (int, 1.5),
    ],
)
def test_what_is_no_such_value_is_refused(kind: object, written: object) -> None:
    with pytest.raises((TypeError, ValueError, KeyError)):
        build_decoder(kind)(written)


@pytest.mark.parametrize("kind", [dict[str, int], tuple[int, str], object])
def test_a_type_that_cannot_be_written_is_a_defect(kind: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        build_decoder(kind)


def test_the_same_voice_is_made_once() -> None:
    decode = build_decoder(Voice)

    assert decode(["Ann", None, None, None, None, None]) is decode(["Ann", None, None, None, None, None])
    assert build_decoder(float)(2) == 2
