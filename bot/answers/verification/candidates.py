"""The passages of a stored corpus that may hold the words of a claim, found by its index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.corpus.stored.base import list_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answers.verification.claims import QuoteClaim
    from bot.corpus.stored.passages import StoredPassages
    from bot.model import Passage

# How many passages of a stored corpus are compared with a claim, for each way of being near it.
_MAX_CANDIDATES = 100
# By its first words a long claim is told from all others, and a cluster refuses a search for more than 1,024.
_MAX_TOKENS = 500


def read_candidates(passages: StoredPassages, claim: QuoteClaim) -> Iterator[Passage]:
    """Read what may hold the words of `claim`: all of them side by side, or most of them, and what stands beside it."""
    tokens, store = list_tokens(claim.text[slice(*claim.span)])[:_MAX_TOKENS], passages.store
    voices = [number for number, voice in enumerate(passages.shown_voices) if voice and claim.is_by(voice)]
    numbers = {
        *store.find_tokens(tokens, _MAX_CANDIDATES),
        *store.find_similar(tokens, _MAX_CANDIDATES),
        *(store.find_similar(tokens, _MAX_CANDIDATES, voices) if voices else ()),
    }
    return passages.iterate(sorted({each for number in numbers for each in passages.list_neighbours(number)}))
