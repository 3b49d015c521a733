"""Recorded turns: every word is its speaker's, and what the speaker quotes is nobody's besides; all invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.quoting import QuoteLengths, iter_sentence_runs
from bot.attribution import extract_passages
from bot.model import AttributionSource, Document, Kind, Passage, Span, Turn, Voice
from tests.english import ENGLISH

NO_LIMITS = QuoteLengths(min_characters=0, max_characters=10_000, max_sentences=4)


def read_turn(*paragraphs: str, name: str = "Bell", set_apart: tuple[int, ...] = ()) -> tuple[Passage, ...]:
    """Return the passages of one turn; those of its paragraphs numbered in `set_apart` (from 0) are the record's."""
    text, spans = f"{name}:", []
    for paragraph in paragraphs:
        spans.append(Span(len(text) + 2, len(text) + 2 + len(paragraph)))
        text += f"\n\n{paragraph}"
    apart = tuple(spans[index] for index in set_apart)
    turn = Turn(Span(spans[0].start, len(text)), Span(0, len(name)), Voice(name), set_apart=apart)
    return extract_passages(Document("invented", text, turns=(turn,)), language=ENGLISH)


def words(passages: tuple[Passage, ...]) -> list[tuple[str | None, str]]:
    return [(p.voice.name if p.voice else None, p.text) for p in passages]


def quotable(*paragraphs: str, **how: tuple[int, ...]) -> list[str]:
    """Return what can be quoted of a turn as its speaker's own."""
    passages = read_turn(*paragraphs, **how)  # type: ignore[arg-type]
    return [p.document.text[slice(*run)] for p in passages if p.voice for run in iter_sentence_runs(p, NO_LIMITS)]


def test_a_turn_is_its_speaker_s_by_the_record() -> None:
    [first, second] = read_turn("It is late.", "It rains.")

    assert (first.text, first.voice, first.by) == ("It is late.", Voice("Bell"), AttributionSource.RECORD)
    assert (first.kind, first.cue, first.confidence) == (Kind.DIRECT, (Span(0, 4),), 1.0)
    assert (second.text, second.paragraph) == ("It rains.", 3)


def test_what_stands_outside_turns_is_left_out() -> None:
    text = "Bell: It is late.\nIt rains.\n\nAfter."
    turn = Turn(Span(6, 27), Span(0, 4), Voice("Bell"))

    passages = extract_passages(Document("invented", text, turns=(turn,)), language=ENGLISH)

    assert [p.text for p in passages] == ["It is late.", "It rains."]


def test_a_sentence_that_quotes_is_whole_in_its_speaker_s_passage_and_the_inner_words_nobody_s_besides() -> None:
    line = "It rains. He said, “The line is late again. It was,” to me. It snows."

    [whole, quoted] = read_turn(line)

    assert (whole.text, whole.voice) == (line, Voice("Bell"))
    assert (quoted.kind, quoted.voice, quoted.by) == (Kind.FRAGMENT, None, AttributionSource.RECORD)
    assert quoted.text == "The line is late again. It was,"
    assert quoted.document.text[slice(*quoted.frame)] == "He said, “The line is late again. It was,” to me."
    assert quoted.reason == "quoted by Bell, who speaks here"


def test_no_quote_of_a_speaker_begins_or_ends_within_what_is_quoted_or_is_nothing_else() -> None:
    shown = quotable(
        "It rains. He said: “The line is late again. It was full.” I agree. “It will be so for years.” Well."
    )

    assert shown == [
        "It rains.",
        "It rains. He said: “The line is late again. It was full.”",
        "It rains. He said: “The line is late again. It was full.” I agree.",
        "He said: “The line is late again. It was full.”",
        "He said: “The line is late again. It was full.” I agree.",
        "He said: “The line is late again. It was full.” I agree. “It will be so for years.”",
        "I agree.",
        "I agree. “It will be so for years.”",
        "I agree. “It will be so for years.” Well.",
        "“It will be so for years.” Well.",
        "Well.",
    ]


@pytest.mark.parametrize("quoted", ["“late”", "“late, so late”"])
def test_three_words_in_marks_quote_nobody(quoted: str) -> None:
    [passage] = read_turn(f"I say {quoted} again.")

    assert (passage.voice, passage.unbroken) == (Voice("Bell"), ())


def test_a_mark_that_never_closes_quotes_nobody_and_yet_no_quote_begins_behind_it() -> None:
    [passage] = read_turn("I say “it is very late again. It is.", "It rains.")[:1]

    assert passage.kind is Kind.DIRECT
    assert quotable("I say “it is very late again. It is.", "It rains “a lot” here.") == [
        "I say “it is very late again. It is.",
        "It rains “a lot” here.",
    ]


