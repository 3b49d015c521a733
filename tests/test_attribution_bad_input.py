"""Articles nobody should have to read: no exception, no lost words, time that grows with length."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.attribution import extract_passages
from bot.attribution.quotation_marks import find_quotations
from bot.model import Document, Kind, Passage
from bot.text import split_paragraphs
from tests.english import ENGLISH, ENGLISH_LEXICON

SURE = 0.7

BAD = {
    "empty": "",
    "blank": " \n\n ",
    "only marks": "“ ” \" ' ‘ ’ « » „ 「 」",
    "unbalanced": "“one two three four\n\nhe said ” and “ then\n\n” and so “",
    "no punctuation": "ann bell said the line is late and bob low said it is not " * 20,
    "capitals": "ANN BELL SAID: “WE WILL BUILD IT AND OPEN IT.” SHE SAID SO.",
    "right to left": "قالت المتحدثة: «سنبني المزيد من البيوت هنا» ثم غادرت.",
    "french": "Il a dit : « Nous allons construire cette ligne ».",
    "german": "Er sagte: „Wir bauen diese Linie im Herbst.“",
    "japanese": "彼女は「電車はまた遅れる」と言った。",
    "half a surrogate": "Ann Bell said: “It is \ud800 late again.”",
    "line separators": "“one two three four\u2028five”\u2029said Ann Bell\r\nand left.",
}


def found(text: str) -> tuple[Passage, ...]:
    return extract_passages(Document("invented", text), language=ENGLISH)


@pytest.mark.parametrize("shape", BAD)
def test_no_text_is_too_odd_to_read(shape: str) -> None:
    text = BAD[shape]

    for passage in found(text):
        assert 0 <= passage.span.start < passage.span.end <= len(text)
        assert passage.frame.start <= passage.span.start


def test_marks_of_other_languages_are_quotations_of_nobody_shown() -> None:
    for shape in ("right to left", "french", "german"):
        [quoted] = [p for p in found(BAD[shape]) if p.kind in (Kind.DIRECT, Kind.FRAGMENT)]

        assert quoted.voice is None or quoted.confidence < SURE


LONG = {
    "quotations": "“We will build it again,” said Ann Bell. ",
    "quotations without a stop": "she said “we will build it” and ",
    "paragraphs": "Ann Bell said: “We will build it again.”\n\n",
    "one chain": "“We will build it again and then\n\n",
    "reports": "Ann Bell says the line will be late and ",
    "open marks": "“",
    "single marks": " ‘a b’",
    "names": "Ann Bell and ",
    "commas": "Ann Bell, ",
    "according": "according to ",
    "labels": "A: b c d\n",
}


@pytest.mark.parametrize("shape", LONG)
def test_time_grows_with_length_and_not_with_its_square(shape: str) -> None:
    def seconds(count: int) -> float:
        started = time.process_time()
        found(LONG[shape] * count)
        return time.process_time() - started

    count = 16_000 // len(LONG[shape])
    once = min(seconds(count) for _ in range(3))

    # The square would take 64 times as long, each time; what else the process does in one of them is no matter.
    assert any(seconds(8 * count) < 24 * once + 0.05 for _ in range(3))


def test_ten_thousand_quotations_are_ten_thousand_passages() -> None:
    text = "\n\n".join(f"Ann Bell said: “We will build {n} homes.”" for n in range(10_000))

    assert sum(p.kind is Kind.DIRECT for p in found(text)) == 10_000


def test_a_paragraph_of_200_000_characters_is_read() -> None:
    text = "The line is late " * 12_000

    [passage] = found(text)
    assert passage.kind is Kind.NARRATION


PIECES = [
    *("Ann", " ", "Bell", " said", " she", ",", ".", "“", "”", '"', "‘", "’", "\n\n", " that"),
    *(" according to", ": ", "tram", " late", "?", " and", " who", "(", ")", " his", " plan"),
    *(" told", " May", " 5", "—", "'s", " calling", " called", " was", " by", " of", " the"),
]
ALPHABET = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@given(ALPHABET)
def test_no_word_of_a_quotation_is_lost_or_repeated(text: str) -> None:
    lines = split_paragraphs(text)
    made = [p for p in found(text) if p.reason != "quoted within a quotation"]

    quoted = [p.span for p in made if p.kind in (Kind.DIRECT, Kind.FRAGMENT)]
    assert sorted(quoted) == sorted(set(quoted))
    between = {mark.inner for mark in find_quotations(text, lines, ENGLISH_LEXICON)}
    assert set(quoted) <= between
    spoken = {words for words in between if any(c.isalnum() for c in text[slice(*words)])}
    # What quotes nobody stands whole in the publication's words.
    assert all(
        any(p.frame.start <= words.start and words.end <= p.frame.end for p in made) for words in spoken - set(quoted)
    )


@given(ALPHABET)
def test_narration_repeats_nothing_that_is_shown_otherwise(text: str) -> None:
    made = found(text)

    shown = [p.frame for p in made if p.kind is not Kind.NARRATION]
    for narration in (p.span for p in made if p.kind is Kind.NARRATION):
        assert all(narration.end <= s.start or s.end <= narration.start for s in shown)


@given(ALPHABET)
def test_every_word_stands_in_some_passage(text: str) -> None:
    made = found(text)

    for at, character in enumerate(text):
        if character.isalnum():
            assert any(p.frame.start <= at < p.frame.end for p in made)


@given(ALPHABET)
def test_a_voice_is_proved_by_words_of_the_document(text: str) -> None:
    for passage in found(text):
        assert (passage.voice is None) == (not passage.cue)
        assert all(0 <= start < end <= len(text) for start, end in passage.cue)
        assert passage.span in passage.quotation or passage.kind is Kind.NARRATION
