"""A question read: what it is about, whom it asks after, and what would be no answer.

Reading only sorts the asker's words; it adds none but the curator's synonyms
and corrections of typing errors, and both are kept to be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.model import Listed, Side

Form = frozenset[str]


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that is asked about.

    `asked` is the word or phrase as typed. `forms` are sets of stems, any one
    of which, found whole, stands for it; its own comes first. `also` are the
    words searched beside it. `weight` is how much finding it tells. A `common`
    concept is what the whole debate is about, so finding it tells nothing.
    """

    asked: str
    forms: tuple[Form, ...]
    also: tuple[str, ...] = ()
    weight: float = 1.0
    common: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What was read in a question.

    `pairs` are the stems of content words that stand side by side. `voices` are
    the listed voices it names, in order; `sides` those it asks
    for; `names` look like somebody's name and stand in no source, and
    `decisive` says that they are whom the question asks after. `asks` are the
    kinds of thing wanted (`date`, `number`, ...), `counted` whose number is.
    `task` is set when something other than quotes is wanted, `leans` when it opens
    like a follow-up, `refers_back` when a pronoun stands for a voice. `telling`
    are the concepts that tell one passage of this debate from another.
    """

    text: str
    concepts: tuple[Concept, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    voices: tuple[Listed, ...] = ()
    sides: frozenset[Side] = frozenset()
    names: tuple[str, ...] = ()
    decisive: bool = False
    asks: frozenset[str] = frozenset()
    counted: Concept | None = None
    task: bool = False
    leans: bool = False
    refers_back: bool = False
    telling: tuple[Concept, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        telling = tuple(concept for concept in self.concepts if not concept.common)
        object.__setattr__(self, "telling", telling)

    def after(self, earlier: Question) -> Question:
        """Return this question with the voice that its pronoun stands for in `earlier`."""
        if self.voices or not self.refers_back:
            return self
        return replace(self, voices=earlier.voices, sides=self.sides or earlier.sides)

    def with_words_of(self, earlier: Question) -> Question:
        """Return this question with what `earlier` was about, its own words first."""
        own = {concept.asked for concept in self.concepts}
        kept = tuple(concept for concept in earlier.concepts if concept.asked not in own)
        return replace(
            self,
            concepts=self.concepts + kept,
            voices=self.voices or earlier.voices,
            sides=self.sides or earlier.sides,
        )
