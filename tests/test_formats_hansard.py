"""Debates of the Hansard API: labels, tags, marks and links; all people are invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot import formats
from bot.errors import CorpusError
from bot.formats.hansard import split_label
from bot.model import Document

DAY = "2031-05-02T00:00:00"


def item(label: str | None, value: str, tag: str = "hs_Para", **given: Any) -> dict[str, Any]:
    return {
        "ItemType": "Contribution",
        "AttributedTo": label,
        "Value": value,
        "HRSTag": tag,
        "ExternalId": "A-1",
        "MemberId": None,
    } | given


def debate(*items: dict[str, Any], **overview: Any) -> dict[str, Any]:
    for number, each in enumerate(items):
        each.setdefault("OrderInSection", number)
    known = {"ExtId": "ab-1", "Title": "Trams", "Date": DAY, "House": "Commons"}
    return {"Overview": known | overview, "Items": list(items), "ChildDebates": []}


def read(tmp_path: Path, made: object, related: list[object] | None = None) -> Document:
    path = tmp_path / "trams.hansard.json"
    path.write_text(json.dumps(made), "utf-8")
    if related is not None:
        (tmp_path / ".record").mkdir(exist_ok=True)
        answers = [{"url": "x", "content": content} for content in related]
        beside = tmp_path / ".record" / "trams.hansard.json"
        beside.write_text(json.dumps({"answers": answers}), "utf-8")
    return formats.read(path)


def spoken(document: Document) -> list[tuple[str, str]]:
    """Return who says what, without what is set apart."""
    said = []
    for turn in document.turns:
        apart = [document.text[slice(*span)] for span in turn.set_apart]
        paragraphs = document.text[slice(*turn.span)].split("\n\n")
        said.append((turn.voice.name, "\n\n".join(words for words in paragraphs if words not in apart)))
    return said


@pytest.mark.parametrize(
    ("label", "name", "role", "party"),
    [
        ("Orla Venn (Wexcombe) (Lab)", "Orla Venn", None, "Lab"),
        ("Orla Venn (Wexcombe, Lab)", "Orla Venn", None, "Lab"),
        ("Orla Venn (Wexcombe and Ludd, East) (Lab/Co-op)", "Orla Venn", None, "Lab/Co-op"),
        ("Orla Venn", "Orla Venn", None, None),
        ("Orla Venn:", "Orla Venn", None, None),
        ("Lord Fenwick of Ash (CB)", "Lord Fenwick of Ash", None, "CB"),
        ("Lord Fenwick (Con) [V]", "Lord Fenwick (Con) [V]", None, None),
        ("The Earl of Ludd (Con)", "The Earl of Ludd", None, "Con"),
        ("The Lord Bishop of Wexcombe", "The Lord Bishop of Wexcombe", None, None),
        ("Mr Speaker", "Mr Speaker", None, None),
        ("Madam Deputy Speaker (Dame Ida Crane)", "Dame Ida Crane", "Madam Deputy Speaker", None),
        ("Eddie Marr (in the Chair)", "Eddie Marr", "in the Chair", None),
        ("The Minister for Trams (Rhona Beck)", "Rhona Beck", "The Minister for Trams", None),
        (
            "The Parliamentary Under-Secretary of State, Home Office (Lord Fenwick) (Con)",
            "Lord Fenwick",
            "The Parliamentary Under-Secretary of State, Home Office",
            "Con",
        ),
        ("The Attorney General (Tam Okoye)", "Tam Okoye", "The Attorney General", None),
        ("Baroness Venn of Ludd (Non-Afl)", "Baroness Venn of Ludd", None, "Non-Afl"),
    ],
)
def test_a_label_is_split_whole(label: str, name: str, role: str | None, party: str | None) -> None:
    voice = split_label(label)

    assert voice is not None
    assert (voice.name, voice.role, voice.party) == (name, role, party)


@pytest.mark.parametrize(
    "label",
    ["Several hon. Members", "Hon. Members", "A noble Lord", "Noble Lords", "An hon. Member",
     "Some hon. Members", "several hon. Members", "Members", "A Noble Baroness", "Other Noble Lords"],
)  # fmt: skip
def test_a_crowd_is_nobody(label: str) -> None:
    assert split_label(label) is None


@pytest.mark.parametrize(
    "tag",
    ["hs_quote", "hs_brev", "hs_brevIndent", "HS_BREV", "hs_quotefo", "hs_AmendmentLevel1",
     "hs_Procedure", "hs_procedure", "hs_Timeline", "hs_TabledBy", "hs_CLPara", "hs_ColumnNumber"],
)  # fmt: skip
def test_set_apart_matter_and_the_record_s_lines_are_nobody_s(tag: str, tmp_path: Path) -> None:
    mine = item("Orla Venn", "<p>It is late.</p>")
    as_item = debate(mine, item(None, "<p>It rained.</p>", tag))
    as_class = debate(item("Orla Venn", f'<p>It is late.</p><p class="{tag}">It rained.</p>'))

    for made in (as_item, as_class):
        document = read(tmp_path, made)
        assert spoken(document) == [("Orla Venn", "It is late.")]
        assert "It rained." in document.text


def test_a_speaker_goes_on_after_set_apart_matter_but_not_after_the_record_s_lines(
    tmp_path: Path,
) -> None:
    mine, more = item("Orla Venn", "<p>It is late.</p>"), item(None, "<p>I go on.</p>")
    quoted, put = (
        item(None, "<p>“Late.”</p>", "hs_quote"),
        item(None, "<p>Put.</p>", "hs_Procedure"),
    )
    division = item(None, "", ItemType="Division")

    assert spoken(read(tmp_path, debate(mine, quoted, dict(more)))) == [("Orla Venn", "It is late.\n\nI go on.")]
    assert spoken(read(tmp_path, debate(mine, put, dict(more)))) == [("Orla Venn", "It is late.")]
    assert spoken(read(tmp_path, debate(mine, division, dict(more)))) == [("Orla Venn", "It is late.")]


def test_a_column_mark_goes_with_its_number_and_a_cross_reference_stays(tmp_path: Path) -> None:
    marks = "".join(
        f'<span class="{kind}" data-column-number="301">301</span>'
        for kind in ("column-number", "column-number column-hidden", "column-only column-number")
    )
    value = f'<p>It is {marks}late. See <span class="cross-reference">637</span>.</p>'

    document = read(tmp_path, debate(item("Orla Venn", value)))

    assert spoken(document) == [("Orla Venn", "It is late. See 637.")]


def test_items_are_read_in_their_order_and_debates_within_under_their_titles(
    tmp_path: Path,
) -> None:
    made = debate(item("Orla Venn", "<p>Two.</p>", OrderInSection=2),
                  item("Orla Venn", "<p>One.</p>", OrderInSection=1))  # fmt: skip
    made["ChildDebates"] = [debate(item("Tam Okoye", "<p>Three.</p>"), Title="New Clause 1")]

    document = read(tmp_path, made)

    assert [words for _, words in spoken(document)] == ["One.", "Two.", "Three."]
    assert [turn.heading for turn in document.turns] == ["Trams", "Trams", "Trams / New Clause 1"]


def test_a_later_label_keeps_the_office_party_and_identity_of_an_earlier_one(
    tmp_path: Path,
) -> None:
    document = read(
        tmp_path,
        debate(
            item("The Minister for Trams (Rhona Beck) (Lab)", "<p>One.</p>"),
            item("Rhona Beck", "<p>Two.</p>", MemberId=99003),
            item("Rhona Beck", "<p>Three.</p>"),
        ),
    )

    voice = document.turns[-1].voice
    assert (voice.role, voice.party) == ("The Minister for Trams", "Lab")
    assert voice.id == "uk.parliament/99003"


def history(*entries: tuple[str, str | None, str]) -> list[object]:
    parties = [{"startDate": start, "endDate": end, "party": {"abbreviation": party}} for start, end, party in entries]
    return [{"value": {"id": 99003, "partyHistory": parties, "nameHistory": []}}]


@pytest.mark.parametrize(
    ("entries", "party"),
    [
        ([("2020-01-01T00:00:00", None, "Lab")], "Lab"),
        (
            [("2020-01-01T00:00:00", "2031-05-02T00:00:00", "Lab"), ("2031-05-02", None, "Ind")],
            "Ind",
        ),
        (
            [("2020-01-01T00:00:00", "2031-05-03T00:00:00", "Lab"), ("2031-05-03", None, "Ind")],
            "Lab",
        ),
        ([("2031-05-03T00:00:00", None, "Ind")], None),
        ([], None),
    ],
)
def test_a_party_is_that_of_the_day(
    entries: list[tuple[str, str | None, str]], party: str | None, tmp_path: Path
) -> None:
    made = debate(item("Rhona Beck", "<p>One.</p>", MemberId=99003))

    assert read(tmp_path, made, [history(*entries)]).turns[0].voice.party == party


def test_a_debate_says_where_it_stands_and_by_which_licence(tmp_path: Path) -> None:
    document = read(tmp_path, debate(item("Orla Venn", "<p>One.</p>", ExternalId="C-9")))

    assert document.title == "Trams"
    assert document.date == "2031-05-02"
    assert document.url == "https://hansard.parliament.uk/Commons/2031-05-02/debates/AB-1/Trams"
    assert document.turns[0].url == f"{document.url}#contribution-C-9"
    assert document.licence == "Open Parliament Licence v3.0"


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b"{", "not JSON|no format reads"),
        (b'{"Overview": 1, "Items": [], "ExtId": 2}', "not a debate of the Hansard API"),
        (b'{"Overview": {"ExtId": "x"}, "Items": []}', "nobody speaks"),
        (b'{"Overview": {"ExtId": "x"}, "Items": [1, null, {}]}', "nobody speaks"),
        (b'{"Overview": {"ExtId": "x"}, "Items": [', "not JSON"),
        (b'{"Overview": {"ExtId": "x"}, "Items": ' + b"[" * 99_999, "not JSON"),
        (b'["Overview", "Items", "ExtId"]', "not a JSON object|no format reads"),
    ],
)
def test_what_is_no_debate_is_refused_in_a_line(content: bytes, fact: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)

    with pytest.raises(CorpusError, match=fact) as caught:
        formats.read(path)

    assert str(caught.value).startswith(str(path))


def test_damaged_answers_beside_a_debate_are_told(tmp_path: Path) -> None:
    made = debate(item("Orla Venn", "<p>One.</p>"))
    read(tmp_path, made, [])
    (tmp_path / ".record/trams.hansard.json").write_text("{")

    with pytest.raises(CorpusError, match=r"\.record/trams\.hansard\.json: not JSON"):
        read(tmp_path, made)


def test_a_block_quotation_is_set_apart_within_the_turn(tmp_path: Path) -> None:
    value = "<p>A.</p><blockquote><p>B.</p></blockquote>"
    document = read(tmp_path, debate({"ItemType": "Contribution", "AttributedTo": "Orla Venn", "Value": value}))

    assert [document.text[slice(*span)] for span in document.turns[0].set_apart] == ["B."]
