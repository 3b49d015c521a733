"""People and bodies as a document names them, and which of them “he” or “she” means.

Candidates are weighed by how near they are mentioned, whether as a subject, whether they were quoted last, and the sex
that a title or given name shows. The best one is still in doubt where somebody else was brought in since.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.attribution.affiliations import Affiliation
from bot.attribution.lexicon import Lexicon
from bot.attribution.names import Name, has_only_person_words
from bot.model import Span

# A doubt of who is meant is never shown, whatever the cue: of two people of one surname, of somebody
# whom nothing shows to be a he or a she.
DOUBTFUL_CONFIDENCE = 0.6
# A pronoun with one candidate far ahead: 13 of 14 right.
CLEAR_PRONOUN_CONFIDENCE = 0.92
# A pronoun whose best candidate leads less clearly: 4 of 8 right.
LIKELY_PRONOUN_CONFIDENCE = 0.84
# A clear best candidate has at least this share of the weight of the two best: 0.7 shows one right name
# and one wrong one more, 0.9 loses three right and one wrong.
CLEAR_SHARE = 0.8
# Below this share who is meant is in doubt: 0.58 shows two right names and three wrong ones more, 0.78 loses three
# right.
LIKELY_SHARE = 0.68
# The same where the best one was quoted last, and was named after the other.
SPEAKING_SHARE = 0.6
# A subject weighs 1, and a pronoun mostly means one; 0.25 and 0.45 show the same names on the benchmark.
NON_SUBJECT_WEIGHT = 0.35
# One sentence back counts 0.35, three back 0.12; 1.4 loses a right name.
DISTANCE_EXPONENT = 1.5
# The person quoted last often goes on: 0.4 changes nothing, 0.6 loses a right name.
LAST_SPEAKER_WEIGHT = 0.5
# A name of unknown sex fits a pronoun, but less: 0.5 shows one right and one wrong name more.
UNKNOWN_SEX_FIT = 0.6
# The mentions weighed for one pronoun: 30 and 50 change nothing on the benchmark; a bound keeps its time short.
_MAX_MENTIONS = 40
# In sentences, two or three paragraphs: 9 loses a wrong name, 15 a right one.
_MAX_SENTENCE_DISTANCE = 12
# Half as many sentences, since what was said since counts for more; 5 and 7 change nothing.
_MAX_SPEAKER_DISTANCE = 6
# In sentences: “X said ...” and, in the next paragraph, “...,” he said.
_MAX_SUCCESSION_DISTANCE = 3
# In sentences between two pronouns: “Lady Moor came. She was old. “No,” said she.”
_MAX_CHAIN_DISTANCE = 2
# The last quotations that count, of two people who talk to each other; 1 and 3 change nothing on the benchmark.
_MAX_LAST_SPEAKERS = 2


@dataclass(slots=True, eq=False)
class Person:
    """Somebody, or a body, as a document names them; `mention_spans` are its mentions.

    Mentions by a name that several share are in the `shared_spans` of each.
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
        """Record the role and organisation that the document prints; the first of each wins."""
        if affiliation.role:
            self.roles.add(affiliation.role.casefold())
        self.affiliation = Affiliation(
            self.affiliation.role or affiliation.role, self.affiliation.organisation or affiliation.organisation
        )


