"""The commands that anyone may give, the same on every surface.

A button stands for a command that could have been typed. A command is understood
from itself and from the answer that it replies to, so nothing is remembered here.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from bot.answers.speakers import PAGE_SIZE
from bot.replies import catalogue
from bot.replies.buttons import arrange_in_rows
from bot.replies.catalogue import format_count, say
from bot.replies.quote_block import OPPOSITE_PREFIX, QUOTE_PREFIX
from bot.replies.reply import AnswerRef, Button, Command, Reply
from bot.service.review import Reporter
from bot.service.service import Service
from bot.storage import FlagReason

Handler = Callable[[Service, str, AnswerRef], Awaitable[Reply]]

NOTHING_SHOWN, NOBODY_TO_TELL = AnswerRef(), Reporter()
# Commands about the chat they are given in: the surface that knows the chat runs them.
CHAT_COMMANDS = frozenset({"follow", "forget"})
# Words that number a quote, at most: "the first one".
_MOST_NUMBER_WORDS = 3
# How many questions back a follow-up is understood.
HISTORY_LENGTH = 4
# A straight or single mark counts only where it opens a word; elsewhere it is an apostrophe, or inches.
_QUOTATION_MARK = re.compile(r"[“”„«»‹›]|(?<!\w)[\"'‘](?=\w)")
# The number of a quote that is shown, or was before a restart: "2", "#2", "(2)". A longer one is a year or a sum.
_QUOTE_NUMBER = re.compile(r"[#(\[]*(?P<number>\d{1,2})[.)\]]*")
# Python refuses to read a number of more than 4,300 digits; no answer has a million pages.
_MAX_PAGE_DIGITS = 6


async def run_command(service: Service, command: Command, answer_ref: AnswerRef = NOTHING_SHOWN) -> Reply:
    """Return the reply to a command given in reply to the answer `answer_ref`; say so if there is no such command."""
    run = PUBLIC_COMMANDS.get(command.name)
    if run is None:
        return Reply.from_text(say("unknown_command", name=command.name))
    return await run(service, command.text, answer_ref)


async def _ask(service: Service, text: str, answer_ref: AnswerRef) -> Reply:
    """Reply to a text without a command: a phrase for one, words to verify, a question, or a courtesy."""
    command, is_number = match_phrase(text), bool(_QUOTE_NUMBER.fullmatch(text))
    if command and (is_number or answer_ref != NOTHING_SHOWN or command.name == "help"):
        return await run_command(service, command, answer_ref)
    if quoting := _find_quoting_text(text):
        return await service.verify_quotes(quoting)
    if not text:
        return service.help()
    chatter = catalogue.find_chatter(text)
    if chatter == "insults":
        return Reply.from_text(say("notes.insult"))
    history = _list_asked(answer_ref.history)[-HISTORY_LENGTH:]
    reply = await _answer(service, (*history, Command("ask", text)), quote_ids=answer_ref.quote_ids)
    # The debate may have the words "copy" and "merci" too.
    is_answered = bool(reply.answer_ref.quote_ids or reply.card or reply.reaction)
    if not is_answered and chatter:
        sign = say("notes.courtesy")
        reply = service.start() if chatter == "greetings" else replace(Reply.from_text(sign), reaction=sign)
    elif not is_answered and command:
        reply = await run_command(service, command)
    return reply


async def _answer_text(name: str, service: Service, text: str, _: AnswerRef) -> Reply:
    """Run /by, /sides or /verify, whichever `name` says, on `text`, whatever answer it replies to."""
    return await _answer(service, (Command(name, text),))


async def _show_page(service: Service, text: str, answer_ref: AnswerRef) -> Reply:
    """Return the page with the number `text` of the answer replied to; without a number the next, if there is one."""
    if not answer_ref.history:
        return Reply.from_text(say("no_answer_shown"))
    page = int(text[:_MAX_PAGE_DIGITS]) if text.isdecimal() else answer_ref.page + 1
    reply = await _answer_page(service, answer_ref.history, page)
    return reply if reply.page == page or text else Reply.from_text(say("no_more"))


async def _go_back(service: Service, _: str, answer_ref: AnswerRef) -> Reply:
    """Show again the page of the answer whose place a quote's detail took."""
    return await _show_page(service, str(answer_ref.page), answer_ref)


async def _ask_without_history(service: Service, _: str, answer_ref: AnswerRef) -> Reply:
    """Ask the last question of an answer again, as if none came before it."""
    if not answer_ref.history:
        return Reply.from_text(say("no_answer_shown"))
    return await _answer(service, answer_ref.history[-1:])


