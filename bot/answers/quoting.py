"""Passages to quotes: whole sentences, never cut, never joined.

A short passage is shown whole. Of a long one the sentences are shown that hold
most of what was asked, and the sentence that names the voice with them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.model import Kind, Quote, Span
from bot.text import sentences, trim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.model import Passage

_LIMITING = re.compile(r"[\s\"“”‘’']*(?:But|However|Unless|Except)\b")


class Lengths(NamedTuple):
    """How long a quote may be: characters, both ends included, and sentences."""

    shortest: int = 40
    longest: int = 700
    sentences: int = 4


def quote(passage: Passage, lengths: Lengths, worth: Callable[[Span], float]) -> Quote | None:
    """Return the quote to show of `passage`; None where no whole sentences fit `lengths`.

    Among the runs of sentences that fit, the one of greatest `worth` is taken,
    then the longest, then the first. A report's run starts no later than the
    words that say whose report it is.
    """
    return best(passage, fitting(passage, lengths), worth)


def fitting(passage: Passage, lengths: Lengths) -> list[Span]:
    """Return the runs of whole sentences of `passage` that fit, in order; see `quote`."""
    return [
        run
        for run in runs(passage, lengths)
        if lengths.shortest <= run.end - run.start <= lengths.longest and _names(passage, run)
    ]


def best(passage: Passage, among: Sequence[Span], worth: Callable[[Span], float]) -> Quote | None:
    """Return the quote of that run `among` others which `quote` would take, or None."""
    if not among:
        return None
    return Quote(passage, max(among, key=lambda run: (worth(run), run.end - run.start)))


def found_by_id(passages: Iterable[Passage], quote_id: str, lengths: Lengths) -> Quote | None:
    """Return the quote among `passages` that `quote_id` names, or None.

    Every run of sentences that could ever be shown is looked at, so an id stays
    good however quotes are chosen.
    """
    for passage in passages:
        for span in (passage.span, *runs(passage, lengths)):
            if (named := Quote(passage, span)).id == quote_id:
                return named
    return None


def continues(shown: Quote) -> bool:
    """Tell whether the next words, in the same paragraph or quotation, limit what is shown."""
    text = shown.passage.document.text
    return any(_LIMITING.match(text, after) is not None for after in _following(shown, text))


def runs(passage: Passage, lengths: Lengths) -> Iterator[Span]:
    """Yield every run of whole sentences of the frame, from each sentence on, shortest first."""
    found = sentences(passage.document.text, passage.frame)
    for first, sentence in enumerate(found):
        for last in found[first : first + lengths.sentences]:
            yield Span(sentence.start, last.end)


def _names(passage: Passage, run: Span) -> bool:
    """Tell whether `run` still says whose words a fragment or report are."""
    if passage.kind not in (Kind.FRAGMENT, Kind.REPORTED):
        return True
    inside = [cue for cue in passage.cue if passage.frame.start <= cue.start < passage.frame.end]
    return all(run.start <= cue.start and cue.end <= run.end for cue in inside)


def _following(shown: Quote, text: str) -> Sequence[int]:
    """Return where the next words of the same paragraph and of the same quotation stand."""
    after = trim(text, Span(shown.span.end, len(text))).start
    same_paragraph = "\n" not in text[shown.span.end : after]
    later = [span.start for span in shown.passage.quotation if span.start >= shown.span.end]
    return [after] * same_paragraph + later[:1]
