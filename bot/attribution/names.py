"""Names in a sentence: runs of capitalised words, titles set apart, sex where it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.attribution.lexicon import Lexicon, Tag
from bot.attribution.tokens import Token
from bot.model import Span

# “NATO” and “JK ROWLING” are names; three words in capitals are a headline.
_MIN_HEADLINE_WORDS = 3
# The longest name of a person with all of its parts; 4 and 6 change nothing on the benchmark.
_MAX_NAME_WORDS = 5

# “van der Berg”, “von und zu Stein”.
_MAX_PARTICLES = 3


class Name(NamedTuple):
    """A run of capitalised words: tokens [first, last] of a sentence, titles included, and where the name stands.

    `span` and `words` leave titles, and letters behind the name, out; `words` and `titles` are in lower case.
    `title_span` covers the titles before it and is empty where there are none.
    """

    first: int
    last: int
    title_span: Span
    span: Span
    words: tuple[str, ...]
    titles: tuple[str, ...]


def find_names(tokens: Sequence[Token], text: str, lexicon: Lexicon) -> list[Name]:
    """Return the capitalised names in a sentence, in order, titles set apart from names.

    Three or more words all in capitals are a headline and name nobody.
    """
    names: list[Name] = []
    end = 0
    for index, token in enumerate(tokens):
        if token.tag is not Tag.NAME or index < end:
            continue
        last = _find_name_end(tokens, index, lexicon)
        if last - index + 1 < _MIN_HEADLINE_WORDS or not text[token.start : tokens[last].end].isupper():
            names.append(_build_name(tokens, index, last, lexicon))
        end = last + 1
    return names


def _find_name_end(tokens: Sequence[Token], first: int, lexicon: Lexicon) -> int:
    """Return the last token of the name that begins at `first`, "of" and "van der" taken in."""
    last = first
    while last + 1 < len(tokens):
        if tokens[last + 1].tag is Tag.NAME and not lexicon.is_generation(tokens[last].lower):
            last += 1
            continue
        next_part = _find_next_part(tokens, first, last, lexicon)
        if next_part is None:
            break
        last = next_part
    return last


def _find_next_part(tokens: Sequence[Token], first: int, last: int, lexicon: Lexicon) -> int | None:
    """Return the token where a name goes on over the small words behind token `last`; None where it ends."""
    index = last + 1
    if _opens_possessive_name(tokens, first, last, lexicon):
        return last + 2
    while index < len(tokens) and index - last <= _MAX_PARTICLES and tokens[index].lower in lexicon.names.particles:
        index += 1
    if index == last + 1 and _is_connected(tokens, first, last, lexicon):
        index += 1 + (index + 1 < len(tokens) and tokens[index + 1].tag is Tag.DETERMINER)
    is_part = last + 1 < index < len(tokens) and tokens[index].tag is Tag.NAME
    return index if is_part else None


def _opens_possessive_name(tokens: Sequence[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    """Return whether `first` to `last` and the possessive behind them open a body's or an office's name.

    So does “People’s” in “the People’s Daily”.
    """
    end = last + 2
    if tokens[last + 1].tag is not Tag.POSSESSIVE or not first or tokens[first - 1].tag is not Tag.DETERMINER:
        return False
    has_person = any(lexicon.is_given_name(token.lower) for token in tokens[first : last + 1])
    is_owned = first == last or not has_person  # “the National Farmers’ Union”
    if not is_owned or end >= len(tokens) or tokens[end].tag is not Tag.NAME:
        return False
    word = tokens[_find_run_end(tokens, end)].lower
    return word in lexicon.organisations.words or word in lexicon.titles.final


def _find_run_end(tokens: Sequence[Token], index: int) -> int:
    """Return the last token of the run of capitalised words that goes on at `index`."""
    while index + 1 < len(tokens) and tokens[index + 1].tag is Tag.NAME:
        index += 1
    return index


def _is_connected(tokens: Sequence[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether the small word behind token `last` is a part of a body's name."""
    connector, organisations = tokens[last + 1].lower, lexicon.organisations
    if any(lexicon.is_given_name(token.lower) for token in tokens[first + 1 : last]):
        return False  # “House Speaker Paul Low of Marlow”
    if connector in lexicon.markers.organisation_joints:
        ends = (tokens[first].lower, tokens[last].lower)
        if connector in lexicon.markers.reason:
            return not organisations.with_for.isdisjoint(ends)
        return not (organisations.with_of.isdisjoint(ends) and lexicon.nouns.territorial.isdisjoint(ends))
    return connector in lexicon.markers.organisation_lists and _is_listed_part(tokens, first, last, lexicon)


