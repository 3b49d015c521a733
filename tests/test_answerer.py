"""Questions answered: outcomes, balance, voices, follow-ups, silence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis import Analyser
from bot.answers import answer_builder
from bot.answers.answer import Answer, AnswerNote, Card, Status, VoiceFacts
from bot.answers.answerer import Answerer
from bot.answers.question import Question
from bot.answers.question_parser import QuestionParser
from bot.answers.question_tables import load_question_language
from bot.answers.quoting import drop_uncertain_voices
from bot.model import Document, HeldPassages, Kind, Quote, Side, Topic, Voice, VoiceEntry
from bot.replies.answer import render_answer
from bot.search import Hit, Query
from tests.invented_debate import FERRY, PAYERS, RIDERS, answerer, corpus, said

ENGLISH = Analyser("english")


class WeighedIndex:
    """An index that finds the hits it holds, and weighs stems as it is told."""

    def __init__(self, hits: Sequence[Hit], weights: Mapping[str, float], other: float) -> None:
        self._hits, self._weights, self._other = hits, weights, other

    def search(self, query: Query, limit: int) -> Sequence[Hit]:  # noqa: ARG002
        return self._hits[:limit]

    def idf(self, stem: str) -> float:
        return self._weights.get(stem, self._other)


@pytest.fixture(scope="module")
def ferry() -> Answerer:
    return answerer(FERRY)


def sides(answer: Answer) -> list[Side]:
    return [chosen.quote.passage.side for chosen in answer.quotes]


def texts(answer: Answer) -> list[str]:
    return [chosen.quote.text for chosen in answer.quotes]


def test_when_both_sides_match_both_are_shown(ferry: Answerer) -> None:
    answer = ferry.answer("what about taxes?")

    assert answer.status is Status.ANSWERED
    assert sorted(sides(answer)) == [Side.AGAINST, Side.FOR]
    assert answer.silent_sides == ()


def test_a_side_that_has_nothing_is_said_to_be_silent(ferry: Answerer) -> None:
    answer = ferry.answer("noisy engines")

    assert sides(answer) == [Side.AGAINST]
    assert answer.silent_sides == (Side.FOR,)


def test_words_no_quote_has_together_leave_silence_and_topics(ferry: Answerer) -> None:
    answer = ferry.answer("parking badges for visitors")

    assert answer.status is Status.ABSTAINED
    assert answer.quotes == ()
    assert answer.unmatched == ("parking", "badges", "visitors")
    assert answer.topics == ("money", "noise")


def test_every_topic_offered_is_answered(ferry: Answerer) -> None:
    statuses = [ferry.answer(topic).status for topic in ferry.answerable_topics]

    assert statuses == [Status.ANSWERED] * len(ferry.answerable_topics)
    assert ferry.answerable_topics


def test_part_of_a_question_matched_is_only_close(ferry: Answerer) -> None:
    answer = ferry.answer("do noisy engines bring tourism")

    assert answer.status is Status.CLOSEST
    assert answer.unmatched == ("tourism",)
    assert answer.quotes


@pytest.mark.parametrize(
    "question", ["", "?!", "👍", "the of and", "so what do people think", "hi", "x" * 5000, "\ud800"]
)
def test_nothing_asked_is_met_with_silence(ferry: Answerer, question: str) -> None:
    assert ferry.answer(question).status is Status.ABSTAINED


def test_a_raw_score_never_stands_for_words_matched(ferry: Answerer) -> None:
    assert ferry.answer("night ferry " * 9 + "volcano").status is Status.ABSTAINED


def test_a_loaded_word_is_listed_and_never_echoed_as_searched(ferry: Answerer) -> None:
    answer = ferry.answer("why do greedy liars want taxes")

    assert answer.searched == ("taxes",)
    assert answer.unmatched == ("greedy", "liars")


def test_the_voice_asked_after_is_heard_and_so_is_the_other_side(ferry: Answerer) -> None:
    answer = ferry.answer("what does Ann Low say about taxes")

    names = {c.quote.passage.voice.name for c in answer.quotes if c.quote.passage.voice}
    assert names == {"Ann Low", "Bob High"}


def test_whoever_speaks_for_a_body_speaks_when_the_body_is_asked(ferry: Answerer) -> None:
    assert "Taxes are fairer" in " ".join(texts(ferry.answer("what do the Riders say about taxes")))


@pytest.mark.parametrize(
    "question",
    [
        "what does Ann Low say about noisy engines",
        "Ann Low on the harbour at two in the morning",
        "did Bob High ever mention a quay",
        "what is Low's view of engines",
        "Bob High on nurses and their shifts",
    ],
)
def test_nobody_elses_words_are_shown_for_the_voice_asked_after(ferry: Answerer, question: str) -> None:
    assert ferry.answer(question).quotes == ()


@pytest.mark.parametrize(
    "question", ["are liars greedy about taxes", "noisy tourism", "engines that wake tourists on the mainland"]
)
def test_less_than_most_of_a_question_is_not_close(ferry: Answerer, question: str) -> None:
    shown = ferry.answer(question)

    assert (shown.status is Status.CLOSEST) == ("taxes" in shown.searched)
    assert shown.status is not Status.ANSWERED


def test_of_alternatives_one_is_enough_and_the_other_is_told(ferry: Answerer) -> None:
    answer = ferry.answer("is it about nurses or whales")

    assert answer.status is Status.CLOSEST
    assert (answer.searched, answer.unmatched) == (("nurses",), ("whales",))


def test_an_unknown_name_asked_after_is_met_with_silence(ferry: Answerer) -> None:
    answer = ferry.answer("what did Carla Deep say about taxes")

    assert answer.status is Status.ABSTAINED
    assert answer.unmatched[0] == "Carla Deep"


def test_another_on_the_same_side_is_not_taken_for_the_voice_asked_after() -> None:
    debate = corpus(
        ("Nurses need the boat to come home after work.", RIDERS, Side.FOR),
        ("Nurses deserve a boat that runs on time too.", replace(RIDERS, name="Cy Mid", organisation=None), Side.FOR),
    )

    shown = answerer(debate).answer("what does Ann Low say about nurses")

    assert texts(shown) == ["Nurses need the boat to come home after work."]


@pytest.mark.parametrize("question", ["the night ferry", "for and against", "what do critics say"])
def test_a_question_about_the_whole_debate_hears_both_sides(ferry: Answerer, question: str) -> None:
    answer = ferry.answer(question)

    assert answer.status is Status.ANSWERED
    assert sides(answer).count(Side.FOR) == sides(answer).count(Side.AGAINST) > 0


def test_a_date_that_is_asked_for_must_be_there(ferry: Answerer) -> None:
    assert ferry.answer("when will the council vote").status is Status.ANSWERED
    assert ferry.answer("when do noisy engines wake us").status is Status.CLOSEST


def test_who_somebody_is_is_told_by_the_words_that_name_them() -> None:
    debate = corpus(
        ("Ann Low, chair of the Riders, told the harbour meeting:", None, Side.NEITHER),
        ("A ferry after midnight brings nurses home from their shifts.", RIDERS, Side.FOR),
    )

    shown = answerer(debate).answer("who is Ann Low")

    assert texts(shown) == ["Ann Low, chair of the Riders, told the harbour meeting:"]


def test_a_task_is_no_question(ferry: Answerer) -> None:
    assert ferry.answer("write me a speech on taxes").status is Status.ABSTAINED


def test_a_pronoun_keeps_the_voice_of_the_question_before(ferry: Answerer) -> None:
    answer = ferry.answer("and what does he say of engines", ["what does Bob High say on taxes"])

    assert answer.voices == ("Bob High",)
    assert answer.searched == ("engines",)


def test_a_pronoun_reaches_back_over_several_questions(ferry: Answerer) -> None:
    before = ["what does Bob High say on taxes", "what does he say of engines"]

    assert ferry.answer("does he mention the harbour", before).voices == ("Bob High",)


def test_a_new_question_that_stands_alone_keeps_nothing(ferry: Answerer) -> None:
    answer = ferry.answer("nurses on the quay", ["what does Bob High say on taxes"])

    assert answer.voices == ()
    assert "taxes" not in answer.searched


def test_a_follow_up_without_words_of_its_own_keeps_the_old_ones(ferry: Answerer) -> None:
    answer = ferry.answer("and the treasurer?", ["what about taxes"])

    assert "taxes" in answer.searched or answer.voices == ("Bob High",)


def test_a_misspelt_word_of_the_follow_up_is_not_told_as_carried_over(ferry: Answerer) -> None:
    answer = ferry.answer("and the housholds?", ["parking"])

    assert answer.searched == ("household",)
    assert answer.inherited == ()


def test_a_time_of_the_follow_up_is_not_told_as_carried_over() -> None:
    answer = dated(*CALENDAR).answer("what did Ann Low say in 2023", ["parking"])

    assert answer.searched == ("in 2023",)
    assert answer.inherited == ()


def test_a_question_that_does_not_lean_gets_no_borrowed_words(ferry: Answerer) -> None:
    answer = ferry.answer("weather in Oslo tomorrow", ["what about taxes"])

    assert answer.status is Status.ABSTAINED


def test_a_follow_up_nobody_can_answer_stays_unanswered(ferry: Answerer) -> None:
    answer = ferry.answer("and volcanoes and tides and whales?", ["parking"])

    assert answer.status is Status.ABSTAINED
    assert answer.unmatched == ("volcanoes", "tides", "whales")


def test_a_follow_up_that_leans_searches_both(ferry: Answerer) -> None:
    answer = ferry.answer("and households with 40 tourists?", ["what about taxes"])

    assert "taxes" in answer.searched


def test_the_same_place_is_shown_once() -> None:
    debate = replace(FERRY, passages=HeldPassages((*FERRY.passages, FERRY.passages[0])))

    shown = texts(answerer(debate).answer("nurses after midnight"))

    assert len(shown) == len(set(shown))


def test_the_same_words_in_other_documents_are_shown_once_and_told() -> None:
    early, late = (replace(FERRY.documents[0], id=date, date=date) for date in ("2031-01-01", "2031-02-01"))
    again = [replace(FERRY.passages[0], document=other) for other in (late, early)]
    debate = replace(FERRY, passages=HeldPassages((*FERRY.passages, *again)))

    [shown] = answerer(debate).answer("nurses after midnight").quotes

    assert shown.quote.passage.document.id == "2031-01-01"
    assert [document.id for document in shown.also_in] == ["2031-02-01", "ferry"]


def test_neither_side_is_silent_where_both_say_the_same_words() -> None:
    [low, high] = [
        Document(name, "The turnstile was broken for eleven summers.", date=name) for name in ("2021", "2022")
    ]
    passages = (
        said(low, low.text, RIDERS, Side.FOR),
        said(high, high.text, PAYERS, Side.AGAINST),
    )

    answer = answerer(replace(FERRY, documents=(low, high), passages=HeldPassages(passages))).answer(
        "the broken turnstile"
    )

    assert answer.silent_sides == ()
    assert [(q.quote.passage.side, q.also_in) for q in answer.quotes] == [(Side.FOR, ()), (Side.AGAINST, ())]


def test_a_quote_shown_is_found_by_its_id(ferry: Answerer) -> None:
    quote = ferry.answer("taxes").quotes[0].quote

    found = ferry.find_quote(quote.id)

    assert found is not None
    assert found.span == quote.span


def test_an_empty_corpus_answers_with_silence() -> None:
    empty = replace(FERRY, passages=HeldPassages(), topics=())

    assert answerer(empty).answer("taxes").status is Status.ABSTAINED


def test_a_doubtful_name_is_neither_shown_nor_searched_nor_counted_for_a_side() -> None:
    doubtful = replace(FERRY, passages=HeldPassages(replace(p, confidence=0.5) for p in FERRY.passages))

    certain = drop_uncertain_voices(doubtful, 0.7)

    assert {p.voice for p in certain.passages} == {None}
    assert {p.side for p in certain.passages} == {Side.NEITHER}
    assert drop_uncertain_voices(doubtful, 0.5) == doubtful


def test_whoever_may_be_somebody_else_is_named_at_no_setting() -> None:
    doubtful = replace(FERRY, passages=HeldPassages(replace(p, is_doubtful=True) for p in FERRY.passages))

    certain = drop_uncertain_voices(doubtful, 0.0)

    assert {p.voice for p in certain.passages} == {None}


def test_narration_needs_no_name_and_keeps_its_place() -> None:
    told = replace(FERRY.passages[4], confidence=0.1)

    [kept] = drop_uncertain_voices(replace(FERRY, passages=HeldPassages((told,))), 0.7).passages

    assert kept == told
    assert kept.kind is Kind.NARRATION


@given(st.lists(st.sampled_from([w for p in FERRY.passages for w in p.text.split()]), max_size=9))
def test_every_quote_is_its_documents_own_words(asked: list[str]) -> None:
    answer = answerer(FERRY).answer(" ".join(asked))

    assert all(chosen.quote.text == FERRY.documents[0].text[slice(*chosen.quote.span)] for chosen in answer.quotes)
    assert len(answer.quotes) <= 4


def test_both_voices_of_a_small_debate_are_known() -> None:
    assert {p.voice for p in FERRY.passages} == {RIDERS, PAYERS, None}


LANTERNS = corpus(
    ("The nurses would come home across the harbour.", RIDERS, Side.FOR),
    ("Nobody ever lit the old lanterns on the northern quay.", PAYERS, Side.AGAINST),
)


def judge(matched_weight: float) -> Answer:
    """Ask three things of which the best quote has two, with this share of the weight of all."""
    weights = {"nurs": matched_weight / 2, "harbour": matched_weight / 2}
    index = WeighedIndex([Hit(LANTERNS.passages[0], 1.0)], weights, 1 - matched_weight)
    return Answerer(LANTERNS, index, ENGLISH).answer("nurses harbour lanterns")


@pytest.mark.parametrize(
    ("share", "status"),
    [
        (1.101 / 3**0.5, Status.ANSWERED),
        (1.099 / 3**0.5, Status.CLOSEST),
        (0.551, Status.CLOSEST),
        (0.549, Status.ABSTAINED),
    ],
)
def test_coverage_decides_for_an_answer_and_the_share_for_what_is_close(share: float, status: Status) -> None:
    # Coverage is the share of the weight, times the root of the number of things asked.
    assert judge(share).status is status


def test_a_word_that_judges_weighs_a_quarter() -> None:
    parser = QuestionParser(LANTERNS, ENGLISH, lambda _: 2.0)

    weights = [concept.weight for concept in parser.parse("cruel nurses").concepts]

    assert weights == [0.5, 2.0]


def test_an_abstention_offers_three_topics_and_no_fourth() -> None:
    topics = tuple(Topic(name) for name in ("nurses", "household", "harbour", "quay"))
    four = corpus(documents=FERRY.documents, passages=FERRY.passages, topics=topics)

    assert answerer(four).answer("parking badges").topics == ("nurses", "household", "harbour")


def test_a_withheld_passage_takes_no_place_among_the_hits() -> None:
    debate = corpus(
        ("The nurses would come home across the harbour.", RIDERS, Side.FOR),
        ("The nurses need the harbour to sleep at night.", PAYERS, Side.AGAINST),
    )
    shallow = answerer(debate, depth=1)
    [first] = texts(shallow.answer("nurses harbour"))

    visible = tuple(passage for passage in debate.passages if passage.text != first)
    restricted = shallow.restrict_to(replace(debate, passages=HeldPassages(visible)))

    assert texts(restricted.answer("nurses harbour")) == [visible[0].text]
    assert restricted.find_quote(Quote(visible[0], visible[0].frame).id) is not None


@pytest.mark.parametrize(
    "question", ["hi!", "so what is this about", "sources?", "who takes part in the ferry debate?"]
)
def test_whoever_does_not_know_what_to_ask_gets_the_debate_with_a_quote_a_side(ferry: Answerer, question: str) -> None:
    answer = ferry.answer(question)

    assert (answer.status, answer.card) == (Status.ABSTAINED, Card.CORPUS)
    assert sides(answer) == [Side.FOR, Side.AGAINST]
    assert answer.topics == ("money", "noise")


def test_the_debate_shown_after_an_answer_shows_no_quote_of_it_again(ferry: Answerer) -> None:
    before = ferry.answer("sources?")

    after = ferry.answer("what is this?", ["sources?"])

    assert set(texts(before)).isdisjoint(texts(after))


@pytest.mark.parametrize(
    ("question", "note"),
    [("are you a bot?", "about"), ("cheers, lovely", "courtesy"), ("?!… —", "no_words"), ("👍👍", "no_words")],
)
def test_what_asks_nothing_gets_a_line_and_no_quote(ferry: Answerer, question: str, note: str) -> None:
    answer = ferry.answer(question)

    assert (answer.status, answer.note, answer.quotes) == (Status.ABSTAINED, note, ())


def test_who_somebody_is_is_a_card_of_the_curators_facts(ferry: Answerer) -> None:
    answer = ferry.answer("who is Ann Low?")

    assert answer.card is Card.VOICE
    assert answer.voice_facts == VoiceFacts("Ann Low", "chair", "Riders", Side.FOR, 2)


@pytest.mark.parametrize(
    "question",
    ["who tf is Ann Low", "Who the actual heck is Ann Low?", "who even is ann low", "who in the world is Ann Low"],
)
def test_an_expletive_between_a_question_word_and_its_verb_asks_nothing(ferry: Answerer, question: str) -> None:
    answer = ferry.answer(question)

    assert answer.card is Card.VOICE
    assert answer.unmatched == ()


def test_the_same_words_elsewhere_are_searched_for(ferry: Answerer) -> None:
    assert "earth" in ferry.answer("what about the earth and taxes").unmatched


def test_a_body_is_a_card_too_and_counts_what_is_said_for_it(ferry: Answerer) -> None:
    answer = ferry.answer("who are the Riders?")

    assert answer.voice_facts == VoiceFacts("Riders", None, "Riders", Side.FOR, 2)


def test_two_people_of_one_voice_are_no_he() -> None:
    names = ("Pete Low", "Professor Pete Low and Dr Ann High", "Ann High")
    lines = [
        (f"The tide will not wait for vote number {number} of the board.", Voice(name), Side.FOR)
        for number, name in enumerate(names)
    ]
    pair = answerer(corpus(*lines, voices=tuple(VoiceEntry(name, (), "warden") for name in names), topics=()))

    assert pair.answer("who is he?").choices == ("Pete Low",)
    assert pair.answer("who is she?").choices == ("Ann High",)


def test_a_pronoun_that_two_may_mean_is_a_choice_of_people(ferry: Answerer) -> None:
    asked = ferry.answer("who is she?")
    told = ferry.answer("what do they both say, and who is he?", ["what about taxes?"])

    assert (asked.card, asked.choices) == (Card.CHOICE, ("Ann Low",))
    assert told.voices == ("Bob High",)


@pytest.fixture(scope="module")
def two_women() -> Answerer:
    """Return an answerer of two women who both spoke of taxes, one of them of a surname that two have."""
    women = [Voice(name, "chair", "Riders") for name in ("Ann Low", "Mary High", "Jane Low")]
    entries = tuple(VoiceEntry(woman.name, (), "chair", "Riders", Side.FOR) for woman in women)
    lines = [(f"Taxes are fairer than {what} on a quay.", woman) for what, woman in zip("abc", women, strict=True)]
    return answerer(corpus(*((words, woman, Side.FOR) for words, woman in lines[:2]), voices=entries))


@pytest.mark.parametrize(
    ("question", "history", "choices", "subject"),
    [
        ("what does she say?", ["what about taxes?"], {"Ann Low", "Mary High"}, ("taxes",)),
        ("and Low?", ["what about taxes?"], {"Ann Low", "Jane Low"}, ("taxes",)),
        ("what does she say?", [], {"Ann Low", "Mary High", "Jane Low"}, ()),
    ],
)
def test_a_choice_keeps_what_was_asked_before_it(
    two_women: Answerer, question: str, history: list[str], choices: set[str], subject: tuple[str, ...]
) -> None:
    answer = two_women.answer(question, history)

    assert (set(answer.choices), answer.inherited) == (choices, subject)
    first_button = render_answer(answer, FERRY).buttons[0][0].command
    assert first_button == f"/ask {answer.choices[0]} {' '.join(subject) or question}"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("qui paie les impôts pour ça ?", "french"),
        ("wer bezahlt das und warum nicht wir", "german"),
        ("¿quién lo paga todo?", "spanish"),
        ("¿es todo?", "spanish"),
        ("税金は誰が払うのですか", "other"),
        ("кто будет платить за это", "russian"),
        ("who would pay the taxes", None),
        ("die taxes", None),
        ("was sagt Low zum Hafen?", "german"),
        ("was Low on taxes?", None),
    ],
)
def test_a_question_in_another_language_is_known_for_one(ferry: Answerer, question: str, language: str | None) -> None:
    assert ferry.answer(question).question_language == language


@pytest.mark.parametrize(
    ("greeting", "language"),
    [("bonjour", "french"), ("guten Abend", "german"), ("dzień dobry", "polish"), ("bonjour à tous", "french")],
)
def test_a_greeting_in_another_language_opens_the_debate(ferry: Answerer, greeting: str, language: str) -> None:
    answer = ferry.answer(greeting)

    assert (answer.card, answer.question_language) == ("corpus", language)


KNIVES = corpus(
    ("He opened each oyster with a knife that his father had made.", PAYERS, Side.AGAINST),
    ("Crime is what the ferrymen of the island call a delay of an hour.", PAYERS, Side.AGAINST),
    ("A crime against oysters was tried on the quay in the last century.", PAYERS, Side.AGAINST),
    *((f"Nothing was landed at the quay on day {number} of the strike.", RIDERS, Side.FOR) for number in range(3, 8)),
    topics=(),
    synonyms={},
)


@pytest.mark.parametrize(("many", "count"), [(8, 1), (9, 3)])
def test_who_has_half_a_compound_is_shown_beside_the_whole_only_among_few_passages(
    monkeypatch: pytest.MonkeyPatch, many: int, count: int
) -> None:
    monkeypatch.setattr(answer_builder, "MANY_PASSAGES", many)

    answer = answerer(KNIVES).answer("oyster crime")

    assert answer.status is Status.ANSWERED
    assert len(answer.quotes) == count


@pytest.mark.parametrize("thanks", ["merci", "danke", "merci à tous"])
def test_thanks_in_another_language_are_met_with_courtesy(ferry: Answerer, thanks: str) -> None:
    assert ferry.answer(thanks).note == "courtesy"


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("how long does the ferry take", "abstained"),
        ("how often does the ferry run", "abstained"),
        ("how long have the nurses", "abstained"),
        ("when were the taxes", "abstained"),
        ("how long are nurses stranded on the quay", "closest"),
        ("when is the vote", "answered"),
        ("before 2020", "abstained"),
    ],
)
def test_a_date_or_number_that_no_quote_has_is_not_met_by_a_word_or_none(
    ferry: Answerer, question: str, status: str
) -> None:
    answer = ferry.answer(question)

    assert (answer.status, answer.note) == (status, None)


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("a boat every eight minutes", True),
        ("twice on Sundays", True),
        ("six a day", True),
        ("every pound of it", False),
        ("a boat for each passenger", False),
    ],
)
def test_how_often_is_told_by_a_count_of_a_time(text: str, *, is_told: bool) -> None:
    assert load_question_language("english").has_all_answer_types(frozenset({"frequency"}), text) is is_told


@pytest.mark.parametrize(
    ("question", "many", "status"),
    [
        ("knife crime", 8, "abstained"),
        ("knife crime", 9, "closest"),
        ("a knife, a crime", 8, "closest"),
        ("oyster knife", 8, "answered"),
    ],
)
def test_half_a_compound_is_beside_the_point_among_many_passages(
    monkeypatch: pytest.MonkeyPatch, question: str, many: int, status: str
) -> None:
    monkeypatch.setattr(answer_builder, "MANY_PASSAGES", many)

    assert answerer(KNIVES).answer(question).status == status


def test_of_a_question_in_another_language_no_word_is_looked_for_by_itself(ferry: Answerer) -> None:
    reply = render_answer(ferry.answer("qui paie les taxes pour les nurses du ferry ?"), FERRY)

    lines = "".join(piece.text for block in reply.blocks for piece in block)
    assert lines.startswith("Les citations ici sont en anglais.")
    assert "nurses" not in lines
    assert reply.buttons
    assert reply.missed_words == ()


def test_the_voice_or_side_asked_after_comes_first(ferry: Answerer) -> None:
    for question, first in [
        ("what does Bob High say about taxes?", Side.AGAINST),
        ("what does Ann Low say about taxes?", Side.FOR),
        ("who is against taxes?", Side.AGAINST),
        ("who supports taxes? arguments for", Side.FOR),
    ]:
        assert sides(ferry.answer(question))[:2] == [first, {Side.FOR: Side.AGAINST, Side.AGAINST: Side.FOR}[first]]


def test_how_long_after_an_answer_searches_for_a_time_and_shows_nothing_again() -> None:
    debate = corpus(
        ("The taxes for the night ferry are fair and the whole island pays them.", RIDERS, Side.FOR),
        ("Engines on the night ferry would take three years to fit with silencers.", PAYERS, Side.AGAINST),
    )
    answer = answerer(debate).answer("and how long would it take?", ["what about taxes?"])

    assert texts(answer) == ["Engines on the night ferry would take three years to fit with silencers."]


def dated(*lines: tuple[str, str, Voice]) -> Answerer:
    """Return an answerer of one document for each line: its date, words and voice."""
    debates = [corpus((words, voice, Side.FOR), topics=(), synonyms={}) for _, words, voice in lines]
    documents = [
        replace(debate.documents[0], id=f"day-{date}", date=date)
        for debate, (date, _, _) in zip(debates, lines, strict=True)
    ]
    passages = [
        replace(debate.passages[0], document=document) for debate, document in zip(debates, documents, strict=True)
    ]
    return answerer(replace(debates[0], documents=tuple(documents), passages=HeldPassages(passages)))


CALENDAR = (
    ("2021-05-04", "The quay was rotten then, and everybody who walked on it knew as much.", RIDERS),
    ("2022", "The quay has been mended on one side, the one from which nobody sails.", PAYERS),
    ("2023-11-02", "The quay will stand until 2040, I am told, and I should like that in writing.", RIDERS),
)


@pytest.mark.parametrize(
    ("question", "starts"),
    [
        ("the quay in 2021", ["The quay was"]),
        ("quay in May 2021", ["The quay was"]),
        ("quay in June 2021", []),
        ("what did they say about the quay since 2022", ["The quay has", "The quay will"]),
        ("the quay before 2022", ["The quay was", "The quay has"]),
        ("quay 2021 to 2022", ["The quay was", "The quay has"]),
        ("the quay 2023", ["The quay will"]),
        ("quay 2040", ["The quay will"]),
        ("what did Ann Low say in 2023", ["The quay will"]),
        ("latest on the quay", ["The quay will", "The quay has", "The quay was"]),
        ("the earliest on the quay", ["The quay was", "The quay has", "The quay will"]),
    ],
)
def test_the_dates_of_sources_can_be_asked(question: str, starts: list[str]) -> None:
    answer = dated(*CALENDAR).answer(question)
    shown = [" ".join(text.split()[:3]) for text in texts(answer)]

    if not starts:
        assert answer.status is Status.CLOSEST
        assert "in June 2021" in answer.unmatched
    elif answer.quotes and ("latest" in question or "earliest" in question):
        assert shown == starts
    else:
        assert sorted(shown) == sorted(starts)


@pytest.mark.parametrize(
    ("question", "left_out"),
    [
        ("taxes -nurses", ("nurses",)),
        ("taxes not about nurses", ("nurses",)),
        ("taxes except nurses?", ("nurses",)),
        ("taxes NOT nurses", ("nurses",)),
        ("taxes - nurses", ()),
        ("well-being", ()),
    ],
)
def test_what_is_to_be_left_out_is_left_out_and_told(ferry: Answerer, question: str, left_out: tuple[str, ...]) -> None:
    answer = ferry.answer(question)

    assert answer.left_out == left_out
    assert not any("nurses" in text for text in texts(answer)) or not left_out


@pytest.mark.parametrize(
    ("question", "count"), [("“whole harbour”", 1), ('"harbour whole"', 0), ("harbour whole", 1), ("«night ferry»", 1)]
)
def test_words_in_quotation_marks_must_stand_so(ferry: Answerer, question: str, count: int) -> None:
    assert len(ferry.answer(question).quotes) == count


def test_what_is_only_close_is_one_or_two_quotes() -> None:
    lines = [
        (f"Taxes were raised for the {n} time by the same council this spring.", RIDERS, Side.FOR) for n in range(6)
    ]
    answer = answerer(corpus(*lines, topics=(), synonyms={})).answer(
        "taxes and whales and parrots and taxes on the council"
    )

    assert answer.status is not Status.ANSWERED
    assert len(answer.quotes) <= 2


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("why did Ann Low want noisy engines", Status.CLOSEST),
        ("why did Ann Low speak for noisy engines", Status.ABSTAINED),
        ("what did Ann Low make of noisy engines", Status.ABSTAINED),
        ("Low on noisy engines", Status.ABSTAINED),
        ("why did Ann Low want noisy engines abroad", Status.ABSTAINED),
    ],
)
def test_others_are_close_where_a_voice_is_only_spoken_of(ferry: Answerer, question: str, status: Status) -> None:
    assert ferry.answer(question).status is status


async def test_a_question_that_was_looked_at_is_not_parsed_again_in_its_task_and_forgotten_with_it() -> None:
    parsed: list[str] = []

    class CountingParser(QuestionParser):
        def parse(self, text: str) -> Question:
            parsed.append(text)
            return super().parse(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.answers.answerer.QuestionParser", CountingParser)
        ferry, other = answerer(FERRY), answerer(FERRY)
    for each in (ferry, other):
        each.search_topics()
    parsed.clear()

    async def look_and_ask(*asked: Answerer) -> list[Answer]:
        assert not ferry.leans_on_context("who pays for the ferry?")
        return [await asyncio.to_thread(each.answer, "who pays for the ferry?") for each in asked]

    [first] = await asyncio.create_task(look_and_ask(ferry))
    assert parsed == ["who pays for the ferry?"]
    assert first == ferry.answer("who pays for the ferry?")
    assert len(parsed) == 2
    [_, elsewhere] = await asyncio.create_task(look_and_ask(ferry, other))
    assert len(parsed) == 4
    assert elsewhere == first


def test_the_words_of_a_name_that_nobody_bears_are_told_once(ferry: Answerer) -> None:
    answer = ferry.answer("what does the Prime Minister say about whales?")

    assert answer.unmatched == ("Prime Minister", "whales")


KINDS = (
    "In March the auditors reported that the winter boats ran empty.",
    "A season ticket is dear. Forty sailors signed the letter.",
    "The Harbour Users Forum (HUF) meets in the chapel.",
    "HUF wants the chapel back, and every forum in the harbour is behind it.",
    "Three in ten riders pay at the gate, since 2019.",
    "Sixteen crates came ashore.",
    "A poll of crews found that six in ten would walk out in a strike.",
)


@pytest.fixture(scope="module")
def kinds() -> Answerer:
    return answerer(corpus(*((text, PAYERS, Side.FOR) for text in KINDS)))


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("in which months did the winter boats run empty", "closest"),
        ("in which month did the auditors report", "answered"),
        ("which year did the auditors report", "closest"),
        ("which year is the ticket", "abstained"),
        ("how many season tickets are there", "closest"),
        ("how many sailors signed", "answered"),
        ("how many crates came ashore", "answered"),
        ("what percentage of crews would strike", "answered"),
        ("what percentage of riders pay", "answered"),
        ("what percentage of sailors signed", "closest"),
        ("at what time does the forum meet in the chapel", "closest"),
    ],
)
def test_what_is_asked_for_has_to_stand_in_a_sentence_on_what_was_asked(
    kinds: Answerer, question: str, status: str
) -> None:
    assert kinds.answer(question).status == status


def test_silence_on_a_year_names_it_beside_the_word_that_quotes_have(kinds: Answerer) -> None:
    assert kinds.answer("which year is the ticket").unmatched == ("which year", "ticket")


@pytest.mark.parametrize("question", ["what does HUF stand for?", "HUF = ?", "huf"])
def test_an_acronym_asked_for_alone_starts_with_what_it_stands_for(kinds: Answerer, question: str) -> None:
    assert texts(kinds.answer(question))[0] == KINDS[2]


def test_an_acronym_beside_another_word_is_a_word_as_any(kinds: Answerer) -> None:
    assert texts(kinds.answer("does HUF want the chapel back"))[0] == KINDS[3]


@pytest.mark.parametrize("question", ["who had the 'season ticket'?", "‘season ticket’", "is a 'season ticket' dear"])
def test_words_between_single_marks_stand_so(kinds: Answerer, question: str) -> None:
    assert "season ticket" in kinds.answer(question).searched


def test_apostrophes_are_no_marks(kinds: Answerer) -> None:
    assert kinds.answer("the riders' gate and the riders' pay").searched == ("riders'", "gate", "pay")


def test_a_percentage_is_asked_for_as_one_thing(kinds: Answerer) -> None:
    answer = kinds.answer("do 40% of riders pay at the gate")

    assert (answer.status, answer.searched, answer.unmatched) == (Status.CLOSEST, ("riders", "pay", "gate"), ("40%",))


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("winder boats", "abstained"),
        ("sialors", "answered"),
        ("boast", "closest"),
        ("tears", "abstained"),
        ("singed", "closest"),
    ],
)
def test_a_word_in_another_order_of_letters_brings_what_is_near(kinds: Answerer, question: str, status: str) -> None:
    assert kinds.answer(question).status == status


def test_a_word_of_the_motion_is_searched_where_a_quote_shown_has_it(ferry: Answerer) -> None:
    one, other, none = (ferry.answer(text) for text in ("ferry nurses midnight", "ferry taxes pounds", "ferry brexit"))

    assert (one.searched, other.searched, none.searched) == (("ferry", "nurses", "midnight"), ("taxes", "pounds"), ())


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("what did she say about taxes", Card.CHOICE),
        ("did he ever say anything about nurses", Card.CHOICE),
        ("the nurses: would he say so", None),
        ("how many quotes are there?", Card.CORPUS),
        ("how many documents do you have", Card.CORPUS),
        ("how many nurses are there", None),
    ],
)
def test_whom_a_pronoun_means_is_asked_and_what_there_is_is_shown(
    ferry: Answerer, question: str, card: Card | None
) -> None:
    assert ferry.answer(question).card is card


def test_a_question_in_capitals_names_nobody_by_them(ferry: Answerer) -> None:
    known, unknown = ferry.answer("NURSES AND ENGINES"), ferry.answer("TAXES AND JUNE BURDETT")

    assert (known.status, known.unmatched) == (Status.CLOSEST, ("NURSES",))
    assert unknown.status is Status.ABSTAINED


def test_a_word_that_asks_nothing_repeats_no_quote_of_any_answer_before_it(ferry: Answerer) -> None:
    asked = ["taxes"]
    shown = [chosen.quote.id for chosen in ferry.answer("taxes").quotes]

    for _ in range(3):
        shown += [chosen.quote.id for chosen in ferry.answer("no", asked).quotes]
        asked.append("no")

    assert len(shown) == len({*shown}) > 1
    assert ferry.answer("no", asked).note is AnswerNote.NOTHING_NEW


def test_nothing_new_is_said_of_what_was_quoted_alone(ferry: Answerer) -> None:
    assert ferry.answer("why?", ["taxes", "zebras"]).note is None
