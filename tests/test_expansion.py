"""The words a corpus knows: phrases as typed, by stems, and what a slip may mean."""

from __future__ import annotations

import pytest

from bot.analysis import Analyser
from bot.answers.answer import Status
from bot.answers.answerer import Answerer
from bot.answers.expansion import MAX_COMPOUND_PARTS, Vocabulary
from bot.answers.question_language import to_phrase
from bot.answers.question_parser import QuestionParser
from bot.answers.word_variants import is_word
from bot.corpus import load_corpus
from bot.model import Document, Side
from bot.search.bm25 import engine
from tests import corpus_folders
from tests.invented_debate import FERRY, PAYERS, RIDERS, corpus

SYNONYMS = {
    "cost": ("taxes",),
    "freedom of speech": ("wake the harbour",),
    "get on with": ("household",),
    "work": ("noisy engines",),
    "low pay": ("nurses",),
    "watch list": (),
}


@pytest.fixture(scope="module")
def reader() -> QuestionParser:
    return QuestionParser(
        corpus(synonyms=SYNONYMS, documents=FERRY.documents), Analyser("english"), lambda stem: 2.0 + (not stem)
    )


def found(reader: QuestionParser, text: str) -> dict[str, tuple[str, ...]]:
    return {concept.text: concept.expansions for concept in reader.parse(text).concepts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("freedom of speech", {"freedom of speech": ("wake the harbour",)}),
        ("the freedoms of speeches", {"freedoms of speeches": ("wake the harbour",)}),
        ("freedom of the speech", {"freedom": ()}),
        ("can we get on with it", {"get on with": ("household",)}),
    ],
)
def test_a_phrase_is_known_as_typed_or_by_near_stems(
    reader: QuestionParser, text: str, expected: dict[str, tuple[str, ...]]
) -> None:
    assert found(reader, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wake up", {"wake up": ("noisy engines",)}),
        ("who woke it up", {"woke it up": ("noisy engines",)}),
        ("waking the harbour", {"waking": (), "harbour": ()}),
        ("wake the harbour with an up escalator", {"wake": (), "harbour": (), "escalator": ()}),
    ],
)
def test_a_phrase_of_one_word_and_a_stop_word_needs_both(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    debate = corpus(synonyms={"wake up": ("noisy engines",)}, documents=FERRY.documents)
    parser = QuestionParser(debate, Analyser("english"), lambda stem: 2.0 + (not stem))

    assert found(parser, text) == expected


def test_an_asking_word_is_a_subject_only_where_the_curator_lists_that_very_word(reader: QuestionParser) -> None:
    assert found(reader, "does it work") == {"work": ("noisy engines",)}
    assert found(reader, "how are they working") == {}


def test_the_longest_number_that_anybody_writes_out_is_one_thing(reader: QuestionParser) -> None:
    written = "two hundred and one thousand million three hundred and four thousand five hundred and six"
    text = f"were {written} pounds lost, or {written} again"

    assert next(iter(found(reader, text))) == written


def test_a_phrase_is_known_at_the_end_of_a_question_as_anywhere(reader: QuestionParser) -> None:
    assert found(reader, f"{'why ' * 60}freedom of speech") == {"freedom of speech": ("wake the harbour",)}
    assert found(reader, "why freedom of") == {"freedom": ()}


def test_a_longer_phrase_wins_over_a_name_in_it(reader: QuestionParser) -> None:
    question = reader.parse("is low pay why Low speaks")

    assert [voice.name for voice in question.voices] == ["Ann Low"]
    assert [concept.text for concept in question.concepts] == ["low pay"]


def test_a_phrase_without_synonyms_is_kept_together(reader: QuestionParser) -> None:
    assert found(reader, "is there a watch list") == {"watch list": ()}


def test_a_good_word_is_never_put_right(reader: QuestionParser) -> None:
    assert found(reader, "takes") == {}
    assert found(reader, "nursed") == {"nursed": ()}
    assert found(reader, "nurzes") == {"nurzes": ("nurses",)}


def test_a_language_without_a_list_has_no_words() -> None:
    assert not is_word("nurses", "tamil")


@pytest.mark.parametrize(
    ("name", "is_known"), [("Slow Tide", True), ("Low Tide", False), ("Tide Low", False), ("Slow Tid", False)]
)
def test_a_name_is_known_by_whole_words_side_by_side(name: str, *, is_known: bool) -> None:
    document = Document("sea", "A slow tide. The tide is never low at this quay.")
    vocabulary = Vocabulary(corpus(documents=(document,)), Analyser("english"), lambda _: 1.0)

    assert vocabulary.has_phrase(to_phrase(name)) is is_known


WORKSHOP = corpus(
    ("The co-op ran a check-in desk, and its go-ahead came from the EU in a once-over of an hour.", RIDERS, Side.FOR),
    (
        "Our email list has seventy-three names, and half of the shelves in the storehouse are bare.",
        PAYERS,
        Side.AGAINST,
    ),
    (
        "The accounts were sold for £2,500,000 after the mice had eaten one and a half per cent of them.",
        PAYERS,
        Side.AGAINST,
    ),
    ("The façade of the Kraków shop is 8½ metres high, and its colour was chosen at 7.45pm.", RIDERS, Side.FOR),
    ("The IT desk told us to ask the WHO, and the eleventh clerk told them that it was shut.", RIDERS, Side.FOR),
    ("The House sat late, and it was house rules that each speaker should fall silent at ten.", PAYERS, Side.AGAINST),
    topics=(),
    synonyms={"machines": ("IT",), "permission": ("go-ahead",), "quick look": ("once-over",), "nothing": ("the",)},
    voices=(),
    motion="Tickets should be free",
)


@pytest.fixture(scope="module")
def workshop() -> Answerer:
    analyser = Analyser("english")
    return Answerer(WORKSHOP, engine.build(WORKSHOP.passages, analyser, engine.Bm25Options()), analyser)


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("coop", "The co-op"),
        ("co-op", "The co-op"),
        ("checkin", "The co-op"),
        ("once-over", "The co-op"),
        ("quick look", "The co-op"),
        ("permission", "The co-op"),
        ("e-mail", "Our email"),
        ("e mails", "Our email"),
        ("store house", "Our email"),
        ("store-house", "Our email"),
        ("73 names", "Our email"),
        ("seventy three names", "Our email"),
        ("shelf", "Our email"),
        ("mouse", "The accounts"),
        ("who eats", "The accounts"),
        ("selling accounts", "The accounts"),
        ("2.5 million", "The accounts"),
        ("£2,500,000", "The accounts"),
        ("facade", "The façade"),
        ("krakow", "The façade"),
        ("8.5 meters", "The façade"),
        ("8,5 metres", "The façade"),
        ("which color did they choose", "The façade"),
        ("7:45", "The façade"),
        ("7:45pm", "The façade"),
        ("machines", "The IT"),
        ("what about IT", "The IT"),
        ("WHO", "The IT"),
        ("11th clerk", "The IT"),
        ("who fell silent", "The House"),
    ],
)
def test_a_word_is_found_however_it_is_written(workshop: Answerer, question: str, start: str) -> None:
    answer = workshop.answer(question)

    assert answer.status is Status.ANSWERED
    assert answer.quotes[0].quote.text.startswith(start)


