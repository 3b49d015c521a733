"""Who is named in a document, and which of them a surname or a pronoun means.

A person is known by first and last name, so Mr and Mrs of one surname stay two
people. Two who cannot be kept apart are left in doubt rather than merged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from bot.attribution.affiliations import Affiliation
from bot.attribution.antecedents import Antecedents, Mention, Person, Referent, UnnamedPerson, doubt_referent
from bot.attribution.lexicon import Lexicon
from bot.attribution.names import Name, has_only_person_words, infer_sex, is_person, looks_like_full_name
from bot.model import Span

# First and last name stand in the sentence itself: 836 of 884 right.
FULL_NAME_CONFIDENCE = 1.0
# One person of the document goes by the surname: 1,213 of 1,243 right.
UNIQUE_NAME_CONFIDENCE = 0.97
# Several words that are no person's name: 19 of 21 right.
ORGANISATION_CONFIDENCE = 0.95
# One word that no full name explains, with a title, a second mention or a given name's look.
ONE_WORD_CONFIDENCE = 0.9
# One word with none of that: right in four of five, so the surest cue does not bring it to 0.7.
LONE_WORD_CONFIDENCE = 0.7
# “TfL”, “the PAC”: a body's initials, right behind the surest cues alone (a headline has capitals too).
ABBREVIATION_CONFIDENCE = 0.76
LONE_WORD = "one word that no full name explains"
# In letters, two of them capitals at least: “TfL”, “RSPCA”; six letters in capitals are a word of a headline.
_MAX_ABBREVIATION = 5


class People:
    """Everybody a document names; filled in reading order, then asked."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._lexicon = lexicon
        self._person_by_key: dict[tuple[str, ...], Person] = {}
        self._by_surname: dict[str, list[Person]] = {}
        self._by_given_name: dict[str, list[Person]] = {}
        self._by_full_name: dict[str, Person] = {}
        self._pending: list[Mention] = []
        self._has_kin = False
        self._kin: set[tuple[str, str | None]] = set()
        self._title_sexes: dict[str, set[str]] = {}
        self._antecedents = Antecedents(lexicon)

    def add_mention(self, mention: Mention) -> None:
        """Record a mention; single words wait until all full names are known."""
        name = mention.name
        if mention.kin_sex:
            self._kin.add((name.words[-1], mention.kin_sex))
        is_surname = len(_drop_particles(name.words, self._lexicon)) == 1
        if is_surname or not looks_like_full_name(name, self._lexicon):
            self._pending.append(mention)
            self._record_title_sexes(mention)
            return
        key = _person_key(name.words, self._lexicon)
        person = self._person_by_key.get(key)
        if person is None:
            person = self._person_by_key[key] = Person(self._name_text(name), name.words)
            self._by_surname.setdefault(key[1], []).append(person)
            self._by_given_name.setdefault(key[0], []).append(person)
        elif len(name.words) > len(person.words):
            person.name, person.words = self._name_text(name), name.words
        person.sex = person.sex or infer_sex(name.titles, name.words, self._lexicon)
        person.is_person = person.is_person or mention.is_titled or is_person(name, self._lexicon)
        person.has_title = person.has_title or bool(name.titles)
        person.is_noble = person.is_noble or not self._lexicon.titles.noble.isdisjoint(name.titles)
        self._record_mention(person, mention)

    def _record_title_sexes(self, mention: Mention) -> None:
        """Record whether a surname goes with "Mr", with "Mrs", or with both: “Mr and Mrs Bell”."""
        name, titles = mention.name, self._lexicon.titles
        if len(name.words) == 1 and name.titles:
            given = {*name.titles, mention.joint_title}
            sexes = {sex for sex, words in (("m", titles.male), ("f", titles.female)) if not given.isdisjoint(words)}
            self._title_sexes.setdefault(name.words[0], set()).update(sexes)

    def resolve_pending(self) -> None:
        """Give each single word to its full name, once the whole document is read; settle who is a person."""
        for mention in self._pending:
            rivals = self._find_candidates(mention.name)
            person = _find_latest(rivals, mention.name.span.start)
            if person is None and mention.is_located and not mention.name.titles:
                continue  # “a baker from Lee”: a place, though somebody may be called that
            person = person or self._get_or_add_person(mention.name)
            if mention.name.titles:
                if not self._may_be_kin(mention.name):
                    person.sex = person.sex or infer_sex(mention.name.titles, mention.name.words, self._lexicon)
                person.is_person = person.is_person or has_only_person_words(person.words, self._lexicon)
            self._record_mention(person, mention, rivals)
        for person in self._person_by_key.values():
            person.mention_spans.sort()
            person.shared_spans.sort()
            is_repeated = len(person.words) > 1 and len(person.mention_spans) > 1
            person.is_person = person.is_person or (is_repeated and has_only_person_words(person.words, self._lexicon))
            if person.sex is None and person.is_person and len(person.pronoun_sexes) == 1:
                [person.sex] = person.pronoun_sexes
        self._by_full_name = {person.name: person for person in self._person_by_key.values()}
        self._antecedents.sort_mentions()

    def resolve_name(self, name: Name) -> Referent:
        """Return whom a name means: the fullest name printed, and how surely."""
        surname = _drop_particles(name.words, self._lexicon)
        if len(surname) > 1 and looks_like_full_name(name, self._lexicon):
            person = self._find_within(name.words) or self._person_by_key.get(_person_key(name.words, self._lexicon))
            return Referent(person.name if person else self._name_text(name), FULL_NAME_CONFIDENCE)
        candidates = self._find_candidates(name)
        person = _find_latest(candidates, name.span.start)
        if person is None:
            return self._resolve_unknown(name)
        if len(candidates) > 1:
            return doubt_referent(person.name, "more than one person here goes by this name")
        is_kin_possible = person.sex is None and self._may_be_kin(name)
        # “Mrs Low” where the document tells of “the mother of Ann Low”.
        is_kin = len(name.words) == 1 and (name.words[0], infer_sex(name.titles, ("",), self._lexicon)) in self._kin
        if is_kin_possible or is_kin or self._may_be_peer(person, name):
            return doubt_referent(person.name, "another of this surname may be meant")
        return Referent(person.name, UNIQUE_NAME_CONFIDENCE)

    def find_office_holder(self, words: Sequence[str]) -> Referent | None:
        """Return who alone holds the office that `words` name; None where nobody does.

        Of two who do, at one time or another, it is the first, and doubted.
        """
        office = " ".join(words)
        holders = [person for person in self._person_by_key.values() if office in person.roles]
        if len(holders) > 1:
            return doubt_referent(holders[0].name, "more than one person here holds this office")
        return Referent(holders[0].name, UNIQUE_NAME_CONFIDENCE) if holders else None

    def _resolve_unknown(self, name: Name) -> Referent:
        """Return the referent of a name that no full name explains, as sure as what else speaks for it."""
        if len(name.words) > 1:
            return Referent(self._name_text(name), ORGANISATION_CONFIDENCE)
        [word] = name.words
        is_couple = self._is_couple(name.words)
        has_sex = bool(name.titles) and infer_sex(name.titles, name.words, self._lexicon) is not None
        if has_sex and (is_couple or word in self._by_surname):
            if not is_couple and self._may_be_wife(name):
                return doubt_referent(self._titled_text(name), "another of this surname may be meant")
            return Referent(self._titled_text(name), ONE_WORD_CONFIDENCE)
        if is_couple:
            return doubt_referent(self._name_text(name), "more than one person here goes by this name")
        return self._resolve_lone_word(name, word)

    def _resolve_lone_word(self, name: Name, word: str) -> Referent:
        """Return one word with what speaks for it: a title, a second mention, the lists, its capitals."""
        person = self._person_by_key.get(name.words)
        is_repeated = person is not None and len(person.mention_spans) > 1
        is_body = word in self._lexicon.organisations.single
        text = self._name_text(name)
        if name.titles or is_repeated or is_body or self._lexicon.is_given_name(word):
            return Referent(text, ONE_WORD_CONFIDENCE)
        is_abbreviation = len(text) <= _MAX_ABBREVIATION and sum(letter.isupper() for letter in text) > 1
        if is_abbreviation and not self._lexicon.is_office(word):
            return Referent(text, ABBREVIATION_CONFIDENCE)
        return Referent(text, LONE_WORD_CONFIDENCE, LONE_WORD)

    def _find_within(self, words: Sequence[str]) -> Person | None:
        """Return who is named elsewhere by the last of these words alone: “Brave Ann Low” is Ann Low; else None."""
        if self._lexicon.is_given_name(words[0]):
            return None
        own_key = _person_key(words, self._lexicon)
        keys = (_person_key(words[index:], self._lexicon) for index in range(1, len(words) - 1))
        return next((self._person_by_key[key] for key in keys if key in self._person_by_key and key != own_key), None)

    def _may_be_kin(self, name: Name) -> bool:
        """Whether a surname may mean a relative: with "Mrs", any title where kin come up, or as both sexes bear it."""
        is_likely = self._has_kin or not self._lexicon.titles.married.isdisjoint(name.titles)
        return self._is_couple(name.words) or (bool(name.titles) and is_likely)

    def _may_be_wife(self, name: Name) -> bool:
        """Whether "Mrs" may be said of the one whom only a given name shows to be a man: “Kamal Orme”, “Mrs Orme”."""
        is_married = not self._lexicon.titles.married.isdisjoint(name.titles)
        return is_married and not any(person.has_title for person in self._by_surname[name.words[0]])

    def _is_couple(self, words: Sequence[str]) -> bool:
        """Whether the document speaks of a man and of a woman by this surname alone."""
        return len(words) == 1 and len(self._title_sexes.get(words[0], ())) > 1

    def _may_be_peer(self, person: Person, name: Name) -> bool:
        """Whether “Lady Moor” may be another than Ida Moor, to whom the document gives no such title."""
        titles = self._lexicon.titles
        return not (titles.noble - titles.knightly).isdisjoint(name.titles) and not person.is_noble

    def get_affiliation(self, name: str) -> Affiliation:
        """Return the role and organisation that the document first prints of a full name; both None without any."""
        person = self._by_full_name.get(name)
        return person.affiliation if person else Affiliation()

    def is_person(self, name: Name) -> bool:
        """Return whether a name is, or stands for, a person's."""
        person = self._by_full_name.get(self.resolve_name(name).name or "")
        return person is not None and person.is_person

    def record_speaker(self, offset: int, name: str, sentence: int, cue: Span | None = None) -> None:
        """Record that somebody of this full name was quoted at `offset`; `cue` is None where it does not name them.

        Whoever is quoted is a person, unless a body's word is in the name.
        """
        if cue is not None:
            self._antecedents.record_cue(name, cue)
        person = self._by_full_name.get(name)
        if person is not None:
            self._antecedents.record_speaker(offset, person, sentence)
            person.is_person = person.is_person or has_only_person_words(person.words, self._lexicon)

    def resolve_pronoun(self, pronoun: str, offset: int, sentence: int) -> Referent:
        """Return whom he or she at `offset` means; a referent without a name where nobody fits."""
        referent = self._antecedents.resolve(pronoun, offset, sentence)
        person = self._by_full_name.get(referent.name or "")
        if person is None or not self._is_couple(person.words) or referent.is_doubtful:
            return referent
        return doubt_referent(referent.name, "more than one person here goes by this name", referent.antecedent)

    def add_unnamed(self, unnamed: UnnamedPerson) -> None:
        """Record that somebody without a name was brought in, in reading order."""
        self._antecedents.add_unnamed(unnamed)
        self._has_kin = self._has_kin or unnamed.is_kin

    def add_pronoun(self, start: int, sentence: int, pronoun: str) -> None:
        """Record that "he" or "she" stands at `start` as a subject, in reading order."""
        self._antecedents.add_pronoun(start, sentence, pronoun)

    def _record_mention(self, person: Person, mention: Mention, rivals: Sequence[Person] = ()) -> None:
        """Record a mention of `person`; a role printed beside a name that several share is credited to none of them."""
        person.mention_spans.append(mention.name.span)
        self._antecedents.add_mention(person, mention, rivals if len(rivals) > 1 else ())
        if len(rivals) > 1:
            for rival in rivals:
                rival.shared_spans.append(mention.name.span)
            return
        person.add_affiliation(mention.affiliation)
        if mention.office:
            person.roles.add(mention.office)
        if mention.pronoun_sex:
            person.pronoun_sexes.add(mention.pronoun_sex)

    def _name_text(self, name: Name) -> str:
        """Return a name as printed; the title is a part of it where no given name is: “Lord Moor”, “Mr Speaker”."""
        joints, titles = self._lexicon.markers.organisation_joints, self._lexicon.titles
        is_peer = len(name.words) == 1 or not joints.isdisjoint(name.words)
        is_addressed = titles.leading.issuperset(name.words) and not titles.courtesy.isdisjoint(name.titles[-1:])
        if is_addressed or (is_peer and not titles.noble.isdisjoint(name.titles[-1:])):
            return self._titled_text(name)
        return self._text[name.span.start : name.span.end]

    def _titled_text(self, name: Name) -> str:
        """Return a name as printed, with the last of its titles."""
        title = self._text[name.title_span.start : name.title_span.end].rsplit(maxsplit=1)[-1]
        return self._text[name.title_span.end - len(title) : name.span.end]

    def _get_or_add_person(self, name: Name) -> Person:
        """Return the person known by exactly these words, added where there is none yet."""
        person = self._person_by_key.get(name.words)
        if person is None:
            sex = infer_sex(name.titles, name.words, self._lexicon)
            person = Person(self._name_text(name), name.words, sex, is_person(name, self._lexicon))
            self._person_by_key[name.words] = person
        return person

    def _find_candidates(self, name: Name) -> list[Person]:
        """Return the people whom a surname or else a given name may mean, of its title's sex; none for a full name."""
        surname = _drop_particles(name.words, self._lexicon)
        if len(surname) > 1:
            return []
        [word] = surname
        is_knight = not self._lexicon.titles.knightly.isdisjoint(name.titles)
        by_given_name = self._by_given_name.get(word, []) if is_knight or self._lexicon.is_given_name(word) else []
        if is_knight and by_given_name:
            candidates = by_given_name
        elif len(name.words) > 1:
            candidates = [p for p in self._by_surname.get(word, []) if p.words[-len(name.words) :] == name.words]
        else:
            candidates = self._by_surname.get(word) or ([] if name.titles else by_given_name)
        if candidates is by_given_name:  # a given name begins other names too: “Daisy Lane”
            place_heads = self._lexicon.organisations.place_heads
            candidates = [person for person in candidates if person.words[-1] not in place_heads]
        candidates = [p for p in candidates if _has_surname(p, self._lexicon) and self._find_within(p.words) is None]
        title_sex = infer_sex(name.titles, name.words, self._lexicon) if name.titles else None
        return [person for person in candidates if title_sex is None or person.sex in (title_sex, None)]


