"""A second language of documents is tables alone, and one without tables names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import corpus, languages
from bot.attribution import extract_passages
from bot.corpus import lint
from bot.languages import load_language
from bot.languages.base import Language
from bot.model import Document, Kind, Passage, Span, Turn, Voice
from bot.replies import quote_block
from tests.english import ENGLISH

SURE = 0.7
GERMAN_TABLES = """
[reporting_verbs]
core = "sagen erklären betonen fragen"
manner = "rufen"
attitude = "nennen"
addressing_forms = "fragt fragte"

[irregular_verbs]
sagen = "sagt sagte gesagt sagend"
"erklären" = "erklärt erklärte erklärend"
betonen = "betont betonte betonend"
fragen = "fragt fragte gefragt fragend"
rufen = "ruft rief gerufen rufend"
nennen = "nennt nannte genannt nennend"

[words]
pronoun = "er sie es wir ich"
determiner = "der die das den dem des ein eine einen einem einer"
preposition = "von in an am im auf laut für mit bei nach aus zu"
auxiliary = "hat haben hatte wird muss soll nicht"
be = "ist war sind waren wurde"
verb = "kam stand bleiben"
conjunction = "und aber oder"
time = "montag dienstag mittwoch donnerstag freitag"

[personal_pronouns]
masculine = "er"
writer = "ich wir"
feminine = "sie"

[names]
female = "anna clara"
male = "karl jens"
particles = "zu"

[titles]
leading = "herr frau dr"
personal = "herr frau dr"
male = "herr"
female = "frau"
courtesy = "herr frau"

[markers]
source = "laut"
agent = "von"
affiliations = "von bei der"
postmodifiers = "der von für"

