"""Words as an index and a question compare them, by place and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import analysis, languages
from bot.analysis import Analyser
from bot.errors import CorpusError
from bot.languages import list_languages, load_language
from bot.model import Span
from bot.text import normalise

ENGLISH = Analyser("english")
PROSE = st.text(alphabet="aBé’'s -.,%0 1\u00ad\u0301ﬁStT\n", max_size=60)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Liberty’s police", ["liberty", "police"]),
        ("officers' duties", ["officers", "duties"]),
        ("can’t crashʼs", ["crash"]),
        ("facial-recognition", ["facial", "recognition"]),
        ("80.5 per cent, 80.5%", ["80.5", "percent", "80.5", "percent"]),
        ("1,000 and 1000", ["1000", "1000"]),
        ("2018,2019", ["2018", "2019"]),
        ("£1.5bn, 3D, 21st", ["1.5bn", "3d", "21st"]),
        ("the U.K. or the UK", ["uk", "uk"]),
        ("recog\u00adnition", ["recognition"]),
        ("ﬁne ＭＥＴ", ["fine", "met"]),
        ("cafe\u0301 café", ["café", "café"]),
        ("snake_case", ["snake", "case"]),
        ("💡 …", []),
    ],
)
def test_words_are_compared_by_their_folded_form(text: str, folded: list[str]) -> None:
    assert [term.normalised for term in ENGLISH.terms(text)] == folded


def test_marks_that_finish_a_letter_do_not_part_a_word() -> None:
    assert [term.normalised for term in Analyser("hindi").terms("पुलिस निगरानी")] == ["पुलिस", "निगरानी"]


@given(PROSE)
def test_a_term_is_the_folded_form_of_the_place_it_names(text: str) -> None:
    for term in ENGLISH.terms(text):
        assert normalise(text[term.start : term.end]) == term.normalised


@given(PROSE, st.integers(0, 20), st.integers(0, 60))
def test_content_words_are_the_terms_without_their_places(text: str, start: int, end: int) -> None:
    span = Span(min(start, len(text)), min(end, len(text)))

    found = [(term.normalised, term.stem) for term in ENGLISH.terms(text, span)]

    assert ENGLISH.content_words(text, span) == found


def test_what_is_remembered_of_spellings_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "_CACHE_SIZE", 2)
    analyser = Analyser("english")

    for text in ("one two three", "four five six", "one"):
        found = analyser.content_words(text)

    assert found == [("one", "one")]
    assert len(analyser._cache) == 1  # noqa: SLF001  the bound itself


def test_stop_words_are_not_terms() -> None:
    assert [term.stem for term in ENGLISH.terms("What is the cost of it?")] == ["cost"]


def test_another_language_has_its_own_words_and_stems() -> None:
    german = Analyser("german")

    assert [term.stem for term in german.terms("Die Freiheiten der Bürger")] == ["freiheit", "burg"]
    assert german.fingerprint != ENGLISH.fingerprint


def test_a_language_without_a_stemmer_is_refused() -> None:
    with pytest.raises(CorpusError, match=r"no stemmer for language 'klingon'; use .*english"):
        Analyser("klingon")


def test_every_language_with_stop_words_can_stop_them() -> None:
    languages = [name for name in list_languages() if load_language(name).table("stop_words")]

    assert {"english", "french", "german"} <= set(languages)
    for name in languages:
        assert len(Analyser(name).stop_words) > 90


def test_words_that_debates_are_about_are_searched_for() -> None:
    assert not ENGLISH.stop_words & {"state", "face"}


def test_the_fingerprint_changes_with_the_data_of_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compute_digest = languages.compute_digest.__wrapped__
    shipped = compute_digest("english")
    added = tmp_path / "english" / "more.toml"
    added.parent.mkdir()
    monkeypatch.setattr(languages, "__path__", [*languages.__path__, str(tmp_path)])

    digests = {shipped, compute_digest("english")}
    for text in ('[more]\nwords = "a b"\n', '[more]\nwords = "a c"\n'):
        added.write_text(text, encoding="utf-8")
        digests.add(compute_digest("english"))

    assert len(digests) == 3
    monkeypatch.setattr(analysis, "compute_digest", compute_digest)
    assert Analyser("english").fingerprint != ENGLISH.fingerprint


def test_the_fingerprint_changes_with_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Analyser("english").fingerprint == ENGLISH.fingerprint

    monkeypatch.setattr(analysis, "_compute_rules_digest", lambda: "other rules")

    assert Analyser("english").fingerprint != ENGLISH.fingerprint


def test_stems_by_place_are_those_of_the_terms() -> None:
    text = "The U.K.’s officers don't pay 80.5 per cent, 1,000 do: naïve co-operation."

    assert ENGLISH.stems_by_place(text) == [(term.start, term.stem) for term in ENGLISH.terms(text)]
    assert ENGLISH.stems_by_place(text, Span(20, 40)) == [(t.start, t.stem) for t in ENGLISH.terms(text, Span(20, 40))]
