"""Documents from strangers do no harm, and are added when an admin says so; all are invented."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import zipfile
from contextlib import nullcontext
from io import BytesIO
from itertools import chain
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import formats
from bot.errors import CorpusError
from bot.ingest import sandbox
from bot.service.uploads import Uploads
from bot.storage import filesystem as seam
from tests.corpus_folders import ANN, CY, Failing, article, buttons, desk, text
from tests.hostile import hostile

ROOT = Path(__file__).parents[1]
# A file that would take longer is as harmless as one that takes 20.
SECONDS = 1
PARLIAMENT = (
    '<publicwhip><speech id="uk.org.publicwhip/debate/2024-05-01a.1.1" speakername="Ann">'
    '<p pid="1">Yes.</p></speech></publicwhip>'
)
# A process of its own stands for the bot, so that its memory is seen alone. Its children are forked from it, as warm as
# it is, where the bot's are started anew: what they do once they are confined is the same.
BOT = """
import json, math, os, resource, signal, sys
from pathlib import Path
from bot.ingest import sandbox
from bot.errors import CorpusError

class Forked:
    def __init__(self, command, cwd, **_):
        out, into = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os.chdir(cwd)
            sandbox.confine(int(command[4]))
            with open(into, "w") as output:
                output.write(json.dumps(sandbox._parse_in_child(Path(command[3]), command[5])))
            os._exit(0)
        os.close(into)
        self.stdout = open(out, "rb")

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stdout.close()
        os.waitpid(self.pid, 0)

def memory():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

sandbox.parse_untrusted("a.txt", b"+++\\ntitle = 'x'\\n+++\\nwords")
sandbox.subprocess.Popen = Forked
before = memory()
for path in sorted(Path(sys.argv[1]).iterdir()):
    name = json.loads((Path(sys.argv[2]) / path.name).read_text())
    try:
        told = len(sandbox.parse_untrusted(name, path.read_bytes(), int(sys.argv[3])).document.text)
    except CorpusError as error:
        told = str(error)
    print(json.dumps([name, told, memory() - before]), flush=True)
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps(["", "", children]))
"""


@pytest.mark.no_cover
@pytest.mark.timeout(400)
def test_a_hundred_hostile_files_do_no_harm(tmp_path: Path) -> None:
    """Nothing crashes, nothing is written, no child outgrows its limits, the bot stays small."""
    halves = _write_halves(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    before = sorted(tmp_path.rglob("*"))
    environment = {**os.environ, "TMPDIR": str(home), "HOME": str(home)}
    bots = [
        subprocess.Popen(
            [sys.executable, "-c", BOT, *map(str, half), str(SECONDS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=environment,
        )
        for half in halves
    ]
    said = [bot.communicate() for bot in bots]

    assert [(bot.returncode, errors) for bot, (_, errors) in zip(bots, said, strict=True)] == [(0, b""), (0, b"")]
    told = [[json.loads(line) for line in out.splitlines()] for out, _ in said]
    assert sum(len(half) - 1 for half in told) == 100
    for half in told:
        assert max(grown for _, _, grown in half[:-1]) < 20 * sandbox.MEBIBYTE
        assert half[-1][2] < sandbox.MAX_MEMORY
        for name, fact, _ in half[:-1]:
            assert isinstance(fact, int) or fact.isprintable(), name
            assert "root:" not in str(fact)
    assert sorted(tmp_path.rglob("*")) == before


def _write_halves(folder: Path) -> list[tuple[Path, Path]]:
    """Write the files by turns into two folders, what they are called into two others, and return both pairs."""
    halves = [(folder / f"contents-{half}", folder / f"names-{half}") for half in range(2)]
    for path in chain(*halves):
        path.mkdir()
    for n, (name, content) in enumerate(hostile()):
        contents, names = halves[n % 2]
        (contents / str(n)).write_bytes(content)
        (names / str(n)).write_text(json.dumps(name))
    return halves


PROBE = """
import sys
from bot.ingest import sandbox
sandbox.confine(20)
{act}
print("done")
"""


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("bytearray(300 * 1024 * 1024)", "MemoryError"),
        ("open(sys.argv[1], 'wb', buffering=0).write(b'x')", "File too large"),
        ("[open('/dev/null') for _ in range(99)]", "Too many open files"),
        ("pass", "done"),
    ],
)
def test_a_confined_process_has_little_memory_and_writes_nothing(tmp_path: Path, act: str, told: str) -> None:
    code = PROBE.format(act=act)
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + code,
            str(tmp_path / "x"),
        ],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )

    assert told in (ran.stdout + ran.stderr).decode()
    assert not (tmp_path / "x").exists() or not (tmp_path / "x").read_bytes()


CALLER = """
import encodings.idna, os, socket, sys
from bot.ingest import sandbox
if os.geteuid() == 0:
    os.setuid(int(sys.argv[2]))
{act}
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()
except OSError:
    print("nobody there")
