"""What became of one claim: its verdict, and the places that show it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, NamedTuple

from bot.answers.verification.claims import MIN_QUOTED_WORDS, QuoteClaim
from bot.model import Quote, Span


class Verdict(StrEnum):
    """How the words of a claim stand in the corpus; never whether what they say is so."""

    EXACT = "exact"
    ALTERED = "altered"
    OTHER_VOICE = "other_voice"
    NOT_FOUND = "not_found"


class WordDifference(NamedTuple):
    """A stretch that is equal, or what makes the claimed words the printed ones.

    `insert`: printed and not claimed; `delete`: claimed and not printed.
    """

    tag: Literal["equal", "insert", "delete", "replace"]
    claimed: str
    printed: str


@dataclass(frozen=True, slots=True)
class Match:
    """A place where the claimed words stand, or the nearest to them.

    `quote` is the whole sentences to show, `span` the place of the very words. `is_voice_claimed` is None
    where nobody was claimed to have said them. `is_framing` where some of them are the publication's own, around
    what it quotes or reports.
    """

    quote: Quote
    span: Span
    difference: tuple[WordDifference, ...]
    is_voice_claimed: bool | None = None
    is_framing: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """A claim and its verdict, with the places, the best first.

    `has_gaps`: the claim leaves words out, and marks it. `continues`: the source goes on to limit what is claimed.
    `is_too_short`: so few words are anybody's. A splice is `altered` with a match for each of its parts. Of
    `not_found` the match is the nearest place, if one is near.
    """

    claim: QuoteClaim
    verdict: Verdict
    matches: tuple[Match, ...] = ()
    has_gaps: bool = False
    continues: bool = False
    is_too_short: bool = False

    @property
    def is_of_quote(self) -> bool:
        """Whether somebody's words are claimed, or some are found here; a word or two are a subject to search for."""
        if self.claim.voice is not None and len(self.claim.words) > 1:
            return True
        is_long = len(self.claim.words) >= MIN_QUOTED_WORDS
        return is_long and (self.claim.is_marked or self.verdict is not Verdict.NOT_FOUND)

    def leave_out_damaged(self) -> Verification:
        """Return the same without places whose text is not as it was loaded; not found where none is left."""
        intact = tuple(match for match in self.matches if match.quote.is_intact)
        if len(intact) == len(self.matches):
            return self
        if not intact or self.is_splice:
            return Verification(self.claim, Verdict.NOT_FOUND)
        return replace(self, matches=intact)

    @property
    def is_splice(self) -> bool:
        """Whether the claim joins words of several places."""
        return self.verdict is Verdict.ALTERED and len(self.matches) > 1