LETTERS = {
    "each paragraph opens with a mark": (
        "“I slept in the cab.",
        "“The heaters were all off.",
        "“Nobody asked me why.”",
    ),
    "one mark opens and one closes": ("“I slept in the cab.", "The heaters were all off.", "Nobody asked me why.”"),
    "straight marks": ('"I slept in the cab.', "The heaters were all off.", 'Nobody asked me why."'),
    "each paragraph in marks": ("“I slept in the cab.”", "“The heaters were all off.”", "“Nobody asked me why.”"),
    "single marks that open again": ("‘I slept in the cab.", "‘The heaters were all off.", "‘Nobody asked me why.’"),
}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())
def test_a_letter_that_is_read_out_over_paragraphs_is_not_the_reader_s_life(letter: tuple[str, str, str]) -> None:
    passages = read_turn("A driver wrote to me:", *letter, "The depot must be shut.")

    assert [voice for voice, _ in words(passages)] == ["Bell", None, None, None, "Bell"]
    assert {p.reason for p in passages if p.voice is None} == {"quoted by Bell, who speaks here"}
    assert {len(p.quotation) for p in passages if p.voice is None} == {3}


def test_a_letter_that_begins_and_ends_within_the_reader_s_paragraphs_is_never_quoted_without_them() -> None:
    paragraphs = ("He wrote: “I slept in the cab. It was cold.", "Nobody came.", "I was ill.” That is wrong. I say so.")

    assert words(read_turn(*paragraphs))[1] == (None, "Nobody came.")
    assert quotable(*paragraphs) == [
        "He wrote: “I slept in the cab. It was cold.",
        "That is wrong.",
        "That is wrong. I say so.",
        "I say so.",
    ]


def test_a_turn_that_is_nothing_but_a_quotation_is_its_speaker_s() -> None:
    [passage] = read_turn("“Build it now, and build it well.”")

    assert passage.voice == Voice("Bell")


def test_what_a_record_sets_apart_is_quoted_by_the_speaker_whatever_its_marks() -> None:
    passages = read_turn(
        "The Act names towns:",
        "Wexcombe (in respect of trams).",
        "“Marlow and the towns beside it.”",
        "Short.",
        set_apart=(1, 2),
    )

    assert words(passages) == [
        ("Bell", "The Act names towns:"),
        (None, "Wexcombe (in respect of trams)."),
        (None, "Marlow and the towns beside it."),
        ("Bell", "Short."),
    ]
    assert passages[1].quotation == passages[2].quotation == (passages[1].span, passages[2].span)


def test_a_turn_that_is_all_set_apart_is_nobody_s() -> None:
    assert words(read_turn("“The text of the bill is this.”", set_apart=(0,))) == [
        (None, "The text of the bill is this.")
    ]


def test_no_quote_is_a_sentence_whose_other_half_is_set_apart() -> None:
    paragraphs = ("We heard this. It cost us,", "“three good nurses and a cook,”", "says the ward. I ask for a rule.")

    assert quotable(*paragraphs, set_apart=(1,)) == ["We heard this.", "I ask for a rule."]


@pytest.mark.parametrize("ending", ["It cost us—", "It cost us…", "It cost us.”"])
def test_a_turn_may_end_as_it_was_broken_off(ending: str) -> None:
    assert quotable("We heard this.", ending) == ["We heard this.", ending]


@pytest.mark.parametrize(
    "line",
    [
        "rose—",
        "indicated dissent.",
        "indicated assent",
        "Judy Fallowrose—",
        "nodded.",
        "shook his head.",
        "Several hon. Members rose—",
        "Amendment 13, page 3, line 9, at end insert—",
        "Government amendment 7, in clause 4, page 2, leave out lines 3 and 4.",
        "Clause 3 stand part.",
        "Clauses 9 and 10 stand part.",
        "See explanatory statement for Amendment 12.",
    ],
)
def test_what_was_done_and_the_wording_of_amendments_are_nobody_s(line: str) -> None:
    assert words(read_turn("It is late.", line, "It rains.")) == [("Bell", "It is late."), ("Bell", "It rains.")]


