"""Quoted words that are read without a verb.

A title, a heading or a scare quote quotes nobody; a signature behind the words, or a label before them, names their
speaker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.names import Name, looks_like_full_name
from bot.attribution.names import is_person as is_person_name
from bot.attribution.noun_phrases import PHRASE_TAGS
from bot.attribution.parsing import Occurrence, ParsedDocument
from bot.attribution.quotation_marks import MAX_SHORT_WORDS, Quotation, count_words
from bot.attribution.subjects import Sentence
from bot.attribution.tokens import Token
from bot.model import Span

_WORD = re.compile(r"\w+")
# The longest title or ironic phrase that is still none of a speaker’s sentences.
_MAX_SCARE_WORDS = 12
# A line of its own, in title case and marks, is a heading up to here.
_MAX_HEADING_WORDS = 8
# Behind “book” or “film” a title is short; behind “entitled” any length counts.
_MAX_TITLE_WORDS = 6
INTRODUCING_TAGS = (Tag.COMMA, Tag.COLON, Tag.DASH, Tag.REPORTING_VERB, Tag.REPORTING_PARTICIPLE)
_SMALL_WORD_TAGS = (Tag.PREPOSITION, Tag.DETERMINER, Tag.CONJUNCTION)
_SIGNATURE_TAGS = (*PHRASE_TAGS, Tag.COMMA, Tag.PREPOSITION, Tag.CONJUNCTION, Tag.CLOSE_BRACKET)
_QUOTE_ONLY_TAGS = (Tag.QUOTATION, Tag.SENTENCE_END, Tag.COMMA, Tag.DASH, Tag.CONJUNCTION, Tag.CLOSE_BRACKET)
_TRAILING_TAGS = (*_SIGNATURE_TAGS, Tag.SENTENCE_END, Tag.ADVERB, Tag.TIME)
_OPENING_MARKS = '“"„«'
_LABEL_TAGS = (*_SIGNATURE_TAGS, Tag.OPEN_BRACKET)


def is_scare_quote(
    text: str, quotation: Quotation, sentence: Sentence, quote_index: int, *, is_secondary: bool
) -> bool:
    """Return whether the mark at token `quote_index` quotes nobody.

    `is_secondary` means that the document uses another kind of mark for quotations, so
    that one or two words in this kind are scare quotes.
    """
    word_count = count_words(text, quotation.inner)
    tokens, lexicon = sentence.tokens, sentence.lexicon
    if quote_index == 0 or word_count > _MAX_SCARE_WORDS:
        return word_count <= _MAX_HEADING_WORDS and len(tokens) == 1 and is_title_case(text, quotation.inner, lexicon)
    previous = tokens[quote_index - 1]
    if is_secondary and word_count <= MAX_SHORT_WORDS:
        return previous.tag not in (Tag.REPORTING_VERB, Tag.COLON)
    if not is_title_case(text, quotation.inner, lexicon):
        return False
    if previous.tag in (Tag.COMMA, Tag.CONJUNCTION) and quote_index > 1:
        previous = tokens[quote_index - 2]
    if previous.lower in lexicon.markers.titling or _introduces_title(sentence, quote_index):
        return True
    return word_count <= _MAX_TITLE_WORDS and (
        previous.tag is Tag.POSSESSIVE or previous.lower in lexicon.markers.works
    )


def _introduces_title(sentence: Sentence, quote_index: int) -> bool:
    """Whether a work's name follows: “the broadcast of “...””, “according to “...””, “the “...” syllabus”."""
    tokens, lexicon = sentence.tokens, sentence.lexicon
    before = tuple(token.lower for token in tokens[max(0, quote_index - 2) : quote_index])
    if before == lexicon.source:
        return True
    if len(before) > 1 and before[1] in lexicon.markers.sources and before[0] in lexicon.markers.works:
        return True
    is_behind_article = tokens[quote_index - 1].tag is Tag.DETERMINER
    return is_behind_article and sentence.token_at(quote_index + 1).tag is Tag.OTHER


def is_too_slight(text: str, inner: Span, tokens: Sequence[Token], quote_index: int) -> bool:
    """Return whether words quote nobody: one or two inside a sentence, and no sentence themselves."""
    if count_words(text, inner) > MAX_SHORT_WORDS:
        return False
    is_sentence = text[inner.start].isupper() and text[inner.end - 1] in ".!?"
    is_introduced = quote_index == 0 or tokens[quote_index - 1].tag in INTRODUCING_TAGS
    return not (is_sentence and is_introduced)


def is_title_case(text: str, span: Span, lexicon: Lexicon) -> bool:
    """Return whether the words are in title case: capitals, figures, and small words between."""
    words = _WORD.findall(text, *span)
    if not words or not words[0][0].isupper():
        return False
    return all(not word[0].islower() or lexicon.tags.get(word) in _SMALL_WORD_TAGS for word in words)


def find_signature(parsed: ParsedDocument, occurrence: Occurrence) -> tuple[Sentence, Name] | None:
    """Return the name that signs the only quotation of a paragraph, and its sentence; None without a signature."""
    place = _find_signature_place(parsed, occurrence)
    if place is None:
        return None
    sentence, index = place
    name = sentence.name_at(index)
    is_signed = name is not None and name.first == index and _is_signature(sentence, name)
    return (sentence, name) if name is not None and is_signed else None


