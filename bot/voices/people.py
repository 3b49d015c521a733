"""Who is named in a document, and which of them a surname or a pronoun means.

A person is known by first and last name, so Mr and Mrs of one surname stay two
people. Whatever cannot be told apart is left doubtful rather than merged.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bot.model import Span
from bot.voices.lexicon import HE, SHE
from bot.voices.names import GENERATIONS, is_human, looks_human, plain, sex, surname
from bot.voices.offices import Office

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.voices.names import Name

FULL, UNIQUE, BODY, ONE_WORD, SHARED = 1.0, 0.97, 0.95, 0.9, 0.75
UNKNOWN_SEX = 0.8
CLEAR, LIKELY = 0.8, 0.68
_NEAR, _FAR = 40, 12
_PRONOUN_SEX = {"he": "m", "she": "f"}


@dataclass(slots=True, eq=False)
class Person:
    """Somebody, or a body, as a document names them; `places` are its mentions."""

    name: str
    words: tuple[str, ...]
    sex: str | None = None
    human: bool = False
    office: Office = field(default_factory=Office)
    places: list[Span] = field(default_factory=list)

    def learn(self, office: Office) -> None:
        """Take down what the document prints of role and organisation; the first wins."""
        self.office = Office(
            self.office.role or office.role, self.office.organisation or office.organisation
        )


class Mention(NamedTuple):
    """A name where it stands: in which sentence, whether as its subject, in which office."""

    name: Name
    sentence: int
    subject: bool
    titled: bool = False
    office: Office = Office()


class Resolved(NamedTuple):
    """Whom a mention means, how far that is to be trusted, and why not further."""

    name: str | None
    trust: float
    reason: str | None = None
    place: Span | None = None


class _Place(NamedTuple):
    start: int
    person: Person
    sentence: int
    subject: bool


class People:
    """Everybody a document names; filled in reading order, then asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._people: dict[tuple[str, ...], Person] = {}
        self._by_last: dict[str, list[Person]] = {}
        self._by_first: dict[str, list[Person]] = {}
        self._by_name: dict[str, Person] = {}
        self._waiting: list[Mention] = []
        self._places: list[_Place] = []
        self._starts: list[int] = []
        self._spoke: list[_Place] = []
        self._cues: dict[str, Span] = {}

    def add(self, mention: Mention) -> None:
        """Take down a mention; single words wait until all full names are known."""
        name = mention.name
        if len(name.words) == 1 or not looks_human(name):
            self._waiting.append(mention)
            return
        key = _key(name.words)
        person = self._people.get(key)
        if person is None:
            person = self._people[key] = Person(self._cut(name), name.words)
            self._by_last.setdefault(key[1], []).append(person)
            self._by_first.setdefault(key[0], []).append(person)
        elif len(name.words) > len(person.words):
            person.name, person.words = self._cut(name), name.words
        person.sex = person.sex or sex(name)
        person.human = person.human or mention.titled or is_human(name)
        self._place(person, mention)

    def settle(self) -> None:
        """Give each single word to its full name, once the whole document is read."""
        for mention in self._waiting:
            person = _latest(self._owners(mention.name), mention.name.span.start)
            person = person or self._alone(mention.name)
            if mention.name.titles:
                person.sex = person.sex or sex(mention.name)
                person.human = person.human or plain(person.words)
            self._place(person, mention)
        for person in self._people.values():
            person.places.sort()
            often = len(person.words) > 1 and len(person.places) > 1
            person.human = person.human or (often and plain(person.words))
        self._by_name = {person.name: person for person in self._people.values()}
        self._places.sort(key=lambda place: place.start)
        self._starts = [place.start for place in self._places]

    def resolve(self, name: Name) -> Resolved:
        """Return whom a name means: the fullest name printed, and how surely."""
        if len(name.words) > 1 and looks_human(name):
            person = self._people.get(_key(name.words))
            return Resolved(person.name if person else self._cut(name), FULL)
        found = self._owners(name)
        person = _latest(found, name.span.start)
        if person is None:
            return Resolved(self._cut(name), ONE_WORD if len(name.words) == 1 else BODY)
        if len(found) == 1:
            return Resolved(person.name, UNIQUE)
        return Resolved(person.name, SHARED, "more than one person here goes by this name")

    def office(self, name: str) -> Office:
        """Return the role and organisation that the document first prints of a full name."""
        person = self._by_name.get(name)
        return person.office if person else Office()

    def is_human(self, name: Name) -> bool:
        """Say whether a name is, or stands for, a person's."""
        person = self._by_name.get(self.resolve(name).name or "")
        return person is not None and person.human

    def spoke(self, place: int, name: str, sentence: int, cue: Span | None = None) -> None:
        """Take down that somebody of this full name was quoted at `place`, by `cue`."""
        if cue is not None:
            self._cues[name] = cue
        person = self._by_name.get(name)
        if person is not None:
            self._spoke.append(_Place(place, person, sentence, subject=True))
            # Whoever is quoted under a plain name is a person, unless a body's word is in it.
            person.human = person.human or plain(person.words)

    def meant(self, pronoun: str, place: int, sentence: int) -> Resolved:
        """Return whom he or she at `place` means; nobody where nothing fits.

        Weighed: how near each person is mentioned, whether as a subject, whether
        the last to be quoted, and the sex of title or given name.
        """
        wanted = _PRONOUN_SEX[pronoun]
        weights: dict[Person, float] = {}
        for person, weight in self._evidence(place, sentence):
            fits = _fit(person, wanted)
            if fits:
                weights[person] = weights.get(person, 0.0) + weight * fits
        if not weights:
            return Resolved(None, 0.0, f"nobody before “{pronoun}” fits")
        best, *rivals = sorted(weights, key=lambda person: -weights[person])
        rival = weights[rivals[0]] if rivals else 0.0
        trust, reason = _standing(weights[best] / (weights[best] + rival), pronoun)
        if best.sex is None:
            trust = min(trust, UNKNOWN_SEX)
            reason = reason or f"nothing tells that “{pronoun}” fits"
        near = best.places[max(0, bisect_left(best.places, Span(place, 0)) - 1)]
        return Resolved(best.name, trust, reason, self._cues.get(best.name, near))

    def _evidence(self, place: int, sentence: int) -> Iterator[tuple[Person, float]]:
        end = bisect_left(self._starts, place)
        for near in self._places[max(0, end - _NEAR) : end]:
            distance = sentence - near.sentence
            if distance <= _FAR:
                weight = 1.0 if near.subject else 0.35
                yield near.person, weight / (1 + distance) ** 1.5
        spoken = bisect_left(self._spoke, place, key=lambda quoted: quoted.start)
        for quoted in self._spoke[max(0, spoken - 2) : spoken]:
            if sentence - quoted.sentence <= _FAR / 2:
                yield quoted.person, 0.5 / (1 + sentence - quoted.sentence)

    def _place(self, person: Person, mention: Mention) -> None:
        person.learn(mention.office)
        person.places.append(mention.name.span)
        start = mention.name.span.start
        self._places.append(_Place(start, person, mention.sentence, mention.subject))

    def _cut(self, name: Name) -> str:
        return self._text[name.span.start : name.span.end]

    def _alone(self, name: Name) -> Person:
        person = self._people.get(name.words)
        if person is None:
            person = Person(self._cut(name), name.words, sex(name), human=is_human(name))
            self._people[name.words] = person
        return person

    def _owners(self, name: Name) -> list[Person]:
        """Return those whose surname, or else given name, a single word is."""
        if len(name.words) > 1:
            return []
        [word] = name.words
        given = not name.titles and (word in HE or word in SHE)
        found = self._by_last.get(word) or (self._by_first.get(word, []) if given else [])
        known = sex(name) if name.titles else None
        return [person for person in found if known is None or person.sex in (known, None)]


def _key(words: Sequence[str]) -> tuple[str, ...]:
    """First and last name, and what tells a son from his father."""
    generation = words[-1] if words[-1] in GENERATIONS else ""
    return words[0], surname(words), generation


def _fit(person: Person, wanted: str) -> float:
    """Return how well somebody fits a pronoun: of that sex, of unknown sex, no person at all."""
    likely = person.human or (len(person.words) > 1 and plain(person.words))
    if not likely or person.sex not in (wanted, None):
        return 0.0
    return 1.0 if person.sex == wanted else 0.6


def _standing(share: float, pronoun: str) -> tuple[float, str | None]:
    """Return the trust in the best of two candidates by its share of their weight."""
    if share >= CLEAR:
        return 0.92, None
    if share >= LIKELY:
        return 0.84, None
    return 0.6, f"two people may be meant by “{pronoun}”"


def _latest(found: Sequence[Person], place: int) -> Person | None:
    """Return the one last mentioned before `place`, else the first mentioned at all."""
    before = [
        (person.places[spot - 1].start, number)
        for number, person in enumerate(found)
        if (spot := bisect_left(person.places, Span(place, 0)))
    ]
    if before:
        return found[max(before)[1]]
    return found[0] if found else None
