"""Evaluation over judged questions: quotes shown, their voices, and abstentions.

Each question is a line of JSON: `id`, `question`, `kind` (answerable, unanswerable, offtopic, adversarial), `gold`
(exact words of the documents, any of which is a good answer), `speaker`, and `prev`, the id of the question that a
follow-up comes after.

Balance is measured too: where both sides match and no voice is asked after, both should have equally many quotes, and
each should come first equally often. Answers in which one side's best is clearly stronger are counted apart: there that
side may come first.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.analysis import Analyser
from bot.answers.answer import Answer, Status
from bot.errors import CorpusError
from bot.model import Corpus, Quote, Side, Voice
from bot.text import split_words


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
    """One judged question answered.

    `shows_gold`: a gold span is shown in the right voice; `is_gold_first`: it is in the first quote shown.
    """

    judged: JudgedQuestion
    answer: Answer
    shows_gold: bool
    is_gold_first: bool = False

    @property
    def is_good(self) -> bool:
        """Whether an answerable question shows a good quote, or another kind of question is not answered."""
        if self.judged.kind == "answerable":
            return self.shows_gold
        return self.answer.status is not Status.ANSWERED


def load_questions(path: Path) -> tuple[JudgedQuestion, ...]:
    """Return the judged questions of the JSON lines at `path`, in order.

    Raises:
        CorpusError: the file cannot be read, or a line is not a judged question.
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
            any(text in chosen.quote.text for text in judged.gold) and _has_right_voice(chosen.quote, judged.speaker)
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
        quotes = (chosen.quote for chosen in outcome.answer.quotes)
        counts["quotes verbatim"] += sum(q.text == q.passage.document.text[slice(*q.span)] for q in quotes)
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


def _has_right_voice(quote: Quote, speaker: str | None) -> bool:
    """Return whether the judged `speaker` names the voice of `quote` or the body it speaks for.

    Where one of the two is missing, any quote but a direct quotation is right.

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


# People ask with one to four words of substance; with fewer the smallest corpus here does not give 500 questions.
_MAX_WORDS = 4
# About one in three questions drawn from words that both sides use matches both; needing more tries than this would
# mean that hardly any does.
_TRIES_PER_ANSWER = 40


class BalanceFigures(NamedTuple):
    """Counts of answers.

    `asked` are all with quotes, except abstentions and those about a voice. Of these, in `silent` one side has nothing;
    in `stronger` both have something and one is clearly stronger; in `balanced` neither is. `equal`, `first` and
    `quotes` count within `balanced`: answers with equally many quotes of each side, which side comes first, and quotes.
    """

    asked: int
    silent: int
    stronger: int
    balanced: int
    equal: int
    first: dict[Side, int]
    quotes: dict[Side, int]

    @property
    def for_first(self) -> float:
        """The share of answers with FOR first, among those with either side first."""
        sided = self.first[Side.FOR] + self.first[Side.AGAINST]
        return self.first[Side.FOR] / sided if sided else 0.0


def draw_questions(corpus: Corpus, analyser: Analyser, seed: int) -> Iterator[str]:
    """Yield endless questions of one to four words that both sides use, drawn at random; none if they share none."""
    words = sorted(_find_shared_words(corpus, analyser))
    generator = random.Random(seed)  # noqa: S311 - drawn to be drawn again
    while words:
        yield " ".join(generator.sample(words, generator.randint(1, min(_MAX_WORDS, len(words)))))


def ask_until_balanced(questions: Iterable[str], answer: Callable[[str], Answer], wanted: int) -> Iterator[Answer]:
    """Yield the answers to `questions`, each asked once, until `wanted` of them are balanced or too many were asked."""
    matched = 0
    for question in dict.fromkeys(islice(questions, wanted * _TRIES_PER_ANSWER)):
        reply = answer(question)
        matched += _has_both_sides(reply) and reply.stronger_side is None
        yield reply
        if matched >= wanted:
            return


def count_balance(answers: Iterable[Answer]) -> BalanceFigures:
    """Return the figures of `answers`, without abstentions and those about a voice."""
    asked = [each for each in answers if each.status is not Status.ABSTAINED and not each.voices and each.quotes]
    both = [each for each in asked if _has_both_sides(each)]
    balanced = [each for each in both if each.stronger_side is None]
    counts = [Counter(chosen.quote.passage.side for chosen in each.quotes) for each in balanced]
    first = Counter(each.quotes[0].quote.passage.side for each in balanced)
    total = sum(counts, Counter[Side]())
    return BalanceFigures(
        len(asked),
        sum(bool(each.silent_sides) for each in asked),
        len(both) - len(balanced),
        len(balanced),
        sum(count[Side.FOR] == count[Side.AGAINST] for count in counts),
        {side: first[side] for side in Side},
        {side: total[side] for side in Side},
    )


def describe_balance(figures: BalanceFigures) -> Iterator[tuple[int, str]]:
    """Yield each figure with a phrase that says what it counts."""
    yield figures.asked, "answers that are no abstention, and ask after nobody"
    yield figures.silent, f"with a silent side, {_share(figures.silent, figures.asked)}"
    yield figures.stronger, "with one side clearly stronger"
    yield figures.balanced, "in which both sides match alike; of these:"
    yield figures.equal, "with equally many quotes of each side"
    yield figures.quotes[Side.FOR], "quotes FOR"
    yield figures.quotes[Side.AGAINST], "quotes AGAINST"
    yield figures.first[Side.FOR], f"with FOR first, {figures.for_first:.1%} of those that a side leads"
    yield figures.first[Side.AGAINST], "with AGAINST first"
    yield figures.first[Side.NEITHER], "with neither first"


def _has_both_sides(answer: Answer) -> bool:
    """Return whether `answer` has quotes of both sides, and is not about a voice."""
    return answer.status is not Status.ABSTAINED and not answer.silent_sides and not answer.voices


def _find_shared_words(corpus: Corpus, analyser: Analyser) -> set[str]:
    """Return the content words of which passages of both sides have the stem, folded, each as FOR prints it."""
    words: dict[Side, dict[str, str]] = {side: {} for side in Side}
    for passage in corpus.passages:
        if passage.voice:
            for word in analyser.content_words(passage.document.text, passage.span):
                words[passage.side].setdefault(word.stem, word.normalised)
    shared = words[Side.FOR].keys() & words[Side.AGAINST].keys()
    return {words[Side.FOR][stem] for stem in shared}


def _share(part: int, whole: int) -> str:
    """Return a share in per cent, or "none" if `whole` is 0."""
    return f"{part / whole:.1%}" if whole else "none"
