"""Folders become corpora whole, or say in one line why not; all debates here are invented."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.corpus import load_corpus
from bot.corpus.folder import scan_folder
from bot.corpus.lint import Level, check_corpus
from bot.errors import CorpusError
from bot.model import Kind, Side, Topic, VoiceEntry
from tests.corpus_folders import DEBATE

BUNDLED = Path(__file__).parent.parent / "corpus"

MANIFEST = f"""\
{DEBATE}
[[voices]]
name = "Ann Bell"
aliases = ["Bell"]
side = "for"

[[voices]]
name = "Bob Low"
side = "against"

[[topics]]
name = "safety"
words = ["unsafe", "falling down"]

[synonyms]
"dangerous" = ["unsafe"]
"""
ARTICLE = """\
+++
title = "Bridge shut (invented example)"
publisher = "The Test Gazette"
+++
Ann Bell, clerk at Testbury Council, said: “The bridge is unsafe, and it has been since May.”

Bob Low, a ferryman, said: “The bridge was always unsafe, and the ferry never closed for it.”
"""
CORRECTION = """\
[[corrections]]
first = "The bridge is"
last = "since May."
voice = "Bob Low"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a corpus that can be served."""
    found = tmp_path / "bridge"
    found.mkdir()
    (found / "corpus.toml").write_text(MANIFEST, "utf-8")
    (found / "a.txt").write_text(ARTICLE, "utf-8")
    return found


def refusal(folder: Path) -> str:
    """Return the one line a load fails with, its place told from the folder."""
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert str(caught.value).isprintable()
    return str(caught.value).removeprefix(str(folder)).removeprefix("/")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_folder_becomes_a_corpus_with_all_that_its_manifest_says(folder: Path) -> None:
    edit(folder / "corpus.toml", "[[voices]]", 'notice = "Invented."\n\n[[voices]]')

    corpus = load_corpus(folder)

    assert corpus.name == "bridge"
    assert corpus.title == "The Testbury bridge (invented example)"
    assert corpus.motion == "Testbury should mend the bridge"
    assert (corpus.language, corpus.curator, corpus.basis) == ("english", "the tests", "invented")
    assert corpus.notice == "Invented."
    assert corpus.voices == (VoiceEntry("Ann Bell", ("Bell",), side=Side.FOR), VoiceEntry("Bob Low", side=Side.AGAINST))
    assert corpus.topics == (Topic("safety", ("unsafe", "falling down")),)
    assert corpus.synonyms == {"dangerous": ("unsafe",)}


def test_a_voice_speaks_on_the_side_its_curator_set(folder: Path) -> None:
    corpus = load_corpus(folder)

    sides = {p.voice.name: p.side for p in corpus.passages if p.voice}
    assert sides == {"Ann Bell": Side.FOR, "Bob Low": Side.AGAINST}


def test_a_correction_beside_a_document_has_the_last_word(folder: Path) -> None:
    before = load_corpus(folder)
    (folder / "a.voices.toml").write_text(CORRECTION, "utf-8")
    edit(folder / "corpus.toml", 'side = "for"', "")

    after = load_corpus(folder)

    assert {p.side for p in after.passages if p.voice} == {Side.AGAINST}
    assert after.fingerprint != before.fingerprint


def test_documents_are_ordered_by_id_which_is_the_name_of_the_file(folder: Path) -> None:
    (folder / "b.2.md").write_text(ARTICLE, "utf-8")
    (folder / "0.transcript").write_text(f"{ARTICLE}\nAnn Bell: Yes.", "utf-8")

    corpus = load_corpus(folder)

    assert [document.id for document in corpus.documents] == ["0", "a", "b.2"]
    assert {p.document.id for p in corpus.passages} == {"0", "a", "b.2"}


def test_what_is_no_document_is_passed_over(folder: Path) -> None:
    for name in (".a.txt.swp", ".git", "sources.toml"):
        (folder / name).write_text("anything", "utf-8")

    assert [document.id for document in load_corpus(folder).documents] == ["a"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("corpus.toml", "mend", "paint"),
        ("a.txt", "Gazette", "Herald"),
        ("a.txt", "ferryman", "boatman"),
        ("a.voices.toml", "voice =", 'role = "clerk"\nvoice ='),
    ],
)
def test_the_fingerprint_changes_with_anything_that_is_served(folder: Path, name: str, old: str, new: str) -> None:
    (folder / "a.voices.toml").write_text(CORRECTION.replace("Bob Low", "Ann Bell"), "utf-8")
    before = load_corpus(folder).fingerprint
    assert load_corpus(folder).fingerprint == before

    edit(folder / name, old, new)

    assert load_corpus(folder).fingerprint != before


def test_the_fingerprint_stays_when_the_folder_moves(folder: Path, tmp_path: Path) -> None:
    before = load_corpus(folder).fingerprint

    moved = folder.rename(tmp_path / "moved")

    assert load_corpus(moved).fingerprint == before


def _without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _with(name: str, content: bytes | str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return spoil


def _editing(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: edit(folder / name, old, new)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _gone(folder: Path) -> None:
    _empty(folder)
    folder.rmdir()


def _corrected_in_two_places(folder: Path) -> None:
    said = "“The bridge was always unsafe, and the ferry never closed for it.”"
    edit(folder / "a.txt", said, f"{said}\n\nHe added: {said}")
    wrong = CORRECTION.replace("is", "was", 1).replace("since May.", "for it.")
    (folder / "a.voices.toml").write_text(wrong, "utf-8")


def _wordless(folder: Path) -> None:
    (folder / "corpus.toml").write_text(MANIFEST.partition("[[")[0], "utf-8")
    (folder / "a.txt").write_text(ARTICLE.partition("Ann")[0], "utf-8")


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing folder": (_gone, ": no such file or directory; check the name and who may read it"),
    "empty folder": (_empty, ": the folder has no documents; add ."),
    "no manifest": (_without("corpus.toml"), "corpus.toml: no such file or directory; check the"),
    "no document": (_without("a.txt"), ": the folder has no documents; add ."),
    "manifest no TOML": (_with("corpus.toml", "title\n"), "corpus.toml:1: not TOML: Expected '='"),
    "manifest empty": (_with("corpus.toml", ""), "corpus.toml: title: missing; add it"),
    "manifest nonsense": (_with("corpus.toml", "voices = 3"), "corpus.toml: title: missing"),
    "unknown key": (_editing("corpus.toml", "motion", "motto"), "corpus.toml: motion: missing; add it"),
    "unknown voice key": (
        _editing("corpus.toml", "side", "sied"),
        "corpus.toml:10: voices.sied: unknown key; use name, aliases, role, organisation, side",
    ),
    "unknown side": (
        _editing("corpus.toml", '"for"', '"pro"'),
        "corpus.toml:10: voices.side: input should be 'for', 'against' or 'neither'; choose one",
    ),
    "bad since": (
        _editing("corpus.toml", 'side = "for"', 'since = "May"'),
        'corpus.toml:10: voices.since: \'May\' is not a date; write "2020", "2020-01" or',
    ),
    "unknown language": (
        _editing("corpus.toml", '"english"', '"klingon"'),
        "corpus.toml:3: no stemmer for language 'klingon'; use arabic, ",
    ),
    "voice twice": (
        _editing("corpus.toml", "Bob Low", "the ann bell"),
        "corpus.toml:13: 'the ann bell' is listed twice for the same day; keep one of them",
    ),
    "alias of two": (
        _editing("corpus.toml", 'side = "against"', 'aliases = ["bell"]'),
        "corpus.toml:14: two voices share the name 'bell'; keep one of them",
    ),
    "topic twice": (
        _editing("corpus.toml", "[synonyms]", '[[topics]]\nname = "Safety"\n[synonyms]'),
        "corpus.toml:21: topic 'Safety' is listed twice; keep one of them",
    ),
    "synonym no list": (
        _editing("corpus.toml", '["unsafe"]\n', '"unsafe"\n'),
        "corpus.toml:21: synonyms.dangerous: not a list; write it as",
    ),
    "side of the silent": (
        _editing("corpus.toml", '"Bob Low"', '"Cy Orr"'),
        "corpus.toml:14: 'Cy Orr' has a side but is never quoted; add an alias that the doc",
    ),
    "no header": (_with("b.txt", "Words."), "b.txt: it has no metadata; open it with a header between +++"),
    "empty header": (
        _with("b.txt", "+++\n+++\nWords."),
        "b.txt: it has no metadata; open it with a header between +++",
    ),
    "bad header": (_with("b.txt", "+++\ntitle\n+++\n"), "b.txt:2: not TOML: Expected '=' after"),
    "cp1252": (_with("b.txt", b"It\x92s"), "b.txt: not UTF-8: byte 0x92 at offset 2, line 1"),
    "unknown suffix": (_with("b.doc", "Words."), "b.doc: no format reads '.doc'; move it, or"),
    "one id twice": (_with("a.md", ARTICLE), "a.txt: it has the same id, 'a', as a.md; rename"),
    "folder inside": (lambda f: (f / "raw").mkdir(), "raw: a folder, not a file; put a file in"),
    "folder named like a file": (lambda f: (f / "b.txt").mkdir(), "b.txt: a folder, not a file;"),
    "link": (lambda f: (f / "b.txt").symlink_to("a.txt"), "b.txt: a symbolic link, not a file;"),
    "odd name": (_with("b\n.txt", ARTICLE), "b\\n.txt: the file name has unprintable characters; rename"),
    "idle correction": (_with("b.voices.toml", ""), "b.voices.toml: there is no document 'b';"),
    "broken correction": (_with("a.voices.toml", "x\n"), "a.voices.toml:1: "),
    "correction of nothing": (
        _with("a.voices.toml", CORRECTION.replace("The bridge is", "The moon is")),
        "a.voices.toml:1: no passages begin with 'The moon is' and end with 'since May.'; ",
    ),
    "correction of two": (
        _corrected_in_two_places,
        "a.voices.toml:1: 2 passages begin with 'The bridge was' and end with 'for it.'; give",
    ),
    "no words": (_wordless, ": no document contains any words; add a document with text"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_line_with_place_fact_and_remedy(folder: Path, fault: str) -> None:
    spoil, told = FAULTS[fault]

    spoil(folder)

    assert refusal(folder).startswith(told)
    # A corpus without documents yet has nothing amiss, though it cannot be served.
    level = Level.WARNING if fault == "no document" else Level.ERROR
    [first, *_] = [f for f in check_corpus(folder).findings if f.level is level]
    assert str(first).removeprefix(str(folder)).lstrip("/").startswith(told.split(": ")[0])


def test_a_file_whose_name_cannot_be_printed_is_no_document(folder: Path) -> None:
    (folder / "b\n.txt").write_text(ARTICLE, "utf-8")

    assert list(scan_folder(folder).documents) == ["a"]


def test_a_folder_of_too_many_files_is_refused(folder: Path) -> None:
    assert scan_folder(folder, limit=2).documents

    with pytest.raises(CorpusError, match="more than 1 files; split it into several corpora"):
        scan_folder(folder, limit=1)


def test_a_voice_may_be_listed_again_from_a_later_day(folder: Path) -> None:
    again = '[[voices]]\nname = "Ann Bell"\naliases = ["Bell"]\nsince = "2025"\nside = "against"\n'
    edit(folder / "corpus.toml", "[[topics]]", f"{again}\n[[topics]]")

    assert [listed.since for listed in load_corpus(folder).voices] == [None, None, "2025"]


def test_an_organisation_speaks_when_one_of_its_people_does(folder: Path) -> None:
    council = '[[voices]]\nname = "Testbury Council"\nside = "for"\n'
    edit(folder / "corpus.toml", "[[topics]]", f"{council}\n[[topics]]")

    assert len(load_corpus(folder).voices) == 3


@pytest.mark.parametrize("name", [path.name for path in sorted(BUNDLED.iterdir())])
def test_a_bundled_corpus_can_be_served(name: str) -> None:
    corpus = load_corpus(BUNDLED / name)

    assert corpus.name == name
    assert corpus.passages


def test_the_invented_debate_says_so_everywhere() -> None:
    corpus = load_corpus(BUNDLED / "tram")

    assert corpus.notice == "Invented example: no one said this."
    titles = [corpus.title, *(document.title or "" for document in corpus.documents)]
    assert all(title.endswith("(invented example)") for title in titles)


def test_the_invented_debate_has_both_sides_in_an_article_and_a_transcript() -> None:
    corpus = load_corpus(BUNDLED / "tram")

    spoken = [p for p in corpus.passages if p.voice]
    found = {(bool(p.document.turns), p.side) for p in spoken}
    assert found == {(turns, side) for turns in (True, False) for side in Side}
    assert {p.kind for p in corpus.passages} == set(Kind)
    assert all(p.confidence > 0.7 for p in spoken)
