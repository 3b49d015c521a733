"""Reloads: nothing is read twice, nothing is lost unasked, no fault takes the corpus away."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import corpora, state, wiring
from bot.answers.answering import Answerer
from bot.corpora.reload import Aside, RunningError
from bot.desk import Desk
from bot.engines import bm25
from bot.errors import CorpusError
from bot.formats import disk as seam
from bot.formats import source
from bot.served import Served, Serving
from bot.state import files
from bot.terms import Analyser
from tests.bridge import (
    ANN,
    BOB,
    CY,
    MANIFEST,
    NEVER,
    UNSAFE,
    Failing,
    article,
    buttons,
    corpus,
    desk,
    settings,
    text,
)
from tests.debate import FERRY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
BOTH = "Was it unsafe in May, and was it closed for repairs?"
QUESTION = "Was the bridge unsafe in May?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus(tmp_path)


@pytest.fixture
def bridge(folder: Path) -> Desk:
    return desk(folder.parent, state_folder=str(folder.parent / "state"))


async def shown(bridge: Desk, question: str = QUESTION) -> str:
    """Ask, and return the id of the first quote."""
    await bridge.ask(question)
    return bridge.answer(question).quotes[0].quote.id


# What is the same is not read again.


def test_a_document_that_did_not_change_is_taken_over(folder: Path) -> None:
    before = corpora.read(folder)
    (folder / "b.txt").write_text(article(BOB, CY), "utf-8")

    after = corpora.read(folder, before)

    kept, changed = after.corpus.documents
    assert kept is before.corpus.documents[0]
    assert changed.text.endswith(CY)
    assert all(p.document is kept for p in after.corpus.passages if p.document.id == "a")
    assert after.corpus.passages[0] is before.corpus.passages[0]


def test_what_is_taken_over_is_what_would_have_been_read(folder: Path) -> None:
    before = corpora.read(folder)
    (folder / "c.txt").write_text(article(CY), "utf-8")

    assert corpora.read(folder, before).corpus == corpora.load(folder)


def test_a_side_set_anew_reaches_a_document_that_is_taken_over(folder: Path) -> None:
    before = corpora.read(folder)
    (folder / "corpus.toml").write_text(MANIFEST.replace('"for"', '"neither"'), "utf-8")

    after = corpora.read(folder, before)

    assert after.corpus == corpora.load(folder)
    assert after.corpus != before.corpus
    assert after.corpus.documents[0] is before.corpus.documents[0]


CORRECTED = '[[corrections]]\nfirst = "The bridge is"\nlast = "in May."\nrole = "{role}"\n'


def test_a_correction_that_comes_changes_or_goes_is_noticed(folder: Path) -> None:
    beside = folder / "a.voices.toml"
    first = corpora.read(folder)
    beside.write_text(CORRECTED.format(role="mayor"), "utf-8")
    second = corpora.read(folder, first)
    beside.write_text(CORRECTED.format(role="mason"), "utf-8")
    third = corpora.read(folder, second)
    beside.unlink()
    fourth = corpora.read(folder, third)

    roles = [
        next(p.voice.role for p in each.corpus.passages if p.voice and p.document.id == "a")
        for each in (first, second, third, fourth)
    ]
    assert roles == ["clerk", "mayor", "mason", "clerk"]
    assert corpora.read(folder, fourth).corpus.passages[0] is fourth.corpus.passages[0]


def test_a_document_that_cannot_be_read_any_more_is_not_served_from_memory(folder: Path) -> None:
    before = corpora.read(folder)
    (folder / "a.txt").write_bytes(b"\xff")

    with pytest.raises(CorpusError, match="not UTF-8"):
        corpora.read(folder, before)


# What an admin is told, and decides.


async def test_a_reload_that_loses_nothing_is_one_step(folder: Path, bridge: Desk) -> None:
    (folder / "c.txt").write_text(article(CY), "utf-8")

    reply = await bridge.reload()

    assert text(reply).splitlines()[:-1] == [
        "Reloaded. bridge is served now.",
        "",
        "Documents: 1 (c) added, 0 removed, 0 changed",
        "Quotes: 1 gained, 0 lost, 0 moved",
        "Balance: FOR 1→1, AGAINST 1→1, NEITHER SIDE 0→1",
    ]
    assert text(reply).splitlines()[-1].startswith("Most memory held so far: ")
    assert len(bridge.corpus.documents) == 3


async def test_a_reload_that_would_lose_something_waits_to_be_switched_to(
    folder: Path, bridge: Desk
) -> None:
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(ANN.replace("unsafe", "a ruin"), CY), "utf-8")

    reply = await bridge.reload()

    assert text(reply).splitlines() == [
        "Ready to switch. The old corpus of bridge is still answering.",
        "",
        "Documents: 0 added, 0 removed, 1 (a) changed",
        "Quotes: 2 gained, 1 lost, 0 moved",
        "Balance: FOR 1→1, AGAINST 1→1, NEITHER SIDE 0→1",
        f"Quotes that were shown and would be gone: {known}",
    ]
    assert buttons(reply) == {"Switch now": "/reload now", "Cancel": "/reload cancel"}
    assert UNSAFE in text(await bridge.show(known))

    switched = await bridge.reload("now")

    assert text(switched).startswith("Reloaded. bridge is served now.")
    assert bridge.corpus.documents[0].text.count("ruin") == 2


async def test_what_was_prepared_is_served_even_if_the_folder_changed_since(
    folder: Path, bridge: Desk
) -> None:
    (folder / "a.txt").write_text(article(ANN.replace("May", "June")), "utf-8")
    await bridge.reload()
    (folder / "a.txt").write_bytes(b"\xff")

    await bridge.reload("now")

    assert "in June" in bridge.corpus.documents[0].text


async def test_a_reload_can_be_cancelled(folder: Path, bridge: Desk) -> None:
    (folder / "a.txt").write_text(article(ANN.replace("May", "June")), "utf-8")
    await bridge.reload()

    cancelled = await bridge.reload("cancel")

    assert text(cancelled) == "Cancelled. Nothing was changed."
    for late in ("now", "cancel"):
        assert text(await bridge.reload(late)) == "Nothing is prepared. Send /reload first."
    assert "in May" in bridge.corpus.documents[0].text


async def test_a_broken_file_stops_the_reload_until_the_admin_goes_on_without_it(
    folder: Path, bridge: Desk
) -> None:
    (folder / "a.txt").write_bytes(b"It\x92s")

    reply = await bridge.reload()

    assert text(reply).splitlines() == [
        "Reload stopped. The old corpus is still answering.",
        "",
        f"{folder}/a.txt: not UTF-8: byte 0x92 at offset 2, line 1; save the file as UTF-8",
        "",
        "The rest can be served without: a",
    ]
    assert buttons(reply) == {
        "Continue without it": "/reload without a",
        "Cancel": "/reload cancel",
    }
    assert len(bridge.corpus.documents) == 2

    ready = await bridge.reload("without a")

    assert "Documents: 0 added, 1 (a) removed, 0 changed" in text(ready)
    assert "Left out: a" in text(ready)
    await bridge.reload("now")
    assert [document.id for document in bridge.corpus.documents] == ["b"]


async def test_several_broken_files_are_left_out_together(folder: Path, bridge: Desk) -> None:
    for name in ("a.txt", "c.txt", "x" * 60 + ".txt"):
        (folder / name).write_bytes(b"\xff")

    reply = await bridge.reload()

    assert buttons(reply)["Continue without them"] == "/reload without them"
    assert "Left out: a, c, xxx" in text(await bridge.reload("without them"))


async def test_a_button_s_command_is_never_too_long_to_carry(folder: Path, bridge: Desk) -> None:
    (folder / ("ä" * 40 + ".txt")).write_bytes(b"\xff")

    reply = await bridge.reload()

    assert buttons(reply)["Continue without it"] == "/reload without them"
    assert "Nothing changed." in text(await bridge.reload("without them"))


async def test_only_what_was_found_broken_is_left_out(folder: Path, bridge: Desk) -> None:
    none = "No document of that name was found broken. Send /reload first."
    assert text(await bridge.reload("without them")) == none
    (folder / "a.txt").write_bytes(b"\xff")
    await bridge.reload()

    assert text(await bridge.reload("without b")) == none
    assert text(await bridge.reload("sideways")).startswith("Use /reload, ")


async def test_a_fault_of_the_manifest_cannot_be_left_out(folder: Path, bridge: Desk) -> None:
    (folder / "corpus.toml").write_text("title = 3", "utf-8")
    (folder / "a.txt").write_bytes(b"\xff")

    reply = await bridge.reload()

    assert "corpus.toml:1: title: not text" in text(reply)
    assert reply.buttons == ()


async def test_a_quote_that_moved_is_led_to_its_new_place(folder: Path, bridge: Desk) -> None:
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(CY, ANN), "utf-8")

    reply = await bridge.reload()

    assert "Quotes: 1 gained, 0 lost, 1 moved" in text(reply)
    assert "whose links would lead to a new place: 1" in text(reply)
    assert text(reply).startswith("Reloaded.")
    told = text(await bridge.show(known))
    assert told.startswith(f"Quote {known} was retired on ")
    assert "The text of “Bridge shut (invented example)” was changed." in told
    assert "The same words stand in it at another place:" in told
    assert UNSAFE in told


async def test_a_link_leads_on_however_often_its_quote_moves(folder: Path, bridge: Desk) -> None:
    known = await shown(bridge)
    for paragraphs in ((CY, ANN), (CY, CY.replace("baker", "miller"), ANN), (ANN,)):
        (folder / "a.txt").write_text(article(*paragraphs), "utf-8")
        await bridge.reload()
        await bridge.reload("now")

        assert UNSAFE in text(await bridge.show(known))


@pytest.mark.parametrize(
    ("body", "why", "said"),
    [
        (None, "“Bridge shut (invented example)” was taken out of the corpus.", False),
        (article(CY), "The text of “Bridge shut (invented example)” was changed.", True),
    ],
)
async def test_a_retired_quote_s_link_says_when_and_why_even_after_a_restart(
    folder: Path, bridge: Desk, body: str | None, why: str, *, said: bool
) -> None:
    known = await shown(bridge)
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    (folder / "a.txt").unlink() if body is None else (folder / "a.txt").write_text(body, "utf-8")
    await bridge.reload()
    await bridge.reload("now")

    again = desk(folder.parent, state_folder=str(folder.parent / "state"))
    told = [text(await each.show(known)) for each in (bridge, again)]

    assert told[0] == told[1]
    assert told[0].startswith(f"Quote {known} was retired on {datetime.now(UTC).day} ")
    assert why in told[0]
    assert (UNSAFE in told[0]) is said


async def test_what_changed_while_the_bot_was_down_is_retired_at_its_start(
    folder: Path, bridge: Desk
) -> None:
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(CY, ANN), "utf-8")

    again = desk(folder.parent, state_folder=str(folder.parent / "state"))

    told = text(await again.show(known))
    assert "was retired on" in told
    assert UNSAFE in told


async def test_a_quote_dropped_by_its_curator_is_not_repeated_by_its_link(
    folder: Path, bridge: Desk
) -> None:
    known = await shown(bridge)
    dropped = CORRECTED.replace('role = "{role}"', "drop = true")
    (folder / "a.voices.toml").write_text(dropped, "utf-8")
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    await bridge.reload()
    await bridge.reload("now")

    told = text(await bridge.show(known))

    assert "is read in another way" in told
    assert UNSAFE not in told


async def test_without_a_state_folder_a_link_s_end_is_known_until_the_bot_is(folder: Path) -> None:
    bridge = desk(folder.parent)
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(ANN.replace("May", "June")), "utf-8")
    await bridge.reload()
    await bridge.reload("now")

    told = text(await bridge.show(known))

    assert "was retired on" in told
    assert UNSAFE not in told
    assert sorted(path.name for path in folder.parent.iterdir()) == ["bridge"]
    assert "No quote has the id" in text(await desk(folder.parent).show(known))


async def test_a_quote_never_shown_has_no_tombstone(folder: Path, bridge: Desk) -> None:
    known = bridge.answer(QUESTION).quotes[0].quote.id
    (folder / "a.txt").write_text(article(CY), "utf-8")
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    await bridge.reload()
    await bridge.reload("now")

    assert "No quote has the id" in text(await bridge.show(known))


# The faults: each leaves the old corpus serving, and says in one line why.


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
    "F1 empty folder": (_emptied, "the folder has no documents"),
    "F2 missing folder": (_gone, "no such file or directory"),
    "F4 half-written file": (_half_written, "not UTF-8"),
    "F7 a link in a file's place": (_linked, "a symbolic link, not a file"),
    "F8 pipe": (_piped, "a pipe, not a file"),
    "F8 socket": (_socketed, "a socket, not a file"),
    "F9 bad UTF-8": (lambda f: (f / "a.txt").write_bytes(b"\xc3("), "not UTF-8"),
    "F9 UTF-16": (_in_utf_16, "not UTF-8"),
    "F10 NUL": (lambda f: (f / "a.txt").write_bytes(b"a\0b"), "a NUL"),
    "F11 two files of one id": (lambda f: (f / "a.md").touch(), "its id 'a' is that of a.md too"),
    "F12 1 GB line": (_one_endless_line, "bytes; divide it into smaller documents"),
    "F13 10,001 files": (_ten_thousand_files, "more than 10,000 files"),
}


async def _stops(bridge: Desk, told: str) -> None:
    """Reload, and see that it stops with one clear line and the old corpus answers on."""
    serving = bridge.corpus
    before = bridge.answer(QUESTION)

    reply = await bridge.reload()

    assert text(reply).startswith("Reload stopped. The old corpus is still answering.")
    assert told in text(reply)
    assert "Traceback" not in text(reply)
    assert bridge.corpus is serving
    assert bridge.answer(QUESTION) == before


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_in_the_folder_leaves_the_old_corpus_serving(
    folder: Path, bridge: Desk, fault: str
) -> None:
    spoil, told = FAULTS[fault]
    spoil(folder)

    await _stops(bridge, told)


class _Meanwhile(seam.Disk):
    """A disk on which something happens to a file just before it is opened, or read."""

    def __init__(self, call: str, name: str, happens: Callable[[Path], object]) -> None:
        self._call, self._name, self._happens = call, name, happens
        self._open: dict[int, Path] = {}

    def opened(self, path: Path, flags: int, mode: int = 0o600) -> int:
        if self._call == "opened" and path.name == self._name:
            self._happens(path)
        found = super().opened(path, flags, mode)
        self._open[found] = path
        return found

    def read(self, descriptor: int, most: int) -> bytes:
        path = self._open.pop(descriptor, None)
        if path and self._call == "read" and path.name == self._name:
            self._happens(path)
        return super().read(descriptor, most)


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
        pytest.param("opened", _refuse, "permission denied", id="F3 no permission"),
        pytest.param("read", _grow, "it changes while it is read", id="F5 growing"),
        pytest.param("opened", Path.unlink, "no such file or directory", id="F6 deleted"),
        pytest.param("opened", _link, "symbolic link", id="F7 linked since"),
        pytest.param("read", _break, "input/output error", id="F18 EIO"),
    ],
)
async def test_a_fault_while_reading_leaves_the_old_corpus_serving(
    folder: Path,
    bridge: Desk,
    monkeypatch: pytest.MonkeyPatch,
    *,
    call: str,
    happens: Callable[[Path], object],
    told: str,
) -> None:
    (folder / "a.txt").write_text(article(ANN, CY), "utf-8")
    monkeypatch.setattr(seam, "disk", _Meanwhile(call, "a.txt", happens))

    await _stops(bridge, told)


def test_a_file_that_settles_is_read_as_it_is_at_last(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growths = iter(range(source.TRIES - 1))

    def grow(path: Path) -> None:
        if next(growths, None) is not None:
            _grow(path)

    monkeypatch.setattr(seam, "disk", _Meanwhile("read", "a.txt", grow))

    assert source.octets(folder / "a.txt") == (folder / "a.txt").read_bytes()


def _served(load: Callable[[], Serving], patience: float = 300) -> Desk:
    """Return a desk whose builds after the first one are `load`."""
    english = Analyser("english")
    first = Serving(
        FERRY, Answerer(FERRY, bm25.build(FERRY.passages, english, bm25.Options()), english)
    )
    builds: Iterator[Callable[[], Serving]] = iter([lambda: first])
    return Desk(lambda *_: next(builds, load)(), patience=patience)


@pytest.mark.parametrize("error", [MemoryError(), ValueError("tokenizer"), OSError(28, "full")])
async def test_f14_f15_a_build_that_breaks_leaves_the_old_corpus_serving(error: Exception) -> None:
    def broken() -> Serving:
        raise error

    bridge = _served(broken)

    reply = await bridge.reload()

    assert type(error).__name__ in text(reply)
    assert bridge.corpus is FERRY


async def test_f16_a_build_that_takes_too_long_is_given_up() -> None:
    go = threading.Event()

    def slow() -> Serving:
        go.wait(10)
        return Serving(replace(FERRY, name="late"), None)  # type: ignore[arg-type]

    bridge = _served(slow, patience=0.05)

    reply = await bridge.reload()

    assert "reload: not done after 0.05 seconds; divide the corpus" in text(reply)
    assert text(await bridge.reload()) == "A reload is running already."
    go.set()
    for thread in threading.enumerate():
        if thread.name == "reload":
            await asyncio.to_thread(thread.join, 10)
    assert bridge.corpus is FERRY
    assert text(await bridge.reload("now")) == "Nothing is prepared. Send /reload first."


@pytest.mark.parametrize(
    "cause", [OSError(28, "No space left on device"), OSError(30, "Read-only")]
)
async def test_f17_a_disk_that_refuses_the_state_leaves_the_old_corpus_serving(
    folder: Path, bridge: Desk, monkeypatch: pytest.MonkeyPatch, cause: OSError
) -> None:
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(CY, ANN), "utf-8")

    class Full(seam.Disk):
        def write(self, descriptor: int, octets: bytes) -> int:  # noqa: ARG002
            raise cause

    with monkeypatch.context() as patch:
        patch.setattr(seam, "disk", Full())
        await _stops(bridge, "make room on the disk")

    assert UNSAFE in text(await bridge.show(known))
    assert text(await bridge.reload()).startswith("Reloaded.")


async def test_f17_an_answer_is_worth_more_than_its_entry(
    bridge: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Full(seam.Disk):
        def write(self, descriptor: int, octets: bytes) -> int:  # noqa: ARG002
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(seam, "disk", Full())

    reply = await bridge.ask(QUESTION)

    assert UNSAFE in text(reply)
    assert "not noted as shown" in caplog.text


async def test_f22_of_two_reloads_at_once_one_is_refused_and_one_done(
    folder: Path, bridge: Desk
) -> None:
    (folder / "c.txt").write_text(article(CY), "utf-8")

    told = [text(reply) for reply in await asyncio.gather(bridge.reload(), bridge.reload())]

    assert told[0].startswith("Reloaded.")
    assert told[1] == "A reload is running already."


async def test_f23_reloads_amid_questions_never_mix_two_versions(folder: Path) -> None:
    """100 reloads during 10,000 questions: every answer comes whole from one version."""
    bridge = desk(folder.parent)
    editions: set[str | None] = set()

    def publish(number: int) -> None:
        # Both documents change together: an answer that mixed two versions would show it.
        for name, said in (("a", ANN), ("b", BOB)):
            body = article(f"Edition {number}.\n\n{said}", title=f"Edition {number}")
            (folder / f"{name}.txt").write_text(body, "utf-8")

    publish(0)
    await bridge.reload()
    await bridge.reload("now")
    answered = itertools.count(1)
    enough = [threading.Event() for _ in range(100)]
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            chosen = bridge.answer(BOTH).quotes
            [edition] = {each.quote.passage.document.title for each in chosen}
            assert {each.quote.text for each in chosen} == {UNSAFE, NEVER}
            editions.add(edition)
            if (number := next(answered)) % 100 == 0:
                enough[min(number // 100, 100) - 1].set()

    async def reload() -> None:
        for number, event in enumerate(enough, 1):
            publish(number)
            assert text(await bridge.reload()).startswith("Reloaded.")
            # Spread over the questions, so that they do not all fall at one end.
            await asyncio.to_thread(event.wait)
        done.set()

    asking = [asyncio.to_thread(ask) for _ in range(3)]
    await asyncio.gather(reload(), *asking)

    assert next(answered) > 10_000
    assert len(editions) > 90
    assert "Reloads since the start: 101" in text(bridge.status())


SLOW = """
import asyncio, signal, sys, time
from bot.corpora.reload import Aside

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    reload = asyncio.create_task(Aside(300).built(lambda: time.sleep(60)))
    await asyncio.sleep(0.1)
    print("building", flush=True)
    await stop.wait()
    reload.cancel()

