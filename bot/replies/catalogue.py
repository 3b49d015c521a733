"""The message catalogue: every fixed text the bot says, in the reader's language.

`say("closest")` returns a message in the language set by `use_language("fr")` for the
current task and whatever it awaits, so no function in between passes a language along.
The texts are data: `bot/languages/*/messages.toml`. English is the reference: a table
that lacks one of its messages or placeholders, or has others, is refused.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.errors import BotError, LanguageError
from bot.languages import list_languages, load_language, load_messages

_REFERENCE = "english"
# Parts of the table that hold no messages.
_OTHER_PARTS = frozenset({"code", "months", "typed", "typed_before", "typed_numbers", "chatter"})
# A message of more words asks or says something.
_MAX_CHATTER_WORDS = 12


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages of one language; those of a section are called `section.key`.

    `phrases` maps what may be typed under an answer to the command it stands for, and `prefixes` are the words that
    may come before it. `ordinals` map what stands for a quote by its place to its number, and `number_signs` are the
    words that may come before that. `chatter` are the words of messages that ask nothing, by kind.
    """

    language: str
    code: str
    texts: Mapping[str, str]
    phrases: Mapping[str, str]
    prefixes: tuple[str, ...]
    ordinals: Mapping[str, str]
    number_signs: tuple[str, ...]
    months: tuple[str, ...]
    chatter: dict[str, frozenset[str]]


def parse_messages(language: str, table: Mapping[str, Any], reference: Messages | None = None) -> Messages:
    """Parse the table of messages of a language, and compare it with the `reference`.

    Raises:
        LanguageError: a message is missing, unknown, or has other placeholders.
    """
    messages = Messages(
        language,
        table["code"],
        {key: _tie_marks(text) for key, text in _flatten_sections(table)},
        {phrase: f"/{name}" for name, phrases in table["typed"].items() for phrase in phrases},
        tuple(table["typed_before"]),
        {word: number for number, words in table["typed_numbers"].items() if number.isdecimal() for word in words},
        tuple(table["typed_numbers"]["before"]),
        tuple(table["months"]),
        {kind: frozenset(_fold_words(words)) for kind, words in table["chatter"].items()},
    )
    if reference:
        _require_same_messages(messages, reference)
    return messages


def find_placeholders(text: str) -> set[str]:
    """Return the names that `text` has between braces.

    >>> sorted(find_placeholders("{first}–{last} of {total}"))
    ['first', 'last', 'total']
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _fold_words(text: str) -> list[str]:
    """Return the words of `text` in order, casefolded."""
    return re.findall(r"\w+", text.casefold())


def _tie_marks(text: str) -> str:
    """Return `text` with no-break spaces where French puts a space beside a mark, so that none opens or ends a line."""
    return re.sub(r" (?=[:;?!»](?:\W|$))|(?<=«) ", "\xa0", text)


def _flatten_sections(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each message with its key, of a section as `section.key`."""
    for key, value in table.items():
        if isinstance(value, str) and key not in _OTHER_PARTS:
            yield key, value
        elif key not in _OTHER_PARTS:
            yield from ((f"{key}.{name}", text) for name, text in value.items())


def _require_same_messages(messages: Messages, reference: Messages) -> None:
    """Refuse messages whose keys or placeholders are not those of the reference."""
    place = f"messages of {messages.code}"
    if differing_keys := messages.texts.keys() ^ reference.texts.keys():
        fact = f"missing or unknown: {', '.join(sorted(differing_keys))}"
        raise LanguageError(place, fact, f"use the keys of {_REFERENCE}")
    for key, text in messages.texts.items():
        if find_placeholders(text) != find_placeholders(reference.texts[key]):
            raise LanguageError(place, f"{key} has other placeholders", f"see {_REFERENCE}")


ENGLISH = parse_messages(_REFERENCE, load_messages(_REFERENCE))
_current_messages: ContextVar[Messages] = ContextVar("messages", default=ENGLISH)


@cache
def load_languages() -> Mapping[str, Messages]:
    """Load the messages of every language that has any, by its code, the reference first."""
    tables = ((name, load_messages(name)) for name in list_languages() if name != _REFERENCE)
    others = (parse_messages(name, table, ENGLISH) for name, table in tables if table)
    return {messages.code: messages for messages in (ENGLISH, *others)}


@contextmanager
def use_language(code: str | None) -> Iterator[None]:
    """Speak the language of `code`, such as `fr` or `fr-CA`, until left; English if unknown.

    >>> with use_language("fr-CA"):
    ...     format_date("2020-01")
    'janvier 2020'
    """
    main_code = (code or ENGLISH.code).split("-")[0].lower()
    messages = ENGLISH if main_code == ENGLISH.code else load_languages().get(main_code, ENGLISH)
    token = _current_messages.set(messages)
    try:
        yield
    finally:
        _current_messages.reset(token)


