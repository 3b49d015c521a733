"""A quote's links: to the record's own address, and to the words where a browser finds them once; all is invented."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import load_corpus
from bot.model import Document, Quote, Span
from bot.replies import json_output
from bot.replies.quote_block import find_words_link, link_words
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


URL = "https://gazette.example/bridge"
LONG = "The bridge over the harbour is unsafe, and it was unsafe in May as well."


def link(text: str, words: str, url: str | None = URL) -> str | None:
    start = text.index(words)
    return link_words(url, Document("a", text), Span(start, start + len(words)))


def follow(url: str, text: str) -> Span | None:
    """Return the place that a browser marks: the first of each part, whatever the case, at bounds of words."""
    directive = url.partition(":~:text=")[2]
    parts = [unquote(part) for part in directive.split(",")]
    patterns = (re.escape(part).replace(r"\ ", r"\s") for part in parts)
    pattern = ".*?".join(rf"(?<!\w){each}(?!\w)" for each in patterns)
    matched = re.search(pattern, text, re.IGNORECASE | re.DOTALL)
    return Span(*matched.span()) if matched else None


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        (f"First. {LONG} Last.", LONG, "The%20bridge%20over%20the,in%20May%20as%20well."),
        ("It was shut. “It is unsafe.” So be it.", "“It is unsafe.”", "It%20is%20unsafe."),
        (
            "A well-known, dear bridge & more. B.",
            "A well-known, dear bridge & more.",
            "A%20well%2Dknown%2C%20dear%20bridge%20%26%20more.",
        ),
    ],
)
def test_a_link_is_made_of_the_words_and_signs_are_encoded(text: str, words: str, expected: str) -> None:
    assert link(text, words) == f"{URL}#:~:text={expected}"


@pytest.mark.parametrize(
    "text",
    [
        "It is unsafe. They say: it is unsafe.",
        "IT IS UNSAFE. Later: It is unsafe.",
        f"{LONG} Twice: {LONG}",
    ],
)
def test_words_that_stand_twice_get_the_page_alone(text: str) -> None:
    words = LONG if LONG in text else "It is unsafe."

    start = text.lower().rindex(words.lower())

    assert link_words(URL, Document("a", text), Span(start, len(text))) == URL


def test_a_beginning_that_stands_twice_is_made_longer_until_it_is_the_only_one() -> None:
    text = f"The bridge over the river is safe enough for all of us here. {LONG}"

    assert (
        link(text, LONG)
        == f"{URL}#:~:text=The%20bridge%20over%20the%20harbour%20is,was%20unsafe%20in%20May%20as%20well."
    )


def test_an_end_that_stands_before_is_made_longer_too() -> None:
    words = "One two three four in May as well and in June as well in May as well."
    text = f"{words} Bye."

    found = link(text, words)

    assert found is not None
    assert follow(found, text) == Span(0, len(words))


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/a.pdf",
        "https://x.example/a.DOCX",
        "https://video.example/talk#t=127",
        "https://youtu.be/x?list=y&t=127s",
        "https://x.example/a#:~:text=b",
        None,
    ],
)
def test_what_browsers_do_not_scroll_to_words_in_keeps_its_address(url: str | None) -> None:
    assert link(LONG, LONG, url) == url


def test_an_address_keeps_a_fragment_of_its_own() -> None:
    assert (link(LONG, LONG, f"{URL}#speech-7") or "").startswith(f"{URL}#speech-7:~:text=The")


@pytest.mark.parametrize("words", ["“”", "…"])
def test_what_has_no_words_gets_the_page_alone(words: str) -> None:
    assert link(f"A {words} … b.", words) == URL


def test_a_quote_over_a_paragraphs_end_is_found_by_its_two_ends() -> None:
    words = "We looked at the bridge\n\nand the bridge looked at us all day."

    found = link(f"{words} So.", words) or ""
    assert follow(found, f"{words} So.") == Span(0, len(words))


@given(
    st.lists(st.sampled_from(["the", "The", "bridge", "is", "safe", "un-safe", "May,"]), min_size=1, max_size=40),
    st.data(),
)
def test_whatever_the_text_a_link_leads_to_its_words_or_to_the_page(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    bounds = [0, *(i + 1 for i, c in enumerate(text) if c == " ")]
    start = data.draw(st.sampled_from(bounds))
    ends = [match.end() for match in re.finditer(r"\S+", text) if match.end() > start]
    span = Span(start, data.draw(st.sampled_from(ends)))

    found = link_words(URL, Document("a", text), span) or ""

    assert found == URL or follow(found, text) == span


@pytest.mark.parametrize("name", ["facial-recognition", "tram"])
def test_the_links_of_the_bundled_quotes_lead_to_them(name: str) -> None:
    passages = [passage for passage in load_corpus(Path("corpus", name)).passages if passage.document.url]
    links = {
        Quote(passage, passage.frame): find_words_link(Quote(passage, passage.frame)) or "" for passage in passages
    }

    for quote, found in links.items():
        if ":~:" in found:
            place = follow(found, quote.passage.document.text)
            assert place is not None
            assert quote.span.start <= place.start
            assert place.end <= quote.span.end
            assert len(quote.text.strip("“”\"'‘’ \n")) == place.end - place.start
    assert sum(":~:" in found for found in links.values()) >= 0.8 * len(links)
