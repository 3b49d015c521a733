"""Role and organisation of somebody, as a sentence prints them before and behind the name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.names import Name, is_person, names_office
from bot.attribution.noun_phrases import PHRASE_TAGS, NounPhrases
from bot.attribution.tokens import Token

# In characters: a role is one line in a reply; what is longer is a clause about the person.
_MAX_ROLE_LENGTH = 90
_APPOSITION_ENDS = (Tag.COMMA, Tag.SENTENCE_END, Tag.RELATIVE, Tag.QUOTATION, Tag.COLON, Tag.DASH, Tag.SUBORDINATOR)
_NON_ROLE_TAGS = (Tag.REPORTING_VERB, Tag.VERB, Tag.BE, Tag.AUXILIARY, Tag.PRONOUN)
_QUALIFIER_TAGS = (Tag.DETERMINER, Tag.NUMBER, Tag.ADVERB)


class Affiliation(NamedTuple):
    """A role and an organisation as a sentence prints them; either may be missing."""

    role: str | None = None
    organisation: str | None = None


def find_affiliation(text: str, sentence: NounPhrases, name: Name, phrase_start: int) -> Affiliation:
    """Return the role and organisation printed around `name`, whose phrase begins at token `phrase_start`.

    The phrase in apposition behind a name says more than the words before it, and alone gives an organisation.
    """
    apposition = _find_affiliation_after(text, sentence, name)
    return Affiliation(
        apposition.role or _find_role_before(text, sentence, name, phrase_start), apposition.organisation
    )


def _find_role_before(text: str, sentence: NounPhrases, name: Name, phrase_start: int) -> str | None:
    """Return the office right before a name; None where there is none, or where it is not printed whole."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    end = name.first + len(name.titles)
    # Of a peer, “Lord Moor”, the title is a part of the name.
    of_peers = lexicon.titles.noble if len(name.words) == 1 else frozenset[str]()
    honorifics = (lexicon.titles.courtesy, lexicon.titles.knightly, of_peers)
    while end > phrase_start and any(tokens[end - 1].lower in words for words in honorifics):
        end -= 1
    is_office = end > phrase_start and names_office(tokens[end - 1], lexicon)
    # “His boss Ann Low” is somebody's boss, as “his sister” is somebody's sister.
    is_owned = end - 1 == phrase_start + 1 and tokens[phrase_start].lower in lexicon.possessives
    is_kin = tokens[end - 1].lower in lexicon.nouns.relations or tokens[end - 1].lower in lexicon.nouns.kin
    if not is_office or is_owned or is_kin or _qualifies_noun(sentence, name):
        return None
    is_governed = sentence.token_at(phrase_start - 1).tag is Tag.PREPOSITION
    if is_governed and not lexicon.organisations.words.isdisjoint(name.titles):
        return None  # “leader of the group on Orme Council Cllr Ann Low”
    if sentence.is_cut_from_office(name, phrase_start):
        return _read_governing_role(text, sentence, name, phrase_start - 2)
    first = _find_role_start(sentence, phrase_start, end - 1)
    if _is_role_cut(sentence, range(phrase_start, end), first):
        return None
    is_part = tokens[end - 1].lower in lexicon.titles.final - lexicon.nouns.offices - lexicon.titles.personal
    if is_part and first == phrase_start > 1 and names_office(tokens[first - 2], lexicon):
        return _read_governing_role(text, sentence, name, first - 2)  # “secretary of state Ann Low”
    role = text[tokens[first].start : tokens[end - 1].end].strip()
    return role if len(role) <= _MAX_ROLE_LENGTH else None


def _is_role_cut(sentence: NounPhrases, phrase: range, first: int) -> bool:
    """Whether the role that begins at token `first` may lack its first words: “Police and crime chief Ann Low”."""
    previous = sentence.token_at(first - 1)
    if previous.tag is Tag.CONJUNCTION and first == phrase.start and sentence.token_at(first - 2).tag is Tag.OTHER:
        return True
    if previous.tag is Tag.NUMBER:
        return True  # “38 Degrees director Ann Low”, “$15 campaign director Ann Low”
    # “policy planning director Ann Low”, “press secretary Ann Low”
    is_behind_participle = first == phrase.stop - 1 and previous.tag is Tag.REPORTING_PARTICIPLE
    return is_behind_participle or previous.lower in sentence.lexicon.verbs.noun_like_forms


def _read_governing_role(text: str, sentence: NounPhrases, name: Name, governor: int) -> str | None:
    """Return the office whose noun is token `governor`, up to the name, “secretary of state”; None if too long."""
    tokens = sentence.tokens
    first = _find_role_start(sentence, sentence.find_phrase_start(governor), governor)
    role = text[tokens[first].start : tokens[name.first - 1].end]
    return role if len(role) <= _MAX_ROLE_LENGTH else None


def _qualifies_noun(sentence: NounPhrases, name: Name) -> bool:
    """Whether a surname alone says which noun is meant: “veteran Low haters” are no veteran called Low."""
    is_noun = sentence.token_at(name.last + 1).tag is Tag.OTHER
    return len(name.words) == 1 and is_noun and sentence.is_modifier(name)


