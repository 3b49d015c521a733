"""The voice that a speaker's label names: the name itself, and what is printed around it.

Brackets and words behind a comma hold a seat, a party, an office or a body; or nothing that belongs to a voice, such
as a time, initials or the way of speaking. A label of several people, or of nobody who is known, names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import chain

from bot.languages import list_languages, load_language
from bot.languages.base import Language
from bot.model import Voice

# In words: "Shadow Secretary of State for the Environment" has seven; a sentence before a colon soon has more.
MAX_NAME_WORDS = 12
MAX_UNCERTAIN_WORDS = 6

TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_CLOCK = re.compile(
    rf"\s*(?:at\s+)?(?:{TIME}|\d{{1,2}}[.:]\d{{2}}\s*(?:am|pm|hrs)?)(?:\s*[-–—]+>?\s*{TIME})?\s*", re.IGNORECASE
)
# "(Ferry East—Minister for Trams)", as Australia prints it.
_SEAT_AND_POST = re.compile(r"(?P<seat>[^—–]+?)\s?[—–]\s?(?P<post>[^—–]+)")
# "(laughing)" and "(interrupting Mr Low)", not "(acting Chair)"; ages and dates.
_MANNER = re.compile(r"(?!acting\b)[a-z]+ing\b.*|\d[\d\s/.-]*(?:[A-Z][a-z]+ \d{4})?")
# "Good morning. Ann Low: ...": titles such as "Cllr." and initials are shorter or known.
_SENTENCE_BREAK = re.compile(r"(?<![^\W\d_])(?P<word>[^\W\d_]{4,})\. |\.\.")
_LETTERED_WORD = re.compile(r"[^\W\d_]")
_INITIALS = re.compile(r"(?:[A-Z]\.?){2,4}")


@cache
def _list_label_languages() -> Sequence[Language]:
    """List the languages that say how speakers are labelled: a file's own language is not known yet."""
    languages = (load_language(name) for name in list_languages())
    return [language for language in languages if language.table("speaker_labels")]


@cache
def load_words(*keys: str, table: str = "speaker_labels") -> frozenset[str]:
    """Load the words listed under `keys` in all languages that label speakers, as one set."""
    return frozenset().union(*(language.words(table, key) for language in _list_label_languages() for key in keys))


@cache
def load_pattern(key: str) -> re.Pattern[str]:
    """Load the patterns under `key`, of all languages that label speakers, as one that matches where any does."""
    patterns = chain.from_iterable(lang.table("speaker_labels").get(key, ()) for lang in _list_label_languages())
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", re.IGNORECASE)


@cache
def load_common_words() -> frozenset[str]:
    """Load the common words of sentences, except those that are small words within names."""
    return load_words("words", table="stop_words") - load_words("particles")


def names_nobody(printed: str) -> bool:
    """Return whether `printed` is what stands where no name is known, one of a record's own words, or several people.

    >>> [names_nobody(words) for words in ("A man in the hall", "Speaker 2", "Perhaps Ann Low", "Mr Speaker")]
    [True, True, True, False]
    """
    words = printed.casefold().split()
    if not words:
        return False
    if len(words) > 1 and words[-1] in load_words("counts"):
        words[-1] = "1"
    is_unnamed = load_pattern("unnamed").fullmatch(" ".join(words)) is not None
    is_nobody = is_unnamed or printed.casefold() in load_words("record")
    is_blacked_out = not any(character.isalnum() for character in words[-1])
    return is_nobody or is_blacked_out or words[0] in load_words("doubts") or names_several(printed)


def split_name(printed: str, tail: str, brackets: list[str]) -> tuple[Voice, bool]:
    """Split a printed label into whom it names and whether it says more; times and ways of speaking are dropped.

    >>> voice, _ = split_name("The Minister for Trams", "", ["Ann Low"])
    >>> voice.name, voice.role
    ('Ann Low', 'Minister for Trams')
    """
    words = printed.split()
    while len(words) > 1 and words[-1].casefold() in load_words("verbs"):
        words.pop()
    if len(words) > 1 and words[0].casefold() in load_words("senders"):
        words.pop(0)
    name, rest, *_ = [*re.split(r",\s+|\s[-–—]\s", " ".join(words), maxsplit=1), ""]
    name = _strip_addressee(name)
    details = [item.strip() for item in (rest, tail.strip(" ,–—-"), *brackets)]
    details = [item for item in details if item and not _says_nothing_of_voice(item, name)]
    if details and is_office(name) and _is_person(details[0]):
        role = re.sub(r"^the ", "", name, flags=re.IGNORECASE)
        return _add_details(Voice(details[0], role), details[1:]), True
    rest = rest or tail.strip(" ,–—-")
    if len(name.split()) == len(rest.split()) == 1 and (details == [rest] or _is_forename(name, rest)):
        # "Low, Ann" is one name, "Low, MP" is none of it.
        return _add_details(Voice(_strip_honours(f"{name}, {rest}")), details[1:]), True
    return _add_details(Voice(_strip_honours(name)), details), bool(details or brackets)