@pytest.mark.parametrize(
    "line",
    [
        "Question put and agreed to.",
        "Question accordingly agreed to.",
        "Question proposed, That the clause stand part of the Bill.",
        "Amendment, by leave, withdrawn.",
        "Amendment 12 agreed to.",
        "Amendments made: 3, page 4, line 5.",
        "Amendment proposed: 12, page 3, line 4, at end insert—",
        "Motion made, and Question proposed, That this House do now adjourn.",
        "Clauses 4 and 5 ordered to stand part of the Bill.",
        "Bill read the First time; to be read a Second time on Friday 7 May.",
        "Bill accordingly read the Third time and passed.",
        "Lords amendment 3 disagreed to.",
        "New clause 4 brought up, and read the First time.",
        "The House divided: Ayes 212, Noes 190.",
        "The Committee having divided: Ayes 7, Noes 9.",
        "Ordered,",
        "Resolved, That the Bill do pass.",
        "It being Seven o’clock, the debate stood adjourned.",
        "Brought up, and read the First time.",
        "Further consideration adjourned.",
    ],
)
def test_behind_what_the_house_did_nothing_in_a_turn_is_said(line: str) -> None:
    assert words(read_turn("It is late.", line, "That Ann Low present it.")) == [("Bell", "It is late.")]


@pytest.mark.parametrize(
    "line",
    [
        "She rose to the occasion.",
        "He nodded and left the room.",
        "Question put to the Minister: why?",
        "Question him and he will tell you.",
        "Amendment 37 seeks to remove clause 300, which states:",
        "Amendment 12 agreed to by the Lords would cost us dear.",
        "Clause 3 stands in the way of every tram.",
        "Clause 8(5)(a) talks about trams.",
        "The House divided families for years? No.",
        "Ordered trams never came.",
        "Motion sickness is common on the line.",
        "It being late, I shall stop.",
    ],
)
def test_what_only_begins_as_a_record_s_line_is_said(line: str) -> None:
    expected = [] if line.startswith("The House divided") else [("Bell", line)]

    assert words(read_turn("It is late.", line)) == [("Bell", "It is late."), *expected]


@pytest.mark.parametrize(
    "name",
    [
        "Several hon. Members",
        "Hon. Members",
        "Noble Lords",
        "A noble Lord",
        "An hon. Member",
        "Many Deputies",
        "Members",
    ],
)
def test_a_crowd_is_not_quoted_as_a_voice(name: str) -> None:
    assert read_turn("Resign! Resign and go home!", name=name) == ()


@pytest.mark.parametrize(
    "name", ["Lord Ashby", "Baroness Peers", "Alan Lord", "The Member for Harwick", "Voices for Trams"]
)
def test_one_who_only_sounds_like_a_crowd_is_quoted(name: str) -> None:
    assert words(read_turn("It is late.", name=name)) == [(name, "It is late.")]


PARAGRAPHS = st.lists(st.text('ab .,“”"‘’!?—', min_size=1).map(str.strip).filter(bool), min_size=1, max_size=4)


@given(PARAGRAPHS, st.sets(st.integers(0, 3)))
def test_every_paragraph_of_a_turn_is_a_passage_of_its_speaker_or_of_nobody(
    paragraphs: list[str], apart: set[int]
) -> None:
    set_apart = tuple(index for index in sorted(apart) if index < len(paragraphs))

    passages = read_turn(*paragraphs, set_apart=set_apart)

    own = {p.paragraph: p for p in passages if p.voice}
    frames = {p.paragraph: p.frame for p in passages if p.voice is None}
    for index, paragraph in enumerate(paragraphs):
        number = index + 2
        if number in own:
            assert own[number].text == paragraph
            assert index not in set_apart
        else:
            assert passages[0].document.text[slice(*frames[number])] == paragraph
    for p in own.values():
        assert all(
            not stretch.start < edge < stretch.end
            for r in iter_sentence_runs(p, NO_LIMITS)
            for edge in r
            for stretch in p.unbroken
        )


def test_a_sentence_that_goes_on_behind_a_letter_of_its_own_turn_is_cut_there_too() -> None:
    text = "Bell\n\nIt cost us,\n\n“three good nurses”\n\nsays the ward. I ask."
    label = Span(0, 4)
    turns = (
        Turn(Span(6, 17), label, Voice("Bell")),
        Turn(Span(19, 38), label, Voice("Bell"), set_apart=(Span(19, 38),)),
        Turn(Span(40, 61), label, Voice("Bell")),
    )

    passages = extract_passages(Document("invented", text, turns=turns), language=ENGLISH)

    assert [p.voice and p.voice.name for p in passages] == ["Bell", None, "Bell"]
    assert [text[slice(*run)] for p in passages if p.voice for run in iter_sentence_runs(p, NO_LIMITS)] == ["I ask."]


def test_a_turn_of_blanks_alone_has_no_passage() -> None:
    turn = Turn(Span(5, 6), Span(0, 4), Voice("Bell"))

    assert extract_passages(Document("invented", "Bell: It rains.", turns=(turn,)), language=ENGLISH) == ()
