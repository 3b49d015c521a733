"""The tables by which questions in a language are parsed, loaded once.

They are `questions`, `numbers`, `calendar`, `names` and `titles` of `bot/languages`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from itertools import chain
from typing import Any

from bot.answers.question_language import CORPUS, COURTESY, Phrase, QuestionLanguage, to_phrase
from bot.languages import has_messages, list_languages, load_language
from bot.languages.base import Language

# One word in three of a question in another language is one of its stop words: four of the five of
# tests/relevance/visits.jsonl have more.
_MAX_WORDS_PER_STOP_WORD = 3
_CAPITALISED = r"[A-ZÀ-Þ][\w’'-]*"


@cache
def load_question_language(name: str) -> QuestionLanguage:
    """Return the asking words of the language `name`; empty where it has no table.

    >>> "said" in load_question_language("english").filler, load_question_language("tamil").filler
    (True, frozenset())
    """
    language = load_language(name)
    table = language.table("questions")
    months = language.table("calendar").get("months", "").split()
    answer_types = _parse_phrase_lists(table.get("answer_types", {}))
    return QuestionLanguage(
        **_load_lists(language),
        **_load_patterns(language),
        **_load_doors(language),
        **_load_names(language),
        answer_type_phrases=answer_types,
        # "Who is" and its like; longer phrases say more.
        who_is=frozenset(phrase for phrase in answer_types.get("identity", ()) if len(phrase) <= 2),
        month_numbers={month.casefold(): n for n, month in enumerate(months, start=1)},
        side_phrases=_parse_phrase_lists(table.get("sides", {})),
        side_questions=dict(table.get("side_questions", {})),
    )


def _fold_lists(language: Language, table: str, *keys: str) -> frozenset[str]:
    """Return the words of the lists `keys` of `table`, folded."""
    words = (word for key in keys for word in language.words(table, key))
    return frozenset(chain.from_iterable(map(to_phrase, words)))


def _load_lists(language: Language) -> dict[str, Any]:
    """Return, by name, the fields of `QuestionLanguage` that declare their own lists."""
    table = language.table("questions")
    lists: dict[str, Any] = {}
    for each in fields(QuestionLanguage):
        if "words" in each.metadata:
            lists[each.name] = _fold_lists(language, *each.metadata["words"])
        elif "phrases" in each.metadata:
            lists[each.name] = _parse_phrases(table.get(each.metadata["phrases"], []))
    return lists


def _load_patterns(language: Language) -> dict[str, Any]:
    """Return, by name, the fields of `QuestionLanguage` that are patterns."""
    table = language.table("questions")
    exclusions = "|".join(table.get("exclusions", [])) or "(?!)"
    # Small words may link the capitalised ones of a name.
    links, alternatives = (_match_any(language, "questions", key) for key in ("name_links", "alternatives"))
    verbs, openings = (_match_any(language, "questions", key) for key in ("reports", "report_openings"))
    return {
        "relative_to_vote": _compile_relative_to_vote(language),
        "amount_before": re.compile(rf"(?:\d|\b(?:{_match_any(language, 'numbers', 'amounts')}))\s+$", re.IGNORECASE),
        "by_speaker_patterns": tuple(re.compile(p, re.IGNORECASE) for p in table.get("by", [])),
        "capitalised_run": re.compile(rf"{_CAPITALISED}(?:\s+(?:(?:{links})\s+)?{_CAPITALISED})*"),
        "caveat": re.compile(rf"(?:[^\S\r\n]|[\"“”‘’'])*(?:{_match_any(language, 'questions', 'caveats')})\b"),
        # A word such as "or", or a stroke between letters.
        "alternatives": re.compile(rf"[,;]?\s*\b(?:{alternatives})\b|(?<=[^\W\d])\s*/\s*(?=[^\W\d])", re.IGNORECASE),
        "answer_shapes": _list_answer_shapes(language),
        "exclusions": re.compile(rf"(?:\bNOT|\b(?i:(?:{exclusions})))\s+(?P<what>[^?!.,;]+?)\s*[?!.]*$"),
        "dated": _compile_dates(language),
        "reports": re.compile(rf"\b(?:{verbs})\s+(?:{openings})\b"),
        "no_amounts": _compile_no_amounts(language),
        "verdicts": re.compile(_join_alternatives(table.get("verdicts", []))),
        "expletives": re.compile(_join_alternatives(table.get("expletives", [])), re.IGNORECASE),
    }


def _load_doors(language: Language) -> dict[str, Any]:
    """Return the fields by which a question is told that asks nothing of the debate, or for no quote."""
    table = language.table("questions")
    tasks, chatter, door = table.get("tasks", {}), table.get("chatter", {}), table.get("door", {})
    greetings, thanks = _load_courtesies(language.name)
    courteous = thanks.union(to_phrase(chatter.get("courteous", "")))
    return {
        "doors": _list_doors(door, greetings),
        "polite": greetings.union(to_phrase(door.get("polite", ""))),
        "courteous": courteous,
        "chatter": courteous.union(to_phrase(" ".join(chatter.values()))),
        "greetings": greetings | _fold_lists(language, "questions", "calls"),
        "task_phrases": _parse_phrases(tasks.get("phrases", [])),
        "task_verbs": frozenset(to_phrase(tasks.get("verbs", ""))),
    }


def _load_names(language: Language) -> dict[str, Any]:
    """Return the fields about names: particles, parties, and the sex that a word or name tells."""
    sexes_of_first_names = _map_words(language, "names", male="masculine", female="feminine")
    return {
        "name_links": _fold_lists(language, "questions", "name_links", "articles")
        | _fold_lists(language, "names", "particles"),
        "party_names": tuple(
            frozenset(map(to_phrase, group.split(","))) for group in language.table("questions").get("parties", [])
        ),
        "sex_of_pronoun": _map_words(language, "questions", masculine="masculine", feminine="feminine"),
        "sex_of_name": sexes_of_first_names | _map_words(language, "titles", male="masculine", female="feminine"),
    }


def _map_words(language: Language, table: str, **meanings: str) -> dict[str, str]:
    """Map each word of the lists of `table`, folded, to the meaning of its list."""
    return {word: meaning for key, meaning in meanings.items() for word in _fold_lists(language, table, key)}


@cache
def load_stop_words() -> dict[str, frozenset[str]]:
    """Return the folded stop words of every language that has a table, by its name."""
    words_by_language = {name: _fold_lists(load_language(name), "stop_words", "words") for name in list_languages()}
    return {name: words for name, words in words_by_language.items() if words}


@cache
def _load_languages_of_stop_words() -> dict[str, list[str]]:
    """Return for each folded stop word, courtesy and word of saying the names of the languages that have it."""
    languages: dict[str, list[str]] = {}
    for name, words in load_stop_words().items():
        for word in words.union(*_load_courtesies(name), _fold_lists(load_language(name), "stop_words", "speech")):
            languages.setdefault(word, []).append(name)
    return languages


@cache
def _load_courtesies(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the folded words that greet in the language `name`, and those that thank.

    >>> [sorted(words)[:1] for words in _load_courtesies("french")], _load_courtesies("tamil")
    ([['bonjour'], ['merci']], (frozenset(), frozenset()))
    """
    language = load_language(name)
    return _fold_lists(language, "stop_words", "greetings"), _fold_lists(language, "stop_words", "thanks")


