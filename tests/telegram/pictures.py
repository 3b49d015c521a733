"""Pictures of golden conversations, as Telegram would show them on a phone: `make picture` writes them, for people.

python -m tests.telegram.pictures docs

They are looked at and never compared. A machine without Chromium keeps the pictures that it has.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from bot import bootstrap, settings
from tests.telegram.fake import FakeTelegram
from tests.telegram.fake.conversation import noticed
from tests.telegram.fake.units import cut
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, Sent

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CSS = Path(__file__).with_suffix(".css")
WIDTH = 400
# Eight of them are no more than a photograph; the first scale at which a picture does not weigh more is taken.
MAX_PICTURE_BYTES, SCALES = 80_000, (1.5, 1)
# What is drawn has a dozen colours, and the edges of letters shades of them.
_COLOURS = 32
_READER = "Ana"
# Not within an address or a tag.
_COMMAND = re.compile(r"(?<![\w/<:.%])/[a-z]+")


class DrawnChat:
    """A chat drawn as it goes on, as `_READER` sees it."""

    def __init__(self, telegram: FakeTelegram, chat: Chat, *, in_group: bool = False) -> None:
        self._telegram = telegram
        self._chat = chat
        self._in_group = in_group
        self._parts: list[str] = []

    async def say(self, text: str, by: str = _READER, to: Sent | None = None) -> Sent:
        """Let somebody say something, and return the last message that the bot replies with."""
        self._chat.says(text, by=by, to=to)
        name = f'<span class="name">{by}</span>' if self._in_group and by != _READER else ""
        side = "mine" if by == _READER else "theirs"
        replied = _draw_replied("On the Record", to.text) if to else ""
        self._draw(side, f'<div class="bubble">{name}{replied}{draw_typed(text)}</div>')
        replies = await self._chat.replies()
        for sent in replies:
            self.draw_answer(sent, by, text)
        return replies[-1]

    async def press(self, sent: Sent, label: str, by: str = _READER) -> Sent:
        """Press a button, and return the message that it became, or the one that came below."""
        self._chat.press(sent, label, by=by)
        below = await self._chat.replies()
        for toast in filter(None, self._telegram.world.toasts):
            self._draw("note", escape(toast))
        pressed = sent.find_label(label)
        self._draw("note", f"{by} presses “{escape(pressed)}”")
        now = below[0] if below else self._chat.changed(sent)
        self.draw_answer(now, by, sent.text if below else "")
        return now

    def draw_answer(self, sent: Sent, asker: str = "", question: str = "") -> None:
        """Draw a message of the bot's, and its buttons."""
        name = '<span class="name">On the Record</span>' if self._in_group else ""
        replied = _draw_replied(asker, question) if self._in_group and sent.replies_to else ""
        rows = ["".join(f"<span>{escape(label)}</span>" for label in row) for row in sent.drawn]
        keyboard = "".join(f'<div class="row">{row}</div>' for row in rows)
        self._draw(
            "bot",
            f'<div class="bubble">{name}{replied}{draw_markup(sent.html)}</div><div class="keyboard">{keyboard}</div>',
        )

    def _draw(self, kind: str, content: str) -> None:
        self._parts.append(f'<div class="{kind}">{content}</div>')

    @property
    def html(self) -> str:
        """All that was said."""
        return f'<div class="chat">{"".join(self._parts)}</div>'


def draw_markup(html: str) -> str:
    """Return the HTML that the bot wrote as a browser shows it: commands coloured, a quotation with its line end.

    >>> draw_markup("<b>A</b>\\n<blockquote>B</blockquote>\\n\\n/by C")
    '<b>A</b><blockquote>B</blockquote>\\n<span class="entity">/by</span> C'
    """
    html = _COMMAND.sub(r'<span class="entity">\g<0></span>', html)
    return re.sub(r"(</blockquote>)\n", r"\1", re.sub(r"\n(<blockquote)", r"\1", html))


