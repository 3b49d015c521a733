"""The terminal: a conversation, rendered for a screen or for a pipe."""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies.catalogue import say
from bot.replies.reply import Button, Command, Piece, Reply, Style
from bot.service import Service
from bot.surfaces import terminal
from bot.surfaces.terminal import Conversation
from tests.corpus_folders import ANN, article, corpus
from tests.corpus_folders import desk as invented_desk

if TYPE_CHECKING:
    from tests.conftest import Golden

QUESTION = "What does Liberty say about privacy?"
DOCUMENT = "2020-01-guardian-series"


class Screen(io.StringIO):
    """What is typed at a screen, until it ends or `last` is pressed."""

    def __init__(self, typed: str, last: type[BaseException] = EOFError) -> None:
        super().__init__(typed)
        self._last = last

    def isatty(self) -> bool:
        return True

    # StringIO itself is declared with the same mismatch.
    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        line = super().readline(-1 if size is None else size)
        if not line:
            raise self._last
        return line


def shown(reply: Reply, width: int | None = None) -> str:
    return "\n".join(line.plain for line in terminal.render_lines(reply, width))


def one(*pieces: Piece) -> Reply:
    return Reply((pieces,))


async def said(talk: Conversation, *lines: str) -> str:
    """Return what the last of `lines` gets."""
    replies = [await talk.respond(line) for line in lines]
    return shown(replies[-1])


def test_a_quote_stands_behind_a_bar_between_lines_of_their_own() -> None:
    reply = one(
        Piece("AGAINST", Style.BOLD),
        Piece(" · Ann Low\n"),
        Piece("No tram.\nNot here.", Style.QUOTE),
        Piece("\ndirect quote · "),
        Piece("ABCDEFGH", quote_id="ABCDEFGH"),
    )

    assert shown(reply) == ("AGAINST · Ann Low\n│ No tram.\n│ Not here.\ndirect quote · ABCDEFGH")


def test_what_stands_between_two_quotes_is_no_line_when_it_says_nothing() -> None:
    quotes = [Piece(text, Style.QUOTE) for text in ("No tram.", "No bus.")]

    assert shown(one(quotes[0], Piece("\n"), quotes[1])) == "│ No tram.\n│ No bus."


def test_a_link_shows_where_it_leads() -> None:
    reply = one(Piece("Source: "), Piece("Bugle", url="https://bugle.example/1"), Piece(" · 2020"))

    assert shown(reply) == "Source: Bugle · 2020\n<https://bugle.example/1>"


def test_buttons_are_numbered_below_everything_else() -> None:
    buttons = ((Button("fares", "/ask fares"), Button("noise", "/ask noise")), ())
    reply = Reply(((Piece("One."),), (Piece("Two."),)), buttons)

    assert shown(reply) == "One.\n\nTwo.\n\n[1] fares\n[2] noise"


def test_lines_break_at_blanks_and_an_address_stays_whole() -> None:
    address = "https://bugle.example/a-very-long-address"
    reply = one(Piece("No tram will ever run here.\n", Style.QUOTE), Piece(f"See {address}"))

    assert shown(reply, 20) == f"│ No tram will ever\n│ run here.\n│ \nSee\n{address}"


def test_what_would_steer_a_terminal_is_shown_as_a_sign() -> None:
    reply = one(Piece("\x1b[2Jgone\r\x9bx\x7f", Style.QUOTE))

    assert shown(reply) == "│ ␛[2Jgone␍�x␡"


@given(st.text(alphabet="ab \n\t.“”"), st.sampled_from([None, 24, 60]))
def test_no_word_is_lost_or_changed_on_the_way_to_the_screen(text: str, width: int | None) -> None:
    printed = shown(one(Piece(text, Style.QUOTE)), width)

    assert printed.replace(terminal.BAR, "").split() == text.split()


async def test_a_number_stands_for_the_choice_just_offered(desk: Service) -> None:
    talk = Conversation(desk)
    offered = (await talk.respond("pensions?")).buttons[0]

    assert await said(talk, "2") == await said(Conversation(desk), offered[1].command)


async def test_a_number_that_was_not_offered_opens_nothing(desk: Service) -> None:
    assert await said(Conversation(desk), "7") == shown(Reply.from_text(say("no_answer_shown")))


async def test_a_question_is_asked_after_those_before_it(desk: Service) -> None:
    first, second = "what did Ephgrave say about safety?", "what safeguards does he promise?"
    followed = shown(await desk.ask(second, history=[first]))

    assert await said(Conversation(desk), f"/ask {first}", second) == followed
    assert await said(Conversation(desk), second) != followed


