"""What the rules leave open is judged once more by a table; what is in doubt stays in doubt."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.attribution.parsing import ParsedDocument, find_occurrences, parse_document
from bot.attribution.speakers import NOBODY_NAMED, UNSAID, Attribution, attribute_quotations
from bot.model import Kind, Span, Voice
from tests.benchmarks.learned.candidates import Candidate, CandidateFinder
from tests.benchmarks.learned.mark_features import FAR, Features, describe_mark
from tests.benchmarks.learned.reranking import is_open, judge_mark, rerank_speakers
from tests.benchmarks.learned.trees import (
    DISPLAY_THRESHOLD,
    Forest,
    LearnedTable,
    read_learned_table,
)
from tests.english import ENGLISH_LEXICON

YES, NO = Forest((), 4.0, ()), Forest((), -4.0, ())
NAMES_ALL = LearnedTable(YES, YES, 0.7, 0.3, 0.84)
NAMES_NOBODY = LearnedTable(NO, YES, 0.7, 0.3, 0.84)


def read(text: str) -> tuple[ParsedDocument, list[Attribution]]:
    parsed = parse_document(text, ENGLISH_LEXICON)
    return parsed, attribute_quotations(parsed)


def find_candidates(text: str, index: int = 0) -> tuple[Features, dict[str, Candidate]]:
    """Return the features of one mark, and its candidates by name."""
    parsed, attributions = read(text)
    places = [(paragraph, place) for paragraph in parsed.paragraphs for place in find_occurrences(paragraph)]
    paragraph, occurrence = places[index]
    candidates = CandidateFinder(parsed, attributions).find(paragraph, occurrence)
    features = describe_mark(parsed, attributions, paragraph, occurrence)
    return features, {candidate.voice.name: candidate for candidate in candidates}


def test_a_mark_is_described_by_its_words_its_place_and_the_rules() -> None:
    text = "“Pay it,” said Ann Low. In a letter her plan, entitled “The Long Road Home”, was “far too dear”."

    first, _ = find_candidates(text)
    title, _ = find_candidates(text, 1)
    last, _ = find_candidates(text, 2)

    assert (first["words"], first["follows_nothing"], first["is_named"]) == (2.0, 1.0, 1.0)
    assert (first["verb_behind"], first["verb_before"], first["speech_verbs"]) == (1.0, FAR, 1.0)
    assert (title["is_title_case"], title["title_word_before"], title["capitals"]) == (1.0, 1.0, 1.0)
    assert (last["is_title_case"], last["tokens_behind"], last["marks_in_sentence"]) == (0.0, 1.0, 2.0)
    assert last["speech_noun_before"] > title["speech_noun_before"] > 1.0
    assert first["previous_confidence"] == last["next_confidence"] == 0.0


def test_single_marks_beside_double_ones_are_secondary() -> None:
    features, _ = find_candidates("“It is ‘fine’ by us,” said Ann Low. He has a ‘very big boat’ here.", 1)

    assert (features["is_single"], features["is_secondary"], features["follows_determiner"]) == (1.0, 1.0, 1.0)


def test_candidates_are_whom_the_rules_chose_and_everybody_around() -> None:
    text = (
        "Tom Reed spoke of Ely. Asked again, Ann Low told Dan Fry that they “will pay for all of it” "
        "in Kit Poe’s garden. Sue Orr said no."
    )

    features, candidates = find_candidates(text)

    assert next(iter(candidates)) == "Ann Low"
    assert {"Tom Reed", "Dan Fry", "Kit Poe", "Sue Orr"} <= candidates.keys()
    ann, tom, sue = (candidates[name].features for name in ("Ann Low", "Tom Reed", "Sue Orr"))
    assert ann["own_confidence"] == features["rule_confidence"] > 0
    assert (ann["rival_confidence"], tom["rival_confidence"]) == (0.0, ann["own_confidence"])
    assert (ann["speech_verb_before"], ann["marks_between"], ann["verb_gap"]) == (5.0, 0.0, 1.0)
    assert (tom["sentences_back"], tom["speech_verb_before"], tom["own_confidence"]) == (1.0, FAR, 0.0)
    assert (sue["speech_sentences_on"], sue["sentences_on"]) == (1.0, 1.0)
    assert (ann["is_noun"], ann["is_pronoun"], ann["is_person"], ann["name_words"]) == (0.0, 0.0, 1.0, 2.0)


def test_where_a_paragraph_begins_the_end_of_the_one_before_counts() -> None:
    _, candidates = find_candidates("Bea Moss was there. Tom Reed spoke.\n\nIt was “far too dear for us all”.")

    assert candidates.keys() == {"Tom Reed"}
    assert candidates["Tom Reed"].features["sentences_back"] == 3.0


def test_phrases_that_mean_nobody_leave_no_candidate() -> None:
    _, candidates = find_candidates("They called it “far too dear for us”. Saying so, nobody left.")

    assert candidates == {}


def test_who_speaks_before_and_next_is_a_candidate_with_its_confidence() -> None:
    text = "“No,” said Ann Low.\n\n“We never will do that at all”\n\n“Why?” asked Tom Reed."

    _, candidates = find_candidates(text, 1)

    assert candidates["Ann Low"].features["spoke_before"] > 0.9
    assert candidates["Ann Low"].features["spoke_marks_ago"] == 1.0
    assert candidates["Tom Reed"].features["speaks_next"] > 0.9


def test_a_pronoun_leads_to_its_candidate_and_keeps_the_way_there() -> None:
    _, candidates = find_candidates("Ann Low, a nurse, came. She said it was a plan “for the few and not for us”.")

    assert candidates["Ann Low"].features["is_main_subject"] == 1.0
    assert len(candidates["Ann Low"].cue) == 2


def test_a_doubt_of_one_phrase_stays_with_the_candidate() -> None:
    text = "Hugh Peel and Joan Peel spoke. Peel thought “it is all rather too late now”. Joan Peel left."

    _, candidates = find_candidates(text)

    assert candidates["Joan Peel"].doubt == "more than one person here goes by this name"


def judge(own: Attribution, candidates: list[Candidate], table: LearnedTable, **features: float) -> Attribution:
    parsed, _ = read("Ann Low came.\n\nShe called it “far too dear for us”.")
    described, _ = find_candidates("Ann Low called it “far too dear for us”.")
    return judge_mark(parsed, own, described | features, candidates, table)


def candidate(name: str, *cue: Span, **features: float) -> Candidate:
    _, candidates = find_candidates("Ann Low called it “far too dear for us”.")
    return Candidate(Voice(name), cue or (Span(0, 7),), None, candidates["Ann Low"].features | features)


OWN = Attribution(Kind.FRAGMENT, Voice("Ann Low"), (Span(0, 7),), 0.6)
UNNAMED = Attribution(Kind.FRAGMENT, reason=NOBODY_NAMED, dropped=True)


def test_a_voice_of_the_rules_with_nothing_against_it_is_shown_by_its_score() -> None:
    shown = judge(OWN, [candidate("Ann Low")], NAMES_ALL)

    assert (shown.voice, shown.confidence >= DISPLAY_THRESHOLD) == (Voice("Ann Low"), True)


@pytest.mark.parametrize(
    ("own", "features", "mark"),
    [
        (replace(OWN, reason="more than one person here goes by this name"), {}, {}),
        (OWN, {"is_noun": 1.0}, {}),
        (OWN, {"name_words": 1.0}, {}),
        (OWN, {"other_verb_before": FAR, "speech_verb_before": FAR}, {}),
        (OWN, {}, {"words": 3.0, "follows_determiner": 1.0}),
        (OWN, {}, {"words": 3.0, "is_title_case": 1.0}),
    ],
)
def test_a_doubt_a_cut_name_a_missing_verb_and_a_label_are_never_lifted(
    own: Attribution, features: dict[str, float], mark: dict[str, float]
) -> None:
    judged = judge(own, [candidate("Ann Low", **features)], NAMES_ALL, **mark)

    assert judged == own


def test_four_words_behind_an_article_are_no_label() -> None:
    judged = judge(OWN, [candidate("Ann Low")], NAMES_ALL, words=4.0, follows_determiner=1.0)

    assert judged.confidence >= DISPLAY_THRESHOLD


def test_words_without_a_voice_get_the_best_candidate_and_it_is_never_shown() -> None:
    speakers = Forest(("name_behind",), 0.0, ((0, 3.5, 4.0, -4.0),))
    table = replace(NAMES_ALL, speakers=speakers)
    antecedent = candidate("Bea Moss", Span(0, 7), Span(15, 18), name_behind=3.0)

    judged = judge(UNNAMED, [candidate("Ann Low", name_behind=4.0), antecedent], table)

    assert (judged.voice, judged.kind, judged.dropped) == (Voice("Bea Moss"), Kind.FRAGMENT, False)
    assert 0 < judged.confidence < DISPLAY_THRESHOLD
    assert judged.chain == "¶1 “Ann Low” → ¶2 “She”"


def test_another_than_the_rules_voice_is_chosen_and_never_shown() -> None:
    speakers = Forest(("own_confidence",), 0.0, ((0, 0.0, 4.0, -4.0),))
    other = candidate("Bea Moss", own_confidence=0.0)

    judged = judge(OWN, [candidate("Ann Low", own_confidence=0.6), other], replace(NAMES_ALL, speakers=speakers))

    assert judged.voice == Voice("Bea Moss")
    assert (judged.confidence < DISPLAY_THRESHOLD, judged.chain) == (True, None)


def test_words_that_hardly_quote_lose_their_voice_and_short_ones_are_dropped() -> None:
    long, short = (judge(OWN, [candidate("Ann Low")], NAMES_NOBODY, words=words) for words in (4.0, 3.0))

    assert (long.voice, long.reason, long.dropped) == (None, NOBODY_NAMED, False)
    assert (short.voice, short.dropped) == (None, True)


@pytest.mark.parametrize(("base", "is_restored"), [(0.8, False), (0.9, True)])
def test_words_are_given_a_candidate_from_the_restoring_score_on(base: float, *, is_restored: bool) -> None:
    judged = judge(UNNAMED, [candidate("Ann Low")], replace(NAMES_ALL, marks=Forest((), base, ())))

    assert (judged.voice is not None) is is_restored


@pytest.mark.parametrize(("base", "is_named"), [(-0.9, False), (-0.8, True)])
def test_words_lose_their_voice_below_the_dropping_score(base: float, *, is_named: bool) -> None:
    judged = judge(OWN, [candidate("Ann Low")], replace(NAMES_ALL, marks=Forest((), base, ())))

    assert (judged.voice is not None) is is_named


def test_what_is_shown_denied_or_continued_is_not_open() -> None:
    text = "“Pay it,” said Ann Low.\n\nTom Reed did not say it was “far too dear for us”.\n\n“Yes.\n\n“No.”"

    parsed, attributions = read(text)

    assert attributions[1].reason == UNSAID
    assert [is_open(parsed, attributions, index) for index in range(4)] == [False] * 4
    assert is_open(parsed, attributions, 0, 0.98)


def test_without_a_table_and_without_candidates_the_rules_stand_alone() -> None:
    parsed, attributions = read("“We never will do that at all”")

    assert rerank_speakers(parsed, attributions, None) == attributions
    assert rerank_speakers(parsed, attributions, NAMES_ALL) == attributions


def test_marks_that_are_open_are_judged_and_others_are_left() -> None:
    parsed, attributions = read("“Pay it,” said Ann Low. Tom Reed lives in a “very small, quite dark hut”.")

    judged = rerank_speakers(parsed, attributions, NAMES_ALL)

    assert judged[0] == attributions[0]
    assert (judged[1].voice is not None, judged[1].confidence < DISPLAY_THRESHOLD) == (True, True)


def test_a_table_is_read_from_a_file_of_numbers() -> None:
    content = {
        "about": "two trees",
        "restoring_score": 0.7,
        "dropping_score": 0.3,
        "display_score": 0.84,
        "marks": {"features": ["words"], "base": 0.0, "trees": [[0, 3.5, -2.0, 2.0]]},
        "speakers": {"features": ["name_words"], "base": 1.5, "trees": [0.5]},
    }

    table = read_learned_table(json.dumps(content))

    assert table.marks.score({"words": 3.5}) == pytest.approx(0.1192, abs=1e-4)
    assert table.marks.score({"words": 3.6}) == pytest.approx(0.8808, abs=1e-4)
    assert table.speakers.score({"name_words": 2.0}) == pytest.approx(0.8808, abs=1e-4)
    assert (table.restoring_score, table.dropping_score, table.display_score) == (0.7, 0.3, 0.84)


def test_features_have_the_same_names_whatever_they_describe() -> None:
    marks, speakers = zip(
        *(find_candidates(text) for text in ("Ann Low called it “far too dear for us”.", "“Pay it,” said Tom Reed.")),
        strict=True,
    )

    assert [*marks[0]] == [*marks[1]]
    assert [*speakers[0]["Ann Low"].features] == [*speakers[1]["Tom Reed"].features]
