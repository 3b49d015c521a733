"""A paragraph as a row of tokens, each tagged; a quotation is one token.

Nothing inside quotation marks is looked at: who speaks is named outside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from bot.attribution.lexicon import NO_MATCH, Lexicon, Tag
from bot.attribution.quotation_marks import Quotation
from bot.model import Span

_PUNCTUATION_TAGS = {
    ",": Tag.COMMA,
    ":": Tag.COLON,
    ";": Tag.SUBORDINATOR,
    "(": Tag.OPEN_BRACKET,
    "[": Tag.OPEN_BRACKET,
    ")": Tag.CLOSE_BRACKET,
    "]": Tag.CLOSE_BRACKET,
    "—": Tag.DASH,
    "–": Tag.DASH,
    "―": Tag.DASH,
}
_SENTENCE_END = re.compile(r"[.!?…。！？]['’\"”)\]]*$")
# The longest sentence of tests/benchmarks/voices.py's news has 100 tokens; a longer run has no
# punctuation, and rules that look both ways would take time in the square of its length.
_MAX_SENTENCE_TOKENS = 250
# In tokens, how far a cue that begins a sentence may stand from its verb: “Why?” Ann Bell, who chairs
# the board of the county's only ferry company, said.
_CUE_WINDOW = 25
# In letters: a shorter word in "ly" is no adverb: "only" and "ally".
_MIN_ADVERB_LENGTH = 5
# In characters: a full stop, and up to five marks that close a quotation behind it.
_CLOSING_MARKS_WINDOW = 6
# An abbreviated month within a name is an initial's: "Jan" in "Jan Bell".
_SHORT_MONTH_LENGTH = 3
_LOWERCASE_WORD = re.compile(r"\b[a-z][a-z'’-]+")
_MID_SENTENCE_CAPITAL = re.compile(r"\b[a-z]++,? ([A-Z][a-z]+)\b")
_VERBAL_TAGS = (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE, Tag.VERB, Tag.ADVERB, Tag.AUXILIARY)
_REPORTING_TAGS = (Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE)
_CUE_SUBJECT_TAGS = (Tag.NAME, Tag.PRONOUN)
_AFTER_REPORTING_VERB = (Tag.SENTENCE_END, Tag.COMMA, Tag.PREPOSITION, Tag.TIME, Tag.QUOTATION, Tag.ADVERB)
_CONTINUES_SENTENCE = (Tag.SENTENCE_END, Tag.COMMA, Tag.DASH, Tag.CLOSE_BRACKET, Tag.COLON)
_ENDING_TAGS = (Tag.SENTENCE_END, Tag.QUOTATION)
_VERB_LIKE_TAGS = (Tag.OTHER, Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE, Tag.VERB, Tag.BE)


class Token(NamedTuple):
    """A word, mark or whole quotation at [start, end), its tag, and its lower case.

    A quotation's `lower` is empty; `start` says which quotation it is. `lemma` is the base
    of a reporting verb's form, and empty for any other word.
    """

    start: int
    end: int
    tag: Tag
    lower: str
    lemma: str = ""


class Capitalisation(NamedTuple):
    """How a document writes its words: those somewhere in lower case, those somewhere with a capital mid-sentence.

    `surnames_like_words` are spelt like common words; all three are held in lower case.
    """

    lowercase_words: frozenset[str] = frozenset()
    capitalised_words: frozenset[str] = frozenset()
    surnames_like_words: frozenset[str] = frozenset()


_NO_CAPITALISATION = Capitalisation()


class _Patterns(NamedTuple):
    """The regular expressions that a language has a say in, and the words in lower case that have one tag anywhere."""

    token: re.Pattern[str]
    opening_participle: re.Pattern[str]
    surname_like_word: re.Pattern[str]
    participle_in_name: re.Pattern[str]
    settled_tags: Mapping[str, Tag]


@cache
def _compile_patterns(lexicon: Lexicon) -> _Patterns:
    """Compile the patterns by which the language of `lexicon` is tokenised, once."""
    abbreviated = sorted(lexicon.language.words("abbreviations", "names"))
    abbreviations = "|".join(abbreviated) or NO_MATCH
    # Most words begin with none of these letters, so that none of the alternatives has to be tried.
    initials = "".join({word[0] for word in abbreviated}) or "A"
    keys = ("possessive", "possessive_letters", "party_tag", "domain", "opening_participle", "bodies_behind_participle")
    possessive, possessive_letters, party_tag, domain, participle, bodies = (
        lexicon.get_pattern("patterns", key) for key in keys
    )
    surnames = "|".join(sorted(lexicon.markers.surnames_like_words)) or NO_MATCH
    return _Patterns(
        re.compile(
            # No token begins with a blank, and most are words in lower case that a blank or a comma ends:
            # these two are told at once (392,000 tokens in 0.11 s, not 0.22).
            r"(?=[^ ])(?:(?P<plain>[a-z]+(?=[ ,]))"
            rf"|(?P<abbreviation>\b(?:[A-Z]\.)+(?:[A-Z]\b)?|\b{party_tag}|\b(?=[{initials}])(?:{abbreviations})\.)"
            rf"|(?P<possessive>{possessive})"
            rf"|(?P<word>@?[^\W\d_]+(?:[-&/][^\W_]+|['’](?!{possessive_letters}\b)[^\W_]+)*(?:\.(?:{domain})\b)?)"
            r"|(?P<number>\d+(?:[.,:]\d+)*%?\w*)"
            r"|(?P<mark>,|:|;|—|–|―|--+|-(?=\s)|\(|\)|\[|\]|[.!?…。！？]+))"
        ),
        re.compile(rf"(?:^|[.!?”\"] )({participle})\b", re.MULTILINE),
        re.compile(rf"\b([A-Z][a-z]+) ({surnames})\b"),
        re.compile(rf"\b({participle}) (?=(?:[A-Z][a-z]+ )?(?:{bodies})\b)"),
        {word: tag for word, tag in lexicon.tags.items() if tag not in _REPORTING_TAGS},
    )


def observe_capitalisation(text: str, lexicon: Lexicon) -> Capitalisation:
    """Return which words `text` writes in lower case, and which with a capital mid-sentence."""
    patterns = _compile_patterns(lexicon)
    names = (*_MID_SENTENCE_CAPITAL.findall(text), *patterns.participle_in_name.findall(text))
    capitalised_words = frozenset(word.lower() for word in names)
    participles = {word.lower() for word in patterns.opening_participle.findall(text)}
    pairs = patterns.surname_like_word.findall(text)
    surnames = frozenset(last.lower() for first, last in pairs if first.lower() not in lexicon.tags)
    lowercase_words = frozenset(_LOWERCASE_WORD.findall(text)) | (participles - capitalised_words)
    return Capitalisation(lowercase_words, capitalised_words, surnames)


@dataclass(frozen=True, slots=True)
class Tokeniser:
    """Tags the words of a document by its language and by how it writes them."""

    text: str
    lexicon: Lexicon
    capitalisation: Capitalisation = _NO_CAPITALISATION

    def tokenise(self, span: Span, quotations: Sequence[Quotation]) -> list[Token]:
        """Return the tokens of the paragraph `span`, whose quotations are `quotations`."""
        tokens: list[Token] = []
        position = span.start
        for quotation in quotations:
            self._append_tokens(tokens, position, quotation.outer.start)
            tokens.append(Token(quotation.outer.start, quotation.outer.end, Tag.QUOTATION, ""))
            position = quotation.outer.end
        self._append_tokens(tokens, position, span.end)
        return tokens

    def split_sentences(self, tokens: Sequence[Token]) -> list[list[Token]]:
        """Return `tokens` cut into sentences; a quotation that ends one ends it here too."""
        sentences: list[list[Token]] = []
        current: list[Token] = []
        last = len(tokens) - 1
        for index, token in enumerate(tokens):
            current.append(token)
            may_end = token.tag in _ENDING_TAGS or index == last
            if len(current) >= _MAX_SENTENCE_TOKENS or (may_end and _ends_sentence(self.text, tokens, index)):
                sentences.append(current)
                current = []
        return sentences

    def _append_tokens(self, tokens: list[Token], start: int, end: int) -> None:
        """Append the tokens of text [start, end) to `tokens`; the last ones there may be retagged."""
        agents, lemmas = self.lexicon.markers.agent, self.lexicon.lemmas
        patterns = _compile_patterns(self.lexicon)
        settled_tags = patterns.settled_tags
        for match in patterns.token.finditer(self.text, start, end):
            group, word = match.lastgroup, match[0]
            if group == "plain":
                lower, tag = word, settled_tags.get(word) or self._tag_lowercase(word, tokens)
            else:
                lower = word.lower().replace("’", "'")
                tag = self._tag_word(word, lower, tokens) if group == "word" else _tag_group(group, word)
            if lower in agents:
                self._retag_noun_before_agent(tokens)
            if tag is Tag.NAME and tokens and (tokens[-1].tag in _VERBAL_TAGS or self._opens_with_month(tokens, lower)):
                self._retag_given_name(tokens)
            tokens.append(Token(match.start(), match.end(), tag, lower, lemmas.get(lower, "")))

    def _opens_with_month(self, tokens: Sequence[Token], word: str) -> bool:
        """Whether a month that is a given name opens a sentence before a surname: “Jan Bell”, not “June Mr Bell”."""
        is_opening = len(tokens) == 1 or tokens[-2].tag in (Tag.SENTENCE_END, Tag.CONJUNCTION, Tag.COMMA)
        return tokens[-1].tag is Tag.TIME and is_opening and word not in self.lexicon.titles.leading

    def _retag_noun_before_agent(self, tokens: list[Token]) -> None:
        """Retag in place the "reports" of “reports seen by” as the noun that it is."""
        are_verbs = [token.tag for token in tokens[-2:]] == [Tag.REPORTING_VERB, Tag.REPORTING_VERB]
        if are_verbs and tokens[-2].lower in self.lexicon.verbs.noun_like_forms:
            tokens[-2] = tokens[-2]._replace(tag=Tag.OTHER, lemma="")

    def _retag_given_name(self, tokens: list[Token]) -> None:
        """Retag in place the "Bill" of “Bill Taylor” as the given name that it is, also where it begins a sentence."""
        previous = tokens[-1]
        is_month = previous.tag is Tag.TIME and len(previous.lower) == _SHORT_MONTH_LENGTH
        if self.text[previous.start].isupper() and (is_month or self.lexicon.is_given_name(previous.lower)):
            tokens[-1] = previous._replace(tag=Tag.NAME, lemma="")

    def _tag_word(self, word: str, lower: str, tokens: Sequence[Token]) -> Tag:
        """Return the tag of `word`, which follows `tokens`, by its first letter."""
        if word[0].islower():
            return self._tag_lowercase(lower, tokens)
        previous_tag = tokens[-1].tag if tokens else Tag.SENTENCE_END
        return self._tag_capitalised(lower, self.lexicon.tags.get(lower), previous_tag)

    def _tag_lowercase(self, word: str, tokens: Sequence[Token]) -> Tag:
        """Return the tag of a word in lower case: the lists', else by its ending and the token before."""
        tag = self.lexicon.tags.get(word)
        if tag is None:
            endings = self.lexicon.endings
            if len(word) >= _MIN_ADVERB_LENGTH and word.endswith(endings["adverb"]):
                return Tag.ADVERB
            previous_tag = tokens[-1].tag if tokens else Tag.SENTENCE_END
            is_verb = previous_tag is Tag.PRONOUN or (previous_tag is Tag.NAME and word.endswith(endings["past"]))
            return Tag.VERB if is_verb else Tag.OTHER
        return Tag.OTHER if tag in _REPORTING_TAGS and self._is_noun(word, tag, tokens) else tag

    def _tag_capitalised(self, lower: str, lexicon_tag: Tag | None, previous_tag: Tag) -> Tag:
        """Return the tag of a capitalised word: the lists', else NAME, but for a common word that opens a sentence."""
        lexicon, capitalisation = self.lexicon, self.capitalisation
        is_date = lexicon_tag is Tag.TIME or (
            lower in lexicon.markers.months_like_auxiliaries and previous_tag is Tag.PREPOSITION
        )
        if is_date and lower not in capitalisation.surnames_like_words:
            is_initial = previous_tag is Tag.NAME and len(lower) == _SHORT_MONTH_LENGTH
            return Tag.NAME if is_initial else Tag.TIME
        opens_sentence = previous_tag in (Tag.SENTENCE_END, Tag.QUOTATION, Tag.COLON, Tag.DASH)
        # “May said”, “Will wrote”: elsewhere the document shows it to be a name.
        if lower in capitalisation.surnames_like_words or (
            lexicon_tag in _VERBAL_TAGS and (not opens_sentence or lower in capitalisation.capitalised_words)
        ):
            return Tag.NAME
        if lexicon_tag is not None:
            return lexicon_tag
        is_written_small = lower in capitalisation.lowercase_words and lower not in lexicon.titles.leading
        is_common_word = is_written_small or lower in lexicon.nouns.openers
        return Tag.OTHER if opens_sentence and is_common_word else Tag.NAME

    def _is_noun(self, lower: str, tag: Tag, tokens: Sequence[Token]) -> bool:
        """Whether a form of a reporting verb is a noun here: “the claim”, “of reports”."""
        if not tokens:
            return False
        previous, markers = tokens[-1], self.lexicon.markers
        if tag is Tag.REPORTING_PARTICIPLE and previous.lower in self.lexicon.nouns.documents:
            return False  # a verb: “a letter saying”
        nouns = self.lexicon.nouns
        if tag is Tag.REPORTING_VERB and (previous.lower in nouns.studies or previous.lower in nouns.documents):
            return False  # a verb: “the poll shows”, “the statement read”
        if previous.tag in (Tag.DETERMINER, Tag.POSSESSIVE):
            return previous.lower not in markers.standalone_determiners
        if previous.tag is Tag.PREPOSITION:
            return tag is Tag.REPORTING_VERB and previous.lower not in markers.infinitive
        return lower in self.lexicon.verbs.noun_like_forms and (
            # “in a Chirper post”
            (len(tokens) > 1 and previous.tag is Tag.NAME and tokens[-2].lower in markers.indefinite)
            or previous.tag is Tag.NUMBER
            or previous.lower in self.lexicon.names.nobody
            or previous.tag in _VERB_LIKE_TAGS
        )


