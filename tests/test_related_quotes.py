"""The other side's best quote on the same topic, and a statement printed in other words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.analysis import Analyser
from bot.answers.answerer import Answerer
from bot.answers.related_quotes import WordingFinder
from bot.model import Corpus, HeldPassages, Kind, Quote, Side, Span, Topic, Voice
from bot.search import Hit, Index, Query
from bot.search.bm25 import engine
from tests.invented_debate import FERRY, PAYERS, RIDERS, corpus

ENGLISH = Analyser("english")


class CountingSearches:
    """An index that counts what it is asked."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.searches = 0
        self.idf = index.idf

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        self.searches += 1
        return self._index.search(query, limit)


def answerer(debate: Corpus) -> Answerer:
    index = engine.build(debate.passages, ENGLISH, engine.Bm25Options())
    return Answerer(debate, index, ENGLISH)


def quote(number: int) -> Quote:
    passage = FERRY.passages[number]
    return Quote(passage, passage.frame)


def printings(*lines: tuple[str, Voice, Kind]) -> list[list[str]]:
    debate = corpus(*((text, voice, Side.FOR) for text, voice, _ in lines))
    kinds = [kind for *_, kind in lines]
    passages = tuple(replace(p, kind=k) for p, k in zip(debate.passages, kinds, strict=True))
    found = answerer(replace(debate, passages=HeldPassages(passages)))
    return [[q.text for q in found.find_wordings(Quote(p, p.frame))] for p in passages]


SAID = "The night ferry is a costly and needless burden on every household of this island."


TIDIED = "The night ferry is a costly, needless burden on each household of this island."


def test_one_statement_in_two_wordings_is_found_from_either() -> None:
    assert printings((SAID, PAYERS, Kind.DIRECT), (TIDIED, PAYERS, Kind.DIRECT)) == [[SAID, TIDIED], [SAID, TIDIED]]


def test_a_few_words_quoted_otherwise_are_found_in_the_statement_they_were_taken_from() -> None:
    body = Voice("Payers", None, "Payers")
    taken = "A costly, heedless burden on every household"

    first, second = printings((taken, body, Kind.FRAGMENT), (SAID, PAYERS, Kind.DIRECT))

    assert first == second == [taken, SAID]


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        (SAID, PAYERS),
        (TIDIED, RIDERS),
        (TIDIED.replace("is a", "is not a"), PAYERS),
        ("Whales sing in the bay when the harbour sleeps and no engine runs.", PAYERS),
    ],
)
def test_the_same_words_another_voice_and_another_statement_are_no_other_wording(text: str, voice: Voice) -> None:
    assert printings((SAID, PAYERS, Kind.DIRECT), (text, voice, Kind.DIRECT)) == [[], []]


def test_words_without_a_voice_have_no_other_wording() -> None:
    debate = replace(FERRY, passages=HeldPassages((*FERRY.passages,)))

    assert answerer(debate).find_wordings(quote(4)) == ()


def test_the_cache_of_stems_has_a_bound() -> None:
    debate = corpus((SAID, PAYERS, Side.FOR), (TIDIED, PAYERS, Side.FOR))
    index = engine.build(debate.passages, ENGLISH, engine.Bm25Options())
    finder = WordingFinder(index, ENGLISH, "english", max_entries=1)
    said, tidied = (Quote(passage, passage.span) for passage in debate.passages)

    reworded = [finder.find_reworded([quote], debate.passages) for quote in (said, tidied, said)]

    assert reworded == [{said.id}, {tidied.id}, {said.id}]
    assert len(finder._stems_cache) == 1  # noqa: SLF001 - the bound is what is tested


def test_a_fragment_of_nothing_that_is_printed_elsewhere_has_one_wording() -> None:
    body = Voice("Payers", None, "Payers")
    stray = "whales sing in every bay for ever"

    assert printings((stray, body, Kind.FRAGMENT), (SAID, PAYERS, Kind.DIRECT)) == [[], []]