def draw_typed(text: str) -> str:
    """Return what somebody typed, its commands and mentions coloured.

    >>> draw_typed("/by Ann <3")
    '<span class="entity">/by</span> Ann &lt;3'
    """
    drawn, at = "", 0
    for entity in noticed(text):
        drawn += escape(cut(text, at, entity["offset"] - at))
        at = entity["offset"] + entity["length"]
        drawn += f'<span class="entity">{escape(cut(text, entity["offset"], entity["length"]))}</span>'
    return drawn + escape(cut(text, at, len(text.encode("utf-16-le")) // 2 - at))


def _draw_replied(name: str, text: str) -> str:
    return f'<span class="replied"><b>{escape(name)}</b>{escape(" ".join(text.split()))}</span>'


async def draw_private(telegram: FakeTelegram) -> str:
    """Draw a question in private and what follows it."""
    chat = DrawnChat(telegram, telegram.private(_READER))
    await chat.say("What about privacy?")
    await chat.say("and accuracy?")
    return chat.html


async def draw_context(telegram: FakeTelegram) -> str:
    """Draw the quote in its context."""
    chat = DrawnChat(telegram, telegram.private(_READER))
    answer = await chat.say("Will the cameras be signposted?")
    await chat.press(answer, "Context")
    return chat.html


async def draw_group(telegram: FakeTelegram) -> str:
    """Draw a question in a group, and a follow-up of somebody else's."""
    chat = DrawnChat(telegram, telegram.group(), in_group=True)
    first = await chat.say("@RecordBot who calls it a surveillance state?")
    await chat.say("and the opposite view?", by="Ben", to=first)
    return chat.html


async def draw_wordings(telegram: FakeTelegram) -> str:
    """Draw the wordings of a statement, in a group."""
    chat = DrawnChat(telegram, telegram.group(), in_group=True)
    first = await chat.say("/ask surveillance state", by="Ben")
    await chat.say("wordings", by="Ben", to=first)
    return chat.html


async def draw_silence(telegram: FakeTelegram) -> str:
    """Draw a question that nobody is quoted on, and a topic pressed in its place."""
    chat = DrawnChat(telegram, telegram.private(_READER))
    silence = await chat.say("How much did the system cost?")
    await chat.press(silence, "privacy")
    return chat.html


async def draw_speaker(telegram: FakeTelegram) -> str:
    """Draw all quotes of one person."""
    chat = DrawnChat(telegram, telegram.private(_READER))
    await chat.say("/by Ephgrave")
    return chat.html


async def draw_verdict(telegram: FakeTelegram) -> str:
    """Draw a quote checked that is not in these words."""
    chat = DrawnChat(telegram, telegram.private(_READER))
    await chat.say("/verify “Facial recognition technology gives the police unprecedented power” - Collier")
    return chat.html


async def draw_help(telegram: FakeTelegram) -> str:
    """Draw the help."""
    chat = DrawnChat(telegram, telegram.private(_READER))
    await chat.say("/help")
    return chat.html


CONVERSATIONS: dict[str, Callable[[FakeTelegram], Awaitable[str]]] = {
    "private": draw_private,
    "context": draw_context,
    "group": draw_group,
    "wordings": draw_wordings,
    "silence": draw_silence,
    "speaker": draw_speaker,
    "verdict": draw_verdict,
    "help": draw_help,
}


async def hold_conversations(names: Iterable[str] = CONVERSATIONS) -> dict[str, str]:
    """Hold the conversations with the real surface, and return each as HTML."""
    for variable in [name for name in os.environ if name.startswith("BOT_")]:
        del os.environ[variable]
    desk = await bootstrap.build_service(settings.load(corpus="facial-recognition"))
    drawn = {}
    for name in names:
        async with FakeTelegram() as telegram, running(telegram, desk):
            drawn[name] = await CONVERSATIONS[name](telegram)
    return drawn


def write_pictures(drawn: dict[str, str], folder: Path, browser: str) -> None:
    """Write each conversation into `folder` as a PNG of `MAX_PICTURE_BYTES` at most.

    Raises:
        ValueError: one weighs more at every scale.
    """
    style = f"<!doctype html><meta charset=utf-8><style>{CSS.read_text('utf-8')}</style>"
    measure = "<script>document.title = JSON.stringify([...document.body.children].map(e => e.scrollHeight))</script>"
    with tempfile.TemporaryDirectory() as scratch:
        page, png = Path(scratch) / "page.html", Path(scratch) / "picture.png"
        page.write_text(f"{style}<title></title><body>{''.join(drawn.values())}{measure}", "utf-8")
        dumped = _browse(browser, page, "--dump-dom", f"--window-size={WIDTH},2000").decode()
        heights = json.loads(unescape(dumped.partition("<title>")[2].partition("</title>")[0]))
        for (name, html), height in zip(drawn.items(), heights, strict=False):
            page.write_text(style + html, "utf-8")
            for scale in SCALES:
                size = f"--window-size={WIDTH},{height}"
                _browse(browser, page, f"--screenshot={png}", f"--force-device-scale-factor={scale}", size)
                with Image.open(png) as drawing:
                    packed = drawing.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
                packed.save(png, optimize=True)
                if png.stat().st_size <= MAX_PICTURE_BYTES:
                    shutil.copyfile(png, folder / f"telegram-{name}.png")
                    break
            else:
                raise ValueError(f"{name}: the picture has more than {MAX_PICTURE_BYTES} bytes; draw less")


def _browse(browser: str, page: Path, *arguments: str) -> bytes:
    """Run the browser on a page, in a profile beside it, and return what it prints."""
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
    profile = f"--user-data-dir={page.parent}/profile"
    command = [browser, *flags, profile, *arguments, page.as_uri()]
    return subprocess.run(command, capture_output=True, timeout=60, check=True).stdout


def main(folder: Path) -> int:
    """Write the pictures, or say in a line that there is no browser."""
    if CHROMIUM is None:
        print("no pictures of conversations: Chromium is not installed")  # noqa: T201
        return 0
    write_pictures(asyncio.run(hold_conversations()), folder, CHROMIUM)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