@pytest.mark.parametrize(
    "question",
    [
        "what about it",
        "who",
        "nothing",
        "the accountant",
        "housing",
        "7:46",
        "37 names",
        "2.6 million",
        "us",
        "8.25 metres",
    ],
)
def test_strangers_and_stop_words_find_nothing(workshop: Answerer, question: str) -> None:
    assert workshop.answer(question).status is not Status.ANSWERED


def test_a_word_that_only_the_role_has_is_at_most_close() -> None:
    debate = corpus(
        ("Tickets cost more than a taxi would, and nobody takes the taxi either.", RIDERS, Side.FOR),
        ("The chair broke, and the ferry sailed with a barrel in its place that day.", PAYERS, Side.AGAINST),
    )
    analyser = Analyser("english")
    ferry = Answerer(debate, engine.build(debate.passages, analyser, engine.Bm25Options()), analyser)

    assert ferry.answer("treasurer").voices == ("Bob High",)
    assert [chosen.quote.passage.side for chosen in ferry.answer("barrel treasurers").quotes][:1] == [Side.AGAINST]
    assert ferry.answer("payers barrels taxis").status is not Status.ANSWERED


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("ferry engines", Status.CLOSEST),
        ("night engines", Status.CLOSEST),
        ("engines for the ferry", Status.ANSWERED),
        ("ferry nurses", Status.ANSWERED),
        ("ferry", Status.ANSWERED),
    ],
)
def test_a_word_of_the_motion_beside_another_belongs_to_it(question: str, status: Status) -> None:
    analyser = Analyser("english")
    ferry = Answerer(FERRY, engine.build(FERRY.passages, analyser, engine.Bm25Options()), analyser)

    answer = ferry.answer(question)

    assert answer.status is status
    assert (answer.unmatched != ()) == (status is Status.CLOSEST)


@pytest.mark.parametrize("question", ["taxes thx wrt", "tell me abt taxes", "wrt taxes"])
def test_a_little_unknown_word_silences_nothing(question: str) -> None:
    analyser = Analyser("english")
    ferry = Answerer(FERRY, engine.build(FERRY.passages, analyser, engine.Bm25Options()), analyser)

    assert ferry.answer(question).status in {Status.ANSWERED, Status.CLOSEST}


LOFTS = corpus(
    (
        "Hang the key byt he door and runto the loft by tothe ladder, or put end-of-terrace tiles on it.",
        RIDERS,
        Side.FOR,
    ),
    (
        "A check-in desk, a fire door and race to-the top: the firefighter keeps a chequebook there.",
        PAYERS,
        Side.AGAINST,
    ),
    (
        "The tracking of every cracked tile is a clean job, and a uniformity of colour is hoped for.",
        PAYERS,
        Side.AGAINST,
    ),
    synonyms={},
    topics=(),
)