def _drop_particles(words: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the words of a name without the particles that it opens with: “van der Meer”."""
    if words[0] not in lexicon.names.particles:
        return words
    first = next((index for index, word in enumerate(words[:-1]) if word not in lexicon.names.particles), -1)
    return words[first:]


def _has_surname(person: Person, lexicon: Lexicon) -> bool:
    """Whether somebody has a surname at all: not “Henry II”."""
    return not all(lexicon.is_generation(word) for word in person.words[1:])


def _person_key(words: Sequence[str], lexicon: Lexicon) -> tuple[str, ...]:
    """Return first and last name, and what sets a son apart from his father, empty where nothing does."""
    generations = lexicon.names.generations
    names = [word for word in words if word not in generations] or words
    joint = next((index for index, word in enumerate(names) if word in lexicon.markers.organisation_joints), len(names))
    # Lord Moor of Marlow goes by Moor.
    return words[0], names[max(joint, 1) - 1], words[-1] if words[-1] in generations else ""


def _find_latest(candidates: Sequence[Person], offset: int) -> Person | None:
    """Return the one last mentioned before `offset`, else the first of them; None without candidates."""
    previous_mentions = [
        (person.mention_spans[mention_count - 1].start, index)
        for index, person in enumerate(candidates)
        if (mention_count := bisect_left(person.mention_spans, Span(offset, 0)))
    ]
    if previous_mentions:
        return candidates[max(previous_mentions)[1]]
    return candidates[0] if candidates else None
