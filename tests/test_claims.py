"""A text is read into claims: which of its words are claimed to be whose, in whatever marks."""

from __future__ import annotations

import pytest

from bot.answers.verification import MAX_CLAIMS, Verdict, Verifier
from bot.answers.verification.claims import ClaimReader
from bot.model import Side, Voice, VoiceEntry
from tests.invented_debate import FERRY, corpus
from tests.test_verification import NURSES, TAXES, verify


@pytest.fixture(scope="module")
def ferry() -> Verifier:
    return Verifier(FERRY)


def test_a_stranger_who_is_claimed_is_another_voice(ferry: Verifier) -> None:
    assert verify(ferry, f"“{NURSES}” — Carl Nobody").verdict is Verdict.OTHER_VOICE
    assert verify(ferry, f"Carl Nobody told us: “{NURSES}”").verdict is Verdict.OTHER_VOICE


def test_an_office_is_whoever_holds_it(ferry: Verifier) -> None:
    assert verify(ferry, f"The treasurer said: “{TAXES}”").verdict is Verdict.EXACT
    assert verify(ferry, f"The chair said: “{TAXES}”").verdict is Verdict.OTHER_VOICE


def test_one_word_between_marks_is_claimed_where_it_is_told_whose_it_is(ferry: Verifier) -> None:
    assert verify(ferry, "Ann Low called it “safely”").verdict is Verdict.EXACT
    assert verify(ferry, NURSES.replace("shifts", "“shifts”")).claim.text == NURSES.replace("shifts", "“shifts”")
    assert verify(ferry, NURSES.replace("shifts", "“shifts”")).verdict is Verdict.EXACT
    assert verify(ferry, f"The “experts” heard “{NURSES}”").verdict is Verdict.EXACT
    assert not verify(ferry, "Ann Low called it “safely”").is_of_quote
    assert verify(ferry, "Ann Low called it “home safely”").is_of_quote


def test_several_quotes_are_judged_each(ferry: Verifier) -> None:
    text = f"Ann Low said: “{NURSES}” and Bob High said: “{NURSES}” but “the tunnel is cheaper than that”"

    verdicts = [verification.verdict for verification in ferry.verify(text)]

    assert verdicts == [Verdict.EXACT, Verdict.OTHER_VOICE, Verdict.NOT_FOUND]
    assert len(ferry.verify(" ".join(f"“number {n} of many quotes”" for n in range(20)))) == MAX_CLAIMS


@pytest.mark.parametrize(
    "marks",
    ["«»", "»«", "‹›", "›‹", "„“", "‚‘", "‚’", "``", "‘’", "''", '""', "””", "「」", "〝〞", "《》", "‟”", "<>"],
)
def test_marks_of_every_print_are_read(ferry: Verifier, marks: str) -> None:
    opening, closing = (mark * 2 if mark in "<>" else mark for mark in marks)

    verifications = ferry.verify(f"Low said {opening}{NURSES}{closing} and High said {opening}{TAXES}{closing} there.")

    assert [each.verdict for each in verifications] == [Verdict.EXACT, Verdict.EXACT]
    assert [each.claim.names for each in verifications] == [("Ann Low",), ("Bob High",)]


def test_who_says_the_next_words_ends_a_quotation_that_is_never_closed(ferry: Verifier) -> None:
    verifications = ferry.verify(f"Low said: “{NURSES} Mr. High replied: “{TAXES}")

    assert [each.verdict for each in verifications] == [Verdict.EXACT, Verdict.EXACT]
    assert [each.claim.names for each in verifications] == [("Ann Low",), ("Bob High",)]


def test_what_is_quoted_within_words_that_are_not_found_is_judged_too(ferry: Verifier) -> None:
    verifications = ferry.verify(f"Bob High wrote: “I was there when Ann Low told us: ‘{NURSES}’”")

    assert [each.verdict for each in verifications] == [Verdict.NOT_FOUND, Verdict.EXACT]
    assert verifications[1].claim.names == ("Ann Low",)
    assert verifications[1].claim.text[slice(*verifications[1].claim.span)] == NURSES
    assert verifications[1].claim.text == verifications[0].claim.text
    assert len(ferry.verify(" ".join(["“he said ‘one two three four’ and no more”"] * 9))) == MAX_CLAIMS


