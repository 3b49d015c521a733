"""The second start reads nothing anew that did not change, and never shows what the first would not."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import pytest

from bot import bootstrap, formats, languages
from bot.analysis import Analyser
from bot.answers import document_words
from bot.corpus import LoadedCorpus, kept_documents, load_corpus, load_incrementally
from bot.corpus.kept_documents import KeptDocuments
from bot.corpus.reader import SkippedFile
from bot.model import Span
from bot.replies import json_output
from bot.search.bm25 import engine
from bot.storage import cache_folder
from bot.storage.cache_folder import CacheFolder
from tests.corpus_folders import ANN, BOB, CY, QUESTION, article, settings

SKIPPED = '<?xml version="1.0"?>\n<publicwhip scrapeversion="a" latest="no"></publicwhip>\n'


class Reads:
    """The ids of the documents that were parsed, attributed, split for questions and stemmed, each in turn."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.parsed: list[str] = []
        self.split: list[str] = []
        self.stemmed: list[str] = []
        read, split, stem = formats.read, document_words.split_document, Analyser.content_words

        def note_read(path: Path, document_id: str | None = None) -> Any:
            self.parsed.append(path.stem)
            return read(path, document_id)

        def note_split(text: str) -> Any:
            self.split.append(text)
            return split(text)

        def note_stem(analyser: Analyser, text: str, span: Span | None = None) -> Any:
            if span:
                self.stemmed.append("b" if BOB.strip() in text else "a")
            return stem(analyser, text, span)

        patch.setattr(formats, "read", note_read)
        patch.setattr(document_words, "split_document", note_split)
        patch.setattr(Analyser, "content_words", note_stem)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


def start(folder: Path, cache: Path | str = "none", **given: Any) -> dict[str, Any]:
    """Return what a new process would answer."""
    config = settings(folder.parent, engine={"cache": str(cache)}, **given)
    with pytest.MonkeyPatch.context() as patch:
        # What this process still holds of an earlier start is another thing.
        patch.setattr(document_words, "_WORDS_BY_SHA256", WeakValueDictionary())
        patch.setattr(engine, "_TEXT_CACHE", WeakValueDictionary())
        service = asyncio.run(bootstrap.build_service(config))
    return dict(json.loads(json.dumps(json_output.answer_to_json(service.answer(QUESTION)))))


def test_a_second_start_reads_nothing_anew_and_answers_the_same(folder: Path, cache: Path, reads: Reads) -> None:
    first = start(folder, cache)
    assert reads.parsed == ["a", "b"]
    assert len(reads.split) == 2
    assert {*reads.stemmed} == {"a", "b"}

    again = start(folder, cache)

    assert again == first == start(folder)
    assert reads.parsed == ["a", "b", "a", "b"]  # the last start had no cache
    assert len(reads.split) == 4


def test_of_one_changed_file_that_one_alone_is_read(folder: Path, cache: Path, reads: Reads) -> None:
    start(folder, cache)
    (folder / "b.txt").write_text(article(BOB, CY, title="Ferry open"), "utf-8")
    reads.parsed.clear()
    reads.split.clear()
    reads.stemmed.clear()

    changed = start(folder, cache)

    assert (reads.parsed, len(reads.split), {*reads.stemmed}) == (["b"], 1, {"b"})
    assert changed == start(folder)


def test_a_file_added_removed_or_skipped_is_noticed(folder: Path, cache: Path) -> None:
    start(folder, cache)
    correction = '[[corrections]]\nfirst = "The bridge is unsafe"\nlast = "in May."\nrole = "keeper"\n'
    changes: list[Callable[[], object]] = [
        partial((folder / "c.txt").write_text, article(ANN, title="Again"), "utf-8"),
        partial((folder / "old.xml").write_text, SKIPPED, "utf-8"),
        partial((folder / "c.txt").unlink),
        partial((folder / "old.xml").unlink),
        partial((folder / "a.voices.toml").write_text, correction, "utf-8"),
        partial((folder / "a.voices.toml").unlink),
    ]
    for change in changes:
        change()
        expected = start(folder)
        assert start(folder, cache) == expected
        assert start(folder, cache) == expected


