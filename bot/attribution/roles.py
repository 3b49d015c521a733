"""Role and organisation as printed beside a name: "advocacy director at Liberty", "the baker"."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.attribution.lexicon import Tag

if TYPE_CHECKING:
    from bot.attribution.names import Name
    from bot.attribution.noun_phrases import NounPhrases

_MAX_ROLE_LENGTH = 90
_APPOSITION_ENDS = (
    Tag.COMMA,
    Tag.SENTENCE_END,
    Tag.RELATIVE,
    Tag.QUOTATION,
    Tag.COLON,
    Tag.DASH,
    Tag.SUBORDINATOR,
)
_NON_ROLE_TAGS = (Tag.REPORTING_VERB, Tag.VERB, Tag.BE, Tag.AUXILIARY, Tag.PRONOUN)
_QUALIFIER_TAGS = (Tag.DETERMINER, Tag.NUMBER, Tag.ADVERB)
_COURTESY_TITLES = frozenset(("mr", "mrs", "ms", "miss"))
_ORGANISATION_PREPOSITIONS = frozenset(("at", "of", "for", "with", "in", "from"))


class Affiliation(NamedTuple):
    """A role and an organisation as a sentence prints them; either may be missing."""

    role: str | None = None
    organisation: str | None = None


def find_affiliation(
    text: str, sentence: NounPhrases, name: Name, phrase_start: int
) -> Affiliation:
    """Return what stands around `name`, whose phrase begins at token `phrase_start`.

    The phrase in apposition behind a name says more than the words before it.
    """
    apposition = _find_affiliation_after(text, sentence, name)
    return Affiliation(
        apposition.role or _find_role_before(text, sentence, name, phrase_start),
        apposition.organisation,
    )


def _find_role_before(
    text: str, sentence: NounPhrases, name: Name, phrase_start: int
) -> str | None:
    tokens = sentence.tokens
    while phrase_start < name.first and tokens[phrase_start].tag in _QUALIFIER_TAGS:
        phrase_start += 1
    role = text[tokens[min(phrase_start, name.first)].start : name.span.start].strip()
    is_courtesy = role.casefold().rstrip(".") in _COURTESY_TITLES
    return role if role and not is_courtesy and len(role) <= _MAX_ROLE_LENGTH else None


def _find_affiliation_after(text: str, sentence: NounPhrases, name: Name) -> Affiliation:
    tokens = sentence.tokens
    first = _find_apposition_start(sentence, name)
    last, role_end, organisation = first - 1, None, None
    for index in range(first, len(tokens)):
        if tokens[index].tag in _APPOSITION_ENDS:
            break
        if tokens[index].tag in _NON_ROLE_TAGS:
            return Affiliation()
        organisation_name = (
            sentence.name_starting_at(index + 1)
            if tokens[index].lower in _ORGANISATION_PREPOSITIONS
            else None
        )
        if organisation is None and organisation_name is not None:
            role_end = index - 1
            organisation = text[organisation_name.span.start : organisation_name.span.end]
        last = index
    end = last if role_end is None else role_end
    if end < first or last + 1 >= len(tokens) or tokens[first].tag not in (Tag.OTHER, Tag.NAME):
        return Affiliation()
    role = text[tokens[first].start : tokens[end].end]
    return Affiliation(role, organisation) if len(role) <= _MAX_ROLE_LENGTH else Affiliation()


def _find_apposition_start(sentence: NounPhrases, name: Name) -> int:
    """Return the token where the phrase behind the name begins, its article and an age left out.

    Where there is none, the row's length.
    """
    tokens = sentence.tokens
    index = name.last + 1
    if index >= len(tokens) or tokens[index].tag is not Tag.COMMA:
        return len(tokens)
    index += 1
    if (
        index + 1 < len(tokens)
        and tokens[index].tag is Tag.NUMBER
        and tokens[index + 1].tag is Tag.COMMA
    ):
        index += 2
    while index < len(tokens) and tokens[index].tag is Tag.DETERMINER:
        index += 1
    return index