def _find_signature_place(parsed: ParsedDocument, occurrence: Occurrence) -> tuple[Sentence, int] | None:
    """Return the sentence and token where a signature of a paragraph's only quotation may begin behind it; or None."""
    paragraph_index = occurrence.quotation.paragraph_index
    paragraph, sentence = parsed.paragraphs[paragraph_index], occurrence.sentence
    preceding, index = sentence.tokens[: occurrence.token_index], occurrence.token_index + 1
    is_list_item = sentence is paragraph.sentences[0] and all(token.tag is Tag.DASH for token in preceding)
    if len(paragraph.quotation_indices) > 1 or not is_list_item:
        return None
    if index == len(sentence.tokens):
        if len(paragraph.sentences) == 1:
            next_line = _find_next_line(parsed, paragraph_index)
            return (next_line[0], 0) if len(next_line) == 1 else None
        sentence, index = paragraph.sentences[1], 0
    is_set_off = sentence.tokens[index].tag in (Tag.DASH, Tag.OPEN_BRACKET)
    return (sentence, index + 1) if is_set_off else None


def _find_next_line(parsed: ParsedDocument, paragraph_index: int) -> tuple[Sentence, ...]:
    """Return the sentences of the line right below a paragraph, no blank line between; none where there is none."""
    paragraphs = parsed.paragraphs
    if paragraph_index + 1 == len(paragraphs):
        return ()
    paragraph, following = paragraphs[paragraph_index], paragraphs[paragraph_index + 1]
    between = parsed.text[paragraph.span.end : following.span.start]
    return following.sentences if between.count("\n") == 1 and not following.quotation_indices else ()


def find_labelled(parsed: ParsedDocument) -> dict[int, int]:
    """Return the sentences of a list of what several say, by number, each with the token of its quotation.

    There are two of them at least, and one at least is labelled with what is known for somebody's name.
    """
    labelled, has_person = {}, False
    for sentence in (paragraph.sentences[0] for paragraph in parsed.paragraphs if paragraph.sentences):
        index = _find_labelled_quotation(sentence)
        if index is not None:
            labelled[sentence.number] = index
            is_known = is_person_name(sentence.names[0], parsed.lexicon) or _is_within_marks(sentence)
            has_person = has_person or is_known
    return labelled if len(labelled) > 1 and has_person else {}


def _find_labelled_quotation(sentence: Sentence) -> int | None:
    """Return the quotation's token in “Ann Bell: “...””, “Ann Bell (Lab): “...””, “Ann Bell, mayor: “...””; or None."""
    name, tokens = sentence.name_at(0), sentence.tokens
    if name is None or not (looks_like_full_name(name, sentence.lexicon) or _is_within_marks(sentence)):
        return None
    colon = next((i for i in range(name.last + 1, len(tokens)) if tokens[i].tag not in _LABEL_TAGS), len(tokens))
    is_label = [token.tag for token in tokens[colon : colon + 2]] == [Tag.COLON, Tag.QUOTATION]
    is_set_off = colon == name.last + 1 or tokens[name.last + 1].tag in (Tag.COMMA, Tag.OPEN_BRACKET)
    return colon + 1 if is_label and is_set_off else None


def _is_within_marks(sentence: Sentence) -> bool:
    """Whether a label stands inside the marks of its words: “TRANTER: We will”."""
    start = sentence.tokens[0].start
    return start > 0 and sentence.text[start - 1] in _OPENING_MARKS


def _is_signature(sentence: Sentence, name: Name) -> bool:
    """Whether nothing but a full name, and what its bearer is, stands to the sentence's end."""
    following = sentence.tokens[name.last + 1 :]
    is_person = looks_like_full_name(name, sentence.lexicon)
    is_set_off = not following or following[0].tag in (Tag.COMMA, Tag.CLOSE_BRACKET, Tag.SENTENCE_END)
    if following and following[-1].tag is Tag.SENTENCE_END:
        following = following[:-1]
    return is_person and is_set_off and all(token.tag in _SIGNATURE_TAGS for token in following)


def is_quotation_alone(sentence: Sentence) -> bool:
    """Return whether a sentence is quoted words alone, the last perhaps behind the mark: “It is tolls” and such."""
    tokens = sentence.tokens
    if all(token.tag in _QUOTE_ONLY_TAGS for token in tokens):
        return True
    # The sentence goes on where the mark closes, with no verb of its own.
    # “It is dear” (he meant the tram).
    is_explained = len(tokens) > 2 and tokens[1].tag is Tag.OPEN_BRACKET
    if is_explained and any(token.tag is Tag.CLOSE_BRACKET for token in tokens[-2:]) and tokens[0].tag is Tag.QUOTATION:
        return True
    is_open = tokens[0].tag is Tag.QUOTATION and sentence.token_at(1).tag in (Tag.CONJUNCTION, Tag.PREPOSITION)
    return is_open and all(token.tag in _TRAILING_TAGS for token in tokens[1:])
