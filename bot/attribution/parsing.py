"""One document, read once: paragraphs, marks, sentences and people."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.attribution.affiliations import find_affiliation
from bot.attribution.antecedents import Mention, UnnamedPerson
from bot.attribution.coreference import People
from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.names import Name, is_office
from bot.attribution.quotation_marks import Quotation, find_quotations, flag_continuations
from bot.attribution.subjects import Sentence
from bot.attribution.tokens import Token, Tokeniser, observe_capitalisation
from bot.model import Span
from bot.text import split_paragraphs

# The share of its words with a capital above which a line is a headline: title case leaves small words alone; of a
# sentence with names far fewer words have capitals.
_HEADLINE_SHARE = 0.7
# In words: 4 shows two more right names and finds two fewer reports, 6 changes nothing.
_MIN_HEADLINE_WORDS = 5
_QUALIFIER_TAGS = (Tag.ADVERB, Tag.REPORTING_VERB)
_AFTER_APPOSITION = (Tag.COMMA, Tag.DASH, Tag.CLOSE_BRACKET, Tag.SENTENCE_END)
_VERB_TAGS = (Tag.REPORTING_VERB, Tag.VERB, Tag.BE, Tag.AUXILIARY)
_WORD_TAGS = (*_VERB_TAGS, Tag.NAME, Tag.OTHER)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph's place, its sentences, and its quotations with their indices in the document."""

    span: Span
    sentences: tuple[Sentence, ...]
    quotation_indices: tuple[int, ...]
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """All that attribution looks at; `continuations` says of each quotation whether it goes on with the one before.

    `curated_names` holds the names a curator lists, as `normalise_name` writes them.
    """

    text: str
    paragraphs: tuple[Paragraph, ...]
    quotations: tuple[Quotation, ...]
    continuations: tuple[bool, ...]
    people: People
    lexicon: Lexicon
    curated_names: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A quotation where it stands: its sentence, its token there, its number among the document's quotations."""

    sentence: Sentence
    token_index: int
    quotation_index: int
    quotation: Quotation


def parse_document(text: str, lexicon: Lexicon, curated_names: AbstractSet[str] = frozenset()) -> ParsedDocument:
    """Read `text` once, from its paragraphs to its people.

    `curated_names` are the names that a curator lists, as `normalise_name` writes them.
    """
    spans = split_paragraphs(text)
    quotations = find_quotations(text, spans, lexicon)
    people = People(text, lexicon)
    parsed_paragraphs = _parse_paragraphs(text, spans, quotations, lexicon)
    for paragraph in parsed_paragraphs:
        for sentence in paragraph.sentences:
            _collect_mentions(people, text, sentence)
    people.resolve_pending()
    return ParsedDocument(
        text,
        parsed_paragraphs,
        tuple(quotations),
        tuple(flag_continuations(text, quotations, spans)),
        people,
        lexicon,
        curated_names,
    )


def find_occurrences(paragraph: Paragraph) -> list[Occurrence]:
    """Return where the paragraph's quotations stand, in order."""
    if not paragraph.quotation_indices:
        return []
    numbered = zip(paragraph.quotation_indices, paragraph.quotations, strict=True)
    return [
        Occurrence(sentence, token_index, *next(numbered))
        for sentence in paragraph.sentences
        for token_index, token in enumerate(sentence.tokens)
        if token.tag is Tag.QUOTATION
    ]


def describe_chain(parsed: ParsedDocument, spans: Sequence[Span]) -> str:
    """Return `spans` as the way from a name to its pronoun, each step quoted with its paragraph's number."""
    paragraphs, text = parsed.paragraphs, parsed.text
    return " → ".join(
        f"¶{bisect_left(paragraphs, span.end, key=lambda each: each.span.end) + 1} “{text[span.start : span.end]}”"
        for span in spans
    )