@pytest.mark.parametrize(
    ("text", "verdict", "names"),
    [
        (f"“{NURSES}” (Low, harbour meeting, 4 May 2024)", Verdict.EXACT, ("Ann Low",)),
        (f"Ben\n“{NURSES}” ~ Low\nCarla\nno way", Verdict.EXACT, ("Ann Low",)),
        (f"Low -- “{NURSES}”", Verdict.EXACT, ("Ann Low",)),
        (f"A spokesman for Ann Low said: “{NURSES}”", Verdict.OTHER_VOICE, ()),
        (f"A spokesman for the Riders said: “{NURSES}”", Verdict.OTHER_VOICE, ("Riders",)),
        (f"Night Watch says: “{NURSES}”", Verdict.OTHER_VOICE, ()),
    ],
)
def test_who_signs_or_speaks_for_somebody_is_told_apart(
    ferry: Verifier, text: str, verdict: Verdict, names: tuple[str, ...]
) -> None:
    verification = verify(ferry, text)

    assert (verification.verdict, verification.claim.names) == (verdict, names)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("A. Low", Verdict.EXACT), ("Tom Low", Verdict.OTHER_VOICE), ("B. Low", Verdict.OTHER_VOICE)],
)
def test_an_initial_stands_for_a_name(ferry: Verifier, name: str, verdict: Verdict) -> None:
    assert verify(ferry, f"“{NURSES}” — {name}").verdict is verdict


def test_where_the_claimed_words_stand_in_the_text_is_told(ferry: Verifier) -> None:
    text = f"\n  I saw this:\n“{NURSES}”\n\nIs it right?"

    [verification] = ferry.verify(text)

    assert text[slice(*verification.claim.span)] == NURSES


@pytest.mark.parametrize("text", ["", "  ", "“”", "“…”", "!?", "“ ”, “ ”"])
def test_a_text_without_words_claims_nothing(ferry: Verifier, text: str) -> None:
    assert ferry.verify(text) == ()


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("As Low put it: “we need a ferry”", "Ann Low"),
        ("“we need a ferry” (Bob High)", "Bob High"),
        ("“we need a ferry” (Bob High) and “no we do not” - Ann Low", "Bob High"),
        ("did Ann Low really say ‘we need a ferry’?", "Ann Low"),
        ("“we need a ferry” is on the wall of the shop beside the house in which they all live", None),
        ("“we need a ferry”", None),
    ],
)
def test_whose_the_words_are_claimed_to_be(text: str, voice: str | None) -> None:
    claim = ClaimReader(FERRY).read(text)[0]

    assert (claim.names[0] if claim.names else claim.voice) == voice


@pytest.mark.parametrize(
    "text",
    [
        *("Selon Zoe Quill, « le pont reste ouvert ».", "D’après Zoe Quill, « le pont reste ouvert »."),
        *("Laut Zoe Quill „bleibt die Brücke offen“.", "Según Zoe Quill, «el puente sigue abierto»."),
        *("Secondo Zoe Quill, «il ponte resta aperto».", "Volgens Zoe Quill, “blijft de brug open”."),
    ],
)
def test_what_is_according_to_in_another_language_is_no_part_of_a_name(ferry: Verifier, text: str) -> None:
    assert [verdict.claim.voice for verdict in ferry.verify(text)] == ["Zoe Quill"]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        (
            "Ann Low said that nurses get home safely.",
            ["nurses get home safely", "Ann Low said that nurses get home safely."],
        ),
        ("Ann Low said that nurses agree.", ["Ann Low said that nurses agree."]),
    ],
)
def test_a_statement_has_four_words_where_nothing_is_marked(text: str, claims: list[str]) -> None:
    read = ClaimReader(FERRY).read(text)

    assert [claim.text[slice(*claim.span)] for claim in read] == claims


def test_a_voice_is_known_by_its_aliases() -> None:
    listed = VoiceEntry("Ann Low", ("Captain Low",), "chair")
    verifier = Verifier(corpus((NURSES, Voice("Ann Low"), Side.FOR), voices=(listed,)))

    assert verify(verifier, f"Captain Low said: “{NURSES}”").verdict is Verdict.EXACT
