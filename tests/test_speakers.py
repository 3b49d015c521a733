"""One voice's quotes, by its name and perhaps a topic."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis import Analyser
from bot.answers.answerer import Answerer
from bot.answers.question import SpeakerQuery
from bot.answers.speakers import PAGE_SIZE, SpeakerPage
from bot.model import Corpus, Document, HeldPassages, Quote, Side, Voice, VoiceEntry
from bot.search.bm25 import engine
from tests.invented_debate import FERRY, RIDERS, corpus, said

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
def test_a_question_for_what_one_voice_said_is_read_as_one(asked: str, name: str, topic: str) -> None:
    assert FERRIES.parse_speaker_question(asked) == SpeakerQuery((name,), topic)


@pytest.mark.parametrize(
    "asked", ["taxes?", "What did Boris say about taxes?", "what does Low say?", "quotes", "quotes by the"]
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
def test_a_name_is_as_long_as_it_may_be_and_the_rest_is_the_topic(line: str, wanted: SpeakerQuery | None) -> None:
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
        Document(f"d{n}", f"On day {n} I say that taxes are fair, {LONG}.", date=date) for n, date in enumerate(dates)
    ]
    passages = [said(d, d.text, RIDERS, Side.FOR) for d in documents]
    return replace(FERRY, documents=tuple(documents), passages=HeldPassages(passages))


def test_a_voice_is_heard_in_order_of_time_undated_last() -> None:
    spoken = answerer(dated(None, "2031-05-02", "2030", "2031-05"))

    pages = [spoken.find_speaker_page(SpeakerQuery(("Ann Low",)), page) for page in (1, 2)]
    every = [text for page in pages for text in words(page)]

    assert [text[7] for text in every] == ["2", "3", "1", "0"]


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
    debate = replace(FERRY, documents=tuple(documents), passages=HeldPassages(passages))

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
    passages = (said(document, "No.", RIDERS, Side.FOR), said(document, document.text[4:], RIDERS, Side.FOR))
    debate = replace(FERRY, documents=(document,), passages=HeldPassages(passages))

    assert words(answerer(debate).find_speaker_page(SpeakerQuery(("Ann Low",)))) == [document.text[4:]]


def quote(number: int) -> Quote:
    passage = FERRY.passages[number]
    return Quote(passage, passage.frame)


def test_of_one_date_the_corpuss_order_of_documents_decides_and_then_the_place() -> None:
    debate = dated("2030", "2030", "2029")
    shuffled = replace(debate, passages=HeldPassages(reversed(debate.passages)))

    spoken = answerer(shuffled).find_speaker_page(SpeakerQuery(("Ann Low",)))

    assert [text[7] for text in words(spoken)] == ["2", "0", "1"]


def test_a_quote_that_was_listed_before_its_text_changed_is_shown_no_more() -> None:
    sentences = (f"The mill turns at dawn every day, {LONG}.", f"The weir was mended in the spring, {LONG}.")
    document = Document("mill", "\n\n".join(sentences), title="The mill")
    passages = [said(document, sentence, RIDERS, Side.FOR) for sentence in sentences]
    mill = answerer(replace(FERRY, documents=(document,), passages=HeldPassages(passages)))
    listed = words(mill.find_speaker_page(SpeakerQuery((RIDERS.name,))))

    object.__setattr__(document, "text", document.text.replace("dawn", "dusk"))

    assert listed == list(sentences)
    assert words(mill.find_speaker_page(SpeakerQuery((RIDERS.name,)))) == [sentences[1]]
