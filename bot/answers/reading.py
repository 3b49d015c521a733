"""Questions read against one corpus: its voices, its synonyms, its words."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.answers.language import Phrase, Phrases, holds, language, phrase
from bot.answers.question import Question
from bot.answers.vocabulary import Token, Vocabulary
from bot.model import Side
from bot.terms import Spelling
from bot.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.answers.question import Concept, Form
    from bot.model import Corpus, Listed
    from bot.terms import Analyser

_CAPITALS = re.compile(r"[A-Z][\w’'-]*(?:\s+(?:(?:of|for|the|and)\s+)?[A-Z][\w’'-]*)*")
_LOADED = 0.25


class Reader:
    """Reads questions put to `corpus`; `rarity` tells how much finding a stem tells."""

    def __init__(self, corpus: Corpus, analyser: Analyser, rarity: Callable[[str], float]) -> None:
        self._analyser = analyser
        self._language = language(corpus.language)
        self._vocabulary = Vocabulary(corpus, analyser, rarity)
        self._plain = Spelling(dict.fromkeys(self._language.filler | analyser.stop_words, 1))
        asked = self._language
        # The longer a name, the earlier it is looked at.
        called = enumerate(sorted(_called(corpus), key=lambda called: -len(called[0])))
        self._voices = Phrases((name, (rank, voice)) for rank, (name, voice) in called)
        self._asks = Phrases((part, kind) for kind, parts in asked.asks.items() for part in parts)
        self._sided = Phrases((part, side) for side, parts in asked.sides.items() for part in parts)
        self._tasks = Phrases((part, None) for part in asked.tasks)

    def read(self, text: str) -> Question:
        """Return what `text` asks about; a text of filler alone has no concepts."""
        tokens = self._tokens(text)
        folded = tuple(token.folded for token in tokens)
        asks = frozenset(kind for _, _, kind in self._asks.within(folded))
        voices, named = self._named(folded)
        sides, sided = self._sides(folded)
        rest = [token for token in tokens if token.number not in named | sided]
        listed = {number for place in self._vocabulary.phrases(folded) for number in place}
        loose = [token for token in rest if token.number not in listed]
        capitals = self._strange_capitals(text, rest)
        speakers = self._strange_speakers(text, loose)
        concepts = tuple(self._concepts(text, rest))
        return Question(
            text,
            concepts=concepts,
            pairs=tuple(pairwise(token.stem for token in tokens if not self._is_stopped(token))),
            counted=self._counted(tokens, folded, concepts, text),
            voices=voices,
            sides=sides,
            names=(*capitals, *speakers),
            decisive=bool(capitals or (speakers and not voices))
            and ("identity" in asks or any(word in self._language.speech for word in folded)),
            asks=asks,
            task=self._is_task(folded),
            leans=any(folded[: len(o)] == o for o in self._language.openings),
            refers_back=any(word in self._language.pronouns for word in folded),
        )

    def stems_of(self, text: str) -> Phrase:
        """Return the stems of the words of `text` that are no stop words."""
        return self._vocabulary.stems_of(text)

    def subjects(self, text: str) -> dict[str, str]:
        """Return, by stem, the words of `text` that tell one passage here from another."""
        return {
            token.stem: text[token.start : token.end]
            for token in self._tokens(text)
            if not self._is_plain(token) and not self._vocabulary.is_common(token.stem)
        }

    def _tokens(self, text: str) -> list[Token]:
        stem = self._analyser.stem
        return [Token(n, *word, stem(word.folded)) for n, word in enumerate(words(text))]

    def _named(self, folded: Phrase) -> tuple[tuple[Listed, ...], set[int]]:
        """Return the voices named, in order of naming, and the places their names take."""
        found: dict[int, Listed] = {}
        taken: set[int] = set()
        phrases = [set(place) for place in self._vocabulary.phrases(folded)]
        hits = sorted(self._voices.within(folded), key=lambda hit: (hit[2][0], hit[0]))
        for at, called, (_, voice) in hits:
            place = set(range(at, at + len(called)))
            within = any(place < longer for longer in phrases)
            if not within and not place & taken:
                taken |= place
                found[at] = voice
        return tuple(dict.fromkeys(found[at] for at in sorted(found))), taken

    def _sides(self, folded: Phrase) -> tuple[frozenset[Side], set[int]]:
        wanted: set[Side] = set()
        taken: set[int] = set()
        for at, part, side in self._sided.within(folded):
            taken |= set(range(at, at + len(part)))
            wanted |= {Side.FOR, Side.AGAINST} if side == "both" else {Side(side)}
        return frozenset(wanted), taken

    def _concepts(self, text: str, tokens: list[Token]) -> Iterator[Concept]:
        """Yield each thing asked about once, the curator's longest phrase first, in order."""
        seen: set[Form] = set()
        at = 0
        while at < len(tokens):
            size = self._vocabulary.listed(tokens[at:])
            first = tokens[at]
            part, at = tokens[at : at + max(size, 1)], at + max(size, 1)
            misspelt = not size and self._vocabulary.may_be(first, self._plain)
            plain = self._is_plain(first) or misspelt
            if plain and not self._is_exactly_listed(part, size):
                continue
            asked = text[first.start : part[-1].end]
            loaded = first.folded in self._language.loaded
            concept = self._vocabulary.concept(asked, part, _LOADED if loaded else 1.0)
            if concept.forms[0] not in seen:
                seen.add(concept.forms[0])
                yield concept

    def _counted(
        self, tokens: list[Token], folded: Phrase, concepts: tuple[Concept, ...], text: str
    ) -> Concept | None:
        """Return the thing whose number is asked for: the first one after the words that ask."""
        for asked in self._language.asks.get("number", ()):
            for at in _places(folded, asked):
                after = tokens[at + len(asked) - 1].end
                return next((c for c in concepts if text.find(c.asked, after) >= 0), None)
        return None

    def _is_exactly_listed(self, part: list[Token], size: int) -> bool:
        """Tell whether a word that mostly carries no subject is one here, by the curator's word."""
        return size > 1 or (size == 1 and self._vocabulary.lists(part[0].folded))

    def _strange_capitals(self, text: str, tokens: list[Token]) -> tuple[str, ...]:
        """Return the runs of capitals that no source has, but for a word that opens a sentence."""
        runs = [
            [token for token in tokens if run.start() <= token.start and token.end <= run.end()]
            for run in _CAPITALS.finditer(text)
        ]
        return tuple(name for run in runs if (name := self._strange_name(text, run)))

    def _strange_name(self, text: str, run: list[Token]) -> str | None:
        while run and self._is_plain(run[0]) and _opens(text, run[0].start):
            run = run[1:]
        alone = len(run) == 1
        if not run or (alone and self._is_no_name(text, run[0])):
            return None
        folded = tuple(token.folded for token in run)
        if not alone and any(holds(known, folded) for known in self._vocabulary.texts):
            return None
        return text[run[0].start : run[-1].end]

    def _is_no_name(self, text: str, token: Token) -> bool:
        return self._is_plain(token) or self._vocabulary.knows(token) or _opens(text, token.start)

    def _strange_speakers(self, text: str, tokens: list[Token]) -> tuple[str, ...]:
        """Return the small-letter words no source has that stand where a speaker would."""
        found = []
        for before, token, following in zip(
            [None, *tokens], tokens, [*tokens[1:], None], strict=False
        ):
            speaks = following is not None and following.folded in self._language.speech
            source = before is not None and before.folded in self._language.sources
            unknown = not self._is_plain(token) and not self._vocabulary.knows(token)
            if (speaks or source) and unknown and text[token.start].islower():
                found.append(text[token.start : token.end])
        return tuple(found)

    def _is_filler(self, token: Token) -> bool:
        light = token.folded in self._language.light and token.stem not in self._vocabulary.stems
        return light or token.folded in self._language.filler

    def _is_stopped(self, token: Token) -> bool:
        return token.folded in self._analyser.stop_words

    def _is_plain(self, token: Token) -> bool:
        return self._is_stopped(token) or self._is_filler(token)

    def _is_task(self, folded: Phrase) -> bool:
        ordered = any(word in self._language.orders for word in folded)
        return ordered or any(True for _ in self._tasks.within(folded))


def _called(corpus: Corpus) -> Iterator[tuple[Phrase, Listed]]:
    """Yield what each listed voice goes by, folded: name, aliases and role."""
    for voice in corpus.voices:
        for name in (voice.name, *voice.aliases, voice.role):
            if name:
                yield phrase(name), voice


def _places(run: Phrase, part: Phrase) -> list[int]:
    size = len(part)
    return [n for n in range(len(run) - size + 1) if run[n : n + size] == part]


def _opens(text: str, start: int) -> bool:
    """Tell whether a sentence of `text` opens at `start`."""
    return not re.search(r"[^\s\"“‘'(]", re.split(r"[.!?:\n]\s", text[:start])[-1])
