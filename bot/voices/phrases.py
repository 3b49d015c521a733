"""Noun phrases of a sentence: where one begins, which name is its head, what it hangs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Span
from bot.voices.lexicon import NOT_NAMES, PLACES, Form
from bot.voices.names import Name, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.voices.tokens import Token

PHRASE = (Form.OTHER, Form.NAME, Form.DETERMINER, Form.NUMBER, Form.POSSESSIVE)
LONGEST = 16
_OF = frozenset(("for", "of", "at", "from", "with", "in", "to"))
_GOVERNS = (Form.PREPOSITION, Form.CUE, Form.CUE_ING, Form.VERB, Form.BE)
_ACTS = (Form.CUE, Form.VERB, Form.BE, Form.AUXILIARY, Form.ADVERB)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a cue says is speaking: a name, a pronoun or a common noun.

    `span` is the whole phrase as printed, `first` and `last` its tokens. `trust`
    falls where the subject had to be sought further off. `others` are those who
    speak jointly.
    """

    span: Span
    first: int
    last: int
    name: Name | None = None
    pronoun: str | None = None
    others: tuple[Name, ...] = ()
    trust: float = 1.0


class Phrases:
    """One sentence's tokens with its names."""

    def __init__(self, text: str, row: Sequence[Token], number: int) -> None:
        self.row = row
        self.number = number
        self.names = names(row, text)
        self._at = {
            place: name for name in self.names for place in range(name.first, name.last + 1)
        }

    def name_at(self, place: int) -> Name | None:
        """Return the name that covers token `place`."""
        return self._at.get(place)

    def name_after(self, place: int) -> Name | None:
        """Return the name that begins at `place`, or behind the article there."""
        row = self.row
        while place < len(row) and row[place].form is Form.DETERMINER:
            place += 1
        found = self._at.get(place)
        return found if found is not None and found.first == place else None

    def whole(self, name: Name) -> Subject:
        """Return `name` as a subject, with what stands before it in its phrase."""
        return self.named(name, self.start(name.first))

    def pronoun(self, at: int, word: str | None = None) -> Subject:
        """Return token `at` as a pronoun; `word` where it is a possessive of one."""
        token = self.row[at]
        return Subject(Span(token.start, token.end), at, at, pronoun=word or token.low)

    def named(self, head: Name, first: int) -> Subject:
        """Return `head` as a subject whose phrase begins at token `first`, with any joint one."""
        row = self.row
        first = min(first, head.first)
        others = self._joint(first)
        start = others[0].first if others else first
        span = Span(row[start].start, row[head.last].end)
        return Subject(span, start, head.last, name=head, others=others)

    def noun(self, first: int, last: int) -> Subject:
        """Return tokens `first` to `last` as a subject, "of" and "for" phrases behind taken in."""
        last = self._with_phrases(last)
        return Subject(Span(self.row[first].start, self.row[last].end), first, last)

    def start(self, last: int) -> int:
        """Return the token where the phrase that ends at token `last` begins."""
        row = self.row
        first = last
        while first > 0 and last - first < LONGEST:
            before = row[first - 1]
            if before.form is Form.DETERMINER:
                first -= 1
                if first == 0 or row[first - 1].form is not Form.DETERMINER:
                    break
            elif before.form in PHRASE or self._within(first):
                first -= 1
            else:
                break
        return first

    def ending(self, last: int) -> Subject:
        """Return the subject whose last word is token `last`, over "of" and "for" phrases."""
        row = self.row
        first, end = self.start(last), last
        while first >= 2 and self._extends(first):
            before = first - 2
            first = self.start(before)
            if row[before + 1].form is Form.PREPOSITION:
                last = before
        hangs = first >= 2 and row[first - 1].form is Form.PREPOSITION
        if hangs and row[first - 2].form is Form.PRONOUN:
            return self.pronoun(first - 2)
        head = self.name_at(last)
        return self.named(head, first) if head is not None else self.noun(first, end)

    def governed(self, at: int, floor: int = 0) -> bool:
        """Say whether the phrase at token `at` hangs on a preposition or is a verb's object."""
        first = self.start(at)
        return first > floor and self.row[first - 1].form in _GOVERNS

    def modifies(self, name: Name) -> bool:
        """Say whether a name only qualifies what follows: “Trump’s plan”, “the Met inquiry”."""
        if name.last + 1 >= len(self.row):
            return False
        following = self.row[name.last + 1]
        if following.form is Form.POSSESSIVE:
            return True
        if following.form is not Form.OTHER or is_place(name):
            return following.form is Form.OTHER
        if following.low.endswith(("ed", "s")):
            return False
        # “Ann Bell shook her head”: an object shows that the word was a verb.
        beyond = self.row[name.last + 2].form if name.last + 2 < len(self.row) else None
        return beyond not in (Form.DETERMINER, Form.OBJECT)

    def aside(self, name: Name) -> bool:
        """Say whether a place is named in passing: “in Concord, N.H., ...”, “LEEDS - ...”."""
        row = self.row
        opens = name.first == 0 and name.last + 1 < len(row)
        if opens and row[name.last + 1].form in (Form.DASH, Form.OPEN):
            return True
        return is_place(name) and name.first > 0 and row[name.first - 1].form is Form.COMMA

    def acts_next(self, at: int) -> bool:
        """Say whether a verb follows token `at`."""
        return at + 1 < len(self.row) and self.row[at + 1].form in _ACTS

    def _within(self, at: int) -> bool:
        """Whether token `at` and the one before it belong to one name."""
        found = self._at.get(at)
        return found is not None and found.first < at

    def _extends(self, first: int) -> bool:
        """Whether the phrase at `first` hangs on another, by "of" or as one more in its list."""
        link, before = self.row[first - 1], self.row[first - 2]
        if before.form not in PHRASE or before.form is Form.DETERMINER:
            return False
        if link.form is not Form.JOIN:
            return link.form is Form.PREPOSITION
        start = self.start(first - 2)
        listed = start > 0 and self.row[start - 1].form is Form.PREPOSITION
        return listed and self.name_at(first - 2) is not None

    def _with_phrases(self, last: int) -> int:
        """Return where “a spokesman for the campaign” ends, begun at its noun."""
        row = self.row
        while last + 2 < len(row) and row[last + 1].low in _OF:
            at = last + 2
            while at < len(row) and (row[at].form in PHRASE or self._within(at)):
                at += 1
            if at == last + 2:
                break
            last = at - 1
        return last

    def _joint(self, first: int) -> tuple[Name, ...]:
        """Those named before “and” in “X, Y and Z said”."""
        row = self.row
        others: list[Name] = []
        while first >= 2 and row[first - 1].form in (Form.JOIN, Form.COMMA):
            if row[first - 1].form is Form.COMMA and not others:
                break
            other = self.name_at(first - 2)
            if other is None or self.governed(other.first):
                break
            others.insert(0, other)
            first = other.first
        return tuple(others)


def is_place(name: Name) -> bool:
    """Return whether one word names a place or a people."""
    return len(name.words) == 1 and (name.words[0] in PLACES or name.words[0] in NOT_NAMES)
