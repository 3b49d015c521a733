"""TheyWorkForYou's records: who speaks, which words are theirs, which version counts.

Every record here is invented.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import formats
from bot.attribution import extract_passages
from bot.errors import CorpusError, SkippedError
from bot.model import Document, Voice
from tests.english import ENGLISH

ID = "uk.org.publicwhip/{}/2024-05-02a.1.1"
PARTS = {
    "<p>Word one.</p>": "Word one.",
    "<p class='italic'>Question put.</p>": "Question put.",
    "<p>[Interruption.]</p>": "[Interruption.]",
    "<p> </p>": "",
    "<p amendmenttext='true'>No rails.</p>": "No rails.",
    "<table><tr><td>1</td><td/><td>2</td></tr></table>": "1 2",
}


def read(body: str, record: str = "debate", latest: str = "") -> Document:
    first = f"<minor-heading id='{ID.format(record)}'>Trams</minor-heading>"
    return whole(f"<publicwhip {latest}>{first}{body}</publicwhip>")


def whole(xml: str) -> Document:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xml"
        path.write_text(xml, encoding="utf-8")
        return formats.read(path)


def speech(words: str, name: str = "Ann Bell", rest: str = "") -> str:
    return f"<speech speakername='{name}' speakerid='{name}' {rest}>{words}</speech>"


def said(document: Document) -> list[tuple[str, str]]:
    return [(turn.voice.name, document.text[slice(*turn.span)]) for turn in document.turns]


def test_a_speech_is_a_turn_under_its_speaker() -> None:
    document = read(speech("<p>One.</p>\n<p>Two.</p>") + speech("<p>Three.</p>", "Bob Low"))

    assert document.text == "Trams\n\nAnn Bell\n\nOne.\n\nTwo.\n\nBob Low\n\nThree."
    assert said(document) == [("Ann Bell", "One.\n\nTwo."), ("Bob Low", "Three.")]


def test_blanks_are_closed_up_and_markup_within_words_leaves_none() -> None:
    document = read(speech("<p>\n  The <i>Test\n Gazette</i>\tsaid “no<sup>1</sup>”&#160;.<!-- x --></p>"))

    assert said(document) == [("Ann Bell", "The Test Gazette said “no1” .")]


def test_control_characters_are_read_as_windows_writes_them() -> None:
    document = read(speech("<p>\x93It\x92s late\x85\x94\x97\x81</p>"))

    assert said(document) == [("Ann Bell", "“It’s late…”—\x81")]


def test_paragraphs_keep_their_addresses_and_speeches_theirs() -> None:
    document = read(
        speech("<p pid='1/1'>A.</p><p>B.</p>", rest="url='https://example.org/a#1'")
        + speech("<p>C.</p>", rest="url='see column 3'")
    )

    assert [turn.addresses for turn in document.turns] == [("1/1", ""), ("",)]
    assert [turn.url for turn in document.turns] == ["https://example.org/a#1", None]
    assert document.url == "https://example.org/a"


def test_an_office_holds_for_its_speaker_until_another_is_given() -> None:
    document = read(
        speech("<p>A.</p>")
        + speech("<p>B.</p>", rest="speakeroffice='The Minister for Trams'")
        + speech("<p>C.</p>", "Bob Low")
        + speech("<p>D.</p>")
        + speech("<p>E.</p>", rest="speakeroffice='Madam Deputy Speaker'")
    )

    assert [turn.voice.role for turn in document.turns] == [
        *(None, "The Minister for Trams", None),
        *("The Minister for Trams", "Madam Deputy Speaker"),
    ]
    labels = [document.text[slice(*turn.label)] for turn in document.turns]
    assert labels[1] == "Ann Bell (The Minister for Trams)"
    assert labels[3] == "Ann Bell"


def test_a_committee_list_gives_the_party_and_a_division_takes_none_away() -> None:
    document = read(
        "<bill title='Tram Bill'>Tram Bill</bill><committee>"
        "<mpname memberid='Ann Bell'>Bell, Ann <span>(Testbury)</span> (Ind)</mpname>"
        "<mpname memberid='Bob Low'>Low, Bob (Minister for Trams)</mpname></committee>"
        + speech("<p>A.</p>")
        + speech("<p>B.</p>", "Bob Low")
        + "<divisioncount><mpname memberid='Ann Bell'>Bell, Ann</mpname></divisioncount>",
        "standing",
    )

    assert [turn.voice for turn in document.turns] == [
        Voice("Ann Bell", party="Ind", seat="Testbury"),
        Voice("Bob Low"),
    ]
    assert document.title == "Tram Bill, Public Bill Committee debates, 2024-05-02"
    assert "Bell, Ann" not in document.text


def test_a_member_is_identified_by_the_person_else_by_the_membership() -> None:
    document = read(
        "<speech speakername='Ann Bell' person_id='uk.org.publicwhip/person/7' speakerid='uk.org.publicwhip/member/9'>"
        "<p>A.</p></speech><speech speakername='Bob Low' speakerid='uk.org.publicwhip/lord/8'><p>B.</p></speech>"
        "<speech speakername='A Clerk' speakerid='unknown'><p>C.</p></speech>"
    )

    assert [turn.voice.id for turn in document.turns] == [
        "uk.org.publicwhip/person/7",
        "uk.org.publicwhip/lord/8",
        None,
    ]


def test_headings_lead_down_to_a_speech() -> None:
    document = read(
        "<oral-heading>Oral answers</oral-heading><major-heading>Roads</major-heading>"
        + speech("<p>A.</p>")
        + "<minor-heading>Trams — <i>Motion</i></minor-heading>"
        + speech("<p>B.</p>")
        + "<major-heading>Drains</major-heading>"
        + speech("<p>C.</p>")
    )

    headings = [turn.heading for turn in document.turns]
    assert headings == ["Roads", "Roads / Trams — Motion", "Drains"]


def test_procedure_is_nobodys_words() -> None:
    document = read(
        speech("<p>A.</p>")
        + "<speech nospeaker='true'><p>The House divided.</p></speech>"
        + "<division><mpname>Bell, Ann</mpname></division>"
        + "<gidredirect oldgid='a' newgid='b'/>"
    )

    assert document.text == "Trams\n\nAnn Bell\n\nA.\n\nThe House divided."
    assert said(document) == [("Ann Bell", "A.")]


@pytest.mark.parametrize(
    "turned",
    [
        "<p class='italic'>Amendment 3 withdrawn.</p>",
        "<p class='indentitalic'>Amendment 3 withdrawn.</p>",
        "<p><i>Clause 4</i> <b>: Rails</b></p>",
        "<p><span class='italic'>Question put.</span></p>",
    ],
)
def test_where_a_debate_turns_to_italics_the_speaker_has_done(turned: str) -> None:
    document = read(speech(f"<p>I beg leave to withdraw.</p>{turned}<p>4: Leave out rails.</p>"))

    assert said(document) == [("Ann Bell", "I beg leave to withdraw.")]
    assert document.text.endswith("\n\n4: Leave out rails.")


def test_a_word_in_italics_ends_nothing() -> None:
    document = read(speech("<p><i>Trams</i> are late.</p><p>So am <i>I</i></p><p/>"))

    assert said(document) == [("Ann Bell", "Trams are late.\n\nSo am I")]


@pytest.mark.parametrize("record", ["wms", "wrans"])
def test_in_written_statements_italics_are_the_authors_headings(record: str) -> None:
    document = read(speech("<p>A.</p><p class='italic'>Rails</p><p>B.</p>"), record)

    assert said(document) == [("Ann Bell", "A.\n\nRails\n\nB.")]


def test_questions_and_replies_are_speeches() -> None:
    document = read("<ques speakername='Ann'><p>Why?</p></ques><reply speakername='Bob'><p>So.</p></reply>", "wrans")

    assert said(document) == [("Ann", "Why?"), ("Bob", "So.")]
    assert document.title == "Written answers, 2024-05-02"


@pytest.mark.parametrize("note", ["[Interruption.]", "(Laughter)"])
def test_a_bracketed_paragraph_breaks_a_turn_in_two(note: str) -> None:
    document = read(speech(f"<p>A.</p><p>{note}</p><p>B [sic].</p>"))

    assert said(document) == [("Ann Bell", "A."), ("Ann Bell", "B [sic].")]


def test_the_wording_of_an_amendment_is_not_spoken() -> None:
    document = read(speech("<p>I beg to move</p><p amendmenttext='true'>No rails.</p><p>It is plain.</p>"))

    assert said(document) == [("Ann Bell", "I beg to move"), ("Ann Bell", "It is plain.")]


def test_who_only_rose_said_nothing() -> None:
    document = read(speech("<p class='italic'>rose—</p>", "Bob Low") + speech("<p>A.</p>"))

    assert document.text == "Trams\n\nBob Low\n\nrose—\n\nAnn Bell\n\nA."
    assert said(document) == [("Ann Bell", "A.")]


def test_each_row_of_a_table_is_a_line() -> None:
    document = read(
        speech("<table><tr><td>Year</td><td>Cost</td></tr><tr pid='1/2'><td>2023</td><td>4</td></tr></table>")
    )

    assert said(document) == [("Ann Bell", "Year Cost\n\n2023 4")]
    assert document.turns[0].addresses == ("", "1/2")


def test_words_outside_paragraphs_are_kept() -> None:
    assert said(read(speech("One.<p>Two.</p>Three."))) == [("Ann Bell", "One.\n\nTwo.\n\nThree.")]


def test_a_superseded_version_is_skipped_and_says_so() -> None:
    with pytest.raises(SkippedError) as caught:
        read(speech("<p>A.</p>"), latest="latest='no'")

    assert str(caught.value).endswith('a.xml: superseded: the file says latest="no"; use the version that replaced it')


def test_the_latest_version_is_read() -> None:
    assert said(read(speech("<p>A.</p>"), latest="latest='yes'")) == [("Ann Bell", "A.")]


def test_a_record_in_which_nobody_speaks_is_refused() -> None:
    with pytest.raises(CorpusError, match="nobody speaks; remove it"):
        read("<speech nospeaker='true'><p>The House rose.</p></speech>" + speech("<p> </p>"))


def test_a_record_of_another_kind_is_named_by_its_day_alone() -> None:
    document = read(speech("<p>A.</p>"), "elsewhere")

    assert (document.title, document.publisher, document.date) == ("2024-05-02", None, "2024-05-02")


def test_a_record_that_says_nothing_of_itself_is_given_no_title() -> None:
    document = whole(f"<publicwhip>{speech('<p>A.</p>')}</publicwhip>")

    assert (document.title, document.date, document.url) == (None, None, None)


def test_a_day_that_never_was_is_no_date() -> None:
    first = "<minor-heading id='uk.org.publicwhip/lords/2024-13-02a.1'>T</minor-heading>"

    document = whole(f"<publicwhip>{first}{speech('<p>A.</p>')}</publicwhip>")

    assert (document.title, document.date) == ("House of Lords debates", None)


def test_a_report_tells_of_the_divisions_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    divided = "<division>\n<mpname>Low, Bob</mpname>\n</division><gidredirect/>"
    path.write_text(f"<publicwhip>{speech('<p>Aye.</p>')}{divided}</publicwhip>", encoding="utf-8")

    report = formats.parse(path)

    assert report.left_out == ("Low, Bob",)
    assert report.kept_share == 11 / 18
    assert report.document.missing == ("title", "publisher", "authors", "date", "url", "licence")


def test_each_paragraph_of_a_speech_becomes_a_passage_in_its_voice() -> None:
    document = read(speech("<p>One.</p><p>Two.</p>"))

    found = [
        (passage.voice and passage.voice.name, passage.text) for passage in extract_passages(document, language=ENGLISH)
    ]

    assert found == [("Ann Bell", "One."), ("Ann Bell", "Two.")]


@given(parts=st.lists(st.sampled_from(sorted(PARTS))))
def test_every_word_of_a_speech_is_kept_once_and_in_order(parts: list[str]) -> None:
    document = read(speech("<p>First.</p>") + speech("".join(parts), "Bob Low"))

    _, _, kept = document.text.partition("Bob Low")
    assert kept.split() == [word for part in parts for word in PARTS[part].split()]


@pytest.mark.parametrize(
    "marked",
    [
        "class='indent'",
        "class='indent' pwmotiontext='yes'",
        "class='indent_2'",
        "class='' pwmotiontext='yes'",
        "class='quote'",
    ],
)
def test_an_indented_paragraph_or_a_motion_s_text_is_set_apart_within_the_turn(marked: str) -> None:
    document = read(speech(f"<p>A driver wrote:</p><p {marked} pid='a/2'>I slept in the cab.</p><p>Shut it.</p>"))

    [turn] = document.turns
    assert document.text[slice(*turn.span)] == "A driver wrote:\n\nI slept in the cab.\n\nShut it."
    assert [document.text[slice(*span)] for span in turn.set_apart] == ["I slept in the cab."]
    assert turn.addresses == ("", "a/2", "")


@pytest.mark.parametrize(
    ("quotation", "count"),
    [("<blockquote><p>B.</p></blockquote>", 1), ("<p> <q>B.</q> </p>", 1), ("<p>I say <q>B.</q></p>", 0)],
)
def test_a_block_quotation_is_set_apart_within_the_turn(quotation: str, count: int) -> None:
    [turn] = read(speech(f"<p>A.</p>{quotation}<p>C.</p>")).turns

    assert len(turn.set_apart) == count


@pytest.mark.parametrize(
    ("paragraph", "count"),
    [
        ("Mr Dell: To ask who pays.", 1),
        ("Mary Fell (Ferry East): Who pays?", 1),
        ("Mr Bell: I asked who pays.", 0),
        ("Mary Fell: who pays?", 0),
        ("Mary Fell said:", 0),
        ("My question: Who pays?", 0),
        ("Mr Dell has said: Who pays?", 0),
        ("The witness: I saw it.", 0),
        ("Mary Fell paid.", 0),
    ],
)
def test_a_paragraph_under_another_s_label_within_a_speech_is_not_the_speaker_s(paragraph: str, count: int) -> None:
    [turn] = read(speech(f"<p>A.</p><p>{paragraph}</p><p>C.</p>")).turns

    assert len(turn.set_apart) == count


def test_two_people_in_one_label_are_nobody() -> None:
    assert said(read(speech("<p>A.</p>", "Ann Bell and Bob Low") + speech("<p>B.</p>"))) == [("Ann Bell", "B.")]


def test_what_is_set_apart_in_nobody_s_speech_is_the_record_s() -> None:
    document = read(speech("<p>A.</p>") + "<speech nospeaker='true'><p class='indent'>B.</p></speech>")

    assert said(document) == [("Ann Bell", "A.")]


def labelled(*labels: tuple[str, str], more: str = "") -> list[Voice]:
    """Return who speaks in a Scottish record, by each label (name, identifier)."""
    speeches = (f"<speech speakername='{name}' speakerid='{known}' {more}><p>A.</p></speech>" for name, known in labels)
    return [turn.voice for turn in read("".join(speeches), "sp").turns]


def test_seat_party_and_office_are_parts_of_a_voice_and_not_of_its_name() -> None:
    found = labelled(("Ida Crane (Ludd) (SNP)", "m/1"), ("The Minister for Weirs (Tam Fell)", "m/2"))

    assert found == [
        Voice("Ida Crane", party="SNP", seat="Ludd", id="m/1"),
        Voice("Tam Fell", "The Minister for Weirs", id="m/2"),
    ]


def test_one_member_is_one_voice_whatever_the_label_says_of_it() -> None:
    found = labelled(
        ("The First Minister", "m/3"), ("Ida Crane (Ludd) (SNP)", "m/1"), ("Ida Crane", "m/1"),
        ("The First Minister (Una Moss)", "m/3"), ("Una Moss", "m/3"),
    )  # fmt: skip

    assert found[1] == found[2]
    assert found[0] == found[3] == found[4] == Voice("Una Moss", "The First Minister", id="m/3")


def test_an_office_whose_holder_is_named_nowhere_is_the_name() -> None:
    assert labelled(("The Presiding Officer", "m/9"), ("Madam Deputy Speaker", "unknown")) == [
        Voice("The Presiding Officer", id="m/9"),
        Voice("Madam Deputy Speaker"),
    ]


def test_people_whom_the_record_matched_with_nobody_are_not_one_person() -> None:
    found = labelled(("The Convener (Ida Crane)", "unknown"), ("Tam Fell", "unknown"))

    assert found == [Voice("Ida Crane", "The Convener"), Voice("Tam Fell")]


@pytest.mark.parametrize("crowd", ["Several hon. Members", "Hon. Members", "Noble Lords"])
def test_a_crowd_has_no_turn_and_its_words_stay_in_the_text(crowd: str) -> None:
    document = read(speech("<p>A.</p>") + speech("<p>Resign!</p>", crowd))

    assert said(document) == [("Ann Bell", "A.")]
    assert document.text.endswith(f"{crowd}\n\nResign!")


@pytest.mark.parametrize(
    ("record", "title", "publisher"),
    [
        ("sp", "Scottish Parliament debates", "Scottish Parliament"),
        ("spwa", "Scottish Parliament written answers", "Scottish Parliament"),
        ("ni", "Northern Ireland Assembly debates", "Northern Ireland Assembly"),
        ("debate", "House of Commons debates", "Hansard"),
        ("elsewhere", None, None),
    ],
)
def test_a_record_is_titled_and_published_by_its_parliament(
    record: str, title: str | None, publisher: str | None
) -> None:
    document = read(speech("<p>A.</p>"), record)

    assert document.publisher == publisher
    assert document.title == (f"{title}, 2024-05-02" if title else "2024-05-02")


def test_openaustralias_root_is_read_and_is_no_house_of_commons() -> None:
    body = (
        "<debates><major-heading id='uk.org.publicwhip/debate/2007-09-20.3.1'>TRAMS</major-heading>"
        "<speech id='uk.org.publicwhip/debate/2007-09-20.3.3' speakername='Ann Bell' speakerid='m/1'><p>It is late.</p>"
        "</speech></debates>"
    )

    document = whole(body)

    assert said(document) == [("Ann Bell", "It is late.")]
    assert (document.title, document.publisher, document.licence) == ("2007-09-20", None, None)
