"""Akoma Ntoso's debates: the printed name and the marked one; all invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import formats
from bot.errors import CorpusError
from bot.model import Document, Voice

REFERENCES = """<references><TLCPerson eId="bell" showAs="Ann Bell" href="/xx/members/id/Ann-Bell.7"/>
<TLCPerson eId="low" showAs="Bob Low" href="#low"/>
<TLCRole id="trams" showAs="Minister for Trams"/><TLCRole eId="chair" showAs="The Chair"/>
<TLCOrganization eId="council" showAs="Testbury Council"/></references>"""

BELL_ID = "xx/members/id/Ann-Bell.7"


def file(folder: Path, body: str, meta: str = REFERENCES) -> Path:
    path = folder / "a.xml"
    path.write_text(f"<akomaNtoso><debate><meta>{meta}</meta>{body}</debate></akomaNtoso>", encoding="utf-8")
    return path


def said(document: Document) -> list[tuple[str, str]]:
    return [(turn.voice.name, document.text[slice(*turn.span)]) for turn in document.turns]


def test_speeches_questions_and_answers_are_turns(tmp_path: Path) -> None:
    body = (
        "<debateBody><debateSection><heading>Trams</heading>"
        "<speech by='#bell'><from>Ann Bell:</from><p eId='p1'>A.</p><p>B.</p></speech>"
        "<question><from>Bob Low:</from><p id='p2'>C?</p></question>"
        "<debateSection><subheading>Rails</subheading>"
        "<answer by='#bell'><from>Ann Bell</from><p>D.</p></answer></debateSection>"
        "</debateSection></debateBody>"
    )

    document = formats.read(file(tmp_path, body))

    assert said(document) == [("Ann Bell", "A.\n\nB."), ("Bob Low", "C?"), ("Ann Bell", "D.")]
    assert [turn.heading for turn in document.turns] == ["Trams", "Trams", "Trams / Rails"]
    assert [turn.addresses for turn in document.turns] == [("p1", ""), ("p2",), ("",)]


@pytest.mark.parametrize(
    ("opening", "label", "voice"),
    [
        ("<speech by='#bell'><from>\nMs  Bell: </from>", "Ms Bell: [Ann Bell]", Voice("Ann Bell", id=BELL_ID)),
        ("<speech by='#bell'><from>The Chair:</from>", "The Chair:", Voice("The Chair")),
        ("<speech by='#bell'>", "[Ann Bell]", Voice("Ann Bell", id=BELL_ID)),
        ("<speech by='#nobody'><from>Bob Low</from>", "Bob Low", Voice("Bob Low")),
        ("<speech by='#low'><from>Bob Low</from>", "Bob Low", Voice("Bob Low")),
        (
            "<speech by='#bell' as='#trams'><from>Ann Bell</from>",
            "Ann Bell",
            Voice("Ann Bell", "Minister for Trams", id=BELL_ID),
        ),
        ("<speech by='#chair' as='chair'><from>The Chair</from>", "The Chair", Voice("The Chair")),
    ],
)
def test_a_speaker_goes_by_the_name_given_unless_another_is_printed(
    tmp_path: Path, opening: str, label: str, voice: Voice
) -> None:
    document = formats.read(file(tmp_path, f"{opening}<p>A.</p></speech>"))

    [turn] = document.turns
    assert document.text[slice(*turn.label)] == label
    assert turn.voice == voice


@pytest.mark.parametrize("nameless", ["<from> </from>", "<from>:</from>", ""])
def test_words_without_a_speaker_are_nobodys(tmp_path: Path, nameless: str) -> None:
    body = f"<speech><from>Ann</from><p>A.</p></speech><speech>{nameless}<p>B.</p></speech>"

    document = formats.read(file(tmp_path, body))

    assert said(document) == [("Ann", "A.")]
    assert document.text == "Ann\n\nA.\n\nB."


def test_scenes_and_headings_break_a_turn(tmp_path: Path) -> None:
    body = (
        "<narrative>The House met.</narrative><speech><from>Ann</from><p>A.</p>"
        "<scene>(Applause)</scene><p>B.</p><heading>Table</heading><p>C.</p></speech>"
        "<summary><p>(Question put)</p></summary>"
    )

    document = formats.read(file(tmp_path, body))

    assert said(document) == [("Ann", "A."), ("Ann", "B."), ("Ann", "C.")]
    assert document.text.startswith("The House met.\n\n")
    assert document.text.endswith("\n\nC.\n\n(Question put)")


def test_a_speech_within_a_speech_is_not_the_outer_speakers(tmp_path: Path) -> None:
    body = "<speech><from>Ann</from><p>A.</p>{}<p>C.</p></speech>"
    inner = "<speech><from>Bob</from><p>B.</p></speech>"

    for nested in (inner, f"<div>{inner}</div>"):
        document = formats.read(file(tmp_path, body.format(nested)))

        assert said(document) == [("Ann", "A."), ("Ann", "C.")]
        assert document.text == "Ann\n\nA.\n\nBob\n\nB.\n\nC."


def test_words_that_stand_loose_are_kept(tmp_path: Path) -> None:
    body = (
        "<div>One <i>or</i><p>two</p>three</div>"
        "<speech>A <from>Ann</from>B <block>C <p>D</p> E</block> F</speech>"
        "<speech>G <p>H</p> I</speech>"
    )

    document = formats.read(file(tmp_path, body))

    assert document.text.split() == [*("One", "or", "two", "three"), *("Ann", *"ABCDEFGHI")]
    assert said(document) == [("Ann", "A\n\nB\n\nC\n\nD\n\nE\n\nF")]


def test_lists_and_tables_of_a_speech_are_spoken_line_by_line(tmp_path: Path) -> None:
    body = (
        "<speech><from>Ann</from><blockList><item><num>1</num><p>A.</p></item></blockList>"
        "<table><tr><td>Cost </td><td>4</td></tr></table></speech>"
    )

    assert said(formats.read(file(tmp_path, body))) == [("Ann", "1\n\nA.\n\nCost 4")]


def test_an_editors_note_is_left_out_and_told(tmp_path: Path) -> None:
    body = (
        "<speech><from>Ann</from><p>We <i>will</i><authorialNote><p>Laughter</p></authorialNote>"
        " not wait<noteRef href='#n'/>.</p><div><p>No.</p><authorialNote><p>Jeers</p>"
        "</authorialNote></div></speech>"
    )
    path = file(tmp_path, body, "<notes><note><p>An aside.</p></note></notes>")

    report = formats.parse(path)
    document = report.document

    assert said(document) == [("Ann", "We will not wait.\n\nNo.")]
    assert report.left_out == ("An aside.", "Laughter", "Jeers")


def test_a_debate_tells_where_it_was_published(tmp_path: Path) -> None:
    meta = "<FRBRWork><FRBRdate date='2024-05-02'/><FRBRauthor href='#council'/></FRBRWork>"
    body = "<preface><p><docTitle>Second meeting</docTitle></p></preface><speech by='#bell'><p>A.</p></speech>"

    document = formats.read(file(tmp_path, body, meta + REFERENCES))

    assert document.title == "Second meeting"
    assert document.publisher == "Testbury Council"
    assert document.date == "2024-05-02"
    assert document.text.startswith("Second meeting\n\n")


def test_a_debate_that_says_nothing_of_itself_is_given_nothing(tmp_path: Path) -> None:
    document = formats.read(file(tmp_path, "<speech><from>Ann</from><p>A.</p></speech>", ""))

    assert document.title is document.publisher is document.date is None


def test_an_act_is_no_debate(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nobody speaks; save it as text if it is no debate"):
        formats.read(file(tmp_path, "<body><p>1. Trams shall run.</p></body>"))


@pytest.mark.parametrize(
    "block",
    [
        "<p class='indent_2'>B.</p>",
        "<embeddedText><p>B.</p></embeddedText>",
        "<quotedStructure><p>B.</p></quotedStructure>",
        "<p><quotedText>B.</quotedText></p>",
        "<p> <embeddedText>B.</embeddedText> </p>",
    ],
)
def test_what_is_indented_or_embedded_is_set_apart_within_the_turn(tmp_path: Path, block: str) -> None:
    document = formats.read(file(tmp_path, f"<speech><from>Ann</from><p>A:</p>{block}<p>C.</p></speech>"))

    [turn] = document.turns
    assert document.text[slice(*turn.span)] == "A:\n\nB.\n\nC."
    assert [document.text[slice(*span)] for span in turn.set_apart] == ["B."]


@pytest.mark.parametrize("block", ["<p>He said <quotedText>B.</quotedText></p>", "<p/>", "<p><i>B.</i></p>"])
def test_a_paragraph_that_quotes_within_a_sentence_is_not_set_apart(tmp_path: Path, block: str) -> None:
    document = formats.read(file(tmp_path, f"<speech><from>Ann</from><p>A:</p>{block}</speech>"))

    assert document.turns[0].set_apart == ()


@pytest.mark.parametrize(
    ("printed", "voice"),
    [
        ("El señor DELL (Presidente).-", Voice("El señor DELL", "Presidente")),
        ("The MINISTER OF TRAMS — ", Voice("The MINISTER OF TRAMS")),
        ("Hon. C. DELL.—", Voice("Hon. C. DELL")),
        ("Sr. Dell Jr.:", Voice("Sr. Dell Jr.")),
        ("Ms Dell -", Voice("Ms Dell")),
    ],
)
def test_marks_behind_a_printed_name_are_no_part_of_it(tmp_path: Path, printed: str, voice: Voice) -> None:
    body = f"<debateBody><speech by='#x'><from>{printed}</from><p>It is late.</p></speech></debateBody>"

    assert formats.read(file(tmp_path, body)).turns[0].voice == voice


@pytest.mark.parametrize(
    ("stated", "date", "place"),
    [
        ("2012-09-20", "2012-09-20", "FRBRdate of its FRBRWork"),
        ("3000-01-01", "2012-09-21", "its docDate"),
        ("9999-12-31", "2012-09-21", "its docDate"),
        ("0001-01-01", "2012-09-21", "its docDate"),
        ("", "2012-09-21", "its docDate"),
        ("2099-12-31", "2099-12-31", "FRBRdate of its FRBRWork"),
        ("2100-01-01", "2012-09-21", "its docDate"),
    ],
)
def test_a_placeholder_is_no_date(tmp_path: Path, stated: str, date: str, place: str) -> None:
    meta = f"<identification><FRBRWork><FRBRdate date='{stated}'/></FRBRWork></identification>"
    body = "<preface><docDate date='2012-09-21'>21 September</docDate></preface>"
    body += "<debateBody><speech by='#x'><from>Bob Dell</from><p>It is late.</p></speech></debateBody>"

    report = formats.parse(file(tmp_path, body, meta))
    document = report.document

    assert (document.date, report.dated_by) == (date, place)


def test_a_date_may_stand_in_the_address_alone(tmp_path: Path) -> None:
    work = "<FRBRthis value='/zz/debate/2012-09-20/main'/><FRBRdate date='3000-01-01'/>"
    body = "<debateBody><speech by='#x'><from>Bob Dell</from><p>It is late.</p></speech></debateBody>"

    report = formats.parse(file(tmp_path, body, f"<FRBRWork>{work}</FRBRWork>"))
    document = report.document

    assert (document.date, report.dated_by) == ("2012-09-20", "FRBRthis of its FRBRWork")


@pytest.mark.parametrize(
    ("remark", "printed"), [("(Applause)", "A. (Applause) B."), ("Applause", "A. [Applause] B."), ("", "A. B.")]
)
def test_a_remark_within_a_speech_stands_in_brackets(tmp_path: Path, remark: str, printed: str) -> None:
    body = f"<speech by='#low'><from>Ann Low</from><p>A.<remark>{remark}</remark>B.</p></speech>"

    assert [words for _, words in said(formats.read(file(tmp_path, body)))] == [printed]


@pytest.mark.parametrize("printed", ["Ann Low and Bob Dell", "The Witness", "Speaker 2"])
def test_a_label_of_several_or_of_nobody_known_begins_no_turn(tmp_path: Path, printed: str) -> None:
    body = f"<speech><from>{printed}</from><p>A.</p></speech><speech by='#low'><from>Ann Low</from><p>B.</p></speech>"

    assert [words for _, words in said(formats.read(file(tmp_path, body)))] == ["B."]
