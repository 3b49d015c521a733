"""Each weight and bonus that decides an order, with one case just on each side of it.

Hits come from an index that returns what it is given, so only the ranking decides. `FULL` has both
words asked about and `PART` one of them; the weight of the other is the gap that a bonus makes up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bot.analysis import Analyser
from bot.answers.question import Concept, Question
from bot.answers.quoting import QuoteLengths
from bot.answers.ranking import Ranker
from bot.model import Document, HeldPassages, Kind, Passage, Side, Span, Voice
from bot.search import Hit, Query
from tests.invented_debate import FERRY, PAYERS, RIDERS, corpus, said

ENGLISH = Analyser("english")
LOW, HIGH, _ = FERRY.voices
PART = "The nurses would come home from their shifts."
FULL = "The nurses would come home across the harbour."


class StoredHits:
    """An index that finds the hits it holds, and keeps the last query."""

    def __init__(self, *hits: Hit) -> None:
        self._hits = hits
        self.query = Query({})

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        self.query = query
        return self._hits[:limit]

    def idf(self, stem: str) -> float:
        return 1.0 + (not stem)

    @property
    def vocabulary(self) -> Mapping[str, int]:
        return {}


def passages(*lines: tuple[str, Voice | None]) -> tuple[Passage, ...]:
    """Return passages on neither side, so that no balance interferes."""
    return tuple(corpus(*((text, voice, Side.NEITHER) for text, voice in lines)).passages)


def ask(gap: float, **facts: object) -> Question:
    """Ask for the nurses and the harbour, the latter as a share of `gap` of the question."""
    nurses = Concept("nurses", (frozenset({"nurs"}),), weight=1 - gap)
    harbour = Concept("harbour", (frozenset({"harbour"}),), weight=gap)
    known = {"concepts": (nurses, harbour)} | facts
    return Question("nurses harbour", **known)  # type: ignore[arg-type]


def rank(question: Question, found: Sequence[Passage], scores: Sequence[float] = ()) -> list[str]:
    """Return the quotes in the order in which they are ranked."""
    scores = scores or [1.0] * len(found)
    hits = [Hit(passage, score) for passage, score in zip(found, scores, strict=True)]
    ranker = Ranker(FERRY, StoredHits(*hits), ENGLISH, 50, QuoteLengths())
    return [candidate.quote.text for candidate in ranker.rank(question)]


def leads(question: Question, part: Passage, full: Passage, scores: Sequence[float] = ()) -> bool:
    """Tell whether `part` goes before `full`, although it covers less."""
    return rank(question, [full, part], scores)[0] == part.text


@pytest.mark.parametrize(("gap", "expected"), [(0.29, True), (0.31, False)])
def test_the_voice_asked_about_makes_up_for_three_tenths(gap: float, *, expected: bool) -> None:
    full, part = passages((FULL, PAYERS), (PART, RIDERS))

    assert leads(ask(gap, voices=(LOW,)), part, full) is expected


@pytest.mark.parametrize(("gap", "expected"), [(0.09, True), (0.11, False)])
def test_a_mention_of_the_voice_asked_about_makes_up_for_a_tenth(gap: float, *, expected: bool) -> None:
    full, part = passages((FULL, PAYERS), (f"Ann Low is right: {PART}", PAYERS))

    assert leads(ask(gap, voices=(LOW,)), part, full) is expected


@pytest.mark.parametrize(("gap", "expected"), [(0.14, True), (0.16, False)])
def test_a_number_that_was_asked_for_makes_up_for_three_twentieths(gap: float, *, expected: bool) -> None:
    full, part = passages((FULL, PAYERS), (f"All 40 of them: {PART}", PAYERS))

    assert leads(ask(gap, answer_types=frozenset({"number"})), part, full) is expected
    assert not leads(ask(gap), part, full)


@pytest.mark.parametrize(("gap", "expected"), [(0.04, True), (0.06, False)])
def test_the_motions_own_word_makes_up_for_a_twentieth(gap: float, *, expected: bool) -> None:
    full, part = passages((FULL, PAYERS), (f"By ferry! {PART}", PAYERS))
    ferry = Concept("ferry", (frozenset({"ferri"}),), is_of_motion=True)
    question = ask(gap)

    assert leads(replace(question, concepts=(*question.concepts, ferry)), part, full) is expected


@pytest.mark.parametrize(
    ("kind", "gap", "expected"),
    [
        (Kind.NARRATION, 0.05, True),
        (Kind.NARRATION, 0.07, False),
        (Kind.FRAGMENT, 0.01, True),
        (Kind.FRAGMENT, 0.03, False),
        (Kind.REPORTED, 0.01, True),
        (Kind.REPORTED, 0.03, False),
    ],
)
def test_direct_words_make_up_for_a_little_against_words_about_somebody(
    kind: Kind, gap: float, *, expected: bool
) -> None:
    full, part = passages((FULL, PAYERS), (PART, RIDERS))

    assert leads(ask(gap), part, replace(full, kind=kind)) is expected


@pytest.mark.parametrize(("gap", "expected"), [(0.09, True), (0.11, False)])
def test_the_best_score_makes_up_for_a_tenth_at_most(gap: float, *, expected: bool) -> None:
    full, part = passages((FULL, PAYERS), (PART, RIDERS))

    assert leads(ask(gap), part, full, scores=[0.01, 9.0]) is expected


@pytest.mark.parametrize(("gap", "expected"), [(0.5, [FULL, PART]), (0.51, [FULL])])
def test_a_quote_that_covers_less_than_half_of_what_the_best_does_is_withheld(gap: float, expected: list[str]) -> None:
    full, part = passages((FULL, PAYERS), (PART, RIDERS))

    assert rank(ask(gap), [part, full]) == expected


@pytest.mark.parametrize(("gap", "expected"), [(0.56, False), (0.55, True)])
def test_a_synonym_counts_for_four_fifths_of_the_word(gap: float, *, expected: bool) -> None:
    other, part = passages(("The quay would lie quiet and dark at midnight.", PAYERS), (PART, RIDERS))
    question = ask(gap)
    nurses, harbour = question.concepts
    forms = (*harbour.forms, frozenset({"quay"}))
    question = replace(question, concepts=(nurses, replace(harbour, forms=forms)))

    assert leads(question, part, other) is expected


def test_synonyms_voices_and_words_of_the_motion_are_searched_with_less_weight() -> None:
    index = StoredHits()
    forms = (frozenset({"tax"}), frozenset({"duti"}))
    concepts = (Concept("taxes", forms), Concept("ferry", (frozenset({"ferri"}),), is_of_motion=True))

    Ranker(FERRY, index, ENGLISH, 50, QuoteLengths()).rank(Question("", concepts, voices=(HIGH,)))

    assert index.query.weights == {
        "tax": 1.0,
        "duti": 0.7,
        "ferri": 0.3,
        "bob": 0.5,
        "high": 0.5,
        "treasur": 0.5,
        "payer": 0.5,
    }


def test_a_question_about_nothing_in_particular_searches_the_motion_lightly() -> None:
    index = StoredHits()

    Ranker(FERRY, index, ENGLISH, 50, QuoteLengths()).rank(Question(""))

    assert index.query.weights["island"] == 0.3


TURNSTILE = "The turnstile was broken for eleven long summers."


def rank_printings(*printings: tuple[str, Voice | None, str]) -> list[tuple[str | None, list[str]]]:
    """Return who is shown to say what the printings (document, voice, date) say, and in what else it is printed."""
    printed = []
    for name, voice, date in printings:
        document = Document(name, TURNSTILE, date=date)
        kind = Kind.DIRECT
        printed.append(said(document, TURNSTILE, voice, Side.NEITHER, kind))
    debate = replace(corpus(), documents=tuple(p.document for p in printed), passages=HeldPassages(printed))
    ranker = Ranker(debate, StoredHits(*(Hit(p, 1.0) for p in printed)), ENGLISH, 10, QuoteLengths())
    concept = Concept("turnstile", (frozenset({"turnstil"}),))
    ranked = ranker.rank(replace(ask(0.0), concepts=(concept,)))
    return [(c.quote.passage.voice.name if c.quote.passage.voice else None, [d.id for d in c.also_in]) for c in ranked]


def test_the_same_words_of_two_people_are_two_statements_each_with_its_own_printings() -> None:
    shown = rank_printings(("a", RIDERS, "2021"), ("b", PAYERS, "2022"), ("c", RIDERS, "2023"))

    assert shown == [("Ann Low", ["c"]), ("Bob High", [])]


def test_an_earlier_printing_by_nobody_who_is_certain_neither_hides_a_voice_nor_stands_beside_it() -> None:
    assert rank_printings(("a", None, "2021"), ("b", PAYERS, "2022")) == [("Bob High", [])]
    assert rank_printings(("a", None, "2021"), ("b", None, "2022")) == [(None, ["b"])]


def test_one_member_under_two_names_makes_one_statement() -> None:
    member, peer = Voice("Ida Low", id="xx/member/1"), Voice("Baroness Low", id="xx/member/1")

    assert rank_printings(("a", member, "2021"), ("b", peer, "2022")) == [("Ida Low", ["b"])]


class CountingAnalyser(Analyser):
    """An analyser that counts the texts it is given with their places."""

    read = 0

    def stems_by_place(self, text: str, span: Span | None = None) -> list[tuple[int, str]]:
        self.read += 1
        return super().stems_by_place(text, span)


def rank_all(question: Question, *, tells_matches: bool) -> tuple[list[str], int]:
    """Return what is shown of one passage with both words and ten with the lesser one, and how many are read."""
    lines = [(FULL, RIDERS), *((f"{PART[:-1]}, said number {n} of them.", RIDERS) for n in range(10))]
    found = passages(*lines)
    both, one = frozenset({"nurs", "harbour"}), frozenset({"nurs"})
    hits = [Hit(p, 1.0, (both if n == 0 else one) if tells_matches else both) for n, p in enumerate(found)]
    analyser = CountingAnalyser("english")
    ranker = Ranker(
        replace(FERRY, passages=HeldPassages(found)), StoredHits(*hits), analyser, 50, QuoteLengths(1, 700, 4)
    )
    return [candidate.quote.text for candidate in ranker.rank(question)], analyser.read


def test_a_passage_that_shares_too_little_with_the_question_is_not_read() -> None:
    shown, read = rank_all(ask(0.6), tells_matches=True)
    shown_of_all, read_of_all = rank_all(ask(0.6), tells_matches=False)

    assert shown == shown_of_all == [FULL]
    assert read < read_of_all


def test_a_passage_that_shares_half_is_read_and_so_is_every_one_where_a_voice_is_asked_after() -> None:
    half, _ = rank_all(ask(0.5), tells_matches=True)
    _, read = rank_all(ask(0.6, voices=(LOW,)), tells_matches=True)
    _, read_of_all = rank_all(ask(0.6, voices=(LOW,)), tells_matches=False)

    assert len(half) == 11
    assert read == read_of_all
