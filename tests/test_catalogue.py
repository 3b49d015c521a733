"""The message catalogue: what every language says, and that the code asks for nothing else."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import LanguageError
from bot.languages import MESSAGES
from bot.replies import catalogue
from bot.replies.catalogue import find_placeholders, parse_messages, say
from bot.replies.reply import Command
from bot.service.commands import match_phrase
from bot.surfaces.telegram.health import UpdateOutcome

ROOT = Path(__file__).parents[1]
ENGLISH = catalogue.ENGLISH
OTHERS = [code for code in catalogue.load_languages() if code != "en"]
SOURCE = (ROOT / "bot/languages/english/messages.toml").read_text("utf-8")
# What Telegram takes of each, in characters.
LONGEST = {"description": 512, "short_description": 120, "not_yours": 185, "unknown_button": 200}
# Names, and words that are spelt alike in French.
SAME_IN_FRENCH = {"name", "label_numbered", "version", "documents", "page", "upload_source"}
SAME_IN_FRENCH |= {"notes.courtesy", "command_line", "languages.basque", "languages.catalan"}
SAME_IN_FRENCH |= {f"counts.{noun}" for noun in ("document", "documents", "passage", "passages")}


class Call:
    """A call of `say` in the code: its key, or the start of it, and the values it fills in."""

    def __init__(self, path: Path, node: ast.Call) -> None:
        self.place = f"{path.relative_to(ROOT)}:{node.lineno}"
        self.key = ast.unparse(node.args[0])
        key = node.args[0]
        if isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
            prefix = str(key.values[0].value)
            self.keys = {known for known in ENGLISH.texts if known.startswith(prefix)}
        else:
            self.keys = {str(part.value) for part in ast.walk(key) if isinstance(part, ast.Constant)}
        self.is_literal = isinstance(key, ast.Constant | ast.JoinedStr | ast.IfExp)
        self.values = {keyword.arg for keyword in node.keywords}


def calls() -> Iterator[Call]:
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                yield Call(path, node)


def test_every_call_names_a_message_and_fills_in_its_placeholders() -> None:
    faults = []
    for call in calls():
        if not call.is_literal:
            continue
        known = {key for key in call.keys if key in ENGLISH.texts}
        if not known or any(find_placeholders(ENGLISH.texts[key]) != call.values for key in known):
            faults.append(f"{call.place} {call.key} {sorted(call.values, key=str)}")

    assert faults == []


def test_no_message_is_left_that_nobody_says() -> None:
    constants = {
        str(node.value)
        for path in (ROOT / "bot").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    # How updates ended is told by messages of the same names.
    constants |= {outcome.name.lower() for outcome in UpdateOutcome}

    unused = {
        key
        for key in ENGLISH.texts
        if key not in constants and not {f"{key.split('.')[0]}.", key.split(".")[0]} & constants
    }

    assert unused == set()


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_left_in_english(code: str) -> None:
    texts = catalogue.load_languages()[code].texts

    same = {key for key, text in ENGLISH.texts.items() if texts[key] == text}

    assert same <= SAME_IN_FRENCH


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('closest = "', 'nearest = "'), "missing or unknown: closest, nearest"),
        (("\n[messages.counts]", '\n[messages.more]\nnew = "x"\n[messages.counts]'), "missing or unknown: "),
        (("{words}", "{word}"), "inherited has other placeholders"),
    ],
)
def test_a_table_with_other_messages_or_placeholders_is_refused(change: tuple[str, str], message: str) -> None:
    content = SOURCE.replace(*change, 1)

    with pytest.raises(LanguageError, match=message):
        parse_messages("english", tomllib.loads(content)[MESSAGES], ENGLISH)


def test_the_reference_compared_with_itself_is_accepted() -> None:
    assert parse_messages("english", tomllib.loads(SOURCE)[MESSAGES], ENGLISH) == ENGLISH


@pytest.mark.parametrize("code", catalogue.load_languages())
def test_every_button_that_can_be_typed_has_words_in_every_language(code: str) -> None:
    phrases = catalogue.load_languages()[code].phrases

    assert set(phrases.values()) == {
        "/more",
        "/opposite",
        "/wordings",
        "/context",
        "/help",
        "/copy",
        "/history",
        "/report",
        "/verify",
    }
    assert all(phrase == phrase.casefold() for phrase in phrases)


@pytest.mark.parametrize("code", catalogue.load_languages())
def test_every_language_names_twelve_months(code: str) -> None:
    assert len(set(catalogue.load_languages()[code].months)) == 12


@pytest.mark.parametrize("code", catalogue.load_languages())
@pytest.mark.parametrize("key", LONGEST)
def test_what_telegram_bounds_is_within_its_bounds(code: str, key: str) -> None:
    assert len(catalogue.load_languages()[code].texts[key]) <= LONGEST[key]


@pytest.mark.parametrize("code", catalogue.load_languages())
def test_every_command_has_a_description(code: str) -> None:
    with catalogue.use_language(code):
        commands = catalogue.get_section("commands") | catalogue.get_section("admin_commands")

    shown = {"ask", "by", "sides", "verify", "corpus", "about", "follow", "forget", "privacy", "help"}
    assert commands.keys() == shown | {
        *("reload", "status", "unanswered", "hold", "release", "flags", "correct", "doubts")
    }
    assert all(1 <= len(description) <= 256 for description in commands.values())


@pytest.mark.parametrize(
    ("code", "expected"),
    [("fr", "Recherché\xa0: "), ("FR-ca", "Recherché\xa0: "), ("cy", "Searched: "), (None, "Searched: ")],
)
def test_a_language_without_a_table_is_answered_in_english(code: str | None, expected: str) -> None:
    with catalogue.use_language(code):
        assert say("searched") == expected

    assert say("searched") == "Searched: "


def test_a_message_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no_such_message")


def test_a_brace_in_a_value_stands_as_it_is() -> None:
    assert say("topics", topics="{words}").endswith(": {words}")


def test_no_mark_of_a_french_message_opens_or_ends_a_line() -> None:
    texts = catalogue.load_languages()["fr"].texts

    assert [key for key, text in texts.items() if re.search(r" [:;?!»]( |$)|« ", text, re.MULTILINE)] == []
    assert texts["quoted_word"] == "«\xa0{word}\xa0»"


@pytest.mark.parametrize("code", catalogue.load_languages())
@pytest.mark.parametrize("command", ["context", "opposite", "wordings", "copy", "history", "report", "more"])
def test_the_label_of_a_button_may_be_typed_in_its_place(code: str, command: str) -> None:
    with catalogue.use_language(code):
        label = catalogue.get_messages().texts[f"label_{command}"].strip(" ▸")

        assert match_phrase(label) == Command(command)