@contextmanager
def use_language_of(name: str) -> Iterator[None]:
    """Speak the language called `name`, such as `french`, until left; the reader's where it is not spoken.

    >>> with use_language_of("french"):
    ...     format_date("2020-01")
    'janvier 2020'
    """
    code = load_messages(name).get("code")
    token = _current_messages.set(load_languages()[code]) if code else None
    try:
        yield
    finally:
        if token:
            _current_messages.reset(token)


def say(key: str, **values: object) -> str:
    """Return the message called `key` in the reader's language, its placeholders filled in.

    A test finds every call in the tree and checks its key and its placeholders.

    >>> say("page", page=2)
    ' · page 2'
    """
    return _current_messages.get().texts[key].format(**values)


def describe_error(error: BotError) -> str:
    """Return the line of `error` in the reader's language, as far as that has the words."""
    return say("error", place=translate(error.place), fact=translate(error.fact), remedy=translate(error.remedy))


def translate(text: str) -> str:
    """Return a text of the code's, which is English, in the reader's language; as it is where that lacks it.

    >>> with use_language("fr"):
    ...     translate("more than 9 files"), translate("more than enough")
    ('plus de 9 fichiers', 'more than enough')
    """
    for pattern, translation in _compile_translations(_current_messages.get().language):
        if match := pattern.fullmatch(text):
            return translation.format(*map(translate, match.groups()))
    return text


@cache
def _compile_translations(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return each text of the table `errors` as a pattern, with its translation; the longest texts first."""
    texts = load_language(language).table("errors")
    keys = sorted(texts, key=lambda key: -len(key.replace("{}", "")))
    return tuple(
        (re.compile("(.+?)".join(map(re.escape, key.split("{}"))), re.DOTALL), _tie_marks(texts[key])) for key in keys
    )


def get_section(name: str) -> dict[str, str]:
    """Return the messages of one section by key, in the order of the file."""
    texts = _current_messages.get().texts
    prefix = f"{name}."
    return {key.removeprefix(prefix): texts[key] for key in texts if key.startswith(prefix)}


def get_messages() -> Messages:
    """Return all messages of the reader's language, and what may be typed under an answer in it."""
    return _current_messages.get()


def find_chatter(text: str) -> str | None:
    """Return the kind of a message that asks nothing, by its words: greetings, thanks or insults; else None.

    A word such as "rubbish" is a subject by itself or in a question.

    >>> find_chatter("You idiot!"), find_chatter("this is rubbish"), find_chatter("rubbish")
    ('insults', 'insults', None)
    """
    messages, words = _current_messages.get(), _fold_words(text)
    chatter = messages.chatter | _load_courtesies(messages.language)
    if len(words) > _MAX_CHATTER_WORDS or not frozenset().union(*chatter.values()).issuperset(words):
        return None
    kinds = [kind for kind in ("insults", "complaints", "thanks", "greetings") if chatter[kind].intersection(words)]
    if kinds[:1] == ["complaints"]:
        return "insults" if len(words) > 1 and "?" not in text else None
    return next(iter(kinds), None)


@cache
def _load_courtesies(name: str) -> dict[str, frozenset[str]]:
    """Return the folded greetings and thanks of a language, which are listed with its stop words."""
    language = load_language(name)
    kinds = ("greetings", "thanks")
    return {kind: frozenset(_fold_words(" ".join(language.words("stop_words", kind)))) for kind in kinds}


def format_count(noun: str, count: int) -> str:
    """Return `count` with its noun: quote, document or passage.

    >>> format_count("document", 1), format_count("document", 2)
    ('1 document', '2 documents')
    """
    plural = "" if count == 1 else "s"
    return say(f"counts.{noun}{plural}", count=count)


def format_word_list(words: Sequence[str]) -> str:
    """Return `words` in quotation marks, as an enumeration.

    >>> format_word_list(["cost", "jobs", "taxpayer"])
    '“cost”, “jobs” and “taxpayer”'
    """
    *first, last = [say("quoted_word", word=word) for word in words]
    return say("list_and", first=", ".join(first), last=last) if first else last


def format_date(date: str | None) -> str:
    """Return a document's date in words; a year alone stays a year.

    >>> format_date("2020-01-24"), format_date("2020-01"), format_date("2020"), format_date(None)
    ('24 January 2020', 'January 2020', '2020', 'not given')
    """
    if date is None:
        return say("not_given")
    year, *rest = date.split("-")
    month = [_current_messages.get().months[int(rest[0]) - 1]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])
