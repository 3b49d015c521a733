"""Withheld names: whoever bears one is named nowhere, on any surface; all people here are invented."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.bootstrap import build_snapshot
from bot.corpus import load_corpus
from bot.corpus.lint import check_corpus
from bot.corpus.withheld_names import WithheldNames, withhold_names
from bot.errors import CorpusError
from bot.model import Document, HeldPassages, Side, Span, Turn, Voice, VoiceEntry
from bot.replies import json_output
from bot.replies.reply import AnswerRef, Command, Reply
from bot.replies.report_page import render_page
from bot.service import Service, commands
from bot.service.live_corpus import LiveCorpus
from bot.storage import open_storage
from tests import corpus_folders
from tests.corpus_folders import DEBATE, HEADER, article, text
from tests.invented_debate import corpus as build_corpus

MANIFEST = f"""\
{DEBATE}
[[voices]]
name = "Mary Quillfeather"
aliases = ["young Molly"]
role = "pupil"
side = "for"
{{flags}}

[[voices]]
name = "Bob Low"
role = "uncle of Mary Quillfeather"
side = "against"

[[topics]]
name = "Mary Quillfeather"
words = ["stairs"]

[[topics]]
name = "stairs"
words = ["steps", "Mary Quillfeather"]

[synonyms]
"molly" = ["Mary Quillfeather", "stairs"]
"Mary Quillfeather" = ["stairs"]
"""
PUPIL = "Mary Quillfeather, a pupil, said: “I fall on those stairs every single winter morning.”\n"
UNCLE = "Bob Low, a ferryman, said: “The stairs at the ferry never closed in all my forty years.”\n"
TELLS = "Bob Low, a ferryman, said: “Ms Quillfeather told me that the lower stairs are made of ice.”\n"
REPORTED = "Mary Quillfeather said that the harbour stairs were salted only twice.\n"
LOUD = "“The upper stairs are painted every spring by the council,” said BOB LOW, and MARY QUILLFEATHER nodded.\n"
FACTS = HEADER.replace("{title}", "Mary Quillfeather falls").replace(
    "+++\n",
    '+++\nauthors = ["Mary Quillfeather", "Tess Orr"]\nurl = "https://example.org/mary-quillfeather-falls"\n',
    1,
)
WORDS = "I fall on those stairs every single winter morning."
LEAKS = ("quillfeather", "molly")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "bridge"
    made.mkdir()
    (made / "corpus.toml").write_text(MANIFEST.format(flags="unnamed = true"), "utf-8")
    (made / "a.txt").write_text(article(PUPIL, UNCLE, title="Stairs"), "utf-8")
    (made / "b.txt").write_text(FACTS + f"{TELLS}\n{REPORTED}\n{LOUD}", "utf-8")
    return made


async def serve(folder: Path, flags: str | None = None, state: Path | None = None) -> Service:
    if flags is not None:
        (folder / "corpus.toml").write_text(MANIFEST.format(flags=flags), "utf-8")
    return await corpus_folders.desk(folder.parent, state_folder=str(state or ""))


def show_all(reply: Reply) -> str:
    """Return everything of a reply that a chat gets: words, links, labels and commands."""
    pieces = [f"{piece.text} {piece.url}" for block in reply.blocks for piece in block]
    return " ".join([*pieces, *(f"{b.label} {b.command} {b.copy}" for row in reply.buttons for b in row), reply.toast])


async def collect_everything(service: Service) -> str:
    """Return all that the public commands, cards and JSON say of a corpus, whatever is asked."""
    lines = [
        "stairs",
        "winter morning",
        "who is against it?",
        "salted",
        "painted",
        "ferry",
        "pupil",
        "what does Bob Low say?",
        "who fell?",
        "molli",
        "quilfeather",
        "who is he?",
        "/corpus",
        "/about",
        "/help",
        "/start",
        "/by Bob Low",
        "/by Low stairs",
        "/sides stairs",
        f"/verify “{WORDS}”",
        "/verify Bob Low said: “The lower stairs are made of ice, and the harbour stairs were salted only twice.”",
    ]
    told = []
    for line in lines:
        reply = await commands.run_command(service, Command.parse(line))
        told.append(show_all(reply))
        for quote_id in reply.answer_ref.quote_ids:
            told += [
                show_all(await commands.run_command(service, Command(name, quote_id), AnswerRef((), 1, (quote_id,))))
                for name in ("context", "opposite", "wordings", "copy", "start")
            ]
            told.append(show_all(await commands.run_command(service, Command.parse(f"/start q_{quote_id}"))))
        told.append(json.dumps(json_output.answer_to_json(service.answer(line))))
        page = await service.search_cards(line)
        told += [f"{card.title} {card.preview} {show_all(card.reply)}" for card in page.cards]
    return "\n".join(told).casefold().replace("molli", "").replace("quilfeather", "")


@pytest.mark.parametrize("flags", ["unnamed = true", "unquoted = true"])
async def test_a_name_that_the_curator_withholds_is_shown_nowhere(folder: Path, flags: str) -> None:
    said = await collect_everything(await serve(folder, flags))

    assert [leak for leak in LEAKS if leak in said] == []
    assert "bob low" in said


async def test_the_words_stay_on_their_side_without_the_name(folder: Path) -> None:
    service = await serve(folder)

    answer = service.answer("winter morning")

    [chosen] = answer.quotes
    assert chosen.quote.text == WORDS
    assert chosen.quote.passage.side is Side.FOR
    told = text(await service.ask("winter morning"))
    assert "FOR · name withheld · date not given" in told
    context = text(await service.show_quote(chosen.quote.id))
    assert "Voice: name withheld · direct quote" in context
    assert WORDS in context


async def test_without_the_curators_word_the_name_is_shown(folder: Path) -> None:
    said = await collect_everything(await serve(folder, ""))

    assert LEAKS[0] in said


async def test_the_words_go_where_the_curator_says_so(folder: Path) -> None:
    service = await serve(folder, "unquoted = true")

    assert WORDS not in await collect_everything(service)


async def test_an_admin_withholds_a_name_from_the_next_message_on_and_releases_it(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    service = await serve(folder, "", state)
    shown = service.answer("winter morning").quotes[0].quote.id

    reply = text(await service.admin.hold("Mary Quillfeather she is a child"))

    assert reply.startswith("Mary Quillfeather is no longer named.")
    assert "Quotes shown without a name: 1. Quotes no longer shown: 4." in reply
    assert [leak for leak in LEAKS if leak in await collect_everything(service)] == []
    assert WORDS in text(await service.show_quote(shown))
    restarted = await serve(folder, "", state)
    assert [leak for leak in LEAKS if leak in await collect_everything(restarted)] == []
    assert text(await restarted.admin.release("mary quillfeather")) == "mary quillfeather may be named again."
    assert LEAKS[0] in await collect_everything(restarted)


async def test_an_admin_withholds_the_words_too(folder: Path) -> None:
    service = await serve(folder, "")
    await service.ask("winter morning")
    shown = service.answer("winter morning").quotes[0].quote.id

    told = text(await service.admin.hold("words of young Molly a child"))

    assert "This lasts until the bot restarts." in told
    assert "To withhold the words" not in told
    assert WORDS not in await collect_everything(service)
    assert text(await service.show_quote(shown)) == f"Quote {shown} is withheld.\n\nA name in it is withheld."


async def test_a_name_that_nobody_is_listed_under_is_given_in_marks(folder: Path) -> None:
    service = await serve(folder, "")

    told = text(await service.admin.hold("“Bob” he asked us to"))

    assert told.startswith("Bob is no longer named.")
    assert "bob" not in show_all(await service.ask("ferry that never closed")).casefold()
    assert "name withheld" in text(await service.ask("ferry that never closed"))


@pytest.mark.parametrize("line", ["Mary Quillfeather", "Nobody Known a reason", "Low or Quillfeather"])
async def test_a_hold_that_fits_nobody_or_gives_no_reason_withholds_nothing(folder: Path, line: str) -> None:
    service = await serve(folder, "")

    await service.admin.hold(line)

    assert "quillfeather" in await collect_everything(service)


async def test_a_link_to_old_words_and_a_reason_do_not_give_a_name_away(folder: Path, tmp_path: Path) -> None:
    service = await serve(folder, "", tmp_path / "state")
    await service.ask("lower stairs made of ice")
    await service.ask("winter morning")
    tells = service.answer("lower stairs made of ice").quotes[0].quote.id
    shown = service.answer("winter morning").quotes[0].quote.id
    await service.admin.hold(f"{shown} Mary Quillfeather asked us to")
    (folder / "b.txt").write_text(article(UNCLE, title="Stairs"), "utf-8")
    await service.admin.reload()
    await service.admin.reload("now")
    assert "quillfeather" in text(await service.show_quote(tells)).casefold()

    await service.admin.hold("“Mary Quillfeather” she is a child")

    assert text(await service.show_quote(tells)).endswith("A name in it is withheld.")
    assert "not given" in text(await service.show_quote(shown))
    assert "quillfeather" not in text(await service.show_quote(shown)).casefold()


async def test_a_record_hides_its_turns_and_headings_too() -> None:
    pupil, uncle = Voice("Mary Quillfeather", id="xx/1"), Voice("Bob Low", "uncle of Mary Quillfeather", id="xx/2")
    body = "Mary Quillfeather: The stairs freeze over.\n\nBob Low: The stairs are the oldest in the county."
    spans = [Span(19, 42), Span(53, len(body))]
    turns = (
        Turn(spans[0], Span(0, 17), pupil, "Mary Quillfeather and the stairs", "https://x.example/mary-quillfeather"),
        Turn(spans[1], Span(44, 51), uncle),
        Turn(Span(len(body), len(body)), Span(0, 0), Voice("Bob Low"), "Stairs"),
    )
    debate = build_corpus(("A ferry after midnight brings nurses home.", pupil, Side.FOR))
    document = Document("r", body, turns, title="Stairs")
    passages = (
        replace(debate.passages[0], document=document, span=spans[0], frame=spans[0], quotation=()),
        replace(debate.passages[0], document=document, span=spans[1], frame=spans[1], voice=uncle, quotation=()),
    )
    names = WithheldNames((VoiceEntry("Mary Quillfeather", unnamed=True),))

    nameless = withhold_names(replace(debate, documents=(document,), passages=HeldPassages(passages)), names).corpus

    assert "quillfeather" not in repr([nameless.documents[0].turns, nameless.passages]).casefold()
    assert [passage.is_unnamed for passage in nameless.passages] == [True, False]
    assert nameless.documents[0].is_intact(*spans)
    assert nameless.passages[1].voice == replace(uncle, role=None)


def test_a_page_for_the_curators_readers_names_nobody_withheld(folder: Path) -> None:
    page = render_page("bridge", check_corpus(folder)).casefold()

    assert [leak for leak in LEAKS if leak in page] == []
    assert "bob low" in page


def test_a_name_that_no_document_has_is_an_error_with_its_line(folder: Path) -> None:
    (folder / "corpus.toml").write_text(
        MANIFEST.format(flags="unnamed = true") + '[[voices]]\nname = "Mary Quilfether"\nunnamed = true\n', "utf-8"
    )

    with pytest.raises(CorpusError, match=r"corpus\.toml:\d+: no document names 'Mary Quilfether'"):
        load_corpus(folder)


@pytest.mark.parametrize(
    ("printed", "is_printed"),
    [
        ("Mary  Quillfeather fell", True),
        ("MARY QUILLFEATHER fell", True),
        ("Ms Quillfeather fell", True),
        ("Quillfeather’s shoe", True),
        ("QUILLFEATHER fell", True),
        ("a quillfeather", False),
        ("Quillfeathers fell", False),
        ("Mary fell", False),
        ("Seán O’Dea fell", True),
        ("Seán O'Dea fell", True),
        ("The Board met", True),
        ("A board met", False),
    ],
)
def test_where_a_name_is_printed(printed: str, *, is_printed: bool) -> None:
    people = (
        VoiceEntry("Mary Quillfeather"),
        VoiceEntry("Seán O'Dea"),
        VoiceEntry("The Board", organisation="The Board"),
    )

    assert WithheldNames(people).is_printed_in(printed) is is_printed


async def test_the_release_of_a_name_that_is_not_withheld_changes_nothing(folder: Path) -> None:
    storage = open_storage()
    live = await LiveCorpus.load(lambda *_: build_snapshot(corpus_folders.settings(folder.parent), "bridge"), storage)

    before = live.snapshot

    await live.release_name("Bob Low")

    assert live.snapshot is before
