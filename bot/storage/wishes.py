"""What chats wish to hear of, when documents arrived, and counts of words nothing matched: values and their protocol.

Of a chat its number, its wishes and three days are kept; of a word how many asked for it, never who.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from bot.model import digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Among the ten wishes of a chat sixteen letters are as distinct as all of them.
_KEY_LENGTH = 16


class WishKind(StrEnum):
    """What a wish is about."""

    VOICE = "voice"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Wish:
    """A voice or topic of a corpus that a chat follows.

    What arrived after `since` (UTC, to the second) is new to it. `used` is the day of its making or of the last press
    in the chat, `sent` that of the last message, "" before the first.
    """

    chat: int
    corpus: str
    kind: WishKind
    name: str
    since: str
    used: str
    sent: str = ""

    @property
    def key(self) -> str:
        """A key that no other wish of its chat has."""
        return digest(f"{self.corpus}\n{self.kind}\n{self.name}")[:_KEY_LENGTH]


@dataclass(frozen=True, slots=True)
class WordSums:
    """How many asked for each unmatched word, on days with enough of them, since the digest of `week` was sent."""

    week: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


class WishStorage(Protocol):
    """The part of `Storage` that keeps wishes, arrivals and sums; finding answers from memory."""

    def list_wishes(self) -> Sequence[Wish]:
        """Return every chat's wishes."""

    async def set_wishes(self, chat_id: int, wishes: Sequence[Wish]) -> None:
        """Record the wishes of a chat in place of those it had; none forgets the chat."""

    def find_arrivals(self, corpus: str) -> Mapping[str, str]:
        """Return when each document of the corpus was first served, by its id."""

    async def record_arrivals(self, corpus: str, arrivals: Mapping[str, str]) -> None:
        """Record when documents were first served; the first time counts."""

    def find_word_sums(self) -> WordSums:
        """Return the sums since the last digest."""

    async def set_word_sums(self, sums: WordSums) -> None:
        """Record the sums in place of those there were."""


def build_wish(entry: Mapping[str, Any]) -> Wish:
    """Build a wish from what `asdict` and JSON made of it."""
    return Wish(**{**entry, "kind": WishKind(entry["kind"])})


def list_entries(wishes: Sequence[Wish]) -> list[dict[str, Any]]:
    """Return `wishes` as JSON holds them."""
    return [asdict(wish) for wish in wishes]
