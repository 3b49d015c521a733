"""A curator's correction is written where it belongs, once, and never leaves a corpus that cannot be served."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.attribution.curation import load_corrections
from bot.corpus import load_corpus
from bot.errors import CorpusError, StorageError
from bot.ingest.voice_correction import VoiceChange, find_shortest_key, write_correction
from bot.model import AttributionSource, Document, Kind, Passage, Span
from bot.storage import filesystem as seam
from bot.storage.filesystem import LOCK_NAME, lock_folder
from tests.corpus_folders import CY, Failing, article, corpus, listing

DAN = "“The bridge is unsafe, and so is the road to it, as the whole town knows,” said Dan Kerr, a driver.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a corpus of which one document has two quotes that begin alike."""
    found = corpus(tmp_path)
    (found / "c.txt").write_text(article(DAN, CY, "“The bridge is unsafe,” said Eve Lang.\n", title="Letters"), "utf-8")
    return found


def find_passage(folder: Path, beginning: str, document: str = "c") -> Passage:
    return next(p for p in load_corpus(folder).passages if p.document.id == document and p.text.startswith(beginning))


def test_a_voice_is_set_by_the_fewest_words_that_match_once(folder: Path) -> None:
    written = write_correction(folder, find_passage(folder, "My customers"), VoiceChange(voice="Cyril Orr"))

    assert written.toml == '[[corrections]]\nfirst = "My"\nlast = "way."\nvoice = "Cyril Orr"'
    passage = find_passage(folder, "My customers")
    assert passage.voice is not None
    assert (passage.voice.name, passage.by) == ("Cyril Orr", AttributionSource.CURATOR)


def test_quotes_that_begin_alike_are_told_apart_by_their_ends(folder: Path) -> None:
    written = write_correction(folder, find_passage(folder, "The bridge is unsafe, and"), VoiceChange(nobody=True))

    [entry] = tomllib.loads(written.toml)["corrections"]
    assert len(entry["first"].split()) + len(entry["last"].split()) == 2
    assert find_passage(folder, "The bridge is unsafe, and").voice is None
    assert find_passage(folder, "The bridge is unsafe,").voice is None
    assert [p.voice.name for p in load_corpus(folder).passages if p.text == "The bridge is unsafe," and p.voice] == [
        "Eve Lang"
    ]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (VoiceChange(role="baker", organisation="Orr & Co"), 'role = "baker"\norganisation = "Orr & Co"'),
        (VoiceChange(kind=Kind.REPORTED), 'kind = "reported"'),
        (VoiceChange(drop=True), "drop = true"),
        (VoiceChange(nobody=True), "nobody = true"),
        (VoiceChange(voice='Cy "the loaf" Orr'), "voice = 'Cy \"the loaf\" Orr'"),
    ],
)
def test_every_change_is_read_back_as_it_was_meant(folder: Path, change: VoiceChange, lines: str) -> None:
    written = write_correction(folder, find_passage(folder, "My customers"), change)

    [read] = load_corrections(written.path)
    named = {name: getattr(change, name) for name in ("voice", "role", "organisation", "kind", "nobody", "drop")}
    assert {name: getattr(read, name) for name in named} == named
    assert tomllib.loads(written.toml)["corrections"][0].items() >= tomllib.loads(lines).items()


def test_another_change_takes_the_place_of_the_first_and_every_other_line_stays(folder: Path) -> None:
    path = folder / "c.voices.toml"
    path.write_text(
        "# checked in May\n[[corrections]]\nfirst = \"My customers\"\n# he signs so\nlast = 'each way.'\n"
        'voice = "C. Orr"\n\n# the second\n[[corrections]]\nfirst = "The bridge"\nlast = "knows,"\nrole = "farmer"\n',
        "utf-8",
    )

    write_correction(folder, find_passage(folder, "My customers"), VoiceChange(voice="Cyril Orr"))

    assert path.read_text("utf-8") == (
        '# checked in May\n[[corrections]]\nfirst = "My"\nlast = "way."\nvoice = "Cyril Orr"\n# he signs so\n\n'
        '# the second\n[[corrections]]\nfirst = "The bridge"\nlast = "knows,"\nrole = "farmer"\n'
    )


def test_a_correction_of_another_passage_is_added_at_the_end(folder: Path) -> None:
    write_correction(folder, find_passage(folder, "My customers"), VoiceChange(voice="Cyril Orr"))
    before = (folder / "c.voices.toml").read_text("utf-8")

    write_correction(folder, find_passage(folder, "The bridge is unsafe, and"), VoiceChange(role="carter"))

    after = (folder / "c.voices.toml").read_text("utf-8")
    assert after.startswith(before.rstrip())
    assert len(load_corrections(folder / "c.voices.toml")) == 2


def test_a_correction_that_check_refuses_is_undone(folder: Path) -> None:
    passage = find_passage(folder, "The ferry", "b")
    before = listing(folder)

    with pytest.raises(CorpusError, match="'Bob Low' has a side but is never quoted"):
        write_correction(folder, passage, VoiceChange(voice="Rob Lowe"))
    assert {name: data for name, data in listing(folder).items() if name != LOCK_NAME} == before


