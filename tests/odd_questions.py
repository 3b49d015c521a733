"""Odd questions, the same ones every time: what fuzzers, jokers and cats on keyboards type.

    python -m tests.odd_questions COUNT SEED...

asks the bundled corpus COUNT questions for each seed, and fails at the first that has no reply that can be sent.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice

from bot import bootstrap, settings
from bot.replies.html import render_messages
from bot.replies.reply import AnswerRef, Command
from bot.service import Service, commands

LIMIT = 4096

_MARKS = "?!.,;:-–—_'\"“”‘’«»()[]{}<>&@#%^*+=|\\/~`$£€"
_SCRIPTS = (
    "abcdefghij",
    "ÀÉÎõüßøŁžœæ",
    "İıĞşIi",
    "ъыэщёЖЯ",
    "αβγδΩΣς",
    "قانونمدينة",
    "אבגדה",
    "हिन्दीक्षत्रज्ञ",
    "漢字仮名交文",
    "กขคงจฉ",
    "😀👩‍👩‍👧🇬🇧✊🏽",
    "\u0301\u0308\u200d\u00ad\ufeff\u202e",
)
_BLANKS = " \t\n\r\u00a0\u2003\u2028\u0085"
_LITTLE = (
    "the",
    "a",
    "of",
    "and",
    "or",
    "not",
    "to",
    "is",
    "it",
    "he",
    "she",
    "they",
    "what",
    "who",
    "why",
    "how",
    "say",
)


def iter_odd_questions(words: Sequence[str], count: int, seed: int = 0) -> Iterator[str]:
    """Yield `count` questions, by turns of each kind; `words` are some that the corpus has."""
    chance = random.Random(seed)
    return (make(chance, words) for make in islice(cycle(_KINDS), count))


def _letters(chance: random.Random, _: Sequence[str]) -> str:
    alphabet = chance.choice(_SCRIPTS) + " "
    return "".join(chance.choices(alphabet, k=chance.randint(1, 80)))


def _anything(chance: random.Random, _: Sequence[str]) -> str:
    codes = (chance.choice((0x7F, 0x7FF, 0xFFFF, 0x10FFFF)) for _ in range(chance.randint(1, 60)))
    return "".join(chr(chance.randint(0, most)) for most in codes)


def _marks(chance: random.Random, _: Sequence[str]) -> str:
    return "".join(chance.choices(_MARKS + _BLANKS, k=chance.choice((1, 3, 40, 900))))


def _digits(chance: random.Random, _: Sequence[str]) -> str:
    number = "".join(chance.choices("0123456789٣४,.", k=chance.choice((1, 4, 30, 900))))
    return chance.choice(("{}", "how many {}", "in {}", "since {}", "{}%", "-{}", "/more {}", "/context {}")).format(
        number
    )


def _little_words(chance: random.Random, _: Sequence[str]) -> str:
    return " ".join(chance.choices(_LITTLE, k=chance.choice((1, 2, 5, 300))))


def _repeated(chance: random.Random, words: Sequence[str]) -> str:
    return chance.choice((" ", "-", "", "?")).join([chance.choice(words)] * chance.choice((2, 9, 2500)))


def _many(chance: random.Random, words: Sequence[str]) -> str:
    return " ".join(chance.choices(words, k=chance.choice((3, 30, 1500))))


def _marked(chance: random.Random, words: Sequence[str]) -> str:
    form = chance.choice(
        ('"{0} {1}', "“{0}” “{1}", "-{0} -{1}", "not about {0} except {1}", "<b>{0}&{1}", "{0}-{1}-{0}'s")
    )
    return form.format(*chance.choices(words, k=2))


def _named(chance: random.Random, words: Sequence[str]) -> str:
    name = " ".join(word.capitalize() for word in chance.choices(words, k=chance.choice((1, 2, 4, 40))))
    form = chance.choice(("what does {} say", "who is {}?", "{} on {}", "/by {}", "did {} ever say {}", "and {}?"))
    return form.format(name, chance.choice(words))


def _damaged(chance: random.Random, words: Sequence[str]) -> str:
    letters = list(" ".join(chance.choices(words, k=6)))
    for _ in range(len(letters) // 4):
        letters[chance.randrange(len(letters))] = chance.choice("qxz-' ")
    return "".join(letters)


def _pattern(chance: random.Random, words: Sequence[str]) -> str:
    return (
        chance.choice(("(a+)+$", ".*" * 50, "a" * 5000 + "!", "\\", "{0}", "%s%n", "[[" * 400, "a.b." * 200)) + words[0]
    )


_KINDS: tuple[Callable[[random.Random, Sequence[str]], str], ...] = (
    _letters,
    _anything,
    _marks,
    _digits,
    _little_words,
    _repeated,
    _many,
    _marked,
    _named,
    _damaged,
    _pattern,
)


async def ask_odd_questions(desk: Service, count: int, seed: int) -> None:
    """Ask `count` questions; fail at the first without a reply that can be sent."""
    answered = AnswerRef()
    for question in iter_odd_questions(desk.corpus.documents[0].text.split(), count, seed):
        # Every other one is a reply to the answer before it.
        answered = AnswerRef() if answered.history else AnswerRef((Command("ask", "privacy"),))
        reply = await commands.run_command(desk, Command.parse(question), answered)
        messages = render_messages(reply, LIMIT, lambda quote_id: f"https://t.me/x?start=q_{quote_id}")
        assert messages, question
        assert all(message.strip() for message in messages), question


async def _main(count: int, seeds: list[int]) -> None:
    desk = await bootstrap.build_service(settings.Settings())
    for seed in seeds:
        await ask_odd_questions(desk, count, seed)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), [int(seed) for seed in sys.argv[2:]]))
