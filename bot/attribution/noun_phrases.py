"""Noun phrases of a sentence: where one begins, which name is its head, what it hangs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bot.attribution.lexicon import Tag
from bot.attribution.names import Name, find_names, is_office, is_person, is_place
from bot.model import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.attribution.lexicon import Lexicon
    from bot.attribution.tokens import Token

PHRASE_TAGS = (Tag.OTHER, Tag.NAME, Tag.DETERMINER, Tag.NUMBER, Tag.POSSESSIVE)
# A longer phrase has lost its comma, and time must stay linear.
MAX_PHRASE_TOKENS = 16
# A first and a last name behind one word of what the office is for.
_MIN_HIDING_WORDS = 3
_GOVERNOR_TAGS = (Tag.PREPOSITION, Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE, Tag.VERB, Tag.BE)
_VERB_TAGS = (Tag.REPORTING_VERB, Tag.VERB, Tag.BE, Tag.AUXILIARY, Tag.ADVERB)

# A role is one line in a reply; what is longer is a clause about the person.
_MAX_ROLE_LENGTH = 90
_APPOSITION_ENDS = (Tag.COMMA, Tag.SENTENCE_END, Tag.RELATIVE, Tag.QUOTATION, Tag.COLON, Tag.DASH, Tag.SUBORDINATOR)
_NON_ROLE_TAGS = (Tag.REPORTING_VERB, Tag.VERB, Tag.BE, Tag.AUXILIARY, Tag.PRONOUN)
_QUALIFIER_TAGS = (Tag.DETERMINER, Tag.NUMBER, Tag.ADVERB)


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
    """One sentence's tokens with its names."""

    def __init__(self, text: str, tokens: Sequence[Token], number: int, lexicon: Lexicon) -> None:
        self.text = text
        self.tokens = tokens
        self.number = number
        self.lexicon = lexicon
        self.names = find_names(tokens, text, lexicon)
        self._name_by_index = {index: name for name in self.names for index in range(name.first, name.last + 1)}

    def name_at(self, index: int) -> Name | None:
        """Return the name that covers token `index`."""
        return self._name_by_index.get(index)

    def name_starting_at(self, index: int) -> Name | None:
        """Return the name that begins at `index`, or behind the article there."""
        tokens = self.tokens
        while index < len(tokens) and tokens[index].tag is Tag.DETERMINER:
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
        """Return `head` as a subject whose phrase begins at token `first`, with any joint one."""
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
        """Return tokens `first` to `last` as a subject, "of" and "for" phrases behind taken in."""
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
                if first == 0 or tokens[first - 1].tag is not Tag.DETERMINER:
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
        after_preposition = first >= 2 and tokens[first - 1].tag is Tag.PREPOSITION
        if after_preposition and tokens[first - 2].tag is Tag.PRONOUN:
            return self.pronoun_subject(first - 2)
        head = self.name_at(last)
        dependent = self.name_at(end) if end > last else None
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

    def _join_office(self, office: Name, dependent: Name) -> Name:
        """Return an office with what it is of: “Deputy Director of Orme Hall”."""
        words = tuple(token.lower for token in self.tokens[office.last + 1 : dependent.last + 1])
        span = Span(office.span.start, dependent.span.end)
        return office._replace(last=dependent.last, span=span, words=office.words + words)

    def is_governed(self, index: int, clause_start: int = 0) -> bool:
        """Say whether the phrase at token `index` hangs on a preposition or is a verb's object."""
        first = self.find_phrase_start(index)
        return first > clause_start and self.tokens[first - 1].tag in _GOVERNOR_TAGS

    def is_modifier(self, name: Name) -> bool:
        """Say whether a name only qualifies what follows: “Trump’s plan”, “the Met inquiry”."""
        if name.last + 1 >= len(self.tokens):
            return False
        following = self.tokens[name.last + 1]
        if following.tag is Tag.POSSESSIVE:
            return True
        if following.tag is not Tag.OTHER or is_place(name, self.lexicon):
            return following.tag is Tag.OTHER
        if following.lower.endswith(self.lexicon.endings["verb"]):
            return False
        # “Ann Bell shook her head”: an object shows that the word was a verb.
        tag_after_next = self.tokens[name.last + 2].tag if name.last + 2 < len(self.tokens) else None
        return tag_after_next not in (Tag.DETERMINER, Tag.OBJECT_PRONOUN)

    def is_incidental_place(self, name: Name) -> bool:
        """Say whether a place is named in passing: “in Concord, N.H., ...”, “LEEDS - ...”."""
        tokens = self.tokens
        opens_sentence = name.first == 0 and name.last + 1 < len(tokens)
        if opens_sentence and tokens[name.last + 1].tag in (Tag.DASH, Tag.OPEN_BRACKET):
            return True
        return is_place(name, self.lexicon) and name.first > 0 and tokens[name.first - 1].tag is Tag.COMMA

    def is_behind_comma(self, index: int) -> bool:
        """Say whether the phrase at token `index` stands behind a comma."""
        first = self.find_phrase_start(index)
        return first > 0 and self.tokens[first - 1].tag is Tag.COMMA

    def is_followed_by_verb(self, index: int) -> bool:
        """Say whether a verb follows token `index`."""
        return index + 1 < len(self.tokens) and self.tokens[index + 1].tag in _VERB_TAGS

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
        start = self.find_phrase_start(first - 2)
        is_listed = start > 0 and self.tokens[start - 1].tag is Tag.PREPOSITION
        return is_listed and self.name_at(first - 2) is not None

    def _find_postmodifier_end(self, last: int) -> int:
        """Return where “a spokesman for the campaign” ends, begun at its noun."""
        tokens = self.tokens
        prepositions = self.lexicon.markers.postmodifiers
        while last + 2 < len(tokens) and tokens[last + 1].lower in prepositions:
            index = last + 2
            while index < len(tokens) and (tokens[index].tag in PHRASE_TAGS or self._is_within_name(index)):
                index += 1
            if index == last + 2:
                break
            last = index - 1
        return last

    def _find_joint_names(self, first: int) -> tuple[Name, ...]:
        """Those named before “and” in “X, Y and Z said”."""
        tokens = self.tokens
        joint_names: list[Name] = []
        while first >= 2 and tokens[first - 1].tag in (Tag.CONJUNCTION, Tag.COMMA):
            if tokens[first - 1].tag is Tag.COMMA and not joint_names:
                break
            other = self.name_at(self._skip_bracket(first - 2))
            if other is None or self.is_governed(other.first):
                break
            joint_names.insert(0, other)
            first = other.first
        return tuple(joint_names)

    def _skip_bracket(self, index: int) -> int:
        """Return the token before the bracket that token `index` closes: “Ann Bell (left) and”; else `index`."""
        opening = self.find_opening_bracket(index) if index >= 0 else None
        return index if opening is None else opening - 1

    def find_opening_bracket(self, closing: int) -> int | None:
        """Return where the bracket opens that token `closing` closes: “Ann Bell (Lab, Leeds) said”."""
        if self.tokens[closing].tag is not Tag.CLOSE_BRACKET:
            return None
        indices = range(closing - 1, max(-1, closing - MAX_PHRASE_TOKENS), -1)
        return next((index for index in indices if self.tokens[index].tag is Tag.OPEN_BRACKET and index), None)


