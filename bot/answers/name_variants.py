"""The ways in which the name of a voice may be typed, worked out when a corpus is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answers.question_language import to_phrase
from bot.text import fold_accents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.answers.question_language import Phrase, QuestionLanguage
    from bot.model import Corpus, VoiceEntry

# "J.R.", "JR" and "J. R." are initials; a word of more capitals is not.
_MAX_INITIALS = 3
# Shorter parts of a name are initials and particles.
MIN_PART_LENGTH = 3


def vary_name(name: str) -> Iterator[Phrase]:
    """Yield a name folded: without accents in each way, with its initials in each way."""
    words = to_phrase(name)
    for folding in (0, -1):
        folded = tuple(fold_accents(word)[folding] for word in words)
        yield folded
        initials = [word for word in folded[:-1] if len(word) == 1 or (f"{word.upper()}" in name.replace(".", ""))]
        letters = "".join(word for word in initials if len(word) <= _MAX_INITIALS)
        if letters and folded[: len(initials)] == tuple(initials) and len(letters) <= _MAX_INITIALS:
            rest = folded[len(initials) :]
            yield (letters, *rest)
            yield (*letters, *rest)
            yield (letters[0], *rest)


def find_name_parts(voice: VoiceEntry, language: QuestionLanguage) -> Iterator[str]:
    """Yield the first names and surnames of a person, each by itself, and a surname of several words as one."""
    words = to_phrase(voice.name)
    # "Bishop of Ripon and Leeds": what follows is a place, and no part of a person's name.
    territory = next((n for n, word in enumerate(words) if n and word in language.office_links), len(words))
    particle = next((n for n, word in enumerate(words[:territory]) if word in language.name_links), territory)
    if particle < territory:
        # "Vandermeer".
        yield "".join(words[particle:territory])
    for word in words[:territory]:
        if len(word) >= MIN_PART_LENGTH and word not in language.titles | language.name_links:
            yield from {fold_accents(word)[0], fold_accents(word)[-1]}


def list_names(corpus: Corpus, entries: Iterable[VoiceEntry]) -> Iterator[tuple[str, VoiceEntry]]:
    """Yield the name, aliases and role of each voice."""
    for voice in (*corpus.voices, *entries):
        for name in (voice.name, *voice.aliases, voice.role):
            if name:
                yield name, voice
