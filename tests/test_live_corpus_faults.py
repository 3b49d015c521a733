"""Faults of a reload: each leaves the old corpus serving, and says in one line why."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.analysis import Analyser
from bot.answers.answerer import Answerer
from bot.answers.verification import Verifier
from bot.replies.catalogue import say
from bot.search.bm25 import engine
from bot.service import Service
from bot.service.live_corpus import LiveCorpus
from bot.service.snapshot import Snapshot
from bot.storage import filesystem, open_storage
from bot.storage import filesystem as seam
from tests.corpus_folders import ANN, CY, QUESTION, UNSAFE, article, desk, shown, text
from tests.invented_debate import FERRY


def _emptied(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _gone(folder: Path) -> None:
    shutil.rmtree(folder)


def _half_written(folder: Path) -> None:
    octets = (folder / "a.txt").read_bytes()
    (folder / "a.txt").write_bytes(octets[: octets.index(b"\x80") + 1])


def _linked(folder: Path) -> None:
    (folder / "a.txt").unlink()
    (folder / "a.txt").symlink_to("b.txt")


def _piped(folder: Path) -> None:
    (folder / "a.txt").unlink()
    os.mkfifo(folder / "a.txt")


def _socketed(folder: Path) -> None:
    (folder / "a.txt").unlink()
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(folder / "a.txt"))


def _in_utf_16(folder: Path) -> None:
    (folder / "a.txt").write_bytes(article(ANN).encode("utf-16"))


def _one_endless_line(folder: Path) -> None:
    with (folder / "a.txt").open("r+b") as file:
        file.truncate(1 << 30)


def _ten_thousand_files(folder: Path) -> None:
    for number in range(10_001):
        (folder / f"{number}.txt").touch()


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty folder": (_emptied, "the folder has no documents"),
    "missing folder": (_gone, "there is no such corpus; begin it with"),
    "half-written file": (_half_written, "not UTF-8"),
    "a link in a file's place": (_linked, "a symbolic link, not a file"),
    "pipe": (_piped, "a pipe, not a file"),
    "socket": (_socketed, "a socket, not a file"),
    "bad UTF-8": (lambda f: (f / "a.txt").write_bytes(b"\xc3("), "not UTF-8"),
    "UTF-16": (_in_utf_16, "not UTF-8"),
    "NUL": (lambda f: (f / "a.txt").write_bytes(b"a\0b"), "a NUL"),
    "two files of one id": (lambda f: (f / "a.md").touch(), "it has the same id, 'a', as a.md"),
    "1 GB line": (_one_endless_line, "bytes; divide it into smaller documents"),
    "10,001 files": (_ten_thousand_files, "more than 10,000 files"),
}


async def _stops(bridge: Service, told: str) -> None:
    """Reload, and see that it stops with one clear line and the old corpus answers on."""
    serving = bridge.corpus
    before = bridge.answer(QUESTION)

    reply = await bridge.admin.reload()

    assert text(reply).startswith("Reload stopped. The old corpus is still answering.")
    assert told in text(reply)
    assert "Traceback" not in text(reply)
    assert bridge.corpus is serving
    assert bridge.answer(QUESTION) == before


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_in_the_folder_leaves_the_old_corpus_serving(folder: Path, bridge: Service, fault: str) -> None:
    spoil, told = FAULTS[fault]
    spoil(folder)

    await _stops(bridge, told)


class _Meanwhile(seam.FileSystem):
    """A disk on which something happens to a file just before it is opened, or read."""

    def __init__(self, call: str, name: str, happens: Callable[[Path], object]) -> None:
        self._call, self._name, self._happens = call, name, happens
        self._open: dict[int, Path] = {}

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        if self._call == "open" and path.name == self._name:
            self._happens(path)
        found = super().open(path, flags, mode)
        self._open[found] = path
        return found

    def read(self, descriptor: int, limit: int) -> bytes:
        path = self._open.pop(descriptor, None)
        if path and self._call == "read" and path.name == self._name:
            self._happens(path)
        return super().read(descriptor, limit)


def _grow(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("More. ")


def _refuse(path: Path) -> None:
    raise PermissionError(13, "Permission denied", str(path))


def _break(path: Path) -> None:
    raise OSError(5, "Input/output error", str(path))


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("b.txt")


@pytest.mark.parametrize(
    ("call", "happens", "told"),
    [
        pytest.param("open", _refuse, "permission denied", id="no permission"),
        pytest.param("read", _grow, "it changes while it is read", id="growing"),
        # It is read again, without that file.
        pytest.param("open", Path.unlink, "'Ann Bell' has a side but is never quoted", id="deleted"),
        pytest.param("open", _link, "symbolic link", id="linked since"),
        pytest.param("read", _break, "input/output error", id="EIO"),
    ],
)
async def test_a_fault_while_reading_leaves_the_old_corpus_serving(
    folder: Path,
    bridge: Service,
    monkeypatch: pytest.MonkeyPatch,
    *,
    call: str,
    happens: Callable[[Path], object],
    told: str,
) -> None:
    (folder / "a.txt").write_text(article(ANN, CY), "utf-8")
    monkeypatch.setattr(seam, "disk", _Meanwhile(call, "a.txt", happens))

    await _stops(bridge, told)


def test_a_file_that_settles_is_read_as_it_is_at_last(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    growths = iter(range(filesystem.MAX_ATTEMPTS - 1))

    def grow(path: Path) -> None:
        if next(growths, None) is not None:
            _grow(path)

    monkeypatch.setattr(seam, "disk", _Meanwhile("read", "a.txt", grow))

    assert filesystem.read_bytes(folder / "a.txt") == (folder / "a.txt").read_bytes()


async def _served(load: Callable[[], Snapshot], patience: float = 300) -> Service:
    """Return a desk whose builds after the first one are `load`."""
    english = Analyser("english")
    index = engine.build(FERRY.passages, english, engine.Bm25Options())
    first = Snapshot(FERRY, Answerer(FERRY, index, english), lambda: Verifier(FERRY))
    builds: Iterator[Callable[[], Snapshot]] = iter([lambda: first])
    storage = open_storage()
    live = await LiveCorpus.load(lambda *_: next(builds, load)(), storage, patience)
    return Service(live, storage)


@pytest.mark.parametrize("error", [MemoryError(), ValueError("tokenizer"), OSError(28, "full")])
async def test_a_build_that_breaks_leaves_the_old_corpus_serving(error: Exception) -> None:
    def broken() -> Snapshot:
        raise error

    bridge = await _served(broken)

    reply = await bridge.admin.reload()

    assert type(error).__name__ in text(reply)
    assert bridge.corpus is FERRY


async def test_a_build_that_takes_too_long_is_given_up() -> None:
    go = threading.Event()

    def slow() -> Snapshot:
        go.wait(10)
        return Snapshot(replace(FERRY, name="late"), None, Verifier(FERRY))  # type: ignore[arg-type]

    bridge = await _served(slow, patience=0.05)

    reply = await bridge.admin.reload()

    assert "reload: not done after 0.05 seconds; divide the corpus" in text(reply)
    assert text(await bridge.admin.reload()) == "A reload is already running."
    go.set()
    for thread in threading.enumerate():
        if thread.name == "reload":
            await asyncio.to_thread(thread.join, 10)
    assert bridge.corpus is FERRY
    assert text(await bridge.admin.reload("now")) == "No reload is waiting. Send /reload first."


@pytest.mark.parametrize("cause", [OSError(28, "No space left on device"), OSError(30, "Read-only")])
async def test_a_disk_that_refuses_the_state_leaves_the_old_corpus_serving(
    folder: Path, bridge: Service, monkeypatch: pytest.MonkeyPatch, cause: OSError
) -> None:
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(CY, ANN), "utf-8")

    class Full(seam.FileSystem):
        def write(self, descriptor: int, data: bytes) -> int:  # noqa: ARG002
            raise cause

    with monkeypatch.context() as patch:
        patch.setattr(seam, "disk", Full())
        await _stops(bridge, "free some disk space")

    assert UNSAFE in text(await bridge.show_quote(known))
    assert text(await bridge.admin.reload()).startswith("Reloaded.")


class Refusing(seam.FileSystem):
    """A disk that refuses one kind of call on what is not a folder, or on one."""

    def __init__(self, call: str, error: int, *, folders: bool = False) -> None:
        self._call, self._error, self._folders = call, OSError(error, os.strerror(error)), folders

    def _refuse(self, call: str, *, folder: bool = False) -> None:
        if call == self._call and folder is self._folders:
            raise self._error

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        if flags & (os.O_CREAT | os.O_DIRECTORY):
            self._refuse("open", folder=bool(flags & os.O_DIRECTORY))
        return super().open(path, flags, mode)

    def write(self, descriptor: int, data: bytes) -> int:
        self._refuse("write")
        return super().write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        self._refuse("fsync", folder=stat.S_ISDIR(os.fstat(descriptor).st_mode))
        super().fsync(descriptor)

    def replace(self, path: Path, other: Path) -> None:
        self._refuse("replace")
        super().replace(path, other)

    def remove(self, path: Path) -> None:
        self._refuse("remove")
        super().remove(path)

    def make_folder(self, folder: Path) -> None:
        self._refuse("make_folder", folder=True)
        super().make_folder(folder)


REFUSALS = (
    Refusing("write", errno.ENOSPC),
    Refusing("write", errno.EFBIG),
    Refusing("write", errno.EIO),
    Refusing("open", errno.EROFS),
    Refusing("open", errno.EACCES),
    Refusing("open", errno.EMFILE),
    Refusing("fsync", errno.EDQUOT),
    Refusing("replace", errno.EISDIR),
    Refusing("replace", errno.EPERM),
    Refusing("remove", errno.EROFS),
    Refusing("make_folder", errno.ENOTDIR, folders=True),
)
# After these the file is in place.
UNSYNCED = (
    Refusing("open", errno.EMFILE, folders=True),
    Refusing("fsync", errno.EINVAL, folders=True),
    Refusing("fsync", errno.EIO, folders=True),
)


async def test_a_hold_or_release_that_the_disk_refuses_is_told_as_what_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    state = str(folder.parent / "state")
    bridge = await desk(folder.parent, state_folder=state)
    quote, name = await shown(bridge), "Bob Low"
    hold, release = bridge.admin.hold, bridge.admin.release
    steps = (
        (hold, f"{quote} disputed", say("hold_failed", id=quote), say("held", id=quote)),
        (release, quote, say("release_failed", id=quote), say("released", id=quote)),
        (hold, f"{name} disputed", say("names.hold_failed", name=name), say("names.held", name=name)),
        (release, name, say("names.release_failed", name=name), say("names.released", name=name)),
    )
    for number, (act, argument, failed, done) in enumerate(steps):
        before = bridge.corpus.passages
        for refusal in REFUSALS:
            monkeypatch.setattr(seam, "disk", refusal)
            assert text(await act(argument)).startswith(failed)
            await bridge.ask(QUESTION)
            assert bridge.corpus.passages == before
        monkeypatch.setattr(seam, "disk", UNSYNCED[number % len(UNSYNCED)])
        assert text(await act(argument)).startswith(done)
        assert "in place, but not synced" in caplog.text
        monkeypatch.setattr(seam, "disk", seam.FileSystem())
        again = await desk(folder.parent, state_folder=state)
        assert again.corpus.passages == bridge.corpus.passages != before


async def test_an_answer_is_worth_more_than_its_entry(
    bridge: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Full(seam.FileSystem):
        def write(self, descriptor: int, data: bytes) -> int:  # noqa: ARG002
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(seam, "disk", Full())

    reply = await bridge.ask(QUESTION)

    assert UNSAFE in text(reply)
    assert "not noted as shown" in caplog.text


async def test_a_reload_for_which_there_is_no_room_for_a_thread_hinders_no_later_one(
    folder: Path, bridge: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr("threading.Thread.start", refuse)
        await _stops(bridge, say("defect", kind="MemoryError"))
    (folder / "c.txt").write_text(article(CY), "utf-8")

    assert text(await bridge.admin.reload()).startswith("Reloaded.")
