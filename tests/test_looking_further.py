"""What one voice said, the opposite of a quote, its other wordings, and further pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis import Analyser
from bot.answers.answerer import Answerer
from bot.answers.balance import paginate
from bot.answers.by_speaker import PAGE_SIZE, SpeakerPage, SpeakerQuery
from bot.answers.other_wordings import WordingFinder
from bot.model import Corpus, Document, Kind, Quote, Side, Span, Topic, Voice, VoiceEntry
from bot.search.bm25 import engine
from tests.invented_debate import FERRY, PAYERS, RIDERS, corpus, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.service import Service

ENGLISH = Analyser("english")
LONG = "and that is what the harbour master has told us all along"


def answerer(debate: Corpus) -> Answerer:
    index = engine.build(debate.passages, ENGLISH, engine.Bm25Options())
    return Answerer(debate, index, ENGLISH)


def words(spoken: SpeakerPage) -> list[str]:
    return [chosen.quote.text for chosen in spoken.quotes]


FERRIES = answerer(FERRY)


@pytest.mark.parametrize(
    ("asked", "name", "topic"),
    [
        ("all quotes by Low", "Ann Low", ""),
        ("Quotes by the chair?", "Ann Low", ""),
        ("What did Ann Low say about taxes?", "Ann Low", "taxes"),
        ("what has Bob High said about noisy engines", "Bob High", "noisy engines"),
        ("what else did high say", "Bob High", ""),
    ],
)
def test_a_question_for_what_one_voice_said_is_read_as_one(
    asked: str, name: str, topic: str
) -> None:
    assert FERRIES.parse_speaker_question(asked) == SpeakerQuery((name,), topic)


@pytest.mark.parametrize(
    "asked",
    ["taxes?", "What did Boris say about taxes?", "what does Low say?", "quotes", "quotes by the"],
)
def test_any_other_question_is_not(asked: str) -> None:
    assert FERRIES.parse_speaker_question(asked) is None


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Ann Low", SpeakerQuery(("Ann Low",))),
        ("ann taxes on the quay", SpeakerQuery(("Ann Low",), "taxes on the quay")),
        ("the Riders noise", SpeakerQuery(("Riders",), "noise")),
        ("treasurer", SpeakerQuery(("Bob High",))),
        ("Boris", None),
        ("", None),
        ("the", None),
    ],
)
def test_a_name_is_as_long_as_it_may_be_and_the_rest_is_the_topic(
    line: str, wanted: SpeakerQuery | None
) -> None:
    assert FERRIES.parse_name_and_topic(line) == wanted


def test_a_body_has_what_is_said_for_it() -> None:
    spoken = FERRIES.find_speaker_page(SpeakerQuery(("Riders",)))

    assert spoken.total == 2
    assert spoken.side is Side.FOR


def test_a_name_of_several_gives_a_choice_and_no_quotes() -> None:
    jo = Voice("Jo Low", "clerk", "Council")
    debate = corpus(
        ("A ferry after midnight brings nurses home from their shifts safely.", RIDERS, Side.FOR),
        ("The council will vote on the night ferry in March, as I have said.", jo, Side.NEITHER),
        voices=(VoiceEntry("Ann Low"), VoiceEntry("Jo Low")),
    )
    wanted = answerer(debate).parse_name_and_topic("Low ferry")

    assert wanted == SpeakerQuery(("Ann Low", "Jo Low"), "ferry")
    spoken = answerer(debate).find_speaker_page(wanted)
    assert spoken.choices == ("Ann Low", "Jo Low")
    assert not spoken.quotes


def dated(*dates: str | None) -> Corpus:
    """Return a corpus of one document for each date, in each the same voice."""
    documents = [
        Document(f"d{n}", f"On day {n} I say that taxes are fair, {LONG}.", date=date)
        for n, date in enumerate(dates)
    ]
    passages = [said(d, d.text, RIDERS, Side.FOR) for d in documents]
    return replace(FERRY, documents=tuple(documents), passages=tuple(passages))


def test_a_voice_is_heard_in_order_of_time_undated_last() -> None:
    spoken = answerer(dated(None, "2031-05-02", "2030", "2031-05"))

    pages = [spoken.find_speaker_page(SpeakerQuery(("Ann Low",)), page) for page in (1, 2)]
    every = [text for page in pages for text in words(page)]

    assert [text[7] for text in every] == ["2", "3", "1", "0"]
    assert spoken.find_speaker_page(SpeakerQuery(("Ann Low",))).is_fully_dated
    assert not spoken.find_speaker_page(SpeakerQuery(("Ann Low",)), 2).is_fully_dated


@given(st.integers(1, 12), st.integers(-2, 30))
def test_pages_of_a_voice_hold_three_and_end(documents: int, page: int) -> None:
    voices = answerer(dated(*[f"20{n:02}" for n in range(documents)]))
    spoken = voices.find_speaker_page(SpeakerQuery(("Ann Low",)), page)

    assert 1 <= len(spoken.quotes) <= PAGE_SIZE
    assert spoken.total == documents
    assert spoken.has_more == (spoken.page < -(-documents // PAGE_SIZE))
    assert spoken.first == (spoken.page - 1) * PAGE_SIZE + 1


def test_words_printed_twice_are_heard_once_with_where_else_they_stand() -> None:
    text = f"Taxes are fair, {LONG}."
    documents = [Document("late", text, date="2031"), Document("early", f"{text} ", date="2030")]
    passages = tuple(said(d, text, RIDERS, Side.FOR) for d in documents)
    debate = replace(FERRY, documents=tuple(documents), passages=passages)

    [chosen] = answerer(debate).find_speaker_page(SpeakerQuery(("Ann Low",))).quotes

    assert chosen.quote.passage.document.id == "early"
    assert [document.id for document in chosen.also_in] == ["late"]


def test_about_a_topic_only_what_touches_it_is_heard_and_the_rest_is_told() -> None:
    spoken = FERRIES.find_speaker_page(SpeakerQuery(("Bob High",), "cost whales"))

    assert words(spoken) == [FERRY.passages[1].text]
    assert spoken.expanded == {"cost": ("taxes",)}
    assert spoken.unmatched == ("whales",)


def test_words_too_few_to_be_a_quote_are_not_heard() -> None:
    document = Document("d", f"No. Taxes are fair, {LONG}.")
    passages = (
        said(document, "No.", RIDERS, Side.FOR),
        said(document, document.text[4:], RIDERS, Side.FOR),
    )
    debate = replace(FERRY, documents=(document,), passages=passages)

    assert words(answerer(debate).find_speaker_page(SpeakerQuery(("Ann Low",)))) == [
        document.text[4:]
    ]


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


def printings(*lines: tuple[str, Voice, Kind]) -> list[list[str]]:
    debate = corpus(*((text, voice, Side.FOR) for text, voice, _ in lines))
    kinds = [kind for *_, kind in lines]
    passages = tuple(replace(p, kind=k) for p, k in zip(debate.passages, kinds, strict=True))
    found = answerer(replace(debate, passages=passages))
    return [[q.text for q in found.find_wordings(Quote(p, p.frame))] for p in passages]


SAID = "The night ferry is a costly and needless burden on every household of this island."
TIDIED = "The night ferry is a costly, needless burden on each household of this island."


def test_one_statement_in_two_wordings_is_found_from_either() -> None:
    assert printings((SAID, PAYERS, Kind.DIRECT), (TIDIED, PAYERS, Kind.DIRECT)) == [
        [SAID, TIDIED],
        [SAID, TIDIED],
    ]


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
def test_the_same_words_another_voice_and_another_statement_are_no_other_wording(
    text: str, voice: Voice
) -> None:
    assert printings((SAID, PAYERS, Kind.DIRECT), (text, voice, Kind.DIRECT)) == [[], []]


def test_words_without_a_voice_have_no_other_wording() -> None:
    debate = replace(FERRY, passages=(*FERRY.passages,))

    assert answerer(debate).find_wordings(quote(4)) == ()


class Sided:
    def __init__(self, side: Side) -> None:
        self.side = side


@given(st.lists(st.builds(Sided, st.sampled_from(Side)), max_size=30), st.integers(2, 10))
def test_pages_hold_everything_once_in_order_of_rank_and_both_sides_evenly(
    ranked: Sequence[Sided], most: int
) -> None:
    found = list(paginate(ranked, most, "question"))

    assert sorted(map(id, (one for page in found for one in page))) == sorted(map(id, ranked))
    for page in found:
        sides = [one.side for one in page]
        if {Side.FOR, Side.AGAINST} <= set(sides):
            assert sides.count(Side.FOR) == sides.count(Side.AGAINST)
    for side in Side:
        shown = [one for page in found for one in page if one.side is side]
        assert shown == [one for one in ranked if one.side is side]


def test_a_page_beyond_the_last_is_the_last(desk: Service) -> None:
    answers = [desk._live.snapshot.answerer.answer("police", page=page) for page in (0, 1, 99)]  # noqa: SLF001

    assert answers[0] == answers[1]
    assert not answers[2].has_more
    assert answers[2].quotes


def test_no_page_says_of_a_side_that_another_page_shows_that_it_is_silent(desk: Service) -> None:
    answerer = desk._live.snapshot.answerer  # noqa: SLF001
    for asked in ("police", "technology", "Liberty", "surveillance"):
        every = [answerer.answer(asked, page=page) for page in (1, 2, 3)]
        shown = {chosen.quote.passage.side for answer in every for chosen in answer.quotes}

        assert not any(set(answer.silent_sides) & shown for answer in every)


def test_the_cache_of_wordings_has_a_bound() -> None:
    index = engine.build(FERRY.passages, ENGLISH, engine.Bm25Options())
    finder = WordingFinder(index, ENGLISH, "english", max_entries=1)

    first, *_, again = [finder.find(quote(number)) for number in (0, 1, 2, 0)]

    assert first == again
    assert len(finder._cache) == 1  # noqa: SLF001 - the bound is what is tested


def test_a_fragment_of_nothing_that_is_printed_elsewhere_has_one_wording() -> None:
    body = Voice("Payers", None, "Payers")
    stray = "whales sing in every bay for ever"

    assert printings((stray, body, Kind.FRAGMENT), (SAID, PAYERS, Kind.DIRECT)) == [[], []]


def test_a_topic_in_the_name_of_a_voice_alone_links_nothing() -> None:
    debate = corpus(
        ("The payers of this island want nurses to come home safely at night.", RIDERS, Side.FOR),
        (
            "It would raise the dues of every household by forty pounds a year.",
            PAYERS,
            Side.AGAINST,
        ),
        topics=(Topic("payers"),),
    )
    opposite = answerer(debate).find_opposite(Quote(p := debate.passages[0], p.frame))

    assert opposite.topics == ("payers",)
    assert opposite.candidate is None


def test_of_one_date_the_corpuss_order_of_documents_decides_and_then_the_place() -> None:
    debate = dated("2030", "2030", "2029")
    shuffled = replace(debate, passages=tuple(reversed(debate.passages)))

    spoken = answerer(shuffled).find_speaker_page(SpeakerQuery(("Ann Low",)))

    assert [text[7] for text in words(spoken)] == ["2", "0", "1"]


def test_a_sentence_beside_the_statement_has_no_other_wording() -> None:
    beside = "We have said so of every ferry since the spring of last year."
    debate = corpus((f"{SAID} {beside}", PAYERS, Side.FOR), (TIDIED, PAYERS, Side.FOR))
    passage = debate.passages[0]
    finder = answerer(debate)
    statement, neighbour = (
        Quote(passage, Span(start, start + len(text)))
        for start, text in ((0, SAID), (len(SAID), f" {beside}"))
    )

    assert [wording.text for wording in finder.find_wordings(statement)] == [SAID, TIDIED]
    assert finder.find_wordings(neighbour) == ()
