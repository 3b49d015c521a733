"""The terminal: one conversation, with links as text and buttons as numbers to type.

What it shows is what any other chat would show. Where nobody sits at it (input
or output is a pipe) it prints no prompt, no colour and no broken lines.
"""

from __future__ import annotations

import asyncio
import importlib
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import groupby

from pydantic import BaseModel, ConfigDict
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot import bootstrap
from bot.errors import BotError
from bot.replies.reply import AnswerRef, Block, Button, Command, Piece, Reply, Style
from bot.service import Service, commands
from bot.service.admin import ADMIN_COMMANDS
from bot.settings import Settings

COMMAND = "chat"
VARIABLES: frozenset[str] = frozenset()
SWITCHES: dict[str, str] = {}

PROMPT = "> "
BAR, HEAVY_BAR = "│ ", "┃ "
# In columns. From the end of a line of more than about ninety the eye does not find the next.
MIN_WIDTH, MAX_WIDTH = 24, 90
PICTURE_WIDTH = 88

# How pieces of each style are printed; those of any other style are plain text.
_STYLES = {Style.BOLD: "bold", Style.ITALIC: "dim", Style.QUOTE: "bold"}
_SOURCE_STYLES = {Style.QUOTE, Style.CONTEXT}

# A source may hold bytes that steer a terminal; they are shown as signs instead.
_CONTROL_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
_CONTROL_PICTURES |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


class TerminalOptions(BaseModel):
    """`[surfaces.terminal]`: none yet."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


Options = TerminalOptions


class Conversation:
    """One conversation: what was shown last, and what the numbers stand for.

    Each question follows the one before, as a reply to its answer would.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._last_shown = AnswerRef()
        self._choices: dict[str, Button] = {}
        self.first_number = 1

    async def respond(self, line: str) -> Reply:
        """Return the reply to a question, a command, or the number of a choice just offered."""
        choice = self._choices.get(line.strip("[]"))
        # A choice that does not change what is shown is a new question, and follows nothing.
        replied_to = self._last_shown if choice is None or choice.edits else AnswerRef()
        reply = await self._reply(Command.parse(choice.command if choice else line), replied_to)
        is_answer = bool(reply.answer_ref.quote_ids or reply.history)
        if is_answer:
            self._choices, self._last_shown = {}, reply.answer_ref
        elif _find_unfinished(replied_to):
            # The name that the last reply asked for was given.
            self._last_shown = AnswerRef()
        # A page such as /help numbers on, so that the numbers of the answer above it keep working.
        self.first_number = len(self._choices) + 1
        self._choices |= {str(number): button for number, button in enumerate(_list_buttons(reply), self.first_number)}
        return reply

    async def _reply(self, command: Command, replied_to: AnswerRef) -> Reply:
        """Return the reply to `command`; a question after an unfinished command completes that command instead."""
        if command.name == "ask" and (unfinished := _find_unfinished(replied_to)):
            command = unfinished._replace(text=f"{unfinished.text} {command.text}")
        # The person at the terminal runs the bot, and so is an admin.
        if command.name in ADMIN_COMMANDS:
            return await self._service.admin.run(command)
        reply = await commands.run_command(self._service, command, replied_to)
        return _drop_chat_commands(reply) if command.name == "help" else reply


def _find_unfinished(answer_ref: AnswerRef) -> Command | None:
    """Return the admin command that an answer leaves unfinished, for the next line to complete; None without one."""
    return next((command for command in answer_ref.history[-1:] if command.name in ADMIN_COMMANDS), None)


def _drop_chat_commands(reply: Reply) -> Reply:
    """Return `reply` without the lines on commands that only a chat has."""
    names = tuple(f"/{name} " for name in commands.CHAT_COMMANDS)

    def drop_lines(piece: Piece) -> Piece:
        """Return a copy of `piece` without the lines that begin with one of `names`."""
        return replace(piece, text="\n".join(line for line in piece.text.split("\n") if not line.startswith(names)))

    return replace(reply, blocks=tuple(tuple(map(drop_lines, block)) for block in reply.blocks))


def run(settings: Settings, _: Options) -> None:
    """Talk in the terminal."""
    converse(asyncio.run(bootstrap.build_service(settings, is_lasting=True)))


def converse(service: Service) -> None:
    """Talk until the end of input, or until the reader leaves."""
    conversation = Conversation(service)
    with asyncio.Runner() as runner, suppress(KeyboardInterrupt, EOFError):
        if sys.stdin.isatty():
            print_reply(service.start())
        for line in _read_lines():
            try:
                reply = runner.run(conversation.respond(line))
                print_reply(reply, conversation.first_number)
            except BotError as error:
                print_reply(Reply(((Piece(str(error)),),)))
    if sys.stdin.isatty():
        # The cursor is still on the line of the prompt.
        Console().print()


