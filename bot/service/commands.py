"""What is typed, and what the desk is asked for it: the same in every chat.

A button stands for a line that could have been typed. A line is understood
from itself and from what its writer answers to, so nothing is remembered here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answers.by_speaker import PAGE_SIZE
from bot.replies import catalogue
from bot.replies.answer import render_name_choices
from bot.replies.card import OPPOSITE_PREFIX, QUOTE_PREFIX
from bot.replies.catalogue import say
from bot.replies.reply import AnswerRef, Button, Reply
from bot.service.service import Service

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[Service, str, AnswerRef], Awaitable[Reply]]

NOTHING_SHOWN = AnswerRef()
# How many questions back a follow-up is understood.
HISTORY_LENGTH = 4


async def handle_line(service: Service, line: str, answer_ref: AnswerRef = NOTHING_SHOWN) -> Reply:
    """Return the reply to a typed `line` of somebody who answers to what is `answer_ref`."""
    line = " ".join(line.split())
    name, text = split_command(line) if line.startswith("/") else ("ask", line)
    return await PUBLIC_COMMANDS.get(name, _page(Service.help))(service, text, answer_ref)


def split_command(line: str) -> tuple[str, str]:
    """Return the name of the command that `line` opens with, in small letters, and the rest.

    >>> split_command("/Ask@RecordBot  privacy and cost")
    ('ask', 'privacy and cost')
    """
    command, *text = line.split(maxsplit=1)
    return command.removeprefix("/").partition("@")[0].lower(), "".join(text)


async def _ask(service: Service, text: str, answer_ref: AnswerRef) -> Reply:
    if answer_ref != NOTHING_SHOWN and (command := _match_phrase(text)):
        return await handle_line(service, command, answer_ref)
    if not text:
        return service.help()
    history = answer_ref.history[-HISTORY_LENGTH:]
    people = (
        service.find_pronoun_candidates(answer_ref.quote_ids, text, history)
        if answer_ref.quote_ids
        else []
    )
    if len(people) > 1:
        return render_name_choices(people, f"/ask {{name}} {text}")
    return await _answer(service, (*history, *people, text), 1)


async def _ask_speaker(service: Service, text: str, _: AnswerRef) -> Reply:
    return await _answer(service, (f"/by {text}",), 1)


async def _show_page(service: Service, text: str, answer_ref: AnswerRef) -> Reply:
    """Return another page of the same; by itself the next."""
    if not answer_ref.history:
        return Reply.from_text(say("no_answer_shown"))
    return await _answer(
        service, answer_ref.history, int(text) if text.isdecimal() else answer_ref.page + 1
    )


async def _go_back(service: Service, _: str, answer_ref: AnswerRef) -> Reply:
    return await _show_page(service, str(answer_ref.page), answer_ref)


async def _ask_without_history(service: Service, _: str, answer_ref: AnswerRef) -> Reply:
    return (
        await _answer(service, answer_ref.history[-1:], 1)
        if answer_ref.history
        else Reply.from_text(say("no_answer_shown"))
    )


async def _show_context(service: Service, text: str, answer_ref: AnswerRef) -> Reply:
    questions = tuple(map(_strip_command, answer_ref.history))
    return await _look_up(
        text, answer_ref, lambda quote_id: service.show_quote(quote_id, questions, answer_ref.page)
    )


async def _show_opposite(service: Service, text: str, answer_ref: AnswerRef) -> Reply:
    return await _look_up(text, answer_ref, service.show_opposite)


async def _show_wordings(service: Service, text: str, answer_ref: AnswerRef) -> Reply:
    return await _look_up(text, answer_ref, service.show_wordings)


async def _copy_quote(service: Service, text: str, answer_ref: AnswerRef) -> Reply:
    return await _look_up(text, answer_ref, service.copy_quote)


async def _start(service: Service, text: str, _: AnswerRef) -> Reply:
    """Return what a link into the chat leads to; without one the greeting."""
    if text.startswith(QUOTE_PREFIX):
        return await service.show_quote(text.removeprefix(QUOTE_PREFIX).upper())
    if text.startswith(OPPOSITE_PREFIX):
        return await service.show_opposite(text.removeprefix(OPPOSITE_PREFIX).upper())
    return service.start()


def _page(render: Callable[[Service], Reply]) -> Handler:
    """Return the handler of a command that shows the same, whatever follows it."""

    async def show_page(service: Service, _: str, __: AnswerRef) -> Reply:
        return render(service)

    return show_page


PUBLIC_COMMANDS: dict[str, Handler] = {
    "ask": _ask,
    "by": _ask_speaker,
    "start": _start,
    "help": _page(Service.help),
    "about": _page(Service.about),
    "corpus": _page(Service.contents),
    "privacy": _page(Service.privacy),
    "context": _show_context,
    "opposite": _show_opposite,
    "wordings": _show_wordings,
    "copy": _copy_quote,
    "more": _show_page,
    "back": _go_back,
    "alone": _ask_without_history,
}


async def _answer(service: Service, history: tuple[str, ...], page: int) -> Reply:
    """Return one page of the reply to the last of `history`, which the others came before."""
    name, text = split_command(history[-1]) if history[-1].startswith("/") else ("ask", history[-1])
    if name == "by":
        reply = await service.answer_by_speaker(text, page)
    else:
        reply = await service.ask(text, tuple(map(_strip_command, history[:-1])), page)
    return replace(reply, history=history)


async def _look_up(
    text: str, answer_ref: AnswerRef, render: Callable[[str], Awaitable[Reply]]
) -> Reply:
    """Return what `render` makes of a quote, and the way back to the answer it was shown in.

    `text` is its id or its number among those shown; the first where it is neither.
    """
    quote_id = _resolve_quote_id(text, answer_ref)
    if quote_id is None:
        return Reply.from_text(say("no_answer_shown"))
    reply = replace(await render(quote_id), history=answer_ref.history, page=answer_ref.page)
    if not answer_ref.history:
        return reply
    back = Button(say("label_back"), "/back", edits=True)
    return replace(reply, buttons=((back,), *reply.buttons))


def _resolve_quote_id(text: str, answer_ref: AnswerRef) -> str | None:
    if not text.isdecimal():
        return text.upper() or next(iter(answer_ref.quote_ids), None)
    index = int(text) - 1
    # A voice's quotes are numbered on from page to page.
    index = index if index < len(answer_ref.quote_ids) else index % PAGE_SIZE
    return answer_ref.quote_ids[index] if 0 <= index < len(answer_ref.quote_ids) else None


def _strip_command(line: str) -> str:
    """Return what a line asks, without its command."""
    return split_command(line)[1] if line.startswith("/") else line


def _match_phrase(text: str) -> str | None:
    """Return the command that words such as "and the opposite?" or "context 2" stand for."""
    phrase = text.casefold().strip(" .!?")
    phrase, _, number = phrase.rpartition(" ") if phrase[-1:].isdecimal() else (phrase, "", "")
    while prefix := next(filter(phrase.startswith, catalogue.get_typed_prefixes()), ""):
        phrase = phrase.removeprefix(prefix)
    command = catalogue.get_typed_commands().get(phrase)
    return f"{command} {number}".strip() if command else None
