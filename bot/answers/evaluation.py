"""Figures over judged questions: what was shown, in whose voice, and when the bot kept silent.

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
from bot.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bot.answers.answer import Answer
    from bot.model import Quote, Voice


class Judged(BaseModel):
    """A question, and what a good answer to it would show."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    question: str
    kind: Literal["answerable", "unanswerable", "offtopic", "adversarial"]
    gold: tuple[str, ...] = ()
    speaker: str | None = None
    prev: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One judged question answered: `shown` when a gold span is, in the right voice."""

    judged: Judged
    answer: Answer
    shown: bool

    @property
    def good(self) -> bool:
        """Tell whether an answerable question shows its gold, and no other is answered."""
        if self.judged.kind == "answerable":
            return self.shown
        return self.answer.status is not Status.ANSWERED


def load(path: Path) -> tuple[Judged, ...]:
    """Return the judged questions of the JSON lines at `path`, in order.

    Raises:
        CorpusError: the file cannot be read, or a line is no judged question.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(str(path), "cannot be read", "give a file of JSON lines") from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(Judged.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "line"
            raise CorpusError(
                f"{path}:{number}", f"{where}: {first['msg']}", "mend or remove the line"
            ) from error
    return tuple(found)


def evaluate(
    questions: Sequence[Judged], answer: Callable[[str, Sequence[str]], Answer]
) -> tuple[Outcome, ...]:
    """Return each question's outcome, in order; a follow-up is asked in its conversation."""
    by_id = {judged.id: judged for judged in questions}
    outcomes = []
    for judged in questions:
        given = answer(judged.question, tuple(_conversation(judged, by_id)))
        shown = any(
            _covers(chosen.quote, judged.gold) and _right_voice(chosen.quote, judged.speaker)
            for chosen in given.quotes
        )
        outcomes.append(Outcome(judged, given, shown))
    return tuple(outcomes)


def figures(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return the counts that the floors of tests/relevance are set on."""
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        kind, status = outcome.judged.kind, outcome.answer.status
        counts[kind] += 1
        counts[f"{kind} shown"] += outcome.shown
        counts[f"{kind} shown, answered"] += outcome.shown and status is Status.ANSWERED
        counts[f"{kind} not answered"] += status is not Status.ANSWERED
        counts[f"{kind} abstained"] += status is Status.ABSTAINED
        counts["quotes"] += len(outcome.answer.quotes)
        counts["quotes verbatim"] += sum(map(_verbatim, (c.quote for c in outcome.answer.quotes)))
    return dict(counts)


def to_json(outcome: Outcome) -> str:
    """Return one outcome as a line of JSON."""
    judged, answer = outcome.judged, outcome.answer
    row = {
        "id": judged.id,
        "kind": judged.kind,
        "question": judged.question,
        "status": answer.status,
        "shown": outcome.shown,
        "good": outcome.good,
        "searched": answer.searched,
        "unmatched": answer.unmatched,
        "quotes": [chosen.quote.id for chosen in answer.quotes],
    }
    return json.dumps(row, ensure_ascii=False)


def _conversation(judged: Judged, by_id: dict[str, Judged]) -> Iterator[str]:
    """Yield the questions asked before `judged`, oldest first."""
    before = by_id.get(judged.prev or "")
    if before is not None:
        yield from _conversation(before, by_id)
        yield before.question


def _covers(quote: Quote, gold: Sequence[str]) -> bool:
    return any(words in quote.text for words in gold)


def _right_voice(quote: Quote, speaker: str | None) -> bool:
    """Tell whether `speaker`, as judged, names the quote's voice or the body it speaks for.

    A judged speaker of "the article" stands for the publication's own sentence,
    whoever is quoted or reported in it.
    """
    voice = quote.passage.voice
    own_words = quote.passage.kind == "direct"
    if voice is None or speaker is None:
        return not own_words
    return (speaker == "the article" and not own_words) or _named(voice, speaker)


def _named(voice: Voice, speaker: str) -> bool:
    judged = {word.folded for word in words(speaker)}
    name = [word.folded for word in words(voice.name)]
    body = {word.folded for word in words(voice.organisation or "")}
    return name[-1] in judged or bool(body and body <= judged)


def _verbatim(quote: Quote) -> bool:
    return quote.text == quote.passage.document.text[quote.span.start : quote.span.end]