class Affiliation(NamedTuple):
    """A role and an organisation as a sentence prints them; either may be missing."""

    role: str | None = None
    organisation: str | None = None


def find_affiliation(text: str, sentence: NounPhrases, name: Name, phrase_start: int) -> Affiliation:
    """Return what stands around `name`, whose phrase begins at token `phrase_start`.

    The phrase in apposition behind a name says more than the words before it.
    """
    apposition = _find_affiliation_after(text, sentence, name)
    return Affiliation(
        apposition.role or _find_role_before(text, sentence, name, phrase_start), apposition.organisation
    )


def _find_role_before(text: str, sentence: NounPhrases, name: Name, phrase_start: int) -> str | None:
    """Return the office right before a name: what else stands there is no role."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    end = name.first + len(name.titles)
    # Of a peer, “Lord Moor”, the title is a part of the name.
    of_peers = lexicon.titles.noble if len(name.words) == 1 else frozenset[str]()
    honorifics = lexicon.titles.courtesy | lexicon.titles.knightly | of_peers
    while end > phrase_start and tokens[end - 1].lower in honorifics:
        end -= 1
    if end <= phrase_start or not _names_office(tokens[end - 1], lexicon) or _qualifies_noun(sentence, name):
        return None
    if tokens[end - 1].lower in lexicon.nouns.relations:
        return None
    first = _find_role_start(sentence, phrase_start, end - 1)
    if first == end - 1 and first > 0 and tokens[first - 1].tag is Tag.REPORTING_PARTICIPLE:
        return None  # “policy planning director Ann Low”: the role may begin before the verb's form
    if first > 0 and tokens[first - 1].lower in lexicon.verbs.noun_like_forms:
        return None  # “Ministry press secretary Ann Low”: the word may be a part of the role
    role = text[tokens[first].start : tokens[end - 1].end].strip()
    return role if len(role) <= _MAX_ROLE_LENGTH else None


def _qualifies_noun(sentence: NounPhrases, name: Name) -> bool:
    """Whether a surname alone says which noun is meant: “veteran Low haters” are no veteran called Low."""
    following = sentence.tokens[name.last + 1 : name.last + 2]
    is_noun = bool(following) and following[0].tag is Tag.OTHER
    return len(name.words) == 1 and is_noun and sentence.is_modifier(name)


def _find_role_start(sentence: NounPhrases, phrase_start: int, last: int) -> int:
    """Return the first token of the role that ends at `last`: an office joined by "and" is in it, a verb is not."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    if phrase_start >= 2 and tokens[phrase_start - 1].tag is Tag.CONJUNCTION:
        previous = tokens[phrase_start - 2]
        if previous.tag in PHRASE_TAGS and _names_office(previous, lexicon):
            phrase_start = sentence.find_phrase_start(phrase_start - 2)
    first = phrase_start
    for index in range(phrase_start, last + 1):
        is_relation = tokens[index].lower in lexicon.nouns.relations  # “rival Senator Ann Low”
        is_qualifier = index == first and (tokens[index].tag in _QUALIFIER_TAGS or is_relation)
        if is_qualifier or tokens[index].tag is Tag.POSSESSIVE or _is_past_tense(tokens, index, first, lexicon):
            first = index + 1
    return min(first, last)


