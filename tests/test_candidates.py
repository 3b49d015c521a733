"""Halves of an utterance are counted together; a statement has wordings, and an opposite on its topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.analysis import Analyser
from bot.answers.answer import Status
from bot.answers.answerer import Answerer
from bot.answers.candidates import UtteranceIndex, WordingFinder
from bot.answers.quoting import QuoteLengths, SpanCache, is_lead_in
from bot.model import Document, HeldPassages, Kind, Quote, Side, Span, Topic, Turn, Voice, VoiceEntry
from bot.search import Hit, Index, Query
from bot.search.bm25 import engine
from tests.invented_debate import FERRY, PAYERS, RIDERS, answerer, corpus, said

DOCUMENT = Document(
    "bell",
    "“I train two ringers,” she said. “Neither can be taught the organ.”\n\n“No bells at dawn,” he said.\n\n"
    "“Wind the clock by hand.”",
    title="The bells",
)
RINGERS = said(DOCUMENT, "I train two ringers,", RIDERS, Side.FOR)
ORGAN = said(DOCUMENT, "Neither can be taught the organ.", RIDERS, Side.FOR)
DAWN = replace(said(DOCUMENT, "No bells at dawn,", PAYERS, Side.AGAINST), paragraph=2)
CLOCK = replace(said(DOCUMENT, "Wind the clock by hand.", PAYERS, Side.AGAINST), paragraph=3)


@pytest.fixture(scope="module")
def bells() -> Answerer:
    debate = replace(
        FERRY, documents=(DOCUMENT,), passages=HeldPassages((RINGERS, ORGAN, DAWN, CLOCK)), topics=(), synonyms={}
    )
    return answerer(debate)


def test_the_other_half_is_of_the_same_voice_and_paragraph() -> None:
    stranger = replace(ORGAN, voice=PAYERS)
    index = UtteranceIndex(HeldPassages([RINGERS, ORGAN, DAWN]))

    assert index.find_other_halves(RINGERS) == (ORGAN,)
    assert index.find_other_halves(DAWN) == ()
    assert UtteranceIndex(HeldPassages([RINGERS, stranger])).find_other_halves(RINGERS) == ()


def test_nobody_and_a_report_have_no_halves() -> None:
    index = UtteranceIndex(HeldPassages([RINGERS, ORGAN, replace(ORGAN, voice=None)]))

    assert index.find_other_halves(replace(RINGERS, voice=None)) == ()
    assert index.find_other_halves(replace(RINGERS, kind=Kind.REPORTED)) == ()


def test_a_record_of_turns_has_none() -> None:
    turn = Turn(Span(0, 60), Span(0, 1), RIDERS)
    recorded = replace(DOCUMENT, turns=(turn,))
    one, two = replace(RINGERS, document=recorded), replace(ORGAN, document=recorded)

    assert UtteranceIndex(HeldPassages([one, two])).find_other_halves(one) == ()


def test_two_halves_answer_together_and_both_are_shown(bells: Answerer) -> None:
    answer = bells.answer("can ringers be taught the organ")

    assert answer.status is Status.ANSWERED
    assert {chosen.quote.text for chosen in answer.quotes} == {RINGERS.text, ORGAN.text}
    assert answer.unmatched == ()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("bells at dawn", DAWN.text),
        ("who said “no bells at dawn”", DAWN.text),
        ("winding the clock", CLOCK.text),
        ("wound clocks", CLOCK.text),
        ("train ringers", RINGERS.text),
    ],
)
def test_a_remark_too_short_to_stand_alone_is_found_by_all_that_is_asked(
    bells: Answerer, question: str, words: str
) -> None:
    assert [chosen.quote.text for chosen in bells.answer(question).quotes] == [words]


@pytest.mark.parametrize("question", ["bells for tourists", "clock repairs", "treasurer of the payers"])
def test_a_short_remark_is_not_shown_for_a_part_of_it_or_for_a_role(bells: Answerer, question: str) -> None:
    assert bells.answer(question).quotes == ()


def test_what_only_leads_to_a_quote_is_no_answer_but_for_a_card() -> None:
    document = Document(
        "trust", "Ann Low, chair of the Riders, a trust for ringers and their bells, said:", title="Trust"
    )
    lead_in = said(document, document.text, None, kind=Kind.NARRATION)
    told = replace(FERRY, documents=(document,), passages=HeldPassages((lead_in,)), topics=(), synonyms={})

    assert answerer(told).answer("a trust for ringers").quotes == ()
    assert [chosen.quote.passage for chosen in answerer(told).answer("who is Ann Low").quotes] == [lead_in]


@pytest.mark.parametrize(
    ("words", "kind", "is_led"),
    [
        ("Ann Low of the Riders said:", Kind.NARRATION, True),
        ("said Ann Low of the Riders.", Kind.NARRATION, True),
        ("Ann Low of the Riders said so.", Kind.NARRATION, False),
        ("and I say this to the Riders:", Kind.DIRECT, False),
    ],
)
def test_a_lead_in_is_narration_that_is_no_whole_sentence(words: str, kind: Kind, *, is_led: bool) -> None:
    passage = said(Document("trust", words), words, None, kind=kind)

    assert is_lead_in(passage, passage.span) is is_led


@pytest.mark.parametrize(("question", "status"), [("does the tower guild mind", "answered"), ("guild", "closest")])
def test_two_words_side_by_side_in_the_name_of_a_body_ask_after_it(question: str, status: str) -> None:
    voice = replace(RIDERS, organisation="Tower Guild of Moorby")
    document = Document("organ", "Neither of the ringers can be taught the organ, she told the Tower Guild of Moorby.")
    passage = said(document, "Neither of the ringers can be taught the organ,", voice, Side.FOR)
    debate = replace(FERRY, documents=(document,), passages=HeldPassages((passage,)), topics=(), synonyms={}, voices=())

    assert answerer(debate).answer(question).status == status


SPLIT = Document(
    "split",
    "“Ringers are paid in cider,” she said, “and the sexton is paid in eggs. Nobody is paid on Sundays.”\n\n"
    "“The tower leans,” she said. “It always has.”",
    title="The tower",
)
CIDER = said(SPLIT, "Ringers are paid in cider,", RIDERS, Side.FOR)
EGGS = said(SPLIT, "and the sexton is paid in eggs. Nobody is paid on Sundays.", RIDERS, Side.FOR)
TOWER = replace(said(SPLIT, "The tower leans,", RIDERS, Side.FOR), paragraph=2)
ALWAYS = replace(said(SPLIT, "It always has.", RIDERS, Side.FOR), paragraph=2)


@pytest.mark.parametrize("question", ["are ringers paid in cider", "is the sexton paid in eggs", "cider and eggs"])
def test_a_sentence_around_she_said_is_shown_whole_in_its_order(question: str) -> None:
    debate = replace(
        FERRY, documents=(SPLIT,), passages=HeldPassages((CIDER, EGGS, TOWER, ALWAYS)), topics=(), synonyms={}
    )

    assert [chosen.quote.text for chosen in answerer(debate).answer(question).quotes] == [CIDER.text, EGGS.text]


def test_a_half_that_is_a_whole_sentence_has_no_rest() -> None:
    index = UtteranceIndex(HeldPassages([CIDER, EGGS, TOWER, ALWAYS]))
    sunday = Span(EGGS.span.end - len("Nobody is paid on Sundays."), EGGS.span.end)

    assert index.find_rest(Quote(CIDER, CIDER.span)) == (None, Quote(EGGS, EGGS.span))
    assert index.find_rest(Quote(EGGS, EGGS.span)) == (Quote(CIDER, CIDER.span), None)
    assert index.find_rest(Quote(EGGS, sunday)) == (None, None)
    assert index.find_rest(Quote(TOWER, TOWER.span)) == (None, None)
    assert index.find_rest(Quote(ALWAYS, ALWAYS.span)) == (None, None)


OAKS = corpus(
    ("I have burned ash in one grate for fifty years and I still have my teeth.", Voice("Elsie Wood"), Side.AGAINST),
    ("They may do as they please, for I shall be ninety by then and past caring.", Voice("Elsie Wood"), Side.AGAINST),
    ("Whoever burns wood at night makes the whole street breathe it until morning.", RIDERS, Side.FOR),
    ("The council counted the wood that is sold at the quay, its clerk confirmed.", None, Side.NEITHER),
    ("Mrs Wood was offered a blanket by the council, its clerk confirmed on Monday.", None, Side.NEITHER),
    voices=(VoiceEntry("Elsie Wood", ("Wood",), None, None, Side.AGAINST),),
    topics=(),
    synonyms={},
)


def test_a_name_alone_is_met_by_what_that_voice_says_and_what_is_said_of_it() -> None:
    texts = [chosen.quote.text for chosen in answerer(OAKS).answer("Elsie Wood").quotes]

    assert set(texts[:2]) == {passage.text for passage in OAKS.passages[:2]}
    assert OAKS.passages[3].text not in texts


@pytest.mark.parametrize(("number", "is_named"), [(2, False), (3, False), (4, True)])
def test_a_name_that_is_a_word_is_named_with_its_capital(number: int, *, is_named: bool) -> None:
    cache = SpanCache(OAKS, Analyser("english"), QuoteLengths())

    assert cache.has_name(OAKS.passages[number], OAKS.voices) is is_named


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
    passage = FERRY.passages[4]

    assert answerer(FERRY).find_wordings(Quote(passage, passage.frame)) == ()


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


TOPICS = (Topic("money", ("taxes",)), Topic("sleep", ("engines", "wake")), Topic("nurses"))
SIDED = answerer(replace(FERRY, topics=TOPICS))


def quote(number: int) -> Quote:
    passage = FERRY.passages[number]
    return Quote(passage, passage.frame)


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