def print_reply(reply: Reply, first_number: int = 1) -> None:
    """Print `reply`, its buttons numbered from `first_number`, and an empty line after it."""
    console = Console(highlight=False)
    # Lines break at the width of a screen; in a pipe nowhere, unless COLUMNS asks for it.
    is_wrapped = console.is_terminal or "COLUMNS" in os.environ
    width = max(MIN_WIDTH, min(console.width, MAX_WIDTH)) if is_wrapped else None
    for line in render_lines(reply, width, first_number):
        console.print(line, soft_wrap=True)
    console.print()


def remove_buttons(reply: Reply) -> Reply:
    """Return a copy of `reply` without buttons, for a command line, after which nothing can be pressed."""
    return replace(reply, buttons=())


def draw_svg(question: str, reply: Reply) -> str:
    """Return a question and its reply drawn as an SVG; the same exchange always gives the same SVG."""
    console = Console(record=True, force_terminal=True, width=PICTURE_WIDTH, file=io.StringIO())
    console.print(Text(PROMPT, "dim") + Text(question, "bold"), end="\n\n")
    for line in render_lines(reply, PICTURE_WIDTH):
        console.print(line)
    svg = console.export_svg(title="On the Record", unique_id="exchange")
    # Without the @font-face rules a reader's browser fetches no font.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def render_lines(reply: Reply, width: int | None = None, first_number: int = 1) -> Iterator[Text]:
    """Yield the lines of `reply`, broken at blanks to `width` columns unless that is None, then one for each button."""
    for number, block in enumerate(reply.blocks):
        if number:
            yield Text()
        for is_source, group in groupby(block, key=lambda piece: piece.style in _SOURCE_STYLES):
            pieces = tuple(group)
            yield from _render_source(pieces, width) if is_source else _render_text(pieces, width)
    if reply.buttons:
        yield Text()
    for number, button in enumerate(_list_buttons(reply), first_number):
        yield Text.assemble((f"[{number}] ", "dim"), _replace_controls(button.label))


def _render_source(pieces: Block, width: int | None) -> Iterator[Text]:
    """Yield the lines of a source's words; the quote is the brightest thing on the screen.

    Within its context a heavier bar marks the lines of the quote, also where there is no bold print.
    """
    has_context = any(piece.style is Style.CONTEXT for piece in pieces)
    for line in _wrap_lines(_assemble_text(pieces), width and width - len(BAR)):
        bar = HEAVY_BAR if has_context and line.spans else BAR
        yield Text.assemble((bar, "dim"), line)


def _render_text(pieces: Block, width: int | None) -> Iterator[Text]:
    """Yield the lines of `pieces`, then the addresses of their links, each on a line of its own."""
    text = _assemble_text(pieces)
    # The quotes before and after it stand on lines of their own already.
    text.rstrip()
    while text.plain.startswith("\n"):
        text = text[1:]
    if text.plain:
        yield from _wrap_lines(text, width)
    yield from (Text(f"<{_replace_controls(piece.url)}>", "dim") for piece in pieces if piece.url)


def _assemble_text(pieces: Block) -> Text:
    """Join `pieces`, each in its style, with a visible sign in place of each control character."""
    return Text.assemble(*((_replace_controls(piece.text), _STYLES.get(piece.style, "")) for piece in pieces))


def _wrap_lines(text: Text, width: int | None) -> Iterator[Text]:
    """Yield the lines of `text`, broken to `width` columns unless that is None; a longer word stays whole."""
    for line in text.split("\n", allow_blank=True):
        for part in [line] if width is None else line.divide(_find_breaks(line.plain, width)):
            part.rstrip()
            yield part


def _find_breaks(line: str, width: int) -> Iterator[int]:
    """Yield the index of each word of `line` that begins a new line, since it no longer fits into `width` columns."""
    column = 0
    for word in re.finditer(r"\S+\s*", line):
        if column and column + cell_len(word.group().rstrip()) > width:
            yield word.start()
            column = 0
        column += cell_len(word.group())


def _list_buttons(reply: Reply) -> Iterator[Button]:
    """Yield the buttons of all rows, in the order in which they are numbered."""
    return (button for row in reply.buttons for button in row)


def _replace_controls(text: str) -> str:
    """Return `text` with a visible sign in place of each control character but tabs and line feeds."""
    return text.translate(_CONTROL_PICTURES)


def _read_lines() -> Iterator[str]:
    """Yield the lines of stdin, stripped, without empty ones; at a terminal their end is an EOFError."""
    if not sys.stdin.isatty():
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    with suppress(ImportError):
        # Where there is a readline, having it is enough to edit the line with arrow keys.
        importlib.import_module("readline")
    while True:
        if line := input(PROMPT).strip():
            yield line