class Mention(NamedTuple):
    """A name where it stands: in which sentence, whether as its subject, in which office.

    `other_than_sex` is the sex of a "he" or "she" before it in the sentence, who is somebody else. `is_in_statement`
    means that quoted words surround it: “X,” said of Low, “Y”; `is_speaking` that a verb of saying is next to it;
    `may_answer` that a letter is from them, or that somebody met them; `is_located` that “in” or “from” is before it.
    `pronoun_sex` is that of “his” or “her” behind it, `kin_sex` that of a relative: “the mother of Ann Low”.
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
    """Whom a mention means (nobody where `name` is None), how far that is to be trusted, and why not further."""

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


class _Naming(NamedTuple):
    """A mention and the person it means; `rivals` are all who go by the name there, where they are several."""

    person: Person
    mention: Mention
    rivals: tuple[Person, ...]

    @property
    def start(self) -> int:
        """The offset of the name."""
        return self.mention.name.span.start


class _Utterance(NamedTuple):
    """Somebody quoted: where the words begin, and in which sentence."""

    start: int
    person: Person
    sentence: int


class Antecedents:
    """Who may be meant by a pronoun; filled in reading order, sorted once, then asked."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._unnamed: list[UnnamedPerson] = []
        self._pronouns: list[tuple[int, int, str]] = []
        self._namings: list[_Naming] = []
        self._starts: list[int] = []
        self._utterances: list[_Utterance] = []
        self._cue_by_name: dict[str, Span] = {}

    def add_unnamed(self, unnamed: UnnamedPerson) -> None:
        """Record that somebody without a name was brought in, in reading order."""
        self._unnamed.append(unnamed)

    def add_pronoun(self, start: int, sentence: int, pronoun: str) -> None:
        """Record that "he" or "she" stands at `start` as a subject, in reading order."""
        self._pronouns.append((start, sentence, pronoun))

    def add_mention(self, person: Person, mention: Mention, rivals: Sequence[Person] = ()) -> None:
        """Record that somebody is named; `rivals` are all who go by that name, where they are several."""
        self._namings.append(_Naming(person, mention, tuple(rivals)))

    def sort_mentions(self) -> None:
        """Put the mentions in reading order, once all of them are there."""
        self._namings.sort(key=lambda naming: naming.start)
        self._starts = [naming.start for naming in self._namings]

    def record_speaker(self, offset: int, person: Person, sentence: int) -> None:
        """Record that somebody was quoted at `offset`, in reading order."""
        self._utterances.append(_Utterance(offset, person, sentence))

    def record_cue(self, name: str, cue: Span) -> None:
        """Record the cue that last named somebody as speaking."""
        self._cue_by_name[name] = cue

    def resolve(self, pronoun: str, offset: int, sentence: int) -> Referent:
        """Return whom he or she at `offset` means; a referent without a name where nobody fits."""
        sex = "m" if pronoun in self._lexicon.pronouns.masculine else "f"
        offset, sentence = self._find_chain_start(pronoun, offset, sentence)
        weights = self._weigh(offset, sentence, sex)
        if not weights:
            return Referent(None, 0.0, f"nobody before “{pronoun}” fits")
        best, *rivals = sorted(weights, key=lambda person: -weights[person])
        successor = self._find_last_speaker(weights, offset, sentence, sex)
        if successor is not None and successor is not best:
            best, rivals = successor, [best]
        nearest = _find_last_mention(best, offset) or best.mention_spans[0]
        antecedent = self._cue_by_name.get(best.name, nearest)
        if self._is_unnamed_nearer(best, nearest.start, offset, sex):
            reason = f"somebody without a name stands nearer to “{pronoun}”"
            return doubt_referent(best.name, reason, antecedent)
        rival_weight = weights[rivals[0]] if rivals else 0.0
        share = weights[best] / (weights[best] + rival_weight)
        least = SPEAKING_SHARE if rivals and self._spoke_since(best, rivals[0], offset) else LIKELY_SHARE
        if self._is_namesake_possible(best, offset, sex):
            return doubt_referent(best.name, "more than one person here goes by this name", antecedent)
        is_unclear = share < least and best is not successor
        if is_unclear or self._is_other_nearer(best, offset, sentence, sex):
            return doubt_referent(best.name, f"two people may be meant by “{pronoun}”", antecedent)
        if best.sex is None:
            return doubt_referent(best.name, f"nothing tells that “{pronoun}” fits", antecedent)
        confidence = CLEAR_PRONOUN_CONFIDENCE if share >= CLEAR_SHARE else LIKELY_PRONOUN_CONFIDENCE
        return Referent(best.name, confidence, None, antecedent)

    def _weigh(self, offset: int, sentence: int, sex: str) -> dict[Person, float]:
        """Return the weight of each person who fits the pronoun."""
        weights: dict[Person, float] = {}
        for person, weight in self._iter_evidence(offset, sentence, sex):
            fit = _score_fit(person, sex, self._lexicon)
            if fit:
                weights[person] = weights.get(person, 0.0) + weight * fit
        return weights

    def _find_chain_start(self, pronoun: str, offset: int, sentence: int) -> tuple[int, int]:
        """Return offset and sentence where a run of this pronoun begins, no name or quotation in it; or those given."""
        index = bisect_left(self._pronouns, (offset, 0, ""))
        while index > 0:
            start, number, word = self._pronouns[index - 1]
            is_quoted_since = any(utterance.start > start for utterance in self._find_last_quoted(offset))
            is_named_since = bisect_left(self._starts, offset) > bisect_left(self._starts, start)
            if word != pronoun or is_quoted_since or is_named_since or sentence - number > _MAX_CHAIN_DISTANCE:
                break
            offset, sentence, index = start, number, index - 1
        return offset, sentence

    def _find_last_speaker(
        self, candidates: Iterable[Person], offset: int, sentence: int, pronoun_sex: str
    ) -> Person | None:
        """Return who was quoted right before, by name, if no other of `candidates` is named after them; else None."""
        utterances = self._find_last_quoted(offset)
        if not utterances or sentence - utterances[0].sentence > _MAX_SUCCESSION_DISTANCE:
            return None
        person = utterances[0].person
        is_fit = person.sex == pronoun_sex and person.name in self._cue_by_name
        others = (other for other in candidates if other is not person)
        return person if is_fit and all(self._spoke_since(person, other, offset) for other in others) else None

    def _find_last_quoted(self, offset: int) -> list[_Utterance]:
        """Return the last times that somebody was quoted before `offset`, the latest first."""
        count = bisect_left(self._utterances, offset, key=lambda utterance: utterance.start)
        return self._utterances[max(0, count - _MAX_LAST_SPEAKERS) : count][::-1]

    def _spoke_since(self, person: Person, rival: Person, offset: int) -> bool:
        """Whether `person` was the last to be quoted, and was named after the last mention of `rival`."""
        nearest, other = (_find_last_mention(each, offset) or Span(-1, 0) for each in (person, rival))
        return nearest > other and any(each.person is person for each in self._find_last_quoted(offset)[:1])

    def _is_unnamed_nearer(self, person: Person, mention_start: int, offset: int, sex: str) -> bool:
        """Whether somebody unnamed, who may be of that sex and is not `person`, came in from `mention_start` on."""
        end = bisect_left(self._unnamed, offset, key=lambda unnamed: unnamed.start)
        start = bisect_left(self._unnamed, mention_start, key=lambda unnamed: unnamed.start)
        roles = " ".join(person.roles)
        sexes = self._lexicon.sexes
        others = sexes.feminine_nouns if sex == "m" else sexes.masculine_nouns
        return any(unnamed.noun not in roles and unnamed.noun not in others for unnamed in self._unnamed[start:end])

    def _is_other_nearer(self, person: Person, offset: int, sentence: int, sex: str) -> bool:
        """Whether another who fits was named in a later sentence than `person`, or as speaker or subject in the same.

        One who may answer counts in any case; no other does where `person` was quoted last, there or later.
        """
        named = [
            (each, mention)
            for each, mention in self._iter_namings(offset, sentence, sex)
            if each is person or (each.is_person and each.sex in (sex, None))
        ]
        last = max((mention.sentence for _, mention in named), default=0)
        latest = [(each, mention) for each, mention in named if mention.sentence == last]
        if any(mention.may_answer for each, mention in latest if each is not person):
            return True
        if any(each.person is person and each.sentence >= last for each in self._find_last_quoted(offset)[:1]):
            return False
        if all(each is not person for each, _ in latest):
            return bool(latest)
        speaking = [each for each, m in latest if m.is_speaking] or [each for each, m in latest if m.is_subject][:1]
        return bool(speaking) and person not in speaking

    def _is_namesake_possible(self, person: Person, offset: int, sex: str) -> bool:
        """Whether the name that last stood for `person` may have stood for another of that sex."""
        namings = [each for each in self._find_namings(offset) if each.person is person or person in each.rivals]
        rivals = namings[-1].rivals if namings else ()
        return any(rival is not person and rival.sex in (sex, None) for rival in rivals)

    def _find_namings(self, offset: int) -> list[_Naming]:
        """Return the last times that somebody is named before `offset`, in reading order."""
        end = bisect_left(self._starts, offset)
        return self._namings[max(0, end - _MAX_MENTIONS) : end]

    def _iter_namings(self, offset: int, sentence: int, sex: str) -> Iterator[tuple[Person, Mention]]:
        """Yield each named shortly before `offset`, and the mention; for one of the other sex a namesake, if any.

        Left out is who cannot be meant: in “she has more than Ann Low” Ann is not the next "she", nor is Low the next
        "he" in “X,” said of Low, “Y”.
        """
        for person, mention, rivals in self._find_namings(offset):
            distance = sentence - mention.sentence
            is_another = mention.other_than_sex == sex or (distance == 0 and mention.is_in_statement)
            if distance > _MAX_SENTENCE_DISTANCE or is_another:
                continue
            is_fit = person.sex in (sex, None)
            rival = None if is_fit else next((each for each in rivals if each.sex == sex), None)
            yield (person, mention) if rival is None else (rival, mention._replace(is_subject=False))

    def _iter_evidence(self, offset: int, sentence: int, sex: str) -> Iterator[tuple[Person, float]]:
        """Yield each who may be meant with a weight: once for each mention, and once for when they were last quoted."""
        for person, mention in self._iter_namings(offset, sentence, sex):
            weight = 1.0 if mention.is_subject else NON_SUBJECT_WEIGHT
            yield person, weight / (1 + sentence - mention.sentence) ** DISTANCE_EXPONENT
        # Of one who was quoted twice the latest time counts.
        sentences = {each.person: each.sentence for each in reversed(self._find_last_quoted(offset))}
        for person, last in reversed(sentences.items()):
            if sentence - last <= _MAX_SPEAKER_DISTANCE:
                yield person, LAST_SPEAKER_WEIGHT / (1 + sentence - last)


def _find_last_mention(person: Person, offset: int) -> Span | None:
    """Return where somebody was last named before `offset`, be it by a shared name; None where not yet named."""
    spans = (person.mention_spans, person.shared_spans)
    before = [each[count - 1] for each in spans if (count := bisect_left(each, Span(offset, 0)))]
    return max(before, default=None)


def _score_fit(person: Person, pronoun_sex: str, lexicon: Lexicon) -> float:
    """Return how well somebody fits a pronoun: 1 of that sex, less of unknown sex, 0 of the other or no person."""
    is_likely_person = person.is_person or (len(person.words) > 1 and has_only_person_words(person.words, lexicon))
    if not is_likely_person or person.sex not in (pronoun_sex, None):
        return 0.0
    return 1.0 if person.sex == pronoun_sex else UNKNOWN_SEX_FIT
