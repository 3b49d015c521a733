"""Evaluation over judged questions: quotes shown, their voices, and abstentions.

A line of the questions is JSON: `id`, `question`, `kind` (answerable,
unanswerable, offtopic, adversarial), `gold` (exact words of the documents, any
one of which is a good answer), `speaker`, and `prev`, the id of the question
before a follow-up.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.answers.answer import Status
from bot.errors import CorpusError
from bot.text import split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bot.answers.answer import Answer
    from bot.model import Quote, Voice


class JudgedQuestion(BaseModel):
    """A question, and the quotes that a good answer to it would show."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    question: str
    kind: Literal["answerable", "unanswerable", "offtopic", "adversarial"]
    gold: tuple[str, ...] = ()
    speaker: str | None = None
    prev: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionOutcome:
    """One judged question answered: `shows_gold` when a gold span is, in the right voice.

    `is_gold_first`: it is the first quote shown.
    """

    judged: JudgedQuestion
    answer: Answer
    shows_gold: bool
    is_gold_first: bool = False

    @property
    def is_good(self) -> bool:
        """Whether an answerable question shows a good quote, or any other question is not answered."""
        if self.judged.kind == "answerable":
            return self.shows_gold
        return self.answer.status is not Status.ANSWERED


def load_questions(path: Path) -> tuple[JudgedQuestion, ...]:
    """Return the judged questions of the JSON lines at `path`, in order.

    Raises:
        CorpusError: the file cannot be read, or a line is no judged question.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(str(path), "cannot be read", "give a file of JSON lines") from error
    questions = []
    for line_number, line in enumerate(lines, start=1):
        try:
            questions.append(JudgedQuestion.model_validate_json(line))
        except ValidationError as error:
            detail = error.errors()[0]
            field = ".".join(map(str, detail["loc"])) or "line"
            raise CorpusError(f"{path}:{line_number}", f"{field}: {detail['msg']}", "fix or remove the line") from error
    return tuple(questions)


def evaluate(
    questions: Sequence[JudgedQuestion], answer: Callable[[str, Sequence[str]], Answer]
) -> tuple[QuestionOutcome, ...]:
    """Return each question's outcome, in order; a follow-up is asked in its conversation."""
    by_id = {judged.id: judged for judged in questions}
    outcomes = []
    for judged in questions:
        actual = answer(judged.question, tuple(_iter_history(judged, by_id)))
        is_gold = [
            _contains_gold(chosen.quote, judged.gold) and _has_right_voice(chosen.quote, judged.speaker)
            for chosen in actual.quotes
        ]
        outcomes.append(QuestionOutcome(judged, actual, any(is_gold), any(is_gold[:1])))
    return tuple(outcomes)


def count_outcomes(outcomes: Sequence[QuestionOutcome]) -> dict[str, int]:
    """Return the counts that the floors of tests/relevance are set on."""
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        kind, status = outcome.judged.kind, outcome.answer.status
        counts[kind] += 1
        counts[f"{kind} shown"] += outcome.shows_gold
        counts[f"{kind} shown first"] += outcome.is_gold_first
        counts[f"{kind} shown, answered"] += outcome.shows_gold and (
            status is Status.ANSWERED or outcome.answer.card is not None
        )
        counts[f"{kind} not answered"] += status is not Status.ANSWERED
        counts[f"{kind} abstained"] += status is Status.ABSTAINED
        counts["quotes"] += len(outcome.answer.quotes)
        counts["quotes verbatim"] += sum(map(_is_verbatim, (c.quote for c in outcome.answer.quotes)))
    return dict(counts)


def to_json(outcome: QuestionOutcome) -> str:
    """Return one outcome as a line of JSON."""
    judged, answer = outcome.judged, outcome.answer
    row = {
        "id": judged.id,
        "kind": judged.kind,
        "question": judged.question,
        "status": answer.status,
        "shown": outcome.shows_gold,
        "good": outcome.is_good,
        "searched": answer.searched,
        "unmatched": answer.unmatched,
        "quotes": [chosen.quote.id for chosen in answer.quotes],
    }
    return json.dumps(row, ensure_ascii=False)


def _iter_history(judged: JudgedQuestion, by_id: dict[str, JudgedQuestion]) -> Iterator[str]:
    """Yield the questions asked before `judged`, oldest first."""
    previous = by_id.get(judged.prev or "")
    if previous is not None:
        yield from _iter_history(previous, by_id)
        yield previous.question


def _contains_gold(quote: Quote, gold: Sequence[str]) -> bool:
    return any(gold_text in quote.text for gold_text in gold)


def _has_right_voice(quote: Quote, speaker: str | None) -> bool:
    """Return whether `speaker`, as judged, names the quote's voice or the body it speaks for.

    A judged speaker of "the article" means the publication's own sentence, including one
    that quotes or reports somebody.
    """
    voice = quote.passage.voice
    is_direct = quote.passage.kind == "direct"
    if voice is None or speaker is None:
        return not is_direct
    return (speaker == "the article" and not is_direct) or _is_speaker(voice, speaker)


def _is_speaker(voice: Voice, speaker: str) -> bool:
    """Whether `speaker` has the surname of the voice, or all words of one of its bodies."""
    speaker_words = {word.normalised for word in split_words(speaker)}
    name_words = [word.normalised for word in split_words(voice.name)]
    bodies = ({word.normalised for word in split_words(body)} for body in voice.bodies)
    return name_words[-1] in speaker_words or any(words and words <= speaker_words for words in bodies)


def _is_verbatim(quote: Quote) -> bool:
    return quote.text == quote.passage.document.text[quote.span.start : quote.span.end]
