"""A word that no source has is corrected to the nearest that one has, where the library has no such word."""

from __future__ import annotations

import pytest
from spellchecker import SpellChecker

from bot.answers.spelling import SpellingCorrector, is_word, load_word_list
from bot.bootstrap import build_snapshot
from bot.settings import EngineSettings, Settings


@pytest.mark.parametrize(
    ("slipped", "mended"),
    [
        ("privcy", ("privacy",)),
        ("privaccy", ("privacy",)),
        ("privaxy", ("privacy",)),
        ("pirvacy", ("privacy",)),
        ("recogintoin", ("recognition",)),
        ("pirvcay", ()),
        ("fery", ()),
        ("80000", ()),
        ("ferries", ("ferries",)),
        ("ferrixs", ("ferries", "ferrits")),
        ("", ()),
    ],
)
def test_a_slip_is_mended_to_the_nearest_words_most_frequent_first(slipped: str, mended: tuple[str, ...]) -> None:
    words = {"privacy": 1, "recognition": 2, "ferrits": 1, "ferries": 2, "ferry": 1, "80001": 9}

    assert SpellingCorrector(words).suggest(slipped) == mended


def test_an_empty_vocabulary_mends_nothing() -> None:
    assert SpellingCorrector({}).suggest("privacy") == ()


@pytest.mark.parametrize(("language", "code"), [("english", "en"), ("basque", "eu")])
def test_a_list_has_the_words_of_the_library_and_no_others(language: str, code: str) -> None:
    words, ours = {*SpellChecker(language=code).word_frequency.words()}, load_word_list(language)
    sample = sorted(words)[::10]

    assert ours.hashes.size == len(words)
    assert all(map(ours.has, sample))
    assert not any(ours.has(f"{word}-no") for word in sample)
    assert ours.hashes.nbytes < 2_000_000


@pytest.mark.parametrize("word", ["", "privcy", "\ud800", "x" * 9_999, '"', "aardvark\n"])
def test_what_is_no_word_is_none(word: str) -> None:
    assert not is_word(word, "english")
    assert not is_word(word, "klingon")


def test_both_ends_of_a_list_are_in_it() -> None:
    ours = load_word_list("english")
    by_hash = {hash(word): word for word in SpellChecker(language="en").word_frequency.words()}

    assert is_word(by_hash[int(ours.hashes[0])], "english")
    assert is_word(by_hash[int(ours.hashes[-1])], "english")


def test_no_list_is_read_at_the_start_or_for_words_that_a_source_has() -> None:
    load_word_list.cache_clear()

    snapshot = build_snapshot(Settings(engine=EngineSettings(cache="none")), "facial-recognition")

    assert snapshot.answerer.answer("What does Liberty say about privacy?").quotes
    assert load_word_list.cache_info().currsize == 0