def _find_role_start(sentence: NounPhrases, phrase_start: int, last: int) -> int:
    """Return the first token of the role that ends at `last`: an office joined by "and" is in it, a verb is not."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    if sentence.token_at(phrase_start - 1).tag is Tag.CONJUNCTION:
        previous = sentence.token_at(phrase_start - 2)
        if previous.tag in PHRASE_TAGS and names_office(previous, lexicon):
            phrase_start = sentence.find_phrase_start(phrase_start - 2)
    first = phrase_start
    for index in range(phrase_start, last + 1):
        tag, word = tokens[index].tag, tokens[index].lower
        is_opening = index == first and tag in _QUALIFIER_TAGS
        # A verb that is in no list: “Voters dumped mayor Ann Low”.
        is_past_tense = index > first and tag is Tag.OTHER and word.endswith(lexicon.endings["past"])
        if word in lexicon.markers.former and tokens[index - 1].tag is not Tag.CONJUNCTION:
            first = index  # “Count former mayor Ann Low among them”
        elif is_opening or is_past_tense or tag is Tag.POSSESSIVE or word in lexicon.nouns.relations:
            first = index + 1  # “rival Senator Ann Low”
    return min(first, last)


def _find_affiliation_after(text: str, sentence: NounPhrases, name: Name) -> Affiliation:
    """Return the role and body in the phrase in apposition behind `name`; both None unless the role is whole."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    first = _find_apposition_start(sentence, name)
    end = first
    while end < len(tokens) and tokens[end].tag not in _APPOSITION_ENDS:
        if tokens[end].tag in _NON_ROLE_TAGS:
            return Affiliation()
        end += 1
    if end == first or end == len(tokens) or tokens[first].tag not in (Tag.OTHER, Tag.NAME):
        return Affiliation()
    if tokens[end - 1].tag is Tag.PREPOSITION or tokens[end].lower in lexicon.markers.comparison:
        return Affiliation()  # “co-author of “Trains””, “adviser to firms such as”: a role that is cut
    end = _find_end_before_relation(sentence, range(first, end))
    head_end = next((i for i in range(first, end) if tokens[i].tag is Tag.PREPOSITION), end)
    if not _names_occupation(tokens[first:head_end], lexicon) or _is_kin_of_somebody(tokens[first:end], lexicon):
        return Affiliation()
    role_end, organisation = end, None
    if head_end < end and tokens[head_end].lower in lexicon.markers.affiliations:
        role_end, organisation = _find_organisation(text, sentence, range(head_end, end))
    role_end = _find_end_before_origin(sentence, range(first, role_end))
    role = text[tokens[first].start : tokens[role_end - 1].end]
    return Affiliation(role, organisation) if len(role) <= _MAX_ROLE_LENGTH else Affiliation()


def _find_end_before_relation(sentence: NounPhrases, phrase: range) -> int:
    """Return where the role in `phrase` ends: before “and a close friend”, else at the end of the phrase."""
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
        if _is_body_cut(sentence, name):
            return index, None  # “professor at the University of California, San Diego”
        described = sentence.name_at(phrase.stop - 1)
        between = tokens[name.last + 1 : described.first] if described is not None else ()
        if described is not None and between and all(token.tag is Tag.OTHER for token in between):
            # “analyst at Danish investment company Saxton Bank”
            return index, text[slice(*described.span)]
        if is_person(name, lexicon):
            break  # “spokesman for Mrs Low”
        is_territorial = tokens[index - 1].lower in lexicon.nouns.territorial
        # “of the group Trains for Leeds”: the word before belongs to the body too, unless it is an office.
        is_within_name = tokens[index - 1].tag is Tag.NAME and not names_office(tokens[index - 1], lexicon)
        if name.last + 1 != phrase.stop or is_territorial or is_within_name:
            break
        start = tokens[name.first].start
        return index, text[start : name.span.end]
    return phrase.stop, None


def _is_body_cut(sentence: NounPhrases, name: Name) -> bool:
    """Whether a body of a region, “University of California”, may go on with its town behind a comma."""
    comma = name.last + 1
    is_open = sentence.token_at(comma).tag is Tag.COMMA and sentence.token_at(comma + 1).tag is Tag.NAME
    return is_open and not sentence.lexicon.markers.organisation_joints.isdisjoint(name.words)


def _find_end_before_origin(sentence: NounPhrases, phrase: range) -> int:
    """Return where the role in `phrase` ends: behind “baker” in “baker from Leeds”, else at the end of the phrase."""
    for index in phrase:
        if sentence.tokens[index].lower in sentence.lexicon.markers.origin:
            name = sentence.name_starting_at(index + 1)
            return index if name is not None and name.last + 1 == phrase.stop and index > phrase.start else phrase.stop
    return phrase.stop


def _names_occupation(words: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether words in apposition name an occupation; the last, or one before "and", by an agent's ending."""
    if any(names_office(token, lexicon) for token in words):
        return True
    heads = [token for token, behind in pairwise(words) if behind.tag is Tag.CONJUNCTION] + list(words[-1:])
    return any(token.tag is Tag.OTHER and token.lower.endswith(lexicon.endings["agent"]) for token in heads)


def _is_kin_of_somebody(words: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether a phrase is what somebody is to another: “a rival of Karl Low”, “the wife”, but not “mother of three”."""
    nouns = lexicon.nouns
    relations = nouns.kin | nouns.relations - nouns.epithets  # “a veteran of the war”
    head = next((index for index, token in enumerate(words) if token.lower in relations), None)
    if head is None or any(names_office(token, lexicon) for token in words[:head]):
        return False
    following = words[head + 1 :]
    return not following or any(token.tag is Tag.NAME or token.lower in lexicon.markers.articles for token in following)


def _find_apposition_start(sentence: NounPhrases, name: Name) -> int:
    """Return the token where the phrase behind the name begins, its article and an age left out.

    Where there is none, the number of tokens.
    """
    index = name.last + 1
    if sentence.token_at(index).tag is not Tag.COMMA:
        return len(sentence.tokens)
    index += 1
    if sentence.token_at(index).tag is Tag.NUMBER and sentence.token_at(index + 1).tag is Tag.COMMA:
        index += 2
    while sentence.token_at(index).tag is Tag.DETERMINER:
        index += 1
    return index
