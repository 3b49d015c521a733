"""What tests share: a clean environment, golden files, and the bundled corpus's desk."""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import os
import signal
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol

import hypothesis
import pytest

from bot.service import Service
from bot.service.snapshot import Snapshot
from bot.settings import Settings

ROOT = Path(__file__).parents[1]

# No example stands there, and the peer that it imports takes seconds.
collect_ignore = ["benchmarks/learned_table.py"]
# Tests start hundreds of processes, and one that compiles every module anew takes three times as long to start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# No test speaks TLS, and each client of httpx would read all authorities anew, 20 ms of it: this folder holds none.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(ROOT / "tests")

# A shell has what runs in its background ignore Ctrl-C, and so would every process that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_STDERR = 2

# Slow is no defect on a busy machine; all else stays as hypothesis chose it, for a desk or for CI.
# Half as many examples as it would try: what one run misses another finds, for each draws its own.
hypothesis.settings.register_profile("unhurried", deadline=None, max_examples=50)
hypothesis.settings.load_profile("unhurried")


class Golden(Protocol):
    """Compares what was made with what was accepted under `name`."""

    def __call__(self, name: str, made: str) -> None:
        """Fail where they differ; with --accept rewrite the file instead."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite golden files; read the diff")
    parser.addoption("--times", type=int, default=1, help="how many times as much the tests of many cases try")
    # No test has a longer timeout of its own than 400 seconds.
    parser.addini("watchdog", "seconds after which a test that does not end ends the process", default="450")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no branch by what a test draws at random: another day it would not be reached."""
    for item in items:
        if hypothesis.is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish() -> None:
    """Have the garbage collector pass over the thousands of tests that were collected, 0.3 s each time."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """End the process if a test does not end, its teardown included.

    A timeout raises in the test, where an event loop may swallow it; pytest's own faulthandler is
    called off once a test has failed, and a loop may swallow its cancellation afterwards too.
    """
    watchdog = threading.Timer(float(item.config.getini("watchdog")), _end_process, (item.nodeid,))
    watchdog.daemon = True
    watchdog.start()
    try:
        return (yield)
    finally:
        watchdog.cancel()


def _end_process(test: str) -> None:
    os.write(_STDERR, f"{test} did not end\n".encode())
    faulthandler.dump_traceback(_STDERR)
    os._exit(1)


def pytest_configure() -> None:
    global _STDERR  # noqa: PLW0603  pytest puts a file of its own in place of stderr later on
    _STDERR = os.dup(2)


@pytest.fixture(autouse=True)
def _as_shipped(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Start in the root of the tree, with nothing set by the machine at hand."""
    for name in [name for name in os.environ if name.upper().startswith("BOT_")]:
        monkeypatch.delenv(name)
    # A desk may serve from these; a test must not write there.
    for name in ("COLUMNS", "DATABASE_URL", "OPENSEARCH_URL", "BONSAI_URL"):
        monkeypatch.delenv(name, raising=False)
    # What a test reads is read, not what another one kept; and nothing is left in this user's folders.
    monkeypatch.setenv("BOT_ENGINE__CACHE", "none")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.chdir(ROOT)
    use_servers(monkeypatch)


def use_servers(patch: pytest.MonkeyPatch) -> None:
    """Put every desk on a cluster and a database, where `make services` asks the same questions of them."""
    if "TEST_ON_SERVERS" in os.environ:
        patch.setenv("BOT_ENGINE__NAME", "opensearch")
        patch.setenv("OPENSEARCH_URL", os.environ["TEST_OPENSEARCH_URLS"])
        patch.setenv("DATABASE_URL", os.environ["TEST_DATABASE_URL"])
    if "TEST_BY_HIT" in os.environ:
        patch.setenv("BOT_ENGINE__NAME", "opensearch")
        patch.setenv("OPENSEARCH_URL", os.environ["TEST_OPENSEARCH_URLS"])
        patch.setenv("BOT_ENGINE__IN_MEMORY", "1")
        index_at_first_sight(patch)


def index_at_first_sight(patch: pytest.MonkeyPatch) -> None:
    """Have every corpus that is too large for memory indexed when it is first read, as an operator does by command."""
    from bot import bootstrap  # noqa: PLC0415  wanted by few tests
    from bot.corpus.reader import CorpusTooLargeError  # noqa: PLC0415

    build_snapshot = bootstrap.build_snapshot

    def build(settings: Settings, name: str, *arguments: Any, **options: Any) -> Snapshot:
        try:
            return build_snapshot(settings, name, *arguments, **options)
        except CorpusTooLargeError:
            bootstrap.store_corpus(settings, name)
            return build_snapshot(settings, name, *arguments, **options)

    patch.setattr(bootstrap, "build_snapshot", build)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    accept = request.config.getoption("--accept")

    def compare(name: str, made: str) -> None:
        file = ROOT / "tests/golden" / name
        if accept:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(made.encode())
        assert file.is_file(), f"nothing was accepted as {name} yet: make golden"
        assert file.read_bytes().decode() == made

    return compare


@pytest.fixture
def times(request: pytest.FixtureRequest) -> int:
    """Return how many times as many cases to try as on every day: `make endure` tries more."""
    return int(request.config.getoption("--times"))


@pytest.fixture(scope="session")
def desk() -> Service:
    """Return the desk of the bundled corpus, at every default."""
    from bot import bootstrap, settings  # noqa: PLC0415  wanted by few tests

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        use_servers(patch)
        return asyncio.run(bootstrap.build_service(settings.Settings()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of an invented corpus of two documents, to be changed."""
    from tests.corpus_folders import corpus  # noqa: PLC0415  wanted by few tests

    return corpus(tmp_path)


@pytest.fixture
def bridge(folder: Path) -> Service:
    """Return a desk that serves that corpus, and keeps its state beside it."""
    from tests.corpus_folders import desk  # noqa: PLC0415  wanted by few tests

    return asyncio.run(desk(folder.parent, state_folder=str(folder.parent / "state")))
