"""The words of one language by which an article says who speaks: lists, tags and patterns.

The lists themselves are data, in `bot/languages`; here they become the forms, tags and
regular expressions that the rules ask for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.languages import fill_lists
from bot.languages.base import Language

Words = frozenset[str]
# A pattern that a language does not give matches nothing.
NO_MATCH = r"(?!)"
# What a language does without: no name for the writer, and the source's own words for a study.
_PHRASES = {"writer": "", "joint": ", ", "author": "{study}", "authors": "{study}"}
# The lists of endings that the rules ask for.
_ENDINGS = ("adverb", "past", "phrase", "verb", "office", "agent")


class Tag(StrEnum):
    """What a word does in a sentence, as far as finding a speaker needs it."""

    QUOTATION = "quote"
    NAME = "name"
    PRONOUN = "pronoun"
    DETERMINER = "determiner"
    PREPOSITION = "preposition"
    ADVERB = "adverb"
    AUXILIARY = "auxiliary"
    BE = "be"
    REPORTING_VERB = "cue"
    REPORTING_PARTICIPLE = "cue-ing"
    VERB = "verb"
    CONJUNCTION = "join"
    SUBORDINATOR = "clause"
    RELATIVE = "relative"
    TIME = "time"
    NUMBER = "number"
    POSSESSIVE = "possessive"
    COMMA = "comma"
    COLON = "colon"
    DASH = "dash"
    OPEN_BRACKET = "open"
    CLOSE_BRACKET = "close"
    SENTENCE_END = "stop"
    OBJECT_PRONOUN = "object"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class VerbLists:
    """The lists of `[reporting_verbs]`: base forms, but for the two that say forms."""

    core: Words
    manner: Words
    attitude: Words
    bare_clause: Words
    that_clause: Words
    postposed: Words
    listener: Words
    to_infinitive: Words
    request: Words
    speech_act: Words
    perception: Words
    relaying: Words
    denial: Words
    rejection: Words
    accusation: Words
    urging: Words
    judgement: Words
    allegation: Words
    labelling: Words
    receiving: Words
    recollecting: Words
    aspectual: Words
    any_clause: Words
    addressing_forms: Words
    noun_like_forms: Words


@dataclass(frozen=True, slots=True)
class NameLists:
    """The lists of `[names]`."""

    female: Words
    male: Words
    particles: Words
    unisex: Words
    generations: Words
    places: Words
    nobody: Words


@dataclass(frozen=True, slots=True)
class TitleLists:
    """The lists of `[titles]`."""

    leading: Words
    final: Words
    personal: Words
    male: Words
    female: Words
    postnominal: Words
    knightly: Words
    noble: Words
    married: Words
    plural: Words
    courtesy: Words


@dataclass(frozen=True, slots=True)
class OrganisationLists:
    """The lists of `[organisations]`."""

    words: Words
    with_of: Words
    with_for: Words
    with_and: Words
    place_heads: Words
    single: Words
    heads: Words


@dataclass(frozen=True, slots=True)
class NounLists:
    """The lists of `[nouns]`."""

    speech: Words
    offices: Words
    territorial: Words
    sole_offices: Words
    kin: Words
    documents: Words
    exhibits: Words
    studies: Words
    speakers: Words
    spokespeople: Words
    openers: Words
    epithets: Words
    relations: Words
    rumours: Words


@dataclass(frozen=True, slots=True)
class MarkerLists:
    """The lists of `[markers]`: words that a rule looks for in a sentence."""

    source: Words
    that: Words
    agent: Words
    infinitive: Words
    reason: Words
    comparison: Words
    company: Words
    date: Words
    sources: Words
    locative: Words
    origin: Words
    authorship: Words
    proxies: Words
    encounters: Words
    absence: Words
    floating: Words
    former: Words
    contrast: Words
    continuing: Words
    playing: Words
    introducing: Words
    connectors: Words
    clause_openers: Words
    anaphoric: Words
    standalone_determiners: Words
    postmodifiers: Words
    affiliations: Words
    title_joints: Words
    organisation_joints: Words
    organisation_lists: Words
    introducing_people: Words
    indefinite: Words
    articles: Words
    generation_adjectives: Words
    request_complements: Words
    negations: Words
    conditions: Words
    open_questions: Words
    unreal: Words
    allegation: Words
    hearsay: Words
    intention: Words
    forbearance: Words
    prohibition: Words
    compulsion: Words
    existential: Words
    hedges: Words
    titling: Words
    works: Words
    surnames_like_words: Words
    months_like_auxiliaries: Words


@dataclass(frozen=True, slots=True)
class SexLists:
    """The lists of `[sexes]`."""

    masculine: Words
    feminine: Words
    masculine_nouns: Words
    feminine_nouns: Words


@dataclass(frozen=True, slots=True)
class PronounLists:
    """The lists of `[personal_pronouns]`."""

    masculine: Words
    feminine: Words
    writer: Words
    addressed: Words
    several: Words
    people: Words


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """One language as the rules ask for it.

    `tags` leads from a word to what it does in a sentence, `lemmas` from a form of a
    reporting verb to its base, `endings` from a kind of word to how it may end,
    `possessives` from a possessive to its pronoun. `source` is "according to", word by word.
    """

    language: Language
    verbs: VerbLists
    speech_verbs: Words
    receiving_forms: Words
    relaying_forms: Words
    recollecting_forms: Words
    that_clause_verbs: Words
    names: NameLists
    titles: TitleLists
    organisations: OrganisationLists
    nouns: NounLists
    markers: MarkerLists
    pronouns: PronounLists
    sexes: SexLists
    tags: Mapping[str, Tag]
    lemmas: Mapping[str, str]
    verb_prepositions: Mapping[str, Words]
    verb_particles: Mapping[str, Words]
    possessives: Mapping[str, str]
    endings: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, str]
    source: tuple[str, ...]

    @property
    def has_reporting_verbs(self) -> bool:
        """Whether anybody can be found to speak in an article of this language."""
        return bool(self.lemmas)

    def get_pattern(self, table: str, key: str) -> str:
        """Return a regular expression of the language; one that never matches where it has none."""
        return str(self.language.table(table).get(key) or NO_MATCH)

    def get_alternatives(self, table: str, key: str) -> str:
        """Return a list of regular expressions of the language as one; one that never matches where it has none."""
        return "|".join(f"(?:{pattern})" for pattern in self.language.table(table).get(key, ())) or NO_MATCH

    def is_generation(self, word: str) -> bool:
        """Return whether `word` sets a son apart from his father: "Jr"."""
        return word in self.names.generations

    def is_office(self, word: str) -> bool:
        """Return whether `word` is what somebody is: a title or an office."""
        return word in self.nouns.offices or word in self.titles.final or word in self.titles.personal

    def is_given_name(self, word: str) -> bool:
        """Return whether `word` is a given name."""
        return word in self.names.male or word in self.names.female


@cache
def load_lexicon(language: Language) -> Lexicon:
    """Build the lexicon of `language`, once.

    Raises:
        LanguageError: a list has a word twice, or is one that no rule asks for.
    """
    verbs = fill_lists(VerbLists, language, "reporting_verbs")
    lemmas, tags = _inflect_verbs(verbs, language)
    return Lexicon(
        language,
        verbs,
        speech_verbs=verbs.core | verbs.manner,
        receiving_forms=_inflect_all(verbs.receiving, language),
        relaying_forms=_inflect_all(verbs.relaying, language),
        recollecting_forms=_inflect_all(verbs.recollecting, language),
        that_clause_verbs=verbs.core | verbs.bare_clause | verbs.that_clause,
        names=fill_lists(NameLists, language, "names"),
        titles=fill_lists(TitleLists, language, "titles"),
        organisations=fill_lists(OrganisationLists, language, "organisations"),
        nouns=fill_lists(NounLists, language, "nouns"),
        markers=fill_lists(MarkerLists, language, "markers"),
        pronouns=fill_lists(PronounLists, language, "personal_pronouns"),
        sexes=fill_lists(SexLists, language, "sexes"),
        tags=tags,
        lemmas=lemmas,
        verb_prepositions=_list_words_by_key(language, "verb_prepositions"),
        verb_particles=_list_words_by_key(language, "verb_particles"),
        possessives=language.table("possessives"),
        endings={kind: tuple(sorted(language.words("endings", kind))) for kind in _ENDINGS},
        phrases={**_PHRASES, **language.table("phrases")},
        source=tuple(str(language.table("markers").get("source", "")).split()),
    )


def _inflect_verbs(verbs: VerbLists, language: Language) -> tuple[dict[str, str], dict[str, Tag]]:
    """Return the base of each form of a reporting verb, and the tag of each form and of each word that a list has."""
    lemmas: dict[str, str] = {}
    tags: dict[str, Tag] = {}
    for base in sorted(verbs.core | verbs.manner | verbs.attitude):
        *finite_forms, participle = inflect(base, language)
        lemmas |= dict.fromkeys((*finite_forms, participle), base)
        tags |= dict.fromkeys(finite_forms, Tag.REPORTING_VERB)
        tags.setdefault(participle, Tag.REPORTING_PARTICIPLE)
    # A word of a list is what the list says, be it a form of a reporting verb or not: "like".
    for key in language.table("words"):
        tags |= dict.fromkeys(language.words("words", key), Tag[key.upper()])
    return lemmas, tags


def _inflect_all(bases: Words, language: Language) -> Words:
    """Return every form of the verbs in `bases`, their participles too."""
    return frozenset(form for base in bases for form in inflect(base, language))


def _list_words_by_key(language: Language, table: str) -> dict[str, Words]:
    """Return the words of each list of `table`, by the list's key."""
    return {key: language.words(table, key) for key in language.table(table)}


def inflect(base: str, language: Language) -> tuple[str, ...]:
    """Return the finite forms of a verb and, last, its participle; `base` alone where no ending fits.

    >>> from bot.languages import load_language
    >>> inflect("deny", load_language("english")), inflect("tell", load_language("english"))
    (('deny', 'denies', 'denied', 'denying'), ('tell', 'tells', 'told', 'telling'))
    """
    irregular_forms = language.table("irregular_verbs").get(base)
    if irregular_forms is not None:
        return (base, *irregular_forms.split())
    for ending, change in language.table("verb_endings").items():
        if re.search(rf"(?:{ending})$", base):
            stem = base[: len(base) - change["cut"]]
            return (base, *(stem + suffix for suffix in change["add"].split()))
    return (base,)