@pytest.mark.parametrize(
    "change",
    [
        ('side = "for"', 'side = "against"'),
        ('name = "Ann Bell"\n', 'name = "Ann Bell"\nrole = "town clerk"\n'),
        ('motion = "Testbury should', 'motion = "The council should'),
    ],
)
def test_a_change_of_the_manifest_is_noticed(folder: Path, cache: Path, change: tuple[str, str]) -> None:
    start(folder, cache)
    manifest = folder / "corpus.toml"
    manifest.write_text(manifest.read_text("utf-8").replace(*change), "utf-8")

    expected = start(folder)
    assert start(folder, cache) == expected
    assert start(folder, cache) == expected


def test_other_rules_read_everything_anew(
    folder: Path, cache: Path, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(folder, cache)
    reads.parsed.clear()
    monkeypatch.setattr(kept_documents, "compute_rules_digest", lambda: "other rules")
    start(folder, cache)

    assert reads.parsed == ["a", "b"]


def test_the_digest_of_rules_covers_code_tables_and_libraries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compute = kept_documents.compute_rules_digest.__wrapped__
    before = compute()
    assert compute() == before

    (tmp_path / "klingon").mkdir()
    (tmp_path / "klingon/words.toml").write_text("[words]\n")
    monkeypatch.setattr(languages, "__path__", [*languages.__path__, str(tmp_path)])
    with_language = compute()
    assert with_language != before
    (tmp_path / "klingon/words.toml").write_text("[words] # changed\n")
    assert compute() != with_language
    monkeypatch.undo()

    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "an_other-1.0.dist-info").mkdir()
    assert compute() == before
    (tmp_path / "pdfminer_six-0.1.dist-info").mkdir()
    assert compute() != before


def keep(folder: Path, path: Path) -> tuple[KeptDocuments, LoadedCorpus]:
    """Read the corpus and keep it at `path`."""
    kept, loaded = KeptDocuments(CacheFolder(path), folder), load_incrementally(folder)
    kept.save(loaded.reusable)
    return kept, loaded


def open_kept(folder: Path, path: Path) -> KeptDocuments:
    kept = KeptDocuments(CacheFolder(path), folder)
    kept.load()
    return kept


def test_what_is_kept_is_what_was_read(folder: Path, cache: Path) -> None:
    (folder / "old.xml").write_text(SKIPPED, "utf-8")
    _, loaded = keep(folder, cache)
    restored = open_kept(folder, cache)

    assert {**restored.reusable}.keys() == {"a", "b", "old"}
    skipped, kept_skipped = loaded.reusable["old"], restored.reusable["old"]
    assert isinstance(skipped, SkippedFile)
    assert isinstance(kept_skipped, SkippedFile)
    assert str(kept_skipped.error) == str(skipped.error)
    assert {**restored.reusable, "old": 0} == {**loaded.reusable, "old": 0}
    assert load_incrementally(folder, restored).corpus == loaded.corpus == load_corpus(folder)


def rewrite(cache: Path, change: Callable[[Any], object]) -> None:
    """Change every value that is kept, and seal it again."""
    for path in cache.iterdir():
        key, value = json.loads(path.read_bytes().partition(b"\n")[2])
        change(value)
        body = json.dumps((key, value)).encode()
        path.write_bytes(cache_folder.build_seal(body) + b"\n" + body)


