"""The halves of one utterance: found by voice and paragraph, counted together, each shown by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.analysis import Analyser
from bot.answers.answer import Status
from bot.answers.answerer import Answerer
from bot.answers.quoting import QuoteLengths, SpanCache, is_lead_in
from bot.answers.related_quotes import UtteranceIndex
from bot.model import Document, HeldPassages, Kind, Quote, Side, Span, Turn, Voice, VoiceEntry
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