async def _show_context(service: Service, text: str, answer_ref: AnswerRef) -> Reply:
    """Show a quote in its context; if the answer replied to has it, with the words of the questions that it matches."""

    async def show_quote(quote_id: str) -> Reply:
        history = _list_questions(answer_ref.history) if quote_id in answer_ref.quote_ids else ()
        return await service.show_quote(quote_id, history)

    return await _render_with_way_back(text, answer_ref, show_quote)


async def _show_detail(
    render: Callable[[Service, str], Awaitable[Reply]], service: Service, text: str, answer_ref: AnswerRef
) -> Reply:
    """Show what `render` returns for the quote whose id or number is `text`."""
    return await _render_with_way_back(text, answer_ref, partial(render, service))


async def report_quote(
    service: Service, text: str, answer_ref: AnswerRef, reporter: Reporter = NOBODY_TO_TELL
) -> Reply:
    """File a flag on the quote that `text` begins with, for the reason it ends with; without one offer all reasons."""
    quote_text, reason = split_report(text)
    quote_id = _resolve_quote_id(quote_text, answer_ref)
    if quote_id is None:
        return _render_no_quote(quote_text, answer_ref)
    if reason is None:
        return await service.offer_reasons(quote_id)
    return await service.report(quote_id, reason, reporter)


def split_report(text: str) -> tuple[str, FlagReason | None]:
    """Return which quote is reported, and for which reason if one is given.

    >>> split_report("AW3SAD7O voice"), split_report("2")
    (('AW3SAD7O', <FlagReason.VOICE: 'voice'>), ('2', None))
    """
    quote_text, _, reason = text.partition(" ")
    return quote_text, FlagReason(reason) if reason in {*FlagReason} else None


async def _start(service: Service, text: str, _: AnswerRef) -> Reply:
    """Return what the link that opened the chat leads to; without a link, the greeting."""
    if text.startswith(QUOTE_PREFIX):
        return await service.show_quote(text.removeprefix(QUOTE_PREFIX).upper())
    if text.startswith(OPPOSITE_PREFIX):
        return await service.show_opposite(text.removeprefix(OPPOSITE_PREFIX).upper())
    return service.start()


async def _show_fixed(render: Callable[[Service], Reply], service: Service, _: str, __: AnswerRef) -> Reply:
    """Show what `render` returns, whatever follows the command."""
    return render(service)


async def _show_corpus(service: Service, text: str, _: AnswerRef) -> Reply:
    """Return the contents of the corpus; of any other say that there is none, since surfaces choose among several."""
    is_another = text.casefold() not in {"", service.corpus.name.casefold()}
    return Reply.from_text(say("no_such_corpus")) if is_another else service.contents()


async def _show_contents(service: Service, text: str, _: AnswerRef) -> Reply:
    """Return the page of the contents with the number `text`, or the first where it is no number."""
    return service.contents(int(text[:_MAX_PAGE_DIGITS]) if text.isdecimal() else 1)


PUBLIC_COMMANDS: dict[str, Handler] = {
    "ask": _ask,
    "by": partial(_answer_text, "by"),
    "sides": partial(_answer_text, "sides"),
    "verify": partial(_answer_text, "verify"),
    "start": _start,
    "help": partial(_show_fixed, Service.help),
    "contents": _show_contents,
    "about": partial(_show_fixed, Service.about),
    "corpus": _show_corpus,
    "privacy": partial(_show_fixed, Service.privacy),
    "context": _show_context,
    "opposite": partial(_show_detail, Service.show_opposite),
    "wordings": partial(_show_detail, Service.show_wordings),
    "copy": partial(_show_detail, Service.copy_quote),
    "history": partial(_show_detail, Service.show_history),
    "report": report_quote,
    "more": _show_page,
    "back": _go_back,
    "alone": _ask_without_history,
}


async def _answer(
    service: Service, history: tuple[Command, ...], page: int = 1, quote_ids: Sequence[str] = ()
) -> Reply:
    """Return one page of the reply to the last command of `history` (oldest first); a verified text has only one."""
    name, text = history[-1]
    if name == "verify":
        return await service.verify_quotes(text)
    if name in {"by", "sides"}:
        reply = await (service.answer_by_speaker if name == "by" else service.answer_by_sides)(text, page)
    else:
        reply = await service.ask(text, _list_questions(history[:-1]), page, quote_ids)
    return replace(reply, history=history)


async def _answer_page(service: Service, history: tuple[Command, ...], page: int) -> Reply:
    """Return a page of an answer that was given before.

    A follow-up that asks nothing of its own, such as "why?", may have been answered with the quotes it
    follows; the buttons of such an answer still lead to them.
    """
    reply = await _answer(service, history, page)
    if len(history) == 1 or reply.answer_ref.quote_ids or not await service.asks_nothing(history[-1].text):
        return reply
    return replace(await _answer_page(service, history[:-1], page), history=history)