def _says_nothing_of_voice(detail: str, name: str) -> bool:
    """Return whether what stands behind a name says nothing of the voice: a time, a way of speaking, initials.

    >>> [_says_nothing_of_voice(detail, "Dr Ann Low") for detail in ("0:12", "by telephone", "AL", "Lab")]
    [True, True, True, False]
    """
    patterns = (_CLOCK, _MANNER, load_pattern("manners"))
    is_in_name = detail in name.split()
    return is_in_name or any(pattern.fullmatch(detail) for pattern in patterns) or _are_initials(detail, name)


def _are_initials(detail: str, name: str) -> bool:
    """Whether `detail` is the initials that `name` ends with, and neither a party nor an honour."""
    letters = detail.replace(".", "").casefold()
    is_other = detail.casefold() in load_words("honours") or _is_party(detail)
    initials = "".join(word[0].casefold() for word in re.split(r"[\s-]+", name) if word)
    return not is_other and _INITIALS.fullmatch(detail) is not None and initials.endswith(letters)


def _strip_addressee(name: str) -> str:
    """Return the one who speaks, of "Mr Low to Ms Dell"; an office such as "Clerk to the Council" is whole."""
    words = name.split()
    index = next((index for index, word in enumerate(words) if word in load_words("addressees")), 0)
    is_person = index > 1 and (opens_as_person(name) or not words[index].isalpha())
    return " ".join(words[:index]) if is_person else name


def opens_as_person(name: str) -> bool:
    """Return whether the first word of `name` is a title or a given name."""
    word = name.casefold().partition(" ")[0]
    given_names = load_words("female", "male", "unisex", table="names")
    return word in load_words("leading", table="titles") or word in given_names


def names_several(printed: str) -> bool:
    """Return whether a label names more than one person: whose words follow, nobody can tell.

    >>> [names_several(words) for words in ("Ann Low, Ida Cole", "Low and Dell", "Ann Low/Cy Dell")]
    [True, True, True]
    >>> one_voice = ("Minister for Work and Trams", "Ann Low, Tram Users", "Low, Ann", "Lord Saye and Sele")
    >>> [names_several(words) for words in one_voice]
    [False, False, False, False]
    """
    before, _, rest = printed.partition(", ")
    second = load_pattern("joints").split(rest.partition(",")[0])[0].strip()
    if not all(is_name(piece) for piece in load_pattern("joints").split(before) if piece):
        return False
    if second and opens_as_person(second) and _is_person(second) and not is_office(before):
        bodies = load_words("words", "place_heads", "heads", table="organisations")
        return not (bodies | load_words("prepositions")).intersection(second.casefold().split())
    pieces = [piece.split() for piece in load_pattern("joints").split(before)]
    if len(pieces) < 2 or not all(pieces) or _is_seat_of_peer(pieces):
        return False
    if opens_as_person(pieces[-1][0]):
        return True
    has_office = is_office(" ".join(pieces[0])) or any(word.islower() for piece in pieces for word in piece)
    # "Health and Safety Executive" is a body, "Low and Dell" are two, "Ann Low and Dell" too.
    return not has_office and (len(pieces[0]) >= len(pieces[-1]) or opens_as_person(pieces[0][0]))


def _is_seat_of_peer(pieces: list[list[str]]) -> bool:
    """Return whether an "and" stands within one title: "The Earl of Mar and Kellie", "Lord Saye and Sele"."""
    first_words = [word.casefold() for word in pieces[0]]
    is_of_place = any(word.islower() for word in pieces[0])
    is_noble = bool(load_words("noble", table="titles").intersection(first_words))
    return len(pieces[-1]) == 1 and len(pieces[0]) > 1 and (is_of_place or is_noble)


