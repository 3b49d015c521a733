"""A word that no source has is corrected to the nearest that one has, or searched in everyday synonyms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from spellchecker import SpellChecker

from bot import languages
from bot.analysis import Analyser
from bot.answers.answer import Answer, Status
from bot.answers.answerer import Answerer
from bot.answers.word_variants import SpellingCorrector, is_word, load_synonyms, load_word_list, read_synonyms
from bot.bootstrap import build_snapshot
from bot.errors import LanguageError
from bot.model import Side
from bot.search.bm25 import engine
from bot.settings import EngineSettings, Settings
from tests.invented_debate import PAYERS, RIDERS, corpus


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
def test_a_slip_is_mended_to_the_nearest_words_by_the_alphabet(slipped: str, mended: tuple[str, ...]) -> None:
    words = ["privacy", "recognition", "ferrits", "ferries", "ferry", "80001"]

    assert SpellingCorrector(words).suggest(slipped) == mended


def test_an_empty_vocabulary_mends_nothing() -> None:
    assert SpellingCorrector(()).suggest("privacy") == ()


@pytest.mark.parametrize(("language", "code"), [("english", "en"), ("basque", "eu")])
def test_a_list_has_the_words_of_the_library_and_no_others(language: str, code: str) -> None:
    words, ours = {*SpellChecker(language=code).word_frequency.words()}, load_word_list(language)
    sample = sorted(words)[::10]

    assert ours.size == len(words)
    assert all(is_word(word, language) for word in sample)
    assert not any(is_word(f"{word}-no", language) for word in sample)
    assert ours.nbytes < 2_000_000


@pytest.mark.parametrize("word", ["", "privcy", "\ud800", "x" * 9_999, '"', "aardvark\n"])
def test_what_is_no_word_is_none(word: str) -> None:
    assert not is_word(word, "english")
    assert not is_word(word, "klingon")


def test_both_ends_of_a_list_are_in_it() -> None:
    ours = load_word_list("english")
    by_hash = {hash(word): word for word in SpellChecker(language="en").word_frequency.words()}

    assert is_word(by_hash[int(ours[0])], "english")
    assert is_word(by_hash[int(ours[-1])], "english")


def test_no_list_is_read_at_the_start_or_for_words_that_a_source_has() -> None:
    load_word_list.cache_clear()

    snapshot = build_snapshot(Settings(engine=EngineSettings(cache="none")), "facial-recognition")

    assert snapshot.answerer.answer("What does Liberty say about privacy?").quotes
    assert load_word_list.cache_info().currsize == 0


HARBOUR = corpus(
    ("Every physician on the island has written to the harbour master about the engines.", RIDERS, Side.FOR),
    ("Elderly passengers and young people wait an hour in the rain for the last boat.", RIDERS, Side.FOR),
    ("The House will sit by the pier until its members have been heard on shrimps.", PAYERS, Side.AGAINST),
    ("The last train used to stop behind the ice house, and it was never late.", PAYERS, Side.AGAINST),
    ("Ann Low and the women of the quay sold tea and cake to pay for the lamps.", PAYERS, Side.AGAINST),
    ("We prohibited anchors in the bay, and the seals came back.", PAYERS, Side.AGAINST),
)


@pytest.fixture(scope="module")
def harbour() -> Answerer:
    analyser = Analyser("english")
    return Answerer(HARBOUR, engine.build(HARBOUR.passages, analyser, engine.Options()), analyser)


def list_texts(answer: Answer) -> list[str]:
    return [chosen.quote.text[:20] for chosen in answer.quotes]


@pytest.mark.parametrize(
    ("question", "begins", "expanded"),
    [
        ("doctors and engines", "Every physician on t", {"doctors": ("physician",)}),
        ("GP engines", "Every physician on t", {"GP": ("physician",)}),
        ("old people waiting in rain", "Elderly passengers a", {"old people": ("elderly",)}),
        ("banned anchors", "We prohibited anchor", {"banned": ("prohibit",)}),
        ("ladies sold cake", "Ann Low and the wome", {"ladies": ("woman",)}),
    ],
)
def test_a_word_that_no_source_has_is_searched_in_another_and_that_is_told(
    harbour: Answerer, question: str, begins: str, expanded: dict[str, tuple[str, ...]]
) -> None:
    answer = harbour.answer(question)

    assert (answer.status, list_texts(answer)[:1], answer.expanded) == (Status.ANSWERED, [begins], expanded)


def test_synonyms_alone_are_near_and_no_answer(harbour: Answerer) -> None:
    answer = harbour.answer("doctors")

    assert (answer.status, list_texts(answer)) == (Status.CLOSEST, ["Every physician on t"])


@pytest.mark.parametrize(
    "question",
    ["doctors eating mushrooms", "does a kid like mushrooms and violins", "are doctors swimming in mushrooms"],
)
def test_what_is_only_in_part_on_the_question_is_so_in_its_own_words(harbour: Answerer, question: str) -> None:
    assert harbour.answer(question).status is Status.ABSTAINED


def test_a_word_that_a_source_has_is_not_searched_in_others(harbour: Answerer) -> None:
    assert list_texts(harbour.answer("passengers")) == ["Elderly passengers a"]
    assert harbour.answer("passengers").expanded == {}


def test_a_stem_that_strangers_share_is_searched_by_its_words(harbour: Answerer) -> None:
    answer = harbour.answer("dwellings by the pier")

    assert "housing" in load_synonyms("english")["dwell",]
    assert answer.status is Status.ABSTAINED


def test_a_language_without_a_table_has_none() -> None:
    assert load_synonyms("tamil") == {}


def test_no_word_is_listed_as_its_own_synonym_and_a_wider_word_is_found_by_nothing() -> None:
    synonyms = read_synonyms("english")

    assert all(word not in others for word, others in synonyms.items())
    assert "tree" in synonyms["felling"]
    assert "felling" not in synonyms["tree"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder of languages beside the project's own."""
    monkeypatch.setattr(languages, "__path__", [*languages.__path__, str(tmp_path)])
    yield tmp_path
    languages.load_language.cache_clear()


@pytest.mark.parametrize("line", ['same = ["ferry"]', 'wider = ["ferry"]', 'wider = [": boat"]', 'same = ["ferry, &"]'])
def test_a_line_that_joins_nothing_is_refused(folder: Path, line: str) -> None:
    (folder / "orkish").mkdir()
    (folder / "orkish" / "orkish.toml").write_text(f"[synonyms]\n{line}\n", encoding="utf-8")

    with pytest.raises(LanguageError, match=r"languages/orkish: \[synonyms\] .* joins nothing; write WORD, WORD"):
        read_synonyms("orkish")
