"""A quote from a record leads to the record's own address for it; the debate is invented."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.replies import json_output
from bot.service import Service
from tests.corpus_folders import corpus, desk

RECORD = """\
<publicwhip>
<major-heading id="uk.org.publicwhip/debate/2024-05-01a.1.0">Bridges</major-heading>
<speech id="uk.org.publicwhip/debate/2024-05-01a.1.1" speakername="Cy Orr" speakerid="1"
 speakeroffice="Minister for Bridges" url="https://example.org/debates/1.1">
<p pid="a1.1/1">I thank my friend for the kindness of that question today.</p>
<p pid="a1.1/2">The weighbridge at Harwick was closed in 1931 and never rebuilt.</p></speech>
<speech id="uk.org.publicwhip/debate/2024-05-01a.1.2" speakername="Dee Fay"
 person_id="uk.org.publicwhip/person/2">
<p>The lighthouse keepers of Harwick were never paid on time by anybody.</p>
<p class="indent">We ate seagulls from March until the packet boat came in May.</p></speech>
</publicwhip>
"""


@pytest.fixture
def bridge(tmp_path: Path) -> Service:
    folder = corpus(tmp_path)
    (folder / "debates2024-05-01a.xml").write_text(RECORD, "utf-8")
    return asyncio.run(desk(tmp_path))


async def test_a_quote_of_a_record_is_linked_to_its_speech_and_named_as_the_record_names_it(bridge: Service) -> None:
    [quoted] = bridge.answer("When was the weighbridge closed?").quotes
    reply = await bridge.show_quote(quoted.quote.id)

    [place] = [p for block in reply.blocks for p in block if p.text.startswith("¶")]
    assert place.text == "¶4 (a1.1/2)"
    assert (
        place.url
        == "https://example.org/debates/1.1#:~:text=The%20weighbridge%20at%20Harwick,1931%20and%20never%20rebuilt."
    )
    assert "Cy Orr, Minister for Bridges" in "".join(p.text for b in reply.blocks for p in b)
    [quote] = json_output.answer_to_json(bridge.answer("When was the weighbridge closed?"))["quotes"]
    assert quote["turn"] == {"heading": "Bridges", "url": "https://example.org/debates/1.1", "address": "a1.1/2"}


async def test_what_a_record_does_not_name_is_not_made_up(bridge: Service) -> None:
    [quoted] = bridge.answer("Were the lighthouse keepers paid?").quotes
    reply = await bridge.show_quote(quoted.quote.id)

    assert [p for block in reply.blocks for p in block if p.text.startswith("¶")] == []
    assert f"paragraph {quoted.quote.passage.paragraph}" in str(reply.blocks)
    [quote] = json_output.answer_to_json(bridge.answer("Was the bridge unsafe in May?"))["quotes"][:1]
    assert quote["turn"] is None
    assert quote["voice"].keys() == {"name", "role", "organisation"}


async def test_a_recorded_member_is_identified_for_programs(bridge: Service) -> None:
    [quote] = json_output.answer_to_json(bridge.answer("Were the lighthouse keepers paid?"))["quotes"]

    assert quote["voice"] == {
        "name": "Dee Fay",
        "role": None,
        "organisation": None,
        "party": None,
        "seat": None,
        "id": "uk.org.publicwhip/person/2",
    }


async def test_what_a_speaker_reads_out_is_said_to_be_quoted_by_that_speaker(bridge: Service) -> None:
    reply = await bridge.ask("Who ate seagulls?")

    shown = "".join(p.text for b in reply.blocks for p in b)
    assert "quoted by Dee Fay, speaker not given" in shown
    assert "named by the record" not in shown


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("", "automatic captions, not checked"),
        ('transcript = "automatic"\n', "automatic captions, not checked"),
        ('transcript = "checked"\n', ""),
    ],
)
async def test_a_quote_of_captions_says_that_nobody_checked_them_and_links_to_its_moment(
    tmp_path: Path, header: str, label: str
) -> None:
    folder = corpus(tmp_path)
    facts = f'title = "Talk"\nurl = "https://youtu.be/x"\n{header}'
    text = f"+++\n{facts}+++\n[1:15] Cy Orr: The weighbridge at Harwick was closed in 1931.\n"
    (folder / "talk.transcript").write_text(text, "utf-8")
    service = await desk(tmp_path)

    reply = await service.ask("When was the weighbridge closed?")

    pieces = [piece for block in reply.blocks for piece in block]
    head = "".join(piece.text for piece in reply.blocks[0]).partition("\n")[0]
    assert head.partition("date not given")[2] == (label and f" · {label}")
    assert "https://youtu.be/x?t=75s" in {piece.url for piece in pieces}
