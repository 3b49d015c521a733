"""The subject of a verb of saying, read from the words around it.

No grammar beyond this: a subject ends where its verb begins, or at the comma
before a phrase in apposition; a name after a preposition is no subject.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.voices.lexicon import Form, vocabulary
from bot.voices.phrases import LONGEST, PHRASE, Phrases, Subject, is_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.voices.names import Name
    from bot.voices.tokens import Token

OWN, OWN_NOUN, GOVERNING = 0.9, 0.85, 0.93
_BETWEEN = (Form.ADVERB, Form.AUXILIARY, Form.TIME, Form.BE)
_OFF = (Form.COMMA, Form.DASH, Form.CLOSE)
_APPOSES = (Form.COMMA, Form.DASH, Form.OPEN, Form.RELATIVE)
_TAG_ENDS = (Form.STOP, Form.COMMA, Form.RELATIVE, Form.PREPOSITION)
_NO_SUBJECT_AFTER = (
    Form.PREPOSITION,
    Form.CUE,
    Form.CUE_ING,
    Form.VERB,
    Form.BE,
    Form.PRONOUN,
)
_AGENT_REACH = 8
# These take the person addressed as their object, so a name behind them is not who speaks.
_ADDRESSED = vocabulary("told tells tell asked asks ask urged urges assured reminded informed")


class Sentence(Phrases):
    """One sentence, asked for the subjects of its verbs."""

    def __init__(self, text: str, row: Sequence[Token], number: int) -> None:
        super().__init__(text, row, number)
        self._cache: dict[int, Subject | None] = {}

    def subject(self, verb: int) -> Subject | None:
        """Return who does the verb at token `verb`; None where nobody can be told."""
        if verb not in self._cache:
            self._cache[verb] = None  # a chain of verbs that leads back here has no subject
            self._cache[verb] = self._agent(verb) if self.passive(verb) else self._seek(verb)
        return self._cache[verb]

    def passive(self, verb: int) -> bool:
        """Say whether the verb is done to its subject: “was called”, “been told”."""
        if self.row[verb].form is Form.CUE_ING:
            return False
        at = verb - 1
        while at >= 0 and self.row[at].form is Form.ADVERB:
            at -= 1
        return at >= 0 and self.row[at].form is Form.BE

    def after(self, place: int) -> Subject | None:
        """Return the phrase that begins at or just after `place`: who, in “said X”."""
        row = self.row
        while place < len(row) and row[place].form is Form.ADVERB:
            place += 1
        if place < len(row) and row[place].form is Form.PRONOUN:
            return self.pronoun(place)
        last, head = self._phrase_from(place)
        if last < place:
            return None
        if head is not None and self._heads(head, last):
            return self.named(head, place)
        return self._apposed(last) or self.noun(place, last)

    def governing(self, verb: int) -> Subject | None:
        """Return the subject of the verb of saying before this one, else the sentence's own."""
        for at in range(verb - 1, -1, -1):
            if self.row[at].form is Form.CUE and not self.passive(at):
                found = self.subject(at)
                if found is not None:
                    return _less(found, GOVERNING)
        return self.main(verb)

    def main(self, before: int) -> Subject | None:
        """Return the sentence's own subject, sought from its start up to token `before`."""
        floor = self._clause(before)
        noun: Subject | None = None
        at = floor
        while at < before:
            token, name = self.row[at], self.name_at(at)
            if token.form is Form.PRONOUN and token.low != "you":
                return _less(self.pronoun(at), OWN)
            if name is not None:
                if self._stands(name, floor):
                    return _less(self.whole(name), OWN)
                at = name.last
            elif noun is None and token.form is Form.OTHER and self.acts_next(at):
                noun = None if self.governed(at, floor) else self.ending(at)
            at += 1
        return _less(noun, OWN_NOUN) if noun else None

    def _clause(self, before: int) -> int:
        """Return the token behind the last semicolon before token `before`."""
        marks = (at for at in range(before - 1, -1, -1) if self.row[at].low == ";")
        return next(marks, -1) + 1

    def _stands(self, name: Name, floor: int) -> bool:
        return not (self.governed(name.first, floor) or self.modifies(name) or self.aside(name))

    def _phrase_from(self, place: int) -> tuple[int, Name | None]:
        """Return the last token of the phrase that begins at `place`, and its last name."""
        row = self.row
        last, head = place - 1, None
        for at in range(place, min(len(row), place + LONGEST)):
            found = self.name_at(at)
            if row[at].form not in PHRASE and (head is None or found is not head):
                break
            last, head = at, found or head
        return last, head

    def _heads(self, head: Name, last: int) -> bool:
        """Whether a name is what its phrase is about: not “Liberty’s lawyer”, “the Met inquiry”."""
        if head.last == last:
            return True
        return self.row[head.last + 1].form not in (Form.POSSESSIVE, Form.OTHER)

    def _apposed(self, last: int) -> Subject | None:
        """The name in “said the director, Clare Collier”, if it stands there."""
        row = self.row
        if last + 2 < len(row) and row[last + 1].form is Form.COMMA:
            found = self.name_at(last + 2)
            if found is not None and (len(found.words) > 1 or found.titles):
                return self.named(found, found.first)
        return None

    def _seek(self, verb: int) -> Subject | None:
        row = self.row
        at = self._skip(verb - 1)
        if at < 0 or row[at].form is Form.QUOTE:
            return self.after(verb + 1)
        form = row[at].form
        if form in _OFF:
            return self._set_off(at, verb)
        if form is Form.PRONOUN:
            return self.pronoun(at)
        if form is Form.RELATIVE:
            return self._antecedent(at)
        return self._beside(at, verb)

    def _beside(self, at: int, verb: int) -> Subject | None:
        """The phrase right before the verb; before “saying” only a name, and not “to X saying”."""
        row = self.row
        if row[at].low == "to" or row[at].form not in PHRASE:
            return self.governing(verb)
        if row[verb].form is Form.CUE:
            return self.ending(at)
        found = self.name_at(at)
        if found is None:
            return self.governing(verb)
        first = self.start(found.first)
        link = row[first - 1] if first else None
        hangs = link is not None and link.form is Form.PREPOSITION and link.low != "with"
        return self.governing(verb) if hangs else self.named(found, first)

    def _set_off(self, comma: int, verb: int) -> Subject | None:
        """The subject of a verb that stands after a comma."""
        row = self.row
        if row[verb].form is Form.CUE_ING:
            return self.governing(verb)
        before = self._skip(comma - 1)
        if before < 0 or row[before].form is Form.QUOTE:
            return self.after(verb + 1)
        behind = self.after(verb + 1) if row[verb].low not in _ADDRESSED else None
        if behind is not None and behind.name is not None and self._tag_ends(behind.last + 1):
            return behind
        return self._over_apposition(comma, verb)

    def _tag_ends(self, at: int) -> bool:
        """Whether “, said X” is over here, rather than X beginning a clause."""
        return at >= len(self.row) or self.row[at].form in _TAG_ENDS

    def _skip(self, at: int) -> int:
        """Step left over adverbs, auxiliaries and times: “X on Monday also said”."""
        row = self.row
        while at >= 0:
            form = row[at].form
            if form in _BETWEEN:
                at -= 1
                if form is Form.TIME and at >= 0 and row[at].form is Form.PREPOSITION:
                    at -= 1
            elif form is Form.NUMBER and at and row[at - 1].form is Form.TIME:
                at -= 1
            else:
                break
        return at

    def _over_apposition(self, comma: int, verb: int) -> Subject | None:
        """The subject before “, advocacy director at Liberty, said”.

        The nearest name or pronoun that something is set off behind, else the
        nearest noun, else the name at the comma itself, as in “Nick Ephgrave, said”.
        """
        noun: Subject | None = None
        for at in range(comma - 2, -1, -1):
            if self.row[at + 1].form in _APPOSES:
                found = self._candidate(at)
                if found is not None and (found.pronoun or found.name):
                    return found
                noun = noun or found
        last = self._candidate(comma - 1)
        if last is not None and last.name is not None:
            return last
        return noun or self.main(verb)

    def _candidate(self, last: int) -> Subject | None:
        """The phrase that ends at token `last`, if it can be a subject there."""
        row = self.row
        if row[last].form is Form.PRONOUN:
            return self.pronoun(last)
        found = self.name_at(last)
        if row[last].form not in PHRASE or (found is not None and is_place(found)):
            return None
        subject = self.ending(last)
        before = subject.first - 1
        if before < 0:
            return subject
        if row[before].form in _NO_SUBJECT_AFTER:
            return None
        # “Jane Doe, a resident of Austin, Texas, said”: what follows a name and a comma is
        # itself in apposition.
        apposed = row[before].form is Form.COMMA and self.name_at(before - 1) is not None
        return None if apposed and subject.name is None else subject

    def _antecedent(self, relative: int) -> Subject | None:
        at = relative - 1
        if at >= 0 and self.row[at].form in _OFF:
            at -= 1
        if at >= 0 and self.row[at].form is Form.PRONOUN:
            return self.pronoun(at)
        if at < 0 or self.row[at].form not in PHRASE:
            return self.main(relative) if at >= 0 else None
        head = self.name_at(at)
        return self.whole(head) if head is not None else self.ending(at)

    def _agent(self, verb: int) -> Subject | None:
        """X, in “was called a bully by X”."""
        for at in range(verb + 1, min(len(self.row) - 1, verb + _AGENT_REACH)):
            if self.row[at].low == "by":
                return self.after(at + 1)
        return None


def _less(subject: Subject, share: float) -> Subject:
    return replace(subject, trust=subject.trust * share)
