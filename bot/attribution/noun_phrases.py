"""Noun phrases of a sentence: where each begins, which name is its head, what governs it, who follows “said”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.names import Name, find_names, is_office, is_person, is_place, names_office
from bot.attribution.tokens import Token
from bot.model import Span

PHRASE_TAGS = (Tag.OTHER, Tag.NAME, Tag.DETERMINER, Tag.NUMBER, Tag.POSSESSIVE)
# A longer phrase has lost its comma, and time must stay linear.
MAX_PHRASE_TOKENS = 16
# “said Ann Bell and her brother”: she alone did not say it, so the surest cue does not bring her to 0.7.
UNNAMED_PARTNER_CONFIDENCE = 0.7
# A first and a last name behind one word of what the office is for.
_MIN_HIDING_WORDS = 3
APPOSITION_TAGS = (*PHRASE_TAGS, Tag.PREPOSITION)
_AFTER_CUE_TAGS = (Tag.SENTENCE_END, Tag.COMMA, Tag.RELATIVE, Tag.PREPOSITION)
_GOVERNOR_TAGS = (Tag.PREPOSITION, Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE, Tag.VERB, Tag.BE)
_VERB_TAGS = (Tag.REPORTING_VERB, Tag.VERB, Tag.BE, Tag.AUXILIARY, Tag.ADVERB)
# Before a sentence and behind it another one ends.
_OUTSIDE = Token(-1, -1, Tag.SENTENCE_END, "")


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a cue says is speaking: a name, a pronoun or a common noun.

    `span` is the whole phrase as printed, `first` and `last` its tokens. `confidence`
    falls where the subject had to be sought further off. `joint_names` are those who
    speak jointly.
    """

    span: Span
    first: int
    last: int
    name: Name | None = None
    pronoun: str | None = None
    joint_names: tuple[Name, ...] = ()
    confidence: float = 1.0


