"""A text is verified claim by claim: whose words they are claimed to be, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.answers.quoting import drop_uncertain_voices
from bot.answers.verification import Verdict, Verification, Verifier
from bot.answers.verification.matching import align
from bot.answers.verification.verifier import MIN_ALTERED_WORDS
from bot.corpus import load_incrementally
from bot.model import Corpus, Document, HeldPassages, Kind, Passage, Side, Span
from bot.text import split_sentences
from tests.invented_debate import FERRY, PAYERS, RIDERS, corpus, said
from tests.mutated_quotes import QuoteMutator

NURSES = "A ferry after midnight brings nurses home from their shifts safely."
TAXES = "It would raise taxes for every household on the island by 40 pounds."
BUNDLED = ("facial-recognition", "tram")


@pytest.fixture(scope="module")
def ferry() -> Verifier:
    return Verifier(FERRY)


@pytest.fixture(scope="module")
def bundled() -> list[Corpus]:
    return [drop_uncertain_voices(load_incrementally(Path("corpus") / name).corpus, 0.7) for name in BUNDLED]


def verify(verifier: Verifier, text: str) -> Verification:
    [verification] = verifier.verify(text)
    return verification


def spell(verification: Verification) -> list[tuple[str, str, str]]:
    """Return what differs in the first match."""
    return [
        (part.tag, part.claimed, part.printed) for part in verification.matches[0].difference if part.tag != "equal"
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"“{NURSES}”",
        f'Ann Low said: "{NURSES}"',
        f"«{NURSES}» - Ann Low",
        f"'{NURSES}' (Ann Low, Riders)",
        f"Low: {NURSES}",
        f"Ann Low said that {NURSES[0].lower()}{NURSES[1:]}",
        NURSES.upper(),
        f"“{NURSES}".replace(" ", "\n", 2),
        "a ferry after midnight brings nurses home",
        "“It would raise taxes for every household on the island by 40 pounds” [sic]",
    ],
)
def test_words_in_order_in_one_passage_are_exact_whatever_marks_and_case(ferry: Verifier, text: str) -> None:
    verification = verify(ferry, text)

    assert verification.verdict is Verdict.EXACT
    assert not verification.has_gaps
    assert not verification.continues


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("“It would not raise taxes for every household on the island by 40 pounds”", ("delete", "not", "")),
        ("“It would raise taxes for every household on the island by 400 pounds”", ("replace", "400", "40")),
        ("“It would raise taxes for every household on the island by £40 pounds”", ("delete", "£", "")),
        ("“It would raise taxes for every household on the island by -£40 pounds”", ("delete", "-£", "")),
        ("“It would raise taxes for every household on the mainland by 40 pounds”", ("replace", "mainland", "island")),
        ("“It would raise taxes for household on the island by 40 pounds”", ("insert", "", "every")),
        ("“It might raise taxes for every household on the island”", ("replace", "might", "would")),
    ],
)
def test_a_word_that_differs_is_told(ferry: Verifier, text: str, difference: tuple[str, str, str]) -> None:
    verification = verify(ferry, text)

    assert verification.verdict is Verdict.ALTERED
    assert spell(verification) == [difference]


def test_the_words_of_another_voice_are_told_with_whose_they_are(ferry: Verifier) -> None:
    verification = verify(ferry, f"Bob High said: “{NURSES}”")

    assert verification.verdict is Verdict.OTHER_VOICE
    assert verification.claim.voice == "Bob High"
    assert verification.matches[0].quote.passage.voice == RIDERS
    assert verification.matches[0].is_voice_claimed is False


def test_of_several_who_said_it_the_claimed_one_comes_first() -> None:
    verifier = Verifier(corpus((NURSES, RIDERS, Side.FOR), (NURSES, PAYERS, Side.AGAINST)))

    for name, voice in (("Ann Low", RIDERS), ("Bob High", PAYERS)):
        verification = verify(verifier, f"{name} said: “{NURSES}”")

        assert verification.verdict is Verdict.EXACT
        assert [match.quote.passage.voice for match in verification.matches] == [voice]


def test_whoever_is_claimed_and_said_nearly_that_is_shown_too() -> None:
    other = NURSES.replace("safely", "on time")
    verifier = Verifier(corpus((NURSES, RIDERS, Side.FOR), (other, PAYERS, Side.AGAINST)))

    verification = verify(verifier, f"Bob High said: “{NURSES}”")

    assert verification.verdict is Verdict.OTHER_VOICE
    assert [match.is_voice_claimed for match in verification.matches] == [False, True]


def test_the_words_of_a_member_are_not_their_body_s(ferry: Verifier) -> None:
    assert verify(ferry, f"Riders said: “{NURSES}”").verdict is Verdict.OTHER_VOICE


def test_an_ellipsis_leaves_out_what_is_shown(ferry: Verifier) -> None:
    verification = verify(ferry, "“A ferry after midnight … from their shifts safely”")

    assert verification.verdict is Verdict.EXACT
    assert verification.has_gaps
    assert spell(verification) == [("insert", "", "brings nurses home")]
    assert verify(ferry, "“from their shifts safely … a ferry after midnight”").verdict is not Verdict.EXACT
    assert not verify(ferry, "“... a ferry after midnight brings nurses home ...”").has_gaps


def test_words_on_both_sides_of_an_ellipsis_stand_in_one_passage(ferry: Verifier) -> None:
    verification = verify(ferry, "“It would raise taxes for every household […] nurses stranded on a cold quay”")

    assert verification.verdict is Verdict.ALTERED
    assert verification.is_splice


@pytest.mark.parametrize(
    ("printed", "claim", "continues"),
    [
        ("We will pay for it, but only once the harbour has been mended.", "We will pay for it", True),
        ("We will pay for it. However, the harbour comes first.", "We will pay for it", True),
        ("We will pay for it unless the harbour needs to be mended.", "We will pay for it.", True),
        ("Who will pay? “We all!” But the harbour comes first.", "Who will pay? We all", True),
        ("We will pay for it and then mend the harbour.", "We will pay for it", False),
        ("We will pay for it butter or no butter.", "We will pay for it", False),
    ],
)
def test_a_quotation_cut_before_a_limiting_clause_is_told(printed: str, claim: str, continues: bool) -> None:  # noqa: FBT001
    verification = verify(Verifier(corpus((printed, RIDERS, Side.FOR))), f"“{claim}”")

    assert verification.verdict is Verdict.EXACT
    assert verification.continues is continues


@pytest.mark.parametrize(
    ("claim", "difference"),
    [
        ("safe at any speed that we know of", ("insert", "", "not")),
        ("The old ferry is", ("insert", "", "not")),
    ],
)
def test_a_cut_beside_a_not_is_altered(claim: str, difference: tuple[str, str, str]) -> None:
    verifier = Verifier(corpus(("The old ferry is not safe at any speed that we know of.", RIDERS, Side.FOR)))

    verification = verify(verifier, f"“{claim}”")

    assert verification.verdict is Verdict.ALTERED
    assert spell(verification) == [difference]


def test_a_not_in_the_sentence_before_is_none_of_it() -> None:
    verifier = Verifier(corpus(("I would say not. The ferry is safe at night.", RIDERS, Side.FOR)))

    assert verify(verifier, "“The ferry is safe at night”").verdict is Verdict.EXACT


def test_a_splice_is_altered_with_both_places(ferry: Verifier) -> None:
    verification = verify(ferry, "“Noisy engines at two in the morning brings nurses home from their shifts safely”")

    assert verification.verdict is Verdict.ALTERED
    assert verification.is_splice
    assert [match.quote.passage.voice for match in verification.matches] == [PAYERS, RIDERS]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        # Two thirds of nine words, and six of them.
        ("raise taxes for every household on our own jetty", Verdict.ALTERED),
        ("raise taxes for every household in our own jetty", Verdict.NOT_FOUND),
        ("raise taxes for every ship", Verdict.NOT_FOUND),
        # Two thirds, of which none means anything by itself.
        ("in the wake of the whole cold harbour wind that would", Verdict.NOT_FOUND),
    ],
)
def test_two_thirds_of_the_words_and_six_make_it_altered(ferry: Verifier, claim: str, verdict: Verdict) -> None:
    assert verify(ferry, f"“{claim}”").verdict is verdict


def test_of_two_halves_that_are_all_of_the_words_one_may_be_a_common_phrase(ferry: Verifier) -> None:
    halves = "It would raise taxes for every household", "from their shifts"

    assert verify(ferry, f"“{halves[0]} home {halves[1]}”").is_splice
    assert not verify(ferry, f"“{halves[0]} never from {halves[1]}”").is_splice


def test_the_nearest_place_is_shown_of_what_is_not_found(ferry: Verifier) -> None:
    verification = verify(ferry, "“it would raise taxes for everybody who lives there”")

    assert verification.verdict is Verdict.NOT_FOUND
    assert [match.quote.text for match in verification.matches] == [TAXES]
    assert verify(ferry, "“a submarine would cost next to nothing at all”").matches == ()


@pytest.mark.parametrize(
    ("text", "is_too_short"),
    [
        ("“it”", True),
        ("Bob High said: “on the”", True),
        # In order in one sentence, and apart from each other.
        ("“would taxes every”", True),
        # In four places, and in three.
        ("“whistle”", True),
        ("“whistles”", False),
        ("Ann Low said “whistle”", False),
        ("Bob High said “whistle”", True),
        ("“raise taxes”", False),
        ("“It would raise taxes”", False),
        ("“by 40 pounds.”", False),
    ],
)
def test_few_common_words_are_anybody_s(text: str, is_too_short: bool) -> None:  # noqa: FBT001
    whistles = ["The whistle blows.", "A whistle blew.", "No whistle was heard.", "That whistle is loud."]
    plural = ["Whistles blow.", "Three whistles blew.", "No whistles were heard."]
    told = [(words, RIDERS, Side.FOR) for words in (*whistles, *plural)]
    verifier = Verifier(corpus((TAXES, PAYERS, Side.AGAINST), *told))

    assert verify(verifier, text).is_too_short is is_too_short


def test_words_that_many_say_tell_of_no_place_unless_nearly_all_are_there() -> None:
    thanks = "I am grateful to the honourable lady for that."
    others = [(f"{thanks} Point {number}.", RIDERS, Side.FOR) for number in range(4)]
    verifier = Verifier(corpus((TAXES, PAYERS, Side.AGAINST), *others))

    assert verify(verifier, "“I am grateful to the honourable lady for this splendid old ferry”").verdict is (
        Verdict.NOT_FOUND
    )
    assert verify(verifier, "“I am not grateful to the honourable lady for that”").verdict is Verdict.ALTERED


@pytest.mark.parametrize("text", ["“a" * 1300, "x" * 4096, "“" * 4096, "not " * 1024, f"{NURSES} " * 60, "a … " * 1024])
def test_a_message_of_4096_characters_gets_a_verdict(ferry: Verifier, text: str) -> None:
    assert all(verification.verdict for verification in ferry.verify(text[:4096]))


def test_an_article_s_own_sentence_may_be_pasted_whole(bundled: list[Corpus]) -> None:
    verifier = Verifier(bundled[0])
    pasted = "Scotland Yard insists the move does not represent technology taking over traditional policing"

    assert verify(verifier, pasted).verdict is Verdict.EXACT
    assert verify(verifier, f"Clare Collier said: “{pasted}”").verdict is Verdict.OTHER_VOICE


def test_words_quoted_for_a_body_are_not_those_of_who_speaks_for_it(bundled: list[Corpus]) -> None:
    words = "“sinister step, pushing the UK into a surveillance state”"

    verification = verify(Verifier(bundled[0]), f"Clare Collier said it was a {words}")

    assert verification.verdict is Verdict.OTHER_VOICE
    assert [match.quote.passage.voice.name for match in verification.matches if match.quote.passage.voice] == [
        "Liberty",
        "Clare Collier",
    ]


def test_a_speech_may_be_quoted_over_its_paragraphs(bundled: list[Corpus]) -> None:
    text = (
        "Cllr Tansley: “The government pays £140 million of that, and it pays only if we vote for the scheme tonight."
        " The rest we borrow over thirty years, and fares pay it back.”"
    )

    assert verify(Verifier(bundled[1]), text).verdict is Verdict.EXACT


def test_who_speaks_may_be_left_out_between_two_halves_of_a_sentence() -> None:
    document = Document("pier", "“We will mend the old pier,” said Ann Low, “before the summer visitors come.”")
    halves = [
        said(document, words, RIDERS) for words in ("We will mend the old pier,", "before the summer visitors come.")
    ]
    verifier = Verifier(corpus((NURSES, RIDERS, Side.FOR), documents=(document,), passages=tuple(halves)))

    verification = verify(verifier, "Ann Low: “We will mend the old pier before the summer visitors come.”")

    assert verification.verdict is Verdict.EXACT
    assert verification.has_gaps


def test_what_is_withheld_is_not_found(ferry: Verifier) -> None:
    visible = replace(FERRY, passages=HeldPassages(p for p in FERRY.passages if p.text != NURSES))

    verification = verify(ferry.restrict_to(visible), f"“{NURSES}”")

    assert verification.verdict is Verdict.NOT_FOUND
    assert verification.matches == ()
    assert verify(ferry.restrict_to(visible), f"“{TAXES}”").verdict is Verdict.EXACT
    assert verify(ferry.restrict_to(visible), f"“{NURSES} {TAXES}”").verdict is Verdict.NOT_FOUND


def test_words_of_somebody_who_is_not_named_are_nobody_s(ferry: Verifier) -> None:
    nameless = [replace(p, voice=None, is_unnamed=True) if p.voice == RIDERS else p for p in FERRY.passages]
    restricted = ferry.restrict_to(replace(FERRY, passages=HeldPassages(nameless), voices=()))

    verification = verify(restricted, f"Ann Low said: “{NURSES}”")

    assert verification.verdict is Verdict.OTHER_VOICE
    assert verification.matches[0].quote.passage.is_unnamed
    assert verify(restricted, f"“{NURSES}”").verdict is Verdict.EXACT


def test_the_publication_s_words_around_a_fragment_are_nobody_s() -> None:
    text = "Ann Low called the night ferry a “floating hospital bus for tired nurses” on Monday."
    document = Document("pier", text)
    words = "floating hospital bus for tired nurses"
    fragment = replace(said(document, words, RIDERS, kind=Kind.FRAGMENT), frame=Span(0, len(text)))
    verifier = Verifier(corpus((NURSES, RIDERS, Side.FOR), documents=(document,), passages=(fragment,)))

    assert verify(verifier, f"Ann Low said: “{words}”").verdict is Verdict.EXACT
    whole = verify(verifier, "Ann Low said: “the night ferry a floating hospital bus for tired nurses”")
    assert whole.verdict is Verdict.OTHER_VOICE
    assert whole.matches[0].is_framing
    assert verify(verifier, text.replace("“", "").replace("”", "")).verdict is Verdict.EXACT


@pytest.mark.no_cover
def test_mutated_quotes_are_caught(bundled: list[Corpus], times: int) -> None:
    for found in bundled:
        verifier, mutator = Verifier(found), QuoteMutator(found, Random(1))
        texts = list(mutator.make(70 * times))
        wrong = [text for text in texts if not text.is_judged_right(verifier.verify(text.text))]

        assert len({text.kind for text in texts}) >= 4
        assert len(wrong) <= 0.005 * len(texts), wrong


@pytest.mark.no_cover
def test_true_quotes_are_exact_however_they_are_printed(bundled: list[Corpus], times: int) -> None:
    for found in bundled:
        verifier = Verifier(found)
        for text in QuoteMutator(found, Random(2)).make_true(80 * times):
            assert text.is_judged_right(verifier.verify(text.text)), text


@pytest.mark.no_cover
def test_right_words_of_a_wrong_speaker_are_another_voice_s(bundled: list[Corpus], times: int) -> None:
    for found in bundled:
        verifier = Verifier(found)
        for text in QuoteMutator(found, Random(3)).make(80 * times, ["speakers exchanged"]):
            assert text.is_judged_right(verifier.verify(text.text)), text


@pytest.mark.no_cover
def test_paraphrases_and_what_others_say_of_the_same_are_not_found(bundled: list[Corpus]) -> None:
    """Put 183 paraphrases by hand to the corpus they are about, and statements of each document to all others."""
    verdicts: list[Verdict] = []
    for found in bundled:
        verifier = Verifier(found)
        paraphrases = Path(f"tests/paraphrases/{found.name}.txt").read_text("utf-8").splitlines()
        verdicts += [verify(verifier, f"“{each}”").verdict for each in paraphrases]
    by_hand = len(verdicts)
    for debate in (bundled[1], load_incrementally(Path("tests/relevance/stoves")).corpus):
        for document in debate.documents:
            others = tuple(passage for passage in debate.passages if passage.document.id != document.id)
            verifier = Verifier(replace(debate, passages=HeldPassages(others)))
            own = [p for p in debate.passages if p.document.id == document.id and p.kind is Kind.DIRECT]
            verdicts += [verify(verifier, f"“{sentence}”").verdict for sentence in list_long_sentences(own)]

    assert by_hand >= 150
    assert len(verdicts) >= 300
    assert sum(verdict in {Verdict.EXACT, Verdict.ALTERED} for verdict in verdicts) <= 0.01 * len(verdicts)


def list_long_sentences(passages: Sequence[Passage]) -> list[str]:
    """Return the sentences of six words and more, which is as few as an altered quote shares."""
    sentences = [p.document.text[slice(*span)] for p in passages for span in split_sentences(p.document.text, p.span)]
    return [sentence for sentence in sentences if len(sentence.split()) >= MIN_ALTERED_WORDS]


def test_stray_words_far_from_the_rest_are_no_part_of_an_alignment() -> None:
    close = align([1, 2, 3, 4], [1, 9, 9, 9, 2, 3, 4])
    far = align([1, 2, 3, 4], [1, 9, 9, 9, 9, 2, 3, 4])

    assert close is not None
    assert close.size == 4
    assert far is not None
    assert far.blocks == ((1, 5, 3),)
    assert align([1, 2], [3, 4]) is None
