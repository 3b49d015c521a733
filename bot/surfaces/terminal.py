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
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.desk import commands
from bot.errors import BotError
from bot.replies.reply import Piece, Reply, Shown, Style

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.desk import Desk
    from bot.replies.reply import Block, Button

PROMPT = "> "
BAR, HEAVY = "│ ", "┃ "
NARROWEST, WIDEST = 24, 96
PICTURED = 88

_STYLES = {
    Style.PLAIN: "",
    Style.BOLD: "bold",
    Style.ITALIC: "italic",
    Style.CODE: "",
    Style.QUOTE: "",
    Style.AROUND: "",
}
_SOURCE = {Style.QUOTE, Style.AROUND}

# A source may hold bytes that steer a terminal; they are shown as signs instead.
_SIGNS = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
_SIGNS |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


class Talk:
    """One conversation: what was shown last, and what the numbers stand for.

    Each question follows the one before, as a reply to its answer would.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown = Shown()
        self._choices: dict[str, Button] = {}

    async def say(self, line: str) -> Reply:
        """Return the reply to a question, a command, or the number of a choice just offered."""
        chosen = self._choices.get(line)
        # A choice that does not change what is shown is a new question, and follows nothing.
        under = self._shown if chosen is None or chosen.edits else Shown()
        reply = await self._reply(chosen.command if chosen else line, under)
        self._choices = {str(number): button for number, button in enumerate(_buttons(reply), 1)}
        self._shown = reply.shown if reply.shown.quotes or reply.asked else self._shown
        return reply

    async def _reply(self, line: str, under: Shown) -> Reply:
        # Whoever sits at the terminal is whoever runs the bot.
        name, rest = commands.parted(line)
        if line.startswith("/") and name in commands.ADMINS:
            return await commands.ADMINS[name](self._desk, rest)
        return await commands.reply(self._desk, line, under)


def run(desk: Desk) -> None:
    """Talk until the end of input, or until the reader leaves."""
    talk = Talk(desk)
    with asyncio.Runner() as runner, suppress(KeyboardInterrupt, EOFError):
        if sys.stdin.isatty():
            show(desk.start())
        for line in _typed():
            try:
                show(runner.run(talk.say(line)))
            except BotError as error:
                show(Reply(((Piece(str(error)),),)))
    if sys.stdin.isatty():
        # Whoever left did so on the line of the prompt.
        Console().print()


def show(reply: Reply) -> None:
    """Print `reply`, and an empty line after it."""
    console = Console(highlight=False)
    # Lines break where a screen ends; in a pipe nowhere, unless COLUMNS asks for it.
    narrow = console.is_terminal or "COLUMNS" in os.environ
    width = max(NARROWEST, min(console.width, WIDEST)) if narrow else None
    for line in lines(reply, width):
        console.print(line, soft_wrap=True)
    console.print()


def picture(question: str, reply: Reply, file: Path) -> None:
    """Draw one exchange as an SVG, the same for the same words."""
    console = Console(record=True, force_terminal=True, width=PICTURED, file=io.StringIO())
    console.print(Text(PROMPT, "dim") + Text(question, "bold"), end="\n\n")
    for line in lines(reply, PICTURED):
        console.print(line)
    drawn = console.export_svg(title="On the Record", unique_id="exchange")
    # A reader's browser need not fetch a font to see it.
    file.write_text(re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL), encoding="utf-8")


def lines(reply: Reply, width: int | None = None) -> Iterator[Text]:
    """Yield `reply` line by line, broken at blanks to `width` unless that is None."""
    for number, block in enumerate(reply.blocks):
        if number:
            yield Text()
        for quoted, run_of in groupby(block, key=lambda piece: piece.style in _SOURCE):
            pieces = tuple(run_of)
            yield from _barred(pieces, width) if quoted else _plain(pieces, width)
    if reply.buttons:
        yield Text()
    for number, button in enumerate(_buttons(reply), 1):
        yield Text(f"[{number}] ", "dim") + Text(_safe(button.label))


def _barred(pieces: Block, width: int | None) -> Iterator[Text]:
    """Yield the lines of a source's words; the quote stands out where others are around it.

    Where there is no bold print, the bar of its lines still tells.
    """
    around = any(piece.style is Style.AROUND for piece in pieces)
    stretch = Text.assemble(
        *((_safe(p.text), "bold" if around and p.style is Style.QUOTE else "") for p in pieces)
    )
    for line in _broken(stretch, width and width - len(BAR)):
        yield Text(HEAVY if line.spans else BAR, "dim") + line


def _plain(pieces: Block, width: int | None) -> Iterator[Text]:
    """Yield the lines of `pieces`, and on lines of their own where their links lead."""
    text = Text.assemble(*((_safe(piece.text), _STYLES[piece.style]) for piece in pieces))
    # The quotes before and after it stand on lines of their own already.
    text.rstrip()
    while text.plain.startswith("\n"):
        text = text[1:]
    if text.plain:
        yield from _broken(text, width)
    yield from (Text(f"<{_safe(piece.url)}>", "dim") for piece in pieces if piece.url)


def _broken(text: Text, width: int | None) -> Iterator[Text]:
    """Yield the lines of `text`; a word longer than `width`, such as an address, stays whole."""
    for line in text.split("\n", allow_blank=True):
        for part in [line] if width is None else line.divide(_breaks(line.plain, width)):
            part.rstrip()
            yield part


def _breaks(line: str, width: int) -> Iterator[int]:
    """Yield where the words of `line` begin that no longer fit, counted in columns."""
    used = 0
    for word in re.finditer(r"\S+\s*", line):
        if used and used + cell_len(word.group().rstrip()) > width:
            yield word.start()
            used = 0
        used += cell_len(word.group())


def _buttons(reply: Reply) -> Iterator[Button]:
    return (button for row in reply.buttons for button in row)


def _safe(text: str) -> str:
    return text.translate(_SIGNS)


def _typed() -> Iterator[str]:
    """Yield what is typed, line by line, but for empty lines."""
    if not sys.stdin.isatty():
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    with suppress(ImportError):
        # Where there is a readline, having it is enough to edit the line with arrow keys.
        importlib.import_module("readline")
    while True:
        if line := input(PROMPT).strip():
            yield line