def _tag_group(group: str | None, word: str) -> Tag:
    """Return the tag of a token that is no plain word, by the group of the pattern that it matched."""
    if group == "mark":
        return _PUNCTUATION_TAGS.get(word, Tag.DASH if word[0] == "-" else Tag.SENTENCE_END)
    if group == "number":
        return Tag.NUMBER
    return Tag.NAME if group == "abbreviation" else Tag.POSSESSIVE


def _ends_sentence(text: str, tokens: Sequence[Token], index: int) -> bool:
    """Whether a sentence ends with the token at `index`, as the last does."""
    token = tokens[index]
    if index + 1 == len(tokens):
        return True
    following = tokens[index + 1]
    if token.tag is Tag.SENTENCE_END:
        return following.tag not in (Tag.CLOSE_BRACKET, Tag.COMMA) and not text[following.start].islower()
    if token.tag is not Tag.QUOTATION or following.tag in _CONTINUES_SENTENCE:
        return False
    if not _SENTENCE_END.search(text, max(token.start, token.end - _CLOSING_MARKS_WINDOW), token.end):
        return False
    return following.tag is Tag.QUOTATION or _begins_sentence(text, tokens, index)


def _begins_sentence(text: str, tokens: Sequence[Token], index: int) -> bool:
    """Whether a sentence begins behind the quotation at `index`, which ends one itself.

    After “Why?” or “No!” a capital may begin the cue: a name, then its verb.
    """
    initial = text[tokens[index + 1].start]
    is_capital = initial.isupper() or initial.isdigit() or initial in "([<@"
    if not is_capital or _is_bare_cue(tokens, index + 1):
        return False
    quotation = tokens[index]
    tail = text[max(quotation.start, quotation.end - _CLOSING_MARKS_WINDOW) : quotation.end].rstrip("'’\"”)]")
    return tail.endswith((".", "…", "。")) or not _cue_follows(tokens, index + 1)


def _is_bare_cue(tokens: Sequence[Token], start: int) -> bool:
    """Whether “Ann Bell said.” stands at `start` and no more: no sentence of its own, whatever stop is before it."""
    end = next((i for i in range(start, len(tokens)) if tokens[i].tag not in _CUE_SUBJECT_TAGS), len(tokens))
    is_verb = start < end < len(tokens) and tokens[end].tag is Tag.REPORTING_VERB
    return is_verb and (end + 1 == len(tokens) or tokens[end + 1].tag is Tag.SENTENCE_END)


def _cue_follows(tokens: Sequence[Token], start: int) -> bool:
    """Whether a name stands at `start` and then, over its apposition, a bare verb of saying."""
    if tokens[start].tag not in (Tag.NAME, Tag.PRONOUN):
        return False
    for index in range(start, min(len(tokens) - 1, start + _CUE_WINDOW)):
        if tokens[index].tag in (Tag.SENTENCE_END, Tag.QUOTATION):
            return False
        if tokens[index].tag is Tag.REPORTING_VERB:
            return tokens[index + 1].tag in _AFTER_REPORTING_VERB
    return False