async def _render_with_way_back(text: str, answer_ref: AnswerRef, render: Callable[[str], Awaitable[Reply]]) -> Reply:
    """Return what `render` makes of a quote, and the way back to the answer it was shown in.

    `text` is its id or its number among those shown; "" is the first.
    """
    quote_id = _resolve_quote_id(text, answer_ref)
    if quote_id is None:
        return _render_no_quote(text, answer_ref)
    reply = replace(await render(quote_id), history=answer_ref.history, page=answer_ref.page)
    if not answer_ref.history:
        return reply
    back = Button(say("label_back"), "/back", edits=True)
    return replace(reply, buttons=arrange_in_rows([back, *(button for row in reply.buttons for button in row)]))


def _render_no_quote(number: str, answer_ref: AnswerRef) -> Reply:
    """Say that the answer has no quote of that number, or that none is shown."""
    count = len(answer_ref.quote_ids)
    if not count:
        return Reply.from_text(say("no_answer_shown"))
    return Reply.from_text(say("no_such_number", number=number[:_MAX_PAGE_DIGITS], quotes=format_count("quote", count)))


def _resolve_quote_id(text: str, answer_ref: AnswerRef) -> str | None:
    """Return the id that `text` is, or that it numbers in the answer; "" is the first quote; None if there is none."""
    if not text.isdecimal():
        return text.upper() or next(iter(answer_ref.quote_ids), None)
    index = int(text) - 1
    if index >= len(answer_ref.quote_ids):
        # A voice's quotes are numbered on from page to page; a number of another page stands for none of this one.
        index -= (answer_ref.page - 1) * PAGE_SIZE
    return answer_ref.quote_ids[index] if 0 <= index < len(answer_ref.quote_ids) else None


def _list_questions(history: Sequence[Command]) -> tuple[str, ...]:
    """Return the texts of the commands in `history` in their order, without what was verified."""
    return tuple(command.text for command in _list_asked(history))


def _list_asked(history: Sequence[Command]) -> tuple[Command, ...]:
    """Return `history` without what was verified: words of a quote that may be false are none to search for."""
    return tuple(command for command in history if command.name != "verify")


def _find_quoting_text(text: str) -> str | None:
    """Return what follows an opening "verify" or the like, if it has quotation marks; else None."""
    prefixes, commands = catalogue.get_messages().prefixes, catalogue.get_messages().phrases
    # The command's own name is typed by readers of every language.
    words = ["verify", *(re.escape(phrase) for phrase, command in commands.items() if command == "/verify")]
    pattern = rf"(?:{'|'.join(map(re.escape, prefixes))})*(?:{'|'.join(words)})\b[\s:,]*(?P<text>.*)"
    match = re.match(pattern, text, re.IGNORECASE | re.DOTALL)
    return match["text"] if match and _QUOTATION_MARK.search(match["text"]) else None


def match_phrase(text: str) -> Command | None:
    """Return the command that words such as "and the opposite?" or "context 2" stand for; None for other words."""
    phrase = text.casefold().strip(" .!?")
    while prefix := next(filter(phrase.startswith, catalogue.get_messages().prefixes), ""):
        phrase = phrase.removeprefix(prefix)
    commands = catalogue.get_messages().phrases
    if phrase in commands:
        return Command.parse(commands[phrase])
    opener, number = _split_number(phrase)
    command = commands.get(opener) if opener else "/context"
    return Command.parse(f"{command} {number}") if command and number else None


def _split_number(phrase: str) -> tuple[str, str]:
    """Split the number of a quote off the end of a phrase; "" for none.

    >>> _split_number("context no. 2"), _split_number("copy the second"), _split_number("(3)"), _split_number("2020")
    (('context', '2'), ('copy', '2'), ('', '3'), ('2020', ''))
    """
    words, ordinals = phrase.split(), catalogue.get_messages().ordinals
    for start in range(max(0, len(words) - _MOST_NUMBER_WORDS), len(words)):
        last = " ".join(words[start:])
        if number := ordinals.get(last) or _parse_number(last):
            return " ".join(words[:start]), number
    return phrase, ""


def _parse_number(text: str) -> str:
    """Return the number of a quote that `text` is, perhaps behind a word as in "no. 2"; "" for none."""
    if not text.rstrip(".)]")[-1:].isdecimal():
        return ""
    sign = max(filter(text.startswith, catalogue.get_messages().number_signs), key=len, default="")
    match = _QUOTE_NUMBER.fullmatch(text.removeprefix(sign).strip())
    return match["number"] if match else ""