def _parse_paragraphs(
    text: str, spans: Sequence[Span], quotations: Sequence[Quotation], lexicon: Lexicon
) -> tuple[Paragraph, ...]:
    """Return the paragraphs with their sentences, whose numbers leave one out between two paragraphs."""
    tokeniser = Tokeniser(text, lexicon, observe_capitalisation(text, lexicon))
    indices_by_paragraph: list[list[int]] = [[] for _ in spans]
    for index, quotation in enumerate(quotations):
        indices_by_paragraph[quotation.paragraph_index].append(index)
    parsed_paragraphs: list[Paragraph] = []
    sentence_number = 0
    for span, indices in zip(spans, indices_by_paragraph, strict=True):
        own_quotations = tuple(quotations[index] for index in indices)
        sentence_tokens = tokeniser.split_sentences(tokeniser.tokenise(span, own_quotations))
        paragraph_sentences = tuple(
            Sentence(text, tokens, sentence_number + offset, lexicon) for offset, tokens in enumerate(sentence_tokens)
        )
        sentence_number += len(sentence_tokens) + 1
        parsed_paragraphs.append(Paragraph(span, paragraph_sentences, tuple(indices), own_quotations))
    return tuple(parsed_paragraphs)


def _collect_mentions(people: People, text: str, sentence: Sentence) -> None:
    """Record the people whom a sentence names or introduces without a name; a headline names nobody."""
    if _is_headline(text, sentence):
        return
    for unnamed in _find_unnamed(sentence):
        people.add_unnamed(unnamed)
    pronouns = sentence.lexicon.pronouns
    first = sentence.tokens[0]
    if first.lower in pronouns.masculine or first.lower in pronouns.feminine:
        people.add_pronoun(first.start, sentence.number, first.lower)
    pronoun_sex = _find_pronoun_sex(sentence)
    for name in sentence.names:
        is_word = name.first == name.last
        # “A Christian” is what somebody is.
        if not (is_word and sentence.token_at(name.first - 1).lower in sentence.lexicon.markers.indefinite):
            people.add_mention(_read_mention(text, sentence, name, pronoun_sex))


def _read_mention(text: str, sentence: Sentence, name: Name, pronoun_sex: str | None) -> Mention:
    """Return the mention of `name`: what its sentence shows of them."""
    previous, following = sentence.token_at(name.first - 1), sentence.token_at(name.last + 1)
    is_speaking = Tag.REPORTING_VERB in (previous.tag, following.tag)
    phrase_start = sentence.find_phrase_start(name.first)
    return Mention(
        name,
        sentence.number,
        _stands_like_subject(sentence, name),
        previous.lower in sentence.lexicon.titles.leading,
        find_affiliation(text, sentence, name, phrase_start),
        pronoun_sex,
        _find_office(sentence, name, phrase_start),
        _find_joint_title(sentence, name),
        previous.lower in sentence.lexicon.markers.locative,
        _find_sex_before(sentence, name),
        not is_speaking and _is_in_statement(sentence, name),
        is_speaking,
        _may_answer(sentence, name),
        _find_kin_sex(sentence, name),
    )


def _is_in_statement(sentence: Sentence, name: Name) -> bool:
    """Whether a name stands between two parts of what another says: “It is” – as Ann Low holds – “ours,” he said."""
    tokens = sentence.tokens
    return tokens[0].tag is Tag.QUOTATION and any(token.tag is Tag.QUOTATION for token in tokens[name.last :])


def _may_answer(sentence: Sentence, name: Name) -> bool:
    """Whether a later "she says" may be theirs: a letter is from them, or another met, rang or asked them."""
    tokens, markers = sentence.tokens, sentence.lexicon.markers
    link = sentence.find_phrase_start(name.first) - 1
    if link < 1:
        return False
    verb = link - (tokens[link].lower in markers.infinitive or tokens[link].lower in markers.company)
    is_qualifier = tokens[link + 1].tag is Tag.DETERMINER and sentence.is_modifier(name)  # “the Ivo Low campaign”
    return (tokens[verb].lower in markers.encounters and not is_qualifier) or _is_letter_from(sentence, link)


