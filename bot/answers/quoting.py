"""Passages to quotes: whole sentences, never cut, never joined.

A short passage is shown whole. Of a long one the sentences are shown that hold
most of what was asked, and the sentence that names the voice with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.model import Kind, Quote, Span
from bot.text import split_sentences, trim

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator, Sequence

    from bot.model import Passage


class QuoteLengths(NamedTuple):
    """How long a quote may be: characters, both ends included, and sentences."""

    min_characters: int = 40
    max_characters: int = 700
    max_sentences: int = 4


def select_quote(
    passage: Passage, lengths: QuoteLengths, score: Callable[[Span], float]
) -> Quote | None:
    """Return the quote to show of `passage`; None where no whole sentences fit `lengths`.

    Among the runs of sentences that fit, the one of greatest `score` is taken,
    then the longest, then the first. A report's run starts no later than the
    words that say whose report it is.
    """
    return pick_best_quote(passage, find_fitting_runs(passage, lengths), score)


def find_fitting_runs(passage: Passage, lengths: QuoteLengths) -> list[Span]:
    """Return the runs of whole sentences of `passage` that fit, in order; see `select_quote`."""
    return [
        run
        for run in sentence_runs(passage, lengths)
        if lengths.min_characters <= run.end - run.start <= lengths.max_characters
        and _keeps_cue(passage, run)
    ]


def pick_best_quote(
    passage: Passage, candidates: Sequence[Span], score: Callable[[Span], float]
) -> Quote | None:
    """Return the quote of that run `candidates` others which `select_quote` would take, or None."""
    if not candidates:
        return None
    return Quote(passage, max(candidates, key=lambda run: (score(run), run.end - run.start)))


def has_caveat(shown: Quote, caveat: re.Pattern[str]) -> bool:
    """Tell whether the next words, in the same paragraph or quotation, match `caveat`."""
    text = shown.passage.document.text
    return any(
        caveat.match(text, position) is not None for position in _next_positions(shown, text)
    )


def sentence_runs(passage: Passage, lengths: QuoteLengths) -> Iterator[Span]:
    """Yield every run of whole sentences of the frame, from each sentence on, shortest first."""
    spans = split_sentences(passage.document.text, passage.frame)
    for first, sentence in enumerate(spans):
        for last in spans[first : first + lengths.max_sentences]:
            yield Span(sentence.start, last.end)


def _keeps_cue(passage: Passage, run: Span) -> bool:
    """Tell whether `run` still says whose words a fragment or report are."""
    if passage.kind not in (Kind.FRAGMENT, Kind.REPORTED):
        return True
    cues = [cue for cue in passage.cue if passage.frame.start <= cue.start < passage.frame.end]
    return all(run.start <= cue.start and cue.end <= run.end for cue in cues)


def _next_positions(shown: Quote, text: str) -> Sequence[int]:
    """Return where the next words of the same paragraph and of the same quotation stand."""
    next_word = trim(text, Span(shown.span.end, len(text))).start
    same_paragraph = "\n" not in text[shown.span.end : next_word]
    continuations = [span.start for span in shown.passage.quotation if span.start >= shown.span.end]
    return [next_word] * same_paragraph + continuations[:1]