def test_a_sentence_beside_the_statement_has_no_other_wording() -> None:
    beside = "We have said so of every ferry since the spring of last year."
    debate = corpus((f"{SAID} {beside}", PAYERS, Side.FOR), (TIDIED, PAYERS, Side.FOR))
    passage = debate.passages[0]
    finder = answerer(debate)
    statement, neighbour = (
        Quote(passage, Span(start, start + len(text))) for start, text in ((0, SAID), (len(SAID), f" {beside}"))
    )

    assert [wording.text for wording in finder.find_wordings(statement)] == [SAID, TIDIED]
    assert finder.find_wordings(neighbour) == ()


TOPICS = (Topic("money", ("taxes",)), Topic("sleep", ("engines", "wake")), Topic("nurses"))


SIDED = answerer(replace(FERRY, topics=TOPICS))


@pytest.mark.parametrize(("number", "other"), [(1, 3), (3, 1)])
def test_the_opposite_is_of_the_other_side_on_the_same_topic(number: int, other: int) -> None:
    opposite = SIDED.find_opposite(quote(number))

    assert opposite.candidate
    assert opposite.candidate.quote.text == FERRY.passages[other].text
    assert opposite.topic == "money"
    assert opposite.shared_words == ("taxes" if number == 3 else "Taxes",)


@pytest.mark.parametrize("number", [0, 2])
def test_where_the_other_side_is_silent_on_its_topics_there_is_none(number: int) -> None:
    opposite = SIDED.find_opposite(quote(number))

    assert opposite.candidate is None
    assert opposite.topics
    assert opposite.side is (Side.AGAINST if number == 0 else Side.FOR)


def test_who_stands_on_neither_side_has_no_opposite() -> None:
    assert SIDED.find_opposite(quote(4)).side is None


def test_shared_words_alone_link_nothing() -> None:
    debate = corpus(
        ("We live our lives by the sea and want to go on so.", RIDERS, Side.FOR),
        ("Who would live beside a harbour that never sleeps?", PAYERS, Side.AGAINST),
    )
    opposite = answerer(debate).find_opposite(Quote(p := debate.passages[0], p.frame))

    assert opposite.candidate is None
    assert opposite.topics == ()


def test_a_topic_in_the_name_of_a_voice_alone_links_nothing() -> None:
    debate = corpus(
        ("The payers of this island want nurses to come home safely at night.", RIDERS, Side.FOR),
        ("It would raise the dues of every household by forty pounds a year.", PAYERS, Side.AGAINST),
        topics=(Topic("payers"),),
    )
    opposite = answerer(debate).find_opposite(Quote(p := debate.passages[0], p.frame))

    assert opposite.topics == ("payers",)
    assert opposite.candidate is None


@pytest.mark.parametrize(
    ("text", "voice", "is_reworded"),
    [
        (TIDIED, PAYERS, True),
        (TIDIED, RIDERS, False),
        (TIDIED.replace("is a", "is not a"), PAYERS, False),
        ("Every household of this island wants a ferry that is safe at night.", PAYERS, False),
    ],
)
def test_an_answer_says_that_a_quote_is_printed_in_other_words_too(
    text: str, voice: Voice, *, is_reworded: bool
) -> None:
    debate = corpus((SAID, PAYERS, Side.FOR), (text, voice, Side.FOR))

    answer = answerer(debate).answer("is it a burden on each household of the island?")

    assert SAID in [chosen.quote.text for chosen in answer.quotes]
    assert {chosen.has_wordings for chosen in answer.quotes} == {is_reworded}


def test_an_answer_takes_one_search_and_a_press_one_more() -> None:
    debate = corpus((SAID, PAYERS, Side.FOR), (TIDIED, PAYERS, Side.FOR))
    index = CountingSearches(engine.build(debate.passages, ENGLISH, engine.Bm25Options()))
    asked = Answerer(replace(debate, topics=()), index, ENGLISH)

    [chosen, *_] = asked.answer("is it a burden on each household?").quotes
    searches = index.searches
    asked.find_wordings(chosen.quote)

    assert (searches, index.searches) == (1, 2)