asyncio.run(main())
"""


def test_f24_the_end_of_the_process_does_not_wait_for_a_reload() -> None:
    with subprocess.Popen([sys.executable, "-c", SLOW], stdout=subprocess.PIPE, cwd=ROOT) as bot:
        assert bot.stdout
        assert bot.stdout.readline() == b"building\n"
        began = time.monotonic()
        bot.send_signal(signal.SIGTERM)

        assert bot.wait(10) == 0
        assert time.monotonic() - began < 5


SEALING = """
import sys
from pathlib import Path
from bot.state import files
print("sealing", flush=True)
while True:
    for letter in "ab":
        files.seal(Path(sys.argv[1]) / "holds.json", [letter * 50_000])
"""


def test_f25_a_kill_while_writing_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", SEALING, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT
        ) as bot:
            assert bot.stdout
            bot.stdout.readline()
            time.sleep(0.02 + chance.random() / 20)
            bot.kill()
        found = files.unsealed(tmp_path / "holds.json")

        assert found in (["a" * 50_000], ["b" * 50_000])


async def test_f26_a_clock_set_back_changes_nothing(folder: Path) -> None:
    times = iter([datetime(2030, 1, 2, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)])
    last = datetime(2019, 1, 1, tzinfo=UTC)
    made = settings(folder.parent)
    load = lambda before, without: wiring.serving(made, "bridge", before, without)  # noqa: E731
    served = Served(load, state.opened(), clock=lambda: next(times, last))
    os.utime(folder / "b.txt", (0, 0))
    (folder / "c.txt").write_text(article(CY), "utf-8")

    assert await served.switch(await served.prepare())

    assert (served.generation, len(served.now.corpus.documents)) == (1, 3)


async def test_f27_a_change_that_keeps_time_and_size_is_noticed(folder: Path, bridge: Desk) -> None:
    before = (folder / "a.txt").stat()
    (folder / "a.txt").write_text(article(ANN.replace("May", "Jun")), "utf-8")
    os.utime(folder / "a.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (folder / "a.txt").stat().st_size == before.st_size

    await bridge.reload()
    await bridge.reload("now")

    assert "in Jun." in bridge.corpus.documents[0].text


async def test_f28_documents_that_are_all_alike_are_served_and_answer(
    folder: Path, bridge: Desk
) -> None:
    for number in range(20):
        (folder / f"copy-{number:02}.txt").write_text(article(ANN), "utf-8")

    await bridge.reload()

    assert len(bridge.corpus.documents) == 22
    assert bridge.answer(QUESTION).quotes[0].quote.text == UNSAFE


# Every call of the file system, failed in turn.


@pytest.mark.parametrize("errno", [5, 28])
async def test_whichever_call_of_the_disk_fails_the_corpus_is_whole_and_no_hold_is_lost(
    folder: Path, monkeypatch: pytest.MonkeyPatch, errno: int
) -> None:
    """Fail the first call of a reload and a hold, then the second, until all went well."""
    kept = folder.parent / "state"
    for n in range(1, 500):
        (folder / "a.txt").write_text(article(ANN), "utf-8")
        shutil.rmtree(kept, ignore_errors=True)
        bridge = desk(folder.parent, state_folder=str(kept))
        await bridge.hold(f"{await shown(bridge, 'ferry repairs')} disputed")
        known = await shown(bridge)
        (folder / "a.txt").write_text(article(CY, ANN), "utf-8")
        (folder / "c.txt").write_text(article(CY), "utf-8")
        old, fingerprint = bridge.corpus, corpora.load(folder).fingerprint
        failing = Failing(n, OSError(errno, os.strerror(errno)))
        with monkeypatch.context() as patch:
            patch.setattr(seam, "disk", failing)
            told = text(await bridge.reload())
            assert bridge.corpus is old or bridge.corpus.fingerprint == fingerprint
            assert told.startswith(("Reload stopped.", "Reloaded."))
            assert told.startswith("Reloaded.") is (bridge.corpus is not old)
            held = text(await bridge.hold(f"{known} doubtful"))

        again = desk(folder.parent, state_folder=str(kept))
        assert again.answer("ferry repairs").quotes == ()
        if "is withheld from now on" in held:
            assert again.answer(QUESTION).quotes == ()
        if failing.calls < n:
            break
        (folder / "c.txt").unlink()
    assert told.startswith("Reloaded.")
    assert 30 < n < 499


async def test_aside_raises_what_the_build_raises_and_runs_one_at_a_time() -> None:
    aside: Aside[int] = Aside(10)
    go = threading.Event()
    first = asyncio.create_task(aside.built(lambda: int(go.wait(10))))
    await asyncio.sleep(0)

    with pytest.raises(RunningError):
        await aside.built(lambda: 2)
    go.set()
    assert await first == 1
    with pytest.raises(ZeroDivisionError):
        await aside.built(lambda: 1 // 0)
    assert await aside.built(lambda: 3) == 3


async def test_a_prepared_reload_that_something_else_overtook_is_not_switched_to(
    folder: Path,
) -> None:
    made = settings(folder.parent)
    load = lambda before, without: wiring.serving(made, "bridge", before, without)  # noqa: E731
    served = Served(load, state.opened())
    first = await served.prepare()
    second = await served.prepare()

    assert not await served.switch(first)
    assert await served.switch(second)
    assert not await served.switch(second)
