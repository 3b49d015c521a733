"""A release put in place while a corpus is read is served whole, or not at all."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import corpus, formats
from bot.corpus.folder import compute_folder_version
from bot.errors import CorpusError
from tests import corpus_folders
from tests.corpus_folders import article

DOCUMENTS = 12


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """Return a folder of two releases of one corpus, `one` and `two`; each document says of which it is."""
    for release in ("one", "two"):
        folder = corpus_folders.corpus(tmp_path, release)
        for number in range(DOCUMENTS):
            words = f"Ann Bell, a clerk, said: “Release {release} is the one that we all read here, number {number}.”\n"
            (folder / f"c{number:02}.txt").write_text(article(words, title=f"{release} {number}"), "utf-8")
    return tmp_path


def find_releases(loaded: corpus.LoadedCorpus) -> set[str]:
    titles = [document.title or "" for document in loaded.corpus.documents if document.id.startswith("c")]
    return {title.partition(" ")[0] for title in titles}


def lead(link: Path, release: str) -> None:
    """Lead `link` to another release, at once."""
    beside = link.with_name("link-beside")
    beside.symlink_to(release)
    beside.replace(link)


class Switcher:
    """Calls `switch` when a document is read: before the n-th one, counted over all readings, for each of `before`."""

    def __init__(self, patch: pytest.MonkeyPatch, switch: Callable[[int], object], *before: int) -> None:
        self.count = 0
        read = formats.read

        def switch_and_read(path: Path, document_id: str | None = None) -> Any:
            self.count += 1
            if self.count in before:
                switch(self.count)
            return read(path, document_id)

        patch.setattr(formats, "read", switch_and_read)


@pytest.mark.parametrize("moment", [1, 5, DOCUMENTS, DOCUMENTS + 2])
def test_a_link_that_is_led_to_another_release_is_read_as_that_one(
    releases: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    link = releases / "bridge"
    link.symlink_to("one")
    Switcher(monkeypatch, lambda _: lead(link, "two"), moment)

    assert find_releases(corpus.load_incrementally(link)) == {"two"}


def test_a_folder_put_in_the_place_of_another_is_read_whole(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(_: int) -> None:
        (releases / "one").rename(releases / "old")
        (releases / "two").rename(releases / "one")

    Switcher(monkeypatch, rename, 6)

    assert find_releases(corpus.load_incrementally(releases / "one")) == {"two"}


def test_a_link_above_the_corpus_that_is_led_elsewhere_is_followed(
    releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for release in ("one", "two"):
        (releases / f"all-{release}").mkdir()
        (releases / release).rename(releases / f"all-{release}/bridge")
    link = releases / "corpora"
    link.symlink_to("all-one")
    Switcher(monkeypatch, lambda _: lead(link, "all-two"), 6)

    assert find_releases(corpus.load_incrementally(link / "bridge")) == {"two"}


def test_a_link_led_elsewhere_and_back_mixes_no_releases(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = releases / "bridge"
    link.symlink_to("one")
    Switcher(monkeypatch, lambda count: lead(link, "two" if count == 4 else "one"), 4, 9)

    assert find_releases(corpus.load_incrementally(link)) == {"one"}


def test_a_file_added_while_the_others_are_read_is_read_too(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = releases / "one"
    Switcher(monkeypatch, lambda _: shutil.copy(folder / "c00.txt", folder / "z.txt"), 3)

    assert "z" in [document.id for document in corpus.load_incrementally(folder).corpus.documents]


def copy_half(folder: Path, count: int) -> None:
    """Copy the files of the other release over those of `folder`, half of them now and half a little later."""
    for name in range(6) if count == 5 else range(6, DOCUMENTS):
        shutil.copy2(folder.with_name("two") / f"c{name:02}.txt", folder)


def swap(folder: Path, _: int) -> None:
    (folder / "c00.txt").rename(folder / "beside")
    (folder / "c01.txt").rename(folder / "c00.txt")
    (folder / "beside").rename(folder / "c01.txt")


def rewrite_in_place(folder: Path, _: int) -> None:
    """Write other words of the same length, and set the time back."""
    path = folder / "c00.txt"
    before = path.stat()
    path.write_text(path.read_text("utf-8").replace("Release one", "Release two"), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def correct(folder: Path, _: int) -> None:
    correction = '[[corrections]]\nfirst = "Release one"\nlast = "number 0."\nrole = "mayor"\n'
    (folder / "c00.voices.toml").write_text(correction, "utf-8")


def replace_manifest(folder: Path, _: int) -> None:
    manifest = folder / "corpus.toml"
    (folder / "beside.toml").write_text(manifest.read_text("utf-8").replace("Testbury bridge", "bridge"), "utf-8")
    (folder / "beside.toml").replace(manifest)


@pytest.mark.parametrize(
    "change",
    [
        copy_half,
        swap,
        rewrite_in_place,
        correct,
        replace_manifest,
        lambda folder, _: (folder / "c00.txt").unlink(),
        lambda folder, _: (folder / "c00.txt").replace(folder / "c11.txt"),
    ],
)
def test_whatever_is_changed_while_it_is_read_it_is_read_as_it_is_in_the_end(
    releases: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path, int], object]
) -> None:
    folder = releases / "one"
    Switcher(monkeypatch, lambda count: change(folder, count), *((5, 10) if change is copy_half else (6,)))

    loaded = corpus.load_incrementally(folder).corpus

    assert loaded == corpus.load_corpus(folder)
    assert {document.sha256 for document in loaded.documents} == {
        document.sha256 for document in corpus.load_corpus(folder).documents
    }


def test_what_was_read_before_the_switch_and_is_the_same_is_not_read_again(
    releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = releases / "one"
    switcher = Switcher(monkeypatch, lambda _: shutil.copy(folder / "c00.txt", folder / "z.txt"), 3)
    corpus.load_incrementally(folder)

    assert switcher.count == DOCUMENTS + 2 + 1


def test_a_folder_that_never_rests_is_refused_in_one_line(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = releases / "bridge"
    link.symlink_to("one")
    Switcher(monkeypatch, lambda count: lead(link, "two" if count % 2 else "one"), *range(999))

    with pytest.raises(CorpusError, match=r"bridge: it changes while it is read; wait until it is written, retry$"):
        corpus.load_incrementally(link)


def test_under_constant_switching_no_reading_mixes_two_releases(releases: Path) -> None:
    link, stop = releases / "bridge", threading.Event()
    link.symlink_to("one")

    def switch_on() -> None:
        while not stop.wait(0.004):
            lead(link, "two" if link.readlink().name == "one" else "one")

    switching = threading.Thread(target=switch_on)
    switching.start()
    served: list[set[str]] = []
    try:
        for _ in range(6):
            try:
                served.append(find_releases(corpus.load_incrementally(link)))
            except CorpusError as error:
                assert "it changes while it is read" in str(error)  # noqa: PT017 - either of the two is well
    finally:
        stop.set()
        switching.join()

    assert all(len(release) == 1 for release in served)


def test_a_folder_that_is_not_there_has_no_version(tmp_path: Path) -> None:
    assert compute_folder_version(tmp_path / "none") == ()
    assert compute_folder_version(tmp_path) == compute_folder_version(tmp_path) != ()