def _is_past_tense(tokens: Sequence[Token], index: int, first: int, lexicon: Lexicon) -> bool:
    """Whether a verb that is in no list stands within the phrase: “Voters dumped mayor Ann Low”."""
    return index > first and tokens[index].tag is Tag.OTHER and tokens[index].lower.endswith(lexicon.endings["past"])


def _names_office(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word is what somebody is, by the lists or by how it ends."""
    word = token.lower
    if word in lexicon.titles.courtesy or word in lexicon.titles.plural:
        return False
    return lexicon.is_office(word) or word.endswith(lexicon.endings["office"])


def _find_affiliation_after(text: str, sentence: NounPhrases, name: Name) -> Affiliation:
    """Return the role and body in the phrase in apposition behind `name`; a role that is not whole is none."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    first = _find_apposition_start(sentence, name)
    end = first
    while end < len(tokens) and tokens[end].tag not in _APPOSITION_ENDS:
        if tokens[end].tag in _NON_ROLE_TAGS:
            return Affiliation()
        end += 1
    if end == first or end == len(tokens) or tokens[first].tag not in (Tag.OTHER, Tag.NAME):
        return Affiliation()
    if tokens[end - 1].tag is Tag.PREPOSITION:
        return Affiliation()  # “co-author of “Trains””: a role that is cut
    end = _find_relation(sentence, range(first, end))
    head_end = next((i for i in range(first, end) if tokens[i].tag is Tag.PREPOSITION), end)
    if not any(_is_occupation(token, lexicon) for token in tokens[first:head_end]):
        return Affiliation()
    role_end, organisation = end, None
    if head_end < end and tokens[head_end].lower in lexicon.markers.affiliations:
        role_end, organisation = _find_organisation(text, sentence, range(head_end, end))
    role_end = _find_origin(sentence, range(first, role_end))
    role = text[tokens[first].start : tokens[role_end - 1].end]
    return Affiliation(role, organisation) if len(role) <= _MAX_ROLE_LENGTH else Affiliation()


def _find_relation(sentence: NounPhrases, phrase: range) -> int:
    """Return where a role ends: before “and a close friend”, which is what somebody is to somebody else."""
    tokens, relations = sentence.tokens, sentence.lexicon.nouns.relations
    for index in phrase[1:-1]:
        is_second = tokens[index].tag is Tag.CONJUNCTION and tokens[index + 1].tag is Tag.DETERMINER
        if is_second and any(token.lower in relations for token in tokens[index + 1 : phrase.stop]):
            return index
    return phrase.stop


def _find_organisation(text: str, sentence: NounPhrases, phrase: range) -> tuple[int, str | None]:
    """Return where the role ends and the body behind it; the phrase's end and none where a body is not whole.

    `phrase` begins at the first preposition behind the role's head: “head of policy at Liberty”.
    """
    tokens, lexicon = sentence.tokens, sentence.lexicon
    for index in phrase:
        name = sentence.name_starting_at(index + 1) if tokens[index].lower in lexicon.markers.affiliations else None
        if name is None:
            continue
        described = sentence.name_at(phrase.stop - 1)
        between = tokens[name.last + 1 : described.first] if described is not None else ()
        if described is not None and between and all(token.tag is Tag.OTHER for token in between):
            # “analyst at Danish investment company Saxton Bank”
            return index, text[slice(*described.span)]
        is_territorial = tokens[index - 1].lower in lexicon.nouns.territorial
        # “of the group Trains for Leeds”: the word before belongs to the body too, unless it is an office.
        is_within_name = tokens[index - 1].tag is Tag.NAME and not _names_office(tokens[index - 1], lexicon)
        if name.last + 1 != phrase.stop or is_territorial or is_within_name:
            break
        start = tokens[name.first].start
        return index, text[start : name.span.end]
    return phrase.stop, None


def _find_origin(sentence: NounPhrases, phrase: range) -> int:
    """Return where the role in `phrase` ends before a place that its bearer is from: “baker from Leeds”."""
    for index in phrase:
        if sentence.tokens[index].lower in sentence.lexicon.markers.origin:
            name = sentence.name_starting_at(index + 1)
            return index if name is not None and name.last + 1 == phrase.stop and index > phrase.start else phrase.stop
    return phrase.stop


def _is_occupation(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word in apposition is what somebody is; an agent's ending shows it there."""
    return _names_office(token, lexicon) or (token.tag is Tag.OTHER and token.lower.endswith(lexicon.endings["agent"]))


def _find_apposition_start(sentence: NounPhrases, name: Name) -> int:
    """Return the token where the phrase behind the name begins, its article and an age left out.

    Where there is none, the row's length.
    """
    tokens = sentence.tokens
    index = name.last + 1
    if index >= len(tokens) or tokens[index].tag is not Tag.COMMA:
        return len(tokens)
    index += 1
    if index + 1 < len(tokens) and tokens[index].tag is Tag.NUMBER and tokens[index + 1].tag is Tag.COMMA:
        index += 2
    while index < len(tokens) and tokens[index].tag is Tag.DETERMINER:
        index += 1
    return index
