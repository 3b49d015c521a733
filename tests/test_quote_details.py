"""What becomes of a quote's link when its document changes: a new place, or a tombstone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.replies.catalogue import say
from bot.replies.quote_details import render_retired
from bot.service import Service
from bot.storage import ShownQuote, Tombstone
from bot.storage import filesystem as seam
from tests.corpus_folders import ANN, CY, MANIFEST, QUESTION, UNSAFE, article, desk, shown, text


async def test_a_quote_that_moved_is_led_to_its_new_place(folder: Path, bridge: Service) -> None:
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(CY, ANN), "utf-8")

    reply = await bridge.admin.reload()

    assert "Quotes: 1 gained, 0 lost, 1 moved" in text(reply)
    assert "whose links would lead elsewhere: 1" in text(reply)
    assert text(reply).startswith("Reloaded.")
    told = text(await bridge.show_quote(known))
    assert told.startswith(f"Quote {known} was retired on ")
    assert "The text of “Bridge shut (invented example)” was changed." in told
    assert "The same words now stand elsewhere in it:" in told
    assert UNSAFE in told


async def test_a_link_leads_on_however_often_its_quote_moves(folder: Path, bridge: Service) -> None:
    known = await shown(bridge)
    for paragraphs in ((CY, ANN), (CY, CY.replace("baker", "miller"), ANN), (ANN,)):
        (folder / "a.txt").write_text(article(*paragraphs), "utf-8")
        await bridge.admin.reload()
        await bridge.admin.reload("now")

        assert UNSAFE in text(await bridge.show_quote(known))


@pytest.mark.parametrize(
    ("body", "why", "said"),
    [
        (None, "“Bridge shut (invented example)” was removed from the corpus.", False),
        (article(CY), "The text of “Bridge shut (invented example)” was changed.", True),
    ],
)
async def test_a_retired_quote_s_link_says_when_and_why_even_after_a_restart(
    folder: Path, bridge: Service, body: str | None, why: str, *, said: bool
) -> None:
    known = await shown(bridge)
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    (folder / "a.txt").unlink() if body is None else (folder / "a.txt").write_text(body, "utf-8")
    await bridge.admin.reload()
    await bridge.admin.reload("now")

    again = await desk(folder.parent, state_folder=str(folder.parent / "state"))
    told = [text(await each.show_quote(known)) for each in (bridge, again)]

    assert told[0] == told[1]
    assert told[0].startswith(f"Quote {known} was retired on {datetime.now(UTC).day} ")
    assert why in told[0]
    assert (UNSAFE in told[0]) is said


async def test_what_changed_while_the_bot_was_down_is_retired_at_its_start(folder: Path, bridge: Service) -> None:
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(CY, ANN), "utf-8")

    again = await desk(folder.parent, state_folder=str(folder.parent / "state"))

    told = text(await again.show_quote(known))
    assert "was retired on" in told
    assert UNSAFE in told


async def test_a_start_that_cannot_note_what_went_serves_all_the_same(
    folder: Path, bridge: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(CY, ANN), "utf-8")

    class Full(seam.FileSystem):
        def write(self, descriptor: int, octets: bytes) -> int:  # noqa: ARG002
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(seam, "disk", Full())
        again = await desk(folder.parent, state_folder=str(folder.parent / "state"))

    assert "not noted as retired: " in caplog.text
    assert "no space left on device; free some disk space" in caplog.text
    assert again.answer(QUESTION).quotes
    later = await desk(folder.parent, state_folder=str(folder.parent / "state"))
    assert "was retired on" in text(await later.show_quote(known))


async def test_a_quote_dropped_by_its_curator_is_not_repeated_by_its_link(folder: Path, bridge: Service) -> None:
    known = await shown(bridge)
    dropped = '[[corrections]]\nfirst = "The bridge is"\nlast = "in May."\ndrop = true\n'
    (folder / "a.voices.toml").write_text(dropped, "utf-8")
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    await bridge.admin.reload()
    await bridge.admin.reload("now")

    told = text(await bridge.show_quote(known))

    assert "is now parsed differently" in told
    assert UNSAFE not in told


async def test_without_a_state_folder_a_link_s_end_is_known_until_the_bot_is(folder: Path) -> None:
    bridge = await desk(folder.parent)
    known = await shown(bridge)
    (folder / "a.txt").write_text(article(ANN.replace("May", "June")), "utf-8")
    await bridge.admin.reload()
    await bridge.admin.reload("now")

    told = text(await bridge.show_quote(known))

    assert "was retired on" in told
    assert UNSAFE not in told
    assert sorted(path.name for path in folder.parent.iterdir()) == ["bridge"]
    assert "There is no quote" in text(await (await desk(folder.parent)).show_quote(known))


async def test_a_quote_never_shown_has_no_tombstone(folder: Path, bridge: Service) -> None:
    known = bridge.answer(QUESTION).quotes[0].quote.id
    (folder / "a.txt").write_text(article(CY), "utf-8")
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    await bridge.admin.reload()
    await bridge.admin.reload("now")

    assert "There is no quote" in text(await bridge.show_quote(known))


def test_a_tombstone_has_nothing_but_messages_of_the_table_and_the_words_as_shown() -> None:
    shown_quote = ShownQuote("ABCDEFGH", "bridge", "a", None, "0123456789abcdef", 0, 9)
    tombstone = Tombstone("ABCDEFGH", "2031-05-02", "changed")

    assert text(render_retired(shown_quote, tombstone, "It sinks.")).split("\n") == [
        say("retired", id="ABCDEFGH", date="2 May 2031"),
        "",
        say("retired_why.changed", document="a"),
        say("retired_text", sha256="0123456789ab"),
        "",
        say("retired_words"),
        "It sinks.",
    ]
