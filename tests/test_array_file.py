"""An index on disk: whole or not at all, and never believed when it is not."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis import Analyser
from bot.model import Voice
from bot.search import Query
from bot.search.bm25 import engine
from bot.search.bm25.engine import Bm25Options, build, compute_cache_key
from bot.storage import array_file
from bot.storage.array_file import open_arrays, save_arrays
from tests.invented_debate import passages

ENGLISH = Analyser("english")
OPTIONS = Bm25Options(fast=False)
LINES = passages("A night ferry.", "The ferry is dear.", "Taxes rise.", title="Sea")
ASKED = Query({"ferri": 1.0, "sea": 0.5}, (("night", "ferri"),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "ferry.index"


def test_an_index_opened_again_answers_the_same(path: Path) -> None:
    first, again = (build(LINES, ENGLISH, OPTIONS, path) for _ in range(2))
    fresh = build(LINES, ENGLISH, OPTIONS)

    assert first.search(ASKED, 9) == again.search(ASKED, 9) == fresh.search(ASKED, 9)
    assert again.idf("ferri") == fresh.idf("ferri")


def test_a_saved_index_is_not_built_again(path: Path) -> None:
    build(LINES, ENGLISH, OPTIONS, path)
    written = path.stat().st_mtime_ns, path.stat().st_ino
    build(LINES, ENGLISH, OPTIONS, path)

    assert (path.stat().st_mtime_ns, path.stat().st_ino) == written


def test_an_empty_corpus_is_saved_and_opened(path: Path) -> None:
    for _ in range(2):
        assert build([], ENGLISH, OPTIONS, path).search(ASKED, 9) == ()


def test_nothing_is_left_beside_a_saved_index(path: Path) -> None:
    build(LINES, ENGLISH, OPTIONS, path)

    assert sorted(path.parent.iterdir()) == [path, path.with_name("ferry.index.stems")]


def test_an_index_of_other_passages_is_not_used(path: Path) -> None:
    build(passages("Something else."), ENGLISH, OPTIONS, path)

    assert build(LINES, ENGLISH, OPTIONS, path).search(ASKED, 9)


@pytest.mark.parametrize(
    "other",
    [
        (LINES[:2], ENGLISH, OPTIONS),
        ([replace(LINES[0], voice=Voice("Low")), *LINES[1:]], ENGLISH, OPTIONS),
        ([replace(LINES[0], cue=(LINES[1].span,)), *LINES[1:]], ENGLISH, OPTIONS),
        (passages("A night ferry.", "The ferry is dear.", "Taxes rise."), ENGLISH, OPTIONS),
        (LINES, Analyser("german"), OPTIONS),
        (LINES, ENGLISH, Bm25Options(floor=3, fast=False)),
    ],
)
def test_the_key_tells_whatever_the_index_depends_on(other: tuple[object, ...]) -> None:
    assert compute_cache_key(*other) != compute_cache_key(LINES, ENGLISH, OPTIONS)  # type: ignore[arg-type]


def test_an_index_cut_short_anywhere_is_not_believed(path: Path) -> None:
    build(LINES, ENGLISH, OPTIONS, path)
    whole, known = path.read_bytes(), compute_cache_key(LINES, ENGLISH, OPTIONS)

    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert open_arrays(path, known) is None, length


def test_an_index_with_any_byte_changed_is_not_believed(path: Path) -> None:
    build(LINES, ENGLISH, OPTIONS, path)
    whole, known = path.read_bytes(), compute_cache_key(LINES, ENGLISH, OPTIONS)

    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        assert open_arrays(path, known) is None, place


@given(st.binary(max_size=300))
def test_a_foreign_file_is_not_believed(tmp_path_factory: pytest.TempPathFactory, foreign: bytes) -> None:
    path = tmp_path_factory.mktemp("foreign") / "ferry.index"
    path.write_bytes(b"OTRINDEX" + foreign)

    assert open_arrays(path, "") is None


def test_a_damaged_index_is_built_again(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    build(LINES, ENGLISH, OPTIONS, path)
    path.write_bytes(path.read_bytes()[:-70])

    assert build(LINES, ENGLISH, OPTIONS, path).search(ASKED, 9)
    assert "index not usable" in caplog.text
    assert open_arrays(path, compute_cache_key(LINES, ENGLISH, OPTIONS)) is not None


def put_pipe(path: Path) -> None:
    os.mkfifo(path)


def put_link_to_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to(path.with_name("pipe"))


def put_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def put_folder(path: Path) -> None:
    (path / "full").mkdir(parents=True)


def put_socket(path: Path) -> None:
    # The whole path may be longer than a socket's may.
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)


def put_endless_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    "put", [put_pipe, put_link_to_pipe, put_link_to_itself, put_folder, put_socket, put_endless_device]
)
def test_whatever_stands_in_place_of_an_index_it_is_built(path: Path, put: Callable[[Path], None]) -> None:
    path.parent.mkdir()
    put(path)

    assert build(LINES, ENGLISH, OPTIONS, path).search(ASKED, 9)


def test_another_users_file_is_not_believed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(LINES, ENGLISH, OPTIONS, path)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)

    assert open_arrays(path, compute_cache_key(LINES, ENGLISH, OPTIONS)) is None


ODD_ARRAYS: dict[str, Callable[[dict[str, Any]], object]] = {
    "an array under another name": lambda a: a.update({"body.weights": a.pop("body.ids")}),
    "texts beyond the last": lambda a: a.update({"body.ids": a["body.ids"] + np.int32(99)}),
    "a text before the first": lambda a: a.update({"voice.ids": a["body.ids"] * np.int32(0) - np.int32(1)}),
    "rows beyond the last": lambda a: a.update({"rows": a["rows"] + np.int32(50)}),
    "numbers of another type": lambda a: a.update({"body.ids": a["body.ids"].astype(np.int64)}),
    "codes of no weight": lambda a: a.update({"body.table": a["body.table"][:0]}),
    "postings that end early": lambda a: a.update({"body.starts": a["body.starts"] // 2}),
    "postings that run backwards": lambda a: a.update({"body.starts": a["body.starts"][::-1].copy()}),
    "frequencies without an idf": lambda a: a.update({"body.idf": a["body.idf"][:1]}),
    "hashes in disorder": lambda a: a.update({"hashes": a["hashes"][::-1].copy()}),
    "a parent too few": lambda a: a.update({"parents": a["parents"][1:]}),
    "pairs without rows": lambda a: a.update({"pairs": a["pairs"][1:]}),
    "a row of starts too few": lambda a: a.update({"around.starts": a["around.starts"][1:]}),
}


@pytest.mark.parametrize("change", ODD_ARRAYS.values(), ids=list(ODD_ARRAYS))
def test_a_sealed_index_of_odd_arrays_is_built_again(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    build(LINES, ENGLISH, OPTIONS, path)
    key = compute_cache_key(LINES, ENGLISH, OPTIONS)
    arrays = {name: array.copy() for name, array in (open_arrays(path, key) or {}).items()}
    change(arrays)
    save_arrays(path, key, arrays)
    assert open_arrays(path, key) is not None

    assert build(LINES, ENGLISH, OPTIONS, path).search(ASKED, 9) == build(LINES, ENGLISH, OPTIONS).search(ASKED, 9)


@pytest.mark.parametrize(
    "table",
    [
        [["words", "<f8", -1, 0]],
        [["words", "<f8", 1, -8]],
        [["words", "<f8", 99, 0]],
        [["words", "<f8", 1, 1 << 40]],
        [["words", "|O", 1, 0]],
        [["words", "no type", 1, 0]],
        [["words", "<f8"]],
        5,
        None,
    ],
)
def test_a_sealed_table_of_arrays_that_are_not_there_is_not_believed(path: Path, table: object) -> None:
    path.parent.mkdir()
    header = json.dumps({"key": "key", "size": 64, "arrays": table}).encode()
    header += b" " * (-(array_file.PREAMBLE_SIZE + len(header)) % 64)
    array_file.write_arrays(path, header, [(0, np.zeros(8))], 64)

    assert open_arrays(path, "key") is None


@pytest.mark.parametrize("beyond", [-64, 1, 1 << 40])
def test_a_file_of_another_size_is_not_summed_up(path: Path, monkeypatch: pytest.MonkeyPatch, beyond: int) -> None:
    build(LINES, ENGLISH, OPTIONS, path)
    os.truncate(path, path.stat().st_size + beyond)
    monkeypatch.setattr(array_file, "_compute_digest", lambda *_: pytest.fail("summed up"))

    assert open_arrays(path, compute_cache_key(LINES, ENGLISH, OPTIONS)) is None


@pytest.mark.parametrize(("beyond", "is_believed"), [(0, True), (64, False)])
def test_a_header_has_a_megabyte_at_most(path: Path, beyond: int, *, is_believed: bool) -> None:
    path.parent.mkdir()
    header = json.dumps({"key": "key", "size": 64, "arrays": [["words", "<f8", 8, 0]]}).encode()
    header = header.ljust((1 << 20) - array_file.PREAMBLE_SIZE + beyond)
    array_file.write_arrays(path, header, [(0, np.zeros(8))], 64)

    assert (open_arrays(path, "key") is not None) is is_believed


def test_a_sealed_header_that_is_no_json_is_not_believed(path: Path) -> None:
    path.parent.mkdir()
    array_file.write_arrays(path, b"{".ljust(128 - array_file.PREAMBLE_SIZE), [], 64)

    assert open_arrays(path, "key") is None


def test_a_folder_that_cannot_be_made_costs_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "folder").write_text("a file, where a folder should be")
    path = tmp_path / "folder" / "ferry.index"

    assert build(LINES, ENGLISH, OPTIONS, path).search(ASKED, 9)
    assert "index not saved" in caplog.text


def test_a_full_disk_costs_a_warning_and_keeps_what_stood_there(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    build(LINES, ENGLISH, OPTIONS, path)
    before = path.read_bytes()
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, limits[1]))
    try:
        saved = save_arrays(path, "key", {"words": np.zeros(999)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)

    assert not saved
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == [path, path.with_name("ferry.index.stems")]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_an_answer_goes_on_while_the_file_beneath_it_is_replaced(path: Path) -> None:
    index = build(LINES, ENGLISH, OPTIONS, path)
    before = index.search(ASKED, 9)
    build(passages("Something else."), ENGLISH, OPTIONS, path)

    assert index.search(ASKED, 9) == before


def test_an_index_of_other_rules_is_built_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(LINES, ENGLISH, OPTIONS, path)
    before = path.read_bytes()
    assert build(LINES, ENGLISH, OPTIONS, path).search(ASKED, 9)
    assert path.read_bytes() == before

    monkeypatch.setattr(engine, "compute_code_digest", lambda: "other code")

    assert build(LINES, ENGLISH, OPTIONS, path).search(ASKED, 9)
    assert path.read_bytes() != before