def _find_kin_sex(sentence: Sentence, name: Name) -> str | None:
    """Return the sex of the relative in “the mother of Ann Low”, “Ann Low’s late mother”; None for a single word."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    if len(name.words) == 1:
        return None
    around = tokens[max(0, name.first - 2) : name.first]
    if sentence.token_at(name.last + 1).tag is Tag.POSSESSIVE:
        around = tokens[name.last + 2 : name.last + 4]
    elif [token.tag for token in around] != [Tag.OTHER, Tag.PREPOSITION]:
        return None
    kin = {token.lower for token in around} & lexicon.nouns.kin
    sexes = (("m", lexicon.sexes.masculine_nouns), ("f", lexicon.sexes.feminine_nouns))
    return next((sex for sex, nouns in sexes if not nouns.isdisjoint(kin)), None)


def _is_letter_from(sentence: Sentence, link: int) -> bool:
    """Whether the preposition at `link` tells whom a letter is from, or a column by."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    is_from = sentence.token_at(link).lower in lexicon.markers.authorship
    return is_from and any(token.lower in lexicon.nouns.documents for token in tokens[:link])


def _find_sex_before(sentence: Sentence, name: Name) -> str | None:
    """Return the sex of the "he" or "she" before a name, who is somebody else: “she has more than Ann Low”.

    None where a clause like "when she came" has it, and for whoever is said to speak: the next "he said" is theirs.
    “Her own view, should Ann Low win,” is another's too.
    """
    if sentence.first_pronoun >= name.first:
        return None
    tokens, pronouns = sentence.tokens, sentence.lexicon.pronouns
    before = [token.tag for token in tokens[max(0, name.first - 2) : name.first]]
    behind = [token.tag for token in tokens[name.last + 1 : name.last + 2]]
    is_said_by = before[-1:] == [Tag.REPORTING_VERB] and before[0] is not Tag.PRONOUN
    if is_said_by or behind == [Tag.REPORTING_VERB]:
        return None
    is_governed = before[-1:] == [Tag.PREPOSITION] or behind == [Tag.POSSESSIVE]
    for index in range(name.first - 1, -1, -1):
        word = tokens[index].lower
        if tokens[index].tag is Tag.SUBORDINATOR:
            is_governed = is_governed or not sentence.is_behind_comma(name.first)
        if is_governed:
            word = sentence.lexicon.possessives.get(word, word)
        if word in pronouns.masculine or word in pronouns.feminine:
            is_subordinate = sentence.token_at(index - 1).tag is Tag.SUBORDINATOR
            return None if is_subordinate else "m" if word in pronouns.masculine else "f"
    return None


def _find_office(sentence: Sentence, name: Name, phrase_start: int) -> str | None:
    """Return the office by which a name may be meant elsewhere, whole: “former Home Secretary”; None without one.

    It is the title right before the name, or what the name stands in apposition to: “The Prime Minister, Edwin Gale,”.
    """
    tokens, words = sentence.tokens, name.titles
    if not words:
        is_apposed = len(name.words) > 1 and sentence.token_at(phrase_start - 1).tag is Tag.COMMA
        is_set_off = is_apposed and sentence.token_at(name.last + 1).tag in _AFTER_APPOSITION
        office = sentence.name_at(phrase_start - 2) if is_set_off else None
        if office is None or not is_office(office, sentence.lexicon):
            return None
        words, phrase_start, name = office.words, sentence.find_phrase_start(office.first), office
    before = [token.lower for token in tokens[phrase_start : name.first] if token.tag is not Tag.DETERMINER]
    return " ".join((*before, *words))


def _find_joint_title(sentence: Sentence, name: Name) -> str:
    """Return the first title of “Mr and Mrs Bell”, where `name` is Mrs Bell; empty where there is none."""
    is_joined = bool(name.titles) and sentence.token_at(name.first - 1).tag is Tag.CONJUNCTION
    title = sentence.token_at(name.first - 2).lower if is_joined else ""
    return title if title in sentence.lexicon.titles.courtesy else ""


