"""Permalinks: the link in an answer that carries the questions it answers.

A quiet word of an answer, "Searched", links to the bot with the question typed in; in answers sent
before it was the first words, so it is found by its address and not by its place. When somebody
replies to the answer or presses a button under it, the same link says what had been
asked. Nothing is stored, so this works after a restart too.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

from telegram import Message, MessageEntity

from bot.replies.quote_block import QUOTE_PREFIX
from bot.replies.reply import AnswerRef, Command, Reply

# Telegram documents no limit for a link in a message; clients have cut longer ones.
_MAX_PERMALINK_LENGTH = 1500


def build_permalink(username: str, reply: Reply) -> str:
    """Build the link that opens the bot with the questions typed in; "" if there are none.

    If it is too long, the earliest questions are dropped, then the end of the last, or all of a text to verify.
    """
    questions = [str(command) for command in reply.history]
    page_parameter = f"&page={reply.page}" if reply.page > 1 else ""
    page_parameter += f"&quotes={reply.page_size}" if reply.page_size else ""
    while questions:
        text = quote(chr(10).join(questions), safe="")
        url = f"{_build_permalink_prefix(username)}{text}{page_parameter}"
        if len(url) <= _MAX_PERMALINK_LENGTH:
            return url
        questions = questions[1:] or _shorten_question(questions[0])
    return ""


def parse_answer_ref(message: Message) -> AnswerRef:
    """Parse questions, page and quote ids from the links in one of the bot's messages."""
    parameters = parse_qs(urlsplit(find_permalink(message)).query)
    page, page_size = parameters.get("page", ["1"])[0], parameters.get("quotes", [""])[0]
    return AnswerRef(
        tuple(map(Command.parse, filter(None, parameters.get("text", [""])[0].split("\n")))),
        int(page) if page.isdecimal() else 1,
        tuple(dict.fromkeys(_find_quote_ids(message))),
        # An answer from before pages had a length of their own has as many quotes as the settings say.
        int(page_size) if page_size.isdecimal() else None,
    )


def find_permalink(message: Message) -> str:
    """Return the permalink in one of the bot's messages; "" if there is none."""
    prefix = _build_permalink_prefix(message.get_bot().username)
    return next((url for url in _list_links(message) if url.startswith(prefix)), "")


def _build_permalink_prefix(username: str) -> str:
    return f"https://t.me/{username}?text="


def _find_quote_ids(message: Message) -> Iterator[str]:
    prefix = f"https://t.me/{message.get_bot().username}?start={QUOTE_PREFIX}"
    return (url.removeprefix(prefix) for url in _list_links(message) if url.startswith(prefix))


def _list_links(message: Message) -> list[str]:
    """Return the addresses that words of the message link to."""
    return [e.url for e in message.entities if e.type == MessageEntity.TEXT_LINK and e.url]


def _shorten_question(question: str) -> list[str]:
    """Return `question` without its last word, or without its second half if it is one word.

    Of a text to verify nothing is left: a part may get another verdict.

    >>> _shorten_question("one two"), _shorten_question("four"), _shorten_question("/verify one two")
    (['one'], ['fo'], [])
    """
    if Command.parse(question).name == "verify":
        return []
    return [question.rpartition(" ")[0] or question[: len(question) // 2]]