async def test_every_command_has_its_page(desk: Service) -> None:
    pages = {
        "/start": desk.start(),
        "/about": desk.about(),
        "/corpus": desk.contents(),
        "/privacy": desk.privacy(),
        "/status": desk.admin.show_status(),
        "/ask": desk.help(),
        "/nonsense": Reply.from_text(say("unknown_command", name="nonsense")),
    }

    assert {page: await said(Conversation(desk), page) for page in pages} == {
        page: shown(reply) for page, reply in pages.items()
    }


async def test_help_names_no_command_that_only_a_chat_has(desk: Service) -> None:
    lines = shown(desk.help()).split("\n")

    here = (await said(Conversation(desk), "/help")).split("\n")

    assert [line for line in lines if line not in here] == [line for line in lines if line.startswith("/follow ")] != []


async def test_a_quote_is_shown_by_its_id(desk: Service) -> None:
    quote = desk.answer(QUESTION).quotes[0].quote

    assert await said(Conversation(desk), f"/start q_{quote.id}") == shown(await desk.show_quote(quote.id))


async def test_the_corpus_is_reloaded_by_command(desk: Service) -> None:
    assert "Nothing has changed." in await said(Conversation(desk), "/reload")


def test_a_pipe_gets_whole_lines_without_prompt_or_colour(
    desk: Service, golden: Golden, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{QUESTION}\n\n  and safeguards?\npensions?"))

    terminal.converse(desk)

    golden("terminal-pipe.txt", capsys.readouterr().out)


def test_columns_break_the_lines_of_a_pipe(
    desk: Service, golden: Golden, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stdin", io.StringIO(QUESTION))

    terminal.converse(desk)

    golden("terminal-columns.txt", capsys.readouterr().out)


@pytest.mark.parametrize("last", [EOFError, KeyboardInterrupt])
def test_at_a_screen_a_greeting_comes_first_and_leaving_is_quiet(
    last: type[BaseException], desk: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Screen("/privacy\n\n", last))

    terminal.converse(desk)

    greeted, privacy = shown(desk.start()), shown(desk.privacy())
    expected = f"{greeted}\n\n> {privacy}\n\n> > \n"
    assert capsys.readouterr().out == expected


def test_a_fault_is_told_in_the_conversation_which_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, state = corpus(tmp_path), str(tmp_path / "state")
    before = asyncio.run(invented_desk(tmp_path, state_folder=state))
    asyncio.run(before.ask("Was the bridge unsafe in May?"))
    [chosen] = before.answer("Was the bridge unsafe in May?").quotes
    (folder / "a.txt").write_text(article(ANN.replace("May", "June")), "utf-8")
    after = asyncio.run(invented_desk(tmp_path, state_folder=state))
    [kept_text] = (tmp_path / "state/texts").iterdir()
    kept_text.unlink()
    kept_text.mkdir()
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"/context {chosen.quote.id}\n/privacy"))

    terminal.converse(after)

    fault, told = capsys.readouterr().out.split("\n\n", 1)
    assert fault == f"{kept_text}: a folder, not a file; put a file in its place"
    assert told == f"{shown(after.privacy())}\n\n"


def test_a_picture_is_the_same_for_the_same_exchange_and_fetches_nothing(tmp_path: Path) -> None:
    reply = one(Piece("AGAINST\n", Style.BOLD), Piece("No tram.", Style.QUOTE))

    for name in ("one.svg", "two.svg"):
        (tmp_path / name).write_text(terminal.draw_svg("A tram?", reply), "utf-8")

    drawn = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert drawn == (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert "No&#160;tram." in drawn
    assert drawn.count("http") == drawn.count("http://www.w3.org") + drawn.count("https://www.text")


async def test_what_may_be_pressed_elsewhere_is_chosen_by_its_number(desk: Service) -> None:
    talk = terminal.Conversation(desk)
    answer = await talk.respond("What about privacy?")

    context = await talk.respond("1")
    back = await talk.respond("1")
    opposite = await talk.respond("opposite")

    assert text(context).startswith("Quote ")
    assert back.blocks == answer.blocks
    assert text(opposite).startswith("Opposite of ")


async def test_a_topic_that_is_chosen_by_its_number_follows_nothing(desk: Service) -> None:
    talk = terminal.Conversation(desk)
    await talk.respond("zebra")

    chosen = await talk.respond("1")

    assert chosen.history == (Command("ask", "privacy"),)


def text(reply: Reply) -> str:
    return "\n\n".join("".join(piece.text for piece in block) for block in reply.blocks)
