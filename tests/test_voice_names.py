"""Names as people type them, against an invented debate whose people are called as people are."""

from __future__ import annotations

import pytest

from bot.analysis import Analyser
from bot.answers.answer import Card, Status
from bot.answers.answerer import Answerer
from bot.model import Corpus, Side, Voice, VoiceEntry
from bot.search.bm25 import engine
from tests.invented_debate import corpus

ENGLISH = Analyser("english")
NAMES = {
    "Zoë Nuñez-Brandt": ("harbour pilot", "Pilots’ Union"),
    "J. R. Ekelund": ("lock keeper", "Canal Trust"),
    "Grace Bell": ("ferry owner", "Bell Lines"),
    "Mark Rose": ("dredger", "Rose and Son"),
    "Hugh Tamblyn": ("assistant commissioner", "Harbour Board"),
    "Ida Tamblyn": ("diver", "Divers’ Club"),
    "Łukasz Sæther": ("cook", "Harbour Mission"),
}
LINES = {
    "Zoë Nuñez-Brandt": "The tide will not wait for a vote, and neither will the pilots of this harbour.",
    "J. R. Ekelund": "A lock that is not greased in winter is a wall by the spring, as my father said.",
    "Grace Bell": "They ring a bell when a ferry leaves, and for thirty years nobody has complained of it.",
    "Mark Rose": "The water rose by a metre, and there is still a mark on the wall of the customs house.",
    "Hugh Tamblyn": "The board has dredged the channel twice and will dredge it again if it must.",
    "Ida Tamblyn": "Under the pier there is a meadow of seagrass that no dredger should touch.",
    "Łukasz Sæther": "Sailors eat what the tide brings, and it has brought less herring every year.",
}


def debate() -> Corpus:
    people = {name: Voice(name, *facts) for name, facts in NAMES.items()}
    lines = [(LINES[name], voice, Side.FOR) for name, voice in people.items()]
    entries = tuple(VoiceEntry(name, (), *facts, Side.FOR) for name, facts in NAMES.items())
    return corpus(*lines, voices=entries, topics=(), synonyms={}, motion="The channel should be kept open")


@pytest.fixture(scope="module")
def harbour() -> Answerer:
    passages = debate().passages
    return Answerer(debate(), engine.build(passages, ENGLISH, engine.Bm25Options()), ENGLISH)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("what does Zoe Nunez-Brandt say", "Zoë Nuñez-Brandt"),
        ("what does nunez say about pilots", "Zoë Nuñez-Brandt"),
        ("zoe brandt on the tide", "Zoë Nuñez-Brandt"),
        ("what does Lukasz Saether think of herring", "Łukasz Sæther"),
        ("did Saether ever say anything", "Łukasz Sæther"),
        ("what does JR Ekelund say", "J. R. Ekelund"),
        ("J.R. Ekelund on locks", "J. R. Ekelund"),
        ("j r ekelund", "J. R. Ekelund"),
        ("Ekelund", "J. R. Ekelund"),
        ("what did Ekelnud say about winter", "J. R. Ekelund"),
        ("who is zoe brant", "Zoë Nuñez-Brandt"),
        ("what did Hugh Tamblin say", "Hugh Tamblyn"),
        ("what did Grace say about ferries", "Grace Bell"),
        ("what did Bell say about ferries", "Grace Bell"),
        ("Rose on the water", "Mark Rose"),
        ("what does Ek Elund say about locks", "J. R. Ekelund"),
        ("what does Gra Bell say", "Grace Bell"),
        ("what did Łuka Saethr say about herring", "Łukasz Sæther"),
        ("what does Mr Rose say", "Mark Rose"),
    ],
)
def test_a_voice_is_known_by_its_name_as_people_type_it(harbour: Answerer, question: str, name: str) -> None:
    assert harbour.answer(question).voices == (name,)


@pytest.mark.parametrize(
    "question",
    [
        "who will ring the bell?",
        "the water rose by how much",
        "is there a mark on the wall",
        "Is There A Bell On The Ferry",
        "did the tide rise",
        "what about the ann boleyn",
    ],
)
def test_a_name_that_is_a_common_word_counts_only_where_it_is_used_as_one(harbour: Answerer, question: str) -> None:
    assert harbour.answer(question).voices == ()


def test_two_people_of_one_name_give_a_choice_unless_one_alone_speaks_of_it(harbour: Answerer) -> None:
    both, one = harbour.answer("what does Tamblyn say?"), harbour.answer("what does Tamblyn say of seagrass?")
    told = harbour.answer("what does Ida Tamblyn say?")

    assert (both.status, both.card, both.choices) == (Status.ABSTAINED, Card.CHOICE, ("Hugh Tamblyn", "Ida Tamblyn"))
    assert [chosen.quote.passage.voice and chosen.quote.passage.voice.name for chosen in one.quotes] == ["Ida Tamblyn"]
    assert told.card is None


def test_a_name_put_right_is_told(harbour: Answerer) -> None:
    assert harbour.answer("what did Ekelnud say").expanded == {"Ekelnud": ("J. R. Ekelund",)}


@pytest.mark.parametrize(
    "question",
    [
        "what does the fisheries commissioner say about dredging",
        "where does the police commissioner stand on the channel",
        "what does the leader of the rowing club think of the channel",
        "what did John Ekelund say about locks",
        "what does the river pilot say about the tide",
        "what does the head cook of Bell Lines think of ferries",
    ],
)
def test_an_office_or_a_person_nobody_here_is_is_answered_by_no_other(harbour: Answerer, question: str) -> None:
    assert harbour.answer(question).status is Status.ABSTAINED


