"""One statement in two wordings, and statements that only look alike: twenty of each, invented."""

from __future__ import annotations

import pytest

from bot.attribution.paraphrases import find_paraphrases
from bot.model import Document, Kind, Passage, Span, Voice

PAIRS = [
    (
        "We will plant 300 trees along the canal by spring.",
        "We'll be planting 300 trees along the canal by the spring.",
    ),
    ("This is a dangerous and oppressive step for our city.", "This is an oppressive, dangerous step for the city."),
    ("The tram has made this street worth living in again.", "The tram made this street worth living in once again."),
    (
        "I believe our careful deployment strikes the right balance.",
        "I believe that our careful deployment does strike the right balance.",
    ),
    (
        "Nobody asked the residents of Mill Lane what they wanted.",
        "Nobody has asked the residents of Mill Lane what they want.",
    ),
    (
        "Every pound spent on the line comes back twice over.",
        "Every pound that we spend on the line comes back twice over.",
    ),
    (
        "We have a duty to use new technology to keep people safe.",
        "We have a duty to use new technologies in order to keep people safe.",
    ),
    (
        "The council has broken its promise to the market traders.",
        "The council broke its promise to the market traders.",
    ),
    ("Fares must not rise while wages are frozen.", "Fares must not be rising while wages are frozen."),
    (
        "I am proud of the volunteers who kept the library open.",
        "I'm proud of the volunteers that kept the library open.",
    ),
    (
        "The bridge was closed for eleven weeks without any warning.",
        "The bridge was closed for eleven weeks without a warning.",
    ),
    (
        "Our children breathe the dirtiest air in the county.",
        "Our children are breathing the dirtiest air in this county.",
    ),
    ("You cannot run a modern town on two buses an hour.", "You cannot run a modern town with two buses an hour."),
    ("The figures show that crime fell in every ward.", "The figures show crime fell in every single ward."),
    ("We need a public inquiry and we need it now.", "We need a public inquiry, and need it right now."),
    (
        "The developers listened to nobody except their shareholders.",
        "The developers listened to nobody but their own shareholders.",
    ),
    (
        "This budget protects the services that people rely on most.",
        "This budget protects services people rely on the most.",
    ),
    ("The old depot could become a home for small businesses.", "The old depot could become home to small businesses."),
    (
        "It took the fire brigade nineteen minutes to reach us.",
        "It took nineteen minutes for the fire brigade to reach us.",
    ),
    (
        "Cyclists deserve a safe route through the town centre.",
        "Cyclists deserve a safer route through the town centre.",
    ),
]
LOOK_ALIKES = [
    ("We will plant 300 trees along the canal by spring.", "We will plant 500 trees along the canal by spring."),
    ("We support the new line through the old town.", "We oppose the new line through the old town."),
    ("The tram will make the north of the city greener.", "The tram will make the south of the city greener."),
    ("I am proud of the volunteers who ran the library.", "I am proud of the nurses who ran the clinic."),
    ("The scheme is safe and we have tested it.", "The scheme is not safe and we have tested it."),
    (
        "We will open a library in Eastwick next year, with Ann Bell.",
        "We will open a library in Westwick next year, with Bob Low.",
    ),
    ("Fares will rise in the spring for all passengers.", "Fares will fall in the spring for all passengers."),
    ("The council never asked the people of this street.", "The council always asked the people of this street."),
    (
        "More officers will walk the streets of the town.",
        "Fewer officers will walk the streets of the town, and more will drive.",
    ),
    ("The first report was kept from the public for years.", "The last report was kept from the public for years."),
    ("Men wait longer than anybody for this treatment.", "Women wait longer than anybody for this treatment."),
    ("The line closed in 2019 after a long campaign.", "The line closed in 2021 after a long campaign."),
    ("We must keep the swimming pool in public hands.", "We must scrap the swimming pool in public hands."),
    ("The mayor was right to build the bridge here.", "The mayor was wrong to build the bridge here."),
    ("This is a good day for the market.", "This is a bad day for the market."),
    ("The depot will close on weekdays.", "The depot will open on weekdays."),
    ("We waited for hours in the rain by the old bridge.", "We danced for hours in the sun by the new fountain."),
    ("The buses are cheaper than they were in my youth.", "The buses are dearer than they were in my youth."),
    ("The line is late.", "The line is late again."),
    (
        "Everybody knows that the roof leaks when it rains hard.",
        "Everybody knows that the roof leaks when it rains hard. I told them.",
    ),
]