def find_courtesy(language: str, words: Phrase) -> str | None:
    """Return COURTESY for words of a `language` that only thank, CORPUS for "bonjour à tous", None for others."""
    greetings, thanks = _load_courtesies(language)
    if not (greetings | thanks | load_stop_words().get(language, frozenset())).issuperset(words):
        return None
    return COURTESY if thanks.intersection(words) else CORPUS if greetings.intersection(words) else None


def guess_language(words: Iterable[str], own: str, own_count: int, token_count: int) -> str | None:
    """Return the language, other than the corpus's `own`, of which most `words` of a question are stop words.

    None where it has no more of them than the `own_count` words known here, or too few for `token_count` words.
    """
    languages = _load_languages_of_stop_words()
    counts = Counter(name for word in words for name in languages.get(word, ()) if len(word) > 1)
    counts.pop(own, None)
    # Of two equally likely ones, the one that the bot speaks, unless there is only one word to go by.
    spoken_languages = _list_spoken_languages() if max(counts.values(), default=0) > 1 else ()
    best = max(sorted(counts), key=lambda name: (counts[name], name in spoken_languages), default=None)
    is_dense = not own_count or counts[best or ""] * _MAX_WORDS_PER_STOP_WORD >= token_count
    return best if best and counts[best] > own_count and is_dense else None


@cache
def _list_spoken_languages() -> frozenset[str]:
    """Return the names of the languages that the bot has messages in."""
    return frozenset(filter(has_messages, list_languages()))


def _list_doors(table: Mapping[str, Any], greetings: Iterable[str]) -> dict[str, str]:
    """Return the pattern of the questions at each door, with `{it}` and `{hello}` filled in."""
    hello = "|".join(sorted(greetings))
    return {
        door: _join_alternatives(p.replace("{it}", table["it"]).replace("{hello}", hello) for p in patterns)
        for door, patterns in table.items()
        if isinstance(patterns, list)
    }


def _join_alternatives(patterns: Iterable[str]) -> str:
    """Return a pattern that matches what any of `patterns` does; nothing if there are none."""
    return "|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)"