def _is_listed_part(tokens: Sequence[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether "and" goes on with a body's name: “Centre for Towns and Villages”, “Ways and Means Committee”."""
    if last + 2 >= len(tokens) or tokens[last + 2].tag is not Tag.NAME:
        return False
    following = tokens[last + 2].lower
    if lexicon.is_given_name(following) or lexicon.is_office(following):
        return False
    if any(token.lower in lexicon.markers.organisation_joints for token in tokens[first:last]):
        return True
    end = _find_run_end(tokens, last + 2)
    is_headed = end > last + 2 and tokens[end].lower in lexicon.organisations.with_and
    return is_headed and first > 0 and tokens[first - 1].tag is Tag.DETERMINER


def _build_name(tokens: Sequence[Token], first: int, last: int, lexicon: Lexicon) -> Name:
    """Return the name in tokens [first, last], titles before and letters behind it set apart."""
    start, end, titles = first, last, lexicon.titles
    while end > first and tokens[end].lower in titles.postnominal:
        end -= 1
    for index in range(first, end):
        word = tokens[index].lower
        is_given = index == first == end - 1 and word in lexicon.names.male and word not in titles.noble
        is_leading_title = index == start and word in titles.leading and not is_given  # “Dean Low”
        if is_leading_title or word in titles.personal or word in titles.final:
            start = index + 1
    if start > first and titles.courtesy.isdisjoint([token.lower for token in tokens[first:start]]):
        name_words = [token.lower for token in tokens[start : end + 1]]
        if _is_title(name_words, lexicon) or _is_body_behind_title(name_words, lexicon):
            start, end = first, last
    if start == first:
        start = _find_given_name_behind_office(tokens, first, end, lexicon)
    words = tuple([token.lower for token in tokens[start : end + 1]])
    if _opens_with_occupation(words, lexicon):
        start, words = start + 1, words[1:]
    title = Span(tokens[first].start, tokens[start - 1].end) if start > first else Span(0, 0)
    title_words = tuple([token.lower for token in tokens[first:start]])
    return Name(first, last, title, Span(tokens[start].start, tokens[end].end), words, title_words)


def _opens_with_occupation(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether an occupation stands before a full name, capitalised as it opens the sentence: “Baker Ann Low”."""
    names, occupation = words[1:], words[0]
    kin, hyphen, _ = occupation.partition("-")
    if hyphen and kin in lexicon.nouns.kin:
        return True  # “Mum-of-two Ann Low”
    is_described = occupation in lexicon.nouns.epithets
    if len(names) > 0 and (is_described or occupation in lexicon.nouns.kin) and lexicon.is_given_name(names[0]):
        return True  # “Sisters Ann and Bea Low”, “Devastated Ann”
    is_described = is_described or occupation in lexicon.nouns.offices
    if len(names) < 2 or lexicon.is_given_name(occupation) or names[0] in lexicon.markers.title_joints:
        return False  # “Bishop of Orme”
    if not is_described and lexicon.is_given_name(names[0]):
        is_described = bool(hyphen) and not lexicon.is_given_name(kin)  # “Hull-born Ann Low”
        # “Angered Ann Low”, “Londoner Ann Low”
        is_described = is_described or occupation.endswith((*lexicon.endings["past"], *lexicon.endings["agent"]))
    if not is_described:
        return False
    is_body = not lexicon.organisations.words.isdisjoint(names)
    return not is_body and (lexicon.is_given_name(names[0]) or has_only_person_words(names, lexicon))


def _find_given_name_behind_office(tokens: Sequence[Token], first: int, last: int, lexicon: Lexicon) -> int:
    """Return where the holder's name begins in “Mayor of Marlow Ann Bell”; `first` where there is no holder."""
    # “Deputy Director of Public Prosecution Ann Bell”: what the office is for may be a name of its own.
    opening = first - 2 if first > 1 and tokens[first - 1].lower in lexicon.markers.title_joints else first
    if _runs_on(tokens, first, last):
        given_name = next((i for i in range(first + 1, last) if lexicon.is_given_name(tokens[i].lower)), None)
        return _find_name_behind_body(tokens, first, last, lexicon) if given_name is None else given_name
    opens_office = lexicon.is_office(tokens[opening].lower) or tokens[opening].lower in lexicon.titles.leading
    joint = next((i for i in range(opening, last) if tokens[i].lower in lexicon.markers.title_joints), None)
    if joint is None or not opens_office:
        return first
    return next((i for i in range(joint + 2, last) if lexicon.is_given_name(tokens[i].lower)), first)


def _find_name_behind_body(tokens: Sequence[Token], first: int, last: int, lexicon: Lexicon) -> int:
    """Return where the surname begins in “Speaking to the Daily Mail Low said”; `first` where there is none."""
    words = lexicon.organisations.words
    bodies = [index for index in range(first, last) if tokens[index].lower in words]
    is_behind = bool(bodies) and bodies[-1] == last - 1 and tokens[0].lower in lexicon.nouns.openers
    return last if is_behind and tokens[last].lower not in words else first


def _runs_on(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a place or programme may run into a speaker's name: “Talking on Radio Wigton Ann Bell said”."""
    before = first - 1
    if before > 0 and tokens[before].tag is Tag.DETERMINER:
        before -= 1
    if before < 0 or last + 1 >= len(tokens) or tokens[last + 1].tag is not Tag.REPORTING_VERB:
        return False
    return tokens[before].tag in (Tag.PREPOSITION, Tag.TIME)


def _is_title(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether nothing but an office is left: “Prime Minister”, “Labour MP”."""
    titles = lexicon.titles
    return all(word in titles.leading or word in titles.final or word in titles.postnominal for word in words)


def _is_body_behind_title(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether the title was a body's first word: “Chief Rail Union”; “Bill” is a given name."""
    own_words = words[1:] if lexicon.is_given_name(words[0]) else words
    return words[0] in lexicon.markers.title_joints or not lexicon.organisations.words.isdisjoint(own_words)


def is_office(name: Name, lexicon: Lexicon) -> bool:
    """Return whether a name is an office's rather than its holder's: “Prime Minister”."""
    if name.titles or lexicon.is_given_name(name.words[0]):
        return False
    is_territorial = name.words[0] in lexicon.nouns.territorial and len(name.words) > 1
    joint = next((index for index, word in enumerate(name.words) if word in lexicon.markers.title_joints), None)
    # “Labour MP for Orme Central” is what stands before "for".
    words = name.words[:joint] or name.words
    return is_territorial or lexicon.is_office(words[-1]) or _is_title(words, lexicon)


def infer_sex(titles: Sequence[str], words: Sequence[str], lexicon: Lexicon) -> str | None:
    """Return "m" or "f" by the titles or the given name that `words` open with; None where neither shows it."""
    for title in titles:
        if title in lexicon.titles.male:
            return "m"
        if title in lexicon.titles.female:
            return "f"
    given_name, names = words[0], lexicon.names
    if given_name in names.unisex:
        return None
    return "m" if given_name in names.male else "f" if given_name in names.female else None


def has_only_person_words(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Return whether none of the words belongs to an organisation, a place or a people."""
    others = (lexicon.organisations.words, lexicon.names.places, lexicon.names.nobody)
    return all(each.isdisjoint(words) for each in others)


def looks_like_full_name(name: Name, lexicon: Lexicon) -> bool:
    """Return whether a name may be a person's full one: two to five words that people's names have.

    After a title or a known given name any words will do but those that head a body's name.
    """
    if not 2 <= len(name.words) <= _MAX_NAME_WORDS:
        return False
    has_title = not lexicon.titles.personal.isdisjoint(name.titles)
    if has_title or lexicon.is_given_name(name.words[0]):
        return lexicon.organisations.heads.isdisjoint(name.words[1:])
    return has_only_person_words(name.words, lexicon)


def is_person(name: Name, lexicon: Lexicon) -> bool:
    """Return whether its title or given name shows that a name is a person's."""
    if not lexicon.titles.personal.isdisjoint(name.titles):
        return True
    return lexicon.is_given_name(name.words[0]) and has_only_person_words(name.words[1:], lexicon)


def is_place(name: Name, lexicon: Lexicon) -> bool:
    """Return whether a name is one word, and that of a place or a people."""
    [first, *others] = name.words
    return not others and (first in lexicon.names.places or first in lexicon.names.nobody)


def names_office(token: Token, lexicon: Lexicon) -> bool:
    """Return whether a word names an office or occupation, by the lists or by its ending."""
    word = token.lower
    if word in lexicon.titles.courtesy or word in lexicon.titles.plural:
        return False
    return lexicon.is_office(word) or word.endswith(lexicon.endings["office"])
