"""A language is a folder of tables, and one that contradicts itself is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import languages
from bot.attribution.lexicon import inflect, load_lexicon
from bot.errors import LanguageError
from bot.languages import list_languages, load_language, load_messages


@pytest.fixture(name="plant")
def _plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what writes a language's files into a second folder of languages."""
    monkeypatch.setattr(languages, "__path__", [*languages.__path__, str(tmp_path)])
    load_language.cache_clear()
    load_messages.cache_clear()

    def plant(name: str, **files: str) -> None:
        (tmp_path / name).mkdir()
        for stem, toml in files.items():
            (tmp_path / name / f"{stem}.toml").write_text(toml, encoding="utf-8")

    return plant


def test_every_language_in_the_tree_loads() -> None:
    for name in list_languages():
        assert load_language(name).name == name


def test_tables_of_several_files_are_one_language(plant: Callable[..., None]) -> None:
    messages = '[messages]\nhelp = "Glidis!"'
    plant("volapuk", messages=messages, a='[units]\nwords = "tim"', b='[months]\nwords = "yanul febul"')

    language = load_language("volapuk")

    assert load_messages("volapuk") == {"help": "Glidis!"}
    assert language.words("units", "words") == {"tim"}
    assert language.words("months", "words") == {"yanul", "febul"}
    assert "volapuk" in list_languages()


def test_what_a_language_lacks_is_declared_and_empty(plant: Callable[..., None]) -> None:
    plant("volapuk", a='[reporting_verbs]\ncore = "sagon"')

    language = load_language("volapuk")

    assert language.lacks == ("questions",)
    assert language.table("questions") == {}
    assert language.words("reporting_verbs", "manner") == frozenset()
    assert load_language("tamil").lacks == ("reporting_verbs", "questions")


def test_a_list_that_no_rule_asks_for_is_refused(plant: Callable[..., None]) -> None:
    plant("volapuk", a='[titles]\nledaing = "sol"')

    with pytest.raises(LanguageError, match="ledaing, which nothing asks for; use leading"):
        load_lexicon(load_language("volapuk"))


def test_a_verb_without_forms_is_its_base_alone(plant: Callable[..., None]) -> None:
    plant("volapuk", a='[reporting_verbs]\ncore = "sagon"')

    language = load_language("volapuk")

    assert inflect("sagon", language) == ("sagon",)
    assert load_lexicon(language).lemmas == {"sagon": "sagon"}


@pytest.mark.parametrize(
    ("files", "fact"),
    [
        ({"a": '[names]\nmale = "Jan Piet Jan"'}, "[names] male has Jan twice"),
        ({"a": '[names]\nmale = "Kim Jan"\nfemale = "Kim"'}, "Kim is in both female and male"),
        ({"a": '[reporting_verbs]\ncore = "say"\nattitude = "think say"'}, "say is in both core and attitude"),
        ({"a": "[names]\n", "b": "[names]\n"}, "[names] stands in another file too"),
        ({"a": "[messages]\n"}, "[messages] stands in another file too"),
        ({"a": "names = 3"}, "or is no table"),
        ({"a": "[names]\nmale = 3"}, "[names] male is no string of words"),
        ({"a": "[names"}, "cannot be read as TOML"),
        ({"a": '[names]\nmale = "Jan"\nmale = "Piet"'}, "cannot be read as TOML"),
    ],
)
def test_a_language_that_contradicts_itself_is_refused(
    plant: Callable[..., None], files: dict[str, str], fact: str
) -> None:
    plant("volapuk", **files)

    with pytest.raises(LanguageError) as refusal:
        load_language("volapuk").words("names", "male")

    assert fact in refusal.value.fact
    assert refusal.value.place.startswith("languages/volapuk")


@pytest.mark.parametrize(
    ("toml", "fact"),
    [("[message]\n", "has no table [messages]"), ("messages = 3", "has no table"), ("[m", "as TOML")],
)
def test_a_file_of_messages_without_them_is_refused(plant: Callable[..., None], toml: str, fact: str) -> None:
    plant("volapuk", messages=toml)

    with pytest.raises(LanguageError, match=r"languages/volapuk/messages.toml: ") as refusal:
        languages.load_messages("volapuk")

    assert fact in refusal.value.fact


@pytest.mark.parametrize("name", list_languages())
def test_an_abbreviation_is_in_one_list(name: str) -> None:
    language = load_language(name)

    lists = [language.words("abbreviations", key) for key in ("within_sentence", "names")]
    assert not frozenset.intersection(*lists)


@pytest.mark.parametrize("name", ["english", "french"])
def test_greetings_and_thanks_stand_in_one_table_of_a_language(name: str) -> None:
    language = load_language(name)
    courtesies = language.words("stop_words", "greetings") | language.words("stop_words", "thanks")
    chatter = [load_messages(name)["chatter"], language.table("questions").get("chatter", {})]

    words = {word for lists in chatter for text in lists.values() for word in text.split()}

    assert courtesies
    assert courtesies.isdisjoint(words)