def test_an_office_that_is_held_is_a_voice(harbour: Answerer) -> None:
    assert harbour.answer("what does the assistant commissioner say about dredging").voices == ("Hugh Tamblyn",)
    assert harbour.answer("what does the harbour commissioner say about dredging").status is not Status.ABSTAINED


@pytest.mark.parametrize(
    "question",
    [
        "hey Ben, what about herring?",
        "what about herring, Ben?",
        "herring (asking for Ben)",
        "herring? cc @ben_b",
        "see https://news.example/x?y=1 what about herring",
    ],
)
def test_words_to_somebody_else_are_no_part_of_the_question(harbour: Answerer, question: str) -> None:
    answer = harbour.answer(question)

    assert (answer.status, answer.searched, answer.unmatched) == (Status.ANSWERED, ("herring",), ())


@pytest.mark.parametrize("question", ["is Ekelund right?", "was the harbour board lying", "are the pilots biased"])
def test_no_quote_says_who_is_right(harbour: Answerer, question: str) -> None:
    assert harbour.answer(question).status is Status.ABSTAINED


@pytest.mark.parametrize(
    "question",
    [
        "what did Grace Okoro say about the tide",
        "Hugh Pellet on dredging",
        "the channel and Sir Ada Rose-Mallory",
        "what is Tim Tamblyn-Price's plan for the pier",
        "according to Mark Dunne, did the water rise",
        "was herring sold in Ekelund",
    ],
)
def test_a_name_that_the_words_beside_it_make_another_is_nobody_here(harbour: Answerer, question: str) -> None:
    assert harbour.answer(question).voices == ()


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What did Grace Bell say about ferries", "Grace Bell"),
        ("Did Hugh Tamblin dredge the channel", "Hugh Tamblyn"),
        ("Zoë Nuñez-Brant on pilots", "Zoë Nuñez-Brandt"),
        ("Does Ekelund like locks", "J. R. Ekelund"),
        ("Lukasz on herring", "Łukasz Sæther"),
    ],
)
def test_a_capital_beside_a_name_does_not_make_it_another(harbour: Answerer, question: str, name: str) -> None:
    assert harbour.answer(question).voices == (name,)


@pytest.mark.parametrize(
    ("question", "names"), [("floods in Thornby", ()), ("Hale on floods", ("Lord Hale of Thornby",))]
)
def test_the_place_of_a_title_is_no_name(question: str, names: tuple[str, ...]) -> None:
    peer = Voice("Lord Hale of Thornby", "peer")
    lines = [("The floods of the spring were the worst that any of us remembers here.", peer, Side.FOR)]
    lords = corpus(*lines, voices=(VoiceEntry(peer.name, (), "peer"),), topics=(), synonyms={}, motion="Dig a canal")
    answer = Answerer(lords, engine.build(lords.passages, ENGLISH, engine.Bm25Options()), ENGLISH).answer(question)

    assert answer.voices == names


@pytest.mark.parametrize("typed", ["margrav", "margave", "Margrav"])
def test_a_name_without_a_letter_is_put_right_though_it_has_the_stem_of_the_name(typed: str) -> None:
    margrave = Voice("Nan Margrave", "warden", "Divers’ Club")
    one = corpus(
        ("The seals sleep on the slipway until the tide comes in.", margrave, Side.FOR),
        ("Margrave has counted the seals on every slipway of the island for ten years.", None, Side.NEITHER),
        voices=(VoiceEntry("Nan Margrave", (), "warden", "Divers’ Club", Side.FOR),),
        topics=(),
        synonyms={},
    )
    divers = Answerer(one, engine.build(one.passages, ENGLISH, engine.Bm25Options()), ENGLISH)

    answer = divers.answer(f"what did {typed} say about seals")

    assert answer.voices == ("Nan Margrave",)
    assert answer.corrected == {typed: ("Nan Margrave",)}


@pytest.fixture(scope="module")
def parish() -> Answerer:
    spoken = {
        "Liberal Democrats": "We shall keep the mill turning for as long as the river lets us.",
        "Conservatives": "A mill is a museum with wet feet, and we would sell it to the millers.",
    }
    lines = [(text, Voice(f"Speaker {body[0]}", "member", body), Side.FOR) for body, text in spoken.items()]
    entries = tuple(VoiceEntry(voice.name, (), "member", voice.organisation, Side.FOR) for _, voice, _ in lines)
    debate = corpus(*lines, voices=entries, topics=(), synonyms={}, motion="The parish should keep it")
    return Answerer(debate, engine.build(debate.passages, ENGLISH, engine.Bm25Options()), ENGLISH)


@pytest.mark.parametrize(
    ("question", "bodies"),
    [
        ("what do the Liberal Democrats say", ("Liberal Democrats",)),
        ("what do the Lib Dems say about the mill?", ("Liberal Democrats",)),
        ("lib dem view of the mill", ("Liberal Democrats",)),
        ("libs dem views of the mill", ("Liberal Democrats",)),
        ("what did the tories say about millers", ("Conservatives",)),
        ("what do the Li De say", ()),
        ("what does Labour say", ()),
        ("is it conservative to keep a mill", ()),
    ],
)
def test_a_body_that_members_speak_for_is_asked_after_by_what_people_call_it(
    parish: Answerer, question: str, bodies: tuple[str, ...]
) -> None:
    answer = parish.answer(question)

    assert answer.voices == bodies
    shown = [c.quote.passage.voice.organisation for c in answer.quotes if c.quote.passage.voice]
    assert not bodies or shown == [*bodies]