def _is_forename(surname: str, rest: str) -> bool:
    """Return whether `rest`, behind the comma, can be a forename: no office, party or letters."""
    return not (is_office(surname) or _is_post(rest) or _is_party(rest)) and rest[:1].isupper()


def _add_details(voice: Voice, details: list[str]) -> Voice:
    """Return `voice` with what `details` say of it: an office and a body, or a seat and a party."""
    seat_and_post = _SEAT_AND_POST.fullmatch(details[0]) if len(details) == 1 else None
    if seat_and_post and _is_party(seat_and_post["seat"]) and not _is_post(seat_and_post["post"]):
        return replace(voice, seat=seat_and_post["post"], party=seat_and_post["seat"].rstrip("."))
    if seat_and_post:
        return replace(voice, role=voice.role or seat_and_post["post"], seat=seat_and_post["seat"])
    pieces = [piece for item in details for piece in item.rsplit(",", 1)]
    letters = load_words("letters")
    pieces = [piece.strip() for piece in pieces if piece.strip() and piece.strip(" .").casefold() not in letters]
    parties = [piece for piece in pieces if _is_party(piece)]
    others = [piece for piece in pieces if piece not in parties]
    if parties or len(details) > 1:
        # Two brackets without a known party are a seat and a party too: "(Harwick East) (Bread)".
        party = parties[-1] if parties else others.pop()
        seats = [piece for piece in others if not _is_post(piece)]
        roles = [piece for piece in others if _is_post(piece)]
        return replace(voice, role=voice.role or next(iter(roles), None), seat=next(iter(seats), None), party=party)
    role, organisation, *_ = [*others, None, None]
    return replace(voice, role=voice.role or role, organisation=organisation)


def _is_party(text: str) -> bool:
    """Return whether every word of `text` is one of a party's, as in "Lab/Co-op"; True without any word."""
    return set(text.casefold().replace("/", " ").replace(".", "").split()) <= load_words("parties")


def _strip_honours(name: str) -> str:
    """Return `name` without "The Rt Hon" before it and "MP OBE" behind it."""
    words = name.split()
    opening = {word.casefold().strip(".") for word in words[:3]}
    is_styled = len(words) > 2 and bool(opening & load_words("honorifics"))
    while is_styled and len(words) > 2 and words[0].casefold().strip(".") in load_words("styles"):
        words.pop(0)
    while len(words) > 1 and words[-1].isupper() and words[-1].casefold().strip(".") in load_words("honours"):
        words.pop()
    return " ".join(words).rstrip(",")


def is_office(name: str) -> bool:
    """Return whether `name` is an office, such as "Chair", or opens with an article as one does."""
    words = [word.casefold().strip(".,") for word in name.split()]
    return bool(load_words("offices").intersection(words)) or (
        len(words) > 1 and words[0] in load_words("definite_articles")
    )


def _is_post(role: str) -> bool:
    """Return whether `role` is an office or letters such as MP, not the seat that stands beside a party."""
    return is_office(role) or role.casefold() in load_words("honours")


def _is_person(text: str) -> bool:
    """Return whether `text` may be a person's name: two to five words with capitals, and no office."""
    words = text.split()
    return 1 < len(words) <= 5 and not is_office(text) and is_name(text) and "," not in text


def is_name(text: str) -> bool:
    """Return whether `text` has the shape of a name: capitals, but for small words, and no sentence's words."""
    words = text.split()
    if not words or len(words) > MAX_NAME_WORDS or not _LETTERED_WORD.match(words[0]):
        return False
    if words[0][0].islower():
        return False
    if len(words) > MAX_UNCERTAIN_WORDS and load_common_words().intersection(word.casefold() for word in words):
        return False
    breaks = _SENTENCE_BREAK.finditer(text)
    if not all((match["word"] or "").casefold().startswith(tuple(load_words("dotted_titles"))) for match in breaks):
        return False
    lowered = [word.casefold() for word in words]
    is_every_word_small = load_words("particles").issuperset(lowered)
    return not is_every_word_small and all(
        word in load_words("particles") or not printed.islower() or word.strip(".") in load_words("styles")
        for word, printed in zip(lowered[1:], words[1:], strict=True)
    )