def test_what_stood_there_is_back_after_a_correction_that_check_refuses(folder: Path) -> None:
    write_correction(folder, find_passage(folder, "The ferry", "b"), VoiceChange(role="ferryman of Testbury"))
    before = listing(folder)

    with pytest.raises(CorpusError, match="never quoted"):
        write_correction(folder, find_passage(folder, "The ferry", "b"), VoiceChange(drop=True))
    assert listing(folder) == before


def test_an_error_that_was_there_before_blames_no_correction(folder: Path) -> None:
    passage = find_passage(folder, "My customers")
    (folder / "d.txt").write_text("no header\n", "utf-8")

    write_correction(folder, passage, VoiceChange(voice="Cyril Orr"))

    assert [each.voice for each in load_corrections(folder / "c.voices.toml")] == ["Cyril Orr"]


def test_a_document_that_changed_meanwhile_is_told(folder: Path) -> None:
    passage = find_passage(folder, "My customers")
    (folder / "c.txt").write_text(article("Rain.\n", CY, title="Letters"), "utf-8")

    with pytest.raises(CorpusError, match="the document has changed since it was loaded; reload, then correct it"):
        write_correction(folder, passage, VoiceChange(voice="Cyril Orr"))
    assert not (folder / "c.voices.toml").exists()


def test_a_passage_that_is_read_otherwise_now_is_told(folder: Path) -> None:
    document = load_corpus(folder).documents[2]
    stranger = Passage(document, Span(3, 9), Span(3, 9), Kind.DIRECT, 1)

    with pytest.raises(CorpusError, match="has changed"):
        write_correction(folder, stranger, VoiceChange(drop=True))


def test_a_broken_file_of_corrections_is_told_with_its_line(folder: Path) -> None:
    passage = find_passage(folder, "My customers")
    (folder / "c.voices.toml").write_text("[[corrections]]\nfirst = 1\n", "utf-8")

    with pytest.raises(CorpusError, match=r"c\.voices\.toml:2"):
        write_correction(folder, passage, VoiceChange(voice="Cyril Orr"))


def test_words_that_stand_there_twice_have_no_key(folder: Path) -> None:
    (folder / "c.txt").write_text(article(CY, CY, title="Letters"), "utf-8")

    with pytest.raises(CorpusError, match="the document has these words twice; mark the one you mean by hand"):
        write_correction(folder, find_passage(folder, "My customers"), VoiceChange(voice="Cyril Orr"))


def test_every_failing_call_leaves_the_file_as_it_was_or_says_what_stands_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fail the n-th call of the disk for every n, until none is left to fail."""
    passage = find_passage(folder, "The ferry", "b")
    path = folder / "b.voices.toml"
    path.write_text('# kept\n[[corrections]]\nfirst = "The ferry"\nlast = "years."\nrole = "pilot"\n', "utf-8")
    before = path.read_bytes()
    for n in range(1, 400):
        disk = Failing(n)
        monkeypatch.setattr(seam, "disk", disk)
        with pytest.raises((CorpusError, StorageError)) as error:
            write_correction(folder, passage, VoiceChange(drop=True))
        monkeypatch.undo()
        if path.read_bytes() != before:
            assert "may stay in it" in str(error.value)
            path.write_bytes(before)
        if disk.calls < n:
            return
    pytest.fail("a correction never ends")


def test_a_read_only_disk_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passage = find_passage(folder, "My customers")
    monkeypatch.setattr(seam, "disk", Failing(1, OSError(30, "Read-only file system")))

    with pytest.raises(CorpusError, match=r"c\.voices\.toml: read-only file system; let the bot write in this folder"):
        write_correction(folder, passage, VoiceChange(voice="Cyril Orr"))


def test_two_at_once_are_both_kept(folder: Path) -> None:
    passages = [find_passage(folder, "My customers"), find_passage(folder, "The bridge is unsafe, and")]
    run_at_once([partial(write_correction, folder, p, VoiceChange(role="carter")) for p in passages])

    assert len(load_corrections(folder / "c.voices.toml")) == 2


def test_a_lock_that_is_held_is_waited_for_and_then_told(tmp_path: Path) -> None:
    waited: list[float] = []

    with (
        lock_folder(tmp_path),
        pytest.raises(StorageError, match="somebody else is changing it"),
        lock_folder(tmp_path, 0.2, waited.append),
    ):
        pytest.fail("two hold one lock")
    with lock_folder(tmp_path, 0):
        pass
    assert sum(waited) >= 0.2


def run_at_once(calls: list[Callable[[], Any]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "ab", "c"]), min_size=1, max_size=5), min_size=1, max_size=6),
    st.integers(min_value=0),
)
def test_a_key_leads_to_its_passage_alone_and_none_is_shorter(texts: list[list[str]], index: int) -> None:
    lines = [" ".join(words) for words in texts]
    document = Document("d", "\n".join(lines))
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    spans = [Span(start, start + len(line)) for start, line in zip(starts, lines, strict=True)]
    passages = [Passage(document, span, span, Kind.DIRECT, 1) for span in spans]
    chosen = index % len(lines)
    words = texts[chosen]

    def count(first: int, last: int) -> int:
        return sum(
            line.startswith(" ".join(words[:first])) and line.endswith(" ".join(words[-last:])) for line in lines
        )

    lengths = range(1, len(words) + 1)
    shortest = min((m + n for m in lengths for n in lengths if count(m, n) == 1), default=None)
    key = find_shortest_key(passages, passages[chosen])
    found = key and len(key.first.split()) + len(key.last.split())
    assert found == shortest
