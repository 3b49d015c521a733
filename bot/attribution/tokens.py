"""A paragraph as a row of tokens, each with its form; a quotation is one token.

What stands inside quotation marks is not looked into: whoever speaks is named
outside them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.attribution.lexicon import (
    NOT_NAMES,
    SENTENCE_OPENERS,
    TAG_BY_WORD,
    TITLES,
    USUALLY_NOUNS,
    Tag,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.attribution.quotation_marks import Quotation
    from bot.model import Span

_TOKEN = re.compile(
    r"(?P<abbreviation>\b(?:[A-Z]\.)+(?:[A-Z]\b)?"
    r"|\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Lt|Gen|Col|Sgt|Capt|Maj|Adm|Rev|Hon|Cllr|St|Jr|Sr|Reps|Sens)\.)"
    r"|(?P<possessive>['’]s\b|(?<=s)['’](?!\w))"
    r"|(?P<word>@?[^\W\d_]+(?:[-&/][^\W_]+|['’](?!s\b)[^\W_]+)*)"
    r"|(?P<number>\d+(?:[.,:]\d+)*%?\w*)"
    r"|(?P<mark>,|:|;|—|–|--+|-(?=\s)|\(|\)|\[|\]|[.!?…。！？]+)"
)
_PUNCTUATION_TAGS = {
    ",": Tag.COMMA,
    ":": Tag.COLON,
    ";": Tag.SUBORDINATOR,
    "(": Tag.OPEN_BRACKET,
    "[": Tag.OPEN_BRACKET,
}
_PUNCTUATION_TAGS |= {")": Tag.CLOSE_BRACKET, "]": Tag.CLOSE_BRACKET, "—": Tag.DASH, "–": Tag.DASH}
_SENTENCE_END = re.compile(r"[.!?…。！？]['’\"”)\]]*$")
# No sentence is longer; whatever claims to be has no punctuation, and time must stay linear.
_MAX_SENTENCE_TOKENS = 250
_LOWERCASE_WORD = re.compile(r"\b[a-z][a-z'’-]+")
_OPENING_PARTICIPLE = re.compile(r"(?:^|[.!?”\"] )([A-Z][a-z]{2,}ing)\b", re.MULTILINE)
_MONTH_SURNAME = re.compile(r"\b([A-Z][a-z]+) (May|March|April|June|August|Will)\b")
_MID_SENTENCE_CAPITAL = re.compile(r"\b[a-z]+,? ([A-Z][a-z]+)\b")


class Capitalisation(NamedTuple):
    """How a document writes its words: those somewhere in lower case, those always capital."""

    lowercase_words: frozenset[str] = frozenset()
    capitalised_words: frozenset[str] = frozenset()
    surnames_like_dates: frozenset[str] = frozenset()


_VERBAL_TAGS = (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE, Tag.VERB, Tag.ADVERB, Tag.AUXILIARY)
_AFTER_REPORTING_VERB = (
    Tag.SENTENCE_END,
    Tag.COMMA,
    Tag.PREPOSITION,
    Tag.TIME,
    Tag.QUOTATION,
    Tag.ADVERB,
)
_CONTINUES_SENTENCE = (Tag.SENTENCE_END, Tag.COMMA, Tag.DASH, Tag.CLOSE_BRACKET, Tag.COLON)


class Token(NamedTuple):
    """A word, mark or whole quotation at [start, end), its form, and its lower case.

    A quotation's `lower` is empty; its place among the marks is found by `start`.
    """

    start: int
    end: int
    tag: Tag
    lower: str


_NO_CAPITALISATION = Capitalisation()


def observe_capitalisation(text: str) -> Capitalisation:
    """Return which words `text` writes in lower case, and which with a capital mid-sentence."""
    capitalised_words = frozenset(word.lower() for word in _MID_SENTENCE_CAPITAL.findall(text))
    opening_participles = {word.lower() for word in _OPENING_PARTICIPLE.findall(text)}
    surnames = {
        last.lower()
        for first, last in _MONTH_SURNAME.findall(text)
        if first.lower() not in TAG_BY_WORD
    }
    return Capitalisation(
        frozenset(_LOWERCASE_WORD.findall(text)) | (opening_participles - capitalised_words),
        capitalised_words,
        frozenset(surnames),
    )


def tokenise(
    text: str,
    span: Span,
    quotations: Sequence[Quotation],
    capitalisation: Capitalisation = _NO_CAPITALISATION,
) -> list[Token]:
    """Return the tokens of the paragraph `span`, whose quotations are `quotations`."""
    tokens: list[Token] = []
    position = span.start
    for quotation in quotations:
        _append_tokens(text, position, quotation.outer.start, capitalisation, tokens)
        tokens.append(Token(quotation.outer.start, quotation.outer.end, Tag.QUOTATION, ""))
        position = quotation.outer.end
    _append_tokens(text, position, span.end, capitalisation, tokens)
    return tokens


def split_sentences(text: str, tokens: Sequence[Token]) -> list[list[Token]]:
    """Return `tokens` cut into sentences; a quotation that ends one ends it here too."""
    sentences: list[list[Token]] = []
    current: list[Token] = []
    for index, token in enumerate(tokens):
        current.append(token)
        if len(current) >= _MAX_SENTENCE_TOKENS or _ends_sentence(text, tokens, index):
            sentences.append(current)
            current = []
    return sentences


def _append_tokens(
    text: str, start: int, end: int, capitalisation: Capitalisation, tokens: list[Token]
) -> None:
    for match in _TOKEN.finditer(text, start, end):
        group, word = match.lastgroup, match.group()
        lower = word.lower().replace("’", "'")
        if group == "word":
            tag = _tag_word(word, lower, tokens, capitalisation)
        elif group == "mark":
            tag = _PUNCTUATION_TAGS.get(word, Tag.DASH if word[0] == "-" else Tag.SENTENCE_END)
        elif group == "number":
            tag = Tag.NUMBER
        elif group == "abbreviation":
            tag = Tag.NAME
        else:
            tag = Tag.POSSESSIVE
        tokens.append(Token(match.start(), match.end(), tag, lower))


def _tag_word(
    word: str, lower: str, tokens: Sequence[Token], capitalisation: Capitalisation
) -> Tag:
    lexicon_tag = TAG_BY_WORD.get(lower)
    previous_tag = tokens[-1].tag if tokens else Tag.SENTENCE_END
    if word[0].isupper() or not word[0].islower():
        return _tag_capitalised(lower, lexicon_tag, previous_tag, capitalisation)
    if lexicon_tag is None:
        if len(lower) > 4 and lower.endswith("ly"):
            return Tag.ADVERB
        is_verb = previous_tag is Tag.PRONOUN or (previous_tag is Tag.NAME and lower.endswith("ed"))
        return Tag.VERB if is_verb else Tag.OTHER
    if lexicon_tag in (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE) and _is_noun(
        lower, lexicon_tag, tokens
    ):
        return Tag.OTHER
    return lexicon_tag


def _tag_capitalised(
    lower: str, lexicon_tag: Tag | None, previous_tag: Tag, capitalisation: Capitalisation
) -> Tag:
    is_date = lexicon_tag is Tag.TIME or (lower == "may" and previous_tag is Tag.PREPOSITION)
    if is_date and lower not in capitalisation.surnames_like_dates:
        return Tag.NAME if previous_tag is Tag.NAME and len(lower) == 3 else Tag.TIME
    opens_sentence = previous_tag in (Tag.SENTENCE_END, Tag.QUOTATION, Tag.COLON, Tag.DASH)
    # “May said”, “Will wrote”: elsewhere the document shows it to be a name.
    if lower in capitalisation.surnames_like_dates or (
        lexicon_tag in _VERBAL_TAGS
        and (not opens_sentence or lower in capitalisation.capitalised_words)
    ):
        return Tag.NAME
    if lexicon_tag is not None:
        return lexicon_tag
    is_common_word = lower in SENTENCE_OPENERS or (
        lower in capitalisation.lowercase_words and lower not in TITLES
    )
    return Tag.OTHER if opens_sentence and is_common_word else Tag.NAME


def _is_noun(lower: str, tag: Tag, tokens: Sequence[Token]) -> bool:
    if not tokens:
        return False
    previous = tokens[-1]
    if previous.tag is Tag.NUMBER:
        return lower in USUALLY_NOUNS
    if previous.tag in (Tag.DETERMINER, Tag.POSSESSIVE):
        return previous.lower not in (
            "which",
            "that",
            "this",
            "others",
            "many",
            "some",
            "all",
            "both",
        )
    if previous.tag is Tag.PREPOSITION:
        return tag is Tag.REPORTING_VERB and previous.lower != "to"
    if previous.lower in NOT_NAMES:
        return lower in USUALLY_NOUNS
    return lower in USUALLY_NOUNS and previous.tag in (
        Tag.OTHER,
        Tag.REPORTING_VERB,
        Tag.REPORTING_PARTICIPLE,
        Tag.VERB,
        Tag.BE,
    )


def _ends_sentence(text: str, tokens: Sequence[Token], index: int) -> bool:
    token = tokens[index]
    if index + 1 == len(tokens):
        return True
    following = tokens[index + 1]
    if token.tag is Tag.SENTENCE_END:
        return following.tag is not Tag.CLOSE_BRACKET and not text[following.start].islower()
    if token.tag is not Tag.QUOTATION or following.tag in _CONTINUES_SENTENCE:
        return False
    if not _SENTENCE_END.search(text, max(token.start, token.end - 6), token.end):
        return False
    return following.tag is Tag.QUOTATION or _begins_sentence(text, tokens, index)


def _begins_sentence(text: str, tokens: Sequence[Token], index: int) -> bool:
    """Whether a sentence begins behind the quotation at `index`, which ends one itself.

    After “Why?” or “No!” a capital may begin the cue: a name, then its verb.
    """
    initial = text[tokens[index + 1].start]
    if not (initial.isupper() or initial.isdigit() or initial in "([<@"):
        return False
    return _ends_with_full_stop(text, tokens[index]) or not _cue_follows(tokens, index + 1)


def _ends_with_full_stop(text: str, token: Token) -> bool:
    tail = text[max(token.start, token.end - 6) : token.end].rstrip("'’\"”)]")
    return tail.endswith((".", "…", "。"))


def _cue_follows(tokens: Sequence[Token], start: int) -> bool:
    """Whether a name stands here and then, over its apposition, a bare verb of saying."""
    if tokens[start].tag not in (Tag.NAME, Tag.PRONOUN):
        return False
    for index in range(start, min(len(tokens) - 1, start + 25)):
        if tokens[index].tag in (Tag.SENTENCE_END, Tag.QUOTATION):
            return False
        if tokens[index].tag is Tag.REPORTING_VERB:
            return tokens[index + 1].tag in _AFTER_REPORTING_VERB
    return False