else:
    print("reached")
"""


@pytest.mark.parametrize(("uid", "tool"), [(0, ("unshare", "-n")), (65534, ("unshare", "-Urn"))])
@pytest.mark.parametrize(("act", "told"), [("sandbox.confine(20)", "nobody there"), ("pass", "reached")])
def test_a_confined_process_has_no_network_where_the_kernel_allows(
    uid: int, tool: tuple[str, ...], act: str, told: str
) -> None:
    is_root = os.geteuid() == 0
    if not shutil.which("unshare") or subprocess.run([*tool, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this kernel lets nobody leave the network")
    if uid == 0 and not is_root:
        pytest.skip("root alone does so without a user namespace")
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = [sys.executable, "-c", CALLER.format(act=act), str(server.getsockname()[1]), str(uid)]
        ran = subprocess.run(command, capture_output=True, cwd=ROOT, check=False, text=True)

    assert (ran.stdout, ran.stderr) == (told + "\n", "")


@pytest.mark.parametrize("kernel", [SimpleNamespace(unshare=lambda _: -1), SimpleNamespace()])
def test_where_the_network_cannot_be_left_nothing_else_changes(
    monkeypatch: pytest.MonkeyPatch, kernel: SimpleNamespace
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: kernel)

    assert not sandbox.leave_network()


def test_a_child_sees_none_of_the_bot_s_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "1:secret")
    seen: list[dict[str, str]] = []
    real = subprocess.Popen

    def watched(*given: object, **named: object) -> object:
        seen.append(dict(named["env"]))  # type: ignore[call-overload]
        return real(*given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", watched)
    sandbox.parse_untrusted("a.txt", article(ANN).encode())

    assert seen
    assert not any("secret" in value for each in seen for value in each.values())
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", article(ANN, CY)),
        ("a.transcript", "+++\ntitle = 'x'\n+++\n# Head\nANN BELL (clerk, Council): Yes.\nBOB: No."),
        ("a.xml", PARLIAMENT),
    ],
)
def test_what_a_child_reads_is_what_the_file_is(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / f"upload{Path(name).suffix}"
    path.write_text(content, "utf-8")

    assert sandbox.parse_untrusted(name, content.encode()).document == formats.read(path)


def test_who_speaks_and_what_is_missing_is_told() -> None:
    read = sandbox.parse_untrusted("a.txt", article(ANN, CY).encode())

    assert read.voice_counts == {"Ann Bell": 1, "Cy Orr": 1}
    assert read.report.document.missing == ("authors", "date", "url", "licence")


def packed(members: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (packed({"word/document.xml": b"x"}), None),
        (packed({"word/document.xml": b"x" * 10**6}), "the archive unpacks to 1,000,000 bytes"),
        (packed({f"{n}": b"" for n in range(1001)}), "the archive holds more than 1,000 files"),
        (packed({"a.zip": b""}), "the archive holds another archive"),
        (b"PK\x03\x04", "the archive is damaged"),
    ],
)
def test_an_archive_must_be_modest(content: bytes, told: str | None) -> None:
    if told is None:
        sandbox.check_unpacked_size("a.docx", content)
        return
    with pytest.raises(CorpusError, match=told):
        sandbox.check_unpacked_size("a.docx", content)


def test_an_archive_may_hold_a_thousand_files() -> None:
    sandbox.check_unpacked_size("a.docx", packed({f"{n}": b"" for n in range(1000)}))


def test_an_archive_may_unpack_to_a_hundred_times_its_size() -> None:
    contents = {n: packed({"a": b"x" * n}) for n in range(11_000, 20_000, 50)}
    allowed = max(n for n, content in contents.items() if n <= 100 * len(content))

    sandbox.check_unpacked_size("a.docx", contents[allowed])
    with pytest.raises(CorpusError, match="the archive unpacks to"):
        sandbox.check_unpacked_size("a.docx", contents[allowed + 50])


@pytest.mark.parametrize("excess", [0, 1])
def test_an_archive_may_unpack_to_fifty_mebibytes(excess: int) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", bytes(50 * sandbox.MEBIBYTE + excess))

    with nullcontext() if not excess else pytest.raises(CorpusError, match="52,428,801 bytes"):
        sandbox.check_unpacked_size("a.docx", made.getvalue())


# What an admin sees.


def count(folder: Path) -> int:
    return len(list(folder.iterdir()))


async def test_a_document_is_read_looked_at_added_and_served(folder: Path) -> None:
    bridge = await desk(folder.parent, uploads=True)
    uploads = bridge.admin.uploads
    assert uploads

    reply = await uploads.receive("bakers.txt", article(CY, title="Bakers").encode())

    assert text(reply).splitlines() == [
        "Read as the-test-gazette-bakers-invented-example. Nothing has been added yet.",
        "",
        "1 paragraphs, 100% of the file’s text",
        "Bakers (invented example) · The Test Gazette · not given",
        "Not given: authors, date, url, licence",
        "Voices found: Cy Orr: 1",
    ]
    assert count(folder) == 3
    add = buttons(reply)["Add"]
    assert len(add.encode()) <= 64

    added = await uploads.add(add.removeprefix("/add "))

    assert text(added).startswith("Added as the-test-gazette-bakers-invented-example.")
    assert buttons(added) == {"Reload": "/reload"}
    await bridge.admin.reload()
    assert bridge.answer("Harwick miles").quotes
    gone = await uploads.add(add.removeprefix("/add "))
    assert text(gone).startswith("No document of that name is waiting.")


async def test_a_document_can_be_discarded_and_a_newer_takes_its_place(folder: Path) -> None:
    inbox = Uploads(folder)
    first = buttons(await inbox.receive("a.txt", article(CY, title="One").encode()))
    second = buttons(await inbox.receive("b.txt", article(CY, title="Two").encode()))
    old, new = (each["Discard"].removeprefix("/discard ") for each in (first, second))

    for late in (old, "", "../x"):
        assert "No document of that name is waiting" in text(await inbox.discard(late))
        assert "No document of that name is waiting" in text(await inbox.add(late))
    assert text(await inbox.discard(new)) == "Discarded."
    assert count(folder) == 3


async def test_a_document_that_cannot_be_read_or_added_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Uploads(folder)

    bad = await inbox.receive("a.txt", b"\xff")
    nameless = await inbox.receive("words.txt", b"Words.")
    waiting = buttons(await inbox.receive("a.txt", article(CY, title="One").encode()))
    monkeypatch.setattr(seam, "disk", Failing(1))
    refused = await inbox.add(waiting["Add"].removeprefix("/add "))

    assert "a.txt: not UTF-8" in text(bad)
    assert "words: neither its title nor its publisher is given" in text(nameless)
    assert "input/output error" in text(refused)
    assert count(folder) == 3


async def test_what_to_look_at_in_a_document_is_told_by_line(folder: Path) -> None:
    said = "“The bridge was mended in May.”\n\nIt\u00e2\u20ac\u2122s shut.\n\n"
    unclosed = CY.rstrip().removesuffix("”") + "\n"

    reply = await Uploads(folder).receive("a.txt", article(said + unclosed, title="x").encode())

    told = text(reply)
    assert "– line 1: no speaker was found for 'The bridge was mended in May.'" in told
    assert "– line 3: text decoded with the wrong encoding: 'â€™'; extract the text" in told
    assert "– line 5: the quotation 'My customers drive round by Harwick ...' is not closed" in told
    assert "Add" in buttons(reply)


async def test_long_lists_are_cut_short(folder: Path) -> None:
    people = "".join(
        f"{first} {last}, a baker, said: “The ferry never closed for repairs in {n} years.”\n\n"
        for n, (first, last) in enumerate(
            (f, s) for f in ("Ann", "Bob", "Cy", "Dee") for s in ("Bell", "Low", "Orr", "Fay")
        )
    )

    reply = await Uploads(folder).receive("a.txt", article(people, title="Many").encode())

    assert "and 4 more" in text(reply)


def test_nothing_is_taken_where_uploads_are_off(folder: Path) -> None:
    assert asyncio.run(desk(folder.parent)).admin.uploads is None


async def test_a_document_is_read_no_longer_than_the_setting_says(folder: Path) -> None:
    bridge = await desk(folder.parent, uploads=True, upload_seconds=0.01)
    uploads = bridge.admin.uploads
    assert uploads

    reply = await uploads.receive("a.txt", article(CY, title="One").encode())

    assert "parsing it took more than 0.01 seconds" in text(reply)