ANN = Voice("Ann Bell")


def said(*texts: str, voice: Voice | None = ANN) -> list[Passage]:
    """Return each text as a passage of one voice, in a document of its own."""
    return [
        Passage(Document(str(n), text), Span(0, len(text)), Span(0, len(text)), Kind.DIRECT, 1, voice)
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize("pair", PAIRS, ids=[pair[0][:30] for pair in PAIRS])
def test_two_wordings_of_one_statement_are_found(pair: tuple[str, str]) -> None:
    [found] = find_paraphrases(said(*pair))

    assert (found.first.text, found.second.text) == pair
    assert found.spans == (Span(0, len(pair[0])), Span(0, len(pair[1])))


@pytest.mark.parametrize("pair", LOOK_ALIKES, ids=[pair[0][:30] for pair in LOOK_ALIKES])
def test_statements_that_only_look_alike_are_not(pair: tuple[str, str]) -> None:
    assert find_paraphrases(said(*pair)) == ()


def test_the_same_statement_of_two_voices_is_two_statements() -> None:
    [one], [other] = said(PAIRS[0][0]), said(PAIRS[0][1], voice=Voice("Bob Low"))

    assert find_paraphrases([one, other]) == ()


def test_words_without_a_voice_are_left_out() -> None:
    assert find_paraphrases(said(*PAIRS[0], voice=None)) == ()


def test_a_pair_is_found_within_longer_passages() -> None:
    first, second = PAIRS[0]

    [found] = find_paraphrases(said(f"It rains. {first} It snows.", f"{second} And so on."))
    assert found.first.document.text[slice(*found.spans[0])] == first


def find_between(sentences: list[str]) -> int:
    """Return how many pairs the sentences of one voice, a passage each, make."""
    text = "\n".join(sentences)
    document, start, passages = Document("invented", text), 0, []
    for sentence in sentences:
        span = Span(start, start + len(sentence))
        passages.append(Passage(document, span, span, Kind.DIRECT, 1, Voice("Ann Low")))
        start += len(sentence) + 1
    return len(find_paraphrases(passages))


NINE = "alpha bravo charlie delta foxtrot golf hotel india juliet"
MORE = "kilo lima mike november oscar papa quebec romeo"


@pytest.mark.parametrize(("words", "pairs"), [(7, 1), (8, 0)])
def test_statements_are_alike_from_seventy_two_hundredths_of_their_stems_on(words: int, pairs: int) -> None:
    longer = " ".join([*reversed(NINE.split()), *MORE.split()[:words]])

    assert find_between([f"{NINE}.", f"{longer}."]) == pairs


@pytest.mark.parametrize(("words", "pairs"), [(3, 1), (2, 0)])
def test_statements_of_fewer_than_three_stems_are_not_compared(words: int, pairs: int) -> None:
    stems = NINE.split()[:words]

    assert find_between([f"{' '.join(stems)}.", f"{' '.join(reversed(stems))}."]) == pairs


@pytest.mark.parametrize(("others", "pairs"), [(39, 1), (40, 0)])
def test_a_statement_is_compared_with_the_last_forty_of_each_stem(others: int, pairs: int) -> None:
    first, last = "alpha bravo charlie.", "charlie bravo alpha."
    between = [f"alpha bravo charlie {number}." for number in range(others)]

    assert find_between([first, *between, last]) == pairs
