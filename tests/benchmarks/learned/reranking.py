"""A second look at what the rules do not show: which marks quote somebody, and which candidate it is.

The rules find every candidate and every doubt; a table of learned weights chooses among them and says
how far to trust the choice. What the rules show stays as it is. Never brought above the display threshold
is what is in doubt, or whom the rules would not have named. Where a language has no table the rules
stand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.attribution.antecedents import DOUBTFUL_CONFIDENCE
from bot.attribution.parsing import ParsedDocument, describe_chain, find_occurrences
from bot.attribution.quotation_marks import MAX_SHORT_WORDS
from bot.attribution.speakers import NOBODY_NAMED, Attribution
from bot.model import Kind
from tests.benchmarks.learned.candidates import VERB_DISTANCES, CandidateFinder
from tests.benchmarks.learned.mark_features import FAR, describe_mark
from tests.benchmarks.learned.trees import DISPLAY_THRESHOLD

if TYPE_CHECKING:
    from tests.benchmarks.learned.candidates import Candidate
    from tests.benchmarks.learned.mark_features import Features
    from tests.benchmarks.learned.trees import LearnedTable


def rerank_speakers(
    parsed: ParsedDocument, attributions: Sequence[Attribution], table: LearnedTable | None
) -> list[Attribution]:
    """Return `attributions`, those that the rules leave open judged once more by `table`."""
    judged = list(attributions)
    if table is None:
        return judged
    finder = CandidateFinder(parsed, attributions)
    for paragraph in parsed.paragraphs:
        for occurrence in find_occurrences(paragraph):
            index = occurrence.quotation_index
            candidates = finder.find(paragraph, occurrence) if is_open(parsed, attributions, index) else ()
            if candidates:
                features = describe_mark(parsed, attributions, paragraph, occurrence)
                judged[index] = judge_mark(parsed, attributions[index], features, candidates, table)
    return judged


def is_open(
    parsed: ParsedDocument, attributions: Sequence[Attribution], index: int, threshold: float = DISPLAY_THRESHOLD
) -> bool:
    """Say whether the rules leave mark `index` open: not shown, no part of a longer quotation, and not denied."""
    own = attributions[index]
    is_part = any(parsed.continuations[index : index + 2])
    is_denied = own.voice is None and own.reason not in (None, NOBODY_NAMED)
    return own.confidence < threshold and not is_part and not is_denied


def judge_mark(
    parsed: ParsedDocument,
    own: Attribution,
    features: Features,
    candidates: Sequence[Candidate],
    table: LearnedTable,
) -> Attribution:
    """Return what the table makes of one mark: nobody's words, the rules' own voice, or another that is never shown.

    `candidates` are not empty, and begin with the rules' own voice where they have one.
    """
    mark_score = table.marks.score(features)
    if own.voice is None and mark_score < table.restoring_score:
        return own
    if mark_score < table.dropping_score:
        return Attribution(own.kind, reason=NOBODY_NAMED, dropped=features["words"] <= MAX_SHORT_WORDS)
    scores = [table.speakers.score({**features, **candidate.features}) for candidate in candidates]
    best = max(range(len(scores)), key=scores.__getitem__)
    candidate, confidence = candidates[best], table.rate_confidence(mark_score * scores[best])
    if own.voice is not None and best == 0:
        ceiling = 1.0 if _may_be_shown(own, features, candidate) else own.confidence
        return replace(own, confidence=round(min(confidence, ceiling), 3))
    chain = describe_chain(parsed, candidate.cue) if len(candidate.cue) > 1 else None
    kind = Kind.FRAGMENT if own.dropped else own.kind
    confidence = round(min(confidence, DOUBTFUL_CONFIDENCE), 3)
    return Attribution(kind, candidate.voice, candidate.cue, confidence, candidate.doubt or own.reason, chain)


def _may_be_shown(own: Attribution, features: Features, candidate: Candidate) -> bool:
    """Whether a good score may bring the rules' own voice above the threshold: nothing else speaks against it.

    A doubt of who is never lifted, nor a name that may be cut, nor words that no verb ties to the name.
    """
    # “in a ‘classroom’”, “called ‘Minor Witness 2’”.
    looks_like_label = features["follows_determiner"] > 0 or features["is_title_case"] > 0
    is_label = features["words"] <= MAX_SHORT_WORDS and looks_like_label
    is_whole = candidate.features["is_noun"] == 0 and candidate.features["name_words"] > 1
    has_cue = min(candidate.features[name] for name in VERB_DISTANCES) < FAR
    return own.reason is None and is_whole and has_cue and not is_label
