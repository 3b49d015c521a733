"""Reloads: nothing is read twice, nothing is lost unasked, no fault takes the corpus away."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import corpus
from bot.errors import CorpusError
from bot.service import Service
from tests.corpus_folders import ANN, BOB, CY, MANIFEST, UNSAFE, article, buttons, desk, shown, text

# What is the same is not read again.


def test_a_document_that_did_not_change_is_taken_over(folder: Path) -> None:
    before = corpus.load_incrementally(folder)
    (folder / "b.txt").write_text(article(BOB, CY), "utf-8")

    after = corpus.load_incrementally(folder, before)

    kept, changed = after.corpus.documents
    assert kept is before.corpus.documents[0]
    assert changed.text.endswith(CY)
    assert all(p.document is kept for p in after.corpus.passages if p.document.id == "a")
    assert after.corpus.passages[0] is before.corpus.passages[0]


def test_what_is_taken_over_is_what_would_have_been_read(folder: Path) -> None:
    before = corpus.load_incrementally(folder)
    (folder / "c.txt").write_text(article(CY), "utf-8")

    assert corpus.load_incrementally(folder, before).corpus == corpus.load_corpus(folder)


def test_a_side_set_anew_reaches_a_document_that_is_taken_over(folder: Path) -> None:
    before = corpus.load_incrementally(folder)
    (folder / "corpus.toml").write_text(MANIFEST.replace('"for"', '"neither"'), "utf-8")

    after = corpus.load_incrementally(folder, before)

    assert after.corpus == corpus.load_corpus(folder)
    assert after.corpus != before.corpus
    assert after.corpus.documents[0] is before.corpus.documents[0]


SITTING = """\
<TEI xmlns='http://www.tei-c.org/ns/1.0' xml:lang='en'>
<teiHeader><settingDesc><setting><date when='2024-05-02'/></setting></settingDesc></teiHeader>
<text><body><div><u who='#AB'><seg>The bridge is unsafe, and was unsafe in May.</seg></u></div></body></text></TEI>
"""
LIST = "<listPerson><person xml:id='AB'><persName>{}</persName></person></listPerson>"


def test_a_list_of_names_that_comes_changes_or_goes_is_noticed(
    tmp_path: Path,
) -> None:
    (tmp_path / "corpus.toml").write_text(MANIFEST.partition("\n[[voices]]")[0], "utf-8")
    (tmp_path / "ParlaMint-XX_2024-05-02.xml").write_text(SITTING, "utf-8")
    beside = tmp_path / "ParlaMint-XX-listPerson.xml"
    names: list[str] = []
    previous = None
    for listed in ("", "Ann Bell", "Cy Orr", ""):
        beside.write_text(LIST.format(listed), "utf-8") if listed else beside.unlink(missing_ok=True)
        previous = corpus.load_incrementally(tmp_path, previous)
        names += [turn.voice.name for turn in previous.corpus.documents[0].turns]

    assert names == ["AB", "Ann Bell", "Cy Orr", "AB"]


CORRECTED = '[[corrections]]\nfirst = "The bridge is"\nlast = "in May."\nrole = "{role}"\n'


def test_a_correction_that_comes_changes_or_goes_is_noticed(folder: Path) -> None:
    beside = folder / "a.voices.toml"
    first = corpus.load_incrementally(folder)
    beside.write_text(CORRECTED.format(role="mayor"), "utf-8")
    second = corpus.load_incrementally(folder, first)
    beside.write_text(CORRECTED.format(role="mason"), "utf-8")
    third = corpus.load_incrementally(folder, second)
    beside.unlink()
    fourth = corpus.load_incrementally(folder, third)

    roles = [
        next(p.voice.role for p in each.corpus.passages if p.voice and p.document.id == "a")
        for each in (first, second, third, fourth)
    ]
    assert roles == ["clerk", "mayor", "mason", "clerk"]
    assert corpus.load_incrementally(folder, fourth).corpus.passages[0] is fourth.corpus.passages[0]


def test_a_document_that_cannot_be_read_any_more_is_not_served_from_memory(folder: Path) -> None:
    before = corpus.load_incrementally(folder)
    (folder / "a.txt").write_bytes(b"\xff")

    with pytest.raises(CorpusError, match="not UTF-8"):
        corpus.load_incrementally(folder, before)


# What an admin is told, and decides.


async def test_a_reload_that_loses_nothing_is_one_step(folder: Path, bridge: Service) -> None:
    (folder / "c.txt").write_text(article(CY), "utf-8")

    reply = await bridge.admin.reload()

    assert text(reply).splitlines()[:-1] == [
        "Reloaded. bridge is now live.",
        "",
        "Documents: 1 (c) added, 0 removed, 0 changed",
        "Quotes: 1 gained, 0 lost, 0 moved",
        "Quotes by side: FOR 1→1, AGAINST 1→1, NEITHER SIDE 0→1",
    ]
    assert text(reply).splitlines()[-1].startswith("Peak memory: ")
    assert len(bridge.corpus.documents) == 3


async def test_a_reload_that_would_lose_something_waits_to_be_switched_to(folder: Path, bridge: Service) -> None:
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(ANN.replace("unsafe", "a ruin"), CY), "utf-8")

    reply = await bridge.admin.reload()

    assert text(reply).splitlines() == [
        "Ready to switch. The old corpus of bridge is still answering.",
        "",
        "Documents: 0 added, 0 removed, 1 (a) changed",
        "Quotes: 2 gained, 1 lost, 0 moved",
        "Quotes by side: FOR 1→1, AGAINST 1→1, NEITHER SIDE 0→1",
        f"Quotes already shown that would disappear: {known}",
    ]
    assert buttons(reply) == {"Switch now": "/reload now", "Cancel": "/reload cancel"}
    assert UNSAFE in text(await bridge.show_quote(known))

    switched = await bridge.admin.reload("now")

    assert text(switched).startswith("Reloaded. bridge is now live.")
    assert bridge.corpus.documents[0].text.count("ruin") == 2


async def test_what_was_prepared_is_served_even_if_the_folder_changed_since(folder: Path, bridge: Service) -> None:
    (folder / "a.txt").write_text(article(ANN.replace("May", "June")), "utf-8")
    await bridge.admin.reload()
    (folder / "a.txt").write_bytes(b"\xff")

    await bridge.admin.reload("now")

    assert "in June" in bridge.corpus.documents[0].text


async def test_a_reload_can_be_cancelled(folder: Path, bridge: Service) -> None:
    (folder / "a.txt").write_text(article(ANN.replace("May", "June")), "utf-8")
    await bridge.admin.reload()

    cancelled = await bridge.admin.reload("cancel")

    assert text(cancelled) == "Cancelled. Nothing was changed."
    for late in ("now", "cancel"):
        assert text(await bridge.admin.reload(late)) == "No reload is waiting. Send /reload first."
    assert "in May" in bridge.corpus.documents[0].text


async def test_a_broken_file_stops_the_reload_until_the_admin_goes_on_without_it(folder: Path, bridge: Service) -> None:
    (folder / "a.txt").write_bytes(b"It\x92s")

    reply = await bridge.admin.reload()

    assert text(reply).splitlines() == [
        "Reload stopped. The old corpus is still answering.",
        "",
        f"{folder}/a.txt: not UTF-8: byte 0x92 at offset 2, line 1; save the file as UTF-8",
        "",
        "Everything else can be served without: a",
    ]
    assert buttons(reply) == {"Continue without it": "/reload without a", "Cancel": "/reload cancel"}
    assert len(bridge.corpus.documents) == 2

    ready = await bridge.admin.reload("without a")

    assert "Documents: 0 added, 1 (a) removed, 0 changed" in text(ready)
    assert "Documents left out: a" in text(ready)
    await bridge.admin.reload("now")
    assert [document.id for document in bridge.corpus.documents] == ["b"]


async def test_several_broken_files_are_left_out_together(folder: Path, bridge: Service) -> None:
    for name in ("a.txt", "c.txt", "x" * 60 + ".txt"):
        (folder / name).write_bytes(b"\xff")

    reply = await bridge.admin.reload()

    assert buttons(reply)["Continue without them"] == "/reload without them"
    assert "Documents left out: a, c, xxx" in text(await bridge.admin.reload("without them"))


async def test_a_button_s_command_is_never_too_long_to_carry(folder: Path, bridge: Service) -> None:
    (folder / ("ä" * 40 + ".txt")).write_bytes(b"\xff")

    reply = await bridge.admin.reload()

    assert buttons(reply)["Continue without it"] == "/reload without them"
    assert "Nothing has changed." in text(await bridge.admin.reload("without them"))


async def test_only_what_was_found_broken_is_left_out(folder: Path, bridge: Service) -> None:
    none = "No broken document has that name. Send /reload first."
    assert text(await bridge.admin.reload("without them")) == none
    (folder / "a.txt").write_bytes(b"\xff")
    await bridge.admin.reload()

    assert text(await bridge.admin.reload("without b")) == none
    assert text(await bridge.admin.reload("sideways")).startswith("Use /reload, ")


async def test_a_fault_of_the_manifest_cannot_be_left_out(folder: Path, bridge: Service) -> None:
    (folder / "corpus.toml").write_text("title = 3", "utf-8")
    (folder / "a.txt").write_bytes(b"\xff")

    reply = await bridge.admin.reload()

    assert "corpus.toml:1: title: not text" in text(reply)
    assert reply.buttons == ()


async def test_a_start_says_what_the_language_of_a_corpus_lacks(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    manifest = folder / "corpus.toml"
    # Nobody is named in German articles, so no voice may have a side.
    german = manifest.read_text("utf-8").partition("[[voices]]")[0].replace('"english"', '"german"')
    manifest.write_text(german, "utf-8")

    await desk(folder.parent)

    assert "corpus=bridge german: no reporting verbs" in caplog.text