def _find_pronoun_sex(sentence: Sentence) -> str | None:
    """Return the sex of the only one whom a sentence names, if "his" or "her" behind the name shows it; else None."""
    if len(sentence.names) != 1 or not _stands_like_subject(sentence, sentence.names[0]):
        return None
    following = {token.lower for token in sentence.tokens[sentence.names[0].last + 1 :]}
    sexes = sentence.lexicon.sexes
    shown = [sex for sex, words in (("m", sexes.masculine), ("f", sexes.feminine)) if not following.isdisjoint(words)]
    return shown[0] if len(shown) == 1 else None


def _find_unnamed(sentence: Sentence) -> Iterator[UnnamedPerson]:
    """Yield everybody whom a sentence introduces without a name, as a subject: “a lorry driver had another view”."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    offices = lexicon.nouns.offices
    for index, token in enumerate(tokens):
        if token.tag is not Tag.OTHER or not (token.lower in offices or _is_agent(sentence, index)):
            continue
        if _is_named_behind(tokens, index):
            continue
        first = sentence.find_phrase_start(index)
        while first > 0 and tokens[first].tag is not Tag.DETERMINER and tokens[first - 1].tag in _QUALIFIER_TAGS:
            first = sentence.find_phrase_start(first - 1)  # “the first known victim”
        word, previous = tokens[first].lower, sentence.token_at(first - 1).tag
        is_apposed = previous in (Tag.COMMA, Tag.DASH, Tag.OPEN_BRACKET)
        is_owned = word in lexicon.possessives
        is_introduced = word in lexicon.markers.introducing_people or is_owned
        is_subject = not sentence.is_governed(first) and previous is not Tag.AUXILIARY  # “he’s a driver”
        is_subject = is_subject or _is_letter_from(sentence, first - 1)
        if is_introduced and not is_apposed and (is_subject or previous is Tag.VERB):
            yield UnnamedPerson(token.start, token.lower, is_kin=not is_owned and token.lower in lexicon.nouns.kin)


def _is_named_behind(tokens: Sequence[Token], index: int) -> bool:
    """Whether a name stands behind what somebody is: “driver Karl Low”, “a driver, Karl Low,”, but not “from Goole”."""
    following = [token.tag for token in tokens[index + 1 : index + 3]]
    is_apart = following[:1] in ([Tag.PREPOSITION], [Tag.POSSESSIVE])
    return Tag.NAME in following and not is_apart


def _is_agent(sentence: Sentence, index: int) -> bool:
    """Whether the ending of a noun after "a" shows that it says what somebody is: “a shopper in Hove”."""
    is_agent = sentence.tokens[index].lower.endswith(sentence.lexicon.endings["agent"])
    if not is_agent or sentence.token_at(index + 1).tag is Tag.OTHER:
        return False
    return sentence.token_at(index - 1).lower in sentence.lexicon.markers.indefinite


def _stands_like_subject(sentence: Sentence, name: Name) -> bool:
    """Whether a name may be a subject: not behind a preposition or verb but “said”, nor before a name, “'s” or stop."""
    previous, following = sentence.token_at(name.first - 1), sentence.token_at(name.last + 1)
    if previous.tag in (Tag.PREPOSITION, Tag.REPORTING_PARTICIPLE, Tag.VERB, Tag.BE):
        return False
    if previous.tag is Tag.REPORTING_VERB:
        return previous.lemma in sentence.lexicon.verbs.core
    # “the Ann Bell campaign” is about the campaign.
    is_qualifier = previous.tag is Tag.DETERMINER and following.tag is Tag.OTHER
    return not is_qualifier and following.tag not in (Tag.POSSESSIVE, Tag.NAME, Tag.SENTENCE_END)


def _is_headline(text: str, sentence: Sentence) -> bool:
    """Whether a line is in title case, its verbs too: then it says nothing about which words are names."""
    if len(sentence.tokens) < _MIN_HEADLINE_WORDS or text[sentence.tokens[-1].start] == ".":
        return False
    words = [token for token in sentence.tokens if token.tag in _WORD_TAGS]
    if len(words) < _MIN_HEADLINE_WORDS:
        return False
    if any(token.tag in _VERB_TAGS and text[token.start].islower() for token in words):
        return False
    capital_count = sum(text[token.start].isupper() for token in words)
    return capital_count > _HEADLINE_SHARE * len(words)
