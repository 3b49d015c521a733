"""Recorded votes, and what they prove of a voice's side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Voter:
    """One who voted, as the record lists them; with a `proxy` the vote is still the member's own."""

    name: str
    id: str | None = None
    party: str | None = None
    is_teller: bool = False
    proxy: str | None = None


@dataclass(frozen=True, slots=True)
class Division:
    """A recorded vote: the question put, and who answered aye and no, tellers among them.

    In the Lords an aye is "content", in the Dáil "tá". The counts are those printed, which leave tellers out; a list
    may be shorter.
    """

    house: str
    date: str | None
    number: str
    question: str | None
    url: str | None
    ayes: tuple[Voter, ...] = ()
    noes: tuple[Voter, ...] = ()
    ayes_count: int | None = None
    noes_count: int | None = None

    @property
    def id(self) -> str:
        """What every record of this division has in common: its house, day and number."""
        return "-".join(filter(None, (self.house, self.date, self.number)))


class VoteAnswer(StrEnum):
    """What a member answers to the question put."""

    AYE = "aye"
    NO = "no"


@dataclass(frozen=True, slots=True)
class SideEvidence:
    """Why a voice has its side: how it voted in a division that the curator has read, or its party's side."""

    division: Division | None = None
    answer: VoteAnswer | None = None
    body: str | None = None
