"""What was asked before a question, and whom its pronouns mean by that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.answers.answer import Answer
from bot.answers.by_speaker import SpeakerSearch
from bot.answers.question import Question
from bot.answers.question_parser import QuestionParser
from bot.model import Quote


@dataclass(frozen=True, eq=False)
class QuestionContext:
    """What a question is understood by: its corpus's names, and answers to what was asked before it."""

    parser: QuestionParser
    speaker_search: SpeakerSearch
    listed_names: tuple[str, ...]
    answer: Callable[[str, Sequence[str]], Answer]


@dataclass(frozen=True, eq=False)
class EarlierQuestions:
    """The questions before one, oldest first, and the quotes that the last answer `shown`, where they are known."""

    context: QuestionContext
    history: tuple[str, ...]
    shown: Sequence[Quote] | None = None

    @cached_property
    def question(self) -> Question:
        """The last question, with what it kept of those before it."""
        if not self.history:
            return Question("")
        earlier = EarlierQuestions(self.context, self.history[:-1])
        question = earlier.resolve_pronoun(self.context.parser.parse(self.history[-1]))
        # "Why?" asks nothing of its own, so what it follows is still being asked.
        return question if question.distinctive_concepts else question.with_concepts_of(earlier.question)

    @cached_property
    def quotes(self) -> tuple[Quote, ...]:
        """The quotes that the last answer showed, found again where they are not known."""
        if self.shown or not self.history:
            return tuple(self.shown or ())
        answer = self.context.answer(self.history[-1], self.history[:-1])
        return tuple(chosen.quote for chosen in answer.quotes)

    @cached_property
    def all_quotes(self) -> tuple[Quote, ...]:
        """The quotes that the last answer showed, and those of the answers before it."""
        before = EarlierQuestions(self.context, self.history[:-1]).all_quotes if self.history else ()
        return (*before, *self.quotes)

    def list_subjects(self) -> tuple[str, ...]:
        """List what was asked about, without who was asked."""
        return tuple(concept.text for concept in self.question.distinctive_concepts)

    def resolve_pronoun(self, question: Question) -> Question:
        """Return `question` with the one voice that its pronoun can mean, if it is one."""
        if question.voices or not question.refers_back or not self.history:
            return question
        names = self.find_referents(question)
        if len(names) == 1:
            return replace(question, voices=(self.context.speaker_search.find_entry(names[0]),))
        # Two people were shown, and the rest of the question tells which: then both are asked after.
        return replace(question, voices=self.question.voices) if question.distinctive_concepts else question

    def find_referents(self, question: Question) -> list[str]:
        """Return the people a pronoun may mean: named last, else shown last, else all that are listed."""
        named = [voice.name for voice in self.question.voices]
        shown = [quote.passage.voice.name for quote in self.quotes if quote.passage.voice]
        filter_people = self.context.speaker_search.filter_people
        for names in (named, shown) if self.history else ():
            if people := filter_people(names, question.pronoun_sex):
                return people
        return filter_people(self.context.listed_names, question.pronoun_sex)


def mark_inherited(original: Question, answer: Answer) -> Answer:
    """Return `answer` with the words and voices of it that are not in the `original` question, in any spelling."""
    original_words = {concept.text for concept in original.concepts} | {voice.name for voice in original.voices}
    if original.dates:
        original_words.add(original.dates.text)
    original_words.update(
        word for typed in original_words & answer.corrected.keys() for word in answer.corrected[typed]
    )
    inherited = tuple(word for word in (*answer.searched, *answer.voices) if word not in original_words)
    return replace(answer, inherited=inherited)
