"""Answers while somebody is still typing: the last word may be the beginning of one that answers.

What each such word gives is there by its first quote, so that nothing vanishes between two letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice, zip_longest

from bot.answers.answer import Answer, ChosenQuote, Status
from bot.answers.answer_builder import PageSize
from bot.answers.answerer import Answerer

# Fewer letters begin too many words.
_MIN_LETTERS = 3
# Each word that may be meant is an answer of its own: some 100 ms for all of them at 100,000 passages.
MAX_COMPLETIONS = 24
_LAST_WORD = re.compile(r"[^\W\d_][\w’'-]*$")


def answer_beginning(answerer: Answerer, text: str, page: int, page_size: int) -> Answer:
    """Return one page of the answer to `text`, whose last word may not be typed to its end.

    The first page has the quotes of `text` itself, and the first quote of each word that its last one begins; it may be
    longer than `page_size` by these.
    """
    size = PageSize(page_size)
    answer = answerer.answer(text, (), page, size)
    match = _LAST_WORD.search(text)
    if page > 1 or match is None or len(match.group()) < _MIN_LETTERS:
        return answer
    words = answerer.list_completions(match.group())[:MAX_COMPLETIONS]
    answers = [answerer.answer(text[: match.start()] + word, (), 1, size) for word in words]
    answers = [each for each in answers if each.status is not Status.ABSTAINED]
    if not answers:
        return answer
    if answer.status is Status.ABSTAINED:
        answer = replace(answers[0], question=text, quotes=(), has_more=False)
    # What comes on a later page anyway is not shown twice.
    own_quotes = [*answer.quotes, *_list_later(answerer, text, answer, size)]
    quotes = [*answer.quotes, *_pick_first_of_each(own_quotes, answers)]
    rest = (chosen for row in zip_longest(*(each.quotes for each in answers)) for chosen in row if chosen)
    further = _drop_repeated(rest, [*own_quotes, *quotes])
    return replace(answer, quotes=(*quotes, *islice(further, max(0, page_size - len(quotes)))))


def _list_later(answerer: Answerer, text: str, answer: Answer, size: PageSize) -> Iterator[ChosenQuote]:
    """Yield the quotes of the pages behind `answer`."""
    while answer.has_more:
        answer = answerer.answer(text, (), answer.page + 1, size)
        yield from answer.quotes


def _pick_first_of_each(own_quotes: Iterable[ChosenQuote], answers: Iterable[Answer]) -> Iterator[ChosenQuote]:
    """Yield of each answer that has none of `own_quotes`, nor of what was yielded, its first."""
    shown = {chosen.quote.id for chosen in own_quotes}
    for answer in answers:
        if shown.isdisjoint(chosen.quote.id for chosen in answer.quotes):
            shown.add(answer.quotes[0].quote.id)
            yield answer.quotes[0]


def _drop_repeated(quotes: Iterable[ChosenQuote], shown: Iterable[ChosenQuote]) -> Iterator[ChosenQuote]:
    """Yield the quotes that are not among `shown`, each once."""
    ids = {chosen.quote.id for chosen in shown}
    for chosen in quotes:
        if chosen.quote.id not in ids:
            ids.add(chosen.quote.id)
            yield chosen