class NounPhrases:
    """One sentence's tokens with its names, asked for the phrases in it."""

    def __init__(self, text: str, tokens: Sequence[Token], number: int, lexicon: Lexicon) -> None:
        self.text = text
        self.tokens = tokens
        self.number = number
        self.lexicon = lexicon
        self.names = find_names(tokens, text, lexicon)
        self._name_by_index = {index: name for name in self.names for index in range(name.first, name.last + 1)}

    @cached_property
    def first_pronoun(self) -> int:
        """The first token that is "he", "she" or a possessive; the number of tokens where there is none."""
        pronouns = self.lexicon.pronouns
        words = {*pronouns.masculine, *pronouns.feminine, *self.lexicon.possessives}
        return next((index for index, token in enumerate(self.tokens) if token.lower in words), len(self.tokens))

    def token_at(self, index: int) -> Token:
        """Return token `index`; outside the sentence, before it too, a full stop without a word."""
        return self.tokens[index] if 0 <= index < len(self.tokens) else _OUTSIDE

    def name_at(self, index: int) -> Name | None:
        """Return the name that covers token `index`; None outside a name, and outside the sentence."""
        return self._name_by_index.get(index)

    def name_starting_at(self, index: int) -> Name | None:
        """Return the name that begins at `index`, or behind the article there; None without one."""
        while self.token_at(index).tag is Tag.DETERMINER:
            index += 1
        name = self._name_by_index.get(index)
        return name if name is not None and name.first == index else None

    def expand_name(self, name: Name) -> Subject:
        """Return `name` as a subject, with what stands before it in its phrase."""
        return self.name_subject(name, self.find_phrase_start(name.first))

    def pronoun_subject(self, index: int, personal_pronoun: str | None = None) -> Subject:
        """Return token `index` as a pronoun; `personal_pronoun` is "he" where the token is "his"."""
        token = self.tokens[index]
        return Subject(Span(token.start, token.end), index, index, pronoun=personal_pronoun or token.lower)

    def name_subject(self, head: Name, first: int) -> Subject:
        """Return `head` as a subject whose phrase begins at token `first`, with those who speak jointly before it."""
        tokens = self.tokens
        first = min(first, head.first)
        # “Search and Rescue Agency chief Ann Bell”: what stands before "and" is a part of the body's name.
        is_apart = all(token.tag is not Tag.NAME for token in tokens[first : head.first])
        joint_names = self._find_joint_names(first)
        # ... but not where a person's name stands there: “Karl Low and Rescue Agency chief Ann Bell”.
        if not (is_apart or all(self._names_person(name) for name in joint_names)):
            joint_names = ()
        start = joint_names[0].first if joint_names else first
        span = Span(tokens[start].start, tokens[head.last].end)
        return Subject(span, start, head.last, name=head, joint_names=joint_names)

    def _names_person(self, name: Name) -> bool:
        """Whether a given name is a part of `name`: “UN Ambassador John Low”."""
        return is_person(name, self.lexicon) or any(self.lexicon.is_given_name(word) for word in name.words[:-1])

    def noun_subject(self, first: int, last: int) -> Subject:
        """Return tokens `first` to `last` as a subject, with the "of" and "for" phrases that follow."""
        last = self._find_postmodifier_end(last)
        return Subject(Span(self.tokens[first].start, self.tokens[last].end), first, last)

    def find_phrase_start(self, last: int) -> int:
        """Return the token where the phrase that ends at token `last` begins."""
        tokens = self.tokens
        first = last
        while first > 0 and last - first < MAX_PHRASE_TOKENS:
            previous = tokens[first - 1]
            if previous.tag is Tag.DETERMINER:
                first -= 1
                if self.token_at(first - 1).tag is not Tag.DETERMINER:
                    break
            elif previous.tag in PHRASE_TAGS or self._is_within_name(first):
                first -= 1
            else:
                break
        return first

    def subject_ending_at(self, last: int) -> Subject:
        """Return the subject whose last word is token `last`, over "of" and "for" phrases."""
        tokens = self.tokens
        first, end = self.find_phrase_start(last), last
        while first >= 2 and self._depends_on_previous(first):
            previous_end = first - 2
            first = self.find_phrase_start(previous_end)
            if tokens[previous_end + 1].tag is Tag.PREPOSITION:
                last = previous_end
        if self.token_at(first - 1).tag is Tag.PREPOSITION and self.token_at(first - 2).tag is Tag.PRONOUN:
            return self.pronoun_subject(first - 2)
        head = self.name_at(last)
        dependent = self.name_at(end) if end > last else None
        if head is None and dependent is not None and self._holds_office(dependent):
            return self.name_subject(dependent, self.find_phrase_start(dependent.first))
        if head is None:
            return self.noun_subject(first, end)
        if dependent is not None and is_office(head, self.lexicon):
            # “Director of Public Prosecution Ada Bell”: what an office is for may end with its holder's name.
            if dependent.titles:
                return self.name_subject(dependent, dependent.first)
            if len(dependent.words) >= _MIN_HIDING_WORDS:
                return self.noun_subject(first, end)
            head = self._join_office(head, dependent)
        return self.name_subject(head, first)

    def _holds_office(self, name: Name) -> bool:
        """Whether a title parts the name from the office before it: “chief executive of the Orme Trust Dr Low”."""
        bodies = self.lexicon.organisations.words
        is_behind_body = not bodies.isdisjoint(name.titles) and not self.lexicon.titles.personal.isdisjoint(name.titles)
        return is_behind_body or self.is_cut_from_office(name, self.find_phrase_start(name.first))

    def is_cut_from_office(self, name: Name, phrase_start: int) -> bool:
        """Return whether what an office is for stands before a title: “member for transport Cllr Low”."""
        tokens, lexicon, governor = self.tokens, self.lexicon, phrase_start - 2
        if governor < 0 or tokens[governor + 1].lower not in lexicon.markers.organisation_joints or not name.titles:
            return False
        is_holder = tokens[governor].tag is Tag.OTHER and tokens[governor].lower not in lexicon.nouns.spokespeople
        between = tokens[phrase_start : name.first]
        is_subject = bool(between) and all(t.tag is Tag.OTHER and not names_office(t, lexicon) for t in between)
        return is_holder and is_subject and names_office(tokens[governor], lexicon)

    def _join_office(self, office: Name, dependent: Name) -> Name:
        """Return an office with what it is of: “Deputy Director of Orme Hall”."""
        words = tuple(token.lower for token in self.tokens[office.last + 1 : dependent.last + 1])
        span = Span(office.span.start, dependent.span.end)
        return office._replace(last=dependent.last, span=span, words=office.words + words)

    def is_governed(self, index: int, clause_start: int = 0) -> bool:
        """Return whether the phrase at token `index` hangs on a preposition or is a verb's object."""
        first = self.find_phrase_start(index)
        return first > clause_start and self.tokens[first - 1].tag in _GOVERNOR_TAGS

    def is_modifier(self, name: Name) -> bool:
        """Return whether a name only qualifies what follows: “Trump’s plan”, “the Met inquiry”."""
        following = self.token_at(name.last + 1)
        if following.tag is Tag.POSSESSIVE:
            return True
        if following.tag is not Tag.OTHER or is_place(name, self.lexicon):
            return following.tag is Tag.OTHER
        if following.lower.endswith(self.lexicon.endings["verb"]):
            return False
        # “Ann Bell shook her head”: an object shows that the word was a verb.
        return self.token_at(name.last + 2).tag not in (Tag.DETERMINER, Tag.OBJECT_PRONOUN)

    def is_incidental_place(self, name: Name) -> bool:
        """Return whether a place is named in passing: “N.H.” behind the comma of “Concord, N.H.”, “LEEDS - ...”."""
        if name.first == 0 and self.token_at(name.last + 1).tag in (Tag.DASH, Tag.OPEN_BRACKET):
            return True
        return is_place(name, self.lexicon) and self.token_at(name.first - 1).tag is Tag.COMMA

    def is_behind_comma(self, index: int) -> bool:
        """Return whether the phrase at token `index` stands behind a comma."""
        return self.token_at(self.find_phrase_start(index) - 1).tag is Tag.COMMA

    def is_followed_by_verb(self, index: int) -> bool:
        """Return whether a verb, or an adverb that may lead to one, follows token `index`."""
        return self.token_at(index + 1).tag in _VERB_TAGS

    def _is_within_name(self, index: int) -> bool:
        """Whether token `index` and the one before it belong to one name."""
        name = self._name_by_index.get(index)
        return name is not None and name.first < index

    def _depends_on_previous(self, first: int) -> bool:
        """Whether the phrase at `first` hangs on another, by "of" or as one more in its list."""
        connector, previous = self.tokens[first - 1], self.tokens[first - 2]
        if previous.tag not in PHRASE_TAGS or previous.tag is Tag.DETERMINER:
            return False
        if connector.tag is not Tag.CONJUNCTION:
            return connector.tag is Tag.PREPOSITION
        before_list = self.token_at(self.find_phrase_start(first - 2) - 1)
        return before_list.tag is Tag.PREPOSITION and self.name_at(first - 2) is not None

    def _find_postmodifier_end(self, last: int) -> int:
        """Return where “a spokesman for the campaign” ends, begun at its noun."""
        while self.token_at(last + 1).lower in self.lexicon.markers.postmodifiers:
            index = last + 2
            while self.token_at(index).tag in PHRASE_TAGS or self._is_within_name(index):
                index += 1
            if index == last + 2:
                break
            last = index - 1
        return last

    def _find_joint_names(self, first: int) -> tuple[Name, ...]:
        """Return those named before “and” in “X, Y and Z said”, in order; `first` is where the phrase of Z begins."""
        tokens = self.tokens
        joint_names: list[Name] = []
        while first >= 2 and tokens[first - 1].tag in (Tag.CONJUNCTION, Tag.COMMA):
            if tokens[first - 1].tag is Tag.COMMA and not joint_names:
                break
            opening = self.find_opening_bracket(first - 2)  # “Ann Bell (left) and”
            other = self.name_at(first - 2 if opening is None else opening - 1)
            if other is None or self.is_governed(other.first):
                break
            joint_names.insert(0, other)
            first = other.first
        return tuple(joint_names)

    def find_opening_bracket(self, closing: int) -> int | None:
        """Return where the bracket opens that token `closing` closes: “Ann Bell (Lab, Leeds) said”; else None."""
        if self.token_at(closing).tag is not Tag.CLOSE_BRACKET:
            return None
        indices = range(closing - 1, max(-1, closing - MAX_PHRASE_TOKENS), -1)
        return next((index for index in indices if self.tokens[index].tag is Tag.OPEN_BRACKET and index), None)

    def find_subject_after(self, index: int) -> Subject | None:
        """Return the subject that begins at `index`, or behind adverbs there, the X of “said X”; None without one."""
        while self.token_at(index).tag is Tag.ADVERB:
            index += 1
        if self.token_at(index).tag is Tag.PRONOUN:
            return self.pronoun_subject(index)
        last, head = self._scan_phrase(index)
        if last < index:
            return None
        if head is not None and self._is_phrase_head(head, last):
            subject = self.name_subject(head, index)
            if is_office(head, self.lexicon):
                return self._find_apposed_name(last) or self._find_name_over_conjunction(index, last) or subject
            return self._add_joint_names_behind(subject)
        noun = self.noun_subject(index, last)
        return (
            self._find_apposed_name(last)
            or self._find_apposed_name(noun.last)
            or self._find_name_over_conjunction(index, last)
            or noun
        )

    def _find_name_over_conjunction(self, first: int, last: int) -> Subject | None:
        """Return the name in “said former mayor and Treasury adviser Colin Ashdown” as a subject; else None."""
        tokens = self.tokens
        if self.token_at(last + 1).tag is not Tag.CONJUNCTION:
            return None
        end, head = self._scan_phrase(last + 2)
        is_name = head is not None and head.last == end and len(head.words) > 1
        if head is None or not is_name or head.first <= last + 2 or is_office(head, self.lexicon):
            return None
        return Subject(Span(tokens[first].start, tokens[head.last].end), first, head.last, name=head)

    def _add_joint_names_behind(self, subject: Subject) -> Subject:
        """Return `subject` with all of those named in “said X, Y and Z”, if the cue ends behind them."""
        tokens, names, index = self.tokens, [subject.name], self._skip_apposition(subject.last + 1)
        while (connector := self.token_at(index).tag) in (Tag.COMMA, Tag.CONJUNCTION):
            name = self.name_at(index + 1)
            if name is None or name.first != index + 1:
                break
            names.append(name)
            is_last = connector is Tag.CONJUNCTION
            index = self._skip_apposition(name.last + 1)
            if is_last and self.is_cue_end(index):
                *others, last_name = filter(None, names)
                span = Span(subject.span.start, tokens[last_name.last].end)
                return Subject(span, subject.first, last_name.last, name=last_name, joint_names=tuple(others))
        if self._is_joined_by_phrase(subject.last + 1):
            return reduce_confidence(subject, UNNAMED_PARTNER_CONFIDENCE)
        return subject

    def _is_joined_by_phrase(self, index: int) -> bool:
        """Whether one more speaker, by no full name, follows at `index`: “said Ann Bell and her brother, Karl”."""
        if self.token_at(index).tag is not Tag.CONJUNCTION:
            return False
        phrase = list(takewhile(lambda token: token.tag in PHRASE_TAGS, self.tokens[index + 1 :]))
        people = self.lexicon.nouns.offices | self.lexicon.nouns.kin
        return any(token.lower in people for token in phrase) and self.is_cue_end(index + 1 + len(phrase))

    def _skip_apposition(self, index: int) -> int:
        """Return the "and" behind what stands in apposition at `index`: “Ann Bell, the mayor, and”; else `index`."""
        tokens = self.tokens
        if self.token_at(index).tag is not Tag.COMMA or self.token_at(index + 1).tag is Tag.CONJUNCTION:
            return index
        end = next((i for i in range(index + 1, len(tokens)) if tokens[i].tag not in APPOSITION_TAGS), len(tokens))
        is_joined = self.token_at(end).tag is Tag.COMMA and self.token_at(end + 1).tag is Tag.CONJUNCTION
        return end + 1 if is_joined else index

    def _scan_phrase(self, start: int) -> tuple[int, Name | None]:
        """Return the last token of the phrase that begins at `start`, `start - 1` without one, and its last name."""
        tokens = self.tokens
        last, head = start - 1, None
        for index in range(start, min(len(tokens), start + MAX_PHRASE_TOKENS)):
            name = self.name_at(index)
            if tokens[index].tag not in PHRASE_TAGS and (head is None or name is not head):
                break
            last, head = index, name or head
        return last, head

    def _is_phrase_head(self, head: Name, last: int) -> bool:
        """Whether a name is what its phrase is about: not “Liberty’s lawyer”, “the Met inquiry”."""
        if head.last == last:
            return True
        return self.tokens[head.last + 1].tag not in (Tag.POSSESSIVE, Tag.OTHER)

    def _find_apposed_name(self, last: int) -> Subject | None:
        """Return the name in “said the director, Clare Collier”, behind the comma at `last` + 1; else None."""
        name = self.name_at(last + 2) if self.token_at(last + 1).tag is Tag.COMMA else None
        is_full = name is not None and (len(name.words) > 1 or bool(name.titles))
        return self.name_subject(name, name.first) if name is not None and is_full else None

    def is_cue_end(self, index: int) -> bool:
        """Return whether “, said X” is over before token `index`, rather than X beginning a clause."""
        return self.token_at(index).tag in _AFTER_CUE_TAGS


def reduce_confidence(subject: Subject, factor: float) -> Subject:
    """Return a copy of `subject` with its confidence times `factor`, as one that had to be sought further off."""
    return replace(subject, confidence=subject.confidence * factor)