@pytest.mark.parametrize(
    ("question", "concepts"),
    [
        ("down to the loft", ["loft"]),
        ("run to the door", ["door"]),
        ("the end of a tile", ["tile"]),
        ("cheque book", ["cheque book"]),
        ("fire fighter", ["fire fighter"]),
        ("check in desk", ["check in", "desk"]),
    ],
)
def test_words_printed_as_one_by_a_missed_blank_are_not_one(question: str, concepts: list[str]) -> None:
    parser = QuestionParser(LOFTS, Analyser("english"), lambda _: 2.0)

    assert list(found(parser, question)) == concepts


@pytest.mark.parametrize(
    ("question", "forms"),
    [
        ("fracking", {frozenset(["frack"])}),
        ("trackign", {frozenset(["trackign"]), frozenset(["track"])}),
        ("cleaner", {frozenset(["cleaner"]), frozenset(["clean"])}),
        ("cleanest", {frozenset(["cleanest"]), frozenset(["clean"])}),
    ],
)
def test_another_first_letter_is_another_word_and_a_comparative_is_the_same(question: str, forms: set[object]) -> None:
    [concept] = QuestionParser(LOFTS, Analyser("english"), lambda _: 2.0).parse(question).concepts

    assert set(concept.forms) == forms


@pytest.mark.parametrize("parts", [MAX_COMPOUND_PARTS, MAX_COMPOUND_PARTS + 1])
def test_so_many_parts_are_one_word_and_no_more(parts: int) -> None:
    word = "-".join(["loft", "tile", "door", "desk", "clean", "job"][:parts])
    debate = corpus(
        (f"The {word} is a job that nobody on the island would do for love.", RIDERS, Side.FOR), synonyms={}
    )

    concepts = list(found(QuestionParser(debate, Analyser("english"), lambda _: 2.0), word))

    assert (concepts == [word]) == (parts == MAX_COMPOUND_PARTS)


def test_a_uniform_is_no_uniformity() -> None:
    debate = Answerer(
        LOFTS, engine.build(LOFTS.passages, Analyser("english"), engine.Bm25Options()), Analyser("english")
    )

    assert debate.answer("school uniforms").quotes == ()
    assert debate.answer("uniforms").status is Status.ABSTAINED


# As printed, and as somebody types it: case and dots of Turkish, accents, letters spelt out, ligatures, widths, marks.
SPELLINGS = (
    ("İSKENDERUN", "iskenderun"),
    ("Diyarbakır", "DIYARBAKIR"),
    ("maïs", "mais"),
    ("Féin", "fein"),
    ("Cuív", "Cuiv"),
    ("dŵr", "dwr"),
    ("élan", "elan"),
    ("Añez", "anez"),
    ("ёлка", "елка"),
    ("tŷ", "ty"),
    ("Ærøskøbing", "aeroskobing"),
    ("Köpenick", "koepenick"),
    ("SCHLOSSSTRASSE", "schloßstraße"),
    ("Łomża", "lomza"),
    ("ﬂoodgate", "floodgate"),
    ("Ｌｉｇｈｔｈｏｕｓｅ", "lighthouse"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("cafe\u0301s", "cafés"),
    ("coo\u00adperative", "cooperative"),
    ("O’Hanrahan", "o'hanrahan"),
)


@pytest.fixture(scope="module")
def spelt(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    folder = corpus_folders.corpus(tmp_path_factory.mktemp("spelt"))
    quotes = [f"Ann Bell, a clerk, said: “We walked to {printed} for a week of winter.”\n" for printed, _ in SPELLINGS]
    (folder / "a.txt").write_text(corpus_folders.article(*quotes), "utf-8")
    loaded, analyser = load_corpus(folder), Analyser("english")
    return Answerer(loaded, engine.build(loaded.passages, analyser, engine.Options()), analyser)


@pytest.mark.parametrize(("printed", "typed"), SPELLINGS)
def test_a_word_is_found_however_it_is_printed_and_typed(spelt: Answerer, printed: str, typed: str) -> None:
    answer = spelt.answer(f"what about {typed}?")

    assert answer.status is Status.ANSWERED
    assert f"We walked to {printed} for a week" in answer.quotes[0].quote.text


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("frostbite admissions", "Forty people"),
        ("who decides on anchors", "The decision"),
        ("is it safer for seals", "Nobody has asked"),
        ("harmful nets", "Nets have harmed"),
    ],
)
def test_a_noun_its_verb_and_its_adjective_are_one_word(question: str, start: str) -> None:
    debate = corpus(
        ("Forty people were admitted to the mission with frostbite in one winter.", RIDERS, Side.FOR),
        ("The decision on anchors was taken by three men in a shed, and in the dark.", RIDERS, Side.FOR),
        ("Nobody has asked what the safety of seals would cost us, and I will not.", PAYERS, Side.AGAINST),
        ("Nets have harmed more divers than sharks have, and nobody bans a net.", PAYERS, Side.AGAINST),
        topics=(),
        synonyms={},
    )
    analyser = Analyser("english")
    answerer = Answerer(debate, engine.build(debate.passages, analyser, engine.Bm25Options()), analyser)

    answer = answerer.answer(question)

    assert answer.status is Status.ANSWERED
    assert answer.quotes[0].quote.text.startswith(start)
