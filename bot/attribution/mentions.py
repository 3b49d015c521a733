"""People and bodies as a document names them, and whom a mention means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from bot.attribution.affiliations import Affiliation
from bot.attribution.names import Name
from bot.model import Span

# A doubt of who is meant is never shown, whatever the cue: of two people of one surname, of somebody
# whom nothing shows to be a he or a she.
DOUBTFUL_CONFIDENCE = 0.6


@dataclass(slots=True, eq=False)
class Person:
    """Somebody, or a body, as a document names them; `mention_spans` are its mentions.

    Those by a name that others share are `shared_spans` of each of them.
    """

    name: str
    words: tuple[str, ...]
    sex: str | None = None
    is_person: bool = False
    pronoun_sexes: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    is_noble: bool = False
    has_title: bool = False
    affiliation: Affiliation = field(default_factory=Affiliation)
    mention_spans: list[Span] = field(default_factory=list)
    shared_spans: list[Span] = field(default_factory=list)

    def add_affiliation(self, affiliation: Affiliation) -> None:
        """Take down what the document prints of role and organisation; the first wins."""
        if affiliation.role:
            self.roles.add(affiliation.role.casefold())
        self.affiliation = Affiliation(
            self.affiliation.role or affiliation.role, self.affiliation.organisation or affiliation.organisation
        )


class Mention(NamedTuple):
    """A name where it stands: in which sentence, whether as its subject, in which office.

    `other_than_sex` is that of a "he" or "she" before it in the sentence, who is somebody else. `is_in_statement` says
    that quoted words stand before and behind it: “X,” said of Low, “Y”; `is_speaking` that a verb of saying stands
    beside it; `may_answer` that a letter is from them, or another met them.
    """

    name: Name
    sentence: int
    is_subject: bool
    is_titled: bool = False
    affiliation: Affiliation = Affiliation()
    pronoun_sex: str | None = None
    office: str | None = None
    joint_title: str = ""
    is_located: bool = False
    other_than_sex: str | None = None
    is_in_statement: bool = False
    is_speaking: bool = False
    may_answer: bool = False
    kin_sex: str | None = None


class Referent(NamedTuple):
    """Whom a mention means, how far that is to be trusted, and why not further."""

    name: str | None
    confidence: float
    reason: str | None = None
    antecedent: Span | None = None
    is_doubtful: bool = False


def doubt_referent(name: str | None, reason: str, antecedent: Span | None = None) -> Referent:
    """Return the referent that may be somebody else, for `reason`."""
    return Referent(name, DOUBTFUL_CONFIDENCE, reason, antecedent, is_doubtful=True)


class UnnamedPerson(NamedTuple):
    """Somebody whom a document brings in without a name: “a lorry driver”."""

    start: int
    noun: str
    is_kin: bool = False