ODD_VALUES: dict[str, Callable[[Any], object]] = {
    "no passages": lambda value: value.pop("passages", None),
    "a passage beyond the end": lambda value: [row.__setitem__(0, [0, 99_999]) for row in value.get("passages", ())],
    "a passage that ends before it begins": lambda value: [r.__setitem__(1, [9, 3]) for r in value.get("passages", ())],
    "a passage with a field too few": lambda value: [row.pop() for row in value.get("passages", ())],
    "a kind that there is not": lambda value: [row.__setitem__(2, "sung") for row in value.get("passages", ())],
    "another text": lambda value: (
        value.get("document", [])
        and value["document"].__setitem__(
            value["document"].index(next(each for each in value["document"] if "\n" in str(each))), "Other words.\n"
        )
    ),
    "no stamps": lambda value: value.pop("stamps", None),
    "stamps of another shape": lambda value: value.update(stamps=[["a.txt", 5]]),
    "no voices": lambda value: value.pop("voices", None),
    "voices that are none": lambda value: "voices" in value and value.update(voices=[5]),
    "documents that are none": lambda value: "documents" in value and value.update(documents=5),
}


@pytest.mark.parametrize("change", ODD_VALUES.values(), ids=list(ODD_VALUES))
def test_a_sealed_but_odd_value_is_read_anew(folder: Path, cache: Path, change: Callable[[Any], object]) -> None:
    _, loaded = keep(folder, cache)
    rewrite(cache, change)

    assert load_incrementally(folder, open_kept(folder, cache)) == loaded


def test_a_document_kept_under_other_voices_is_attributed_anew(folder: Path, cache: Path) -> None:
    keep(folder, cache)
    rewrite(cache, lambda value: "basis" in value and value.update(basis="another"))
    restored = open_kept(folder, cache)

    assert {**restored.reusable}.keys() == {"a", "b"}
    assert load_incrementally(folder, restored).corpus == load_corpus(folder)


def test_odd_words_and_stems_are_split_anew(folder: Path, cache: Path) -> None:
    expected = start(folder, cache)
    for kind, change in (
        ("words", lambda value: value.update(text=5)),
        ("words", lambda value: value.update(acronyms=[5])),
        ("words", lambda value: value.pop("compounds")),
        ("stems", lambda value: value.update(stems=[])),
        ("stems", lambda value: value.pop("texts")),
        ("stems", lambda value: value["texts"].pop()),
    ):
        rewrite(cache / f"bridge.{kind}", change)
        if kind == "stems":
            (cache / "bridge").unlink()
        assert start(folder, cache) == expected


def test_nothing_of_a_corpus_without_documents_is_kept(folder: Path, cache: Path) -> None:
    kept, loaded = keep(folder, cache)
    before = sorted(cache.iterdir())
    kept.save({})

    assert sorted(cache.iterdir()) == before
    kept.save({"a": replace(loaded.reusable["a"])})
    assert len(list(cache.iterdir())) == 2


def test_a_cache_that_cannot_be_written_to_costs_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    assert start(folder, tmp_path / "file") == start(folder)
    assert start(folder, tmp_path / "file/below") == start(folder)


def test_two_starts_at_once_keep_the_same(folder: Path, cache: Path) -> None:
    expected = start(folder)
    code = "import sys; from bot.cli import main; sys.exit(main(['ask', sys.argv[1], '--corpus', 'bridge', '--json']))"
    variables = {"BOT_CORPORA_FOLDER": str(folder.parent), "BOT_ENGINE__CACHE": str(cache), "PATH": ""}

    def run(_: int) -> Any:
        command = [sys.executable, "-c", code, QUESTION]
        return json.loads(subprocess.run(command, env=variables, check=True, capture_output=True, text=True).stdout)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(run, range(2)))

    assert answers == [expected, expected]
    assert not list(cache.rglob("*.new"))
    assert start(folder, cache) == expected


def test_a_reload_keeps_what_it_has_read(folder: Path, cache: Path, reads: Reads) -> None:
    config = settings(folder.parent, engine={"cache": str(cache)})

    async def reload_changed() -> None:
        service = await bootstrap.build_service(config)
        (folder / "b.txt").write_text(article(BOB, CY, title="Ferry open"), "utf-8")
        await service.admin.reload()

    asyncio.run(reload_changed())
    reads.parsed.clear()
    start(folder, cache)

    assert not reads.parsed