def _compile_dates(language: Language) -> re.Pattern[str]:
    """Return a pattern of a year that is asked for, perhaps with its month and the words before it."""
    months = _match_any(language, "calendar", "months")
    words = "|".join(sorted(language.words("questions", "dates") | language.words("questions", "since")))
    year = r"(?:19|20)\d\d"
    return re.compile(
        rf"(?:\b(?P<word>{words or '(?!)'})\s+)?(?:\b(?P<month>{months})\s+)?"
        rf"(?<![£$€\d.,])\b(?P<year>{year})\b(?![.,]?\d)"
        rf"(?:\s*(?:to|-|–|and|until)\s*(?P<end>{year})\b)?",
        re.IGNORECASE,
    )


def _compile_relative_to_vote(language: Language) -> re.Pattern[str]:
    """Return a pattern of a time before or after the vote."""
    before, after = _match_any(language, "questions", "until"), _match_any(language, "questions", "since")
    articles, votes = _match_any(language, "questions", "articles"), _match_any(language, "questions", "votes")
    return re.compile(rf"\b(?:(?P<before>{before})|(?:{after}))\s+(?:{articles})\s+(?:{votes})\b", re.IGNORECASE)


def _list_answer_shapes(language: Language) -> dict[str, str]:
    """Return the pattern of each kind of thing that can be asked for."""
    number = rf"\d|\b(?:{_match_any(language, 'numbers', 'amounts')})\b"
    unit = _match_any(language, "calendar", "units")
    determiner = _match_any(language, "calendar", "unit_determiners")
    repeating = _match_any(language, "calendar", "repeating")
    currency = _match_any(language, "numbers", "currencies")
    return {
        "number": rf"(?i){number}",
        "share": _write_share(language),
        "duration": rf"(?i)(?:{number})[\w\s,.-]*?(?<!\w)(?!(?:{determiner})\b)(?:[\w,.]+[\s-]+)??(?:{unit})\b",
        "frequency": (
            rf"(?i)\b(?:{_match_any(language, 'calendar', 'frequencies')}|(?:{repeating})\s+(?:[\w-]+\s+)?(?:{unit})"
            rf"|(?:a|per) (?:{unit}|cent))\b|%"
        ),
        "money": rf"(?i)[£$€]|\b(?:{currency})\b",
        **_list_date_shapes(language),
    }


def _list_date_shapes(language: Language) -> dict[str, str]:
    """Return the shapes of a time: of any, and of a day, month, year or hour."""
    months, weekdays, clock, relative_dates, relative = (
        _match_any(language, "calendar", key) for key in ("months", "weekdays", "clock", "relative_dates", "relative")
    )
    spans = "|".join(_match_any(language, "calendar", key) for key in ("units", "seasons"))
    # Years are of the 19th to the 21st century: any other four digits count something.
    year = r"(?:1[89]|20)\d\d"
    return {
        "date": rf"\b(?:{year}|{months}|{weekdays}|{relative_dates}|(?:{relative})\s+(?:{spans}))\b",
        "day": rf"\b(?:{weekdays}|\d{{1,2}}(?:[a-z]{{2}})?\s+(?:{months})|(?:{months})\s+\d{{1,2}})\b",
        "month": rf"\b(?:{months})\b",
        "year": rf"\b{year}\b",
        "clock": rf"(?i)\b\d{{1,2}}[.:][0-5]\d(?!\d)(?!\s*(?:%|per))|(?<![^\W\d])(?:{clock})\b|o[’']clock",
    }


def _write_share(language: Language) -> str:
    """Return a pattern of a part of a whole: "30%", "a third", "two in ten"."""
    number = rf"(?:\d+|{_match_any(language, 'numbers', 'amounts')})"
    phrases = _match_phrases(language, "share_phrases")
    words = _match_any(language, "numbers", "shares")
    return rf"(?i)%|\b(?:{words}|{phrases}|{number} in {number})\b"


def _compile_no_amounts(language: Language) -> re.Pattern[str]:
    """Return a pattern of numbers that count nothing: a day of a month, and phrases such as "one day"."""
    months = _match_any(language, "calendar", "months")
    phrases = _match_phrases(language, "no_amounts")
    return re.compile(rf"\b(?:\d{{1,2}}(?:[a-z]{{2}})?\s+(?:{months})|(?:{months})\s+\d{{1,2}}|(?i:{phrases}))\b")


def _match_phrases(language: Language, key: str) -> str:
    """Return a pattern's alternatives for the phrases under `key` of the table of numbers."""
    return "|".join(map(re.escape, language.table("numbers").get(key, []))) or r"(?!)"


def _match_any(language: Language, table: str, key: str) -> str:
    """Return a pattern's alternatives for these words; if there are none it matches nothing."""
    return "|".join(map(re.escape, sorted(language.words(table, key)))) or r"(?!)"


def _parse_phrases(texts: list[str]) -> tuple[Phrase, ...]:
    """Return each of `texts` as a phrase, in order."""
    return tuple(to_phrase(text) for text in texts)


def _parse_phrase_lists(lists: dict[str, list[str]]) -> dict[str, tuple[Phrase, ...]]:
    """Return the phrases of each list, folded."""
    return {name: _parse_phrases(texts) for name, texts in lists.items()}
