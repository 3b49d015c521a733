"""What is typed, and what the desk is asked for it: the same in every chat.

A button stands for a line that could have been typed. A line is understood
from itself and from what its writer answers to, so nothing is remembered here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answers.by_voice import PAGE
from bot.replies import admin, lookups, spoken, words
from bot.replies.alone import OPPOSITE, QUOTE
from bot.replies.reply import Button, Reply, Shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.desk import Desk

    Command = Callable[[Desk, str, Shown], Awaitable[Reply]]

NOTHING = Shown()
# How many questions back a follow-up is understood.
KEPT = 4


async def reply(desk: Desk, line: str, shown: Shown = NOTHING) -> Reply:
    """Return the reply to a typed `line` of somebody who answers to what is `shown`."""
    line = " ".join(line.split())
    name, rest = parted(line) if line.startswith("/") else ("ask", line)
    return await ANYONES.get(name, _help)(desk, rest, shown)


def parted(line: str) -> tuple[str, str]:
    """Return the name of the command that `line` opens with, in small letters, and the rest.

    >>> parted("/Ask@RecordBot  privacy and cost")
    ('ask', 'privacy and cost')
    """
    first, *rest = line.split(maxsplit=1)
    return first.removeprefix("/").partition("@")[0].lower(), "".join(rest)


async def _ask(desk: Desk, text: str, shown: Shown) -> Reply:
    if shown != NOTHING and (typed := _typed(text)):
        return await reply(desk, typed, shown)
    if not text:
        return desk.help()
    before = shown.asked[-KEPT:]
    named = desk.heard(shown.quotes, text, before) if shown.quotes else []
    if len(named) > 1:
        return spoken.whom(named, f"/ask {{name}} {text}")
    return await _answered(desk, (*before, *named, text), 1)


async def _by(desk: Desk, text: str, _: Shown) -> Reply:
    return await _answered(desk, (f"/by {text}",), 1)


async def _more(desk: Desk, page: str, shown: Shown) -> Reply:
    """Return another page of the same; by itself the next."""
    if not shown.asked:
        return lookups.none_shown()
    return await _answered(desk, shown.asked, int(page) if page.isdecimal() else shown.page + 1)


async def _back(desk: Desk, _: str, shown: Shown) -> Reply:
    return await _more(desk, str(shown.page), shown)


async def _without_earlier(desk: Desk, _: str, shown: Shown) -> Reply:
    return await _answered(desk, shown.asked[-1:], 1) if shown.asked else lookups.none_shown()


async def _context(desk: Desk, which: str, shown: Shown) -> Reply:
    questions = tuple(map(_question, shown.asked))
    return await _looked(which, shown, lambda found: desk.show(found, questions, shown.page))


async def _opposite(desk: Desk, which: str, shown: Shown) -> Reply:
    return await _looked(which, shown, desk.opposite)


async def _wordings(desk: Desk, which: str, shown: Shown) -> Reply:
    return await _looked(which, shown, desk.wordings)


async def _copy(desk: Desk, which: str, shown: Shown) -> Reply:
    return await _looked(which, shown, desk.copied)


async def _start(desk: Desk, payload: str, _: Shown) -> Reply:
    """Return what a link into the chat leads to; without one the greeting."""
    if payload.startswith(QUOTE):
        return await desk.show(payload.removeprefix(QUOTE).upper())
    if payload.startswith(OPPOSITE):
        return await desk.opposite(payload.removeprefix(OPPOSITE).upper())
    return desk.start()


async def _help(desk: Desk, _: str, __: Shown) -> Reply:
    return desk.help()


async def _about(desk: Desk, _: str, __: Shown) -> Reply:
    return desk.about()


async def _corpus(desk: Desk, _: str, __: Shown) -> Reply:
    return desk.contents()


async def _privacy(desk: Desk, _: str, __: Shown) -> Reply:
    return desk.privacy()


ANYONES: dict[str, Command] = {
    "ask": _ask,
    "by": _by,
    "start": _start,
    "help": _help,
    "about": _about,
    "corpus": _corpus,
    "privacy": _privacy,
    "context": _context,
    "opposite": _opposite,
    "wordings": _wordings,
    "copy": _copy,
    "more": _more,
    "back": _back,
    "alone": _without_earlier,
}


async def _status(desk: Desk, _: str) -> Reply:
    return desk.status()


async def _reload(desk: Desk, wish: str) -> Reply:
    return await desk.reload(wish)


async def _hold(desk: Desk, wish: str) -> Reply:
    return await desk.hold(wish)


async def _release(desk: Desk, wish: str) -> Reply:
    return await desk.release(wish)


async def _add(desk: Desk, token: str) -> Reply:
    return await desk.inbox.add(token) if desk.inbox else admin.told(words.UPLOADS_OFF)


async def _discard(desk: Desk, token: str) -> Reply:
    return await desk.inbox.discard(token) if desk.inbox else admin.told(words.UPLOADS_OFF)


# Whoever may give these is for a surface to know.
ADMINS: dict[str, Callable[[Desk, str], Awaitable[Reply]]] = {
    "reload": _reload,
    "status": _status,
    "hold": _hold,
    "release": _release,
    "add": _add,
    "discard": _discard,
}


async def _answered(desk: Desk, asked: tuple[str, ...], page: int) -> Reply:
    """Return one page of the reply to the last of `asked`, which the others came before."""
    name, rest = parted(asked[-1]) if asked[-1].startswith("/") else ("ask", asked[-1])
    if name == "by":
        made = await desk.by(rest, page)
    else:
        made = await desk.ask(rest, tuple(map(_question, asked[:-1])), page)
    return replace(made, asked=asked)


async def _looked(which: str, shown: Shown, look: Callable[[str], Awaitable[Reply]]) -> Reply:
    """Return what `look` makes of a quote, and the way back to the answer it was shown in.

    `which` is its id or its number among those shown; the first where it is neither.
    """
    quote_id = _chosen(which, shown)
    if quote_id is None:
        return lookups.none_shown()
    made = replace(await look(quote_id), asked=shown.asked, page=shown.page)
    if not shown.asked:
        return made
    back = Button(words.LABEL_BACK, "/back", edits=True)
    return replace(made, buttons=((back,), *made.buttons))


def _chosen(which: str, shown: Shown) -> str | None:
    if not which.isdecimal():
        return which.upper() or next(iter(shown.quotes), None)
    at = int(which) - 1
    # A voice's quotes are numbered on from page to page.
    at = at if at < len(shown.quotes) else at % PAGE
    return shown.quotes[at] if 0 <= at < len(shown.quotes) else None


def _question(line: str) -> str:
    """Return what a line asks, without its command."""
    return parted(line)[1] if line.startswith("/") else line


def _typed(text: str) -> str | None:
    """Return the command that words such as "and the opposite?" or "context 2" stand for."""
    said = text.casefold().strip(" .!?")
    said, _, number = said.rpartition(" ") if said[-1:].isdecimal() else (said, "", "")
    while before := next(filter(said.startswith, words.TYPED_BEFORE), ""):
        said = said.removeprefix(before)
    command = words.TYPED.get(said)
    return f"{command} {number}".strip() if command else None
