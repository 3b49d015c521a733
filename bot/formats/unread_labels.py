"""Lines that look like a speaker's label and are not read as one: for a format to refuse, and for `check` to name.

What opens such a line may be a sign, a tag or a number before a name, a mark that no record uses behind it, or a name
in brackets; and a label may stand within a line, behind the end of somebody else's sentence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.formats.label_voices import MAX_NAME_WORDS, MAX_UNCERTAIN_WORDS, is_name, opens_as_person
from bot.formats.label_words import load_label_words
from bot.formats.labels import MAX_LABEL_LENGTH, match_colon_label

if TYPE_CHECKING:
    from collections.abc import Collection

# "12 Ann Low: No." may be a numbered paragraph as well.
_NUMBER = re.compile(r"\d{1,4}\s+(?=[A-Z])")
_HAS_DIGIT = re.compile(r"\d")
_LETTERED_WORD = re.compile(r"[^\W\d_]")
_NAME = r"(?P<name>[^\W\d_][^:;?!()\[\]\"“”*<>#|=@{}~→⇒\n]{2,80}?)"
# A tag, a sign or a number that no label opens with, and what no record ends one with. Nothing of the opening is given
# back: a line of figures could be divided among its pieces in too many ways.
_ODD_LABEL = re.compile(
    rf"(?P<opening>(?:</?\w[^<>]{{0,60}}>|\[\w{{1,5}}\]|'{{2,3}}|[^\w\s“‘'(\[]|[(\[]?\d[\d.]*+[)\]]?|\s){{0,12}}+){_NAME}(?:\s*\([^()]{{1,80}}\))?"
    r"[\"”)\]}]?(?P<mark>(?:\s*</\w{1,12}>)*\s?[:=~→⇒|>](?:\s*</\w{1,12}>|\[/\w{1,5}\]|'{2,3})*|\",)(?=\s|\"|\Z)"
)
_BRACKETED_NAME = re.compile(rf"[(\[{{<]{_NAME}[)\]}}>]:?\s+(?=\S)")
# As in "Ann Low (0:12) No." and "[Ann Low 0:12] No.": no record prints it.
_TIMED_NAME = re.compile(rf"\[?{_NAME}\s+[\[(]?(?:\d{{1,2}}:)?\d{{1,2}}:\d\d[\])]\s+(?=\S)")
_WITHIN_LINE = re.compile(
    r"[.!?…”\")\]]\s+(?P<name>(?:[^\W\d_]{1,5}\.\s)?[^\W\d_][^.!?…:;()\[\]“”\"]{1,60})(?:\([^()]{1,60}\)\s?)?:\s"
)


def looks_like_label(text: str, start: int, end: int) -> str | None:
    """Return the words of the line that look like a speaker's name and are no label, None if there are none.

    >>> looks_like_label("press officer: No.", 0, 18), looks_like_label("let me be clear: No.", 0, 20)
    ('press officer', None)
    >>> looks_like_label("{Ann Low} No.", 0, 13), looks_like_label("(Hear, hear.) No.", 0, 17)
    ('Ann Low', None)
    """
    return _find_words_before_colon(text, start, end) or _find_odd_label(text, start, end)


def _find_words_before_colon(text: str, start: int, end: int) -> str | None:
    """Return the few words before a colon; None where they look like the beginning of a sentence."""
    number = _NUMBER.match(text, start, end)
    match = match_colon_label(text, number.end() if number else start, min(end, start + MAX_LABEL_LENGTH))
    if match and number and is_name(match["name"]) and not _HAS_DIGIT.search(match["name"]):
        return match["name"].strip()
    if match is None or number or not text[match.end() : match.end() + 2].lstrip()[:1].isupper():
        return None
    behind_comma = (match["tail"] or "").strip(" ,–—-")
    if _is_full_name(behind_comma) and opens_as_person(behind_comma) and not is_name(match["name"]):
        # As in "For the council, Ann Low: No.", which no label opens with.
        return f"{match['name'].strip()}, {behind_comma}"
    words = [word.casefold().strip(".,") for word in match["name"].split()]
    vocabulary = load_label_words()
    if not words:
        return None
    if opens_as_person(match["name"]) and words[-1] in vocabulary.verbs:
        # As in "Ann Low then said: No.", where the words are hers.
        return match["name"].strip()
    most = MAX_NAME_WORDS if opens_as_person(match["name"]) else MAX_UNCERTAIN_WORDS
    is_short = len(words) <= most and all(_LETTERED_WORD.match(word) for word in words)
    of_sentences = vocabulary.stop_words | vocabulary.counts
    # "Caller from Leeds: No." opens with no such word, has a name in it, and no verb.
    is_named = words[0] in vocabulary.offices or any(word[0].isupper() for word in match["name"].split()[1:])
    is_phrase = words[0] not in of_sentences and is_named
    is_sentence = of_sentences.intersection(words) - (vocabulary.prepositions if is_phrase else frozenset())
    return match["name"].strip() if is_short and not is_sentence else None


def _find_odd_label(text: str, start: int, end: int) -> str | None:
    """Return the full name that a line opens with, in a shape that no record prints."""
    limit = min(end, start + MAX_LABEL_LENGTH)
    bracketed = _TIMED_NAME.match(text, start, limit) or _BRACKETED_NAME.match(text, start, limit)
    if bracketed:
        return bracketed["name"].strip() if _is_full_name(bracketed["name"]) else None
    match = _ODD_LABEL.match(text, start, limit)
    is_odd = match and (match["opening"].strip() or match["mark"].strip() != ":")
    is_name_of_account = match and match["opening"].endswith("@")
    return match["name"].strip() if match and is_odd and (is_name_of_account or _is_full_name(match["name"])) else None


def find_label_within(text: str, start: int, end: int, names: Collection[str]) -> str | None:
    """Return a name before a colon behind the end of a sentence: one of `names`, in lower case, or a full one.

    >>> line = "We are for it. Ben Marsh: It is dear."
    >>> find_label_within(line, 0, len(line), ()), find_label_within(line.lower(), 0, len(line), ())
    ('Ben Marsh', None)
    """
    for match in _WITHIN_LINE.finditer(text, start, end):
        name = match["name"].strip()
        if name.casefold() in names or _is_full_name(name):
            return name
    return None


def _is_full_name(name: str) -> bool:
    """Whether words without a figure or a common word may be a name of two words or more."""
    words = name.split()
    is_short = 1 < len(words) <= MAX_UNCERTAIN_WORDS and not _HAS_DIGIT.search(name)
    return is_short and is_name(name) and not load_label_words().common.intersection(name.casefold().split())