[nouns]
speakers = "sprecher sprecherin"
offices = "bürgermeisterin"
spokespeople = "sprecher sprecherin"
openers = "gestern danach"
"""
INTRODUCTION = "Anna Tief, Bürgermeisterin von Seehof, kam am Montag. Danach kam Karl Lang."
SENTENCES = {
    "„Die Fähre muss bleiben“, sagte Anna Tief.": ("Anna Tief", True),
    "„Die Fähre muss bleiben“, sagte Anna Tief, Bürgermeisterin von Seehof.": ("Anna Tief", True),
    "„Die Fähre ist viel zu teuer“, erklärte Karl Lang am Montag.": ("Karl Lang", True),
    "Karl Lang sagte: „Die Fähre ist viel zu teuer.“": ("Karl Lang", True),
    "»Die Fähre ist viel zu teuer«, rief Karl Lang.": ("Karl Lang", True),
    "„Die Fähre“, sagte Anna Tief, „muss auf jeden Fall bleiben.“": ("Anna Tief", True),
    "„Die Fähre muss bleiben“, sagte sie.": ("Anna Tief", True),
    "„Die Fähre ist viel zu teuer“, sagte er.": ("Karl Lang", True),
    "Laut Anna Tief war das „eine sehr teure und lange Fahrt“.": ("Anna Tief", True),
    "„Die Fähre muss bleiben“, sagte ich.": (None, False),
    "„Die Fähre muss bleiben“, stand auf einem großen Schild.": (None, False),
}


@pytest.fixture(name="german")
def _german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Language]:
    """A German that is one file beside what the tree has of it."""
    (tmp_path / "german").mkdir()
    (tmp_path / "german" / "attribution.toml").write_text(GERMAN_TABLES, "utf-8")
    monkeypatch.setattr(languages, "__path__", [*languages.__path__, str(tmp_path)])
    load_language.cache_clear()
    yield load_language("german")
    load_language.cache_clear()


def find_quoted(text: str, language: Language) -> list[Passage]:
    """Return the passages of `text` between quotation marks."""
    document = Document("invented", text, publisher="Der Seehofer Bote")
    found = extract_passages(document, language=language)
    return [passage for passage in found if passage.kind in (Kind.DIRECT, Kind.FRAGMENT)]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_table_of_german_gives_a_german_sentence_its_voice(german: Language, sentence: str) -> None:
    speaker, is_shown = SENTENCES[sentence]

    quoted = find_quoted(f"{INTRODUCTION}\n\n{sentence}", german)

    assert quoted
    for passage in quoted:
        assert (passage.voice.name if passage.voice else None) == speaker
        assert (passage.confidence >= SURE) is is_shown


def test_a_german_role_is_what_stands_behind_the_name(german: Language) -> None:
    [quoted] = find_quoted(list(SENTENCES)[1], german)

    assert quoted.voice == Voice("Anna Tief", "Bürgermeisterin", "Seehof")


@pytest.mark.parametrize("sentence", SENTENCES)
def test_english_tables_name_nobody_in_german(sentence: str) -> None:
    quoted = find_quoted(sentence, ENGLISH)

    assert all(passage.voice is None or passage.confidence < SURE for passage in quoted)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_without_reporting_verbs_no_words_are_the_publications_own(sentence: str) -> None:
    document = Document("invented", f"Es regnet.\n\n{sentence}", publisher="Der Seehofer Bote")

    found = extract_passages(document, language=load_language("german"))

    assert any(passage.kind is Kind.NARRATION for passage in found)
    for passage in found:
        assert passage.voice is None
        assert not passage.is_own_words
        assert "own words" not in quote_block.describe_speaker(passage)
        assert quote_block.describe_kind(passage) != "the publication’s words"


def test_with_reporting_verbs_the_rest_is_the_publications_own(german: Language) -> None:
    document = Document("invented", "Es regnet.", publisher="Der Seehofer Bote")

    [passage] = extract_passages(document, language=german)

    assert passage.is_own_words
    assert quote_block.describe_speaker(passage) == "Der Seehofer Bote, in its own words"


def test_a_recorded_turn_has_its_voice_in_any_language() -> None:
    text = "Anna Tief: Die Fähre muss bleiben."
    turn = Turn(Span(11, len(text)), Span(0, 9), Voice("Anna Tief"))

    [passage] = extract_passages(Document("invented", text, turns=(turn,)), language=load_language("tamil"))

    assert passage.voice == Voice("Anna Tief")
    assert passage.confidence == 1


def test_the_check_says_what_a_corpus_goes_without(tmp_path: Path) -> None:
    (tmp_path / "corpus.toml").write_text(
        'title = "Die Fähre"\nmotion = "Die Fähre muss bleiben"\nlanguage = "german"\n'
        'curator = "the tests"\nbasis = "invented"\n',
        "utf-8",
    )
    header = '+++\ntitle = "Fähre"\npublisher = "Der Seehofer Bote"\n+++\n'
    (tmp_path / "a.txt").write_text(f"{header}{next(iter(SENTENCES))}\n", "utf-8")

    lines = [str(finding) for finding in lint.check_corpus(tmp_path).findings]

    lack = "german: no reporting verbs, so only recorded turns get a voice"
    assert any(f"corpus.toml:3: warning: {lack}; add a table" in line for line in lines)


def test_a_corpus_in_another_language_is_attributed_by_its_own_tables(german: Language, tmp_path: Path) -> None:
    folder = tmp_path / "faehre"
    folder.mkdir()
    (folder / "corpus.toml").write_text(
        'title = "Die Fähre"\nmotion = "Die Fähre muss bleiben"\nlanguage = "german"\n'
        'curator = "the tests"\nbasis = "invented"\n',
        "utf-8",
    )
    header = '+++\ntitle = "Fähre"\npublisher = "Der Seehofer Bote"\n+++\n'
    (folder / "a.txt").write_text(f"{header}{next(iter(SENTENCES))}\n", "utf-8")

    voices = [passage.voice for passage in corpus.load_corpus(folder).passages if passage.voice]

    assert german.lacks == ("questions",)
    assert voices == [Voice("Anna Tief")]
